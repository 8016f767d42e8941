"""Which conducts and relationships of the vocabulary a query names, in whatever words."""

from __future__ import annotations

from typing import Final

from kb.vocabulary import CONDUCTS, RELATIONSHIPS

#: Words of a query that name a conduct or a relationship of the vocabulary.
_NAMED: Final[dict[str, str]] = {
    **{value: value for value in (*CONDUCTS, *RELATIONSHIPS)},
    "离职": "离职员工",
    "跳槽": "离职员工",
    "前员工": "离职员工",
    "前雇主": "离职员工",
    "在职期间": "在职员工",
    "飞单": "在职员工",
    "挖角": "竞争者或新雇主",
    "新雇主": "竞争者或新雇主",
    "新东家": "竞争者或新雇主",
    "合作方": "合作方",
    "供应商": "合作方",
    "外包": "合作方",
    "黑客": "电子侵入",
    "撞库": "电子侵入",
    "爬虫": "电子侵入",
    "侵入": "电子侵入",
    "盗窃": "以不正当手段获取",
    "窃取": "以不正当手段获取",
    "贿赂": "以不正当手段获取",
    "教唆": "教唆、引诱、帮助",
    "引诱": "教唆、引诱、帮助",
    "利诱": "教唆、引诱、帮助",
    "明知": "第三人明知应知",
    "应知": "第三人明知应知",
    "申请专利": "以申请专利等方式公开",
    "境外": "为境外窃取、提供",
    "违反保密": "违反保密义务披露或使用",
    "保密义务": "违反保密义务披露或使用",
}


def named_conducts(text: str) -> tuple[str, ...]:
    """Return the conducts and relationships of the vocabulary that a query names."""
    named = (value for word, value in _NAMED.items() if word in text)
    return tuple(dict.fromkeys(named))
