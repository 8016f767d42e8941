"""Every value of a document says who made it, and where it stands."""

import json
from pathlib import Path

import msgspec
import pytest

from ingest.pipeline import NO_OPTIONS, Options, ingest_file, prepare
from ingest.raw import RawDocument
from ingest.readers import open_file
from kb.claims import metadata_of
from kb.embedding import load_embedder
from kb.records import Claim, Original, Revision
from kb.settings import Settings
from kb.store import Store
from kb.store.rederiving import Rederiving
from kb.vocabulary import Visibility
from tests.cli.test_rederiving import JUDGMENT, NUMBER

CORPUS = Path(__file__).parents[2] / "corpus"
NOWHERE = Original(sha256="0" * 64, media_type="", size_bytes=0)


def prepared(path: Path, options: Options = NO_OPTIONS) -> Revision:
    opened = open_file(path, 10**8)
    try:
        (raw,) = opened.documents()
    finally:
        opened.close()
    assert isinstance(raw, RawDocument)
    return prepare(raw, path.name, NOWHERE, options)


@pytest.fixture
def judgment(tmp_path: Path) -> Path:
    path = tmp_path / "判决一.txt"
    path.write_text(JUDGMENT, "utf-8")
    return path


def of(revision: Revision, field: str) -> list[Claim]:
    return [claim for claim in revision.claims if claim.field == field]


def test_what_stands_at_the_head_of_a_file_is_said_by_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text(
        "---\ntitle: 某案\nkind: civil\nparties: [甲, 乙]\n---\n\n正文里有甲。\n",
        "utf-8",
    )

    assert prepared(path).claims == (
        Claim("kind", '"civil"', "file"),
        Claim("title", '"某案"', "file"),
        Claim("parties", '"甲"', "file"),
        Claim("parties", '"乙"', "file"),
    )


def test_what_a_rule_found_names_the_rule_and_where_it_stands(judgment: Path) -> None:
    revision = prepared(judgment)

    (number,) = of(revision, "case_numbers")
    assert (number.value, number.maker) == (
        json.dumps(NUMBER, ensure_ascii=False),
        "rule:paper",
    )
    assert number.start is not None
    assert revision.text[number.start : number.end] == NUMBER
    (outcome,) = of(revision, "outcomes")
    assert (outcome.maker, outcome.start) == ("rule:ruling", None)
    (region,) = of(revision, "regions")
    assert region.maker == "rule:region"
    assert {claim.maker for claim in of(revision, "title")} == {"rule:title"}


def test_what_a_person_says_beside_the_file_is_said_by_a_person(judgment: Path) -> None:
    for kind in ("criminal", "guidance"):
        revision = prepared(judgment, Options(kind=kind))
        assert of(revision, "kind") == [Claim("kind", f'"{kind}"', "person")]


@pytest.mark.parametrize("folder", ["cases", "laws", "guidance", "foreign"])
def test_accepted_claims_are_all_that_is_known_of_the_starter_corpus(
    folder: str,
) -> None:
    for path in sorted((CORPUS / folder).rglob("*.md")):
        revision = prepared(path)
        known = {"kind": revision.metadata.kind} | msgspec.to_builtins(
            revision.metadata
        )
        for name in ("slug", "collection", "visibility", "extra"):
            known.pop(name, None)
        assert metadata_of(revision.claims) == json.loads(json.dumps(known)), path


def test_a_rejected_or_suggested_claim_is_not_known() -> None:
    claims = [
        Claim("parties", '"甲"', "person"),
        Claim("parties", '"乙"', "rule:paper", state="rejected"),
        Claim("title", '"某案"', "rule:title", state="suggested"),
    ]

    assert metadata_of(claims) == {"parties": ["甲"]}


def test_claims_are_stored_with_their_content_and_a_kind_given_later_is_a_person_s(
    judgment: Path, tmp_path: Path
) -> None:
    embedder = load_embedder(Settings().embedder)
    with Store(tmp_path / "home", Visibility.RESTRICTED) as store:
        (receipt,) = ingest_file(judgment, store, embedder)
        assert receipt.document_id is not None
        (sha256,) = Rederiving(store).outdated("other rules")[0][1]
        kept = Rederiving(store).kept(sha256)
        assert kept is not None
        assert kept.revision.claims == prepared(judgment).claims

        store.classify([receipt.document_id], "criminal")

        kept = Rederiving(store).kept(sha256)
        assert kept is not None
        assert of(kept.revision, "kind") == [Claim("kind", '"criminal"', "person")]
        assert metadata_of(kept.revision.claims)["kind"] == kept.revision.metadata.kind
