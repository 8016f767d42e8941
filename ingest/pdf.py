"""A PDF into its pages: pdfium reads, pypdf is asked where that gives nothing or gibberish."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import Struct

from ingest.answers import Parsed
from ingest.pdfium import MOST_PAGES, NotOpened, Sheet, sheets
from ingest.pdflines import Line, lay
from ingest.pdfmargins import Paper, without_margins
from ingest.pdfparagraphs import paragraphs
from ingest.pdfsecond import SecondReader
from ingest.plausible import is_plausible
from kb.errors import UnreadableFile

_DAMAGED: Final = "PDF 已损坏或不完整,无法读取。请重新下载或导出"
_NEEDS_OCR: Final = "请先做文字识别(OCR)再添加"
_GIBBERISH: Final = "读出来是乱码(字体没有给出文字编码)"
#: A page of an image and hardly a word is a scan, whatever was stamped onto it.
_FEW: Final = 30
_LARGE_IMAGE: Final = 0.5
#: Characters a page that its readers would call next to none.
_NEXT_TO_NONE: Final = 4
#: Glyphs without a character that make a page unreadable.
_MOST_UNMAPPED: Final = 0.3
_MOST_NAMED: Final = 20


class _Page(Struct):
    """What was found on one page; `other` is its text where the second reader read it."""

    lines: list[Line]
    askew: list[str]
    paper: tuple[float, float, float, float] = (0, 0, 0, 0)
    image_share: float = 0.0
    other: str | None = None
    characters: int = 0
    is_doubtful: bool = False
    is_covered: bool = False
    is_gibberish: bool = False
    is_lost: bool = False


def parse_pdf(data: bytes) -> Parsed:
    """Read the text of every page; raises UnreadableFile with the true reason where there is none.

    A page ends with a line feed unless its last paragraph goes on with the next one.
    """
    second = SecondReader(data)
    try:
        pages = [
            _page(sheet, number, second) for number, sheet in enumerate(sheets(data))
        ]
    except NotOpened as error:
        pages = _by_second(second, error)
    texts, heads = _texts(pages)
    _require_text(pages, texts)
    joined = [_whole(text) for text in texts]
    joined[-1] = joined[-1].rstrip("\n")
    return Parsed(pages=joined, warnings=_warnings(pages, texts, heads, joined))


def _page(sheet: Sheet, number: int, second: SecondReader) -> _Page:
    laid = lay(sheet.glyphs)
    page = _Page(
        lines=laid.lines,
        askew=sheet.askew,
        paper=sheet.paper,
        image_share=sheet.image_share,
        is_doubtful=laid.is_doubtful,
        is_covered=sheet.is_covered,
        is_lost=not sheet.is_read,
    )
    text = "".join(line.text for line in laid.lines)
    page.characters = _count(text)
    unmapped = sheet.unmapped / max(len(sheet.glyphs), 1)
    is_gibberish = unmapped > _MOST_UNMAPPED or not is_plausible(text)
    if text and not is_gibberish:
        return page
    other = second.page(number)
    if other.strip() and is_plausible(other):
        page.lines, page.other, page.characters, page.is_lost = (
            [],
            other,
            _count(other),
            False,
        )
    elif is_gibberish:
        page.lines, page.is_gibberish = [], True
    return page


def _by_second(second: SecondReader, error: Exception) -> list[_Page]:
    count = second.count()
    if count > MOST_PAGES:
        raise UnreadableFile(f"PDF 超过 {MOST_PAGES} 页。请拆分后重试") from error
    pages = []
    for number in range(count):
        text = second.page(number)
        is_gibberish = not is_plausible(text)
        kept = "" if is_gibberish else text
        pages.append(
            _Page(
                [], [], other=kept, characters=_count(kept), is_gibberish=is_gibberish
            )
        )
    if not any(page.characters or page.is_gibberish for page in pages):
        raise UnreadableFile(_DAMAGED) from error
    return pages


def _texts(pages: Sequence[_Page]) -> tuple[list[str], list[str]]:
    """Return the text of each page and the running heads that were left out."""
    found = without_margins(
        [Paper(page.lines, page.paper[3], page.paper[1]) for page in pages]
    )
    texts = paragraphs(found.pages, [(page.paper[0], page.paper[2]) for page in pages])
    stamps = Counter(text for page in pages for text in dict.fromkeys(page.askew))
    for number, page in enumerate(pages):
        own = [text for text in page.askew if stamps[text] == 1]
        if page.other is not None:
            own.insert(0, page.other)
        if not own:
            continue
        texts[number] = (
            "\n".join([text for text in (texts[number].rstrip("\n"), *own) if text])
            + "\n"
        )
        _end_line_before(texts, number)
    repeated = [text for text, count in stamps.items() if count > 1]
    return texts, found.heads + repeated


def _end_line_before(texts: list[str], number: int) -> None:
    for before in range(number - 1, -1, -1):
        if texts[before]:
            texts[before] = texts[before].rstrip("\n") + "\n"
            return


def _require_text(pages: Sequence[_Page], texts: Sequence[str]) -> None:
    """Raise UnreadableFile when there is no text to speak of, saying what there is instead."""
    counts = [_count(text) for text in texts]
    total, whole = sum(counts), sum(page.characters for page in pages)
    if not total and any(page.is_gibberish for page in pages):
        raise UnreadableFile(
            f"PDF 的文字{_GIBBERISH}。请用原来的软件重新导出,或做文字识别(OCR)后再添加"
        )
    if not total and all(page.is_lost for page in pages):
        raise UnreadableFile(_DAMAGED)
    if not whole:
        raise UnreadableFile(f"PDF 没有文字层(扫描件或图片)。{_NEEDS_OCR}")
    are_scans = all(
        _is_scan(page, count) for page, count in zip(pages, counts, strict=True)
    )
    if (
        not total
        or are_scans
        or (len(pages) > 1 and total < _NEXT_TO_NONE * len(pages))
    ):
        raise UnreadableFile(
            f"PDF 疑似扫描件({len(pages)} 页共 {whole} 字)。{_NEEDS_OCR}"
        )


def _is_scan(page: _Page, count: int) -> bool:
    return not count or (page.image_share >= _LARGE_IMAGE and count < _FEW)


def _warnings(
    pages: Sequence[_Page],
    texts: Sequence[str],
    heads: Sequence[str],
    joined: Sequence[str],
) -> list[str]:
    scans = [
        _is_scan(page, _count(text)) and not (page.is_gibberish or page.is_lost)
        for page, text in zip(pages, texts, strict=True)
    ]
    found = [
        _named(scans, "没有文字(可能是扫描页)"),
        _named((page.is_gibberish for page in pages), f"的文字{_GIBBERISH},没有收入"),
        _named((page.is_lost for page in pages), "已损坏,没有读出"),
        _named(("\ufffd" in text for text in joined), "有读不出的字,以 � 代替"),
        _named((page.is_doubtful for page in pages), "疑似分栏,文字次序可能有误"),
        _named((page.is_covered for page in pages), "有被遮盖的文字"),
    ]
    if heads:
        found.append(
            f"页眉页脚没有收入正文:{'、'.join(f'「{head[:40]}」' for head in heads[:5])}"
        )
    return [warning for warning in found if warning]


def _named(which: Iterable[bool], what: str) -> str:
    """Return a sentence about some pages, empty where there are none."""
    numbers = [str(number) for number, is_one in enumerate(which, 1) if is_one]
    if not numbers:
        return ""
    more = f" 等 {len(numbers)} " if len(numbers) > _MOST_NAMED else " "
    return f"第 {'、'.join(numbers[:_MOST_NAMED])}{more}页{what}"


def _count(text: str) -> int:
    return sum(map(len, text.split()))


def _whole(text: str) -> str:
    """Return a text whose halves of characters, which a font may give back, are joined or marked as
    unreadable.
    """
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
