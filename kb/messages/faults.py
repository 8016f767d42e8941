"""What went wrong in a search or an evaluation, and what to do: the words of its errors."""

from __future__ import annotations

from enum import Enum


class Fault(Enum):
    """What an error of the read walk is about; the values of its words are in braces."""

    # of a request
    CHOICE = "参数 {field} 应为 {choices} 之一，现为「{value}」。"
    NUMBER = "参数 {field} 应为不小于 {least} 的整数，现为「{value}」。"
    # of indexes and models
    VECTORS_FOREIGN = (
        "向量模型已更换，暂时不能按语义检索；请改用智能或精确检索，并请管理员重启服务"
    )
    INDEX_DAMAGED = "关键词索引的文件已损坏,已弃用,下次检索时自动重建。请再试一次"
    INDEX_UNWRITABLE = (
        "索引需要更新而无法写入({reason})。"
        "请检查磁盘空间与数据目录 index 的权限,然后再试"
    )
    RERANKER_UNLOADED = (
        "重排模型「{name}」无法加载。请确认目录完整,或清空设置 KB_RERANKER"
    )
    RERANKER_STRANGE = (
        "「{name}」不是重排模型(CrossEncoder,每对文字一个得分)。请检查设置 KB_RERANKER"
    )
    # of the files of an evaluation
    TOPIC_LINE = "{file} 第 {line} 行应为「编号<Tab>文字」"
    TOPIC_TWICE = "{file} 第 {line} 行的编号「{topic}」前面已有"
    QREL_LINE = "{where}应为「编号 0 文书标识 等级」,其后可写「 # 理由」"
    QREL_TWICE = "{where}:编号「{topic}」的文书「{document}」前面已有标注"
    RUN_LINE = "{where}应为「编号 Q0 文书标识 名次 得分 标签」六栏,现有 {count} 栏"
    RUN_TWICE = "{where}:编号「{topic}」的文书「{document}」前面已有"
    RUN_EMPTY = "{file} 中没有一行结果"
    RUN_SCORE = "{where}的得分「{value}」应为数"
    RUN_RANK = "{where}的名次「{value}」应为整数"
    RUN_IN_THE_WAY = "无法写入 {path}:那里是一个目录"
    RUN_UNWRITABLE = "无法写入 {path}({reason})"
    RUN_BLANKS = "「{name}」含有空白,不能写入 TREC 运行文件。请改用没有空白的编号或标识"
    FILE_UNREADABLE = "无法读取 {path}(应为 UTF-8 文本)"
    LINE = "{file} 第 {line} 行"


def words(fault: Fault, **values: object) -> str:
    """Return the Chinese sentence of a fault."""
    return fault.value.format(**values)
