"""The formats to spoil: for each, good files of many kinds that a reader has to walk through."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Final

from tests.hostile import texts
from tests.hostile.goodfiles import good_files
from tests.hostile.product import ROOT
from tests.ingest import pdffiles, test_mht, test_tables, wordfiles
from tests.ingest.wordfiles import p, r, row, table

_SAMPLES: Final = ROOT / "tests" / "samples"
_FRONT: Final = """---
slug: spoilt-{number}
title: 测试文本{number}
kind: civil
decided_on: 2099-01-02
regions: [上海]
authorities:
  - 测试第一法院
amounts:
  - {{type: 判赔, value: 5000, currency: CNY, text: "五千元"}}
sources: [{{name: 测试来源, grade: B}}]
---
"""
_LIST: Final = (
    '<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/>'
    '<w:numFmt w:val="chineseCountingThousand"/><w:lvlText w:val="第%1条"/></w:lvl></w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
)
_NUMBERED: Final = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
_STYLES: Final = (
    '<w:style w:type="paragraph" w:styleId="a"><w:rPr><w:vanish/></w:rPr></w:style>'
)
_FIELD: Final = (
    '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>PAGE</w:instrText></w:r>'
    '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>7</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
)


def _text(number: int) -> str:
    return f"{texts.document(number, 'fuzz')['text']}\n"


def _usual(extension: str, number: int) -> list[bytes]:
    return [
        data for name, data in good_files(number).items() if name.endswith(extension)
    ]


def _pdfs(number: int) -> list[bytes]:
    written = [
        (90.0, 740.0 - 22 * at, 14.0, line)
        for at, line in enumerate(_text(number).split("\n"))
    ]
    form = pdffiles.form_with("张某")
    named = [(_SAMPLES / f"{name}.pdf").read_bytes() for name in ("encrypted", "scan")]
    return [
        *_usual(".pdf", number),
        pdffiles.made(written),
        pdffiles.made(written, written, **form),
        *named,
    ]  # type: ignore[arg-type]


def _words(number: int) -> list[bytes]:
    note = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    body = (
        p("甲公司", note, props=_NUMBERED)
        + table(row("甲", "乙"), row("10", p("丙") + p("丁")))
        + p(_FIELD, _text(number))
    )
    body += p(
        "<w:ins>",
        r("增"),
        "</w:ins>",
        "<w:del><w:r><w:delText>删</w:delText></w:r></w:del>",
        props='<w:pStyle w:val="a"/>',
    )
    rich = wordfiles.docx(
        body,
        numbering=_LIST,
        styles=_STYLES,
        footnotes=f'<w:footnote w:id="2">{p("注")}</w:footnote>',
        hdr=p("内部资料"),
    )
    return [*_usual(".docx", number), rich]


def _pages(number: int) -> list[bytes]:
    rich = (
        f"<html><head><meta charset=gbk><title>测试</title><style>.a{{display:none}}</style></head><body><h1>测试</h1>"
        f"<ol start=3><li>甲<ul><li>乙</ul><li value=9>丙</ol><p class=a>隐</p><pre>一\n二</pre><div>{_text(number)}</div>"
        "<table><tr><td rowspan=2>甲<td colspan=3>乙<tr><td><table><tr><td>1<td>2</table></table>&nbsp;&#20013;<br>终</body></html>"
    )
    return [*_usual(".html", number), rich.encode("gbk")]


def _archives(number: int) -> list[bytes]:
    frame = '<frameset><frame src="cid:one"></frameset>'
    one = test_mht.part(f"<p>{_text(number)}</p>", "gbk", "Content-ID: <one>\r\n")
    return [
        test_mht.archive(test_mht.IMAGE, test_mht.part(test_mht.PAGE)),
        test_mht.archive(test_mht.part(frame), one),
        test_mht.archive(test_mht.part(f"<p>{_text(number)}</p>", "utf-16")),
    ]


def _lines(number: int) -> list[bytes]:
    made = texts.document(number, "fuzz")
    head = made["text"].split("\n")[0]
    made |= {
        "headings": [[0, head]],
        "links": [[0, 2, "other"]],
        "amounts": [{"type": "判赔", "value": 5, "currency": "CNY"}],
    }
    return [
        *_usual(".jsonl", number),
        f"{json.dumps(made)}\n{json.dumps(made, ensure_ascii=False)}\n".encode(),
    ]


def _markdown(number: int) -> list[bytes]:
    law = f"# 测试法\n\n**第一条** 甲。\n\n- 乙\n\n## 第二章 丙\n\n[丁](other.md) {_text(number)}"
    rich = f"{_FRONT.format(number=number)}## 要旨\n甲[[other]]乙。\n\n## 裁判结果\n{_text(number)}"
    return [*_usual(".md", number), law.encode(), rich.encode()]


def _ledger(number: int) -> list[tuple[str, ...]]:
    title = (f"{2000 + number % 90}年台账",)
    told = tuple(
        cell.replace("张某复制配方", _text(number)[:200]) for cell in test_tables.ROW
    )
    return [title, test_tables.COLUMNS, test_tables.ROW, told]


def _tables(number: int) -> list[bytes]:
    rows = test_tables.as_csv(*_ledger(number))
    tabs = test_tables.as_csv(*_ledger(number), separator="\t")
    return [rows.encode(), rows.encode("gb18030"), tabs.encode("utf-16")]


#: Format -> extension, and its good files for a number.
FORMATS: Final[dict[str, tuple[str, Callable[[int], Sequence[bytes]]]]] = {
    "PDF": ("pdf", _pdfs),
    "DOCX": ("docx", _words),
    "HTML": ("html", _pages),
    "MHT": ("mht", _archives),
    "TXT-UTF-8": ("txt", lambda number: [_text(number).encode()]),
    "TXT-GB18030": ("txt", lambda number: [_text(number).encode("gb18030")]),
    "TXT-UTF-16": ("txt", lambda number: [_text(number).encode("utf-16")]),
    "Markdown": ("md", _markdown),
    "JSONL": ("jsonl", _lines),
    "CSV": ("csv", _tables),
    "XLSX": (
        "xlsx",
        lambda number: [
            test_tables.as_xlsx(一=_ledger(number), 二=_ledger(number + 1))
        ],
    ),
}
