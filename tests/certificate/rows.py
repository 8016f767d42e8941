"""What became of one file: read or refused, and how many characters another reader finds that ours
does not.
"""

from __future__ import annotations

import multiprocessing
import signal
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ingest.pipeline import check_file
from ingest.readers import open_file
from tests.certificate import pdf, word
from tests.fuzz.reading import UNFORESEEN, reason

#: Bytes of a file, as the program takes them unless it is told otherwise.
_MOST_BYTES: Final = 100 * 1024 * 1024
#: What another reader may take for a file.
_PATIENCE_S: Final = 180


@dataclass(frozen=True, kw_only=True)
class Row:
    """One file. `others` is how many characters another reader finds, None where it
    finds out nothing.

    `absent` is how many of these are not in our text, `missing` how many of those
    nothing explains: the account of a Word file; for a PDF that only one of two other
    readers found them, or that they stand in the margin or twice.
    """

    path: Path
    refused: str = ""
    is_unforeseen: bool = False
    seconds: float = 0.0
    characters: int = 0
    others: int | None = None
    absent: int = 0
    missing: int = 0
    which: str = ""
    warnings: tuple[str, ...] = ()

    @property
    def format(self) -> str:
        """Return the format by the name of the file."""
        return self.path.suffix[1:].upper()


def row(path: Path) -> Row:
    """Read a file as `kb check` does, and then with other readers in a process of their own."""
    started = time.monotonic()
    (receipt,) = check_file(path, _MOST_BYTES)
    seconds = time.monotonic() - started
    words = "" if receipt.error is None else str(receipt.error)
    text = "" if words else _text(path)
    found = _apart(_compare, path, text)
    return Row(
        path=path,
        refused=reason(words),
        is_unforeseen=any(sign in words for sign in UNFORESEEN),
        seconds=seconds,
        characters=len("".join(text.split())),
        warnings=receipt.warnings,
        **found,
    )


def _text(path: Path) -> str:
    opened = open_file(path, _MOST_BYTES)
    try:
        (raw,) = opened.documents()
    finally:
        opened.close()
    return raw.text or "\n".join(page.text for page in raw.pages or ())  # type: ignore[union-attr]


def _compare(path: Path, text: str) -> dict[str, Any]:
    data = path.read_bytes()
    if path.suffix.lower() == ".docx":
        return _as_word(data, text)
    plain, second = pdf.found_by(pdf.by_pdfium, data), pdf.found_by(pdf.by_pypdf, data)
    if plain is None and second is None:
        return {}
    ours = pdf.bag(text)
    absent = (plain or Counter()) - ours
    missing = (
        absent & (second or Counter())
        if plain is not None
        else (second or Counter()) - ours
    )
    missing -= (pdf.found_by(pdf.left_out, data) or Counter()) if missing else Counter()
    others = plain if plain is not None else second
    return {
        "others": (others or Counter()).total(),
        "absent": absent.total(),
        **_counted(missing),
    }


def _as_word(data: bytes, text: str) -> dict[str, Any]:
    there = word.characters_of(data)
    if not text:
        return {"others": there.total()}
    absent, unexplained = word.missing(data)
    return {
        "others": there.total(),
        "absent": absent.total(),
        "missing": unexplained,
        "which": _named(absent) if unexplained else "",
    }


def _counted(missing: Counter[str]) -> dict[str, Any]:
    return {"missing": missing.total(), "which": _named(missing)}


def _named(missing: Counter[str]) -> str:
    return "".join(f"{char}{count} " for char, count in missing.most_common(12))


def _apart(work: Callable[..., dict[str, Any]], *args: object) -> dict[str, Any]:
    """Return what a function finds in a process of its own; nothing where that crashes, fails or
    takes too long.
    """
    receiver, sender = multiprocessing.Pipe(duplex=False)

    def live() -> None:
        signal.alarm(_PATIENCE_S)
        with suppress(Exception):  # a file no reader opens
            sender.send(work(*args))

    process = multiprocessing.get_context("fork").Process(target=live)
    process.start()
    sender.close()
    try:
        return dict(receiver.recv())
    except EOFError:
        return {}
    finally:
        process.join()
        receiver.close()
