"""Files spoilt by what they are made of, tags, words and numbers: they get past the first look of a
reader.
"""

from __future__ import annotations

import io
import random
import re
import zipfile
from typing import Final

_PIECES: Final = re.compile(r"<[^<>]*>|\w+|\s+|[^\w\s<]|<")
#: Numbers and names that readers count, follow or allocate by.
_ODD: Final = (
    *(
        "0",
        "-1",
        "1",
        "65536",
        "2147483648",
        "-9223372036854775809",
        "1e308",
        "99999999999999999999",
        "0.0000001",
        "NaN",
    ),
    *(
        "",
        "\n",
        "\t",
        "\f",
        "\u3000",
        "\u202e",
        "\ufeff",
        "\u0301" * 40,
        "\U00020000",
        "第一条",
        "一、",
        "---",
        "```",
        "[[",
        "|",
    ),
)
#: Formats of packed XML, each with the part that holds what is read.
_MAIN_PARTS: Final = {"docx": "word/document.xml", "xlsx": "xl/worksheets/1.xml"}
#: Of one file; more make nothing that can still be read.
_MOST_STEPS: Final = 12
#: Of a file that grows no more.
_MOST_PIECES: Final = 5_000


def spoilt_inside(extension: str, good: bytes, chance: random.Random) -> bytes:
    """Return a good file with some of its pieces doubled, dropped, moved, exchanged or replaced."""
    if extension in _MAIN_PARTS:
        return _packed(good, chance, _MAIN_PARTS[extension])
    codec = _codec(extension, good)
    return _text(good.decode(codec, "surrogateescape"), chance).encode(
        codec, "surrogateescape"
    )


def _codec(extension: str, good: bytes) -> str:
    if extension in ("pdf", "mht"):
        return "utf-8"
    if good.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    try:
        good.decode()
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8"


def _packed(good: bytes, chance: random.Random, main: str) -> bytes:
    """Return a file of packed XML with one of its parts spoilt, most often the main one."""
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    names = [name for name in parts if name.endswith((".xml", ".rels"))]
    name = main if chance.random() < 0.6 else chance.choice(names)
    parts[name] = _text(
        parts[name].decode(), chance, keeps_tags=chance.random() < 0.8
    ).encode("utf-8", "ignore")
    spoilt = io.BytesIO()
    with zipfile.ZipFile(spoilt, "w") as archive:
        for one, data in parts.items():
            archive.writestr(one, data)
    return spoilt.getvalue()


def _text(text: str, chance: random.Random, *, keeps_tags: bool = False) -> str:
    pieces = _PIECES.findall(text)
    step = _whole_step if keeps_tags else _step
    for _ in range(chance.randrange(1, _MOST_STEPS)):
        if 0 < len(pieces) < _MOST_PIECES:
            step(pieces, chance)
    return "".join(pieces)


def _step(pieces: list[str], chance: random.Random) -> None:
    at, to = chance.randrange(len(pieces)), chance.randrange(len(pieces))
    piece = pieces[at : at + chance.choice((1, 1, 2, 5, 30))]
    match chance.randrange(6):
        case 0:
            del pieces[at : at + len(piece)]
        case 1:
            pieces[at:at] = piece * chance.choice((1, 3, 200))
        case 2:
            pieces[to:to] = piece
        case 3:
            pieces[at], pieces[to] = pieces[to], pieces[at]
        case 4:
            pieces[at] = chance.choice(_ODD)
        case _:
            pieces[at] = re.sub(r"\d+", lambda _: chance.choice(_ODD[:10]), pieces[at])


def _whole_step(pieces: list[str], chance: random.Random) -> None:
    """Double, drop or move an element with all that stands in it, or change what its tag says: the
    XML stays one.
    """
    tags = [at for at, piece in enumerate(pieces) if re.match(r"<[A-Za-z]", piece)]
    if not tags:
        return
    at, to = chance.choice(tags), chance.choice(tags)
    if pieces[at].endswith("/>") or chance.random() < 0.3:
        pieces[at] = re.sub(
            r'"[^"]*"', lambda _: f'"{_quoted(chance)}"', pieces[at], count=1
        )
        return
    end = _end_of(pieces, at)
    element = pieces[at:end]
    match chance.randrange(3):
        case 0 if at:
            del pieces[at:end]
        case 1:
            pieces[at:at] = element * chance.choice((1, 2, 60))
        case _:
            pieces[to:to] = element


def _quoted(chance: random.Random) -> str:
    return re.sub(r"[<&\x00-\x08\x0c]", "", chance.choice(_ODD))


def _end_of(pieces: list[str], at: int) -> int:
    depth = 0
    for place in range(at, len(pieces)):
        if re.match(r"<[A-Za-z]", pieces[place]):
            depth += not pieces[place].endswith("/>")
        elif pieces[place].startswith("</"):
            depth -= 1
        if depth <= 0:
            return place + 1
    return len(pieces)
