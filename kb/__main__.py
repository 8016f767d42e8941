"""The `kb` command: parse, call one function, translate errors into exit status.

0 done · 1 the person must change something · 2 the operator must act. Data go to stdout,
words to stderr.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Callable, Sequence
from typing import Final, NoReturn

from kb.commands import (
    adding,
    backing,
    classifying,
    evaluating,
    exporting,
    finding,
    purging,
    quarantining,
    rederiving,
    reembedding,
    removing,
    tending,
    verifying,
    visibility,
)
from kb.commands.common import EXIT_STATE, EXIT_USER, folder, say
from kb.errors import StateError, UserError
from kb.permissions import PRIVATE
from kb.vocabulary import KINDS, Visibility

MODES = ("hybrid", "keyword", "vector")
SORTS = ("relevance", "newest", "oldest", "amount")
VISIBILITIES = tuple(level.name.lower() for level in Visibility)


#: argparse speaks English; what a person meets of it is put into Chinese here.
_HEADINGS: Final = {
    "usage: ": "用法:",
    "positional arguments:": "参数:",
    "options:": "选项:",
}
_MISTAKES: Final = (
    (re.compile(r"the following arguments are required: (.*)"), r"缺少 \1"),
    (
        re.compile(r"argument (\S+): invalid choice: '?(.*?)'? \(choose from (.*)\)"),
        r"\1 没有「\2」,可用:\3",
    ),
    (re.compile(r"unrecognized arguments: (.*)"), r"不认识 \1"),
    (
        re.compile(r"argument (\S+): not allowed with argument (\S+)"),
        r"\1 不能与 \2 同用",
    ),
    (re.compile(r"argument (\S+): expected (\d+) arguments"), r"\1 后面应有 \2 个值"),
    (
        re.compile(r"argument (\S+): expected (?:one|at least one) argument"),
        r"\1 后面缺少值",
    ),
    (re.compile(r"argument (\S+): (.*)"), r"\1:\2"),
)


class _Parser(argparse.ArgumentParser):
    def format_help(self) -> str:
        """Return the help with Chinese headings."""
        text = (
            super()
            .format_help()
            .replace("show this help message and exit", "显示本说明")
        )
        for english, chinese in _HEADINGS.items():
            text = text.replace(english, chinese)
        return text

    def error(self, message: str) -> NoReturn:
        """Explain a wrong call in one line and leave with the status of a user's error."""
        for pattern, chinese in _MISTAKES:
            if pattern.match(message):
                message = pattern.sub(chinese, message).replace("'", "")
                break
        say(f"命令写法有误:{message}。用 {self.prog} --help 查看用法")
        raise SystemExit(EXIT_USER)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="kb", description="商业秘密案例知识库:收入、检索、查看、核对")
    _everywhere(parser, None, False)
    commands = parser.add_subparsers(
        dest="command", required=True, metavar="命令", parser_class=_Parser
    )

    def command(
        name: str, run: Callable[[argparse.Namespace], int], text: str
    ) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=text, description=text)
        made.set_defaults(run=run)
        _everywhere(made, argparse.SUPPRESS, argparse.SUPPRESS)
        return made

    add = command(
        "add",
        adding.add,
        "收入文书:md、txt、jsonl、pdf、docx、html、mht、csv、xlsx、xls、ods 文件或目录",
    )
    add.add_argument("paths", nargs="+", type=folder, metavar="路径", help="文件或目录")
    add.add_argument("--collection", help="收入哪个合集(默认取文件头,再默认按轨道)")
    add.add_argument("--kind", choices=list(KINDS), help="轨道,覆盖文件头与自动识别")
    add.add_argument(
        "--visibility",
        choices=VISIBILITIES,
        help="可见范围(默认取文件头;没有写明的,更正保留原来的,新文书为公开)",
    )
    add.add_argument("--if-empty", action="store_true", help="库中已有文书时什么也不做")

    check = command("check", adding.check, "只检查文件是否合乎规则,不收入")
    check.add_argument(
        "paths", nargs="+", type=folder, metavar="路径", help="文件或目录"
    )

    remove = command("remove", removing.remove, "删除文书,先列出再询问")
    remove.add_argument(
        "documents", nargs="+", metavar="编号或标识", help="文书的编号或标识"
    )
    remove.add_argument("--yes", action="store_true", help="不再询问")

    purge = command(
        "purge",
        purging.purge,
        "彻底清除:更正以前的内容、已撤下的文书,或从未更正过的文书本身",
    )
    purge.add_argument(
        "documents",
        nargs="+",
        metavar="编号或标识",
        help="文书的编号或标识,已撤下的亦可",
    )
    which = purge.add_mutually_exclusive_group()
    which.add_argument("--document", action="store_true", help="连同文书本身一起清除")
    which.add_argument(
        "--history", action="store_true", help="只清除以前的内容,不动文书本身"
    )
    purge.add_argument("--yes", action="store_true", help="不再询问")

    kinds = command(
        "classify", classifying.classify, "列出未归类的文书,或写明文书的轨道"
    )
    kinds.add_argument(
        "documents", nargs="*", metavar="文书", help="编号或标识;不写则列出未归类的"
    )
    kinds.add_argument("--kind", choices=list(KINDS), help="归入哪个轨道")

    visible = command(
        "visibility", visibility.visibility, "列出或更改文书的可见范围,放宽前先询问"
    )
    visible.add_argument(
        "documents", nargs="+", metavar="编号或标识", help="文书的编号或标识"
    )
    visible.add_argument(
        "--set", choices=VISIBILITIES, help="改为哪一范围(不写则只列出)"
    )
    visible.add_argument("--yes", action="store_true", help="不再询问")

    search = command("search", finding.search, "检索")
    search.add_argument(
        "query", metavar="检索词", help="一句话、案号、法条或带语法的检索式"
    )
    search.add_argument(
        "--mode",
        choices=MODES,
        default="hybrid",
        help="智能、精确或语义检索(默认 hybrid)",
    )
    search.add_argument(
        "--sort",
        choices=SORTS,
        default="relevance",
        help="综合、最新、最早或金额大的在前(默认 relevance)",
    )
    search.add_argument("--limit", type=_count, default=10, help="返回几件(默认 10)")
    search.add_argument(
        "--no-expand", action="store_true", help="只找输入的字词,不找同义词与中英对照"
    )
    search.add_argument("--offset", type=_offset, default=0, help="跳过前几件")
    _filters(search)
    _clearance(search)

    show = command("show", finding.show, "显示一件文书")
    show.add_argument("document", metavar="编号或标识", help="文书的编号或标识")
    _clearance(show)

    similar = command("similar", finding.similar, "列出与一件文书相近的文书")
    similar.add_argument("document", metavar="编号或标识", help="文书的编号或标识")
    similar.add_argument("--limit", type=_count, default=10, help="返回几件(默认 10)")
    _filters(similar)
    _clearance(similar)

    _evaluate(
        command(
            "evaluate",
            evaluating.evaluate,
            "用已知答案的题目评测检索质量,或对照两次运行(TREC 格式)",
        )
    )

    export = command(
        "export",
        exporting.export,
        "导出为 JSONL(可再用 kb add 收入),或供分析的 SQLite 数据库",
    )
    export.add_argument("--output", type=folder, help="写入文件(默认标准输出)")
    export.add_argument(
        "--sqlite",
        type=folder,
        metavar="文件",
        help="写成 SQLite 数据库,文书、金额、引用等各一张表",
    )
    _filters(export)
    _clearance(export)

    command(
        "verify",
        verifying.verify,
        "核对数据库、原件与索引,修复可重建的部分,不删除任何东西",
    )

    quarantine = command(
        "quarantine",
        quarantining.quarantine,
        "列出核对时移到隔离区的文件,可放回、可清空",
    )
    what = quarantine.add_mutually_exclusive_group()
    what.add_argument(
        "--restore", metavar="SHA256|all", help="放回一份原件(写全 64 位),或全部原件"
    )
    what.add_argument("--empty", action="store_true", help="删除移入已久的文件")
    quarantine.add_argument(
        "--older-than",
        type=_days,
        metavar="天数",
        help="与 --empty 同用:移入满几天的才删除(默认 30)",
    )
    quarantine.add_argument("--yes", action="store_true", help="不再询问")

    backup = command(
        "backup", backing.backup, "备份整个库到一个文件,可在收入与服务进行时运行"
    )
    backup.add_argument(
        "file",
        type=folder,
        metavar="文件",
        help="备份文件,在数据目录之外,如 /backup/kb.zip",
    )
    backup.add_argument("--force", action="store_true", help="覆盖已有的文件")

    restore = command(
        "restore",
        backing.restore,
        "检查备份并恢复到数据目录;中断后再次运行同一命令即可做完",
    )
    restore.add_argument(
        "file", type=folder, metavar="文件", help="kb backup 写的备份文件"
    )
    restore.add_argument(
        "--replace",
        action="store_true",
        help="数据目录里已有库时,把它移到一旁(不删除)再恢复",
    )

    reembed = command(
        "reembed",
        reembedding.reembed,
        "换用另一个向量模型:在服务的同时生成向量,完成后切换,可中断后继续",
    )
    reembed.add_argument(
        "--embedder", metavar="模型", help="模型名称或目录(默认取环境变量 KB_EMBEDDER)"
    )
    reembed.add_argument(
        "--keep-old", action="store_true", help="保留原模型的向量,换回时无须重新生成"
    )

    rederive = command(
        "rederive",
        rederiving.rederive,
        "用现在的规则重新识别已收入的文书:先列出变化,--apply 才改",
    )
    rederive.add_argument(
        "documents",
        nargs="*",
        metavar="文书",
        help="编号或标识;不写则看以前的规则识别的全部文书",
    )
    rederive.add_argument(
        "--apply",
        action="store_true",
        help="写入变化;人写明的值不变,中断后再次运行即可做完",
    )
    rederive.add_argument(
        "--all", action="store_true", help="连同已按现在的规则识别过的文书"
    )

    serve = command("serve", tending.serve, "启动网页与接口")
    serve.add_argument("--host", help="监听地址(默认 127.0.0.1)")
    serve.add_argument("--port", type=_port, help="监听端口(默认 8000)")
    serve.add_argument("--workers", type=_count, help="几个进程同时服务(默认每核一个)")
    return parser


def _evaluate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--topics",
        type=folder,
        nargs="+",
        action="extend",
        default=[],
        metavar="文件",
        help="题目:每行 编号<Tab>文字",
    )
    parser.add_argument(
        "--qrels",
        type=folder,
        nargs="+",
        action="extend",
        required=True,
        metavar="文件",
        help="标注:每行 编号 0 文书标识 等级,其后可写 # 理由",
    )
    parser.add_argument("--mode", choices=MODES, help="只评一种(默认三种都评)")
    parser.add_argument(
        "--min-grade", type=_count, default=1, help="召回等从哪一级算相关(默认 1)"
    )
    parser.add_argument(
        "--depth",
        type=_count,
        default=100,
        help="运行文件写到、对照看到第几名(默认 100)",
    )
    _clearance(parser)
    parser.add_argument(
        "--by-group",
        action="store_true",
        help="另按题目组(编号最后一个 - 之前的部分)列出",
    )
    parser.add_argument(
        "--run-out",
        type=folder,
        metavar="目录",
        help="把各种方式的结果写成 TREC 运行文件",
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--run",
        dest="run_file",
        type=folder,
        metavar="文件",
        help="评测一个运行文件(任何系统的)",
    )
    which.add_argument(
        "--compare",
        type=folder,
        nargs=2,
        metavar=("文件A", "文件B"),
        help="对照两个运行文件:差别、区间、逐题胜负",
    )


def _everywhere(parser: argparse.ArgumentParser, home: object, flag: object) -> None:
    """Add what every command understands, before or after its name."""
    parser.add_argument(
        "--home",
        type=folder,
        default=home,
        help="数据目录(默认取环境变量 KB_HOME,再默认程序目录下的 data)",
    )
    parser.add_argument(
        "--json", action="store_true", default=flag, help="以 JSON 输出"
    )
    parser.add_argument("--quiet", action="store_true", default=flag, help="不显示进度")


def _filters(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--kind",
        action="append",
        default=[],
        choices=list(KINDS),
        help="只看某一轨道,可多次",
    )
    parser.add_argument(
        "--filter", action="append", default=[], metavar="字段=值", help="筛选,可多次"
    )
    parser.add_argument(
        "--exclude", action="append", default=[], metavar="字段=值", help="排除,可多次"
    )


def _clearance(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--clearance",
        choices=VISIBILITIES,
        default="restricted",
        help="只看这一级读者能看到的(默认 restricted,即全部)",
    )


def _count(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= 100_000:
        raise argparse.ArgumentTypeError(f"「{text}」应为 1 至 100000 的整数")
    return int(text)


def _days(text: str) -> int:
    if not text.isdecimal() or int(text) > 36_500:
        raise argparse.ArgumentTypeError(f"「{text}」应为 0 至 36500 的整数")
    return int(text)


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= 65_535:
        raise argparse.ArgumentTypeError(f"「{text}」应为 1 至 65535 的整数")
    return int(text)


def _offset(text: str) -> int:
    if not text.isdecimal() or int(text) > 10_000_000:
        raise argparse.ArgumentTypeError(f"「{text}」应为不小于 0 的整数")
    return int(text)


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
