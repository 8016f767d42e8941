"""Who may see a document, which document is meant, and what is left of one that was destroyed."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from tests.hostile import product, state, texts
from tests.hostile.attack import Attack, Ground, Note, Trial
from tests.hostile.goodfiles import docx, paragraph, pdf, pdf_page, word_xml

_SECRET: Final = "ZQREDACTED77"


def _document_ids(receipts: Any) -> list[int]:
    return [
        one["document_id"]
        for one in (receipts or {"documents": []})["documents"]
        if one["document_id"]
    ]


# -- which document ----------------------------------------------------------------------

_NAMING: Final[Sequence[Sequence[str]]] = (
    ("remove", "1", "--yes"),
    ("remove", "1", "n-5", "--yes"),
    ("remove", "n-5", "1", "--yes"),
    ("show", "1"),
    ("similar", "1"),
    ("visibility", "1", "--set", "restricted", "--yes"),
    ("purge", "1", "--yes"),
    ("remove", "n-5"),
    ("remove", "none", "n-5", "--yes"),
)


def name(ground: Ground, numbers: Sequence[int]) -> Iterator[Trial | Note]:
    """Name a document by digits that mean two, or one that is not there: refused, both said,
    nothing changed.
    """
    home, file = ground.fresh("home"), ground.folder / "named.jsonl"
    file.write_text(
        texts.lines(range(6)) + texts.as_line(texts.document(9) | {"id": "1"}), "utf-8"
    )
    product.kb(home, "add", file, "--quiet")
    _, before = state.exported(home)
    for number in numbers:
        command = _NAMING[number]
        done = product.kb(home, *command)
        fault = done.fault((1,))
        if (
            not fault
            and "1" in command
            and not all(part in done.err for part in ("编号:1", "标识:1"))
        ):
            fault = f"没有说出两件:{product.last_line(done.err)}"
        if state.exported(home)[1] != before:
            fault = "库变了"
        yield Trial(number=number, what=f"kb {' '.join(command)}", fault=fault)


# -- who may see it ----------------------------------------------------------------------


def _visibilities(home: Path) -> set[int]:
    with sqlite3.connect(f"file:{home}/kb.sqlite3?mode=ro", uri=True) as conn:
        return {row[0] for row in conn.execute("SELECT visibility FROM document")}


def _made(extension: str, number: int, corrected: str = "") -> bytes:
    """Return one document, or its correction, in a format that names it by the same slug or case
    number.
    """
    words = f"测试文本{number}{corrected}。举报材料。"
    return {
        "txt": f"测试知识产权法院\n民事判决书\n（2099）测01民初{9000 + number}号\n原告:测试甲。{words}\n二〇九九年五月六日\n",
        "md": f"---\nslug: kept-{number}\ntitle: 测试文本\nkind: civil\n---\n## 要旨\n{words}\n",
        "jsonl": texts.as_line(texts.document(number, "kept") | {"text": words}),
    }[extension].encode()


def keep_hidden(ground: Ground, numbers: Sequence[int]) -> Iterator[Trial | Note]:
    """Correct a hidden document without a word of who may see it, or hide one that is there: never
    is it shown.
    """
    cases = [
        (extension, level, way)
        for extension in ("txt", "md", "jsonl")
        for level in ("internal", "restricted")
        for way in _WAYS
    ]
    for number in numbers:
        extension, level, way = cases[number]
        home, file = ground.fresh("home"), ground.fresh("files") / f"a.{extension}"
        _WAYS[way](home, file, extension, level)
        expected = {"internal": 1, "restricted": 2}[level]
        found = _visibilities(home)
        fault = (
            "" if found == {expected} else f"可见范围为 {sorted(found)},应为 {expected}"
        )
        yield Trial(
            number=number,
            what=f"{extension},{level},{way}",
            fault=fault or state.unsound(home),
        )


def _corrected(home: Path, file: Path, extension: str, level: str) -> None:
    file.write_bytes(_made(extension, 1))
    product.kb(home, "add", file, "--visibility", level, "--quiet")
    file.write_bytes(_made(extension, 1, "(更正错字)"))
    product.kb(home, "add", file, "--quiet")


def _hidden_later(home: Path, file: Path, extension: str, level: str) -> None:
    file.write_bytes(_made(extension, 1))
    product.kb(home, "add", file, "--quiet")
    product.kb(home, "add", file, "--visibility", level, "--quiet")


def _corrected_twice(home: Path, file: Path, extension: str, level: str) -> None:
    _corrected(home, file, extension, level)
    file.write_bytes(_made(extension, 1))
    product.kb(home, "add", file, "--quiet")


def _by_command(home: Path, file: Path, extension: str, level: str) -> None:
    file.write_bytes(_made(extension, 1))
    product.kb(home, "add", file, "--quiet")
    product.kb(home, "visibility", "编号:1", "--set", level, "--yes")
    product.kb(home, "add", file, "--quiet")


_WAYS: Final[dict[str, Callable[[Path, Path, str, str], None]]] = {
    "更正时不写": _corrected,
    "内容不变而写明": _hidden_later,
    "更正又改回": _corrected_twice,
    "用命令改后再收入": _by_command,
}


# -- what is left ------------------------------------------------------------------------


def _with_secret(extension: str, secret: str) -> bytes:
    words = f"测试文本。{secret} 手机号。离职员工带走客户名单。"
    return {
        "txt": f"测试知识产权法院\n民事判决书\n（2099）测01民初9001号\n原告:测试甲。{words}\n二〇九九年五月六日\n".encode(),
        "md": f"---\nslug: purged\ntitle: 测试文本\nkind: civil\n---\n## 要旨\n{words}\n".encode(),
        "jsonl": (
            texts.lines(range(3))
            + texts.as_line(texts.document(9) | {"id": "purged", "text": words})
        ).encode(),
        "html": f"<meta charset=utf-8><title>测试</title><p>{words}".encode(),
        "docx": docx(word_xml(paragraph(words))),
        "pdf": pdf(pdf_page(f"Test text {secret} list")),
    }[extension]


def destroy(ground: Ground, numbers: Sequence[int]) -> Iterator[Trial | Note]:
    """Purge what was redacted, removed, or is there; then search every byte of the data folder for
    it.
    """
    cases = [
        (extension, way)
        for extension in ("txt", "md", "jsonl")
        for way in ("涂去后再收入", "删除后", "直接")
    ]
    cases += [
        (extension, way)
        for extension in ("html", "docx", "pdf")
        for way in ("删除后", "直接")
    ]
    for number in numbers:
        extension, way = cases[number]
        home, folder = ground.fresh("home"), ground.fresh("files")
        fault = _purged(home, folder / f"a.{extension}", extension, way)
        places = (
            [] if fault else traces(home, _SECRET, _with_secret(extension, _SECRET))
        )
        fault = fault or (f"还在 {places}" if places else "") or state.unsound(home)
        yield Trial(number=number, what=f"{extension},{way} kb purge", fault=fault)


def _purged(home: Path, file: Path, extension: str, way: str) -> str:
    """Add a document with a secret and destroy the secret; return what went wrong on the way."""
    file.write_bytes(_with_secret(extension, _SECRET))
    receipts = product.as_json(product.kb(home, "add", file, "--json")) or {
        "documents": []
    }
    if not receipts["documents"] or not traces(home, _SECRET[:6]):
        return "没有收入"
    slug = next(one["slug"] for one in reversed(receipts["documents"]))
    product.kb(home, "search", _SECRET)
    if way == "涂去后再收入":
        file.write_bytes(_with_secret(extension, "***"))
        product.kb(home, "add", file, "--quiet")
    elif way == "删除后":
        product.kb(home, "remove", slug, "--yes")
    done = product.kb(home, "purge", slug, "--yes")
    return f"purge {fault}" if (fault := done.fault()) else ""


def traces(home: Path, word: str, original: bytes = b"") -> list[str]:
    """Return the files of a data folder in which a word stands, however written, or that are the
    original packed.
    """
    digest = hashlib.sha256(original).hexdigest()
    forms = [
        word.encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be")
    ] + [word.lower().encode()]
    return [
        str(path.relative_to(home))
        for path in sorted(home.rglob("*"))
        if path.is_file()
        and (path.name == digest or any(form in path.read_bytes() for form in forms))
    ]


def kill_destroying(ground: Ground, numbers: Sequence[int]) -> Iterator[Trial | Note]:
    """Kill a purge at any moment: the same command completes it, and nothing is left."""
    for number in numbers:
        chance = ground.chance("purge-killed", number)
        extension = chance.choice(("txt", "md", "jsonl", "docx"))
        home, file = ground.fresh("home"), ground.fresh("files") / f"a.{extension}"
        file.write_bytes(_with_secret(extension, _SECRET))
        receipts = product.as_json(product.kb(home, "add", file, "--json")) or {
            "documents": []
        }
        slug = next((one["slug"] for one in reversed(receipts["documents"])), "")
        after_s = chance.uniform(0.1, 2.0)
        killed = product.killed_after(
            after_s, home, "purge", slug, "--yes", "--document"
        )
        done = product.kb(home, "purge", slug, "--yes", "--document")
        # A purge that had come to its end leaves no document of that name to be found.
        fault = done.fault((0,) if killed and traces(home, _SECRET) else (0, 1))
        places = traces(home, _SECRET, _with_secret(extension, _SECRET))
        fault = fault or (f"还在 {places}" if places else "") or state.unsound(home)
        yield Trial(
            number=number,
            what=f"{extension},{after_s:.2f} 秒后 kill -9,再次运行",
            fault=fault,
        )


ATTACKS: Final = (
    Attack(
        key="ambiguous",
        name="两件同名的文书",
        what="标识「1」与编号 1 是两件文书,用于 `remove`、`show`、`similar`、`visibility`、`purge`,或不加 `--yes`,或夹着没有的标识;拒绝,说出两件,什么也没有变",
        tries=len(_NAMING),
        few=0,
        run=name,
    ),
    Attack(
        key="visibility",
        name="更正后的可见范围",
        what="内部、受限的文书更正时不写可见范围,更正又改回,内容不变而写明,用 `kb visibility` 改后再收入;始终不会更公开,写明的不被忽略",
        tries=3 * 2 * len(_WAYS),
        few=0,
        run=keep_hidden,
    ),
    Attack(
        key="purge",
        name="清除后逐字节查找",
        what="涂去后再收入、删除后、直接清除;在数据目录的每个文件的每个字节里找原来的字(UTF-8 与 UTF-16),一处也没有,`kb verify` 完好",
        tries=15,
        few=0,
        run=destroy,
    ),
    Attack(
        key="purge-killed",
        name="清除时 kill -9",
        what="`kb purge` 在任意时刻被杀死,再次运行同一命令;逐字节查找,一处也没有,`kb verify` 完好",
        tries=24,
        few=0,
        run=kill_destroying,
    ),
)
