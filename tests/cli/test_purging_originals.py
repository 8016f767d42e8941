"""`kb purge` and originals that hold more than what is purged."""

import hashlib

from kb.store import Store
from kb.vocabulary import Visibility
from tests.cli.purged import OPEN, SECRET, WANTED, Library, line, md


def test_a_file_of_many_documents_loses_the_purged_lines_and_no_other(
    library: Library,
) -> None:
    others = [line("b", "乙的内容"), line("c", "丙的内容")]
    library.add(
        "many.jsonl", "\n".join([others[0], line("a", SECRET), "", others[1]]) + "\n"
    )
    before = library.rows(
        "SELECT sha256, line_number FROM origin WHERE line_number <> 2 ORDER BY id"
    )
    library.add("new.jsonl", line("a", OPEN))

    told = library.kb("purge", "a", "--yes")

    assert "抹去其中 1 行,另 2 行保留" in told
    assert library.traces(WANTED) == []
    assert (
        library.rows(
            "SELECT sha256, line_number FROM origin WHERE id IN (1, 3) ORDER BY id"
        )
        == before
    )
    with Store(library.home, Visibility.RESTRICTED) as store:
        kept = [store.files.get(sha256) for sha256 in store.referenced_files()]
    assert sorted(kept, key=len) == [
        line("a", OPEN).encode(),
        "\n".join([others[0], "", "", others[1]]).encode() + b"\n",
    ]
    assert library.slugs() == ["b", "a", "c"]
    assert library.is_sound()


def test_copies_of_a_purged_line_in_other_files_go_too(library: Library) -> None:
    secret = line("a", SECRET)
    library.add("one.jsonl", f"{line('b', '一稿')}\n{secret}\n")
    library.add("two.jsonl", f"{secret}\n{line('b', '二稿')}\n")
    library.add("three.jsonl", "\n".join([line("a", OPEN), line("c", "丙的内容")]))

    library.kb("purge", "a", "--yes")

    assert library.traces(WANTED) == []
    assert library.rows("SELECT count(*) FROM revision") == [(4,)]
    assert library.is_sound()


def test_lines_of_the_document_that_were_refused_or_came_twice_go_too(
    library: Library,
) -> None:
    refused = line("a", f"写错的{SECRET}", decided_on="某日")
    library.add(
        "one.jsonl",
        "\n".join([refused, line("a", f"头一稿{SECRET}"), line("b", "乙的内容")]),
        status=1,
    )
    library.add(
        "two.jsonl", "\n".join(["\ufeff" + line(" a ", OPEN), line("c", "丙的内容")])
    )

    library.kb("purge", "a", "--yes")

    assert library.traces(WANTED) == []
    assert OPEN in library.kb("show", "a")
    assert library.is_sound()


def test_removed_documents_of_one_file_are_purged_one_after_the_other(
    library: Library,
) -> None:
    library.add(
        "many.jsonl",
        "\n".join([line("a", SECRET), line("b", "乙的uniqueb"), "{broken"]),
        status=1,
    )
    library.kb("remove", "a", "b", "--yes")

    library.kb("purge", "a", "--yes")
    assert library.traces(WANTED) == []
    assert [name.split("/")[0] for name, _ in library.traces(["uniqueb"])] == ["files"]

    library.kb("purge", "b", "--yes")
    assert library.traces(["uniqueb", "broken"]) == []
    assert library.rows("SELECT count(*) FROM file") == [(0,)]
    assert library.is_sound()


def test_a_null_slug_in_a_line_leaves_its_id_as_the_slug(library: Library) -> None:
    library.add(
        "many.jsonl",
        "\n".join([line("a", SECRET)[:-1] + ', "slug": null}', line("b", "乙的内容")]),
    )
    library.kb("remove", "a", "--yes")
    library.kb("purge", "a", "--yes")

    assert library.traces(WANTED) == []


def test_what_is_in_quarantine_or_half_written_goes_too(library: Library) -> None:
    library.add("a.md", md(SECRET))
    (original,) = library.originals()
    quarantine = library.home / "quarantine" / "2099-01-01"
    quarantine.mkdir(parents=True)
    (quarantine / original.name).write_bytes(original.read_bytes())
    (quarantine / f"{original.name}~2").write_bytes(original.read_bytes() + b"damaged")
    (quarantine / "incoming-x").write_bytes(original.read_bytes()[:-1])
    (original.parent / ".incoming-y").write_bytes(original.read_bytes())
    (original.parent / ".incoming-z").write_bytes(b"")
    mixed = "\n".join([line("a", SECRET), line("z", "别的内容")]).encode()
    (quarantine / hashlib.sha256(mixed).hexdigest()).write_bytes(mixed)
    (quarantine / f"{hashlib.sha256(mixed).hexdigest()}~2").write_bytes(mixed[:60])
    (quarantine / f"{'0' * 64}~2").write_bytes(mixed)
    (quarantine / "laid here.jsonl").write_bytes(mixed + b"\n")

    library.kb("purge", "a", "--yes")

    assert library.traces(WANTED) == []
    left = {path.name: path.read_bytes() for path in quarantine.iterdir()}
    blanked = b"\n" + line("z", "别的内容").encode()
    assert left == {
        hashlib.sha256(stays).hexdigest(): stays for stays in (blanked, blanked + b"\n")
    }
    assert [path.name for path in original.parent.iterdir()] == [".incoming-z"]


def test_half_a_file_of_many_documents_goes_though_it_breaks_off_in_the_line(
    library: Library,
) -> None:
    library.add("many.jsonl", "\n".join([line("b", "乙的内容"), line("a", SECRET)]))
    (original,) = library.originals()
    whole = original.read_bytes()
    (original.parent / ".incoming-x").write_bytes(whole[: whole.index(b"zzqx") + 8])
    (original.parent / ".incoming-y").write_bytes(whole + b"\n{")

    library.kb("purge", "a", "--yes")

    assert library.traces(WANTED) == []
    assert [path.name for path in (library.home / "files").rglob(".incoming-*")] == []
    assert library.is_sound()


def test_an_original_that_a_present_document_was_read_from_stays(
    library: Library,
) -> None:
    library.add("a.md", md("原文"))
    library.kb("remove", "a", "--yes")
    library.add("a.md", md("原文"))

    told = library.kb("purge", "a", "--yes")

    assert "撤下的同一标识文书 1 件;现行内容保留" in told
    assert "原文" in library.kb("show", "a")
    assert library.rows("SELECT count(slug) FROM removal") == [(0,)]
    assert library.is_sound()


def test_a_damaged_file_of_many_documents_is_named_and_nothing_is_changed(
    library: Library,
) -> None:
    library.add("many.jsonl", "\n".join([line("a", SECRET), line("b", "乙的内容")]))
    (original,) = library.originals()
    original.write_bytes(original.read_bytes() + b" ")

    assert f"原件已损坏(校验不符):{original.name}" in library.kb(
        "purge", "a", "--yes", status=2
    )
    assert library.slugs() == ["a", "b"]
