"""What each command understands after its name."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from typing import Final

from kb.commands.common import folder
from kb.vocabulary import KINDS, Visibility

MODES: Final = ("hybrid", "keyword", "vector")
SORTS: Final = ("relevance", "newest", "oldest", "amount")
VISIBILITIES: Final = tuple(level.name.lower() for level in Visibility)


def everywhere(
    parser: ArgumentParser,
    home: object,
    flag: object,
) -> None:
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


def none(parser: ArgumentParser) -> None:
    """Add nothing: the command understands no more than all do."""


def add(parser: ArgumentParser) -> None:
    """Add what `kb add` understands."""
    parser.add_argument(
        "paths", nargs="+", type=folder, metavar="路径", help="文件或目录"
    )
    parser.add_argument("--collection", help="收入哪个合集(默认取文件头,再默认按轨道)")
    parser.add_argument("--kind", choices=list(KINDS), help="轨道,覆盖文件头与自动识别")
    parser.add_argument(
        "--visibility",
        choices=VISIBILITIES,
        help="可见范围(默认取文件头;没有写明的,更正保留原来的,新文书为公开)",
    )
    parser.add_argument(
        "--if-empty", action="store_true", help="库中已有文书时什么也不做"
    )


def check(parser: ArgumentParser) -> None:
    """Add what `kb check` understands."""
    parser.add_argument(
        "paths", nargs="+", type=folder, metavar="路径", help="文件或目录"
    )


def remove(parser: ArgumentParser) -> None:
    """Add what `kb remove` understands."""
    parser.add_argument(
        "documents", nargs="+", metavar="编号或标识", help="文书的编号或标识"
    )
    parser.add_argument("--yes", action="store_true", help="不再询问")


def purge(parser: ArgumentParser) -> None:
    """Add what `kb purge` understands."""
    parser.add_argument(
        "documents",
        nargs="+",
        metavar="编号或标识",
        help="文书的编号或标识,已撤下的亦可",
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--document", action="store_true", help="连同文书本身一起清除")
    which.add_argument(
        "--history", action="store_true", help="只清除以前的内容,不动文书本身"
    )
    parser.add_argument("--yes", action="store_true", help="不再询问")


def classify(parser: ArgumentParser) -> None:
    """Add what `kb classify` understands."""
    parser.add_argument(
        "documents", nargs="*", metavar="文书", help="编号或标识;不写则列出未归类的"
    )
    parser.add_argument("--kind", choices=list(KINDS), help="归入哪个轨道")


def visibility(parser: ArgumentParser) -> None:
    """Add what `kb visibility` understands."""
    parser.add_argument(
        "documents", nargs="+", metavar="编号或标识", help="文书的编号或标识"
    )
    parser.add_argument(
        "--set", choices=VISIBILITIES, help="改为哪一范围(不写则只列出)"
    )
    parser.add_argument("--yes", action="store_true", help="不再询问")


def search(parser: ArgumentParser) -> None:
    """Add what `kb search` understands."""
    parser.add_argument(
        "query", metavar="检索词", help="一句话、案号、法条或带语法的检索式"
    )
    parser.add_argument(
        "--mode",
        choices=MODES,
        default="hybrid",
        help="智能、精确或语义检索(默认 hybrid)",
    )
    parser.add_argument(
        "--sort",
        choices=SORTS,
        default="relevance",
        help="综合、最新、最早或金额大的在前(默认 relevance)",
    )
    parser.add_argument("--limit", type=_count, default=10, help="返回几件(默认 10)")
    parser.add_argument(
        "--no-expand", action="store_true", help="只找输入的字词,不找同义词与中英对照"
    )
    parser.add_argument("--offset", type=_offset, default=0, help="跳过前几件")
    _filters(parser)
    _clearance(parser)


def show(parser: ArgumentParser) -> None:
    """Add what `kb show` understands."""
    parser.add_argument("document", metavar="编号或标识", help="文书的编号或标识")
    _clearance(parser)


def similar(parser: ArgumentParser) -> None:
    """Add what `kb similar` understands."""
    parser.add_argument("document", metavar="编号或标识", help="文书的编号或标识")
    parser.add_argument("--limit", type=_count, default=10, help="返回几件(默认 10)")
    _filters(parser)
    _clearance(parser)


def export(parser: ArgumentParser) -> None:
    """Add what `kb export` understands."""
    parser.add_argument("--output", type=folder, help="写入文件(默认标准输出)")
    parser.add_argument(
        "--sqlite",
        type=folder,
        metavar="文件",
        help="写成 SQLite 数据库,文书、金额、引用等各一张表",
    )
    _filters(parser)
    _clearance(parser)


def quarantine(parser: ArgumentParser) -> None:
    """Add what `kb quarantine` understands."""
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--restore", metavar="SHA256|all", help="放回一份原件(写全 64 位),或全部原件"
    )
    what.add_argument("--empty", action="store_true", help="删除移入已久的文件")
    parser.add_argument(
        "--older-than",
        type=_days,
        metavar="天数",
        help="与 --empty 同用:移入满几天的才删除(默认 30)",
    )
    parser.add_argument("--yes", action="store_true", help="不再询问")


def backup(parser: ArgumentParser) -> None:
    """Add what `kb backup` understands."""
    parser.add_argument(
        "file",
        type=folder,
        metavar="文件",
        help="备份文件,在数据目录之外,如 /backup/kb.zip",
    )
    parser.add_argument("--force", action="store_true", help="覆盖已有的文件")


def restore(parser: ArgumentParser) -> None:
    """Add what `kb restore` understands."""
    parser.add_argument(
        "file", type=folder, metavar="文件", help="kb backup 写的备份文件"
    )
    parser.add_argument(
        "--replace",
        action="store_true",
        help="数据目录里已有库时,把它移到一旁(不删除)再恢复",
    )


def reembed(parser: ArgumentParser) -> None:
    """Add what `kb reembed` understands."""
    parser.add_argument(
        "--embedder", metavar="模型", help="模型名称或目录(默认取环境变量 KB_EMBEDDER)"
    )
    parser.add_argument(
        "--keep-old", action="store_true", help="保留原模型的向量,换回时无须重新生成"
    )


def rederive(parser: ArgumentParser) -> None:
    """Add what `kb rederive` understands."""
    parser.add_argument(
        "documents",
        nargs="*",
        metavar="文书",
        help="编号或标识;不写则看以前的规则识别的全部文书",
    )
    parser.add_argument(
        "--apply",
        action="store_true",
        help="写入变化;人写明的值不变,中断后再次运行即可做完",
    )
    parser.add_argument(
        "--all", action="store_true", help="连同已按现在的规则识别过的文书"
    )


def serve(parser: ArgumentParser) -> None:
    """Add what `kb serve` understands."""
    parser.add_argument("--host", help="监听地址(默认 127.0.0.1)")
    parser.add_argument("--port", type=_port, help="监听端口(默认 8000)")
    parser.add_argument("--workers", type=_count, help="几个进程同时服务(默认每核一个)")


def evaluate(parser: ArgumentParser) -> None:
    """Add what `kb evaluate` understands."""
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
    _runs(parser)


def _runs(parser: ArgumentParser) -> None:
    """Add how results are divided, written down, and compared with others."""
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


def _filters(parser: ArgumentParser) -> None:
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


def _clearance(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--clearance",
        choices=VISIBILITIES,
        default="restricted",
        help="只看这一级读者能看到的(默认 restricted,即全部)",
    )


def _count(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= 100_000:
        raise ArgumentTypeError(f"「{text}」应为 1 至 100000 的整数")
    return int(text)


def _days(text: str) -> int:
    if not text.isdecimal() or int(text) > 36_500:
        raise ArgumentTypeError(f"「{text}」应为 0 至 36500 的整数")
    return int(text)


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= 65_535:
        raise ArgumentTypeError(f"「{text}」应为 1 至 65535 的整数")
    return int(text)


def _offset(text: str) -> int:
    if not text.isdecimal() or int(text) > 10_000_000:
        raise ArgumentTypeError(f"「{text}」应为不小于 0 的整数")
    return int(text)
