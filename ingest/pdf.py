"""A PDF into its pages: pdfium reads, pypdf is asked where that gives nothing or gibberish."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from ingest.answers import Parsed
from ingest.pdfium import MOST_PAGES, NotOpened, Sheet, sheets
from ingest.pdflayout import lay
from ingest.pdflines import Line
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


#: What a person is told of the pages for which something is true.
_TOLD: Final = (
    ("is_scan", "没有文字(可能是扫描页)"),
    ("is_gibberish", f"的文字{_GIBBERISH},没有收入"),
    ("is_lost", "已损坏,没有读出"),
    ("is_marked", "有读不出的字,以 � 代替"),
    ("is_doubtful", "疑似分栏,文字次序可能有误"),
    ("is_covered", "有被遮盖的文字"),
)


class _Page(Struct):
    """What was found on one page; `other` is its text where the second reader read it.

    Of its `characters` so many were `kept`; the rest are of the paper and not of the text.
    """

    lines: list[Line]
    askew: list[str]
    paper: tuple[float, float, float, float] = (0, 0, 0, 0)
    image_share: float = 0.0
    other: str | None = None
    characters: int = 0
    kept: int = 0
    is_doubtful: bool = False
    is_covered: bool = False
    is_gibberish: bool = False
    is_lost: bool = False
    is_scan: bool = False
    is_marked: bool = False


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
    for page, text in zip(pages, texts, strict=True):
        page.kept = _count(text)
        page.is_scan = _looks_scanned(page) and not (page.is_gibberish or page.is_lost)
    _require_text(pages)
    texts = [_whole(text) for text in texts]
    texts[-1] = texts[-1].rstrip("\n")
    for page, text in zip(pages, texts, strict=True):
        page.is_marked = "\ufffd" in text
    return Parsed(pages=texts, warnings=_warnings(pages, heads))


def _page(
    sheet: Sheet,
    number: int,
    second: SecondReader,
) -> _Page:
    """Return what the first reader found on a page, or the second where that is no writing."""
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
    text = "".join([line.text for line in laid.lines])
    page.characters = _count(text)
    unmapped = sheet.unmapped / max(len(sheet.glyphs), 1)
    is_gibberish = unmapped > _MOST_UNMAPPED or not is_plausible(text)
    if text and not is_gibberish:
        return page
    other = second.page(number)
    if other.strip() and is_plausible(other):
        page.lines = []
        page.other = other
        page.characters = _count(other)
        page.is_lost = False
    elif is_gibberish:
        page.lines = []
        page.is_gibberish = True
    return page


def _by_second(second: SecondReader, error: Exception) -> list[_Page]:
    """Return the pages as the second reader finds them, where the first opens nothing."""
    count = second.count()
    if count > MOST_PAGES:
        raise UnreadableFile(f"PDF 超过 {MOST_PAGES} 页。请拆分后重试") from error
    pages = []
    is_damaged = True
    for number in range(count):
        text = second.page(number)
        page = _Page(lines=[], askew=[], other="")
        if is_plausible(text):
            page.other = text
            page.characters = _count(text)
        else:
            page.is_gibberish = True
        if page.characters or page.is_gibberish:
            is_damaged = False
        pages.append(page)
    if is_damaged:
        raise UnreadableFile(_DAMAGED) from error
    return pages


def _texts(pages: Sequence[_Page]) -> tuple[list[str], list[str]]:
    """Return the text of each page and the running heads that were left out."""
    papers = []
    edges = []
    stamps: Counter[str] = Counter()
    for page in pages:
        left, bottom, right, top = page.paper
        papers.append(Paper(page.lines, top, bottom))
        edges.append((left, right))
        stamps.update(dict.fromkeys(page.askew, 1))
    found = without_margins(papers)
    texts = paragraphs(found.pages, edges)
    for number, page in enumerate(pages):
        own = [text for text in page.askew if stamps[text] == 1]
        if page.other is not None:
            own.insert(0, page.other)
        if own:
            _append(own, texts, number)
    repeated = [text for text, count in stamps.items() if count > 1]
    return texts, found.heads + repeated


def _append(
    own: Sequence[str],
    texts: list[str],
    number: int,
) -> None:
    """Put texts of a page, a line each, behind those found in lines."""
    parts = [texts[number].rstrip("\n"), *own]
    texts[number] = "\n".join(filter(None, parts)) + "\n"
    _end_line_before(texts, number)


def _end_line_before(texts: list[str], number: int) -> None:
    for before in range(number - 1, -1, -1):
        if texts[before]:
            texts[before] = texts[before].rstrip("\n") + "\n"
            return


def _require_text(pages: Sequence[_Page]) -> None:
    """Raise UnreadableFile when there is no text to speak of, saying what there is instead."""
    total = sum(page.kept for page in pages)
    whole = sum(page.characters for page in pages)
    if not total:
        _require_readable(pages)
    if not whole:
        raise UnreadableFile(f"PDF 没有文字层(扫描件或图片)。{_NEEDS_OCR}")
    are_scans = all(_looks_scanned(page) for page in pages)
    is_next_to_none = len(pages) > 1 and total < _NEXT_TO_NONE * len(pages)
    if are_scans or is_next_to_none or not total:
        raise UnreadableFile(
            f"PDF 疑似扫描件({len(pages)} 页共 {whole} 字)。{_NEEDS_OCR}"
        )


def _require_readable(pages: Sequence[_Page]) -> None:
    """Raise UnreadableFile where it is the file's fault that nothing was read."""
    if any(page.is_gibberish for page in pages):
        raise UnreadableFile(
            f"PDF 的文字{_GIBBERISH}。请用原来的软件重新导出,或做文字识别(OCR)后再添加"
        )
    if all(page.is_lost for page in pages):
        raise UnreadableFile(_DAMAGED)


def _looks_scanned(page: _Page) -> bool:
    is_image = page.image_share >= _LARGE_IMAGE and page.kept < _FEW
    return is_image or not page.kept


def _warnings(pages: Sequence[_Page], heads: Sequence[str]) -> list[str]:
    """Return what a person is told of pages that were not read, or not for certain."""
    found = []
    for attribute, what in _TOLD:
        numbers = []
        for number, page in enumerate(pages, 1):
            if getattr(page, attribute):
                numbers.append(number)
        if numbers:
            found.append(_sentence_about(numbers, what))
    if heads:
        words = "、".join([f"「{head[:40]}」" for head in heads[:5]])
        found.append(f"页眉页脚没有收入正文:{words}")
    return found


def _sentence_about(pages: Sequence[int], what: str) -> str:
    """Return a sentence about some pages."""
    named = "、".join(map(str, pages[:_MOST_NAMED]))
    more = f" 等 {len(pages)} " if len(pages) > _MOST_NAMED else " "
    return f"第 {named}{more}页{what}"


def _count(text: str) -> int:
    return sum(map(len, text.split()))


def _whole(text: str) -> str:
    """Return a text whose halves of characters, which a font may give back, are joined or marked as
    unreadable.
    """
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
