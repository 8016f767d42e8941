"""`kb purge`: every byte of the data folder is searched for what was to go."""

import hashlib
import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from kb.__main__ import main
from kb.commands import purging
from kb.store import Store
from kb.vocabulary import Visibility
from tests.cli.running import ROOT, environment
from tests.conftest import SAMPLES

SECRET = "举报人张测试住在zzqxroad七号"
OPEN = "举报人的住处已隐去mmkkopen"


class Library:
    """A data folder, what was put in and what is left of it."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.home = folder / "home"
        self._incoming = folder / "incoming"
        self._incoming.mkdir()
        self._capsys = capsys

    def kb(self, *args: object, status: int = 0) -> str:
        """Run a command and return its words."""
        self._capsys.readouterr()
        assert main(["--home", str(self.home), *map(str, args)]) == status, (
            self._capsys.readouterr()
        )
        written = self._capsys.readouterr()
        return written.out + written.err

    def as_json(self, *args: object) -> Any:
        self._capsys.readouterr()
        assert main(["--home", str(self.home), "--json", *map(str, args)]) == 0
        return json.loads(self._capsys.readouterr().out)

    def add(
        self, name: str, content: str | bytes, *options: object, status: int = 0
    ) -> None:
        path = self._incoming / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        self.kb("add", path, "--quiet", *options, status=status)

    def traces(self, wanted: Iterable[str | bytes]) -> list[tuple[str, str]]:
        """Return where any of this stands in a file below the data folder, by its name too."""
        found = []
        for path in sorted(self.home.rglob("*")):
            data = str(path).encode() + (path.read_bytes() if path.is_file() else b"")
            for one in wanted:
                if any(form in data for form in forms(one)):
                    found.append(
                        (path.relative_to(self.home).as_posix(), repr(one)[:40])
                    )
        return found

    def vectors(self, slug: str) -> list[bytes]:
        with sqlite3.connect(self.home / "kb.sqlite3") as conn:
            rows = conn.execute(
                """SELECT v.data FROM vector v JOIN passage p ON p.id = v.passage_id
                   JOIN document d ON d.id = p.document_id WHERE d.slug = ?""",
                [slug],
            )
            return [row[0] for row in rows]

    def slugs(self) -> list[str]:
        with Store(self.home, Visibility.RESTRICTED) as store:
            return [
                head.slug
                for head in store.heads(store.document_ids().tolist()).values()
            ]

    def originals(self) -> list[Path]:
        return sorted(
            path
            for path in (self.home / "files").glob("[0-9a-f][0-9a-f]/*")
            if path.is_file()
        )

    def rows(self, statement: str) -> list[tuple[object, ...]]:
        with sqlite3.connect(self.home / "kb.sqlite3") as conn:
            return conn.execute(statement).fetchall()

    def is_sound(self) -> bool:
        report = self.as_json("verify")
        return (report["wrong"], report["mended"]) == ([], [])


def forms(one: str | bytes) -> list[bytes]:
    if isinstance(one, bytes):
        return [one]
    return [
        text.encode(code)
        for text in {one, one.lower()}
        for code in ("utf-8", "utf-16-le", "utf-16-be", "gb18030")
    ]


@pytest.fixture
def library(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Library:
    return Library(tmp_path, capsys)


def line(slug: str, text: str, **values: object) -> str:
    made = {
        "id": slug,
        "title": f"测试文本{slug}",
        "text": f"测试文本,{text}。",
        "kind": "civil",
    } | values
    return json.dumps(made, ensure_ascii=False)


def txt(text: str) -> str:
    return f"上海知识产权法院\n民事判决书\n（2099）沪73民初901号\n原告：测试乙有限公司。测试文本,{text}。\n二〇九九年五月六日\n"


def md(text: str) -> str:
    return f"---\nslug: a\ntitle: 测试文本\nkind: civil\n---\n\n测试文本,{text}。\n"


FORMATS: dict[str, Callable[[str], str]] = {
    "a.txt": txt,
    "a.md": md,
    "a.jsonl": lambda text: line("a", text),
}
WANTED = (SECRET, "zzqxroad", "张测试")


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_is_left_of_what_a_redacted_text_replaced(
    library: Library, name: str
) -> None:
    library.add(name, FORMATS[name](SECRET))
    (slug,) = library.slugs()
    vectors = library.vectors(slug)
    library.add(name, FORMATS[name](OPEN))
    former = [vector for vector in vectors if vector not in library.vectors(slug)]
    # in an index words are cut up and packed
    (library.home / "index" / "of_an_index").write_text(SECRET)

    assert former and library.traces(WANTED)
    told = library.kb("purge", slug, "--yes")

    assert (
        f"标识 {slug}" in told
        and "以前的内容 1 份;现行内容保留" in told
        and "kb backup" in told
    )
    assert library.traces([*WANTED, *former]) == []
    assert OPEN in library.kb("show", slug)
    assert slug in library.kb("search", "mmkkopen", "--mode", "keyword")
    assert library.rows("SELECT count(*) FROM revision") == [(1,)]
    assert library.is_sound()


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_is_left_of_a_document_removed_before(
    library: Library, name: str
) -> None:
    library.add("other.md", md("别的内容").replace("slug: a", "slug: other"))
    library.add(name, FORMATS[name](SECRET), "--collection", "张测试专案")
    (slug,) = set(library.slugs()) - {"other"}
    vectors = library.vectors(slug)
    library.kb("remove", slug, "--yes")

    assert library.traces(WANTED)
    told = library.kb("purge", slug, "--yes")

    assert f"已撤下的文书 标识 {slug}" in told
    assert library.traces([*WANTED, *vectors]) == []
    assert library.rows("SELECT count(slug), count(*) FROM removal") == [(0, 1)]
    assert library.slugs() == ["other"]
    assert library.is_sound()


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_is_left_of_a_document_purged_whole(
    library: Library, name: str
) -> None:
    library.add(name, FORMATS[name](SECRET), "--collection", "张测试专案")
    (slug,) = library.slugs()
    vectors = library.vectors(slug)

    told = library.kb("purge", slug, "--yes")

    assert f"将连同文书本身一起清除:编号 1,标识 {slug}" in told
    assert library.traces([*WANTED, *vectors, *([slug] if slug != "a" else [])]) == []
    assert library.slugs() == []
    assert library.is_sound()


@pytest.mark.parametrize("sample", ["decision.pdf", "note.docx", "page.html"])
@pytest.mark.parametrize("removed", [True, False])
def test_nothing_is_left_of_an_original_that_is_no_plain_text(
    library: Library, sample: str, removed: bool
) -> None:
    data = (SAMPLES / sample).read_bytes()
    library.add(sample, data)
    (slug,) = library.slugs()
    parts = [
        data[start : start + 40]
        for start in range(0, len(data) - 40, max(1, len(data) // 50))
    ]
    with Store(library.home, Visibility.RESTRICTED) as store:
        document = store.document(slug)
        assert document is not None
        parts += [text.encode() for text in document.text.splitlines() if len(text) > 8]
    wanted = [hashlib.sha256(data).hexdigest(), *parts, *library.vectors(slug)]
    if removed:
        library.kb("remove", slug, "--yes")

    assert library.traces(wanted)
    library.kb("purge", slug, "--yes")

    assert library.traces(wanted) == []
    assert library.is_sound()


# -- originals of many documents -----------------------------------------------------------


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


# -- which of it, and whether ----------------------------------------------------------------


def test_a_document_purged_of_its_past_is_not_taken_for_one_without_a_past(
    library: Library,
) -> None:
    library.add("a.md", md(SECRET))
    library.add("a.md", md(OPEN))
    library.kb("purge", "a", "--yes")

    assert "没有以前的内容可清除" in library.kb("purge", "a", "--yes")
    assert library.slugs() == ["a"]
    library.add("a.md", md("三稿"))
    assert "以前的内容 1 份;现行内容保留" in library.kb("purge", "a", "--yes")
    assert library.traces([OPEN]) == []
    assert library.slugs() == ["a"]
    library.kb("purge", "a", "--document", "--yes")
    assert library.slugs() == []


def test_a_document_goes_with_its_past_where_that_is_said(library: Library) -> None:
    library.add("a.md", md(SECRET))
    library.add("a.md", md(OPEN))

    told = library.kb("purge", "a", "--document", "--yes")

    assert (
        "将连同文书本身一起清除:编号 1,标识 a,《测试文本》,合集「民事案例集」,以前的内容 1 份"
        in told
    )
    assert library.traces([*WANTED, OPEN]) == []


def test_the_past_alone_is_purged_where_that_is_said(library: Library) -> None:
    library.add("a.md", md(OPEN))

    assert "没有以前的内容可清除" in library.kb("purge", "a", "--history", "--yes")
    assert library.slugs() == ["a"]


def test_purging_names_what_goes_and_asks(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.add("a.md", md(SECRET))
    before = {path: path.read_bytes() for path in library.originals()}
    monkeypatch.setattr("builtins.input", lambda: "n")

    told = library.kb("purge", "a", status=1)

    (original,) = before
    assert f"原件 {original.name}:整个清除" in told and "未清除" in told
    assert {path: path.read_bytes() for path in before} == before
    assert library.slugs() == ["a"]


def test_a_name_of_a_document_and_of_a_removed_one_is_refused(library: Library) -> None:
    library.add(
        "many.jsonl", "\n".join([line("x", "甲"), line("2", "乙"), line("1", "丙")])
    )
    library.kb("remove", "标识:1", "--yes")

    told = library.kb("purge", "1", "--yes", status=1)

    assert "「1」可以指 2 件文书:编号:1《测试文本x》、标识:1(已撤下)" in told
    assert "没有编号或标识为「7」的文书,也没有这样的已撤下的文书" in library.kb(
        "purge", "x", "7", "--yes", status=1
    )
    assert library.slugs() == ["x", "2"]
    library.kb("purge", "编号:3", "--yes")
    assert library.rows("SELECT count(slug) FROM removal") == [(0,)]


def test_what_went_is_told_as_json(library: Library) -> None:
    library.add("a.md", md(SECRET))
    library.add("a.md", md(OPEN))
    library.add("b.md", md("乙").replace("slug: a", "slug: b"))

    report = library.as_json("purge", "a", "2", "a", "--yes")

    assert [(one["slug"], one["document_id"]) for one in report["documents"]] == [
        ("b", 2)
    ]
    assert [(one["slug"], one["earlier"]) for one in report["earlier"]] == [("a", 1)]
    assert [(one["lines"], one["kept_lines"]) for one in report["originals"]] == [
        (0, 0),
        (0, 0),
    ]


# -- interrupted, hindered, and after older versions -----------------------------------------

STEPS = (
    "kb.commands.purging:_destroy",
    "kb.store.purging:Purging.replace_originals",
    "pathlib:Path.unlink",
    "kb.store.purging:Purging.destroy",
    "kb.store.purging:Purging.scrub",
    "kb.commands.purging:_forget_indexes",
    "shutil:rmtree",
    "search.searcher:Searcher.refresh",
    "kb.commands.purging:_Begun.end",
)
#: Runs `kb` and dies, as by SIGKILL, when it comes to one step.
DIES = """
import importlib, os, sys
from functools import reduce
module, _, name = sys.argv[1].partition(":")
*owners, last = name.split(".")
owner = reduce(getattr, owners, importlib.import_module(module))
setattr(owner, last, lambda *args, **options: os._exit(9))
from kb.__main__ import main
sys.exit(main(sys.argv[2:]))
"""


def kill(library: Library, step: str, *command: str) -> None:
    """Run a command that dies at a step."""
    died = subprocess.run(
        [sys.executable, "-c", DIES, step, *command],
        cwd=ROOT,
        env=environment(library.home),
        capture_output=True,
    )
    assert died.returncode == 9, died.stderr.decode()


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("way", ["corrected", "whole"])
def test_a_purge_killed_at_any_step_is_completed_by_the_same_command(
    library: Library, step: str, way: str
) -> None:
    library.add("many.jsonl", "\n".join([line("a", SECRET), line("b", "乙的内容")]))
    if way == "corrected":
        library.add("new.jsonl", line("a", OPEN))
    kill(library, step, "purge", "a", "--yes")

    library.kb("purge", "a", "--yes")

    assert library.traces(WANTED) == []
    assert sorted(library.slugs()) == (["a", "b"] if way == "corrected" else ["b"])
    assert not (library.home / "purge.unfinished").exists()
    assert library.is_sound()


def test_verify_names_a_purge_that_was_not_completed(library: Library) -> None:
    library.add("a.md", md(SECRET))
    kill(library, "kb.commands.purging:_forget_indexes", "purge", "a", "--yes")

    assert "上一次 kb purge 没有做完" in library.kb("verify")

    library.kb("purge", "a", "--yes")

    assert "没有做完" not in library.kb("verify")
    assert library.traces(WANTED) == []


def test_a_reader_that_keeps_the_log_busy_is_waited_for_and_then_told_of(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purging, "WAIT_S", 0.05)
    library.add("a.md", md(SECRET))
    reader = sqlite3.connect(library.home / "kb.sqlite3")
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM document").fetchone()

    told = library.kb("purge", "a", "--yes", status=2)
    reader.close()

    assert "其他进程正在读数据库" in told and "再次运行同一命令" in told
    library.kb("purge", "a", "--yes")
    assert library.traces(WANTED) == []
    assert library.is_sound()


def test_what_was_deleted_without_being_overwritten_goes_with_the_next_purge(
    library: Library,
) -> None:
    library.add("a.md", md(OPEN))
    library.add("b.md", md("乙").replace("slug: a", "slug: b"))
    conn = sqlite3.connect(library.home / "kb.sqlite3")
    conn.execute("PRAGMA secure_delete = OFF")
    conn.execute("INSERT INTO collection (title) VALUES (?)", [SECRET * 50])
    conn.commit()
    conn.execute("DELETE FROM collection WHERE title = ?", [SECRET * 50])
    conn.commit()
    conn.close()
    assert library.traces(WANTED)

    library.kb("purge", "b", "--yes")

    assert library.traces(WANTED) == []
    assert library.is_sound()


def test_what_is_deleted_is_overwritten_by_every_store_that_writes(
    library: Library,
) -> None:
    with Store(library.home) as store:
        assert store._conn.execute("PRAGMA secure_delete").fetchone()[0] == 1
