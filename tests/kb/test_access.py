"""What a reader may not see changes nothing of what any method of the store tells him.

Every public method is asked of two stores, one with and one without the documents that are hidden
from the reader. A new method stands in one of the two tables, or this fails.
"""

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kb.law.articles import ArticleKey
from kb.records import NO_FILTERS, Amount, Citation, Filters, Provision
from kb.store import Store
from kb.store.reading import ORDERS
from kb.vocabulary import VERSION_UNSTATED, Visibility
from tests.kb.test_store import put, revision

NUMBERS = range(24)
IDS = range(1, 2 * len(NUMBERS))
PASSAGES = range(1, 4 * len(NUMBERS))
LAW = "测试法"
FIRST = [ArticleKey(LAW, str(2000 + n), "第一条") for n in range(200)]
NINE = ArticleKey("反不正当竞争法", "2019", "第九条")
FIELDS = ("kind", "region", "outcome")
SOME = Filters(
    include={"kind": ("civil",)}, exclude={"region": ("上海",)}, roles=("body",)
)

#: Method -> what a reader asks it. Answers are made comparable by `plain`.
ASKED: dict[str, Callable[[Store], Any]] = {
    "article_passages": lambda s: s.article_passages(dict.fromkeys(IDS, "第一条")),
    "articles": lambda s: s.articles(IDS),
    "audience": lambda s: s.audience(),
    "by_identifier": lambda s: s.by_identifier(
        ("case_number", f"（2099）测09民终{n}号") for n in range(200)
    ),
    "citations_of": lambda s: s.citations_of(IDS),
    "citing": lambda s: s.citing("反不正当竞争法", "第九条"),
    "citing_articles": lambda s: s.citing_articles([NINE, *FIRST]),
    "citing_document": lambda s: s.citing_document("t-1"),
    "concordances": lambda s: s.concordances([LAW, "没有的法"]),
    "counterparts": lambda s: s.counterparts(FIRST),
    "document": lambda s: (
        [s.document(n) for n in IDS] + [s.document(f"t-{n}") for n in NUMBERS]
    ),
    "document_ids": lambda s: [s.document_ids(), s.document_ids(SOME)],
    "documents": lambda s: s.documents(IDS),
    "facet_documents": lambda s: s.facet_documents(),
    "facet_words": lambda s: s.facet_words(FIELDS),
    "heads": lambda s: s.heads(IDS),
    "heads_by_slug": lambda s: s.heads_by_slug(f"t-{n}" for n in range(200)),
    "in_order": lambda s: [s.in_order(list(IDS), order) for order in ORDERS],
    "laws": lambda s: s.laws(),
    "listing": lambda s: [
        s.listing(f, order=o) for f in (NO_FILTERS, SOME) for o in ORDERS
    ],
    "mean_vector": lambda s: [s.mean_vector(n) for n in IDS],
    "names": lambda s: sorted(s.names()),
    "passage_ids": lambda s: [s.passage_ids(NO_FILTERS, 999), s.passage_ids(SOME, 5)],
    "passages": lambda s: s.passages(PASSAGES),
    "passages_to_index": lambda s: [
        *s.passages_to_index(),
        *s.passages_to_index(list(IDS)),
    ],
    "places": lambda s: s.places(),
    "presumed_to_cite": lambda s: s.presumed_to_cite(FIRST),
    "provisions": lambda s: s.provisions(),
    "result_sums": lambda s: s.result_sums(),
    "vectors": lambda s: [s.vectors(), s.vectors(list(IDS))],
    "versions": lambda s: s.versions(LAW),
}
#: Methods that tell no reader anything: they write, or serve the operator and the indexes, which
#: are told by ids alone what to look at again.
NOT_FOR_READERS = {
    *("add_revision", "add_revisions", "has_revisions", "remove_document", "classify"),
    *(
        "set_visibility",
        "set_visibilities",
        "close",
        "rest",
        "resume",
        "snapshot",
        "id",
    ),
    *("generation", "commit", "is_ancestor", "changes_since", "copy_to"),
    *("embedder", "embedders", "require_embedder", "prepare_embedder", "count_missing"),
    *("passages_without", "put_vectors", "serve_embedder", "forget_unused_vectors"),
    *(
        "counts",
        "damage",
        "referenced_files",
        "forget_unreferenced_files",
        "replaced_papers",
    ),
}


def test_every_public_method_is_asked_or_is_not_for_readers() -> None:
    methods = {
        name
        for name, _ in inspect.getmembers(Store, callable)
        if not name.startswith("_")
    }

    assert methods - NOT_FOR_READERS == set(ASKED)
    assert NOT_FOR_READERS <= methods


def made(number: int, visibility: Visibility) -> Any:
    """Make a document; those that are hidden cite, decide and legislate like the others."""
    is_law = number % 4 == 0
    return revision(
        number,
        visibility=visibility,
        kind="statute" if is_law else ("civil", "criminal")[number % 2],
        regions=(("上海",), ("江苏",), ())[number % 3],
        outcomes=("判赔",) if number % 2 else (),
        amounts=(Amount("判赔", 1e4 * (number + 1), "CNY", f"{number + 1}万元"),),
        parties=(f"测试{number}公司",),
        aliases=(f"案{number}",),
        decided_on=None if is_law else f"20{10 + number % 12}-05-06",
        law=LAW if is_law else None,
        version=str(2000 + number) if is_law else None,
        effective_from=f"{2000 + number % 100}-0{1 + number // 100}-01"
        if is_law
        else None,
        provisions=(Provision("第一条", "目的"),) if is_law else (),
    )


def fill(home: Path, hidden: Visibility | None) -> None:
    """Add public documents, and behind them as many that only higher clearances see, if any."""
    with Store(home) as store:
        for number in NUMBERS:
            put(store, citing(made(number, Visibility.PUBLIC), number))
        for number in NUMBERS if hidden else ():
            put(store, citing(made(100 + number, hidden or Visibility.PUBLIC), number))


def citing(document: Any, number: int) -> Any:
    from msgspec.structs import replace

    unstated = Citation(law=LAW, version=VERSION_UNSTATED, article="第一条")
    section = replace(document.sections[0], role="article", heading="第一条 目的")
    return replace(
        document,
        citations=(*document.citations, unstated),
        sections=(section,) if document.metadata.law else document.sections,
    )


@pytest.fixture(scope="module", params=[Visibility.INTERNAL, Visibility.RESTRICTED])
def homes(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Path, Visibility]:
    folder = tmp_path_factory.mktemp("twins")
    fill(folder / "with", request.param)
    fill(folder / "without", None)
    return folder / "with", folder / "without", Visibility(request.param - 1)


@pytest.mark.parametrize("method", ASKED)
def test_what_is_hidden_changes_no_answer(
    homes: tuple[Path, Path, Visibility], method: str
) -> None:
    whole, visible, clearance = homes
    with Store(whole, clearance) as one, Store(visible, clearance) as other:
        answer, expected = plain(ASKED[method](one)), plain(ASKED[method](other))
    with Store(whole, Visibility.RESTRICTED) as everything:
        more = plain(ASKED[method](everything))

    assert answer == expected
    assert answer != more, "asks nothing that is hidden"


def plain(value: Any) -> Any:
    """Return an answer as values that compare whole; moments aside, which differ by the second."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if hasattr(value, "added_at"):
        return plain(
            {
                name: getattr(value, name)
                for name in value.__struct_fields__
                if name != "added_at"
            }
        )
    if isinstance(value, (str, bytes, int, float)) or value is None:
        return value
    if hasattr(value, "__struct_fields__"):
        return {name: plain(getattr(value, name)) for name in value.__struct_fields__}
    return [plain(inner) for inner in value]


def test_who_may_see_a_document_is_said_in_one_place() -> None:
    statements = Path(inspect.getfile(Store)).parent
    said = [
        path.name
        for path in statements.glob("*.py")
        if "visibility <=" in path.read_text("utf-8")
    ]

    assert said == ["access.py"]
