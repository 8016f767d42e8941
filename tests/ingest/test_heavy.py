"""Files that are too much: named, cut short, never more work than their length, and the next one is
read.
"""

import json
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from ingest import lines, pipeline
from ingest.answers import MOST_CHARACTERS
from ingest.cleaning import Cleaned, clean
from ingest.frontmatter import read_markdown
from ingest.passages import split_passages
from ingest.pipeline import check_file, ingest_file
from ingest.sections import find_sections, sections_by_heading
from kb import mentions
from kb.records import Page
from kb.store import Store
from tests.conftest import TinyEmbedder
from tests.growth import grows_with_length
from tests.ingest.test_pipeline import Add, line

LONG = "测" * (MOST_CHARACTERS + 1)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt", LONG),
        ("a.md", f"---\ntitle: 测试\n---\n{LONG}"),
        ("a.html", f"<p>{LONG}</p>"),
        ("a.jsonl", line(text=LONG)),
        ("b.txt", "a" * (4 * MOST_CHARACTERS + 4)),
    ],
)
def test_a_text_longer_than_one_document_may_be_is_named_with_what_to_do(
    add: Add, store: Store, name: str, content: str
) -> None:
    (receipt,) = add(name, content)

    assert (
        "正文超过一件文书的上限 2,000,000 字(至少有 2,000,001 字)。请按章节或卷册拆成几个文件后再添加"
        in str(receipt.error)
    )
    assert store.counts()["document"] == 0


def test_a_text_of_the_greatest_length_is_taken(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("测试文本。" * (MOST_CHARACTERS // 5), "utf-8")
    (receipt,) = check_file(tmp_path / "a.txt")

    assert (receipt.error, receipt.passages) == (None, MOST_CHARACTERS // 400)


def test_a_line_over_the_limit_is_named_and_the_others_are_added(
    add: Add, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "_MOST_LINE_BYTES", 1 << 20)
    longest = line(id="b", text="9")
    longest = longest.replace("9", "9" * ((1 << 20) - len(longest.encode()) + 1))
    huge = line(id="c", text="9" * (3 << 20))

    receipts = add(
        "many.jsonl", "\n".join([line(id="a"), longest, huge, line(id="d"), huge])
    )

    assert [(r.line_number, r.created, str(r.error or "")[:20]) for r in receipts] == [
        (1, True, ""),
        (2, True, ""),
        (3, False, "这一行有 3 MB,超过上限 1 MB。"),
        (4, True, ""),
        (5, False, "这一行有 3 MB,超过上限 1 MB。"),
    ]


def test_a_document_in_too_many_parts_is_refused(add: Add, store: Store) -> None:
    (receipt,) = add(
        "a.md", "---\ntitle: 测试\nkind: guidance\n---\n" + "# 甲\n乙\n" * 30_000
    )

    assert "切成 30,000 个片段,超过一件文书的上限 20,000 个。请拆成几件" in str(
        receipt.error
    )


def test_a_front_matter_without_an_end_in_sight_is_refused(add: Add) -> None:
    (receipt,) = add("a.md", "---\n" + "a: b\n" * 100_000 + "---\n正文\n")

    assert "文件头有 500,000 字,超过上限 200,000 字" in str(receipt.error)


def test_a_file_that_changes_while_it_is_read_is_not_taken(
    tmp_path: Path,
    store: Store,
    embedder: TinyEmbedder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pipeline, "_BATCH_CHARACTERS", 2_000)
    path = tmp_path / "many.jsonl"
    path.write_text("".join(line(id=f"t-{n}") + "\n" for n in range(6)), "utf-8")
    walk = ingest_file(path, store, embedder)
    receipts = [next(walk)]
    with path.open("a", encoding="utf-8") as file:
        file.write(line(id="late") + "\n")
    receipts += walk

    assert [receipt.slug for receipt in receipts] == ["t-0", "t-1", None]
    assert "读取时文件正被改写,余下的没有收入" in str(receipts[-1].error)
    assert store.damage() == []


def test_a_document_that_fails_in_the_store_for_no_known_reason_is_named_alone(
    add: Add, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = store.add_revisions

    def break_down(made: list[tuple[object, object]], *others: object) -> object:
        if any(revision.metadata.slug == "b" for revision, _ in made):  # type: ignore[attr-defined]
            raise OverflowError
        return real(made, *others)  # type: ignore[arg-type]

    monkeypatch.setattr(store, "add_revisions", break_down)
    receipts = add("many.jsonl", "\n".join(line(id=name) for name in "abc"))

    assert [(r.slug, r.line_number, r.created) for r in receipts] == [
        ("a", 1, True),
        (None, 2, False),
        ("c", 3, True),
    ]
    assert "处理时出错(OverflowError)" in str(receipts[1].error)


def _calls(work: Callable[[], object]) -> int:
    """Return how many lines of Python a piece of work runs."""
    count = 0

    def trace(frame: object, event: str, argument: object) -> object:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)  # type: ignore[arg-type]
    try:
        work()
    finally:
        sys.settrace(before)
    return count


HOSTILE = (
    "密",
    "\n",
    "9",
    "第",
    "（",
    "《》",
    " ",
    "第一条、《同法》",
    "《测试法》第一条、",
    "（2099）测民初1、",
    "# 甲\n",
    "[[a|b]]",
    "本院认为\n经查\n",
)
WORK = {
    "cleaning": lambda text: clean([Page(1, text)]),
    "sections": find_sections,
    "passages": lambda text: split_passages(text, sections_by_heading(text, [])),
    "markdown": read_markdown,
    "citations": lambda text: mentions.citations(text + "条"),
}


@pytest.mark.parametrize("name", WORK)
@pytest.mark.parametrize("unit", HOSTILE)
def test_twice_the_text_is_at_most_twice_the_work(name: str, unit: str) -> None:
    once, twice = (_calls(partial(WORK[name], unit * count)) for count in (500, 1000))

    assert twice <= 2.2 * once + 50


CAUGHT = [
    ("citations", lambda n: "刑法（" + " " * n),
    ("citations", lambda n: "第一条、《同法》" * (n // 8)),
    ("markdown", lambda n: "# a" + " " * n + "b"),
    ("cleaning", lambda n: "甲乙丙丁戊己庚辛\n" * (n // 9)),
]


@pytest.mark.parametrize(("name", "made"), CAUGHT, ids=[name for name, _ in CAUGHT])
def test_four_times_a_text_made_to_be_tried_over_and_over_is_not_sixteen_times_the_work(
    name: str, made: Callable[[int], str]
) -> None:
    assert grows_with_length(lambda length: WORK[name](made(length)), 20_000)


def test_a_heading_of_many_passages_is_cut_like_any_text() -> None:
    text = "题" * 5000 + "\n正文"
    passages = split_passages(text, sections_by_heading(text, [(0, "题" * 5000)]))

    assert max(p.end - p.start for p in passages) <= 800
    assert "".join(text[p.start : p.end] for p in passages) == text


def test_a_line_that_no_one_thought_of_stops_no_other(
    add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = lines._json_line

    def break_down(data: bytes, number: int) -> object:
        if number == 2:
            raise MemoryError
        return real(data, number)

    monkeypatch.setattr(lines, "_json_line", break_down)
    receipts = add("many.jsonl", "\n".join(line(id=name) for name in "abc"))

    assert [(r.slug, str(r.error or "")[:4]) for r in receipts] == [
        ("a", ""),
        (None, "内存不足"),
        ("c", ""),
    ]


def test_the_texts_of_pages_are_kept_without_copying_what_is_before(add: Add) -> None:
    pages = [
        Page(number, "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳") for number in range(1, 2001)
    ]

    assert clean(pages) == Cleaned(
        "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳" * 2000,
        tuple(range(0, 32000, 16)),
        tuple(range(1, 2001)),
    )


def test_a_line_is_known_again_by_its_bytes_whatever_stands_behind_it(
    add: Add, store: Store
) -> None:
    add("a.jsonl", line(id="a"))
    receipts = add(
        "b.jsonl",
        line(id="a")
        + "\n"
        + json.dumps({"id": "b", "title": "测试", "text": "乙"})
        + "\n\n",
    )

    assert [(r.slug, r.created) for r in receipts] == [("a", False), ("b", True)]
