"""Texts that LibreOffice has made Word and PDF files of, held against the texts themselves.

python -m tests.certificate.office FOLDER            every .txt of the folder, as .docx,
as .pdf flush with the margin,
                                                     and as .pdf whose paragraphs begin
                                                     two characters further right
python -m tests.certificate.office FOLDER --keep OUT the same, and what LibreOffice made
stays in OUT

A line in which a text and what was read from a file differ is told by numbers, not by words.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from difflib import SequenceMatcher
from html import escape
from pathlib import Path
from typing import Any, Final

import msgspec

from ingest.pipeline import NO_OPTIONS, prepare
from ingest.raw import RawDocument
from ingest.readers import open_file
from kb.records import Original, Revision
from tests.hostile.goodfiles import docx, word_xml

#: Name -> extension of what is made.
FORMATS: Final = {"DOCX": "docx", "PDF,段首不缩进": "pdf", "PDF,段首缩进两字": "pdf"}
#: How many paragraphs more or less than the text has are still called the same: 3 %.
_NEARLY: Final = 0.03
_FILTER: Final = "--infilter=Text (encoded):UTF8,LF,,,"


@dataclass(frozen=True, kw_only=True)
class Compared:
    """One file beside its text: are the characters the same in order, how many paragraphs, which
    fields differ.
    """

    name: str
    error: str = ""
    are_equal: bool = False
    lost: int = 0
    gained: int = 0
    paragraphs: int = 0
    of_text: int = 0
    fields: tuple[str, ...] = ()

    @property
    def has_paragraphs(self) -> bool:
        """Tell whether there are as many paragraphs as the text has, or nearly."""
        return abs(self.paragraphs - self.of_text) <= _NEARLY * self.of_text


def made(texts: Sequence[Path], folder: Path, name: str) -> list[Path]:
    """Return the files of a format that LibreOffice makes of texts, made now unless they are there."""
    extension = FORMATS[name]
    folder = folder / str(list(FORMATS).index(name))
    folder.mkdir(exist_ok=True)
    missing = [
        text for text in texts if not (folder / f"{text.stem}.{extension}").exists()
    ]
    if missing:
        with tempfile.TemporaryDirectory(prefix="kb-office-") as between:
            sources = (
                [_indented(text, Path(between)) for text in missing]
                if "两字" in name
                else missing
            )
            _convert(sources, folder, extension)
    return [folder / f"{text.stem}.{extension}" for text in texts]


def _indented(text: Path, folder: Path) -> Path:
    """Return a Word file of a text as courts set theirs: paragraphs begin two characters further
    right.
    """
    # lines are not stretched: LibreOffice 7.4 would not draw the stops that hang in the margin then
    properties = '<w:pPr><w:ind w:firstLineChars="200" w:firstLine="640"/></w:pPr>'
    run = '<w:rPr><w:sz w:val="32"/></w:rPr><w:t xml:space="preserve">'
    lines = (escape(line) for line in text.read_text("utf-8-sig").split("\n"))
    made = folder / f"{text.stem}.docx"
    body = "".join(
        f"<w:p>{properties}<w:r>{run}{line}</w:t></w:r></w:p>" for line in lines
    )
    made.write_bytes(docx(word_xml(body)))
    return made


def _convert(sources: Sequence[Path], folder: Path, extension: str) -> None:
    filters = [_FILTER] if sources[0].suffix == ".txt" else []
    subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            "--headless",
            *filters,
        ]
        + ["--convert-to", extension, "--outdir", str(folder), *map(str, sources)],
        check=True,
        capture_output=True,
        timeout=1800,
    )


def read(path: Path) -> Revision:
    """Read a file as `kb add` would; raises UserError."""
    opened = open_file(path, 100 * 1024 * 1024)
    try:
        (raw,) = opened.documents()
        assert isinstance(raw, RawDocument)
        return prepare(
            raw,
            path.name,
            Original(sha256=raw.sha256, media_type="", size_bytes=0),
            NO_OPTIONS,
        )
    finally:
        opened.close()


def compare(text: Path, path: Path) -> Compared:
    """Hold what is read from a file against what is read from its text."""
    try:
        ours, theirs = read(text), read(path)
    except Exception as error:
        return Compared(name=path.name, error=f"{type(error).__name__}:{error}")
    one, other = ("".join(revision.text.split()) for revision in (ours, theirs))
    lost, gained = (0, 0) if one == other else _difference(one, other)
    return Compared(
        name=path.name,
        are_equal=one == other,
        lost=lost,
        gained=gained,
        paragraphs=_paragraphs(theirs.text),
        of_text=_paragraphs(ours.text),
        fields=tuple(
            _fields(
                msgspec.to_builtins(ours.metadata), msgspec.to_builtins(theirs.metadata)
            )
        ),
    )


def _paragraphs(text: str) -> int:
    return sum(bool(line.strip()) for line in text.split("\n"))


def _difference(one: str, other: str) -> tuple[int, int]:
    steps = SequenceMatcher(None, one, other, autojunk=False).get_opcodes()
    changed = [step for step in steps if step[0] != "equal"]
    return sum(step[2] - step[1] for step in changed), sum(
        step[4] - step[3] for step in changed
    )


def _fields(one: dict[str, Any], other: dict[str, Any]) -> Iterator[str]:
    yield from (name for name in one | other if one.get(name) != other.get(name))


def table(found: dict[str, list[Compared]]) -> Iterator[str]:
    """Yield the rows of a Markdown table."""
    yield "| 格式 | 文件 | 逐字相同 | 段数相差不超过 3% | 段数(读出/原文) | 字段相同 |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: |"
    for format, rows in found.items():
        read_ones = [row for row in rows if not row.error]
        sums = f"{sum(row.paragraphs for row in read_ones):,}/{sum(row.of_text for row in read_ones):,}"
        yield (
            f"| {format} | {len(rows)} | {sum(row.are_equal for row in rows)} | "
            f"{sum(row.has_paragraphs for row in read_ones)} | {sums} | {sum(not row.fields for row in read_ones)} |"
        )


def detail(rows: Sequence[Compared]) -> Iterator[str]:
    """Yield a line for each file in which something differs."""
    for number, row in enumerate(rows):
        if row.error:
            yield f"{number} {row.name[-5:]}\t{row.error}"
        elif not (row.are_equal and row.has_paragraphs and not row.fields):
            yield f"{number} {row.name[-5:]}\t少 {row.lost} 多 {row.gained}\t段 {row.paragraphs}/{row.of_text}\t{' '.join(row.fields)}"


def main(argv: Sequence[str] | None = None) -> int:
    """Convert, compare and print; return 1 where characters or fields differ, 2 without LibreOffice
    or texts.
    """
    parser = argparse.ArgumentParser(
        prog="python -m tests.certificate.office",
        description="经 LibreOffice 转换后逐字核对",
    )
    parser.add_argument("folder", type=Path, help="放着 .txt 的文件夹(UTF-8)")
    parser.add_argument("--keep", type=Path, help="转换所得放在这里,已有的不再转换")
    args = parser.parse_args(argv)
    texts = sorted(args.folder.glob("*.txt"))
    if not texts or shutil.which("soffice") is None:
        sys.stderr.write(
            "没有文本\n"
            if not texts
            else "没有 LibreOffice(Debian 软件包 libreoffice-writer),未做\n"
        )
        return 2
    found: dict[str, list[Compared]] = {}
    with (
        nullcontext(args.keep)
        if args.keep
        else tempfile.TemporaryDirectory(prefix="kb-office-") as kept
    ):
        folder = Path(kept).resolve()
        for name in FORMATS:
            files = made(texts, folder, name)
            found[name] = [
                compare(text, file) for text, file in zip(texts, files, strict=True)
            ]
    lines = [*table(found), *(line for rows in found.values() for line in detail(rows))]
    sys.stdout.write("\n".join(lines) + "\n")
    return int(
        any(
            row.error or row.fields or not row.are_equal
            for rows in found.values()
            for row in rows
        )
    )


if __name__ == "__main__":
    sys.exit(main())
