"""The `kb` command: parse, call one function, translate errors into exit status.

0 done · 1 the person must change something · 2 the operator must act. Data go to stdout,
words to stderr.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from kb.commands import (
    adding,
    backing,
    classifying,
    evaluating,
    exporting,
    finding,
    options,
    purging,
    quarantining,
    rederiving,
    reembedding,
    removing,
    tending,
    verifying,
    visibility,
)
from kb.commands.common import EXIT_STATE, EXIT_USER, say
from kb.commands.parsing import ChineseParser
from kb.errors import StateError, UserError
from kb.permissions import PRIVATE


class Command(NamedTuple):
    """One command: its name, what runs, what it is for, and what it understands."""

    name: str
    run: Callable[[argparse.Namespace], int]
    text: str
    options: Callable[[argparse.ArgumentParser], None]


COMMANDS: Final = (
    Command(
        "add",
        adding.add,
        "收入文书:md、txt、jsonl、pdf、docx、html、mht、csv、xlsx、xls、ods 文件或目录",
        options.add,
    ),
    Command("check", adding.check, "只检查文件是否合乎规则,不收入", options.check),
    Command("remove", removing.remove, "删除文书,先列出再询问", options.remove),
    Command(
        "purge",
        purging.purge,
        "彻底清除:更正以前的内容、已撤下的文书,或从未更正过的文书本身",
        options.purge,
    ),
    Command(
        "classify",
        classifying.classify,
        "列出未归类的文书,或写明文书的轨道",
        options.classify,
    ),
    Command(
        "visibility",
        visibility.visibility,
        "列出或更改文书的可见范围,放宽前先询问",
        options.visibility,
    ),
    Command("search", finding.search, "检索", options.search),
    Command("show", finding.show, "显示一件文书", options.show),
    Command("similar", finding.similar, "列出与一件文书相近的文书", options.similar),
    Command(
        "evaluate",
        evaluating.evaluate,
        "用已知答案的题目评测检索质量,或对照两次运行(TREC 格式)",
        options.evaluate,
    ),
    Command(
        "export",
        exporting.export,
        "导出为 JSONL(可再用 kb add 收入),或供分析的 SQLite 数据库",
        options.export,
    ),
    Command(
        "verify",
        verifying.verify,
        "核对数据库、原件与索引,修复可重建的部分,不删除任何东西",
        options.none,
    ),
    Command(
        "quarantine",
        quarantining.quarantine,
        "列出核对时移到隔离区的文件,可放回、可清空",
        options.quarantine,
    ),
    Command(
        "backup",
        backing.backup,
        "备份整个库到一个文件,可在收入与服务进行时运行",
        options.backup,
    ),
    Command(
        "restore",
        backing.restore,
        "检查备份并恢复到数据目录;中断后再次运行同一命令即可做完",
        options.restore,
    ),
    Command(
        "reembed",
        reembedding.reembed,
        "换用另一个向量模型:在服务的同时生成向量,完成后切换,可中断后继续",
        options.reembed,
    ),
    Command(
        "rederive",
        rederiving.rederive,
        "用现在的规则重新识别已收入的文书:先列出变化,--apply 才改",
        options.rederive,
    ),
    Command("serve", tending.serve, "启动网页与接口", options.serve),
)


def _parser() -> argparse.ArgumentParser:
    parser = ChineseParser(
        prog="kb", description="商业秘密案例知识库:收入、检索、查看、核对"
    )
    options.everywhere(parser, None, False)
    commands = parser.add_subparsers(
        dest="command", required=True, metavar="命令", parser_class=ChineseParser
    )
    for command in COMMANDS:
        made = commands.add_parser(
            command.name, help=command.text, description=command.text
        )
        made.set_defaults(run=command.run)
        options.everywhere(made, argparse.SUPPRESS, argparse.SUPPRESS)
        command.options(made)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return its exit status."""
    # Python has no output where its parent closed it (>&-); what is written there goes nowhere.
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")
    args = _parser().parse_args(argv)
    args.umask = os.umask(PRIVATE)
    try:
        status = int(args.run(args))
        sys.stdout.flush()
    except UserError as error:
        say(str(error))
        return EXIT_USER
    except StateError as error:
        say(str(error))
        return EXIT_STATE
    except BrokenPipeError:  # the reader of our output has seen enough
        _write_nowhere()
        return 0
    except UnicodeEncodeError as error:
        _write_nowhere()
        say(
            f"输出的编码 {error.encoding} "
            f"写不出「{error.object[error.start : error.end][:10]}」。请设 PYTHONUTF8=1"
        )
        return EXIT_STATE
    # what is read for a command has its own words; here its output cannot be written
    except OSError as error:
        _write_nowhere()
        say(f"无法写出({error.strerror or error})。请检查磁盘空间与权限")
        return EXIT_STATE
    except KeyboardInterrupt:
        say("已中断;已收入的文书完好,再次运行同一命令即可继续")
        return 130
    finally:
        os.umask(args.umask)
    return status


def _write_nowhere() -> None:
    """Send what is still to be written to nowhere: it would fail again when Python ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
