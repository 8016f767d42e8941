"""What is told beside an answer: of the query, of the library, of the indexes."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from msgspec import Struct

from kb.fields import BY_NAME
from kb.law.articles import ArticleKey


class NoticeCode(StrEnum):
    """What a notice is about; its values are named beside it."""

    # of the query as typed
    QUERY_CUT = "query_cut"  # most characters
    QUOTES_UNBALANCED = "quotes_unbalanced"
    BRACKETS_IGNORED = "brackets_ignored"
    NO_WORDS = "no_words"
    FIELD_UNKNOWN = "field_unknown"  # what was typed before the colon
    LAW_UNSTATED = "law_unstated"  # articles
    TAKEN_AS_NAME = "taken_as_name"
    # of what the library does not hold
    NUMBER_ABSENT = "number_absent"  # the number
    WORDS_ABSENT = "words_absent"  # the words
    VALUE_ABSENT = "value_absent"  # field, value
    VALUE_TAKEN_AS_WORDS = "value_taken_as_words"  # field, value
    # of an article whose law is named without its version
    VERSION_UNSTATED = "version_unstated"  # law, article
    VERSION_TO_CHOOSE = "version_to_choose"  # law, article, versions that have it
    VERSION_ELSEWHERE = "version_elsewhere"  # law, article, versions that lack it
    # of the indexes
    VECTORS_FOREIGN = "vectors_foreign"
    INDEX_BEHIND = "index_behind"
    # of what was wrong with an index, told by whoever verifies it
    INDEX_CHANGED = "index_changed"  # names of files
    INDEX_UNUSABLE = "index_unusable"
    INDEX_STOPPED = "index_stopped"  # its generation, the store's
    INDEX_LACKS = "index_lacks"  # how many passages, of which documents
    INDEX_HOLDS_MORE = "index_holds_more"  # how many passages, of which documents
    INDEX_DIFFERS = "index_differs"  # as both above
    INDEX_MISPLACED = "index_misplaced"


#: Notices of something typed that the library does not hold.
MISSED: Final = frozenset((NoticeCode.NUMBER_ABSENT, NoticeCode.WORDS_ABSENT))

_VERSIONS: Final = frozenset(
    (
        NoticeCode.VERSION_UNSTATED,
        NoticeCode.VERSION_TO_CHOOSE,
        NoticeCode.VERSION_ELSEWHERE,
    )
)
_FIELDS: Final = frozenset((NoticeCode.VALUE_ABSENT, NoticeCode.VALUE_TAKEN_AS_WORDS))
#: `{0}` is the first value, `{all}` are all of them, `{rest}` all but law and article.
_SENTENCES: Final = {
    NoticeCode.QUERY_CUT: "检索词超过 {0} 字，只用了前 {0} 字",
    NoticeCode.QUOTES_UNBALANCED: "引号不成对，已忽略多出的引号",
    NoticeCode.BRACKETS_IGNORED: "检索式暂不支持括号，已忽略括号",
    NoticeCode.NO_WORDS: "检索词里没有可检索的文字，列出的是全部文书",
    NoticeCode.FIELD_UNKNOWN: "没有名为「{0}」的字段，已当作普通词检索",
    NoticeCode.LAW_UNSTATED: (
        "「{all}」是哪部法律、哪一版本的？请写明，如「反不正当竞争法（2025）第十条」"
    ),
    NoticeCode.TAKEN_AS_NAME: (
        "整句是一篇文书的名称，已按名称检索；要按字段筛选，请用筛选栏"
    ),
    NoticeCode.NUMBER_ABSENT: "库中没有「{0}」",
    NoticeCode.WORDS_ABSENT: "没有文书写到：{all}",
    NoticeCode.VALUE_ABSENT: "{0}中没有「{1}」",
    NoticeCode.VALUE_TAKEN_AS_WORDS: "{0}中没有「{1}」，已当作普通词检索",
    NoticeCode.VERSION_UNSTATED: "「{0}{1}」没有写明版本，条号随修订而变",
    NoticeCode.VERSION_TO_CHOOSE: (
        "「{0}{1}」没有写明版本，条号随修订而变，请写明版本，如{named}"
    ),
    NoticeCode.VERSION_ELSEWHERE: (
        "「{0}{1}」没有写明版本，条号随修订而变，库中有的版本：{rest}"
    ),
    NoticeCode.VECTORS_FOREIGN: "向量模型已更换，本次仅按关键词检索；请管理员重启服务",
    NoticeCode.INDEX_BEHIND: (
        "索引暂时无法更新，结果可能缺少最近的改动；请管理员检查磁盘空间与权限"
    ),
    NoticeCode.INDEX_CHANGED: "关键词索引的文件与写入时不符({all}),已重建",
    NoticeCode.INDEX_UNUSABLE: "关键词索引不存在、无法打开或不是此库的,已重建",
    NoticeCode.INDEX_STOPPED: "关键词索引停在第 {0} 代,库在第 {1} 代,已更新",
    NoticeCode.INDEX_LACKS: "关键词索引缺 {0} 个片段(文书 {1}),已重建",
    NoticeCode.INDEX_HOLDS_MORE: "关键词索引多出 {0} 个片段(文书 {1}),已重建",
    NoticeCode.INDEX_DIFFERS: (
        "关键词索引缺 {0} 个片段(文书 {1})、多出 {2} 个片段(文书 {3}),已重建"
    ),
    NoticeCode.INDEX_MISPLACED: "关键词索引的片段与文书对不上,已重建",
}
#: Said wherever 反不正当竞争法第九条 is named without its version.
_LAW_MOVED: Final = "反不正当竞争法"
_ARTICLE_MOVED: Final = "第九条"
_MOVED: Final = (
    "。反不正当竞争法 2019 年第九条（侵犯商业秘密）即 2025 年第十条；"
    "2025 年第九条是虚假宣传"
)


class Notice(Struct, frozen=True, gc=False):
    """One thing to tell; what `values` are is said beside the codes."""

    code: NoticeCode
    values: tuple[str, ...] = ()


def words(notice: Notice) -> str:
    """Return the Chinese sentence of a notice."""
    values = list(notice.values)
    if notice.code in _FIELDS:
        values[0] = BY_NAME[values[0]].label
    sentence = _SENTENCES[notice.code].format(
        *values,
        all="、".join(values),
        rest="、".join(values[2:]),
        named=_named_in_versions(notice),
    )
    return sentence + _MOVED if _is_of_the_moved_article(notice) else sentence


def _named_in_versions(notice: Notice) -> str:
    if notice.code != NoticeCode.VERSION_TO_CHOOSE:
        return ""
    law, article, *versions = notice.values
    names = (ArticleKey(law, version, article).full_name for version in versions)
    return "、".join(f"「{name}」" for name in names)


def _is_of_the_moved_article(notice: Notice) -> bool:
    if notice.code == NoticeCode.LAW_UNSTATED:
        return _ARTICLE_MOVED in notice.values
    if notice.code in _VERSIONS:
        return notice.values[:2] == (_LAW_MOVED, _ARTICLE_MOVED)
    return False
