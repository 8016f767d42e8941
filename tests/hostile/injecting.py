"""Injections, through every place of every request and through what is stored."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from tests.hostile import doors, product, seeing, state, texts
from tests.hostile.attack import Attack, Ground, Note, Trial
from tests.hostile.payloads import PAYLOADS

_LAW: Final = {
    "id": "law-test",
    "title": "测试法（2099）",
    "kind": "statute",
    "law": "测试法",
    "version": "2099",
    "text": "第九条 测试文本。经营者不得实施下列侵犯商业秘密的行为。",
    "effective_from": "2099-01-01",
}
_HIDDEN: Final = {
    "id": "hidden",
    "title": "测试文本 ZQSECRET",
    "text": "测试文本 ZQSECRET 举报材料。",
    "visibility": "restricted",
}
_GUIDE: Final = {
    "id": "guide-us",
    "title": "测试文本美国指引",
    "kind": "foreign_guide",
    "jurisdiction": "US",
    "text": "测试文本。",
}
_FIELDS: Final = (
    *(
        "title",
        "slug",
        "collection",
        "name_en",
        "date_note",
        "place",
        "verified_in",
        "tier",
        "completeness_note",
    ),
    *(
        "aliases",
        "authorities",
        "case_numbers",
        "doc_numbers",
        "citations",
        "parties",
        "statutes",
        "uncertain",
    ),
    *(
        "earlier_case_numbers",
        "related",
        "regions",
        "industries",
        "secret_types",
        "conducts",
        "relationships",
        "elements",
        "outcomes",
    ),
)
_CONTROL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def _library(ground: Ground) -> Path:
    home, file = ground.fresh("home"), ground.folder / "library.jsonl"
    whole = [*(texts.document(number) for number in range(30)), _LAW, _GUIDE, _HIDDEN]
    file.write_text("".join(texts.as_line(fields) for fields in whole), "utf-8")
    product.kb(home, "add", file, "--quiet")
    (home / "secret.txt").write_text("ZQSECRET\n", "utf-8")
    return home


class _Log:
    """What a log says since it was last read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read = path.stat().st_size

    def news(self) -> str:
        with self._path.open("rb") as file:
            file.seek(self._read)
            data = file.read()
        self._read += len(data)
        return data.decode("utf-8", "replace")


def inject(ground: Ground, numbers: Sequence[int]) -> Iterator[Trial | Note]:
    """Send payloads through every place of a request, written properly and as they are."""
    home = _library(ground)
    _, before = state.exported(home)
    places = doors.slots(home)
    yield Note(
        f"{len(doors.routes(home))} 条路由,{len(places)} 处参数、路径与标头,{len(PAYLOADS)} 种内容"
    )
    with product.serving(home, ground.folder / "serve.log") as server:
        log = _Log(server.log)
        for number in numbers:
            slot, payload, raw = _chosen(ground, places, number)
            answer = server.send(slot.request(payload, server.port, raw))
            fault = seeing.wrong(answer) or seeing.in_log(log.news())
            if not answer.status and not raw and slot.kind != "header":
                fault = fault or "没有回答"
            what = f"{slot.route} 的 {slot.kind} {slot.name}{'(原样)' if raw else ''} = {payload[:60]!r}"
            yield Trial(number=number, what=what, fault=fault)
    _, after = state.exported(home)
    fault = state.unsound(home) or ("库变了" if before != after else "") or _ran(home)
    if fault:
        yield Trial(number=numbers[-1] + 1, what="全部之后", fault=fault)


def _chosen(
    ground: Ground, places: Sequence[doors.Slot], number: int
) -> tuple[doors.Slot, str, bool]:
    """Return place, payload, and whether it is sent as it is; all places are met before one is met
    again.
    """
    shuffled = [*places]
    ground.chance("places", number // len(places)).shuffle(shuffled)
    chance = ground.chance("inject", number)
    return (
        shuffled[number % len(places)],
        chance.choice(PAYLOADS),
        chance.random() < 0.2,
    )


def _ran(home: Path) -> str:
    """Tell whether a command of a payload left its file."""
    left = [
        str(place)
        for folder in (product.ROOT, home, Path("/tmp"))
        for place in folder.glob("kbx7*")
    ]
    return f"注入的命令留下了文件:{left}" if left else ""


# -- through what is stored --------------------------------------------------------------


def _document(number: int) -> dict[str, Any]:
    """Return a document with a payload in every field that takes any words."""
    payload = PAYLOADS[number].encode("utf-8", "ignore").decode()
    fields: dict[str, Any] = {name: f"{payload}"[:400] or "空" for name in _FIELDS}
    fields |= {
        "id": f"{payload[:100]}-{number}",
        "text": f"编号 {texts.own_word(number, 'inj')}。{payload}\n测试文本。",
    }
    fields |= {
        "kind": ("civil", "foreign_case", "guidance", "statute")[number % 4],
        "jurisdiction": "US",
        "decided_on": "2099-01-02",
    }
    fields |= {
        "law": f"{payload}法"[:200],
        "version": payload[:50],
        "sources": [
            {"name": payload[:200], "grade": "C", "url": f"https://x.example/{payload}"}
        ],
    }
    fields |= {
        "amounts": [{"type": "罚款", "value": 1, "currency": "CNY", "text": payload}],
        "title": f"{payload[:300]}测试文本",
    }
    fields |= {
        "provisions": [
            {"article": "第九条", "provision": payload or "x", "note": payload}
        ]
    }
    fields.pop("slug")
    return fields


def store_injections(ground: Ground, numbers: Sequence[int]) -> Iterator[Trial | Note]:
    """Store a payload in every field of a document, read it by every way there is, and remove it
    before the next.
    """
    home, refused = _library(ground), 0
    with product.serving(home, ground.folder / "serve.log") as server:
        log = _Log(server.log)
        for number in numbers:
            file = ground.folder / "one.jsonl"
            file.write_bytes(
                texts.as_line(_document(number)).encode("utf-8", "surrogatepass")
            )
            done = product.kb(home, "add", file, "--json")
            receipts = (product.as_json(done) or {"documents": []})["documents"]
            fault = done.fault((0, 1)) or _on_terminal(done.err)
            for document in (
                one["document_id"] for one in receipts if one["document_id"]
            ):
                fault = fault or _read_everywhere(server, home, number, document)
                removing = product.kb(home, "remove", document, "--yes")
                fault = fault or removing.fault() or _on_terminal(removing.err)
            refused += done.status == 1
            yield Trial(
                number=number,
                what=f"各字段存入 {PAYLOADS[number][:60]!r}",
                fault=fault or seeing.in_log(log.news()),
            )
    fault = state.unsound(home) or _ran(home)
    if fault:
        yield Trial(number=numbers[-1] + 1, what="全部之后", fault=fault)
    yield Note(f"{refused} 种内容因字段不合规则被拒绝,其余收入")


def _read_everywhere(
    server: product.Server, home: Path, number: int, document: int
) -> str:
    """Return what is wrong with the first way to read a document that is not right."""
    word = texts.own_word(number, "inj")
    targets = (
        f"/documents/{document}?q={word}",
        f"/api/documents/{document}",
        f"/?q={word}",
        f"/api/search?q={word}",
        f"/export.csv?q={word}",
        f"/api/suggest?q={quote(PAYLOADS[number][:3].encode('utf-8', 'ignore'))}",
        "/browse?sort=newest",
        "/laws",
        "/jurisdictions",
        "/elements",
        "/about",
    )
    for target in targets:
        if fault := seeing.wrong(server.get(target)):
            return f"{target}:{fault}"
    for args in (("show", document), ("search", word), ("similar", document)):
        done = product.kb(home, *args)
        if fault := done.fault() or _on_terminal(done.out + done.err):
            return f"kb {args[0]}:{fault}"
    return ""


def _on_terminal(text: str) -> str:
    found = _CONTROL.search(text)
    return f"终端上有控制字符 U+{ord(found[0]):04X}" if found else ""


ATTACKS: Final = (
    Attack(
        key="inject",
        name="请求中的注入",
        what=(
            "SQL、检索语法、HTML 与脚本、模板、路径、回车换行、日志、表格公式、命令与古怪的字符,经每条路由的每个参数、路径与标头送入(编码的和原样的);"
            "什么也没有运行,页面里没有未转义的,表格里没有公式,日志里没有请求的内容,没有 5xx,库没有变"
        ),
        tries=2400,
        few=40,
        run=inject,
    ),
    Attack(
        key="inject-stored",
        name="库中的注入",
        what="同样的内容存入一件文书的每个字段,再经网页、接口、表格、建议与命令行读出;要求同上,终端上没有控制字符",
        tries=len(PAYLOADS),
        few=0,
        run=store_injections,
    ),
)
