"""Test texts: many documents that differ, each with a word of its own to be found by."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

_PEOPLE = ("离职员工", "在职员工", "合作方", "供应商", "竞争者", "保管人")
_THINGS = ("客户名单", "源代码", "配方", "图纸", "报价", "实验数据", "工艺参数")
_ACTS = ("带走", "披露", "复制到移动硬盘", "发送到私人邮箱", "上传网盘", "交给新雇主")


def own_word(number: int, series: str = "n") -> str:
    """Return a word that stands in document `number` of a series alone."""
    return f"ZQ{series}{number:06d}"


def document(number: int, series: str = "n", paragraphs: int = 3) -> dict[str, Any]:
    """Return one test document as the fields of a JSONL line."""
    person, thing, act = (
        words[(number * step) % len(words)]
        for words, step in ((_PEOPLE, 1), (_THINGS, 3), (_ACTS, 5))
    )
    body = [
        f"测试文本{number}之{part}:{person}把{thing}{act},涉及第{number * 7 + part}号材料,双方签有保密协议并设访问权限。"
        for part in range(paragraphs)
    ]
    return {
        "id": f"{series}-{number}",
        "title": f"测试文本{thing}案{number}",
        "text": "\n".join([f"编号 {own_word(number, series)}。", *body]),
        "kind": ("civil", "criminal", "administrative")[number % 3],
        "decided_on": f"2099-{number % 12 + 1:02d}-{number % 28 + 1:02d}",
        "authorities": [f"测试第{number % 5}法院"],
    }


def lines(numbers: Sequence[int], series: str = "n", paragraphs: int = 3) -> str:
    """Return documents as JSONL."""
    return "".join(as_line(document(number, series, paragraphs)) for number in numbers)


def as_line(fields: Mapping[str, Any]) -> str:
    """Return fields as one line of JSONL."""
    return json.dumps(fields, ensure_ascii=False) + "\n"
