import hashlib
import random
import sqlite3
import threading
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from kb.errors import (
    EmbedderMismatch,
    InvalidDocument,
    StateError,
    StoreDamaged,
    StoreTooNew,
    UserError,
)
from kb.records import (
    Added,
    Amount,
    Citation,
    Filters,
    Metadata,
    Original,
    Passage,
    Provision,
    Revision,
    Section,
    Source,
    VisibilityChange,
)
from kb.store import Store
from kb.store.rows import metadata_from_json, metadata_to_json
from kb.vocabulary import Visibility

FIELDS = (
    "kind",
    "tier",
    "year",
    "region",
    "authority",
    "industry",
    "outcome",
    "collection",
)


def revision(
    number: int, text: str = "甲公司采取了保密措施。", **metadata: object
) -> Revision:
    values = {
        "title": f"测试文本{number}",
        "slug": f"t-{number}",
        "kind": "civil",
    } | metadata
    return Revision(
        sha256=f"{number:064x}"
        if text == "甲公司采取了保密措施。"
        else f"{abs(hash((number, text))):064x}"[:64],
        original=Original(
            sha256=f"{number:064x}", media_type="text/plain", size_bytes=len(text)
        ),
        line_number=None,
        text=text,
        metadata=Metadata(**values),  # type: ignore[arg-type]
        sections=(Section("body", "", 0, len(text)),),
        passages=(Passage(0, 0, 3, 1), Passage(0, 3, len(text), 1)),
        citations=(
            Citation(law="反不正当竞争法", version="2019", article="第九条"),
            Citation(target="t-1"),
        ),
        identifiers=(
            ("slug", f"t-{number}"),
            ("case_number", f"（2099）测09民终{number}号"),
        ),
    )


def put(store: Store, made: Revision) -> int:
    return store.add_revision(
        made, None, np.eye(2, 4, dtype=np.float32), "tiny"
    ).document_id


@pytest.fixture
def mixed(home: Path) -> dict[Visibility, set[int]]:
    """A store with documents of every visibility; returns the ids by visibility."""
    ids: dict[Visibility, set[int]] = {v: set() for v in Visibility}
    chance = random.Random(7)
    with Store(home) as store:
        for number in range(60):
            visibility = chance.choice(list(Visibility))
            made = revision(
                number,
                visibility=visibility,
                kind=chance.choice(["civil", "criminal", "administrative"]),
                regions=tuple(
                    chance.sample(["上海", "浙江", "江苏"], chance.randint(0, 2))
                ),
                decided_on=chance.choice([None, "2019", "2021-05-06"]),
                law="测试法" if number % 7 == 0 else None,
                version=str(2000 + number) if number % 7 == 0 else None,
                provisions=(Provision("第一条", "目的"),) if number % 7 == 0 else (),
            )
            ids[visibility].add(put(store, made))
    return ids


@pytest.mark.parametrize("clearance", list(Visibility))
def test_documents_read_together_are_what_each_is_alone(
    home: Path, mixed: dict[Visibility, set[int]], clearance: Visibility
) -> None:
    everything = sorted(set().union(*mixed.values()))
    with Store(home, clearance) as store:
        alone = {number: store.document(number) for number in everything}
        together = store.documents(everything)

    assert together == {n: document for n, document in alone.items() if document}
    assert together


def test_unlabelled_is_a_value_that_can_be_chosen_and_excluded(
    home: Path, mixed: dict[Visibility, set[int]]
) -> None:
    with Store(home, Visibility.RESTRICTED) as store:
        total = store.listing(limit=1)[1]
        without = store.listing(Filters(include={"region": ("未标注",)}), limit=100)
        rest = store.listing(Filters(exclude={"region": ("未标注",)}), limit=100)

        assert all(h.region is None for h in without[0])
        assert all(h.region is not None for h in rest[0])
        assert without[1] + rest[1] == total


def test_an_embedder_that_did_not_make_the_vectors_is_refused_and_nothing_changes(
    store: Store,
) -> None:
    put(store, revision(1))
    with pytest.raises(EmbedderMismatch, match="库中的向量由模型「tiny」生成"):
        store.add_revision(revision(2), None, np.eye(2, 4, dtype=np.float32), "other")

    assert store.counts()["document"] == 1
    assert store.generation() == 1


def put_all(
    store: Store,
    *made: Revision,
    collection: str | None = None,
    visibility: Visibility | None = None,
) -> list[Added | UserError]:
    return store.add_revisions(
        [(r, np.eye(2, 4, dtype=np.float32)) for r in made],
        collection,
        "tiny",
        visibility,
    )


def test_documents_added_together_share_a_generation_and_are_what_each_would_be_alone(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # a second may pass between them
    monkeypatch.setattr("kb.store.writing.now", lambda: "2026-01-01T00:00:00+00:00")
    made = [
        revision(n, title=f"测试文本{n}", kind=("civil", "criminal")[n % 2])
        for n in range(6)
    ]
    together = put_all(store, *made)
    with Store(tmp_path / "other", Visibility.RESTRICTED) as alone:
        apart = [
            alone.add_revision(r, None, np.eye(2, 4, dtype=np.float32), "tiny")
            for r in made
        ]
        assert [alone.document(n) for n in range(1, 7)] == [
            store.document(n) for n in range(1, 7)
        ]
        assert all(
            np.array_equal(a, b)
            for a, b in zip(alone.vectors(), store.vectors(), strict=True)
        )
        assert list(alone.passages_to_index()) == list(store.passages_to_index())
        assert (alone.counts(), alone.generation()) == (store.counts(), 6)

    assert together == apart
    assert store.generation() == 1
    assert list(store.changes_since(0).changed) == [1, 2, 3, 4, 5, 6]
    assert store.damage() == []


@pytest.mark.parametrize("place", [0, 2, 4])
def test_a_refused_document_takes_none_of_those_beside_it_along(
    store: Store, place: int
) -> None:
    put_all(store, revision(100), collection="甲集")
    made = [revision(n) for n in range(4)]
    made.insert(place, revision(100, text="同一标识,别的内容。"))
    answers = put_all(store, *made, collection="乙集")

    assert [isinstance(a, Added) and a.created for a in answers] == [
        n != place for n in range(5)
    ]
    assert isinstance(answers[place], InvalidDocument)
    assert store.counts()["document"] == 5
    document = store.document("t-100")
    assert document is not None
    assert (document.text, document.head.collection) == (
        "甲公司采取了保密措施。",
        "甲集",
    )
    assert {h.collection for h in store.heads(range(2, 10)).values()} == {"乙集"}
    assert len(store.changes_since(1).changed) == 4
    assert set(store.referenced_files()) == {f"{n:064x}" for n in (100, 0, 1, 2, 3)}
    assert store.damage() == []


def test_documents_that_are_all_refused_change_nothing(store: Store) -> None:
    put_all(store, revision(1), revision(2), collection="甲集")
    before = list(store._conn.iterdump())
    answers = put_all(
        store,
        revision(1, text="别的。。。"),
        revision(2, text="别的。。。"),
        collection="乙集",
    )

    assert [type(answer) for answer in answers] == [InvalidDocument, InvalidDocument]
    assert store.generation() == 1
    assert list(store._conn.iterdump()) == before


def test_the_same_bytes_twice_among_documents_added_together_are_one_document(
    store: Store,
) -> None:
    first, second = put_all(store, revision(1), revision(1))

    assert first == Added(1, "t-1", created=True, superseded=False)
    assert second == Added(1, "t-1", created=False, superseded=False)
    assert store.has_revisions([f"{1:064x}", f"{2:064x}"]) == {f"{1:064x}": second}
    assert store.counts()["document"] == 1


def test_a_slug_made_for_one_document_is_known_to_those_added_with_it(
    store: Store,
) -> None:
    nameless = revision(1, slug=None)
    first, second = put_all(
        store, nameless, revision(2, slug=f"d-{nameless.sha256[:16]}")
    )

    assert isinstance(first, Added) and isinstance(second, Added)
    assert (second.document_id, second.superseded) == (first.document_id, True)
    assert store.counts()["document"] == 1


def everything(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table but for which store it is and when it was written."""
    tables = {
        name
        for (name,) in store._conn.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table'"
        )
    }
    found = {}
    for table in tables - {"lineage"}:
        columns = [
            row["name"] for row in store._conn.execute(f"PRAGMA table_info({table})")
        ]
        kept = [
            f'"{name}"'
            for name in columns
            if name not in ("generation", "added_at", "store_id")
        ]
        found[table] = sorted(
            (
                tuple(row)
                for row in store._conn.execute(f"SELECT {', '.join(kept)} FROM {table}")
            ),
            key=repr,
        )
    return found


@settings(max_examples=60, deadline=None)
@given(
    plan=st.lists(
        st.tuples(
            st.sampled_from(["甲", "乙", "丙", None]),  # slug
            st.integers(0, 2),  # text
            st.sampled_from([(), ("（2099）测09民终1号",), ("（2099）测09民终2号",)]),
            st.sampled_from([None, "甲集", "乙集"]),
            st.sampled_from([None, None, *Visibility]),
        ),
        max_size=10,
    ),
    cuts=st.sets(st.integers(1, 9), max_size=3),
    for_all=st.sampled_from([None, None, *Visibility]),
)
def test_documents_leave_the_same_store_together_and_one_by_one(
    plan: list[tuple[str | None, int, tuple[str, ...], str | None, Visibility | None]],
    cuts: set[int],
    for_all: Visibility | None,
) -> None:
    made = []
    for slug, number, cases, collection, own in plan:
        text = f"甲公司采取了保密措施,第{number}稿。"
        content = revision(
            number,
            text,
            slug=slug,
            case_numbers=cases,
            collection=collection,
            visibility=own,
        )
        content_hash = hashlib.sha256(
            f"{slug}{text}{cases}{collection}{own}".encode()
        ).hexdigest()
        made.append(replace(content, sha256=content_hash))
    bounds = [0, *sorted(cut for cut in cuts if cut < len(made)), len(made)]
    with TemporaryDirectory() as folder:
        with Store(Path(folder, "a")) as together, Store(Path(folder, "b")) as apart:
            batches = [made[start:end] for start, end in pairwise(bounds)]
            answers = [
                a
                for batch in batches
                for a in put_all(together, *batch, visibility=for_all)
            ]
            singly = [
                a for one in made for a in put_all(apart, one, visibility=for_all)
            ]

            assert list(map(repr, answers)) == list(map(repr, singly))
            assert everything(together) == everything(apart)
            assert together.damage() == []


def test_a_removed_document_is_gone_and_indexes_hear_of_it(store: Store) -> None:
    first, second = put(store, revision(1)), put(store, revision(2))
    before = store.generation()
    store.remove_document(first)
    changes = store.changes_since(before)

    assert store.document(first) is None
    assert (list(changes.changed), list(changes.removed)) == ([], [first])
    assert [p.document_id for p in store.passages_to_index()] == [second, second]
    assert store.damage() == []


def test_a_removed_document_leaves_its_slug_and_the_originals_of_all_its_contents(
    store: Store,
) -> None:
    put(store, revision(1))
    put(store, revision(1, text="改过的内容。"))
    put(store, revision(2))
    store.remove_document(1, 2, 99)
    left = store._conn.execute(
        """SELECT r.slug, f.sha256 FROM removal r JOIN removed_file x ON x.document_id = r.document_id
           JOIN file f ON f.id = x.file_id ORDER BY 1, 2"""
    )

    assert [tuple(row) for row in left] == [("t-1", f"{1:064x}"), ("t-2", f"{2:064x}")]
    assert store.counts()["document"] == 0
    assert store.damage() == []


def test_visibility_changed_later_counts_as_a_change(store: Store, home: Path) -> None:
    document_id = put(store, revision(1))
    before = store.generation()
    store.set_visibility(document_id, Visibility.RESTRICTED)

    assert list(store.changes_since(before).changed) == [document_id]
    with Store(home, Visibility.INTERNAL) as reader:
        assert reader.document(document_id) is None


def test_content_that_is_there_already_has_had_its_say_on_who_may_see_it(
    store: Store,
) -> None:
    (first,) = put_all(store, revision(1, visibility=Visibility.PUBLIC))
    assert isinstance(first, Added)
    store.set_visibility(first.document_id, Visibility.RESTRICTED)

    (again,) = put_all(store, revision(1, visibility=Visibility.PUBLIC))
    (told,) = put_all(
        store, revision(1, visibility=Visibility.PUBLIC), visibility=Visibility.INTERNAL
    )

    assert isinstance(again, Added) and again.moved is None
    assert isinstance(told, Added) and told.moved == VisibilityChange(
        Visibility.RESTRICTED, Visibility.INTERNAL
    )


def test_an_error_in_the_middle_of_a_document_leaves_no_trace(store: Store) -> None:
    broken = replace(revision(1), identifiers=(("slug", ""),))
    with pytest.raises(sqlite3.IntegrityError):
        put(store, broken)

    assert set(store.counts().values()) == {0}
    assert store.generation() == 0


def test_threads_with_their_own_stores_add_the_same_and_other_documents_without_loss(
    home: Path,
) -> None:
    Store(home).close()
    errors: list[BaseException] = []

    def work(offset: int) -> None:
        try:
            with Store(home) as own:
                for number in range(25):
                    put(own, revision(number))
                    put(own, revision(1000 + offset * 100 + number))
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    with Store(home) as store:
        assert store.counts()["document"] == 25 + 100
        assert store.generation() == 125
        assert store.damage() == []


def test_reading_goes_on_while_another_connection_writes(home: Path) -> None:
    with Store(home) as writer, Store(home) as reader:
        put(writer, revision(1))
        writer._conn.execute("BEGIN IMMEDIATE")

        assert reader.listing()[1] == 1
        writer._conn.execute("ROLLBACK")


def test_a_store_of_a_newer_program_is_refused(home: Path) -> None:
    Store(home).close()
    with sqlite3.connect(home / "kb.sqlite3") as conn:
        conn.execute("PRAGMA user_version = 999")

    with pytest.raises(StoreTooNew, match="999"):
        Store(home)


def test_a_damaged_database_is_named_and_not_touched(home: Path) -> None:
    home.mkdir()
    (home / "kb.sqlite3").write_bytes(b"not a database at all" * 100)

    with pytest.raises(StoreDamaged, match="请从备份恢复"):
        Store(home)
    assert (home / "kb.sqlite3").read_bytes().startswith(b"not a database")


def test_a_folder_that_cannot_be_written_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StateError, match="数据库无法打开"):
        Store(tmp_path / "file" / "home")


def test_metadata_come_back_as_they_were_stored(store: Store) -> None:
    made = revision(
        1,
        regions=("上海", "浙江"),
        amounts=(),
        provisions=(Provision("第九条", "侵权行为", "注"),),
        visibility=Visibility.INTERNAL,
        extra={"罪名": ["甲"], "n": 1.5},
        uncertain=("数额未读到",),
    )
    put(store, made)

    document = store.document("t-1")
    assert document is not None
    assert document.head.metadata == made.metadata
    assert document.citations[0] == Citation(
        law="反不正当竞争法", version="2019", article="第九条"
    )


def test_metadata_that_an_earlier_version_wrote_are_read() -> None:
    written = '{"title": "甲", "visibility": 2, "amounts": [{"type": "罚款", "value": 5, "currency": "CNY", "text": ""}], '
    written += f'"regions": ["上海"], "extra": {{"n": -{"9" * 4300}}}}}'
    known = metadata_from_json(written)

    assert known == Metadata(
        title="甲",
        visibility=Visibility.RESTRICTED,
        amounts=(Amount("罚款", 5.0, "CNY", ""),),
        regions=("上海",),
        extra={"n": -int("9" * 4300)},
    )
    assert (
        type(known.amounts[0].value) is float and type(known.visibility) is Visibility
    )


def test_metadata_are_written_without_what_is_not_said() -> None:
    known = Metadata(
        title="甲",
        decided_on="2024-05",
        sources=(Source("某报", "B"),),
        extra={"charges": ["罪"]},
    )

    assert metadata_to_json(known) == (
        '{"title":"甲","decided_on":"2024-05","sources":[{"name":"某报","grade":"B","url":null}],"extra":{"charges":["罪"]}}'
    )
    assert metadata_from_json(metadata_to_json(known)) == known


def test_a_text_that_was_altered_is_named(home: Path, store: Store) -> None:
    put(store, revision(1))
    store.close()
    with sqlite3.connect(home / "kb.sqlite3") as conn:
        conn.execute("UPDATE text SET text = replace(text, '甲', '乙')")

    with Store(home, Visibility.RESTRICTED) as opened:
        assert opened.damage() == ["正文不是收入时的正文:t-1。请从备份恢复"]
