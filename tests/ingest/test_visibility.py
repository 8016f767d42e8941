"""Who may see a document that comes in again: kept unless said, never ignored when said, told when
it changes.
"""

import json
from collections.abc import Callable

import pytest

from ingest.pipeline import Receipt
from kb.records import NO_FILTERS, VisibilityChange
from kb.store import Store
from kb.vocabulary import Visibility

Add = Callable[..., list[Receipt]]
PUBLIC, INTERNAL, RESTRICTED = Visibility


def markdown(text: str, visibility: str | None = None) -> str:
    own = f"visibility: {visibility}\n" if visibility else ""
    return f"---\nslug: a\ntitle: 测试文本\nkind: civil\n{own}---\n\n测试文本。{text}\n"


def line(slug: str, text: str, **values: object) -> str:
    return json.dumps(
        {"id": slug, "title": "测试文本", "text": text, "kind": "civil"} | values,
        ensure_ascii=False,
    )


def seen(store: Store) -> dict[str, Visibility]:
    return {
        head.slug: head.visibility
        for head in store.heads(store.document_ids(NO_FILTERS).tolist()).values()
    }


def test_a_correction_that_says_nothing_keeps_who_may_see_the_document(
    add: Add, store: Store
) -> None:
    add("a.md", markdown("一稿。", "internal"))
    (corrected,) = add("a.md", markdown("二稿。"))

    assert (
        corrected.created,
        corrected.superseded,
        corrected.moved,
        corrected.warnings,
    ) == (True, True, None, ())
    assert seen(store) == {"a": INTERNAL}


def test_a_correction_found_by_its_case_number_keeps_who_may_see_the_document(
    add: Add, store: Store
) -> None:
    judgment = "上海知识产权法院\n民事判决书\n（2099）沪73民初901号\n原告：测试乙有限公司。测试文本{}。\n二〇九九年五月六日\n"
    (first,) = add("a.txt", judgment.format("一稿"), visibility="restricted")
    (second,) = add("b.txt", judgment.format("二稿"))

    assert second.document_id == first.document_id
    assert list(seen(store).values()) == [RESTRICTED]


@pytest.mark.parametrize("given", ["file", "option"])
def test_a_correction_that_says_who_may_see_it_is_obeyed_and_told_of(
    add: Add, store: Store, given: str
) -> None:
    add("a.md", markdown("一稿。", "internal"))
    own, option = ("restricted", None) if given == "file" else ("public", "restricted")
    (corrected,) = add("a.md", markdown("二稿。", own), visibility=option)

    assert corrected.moved == VisibilityChange(INTERNAL, RESTRICTED)
    assert corrected.warnings == ("可见范围由「内部」改为「受限」",)
    assert seen(store) == {"a": RESTRICTED}


def test_a_file_that_lets_more_readers_see_a_document_is_told_of_as_such(
    add: Add, store: Store
) -> None:
    add("a.md", markdown("一稿。", "restricted"))
    (corrected,) = add("a.md", markdown("二稿。", "public"))

    assert corrected.warnings == ("可见范围放宽:由「受限」改为「公开」",)
    assert seen(store) == {"a": PUBLIC}


def test_an_option_counts_for_a_file_that_is_there_already(
    add: Add, store: Store
) -> None:
    add("a.txt", "测试文本。一稿。")
    before = store.generation()
    (again,) = add("a.txt", "测试文本。一稿。", visibility="restricted")
    (once_more,) = add("a.txt", "测试文本。一稿。", visibility="restricted")

    assert (again.created, again.moved) == (False, VisibilityChange(PUBLIC, RESTRICTED))
    assert again.warnings == ("可见范围由「公开」改为「受限」",)
    assert (once_more.moved, once_more.warnings) == (None, ())
    assert list(store.changes_since(before).changed) == [again.document_id]
    assert store.generation() == before + 1
    assert list(seen(store).values()) == [RESTRICTED]


def test_what_a_file_says_that_is_there_already_does_not_undo_a_later_change(
    add: Add, store: Store
) -> None:
    (first,) = add("a.md", markdown("一稿。", "public"))
    assert first.document_id is not None
    store.set_visibility(first.document_id, RESTRICTED)
    (again,) = add("a.md", markdown("一稿。", "public"))

    assert (again.created, again.moved) == (False, None)
    assert seen(store) == {"a": RESTRICTED}


def test_lines_of_one_file_are_each_kept_obeyed_or_left(add: Add, store: Store) -> None:
    kept, obeyed, left = (
        line("kept", "一。"),
        line("obeyed", "一。"),
        line("left", "一。"),
    )
    add("a.jsonl", "\n".join([kept, obeyed, left]), visibility="internal")
    changed = [
        line("kept", "二。"),
        line("obeyed", "二。", visibility="public"),
        left,
        line("new", "一。"),
    ]
    receipts = add("b.jsonl", "\n".join(changed))

    assert [receipt.moved for receipt in receipts] == [
        None,
        VisibilityChange(INTERNAL, PUBLIC),
        None,
        None,
    ]
    assert seen(store) == {
        "kept": INTERNAL,
        "obeyed": PUBLIC,
        "left": INTERNAL,
        "new": PUBLIC,
    }


def test_lines_of_one_file_about_one_document_follow_each_other(
    add: Add, store: Store
) -> None:
    first = line("a", "一。", visibility="restricted")
    receipts = add(
        "a.jsonl",
        "\n".join(
            [first, line("a", "二。"), line("a", "三。", visibility="internal"), first]
        ),
    )

    assert [receipt.moved for receipt in receipts] == [
        None,
        None,
        VisibilityChange(RESTRICTED, INTERNAL),
        VisibilityChange(INTERNAL, RESTRICTED),
    ]
    assert seen(store) == {"a": RESTRICTED}


def test_an_option_counts_for_the_same_line_twice_in_one_file(
    add: Add, store: Store
) -> None:
    one = line("a", "一。", visibility="public")
    first, second = add("a.jsonl", f"{one}\n{one}\n", visibility="internal")

    assert (first.created, second.created) == (True, False)
    assert seen(store) == {"a": INTERNAL}


def test_null_is_no_word_on_who_may_see_a_document(add: Add, store: Store) -> None:
    add("a.jsonl", line("a", "一。"), visibility="internal")
    add("b.jsonl", line("a", "二。", visibility=None))

    assert seen(store) == {"a": INTERNAL}
