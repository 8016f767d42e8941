"""The drawing in ARCHITECTURE.md, as a test: which room opens to which, and who owns what."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("kb", "ingest", "search", "web")

#: Room -> rooms it may import. `kb.__main__` and `kb.commands` are edges, not floor.
MAY_IMPORT = {
    "floor": {"floor"},
    "ingest": {"floor", "ingest"},
    "search": {"floor", "search"},
    "web": {"floor", "ingest", "search", "web"},
    "commands": {"floor", "ingest", "search", "web", "commands"},
    "training": {"floor", "training"},
}

#: Library -> the only places that may import it.
OWNERS = {
    "sqlite3": ("kb/database.py", "kb/store/"),
    "sqlite_utils": ("kb/commands/tables.py",),
    "ahocorasick_rs": ("kb/longestmatch.py",),
    "fastapi": ("web/",),
    "starlette": ("web/",),
    "jinja2": ("web/",),
    "uvicorn": ("web/server.py", "web/protocol.py"),
    "h11": ("web/protocol.py",),
    "tantivy": ("search/",),
    "faiss": ("search/",),
    "pypdf": ("ingest/pdfsecond.py",),
    "pypdfium2": (
        "ingest/pdfium.py",
        "ingest/pdfcalls.py",
        "ingest/pdfraw.py",
        "ingest/pdfnotes.py",
        "ingest/pdfcovers.py",
    ),
    "lxml": ("ingest/wordparts.py", "ingest/wordchoices.py", "ingest/wordwalk.py"),
    "selectolax": ("ingest/webpage.py",),
    "yaml": ("ingest/frontmatter.py",),
    "ctypes": (
        "ingest/confine.py",
        "ingest/pdfcalls.py",
        "ingest/pdfraw.py",
        "ingest/pdfnotes.py",
        "ingest/pdfcovers.py",
        "web/server.py",
    ),
    "torch": ("kb/training/",),
    "argparse": ("kb/__main__.py", "kb/commands/", "kb/training/"),
}
#: Rooms of pure functions, and what each may import of this house: its nouns and words; of
#: libraries what reads and writes nothing.
PURE_ROOMS = {
    "kb/law": ("kb.law", "kb.records", "kb.vocabulary", "kb.errors"),
    "kb/counts": ("kb.counts", "kb.records", "kb.vocabulary"),
}
PURE_LIBRARIES = {
    *(
        "__future__",
        "collections",
        "dataclasses",
        "datetime",
        "difflib",
        "enum",
        "re",
        "statistics",
        "types",
        "typing",
    ),
    "msgspec",
}
#: What would make these rooms depend on more than their arguments.
IMPURE_CALLS = {"open", "print", "input", "today", "now"}


def _modules() -> list[Path]:
    return sorted(p for room in ROOMS for p in (ROOT / room).rglob("*.py"))


def _room(path: str) -> str:
    parts = path.split("/")
    if parts[0] != "kb":
        return parts[0]
    if parts[1] in ("commands", "__main__.py"):
        return "commands"
    return "training" if parts[1] == "training" else "floor"


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", _modules(), ids=lambda p: str(p.relative_to(ROOT)))
def test_a_room_opens_only_to_the_rooms_below_it(path: Path) -> None:
    here = path.relative_to(ROOT).as_posix()
    for name in _imports(path):
        first = name.split(".")[0]
        if first not in ROOMS:
            continue
        target = (
            _room(name.replace(".", "/") + "/")
            if first == "kb" and "." in name
            else _room(f"{first}/x")
        )
        assert target in MAY_IMPORT[_room(here)], f"{here} imports {name}"


@pytest.mark.parametrize("path", _modules(), ids=lambda p: str(p.relative_to(ROOT)))
def test_a_library_is_imported_only_by_its_owner(path: Path) -> None:
    here = path.relative_to(ROOT).as_posix()
    for name in _imports(path):
        owners = OWNERS.get(name.split(".")[0])
        assert owners is None or here.startswith(owners), f"{here} imports {name}"


def _pure_modules() -> list[Path]:
    return sorted(path for room in PURE_ROOMS for path in (ROOT / room).glob("*.py"))


@pytest.mark.parametrize(
    "path", _pure_modules(), ids=lambda p: str(p.relative_to(ROOT))
)
def test_law_and_counts_rest_on_nothing_but_records_and_words(path: Path) -> None:
    may_import = PURE_ROOMS[path.parent.relative_to(ROOT).as_posix()]
    for name in _imports(path):
        if name.split(".")[0] in ROOMS:
            assert any(
                f"{name}.".startswith(f"{allowed}.") for allowed in may_import
            ), f"{path.name} imports {name}"
        else:
            assert name.split(".")[0] in PURE_LIBRARIES, f"{path.name} imports {name}"


@pytest.mark.parametrize(
    "path", _pure_modules(), ids=lambda p: str(p.relative_to(ROOT))
)
def test_law_and_counts_read_no_file_and_no_clock(path: Path) -> None:
    calls = [
        node.func
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
    ]
    called = {getattr(call, "id", getattr(call, "attr", "")) for call in calls}

    assert called & IMPURE_CALLS == set()


def _defined(path: Path) -> set[str]:
    kinds = (ast.FunctionDef, ast.ClassDef)
    return {
        node.name
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, kinds)
    }


@pytest.mark.parametrize(
    "path", sorted((ROOT / "web/views").glob("*.py")), ids=lambda p: p.name
)
def test_a_page_shows_law_and_counts_and_makes_none_of_them(path: Path) -> None:
    law = {
        name
        for module in _pure_modules()
        for name in _defined(module)
        if not name.startswith("_")
    }
    compared = {
        getattr(part, "attr", "")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Compare)
        for part in (node.left, *node.comparators)
    }

    assert law
    assert _defined(path) & law == set()
    assert set(_imports(path)) & {"difflib", "statistics"} == set()
    assert compared & {"effective_from", "effective_to"} == set()


#: What people may type, shown as an example: the only laws and articles that pages name.
EXAMPLES = (
    ("web/views/nothing.py", "反不正当竞争法（2019）第九条"),
    ("web/templates/home.html", "反不正当竞争法（2019）第九条"),
)
ARTICLE_NUMBER = re.compile("第[一二三四五六七八九十百千零〇0-9]+条")


def _law_names() -> set[str]:
    """Return what the laws of the corpus are called."""
    lines = [
        line
        for path in (ROOT / "corpus/laws").glob("*.md")
        for line in path.read_text("utf-8").splitlines()
    ]
    return {line.removeprefix("law: ") for line in lines if line.startswith("law: ")}


def _page_sources() -> list[Path]:
    kinds = {".py", ".html", ".js", ".css"}
    return sorted(p for p in (ROOT / "web").rglob("*") if p.suffix in kinds)


@pytest.mark.parametrize(
    "path", _page_sources(), ids=lambda p: str(p.relative_to(ROOT))
)
def test_a_page_names_no_law_and_no_article_of_its_own(path: Path) -> None:
    """What a law says stands in the corpus; a page that knows an article is wrong the day it
    changes.
    """
    here, text = path.relative_to(ROOT).as_posix(), path.read_text("utf-8")
    for place, example in EXAMPLES:
        text = text.replace(example, "") if place == here else text
    names = _law_names()

    assert len(names) > 10
    assert [name for name in sorted(names) if name in text] == []
    assert ARTICLE_NUMBER.findall(text) == []


def test_only_the_settings_read_the_environment() -> None:
    readers = [
        p.relative_to(ROOT).as_posix()
        for p in _modules()
        if "os.environ" in p.read_text(encoding="utf-8")
        or "getenv" in p.read_text(encoding="utf-8")
    ]

    assert readers == ["kb/settings.py"]


def test_no_test_looks_at_a_clock_but_to_hold_one_time_against_another() -> None:
    """A machine ten times slower must see the same tests pass: `tests/growth.py` compares two
    lengths.
    """
    clocks = ("perf_counter", "process_time")
    measures = (
        "tests/bench/",
        "tests/hostile/",
        "tests/fuzz/",
        "tests/certificate/",
        "tests/growth.py",
        "tests/test_",
    )
    names = [
        p.relative_to(ROOT).as_posix()
        for p in sorted((ROOT / "tests").rglob("*.py"))
        if _names_any(p, clocks)
    ]

    assert [name for name in names if not name.startswith(measures)] == []


def _names_any(path: Path, words: tuple[str, ...]) -> bool:
    text = path.read_text(encoding="utf-8")
    return any(word in text for word in words)


def test_sql_is_written_only_in_the_store() -> None:
    words = ("SELECT ", "INSERT INTO", "DELETE FROM", "UPDATE ")
    writers = {
        p.relative_to(ROOT).as_posix()
        for p in _modules()
        if any(word in p.read_text(encoding="utf-8") for word in words)
    }

    assert all(name.startswith("kb/store/") for name in writers), writers


#: Modules that read and write nothing, and know no engine: texts and numbers in, records out.
CORE = (
    *("kb/analysis.py", "kb/casenumber.py", "kb/claims.py", "kb/identifiers.py"),
    *("kb/ligatures.py", "kb/mentions.py", "kb/numerals.py", "kb/papers.py"),
    *("kb/paragraphs.py", "kb/shadow.py", "kb/messages/", "kb/records/"),
    *("search/candidates.py", "search/fusion.py", "search/id_sets.py"),
    *("search/pieces.py", "search/query.py", "search/query_terms.py"),
    *(
        "search/reasons.py",
        "search/request.py",
        "search/results.py",
        "search/snippets.py",
    ),
)
ENGINES = (
    "kb.store",
    "kb.database",
    "sqlite3",
    "tantivy",
    "faiss",
    "pathlib",
    "os",
    "fastapi",
)
#: What the words are is read from a file of the program's own.
_OWN_WORDS = {"kb/analysis.py": ("pathlib",)}


@pytest.mark.parametrize(
    "path",
    [p for p in _modules() if str(p.relative_to(ROOT)).startswith(CORE)],
    ids=lambda p: str(p.relative_to(ROOT)),
)
def test_the_core_reads_nothing_and_knows_no_engine(path: Path) -> None:
    allowed = _OWN_WORDS.get(str(path.relative_to(ROOT)), ())
    roots = {name for name in _imports(path) if name.startswith(ENGINES)}

    assert {name for name in roots if not name.startswith(allowed or ("-",))} == set()


def _needs_at_start(path: Path, modules: Collection[str]) -> set[str]:
    """Return the modules of this house that a module imports when it is itself imported."""
    found: set[str] = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            found.update(name if name in modules else node.module for name in names)
    return found & set(modules)


def test_no_module_needs_itself_through_others() -> None:
    paths = {
        ".".join(p.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): p
        for p in _modules()
    }
    needs = {name: _needs_at_start(path, paths) for name, path in paths.items()}
    while free := {name for name, others in needs.items() if not others & set(needs)}:
        needs = {name: others for name, others in needs.items() if name not in free}

    assert {name: sorted(others & set(needs)) for name, others in needs.items()} == {}


#: Lines of a file of the pages, by what it is.
MOST_LINES = {".html": 200, ".js": 400, ".css": 500}
LONGEST_LINE = 120


@pytest.mark.parametrize(
    "path",
    [path for path in _page_sources() if path.suffix in MOST_LINES],
    ids=lambda p: str(p.relative_to(ROOT)),
)
def test_a_template_a_style_sheet_and_a_script_can_be_read_too(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()

    assert len(lines) <= MOST_LINES[path.suffix]
    assert [
        number for number, line in enumerate(lines, 1) if len(line) > LONGEST_LINE
    ] == []


def test_every_file_the_architecture_names_exists() -> None:
    named = set(
        re.findall(
            r"`((?:kb|ingest|search|web|corpus|tests|docs)/[\w./-]*)`",
            (ROOT / "ARCHITECTURE.md").read_text(),
        )
    )

    assert named
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


#: Characters of a literal in Chinese that make it a sentence.
SENTENCE = 6
#: Words that a query is read by, and values of the vocabulary: rules of language, which nobody reads.
LANGUAGE_RULES = {
    "search/conducts.py": "words that name a conduct",
    "search/query_terms.py": "words that tell nothing",
    "search/demands.py": "signs of negation",
    "search/pieces.py": "patterns of quotation in questions",
    "search/named_documents.py": "patterns of case numbers",
    "search/termlist.py": "patterns of years and articles",
}
_HAN = range(0x4E00, 0xA000)


def _literals(tree: ast.AST) -> Iterator[str]:
    """Yield the strings of code, docstrings left out."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = set()
    for node in ast.walk(tree):
        if isinstance(node, documented) and ast.get_docstring(node) is not None:
            first = node.body[0]
            docstrings |= {id(part) for part in ast.walk(first)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if id(node) not in docstrings:
                yield node.value


def _is_sentence(text: str) -> bool:
    return sum(ord(char) in _HAN for char in text) >= SENTENCE


def test_search_holds_codes_and_no_sentences() -> None:
    holding = {
        path.relative_to(ROOT).as_posix()
        for path in sorted((ROOT / "search").rglob("*.py"))
        if any(map(_is_sentence, _literals(ast.parse(path.read_text("utf-8")))))
    }

    assert holding == set(LANGUAGE_RULES)


def _sentences() -> list[str]:
    """Return every sentence that is made from a code, without what is filled in."""
    from kb.messages import expansions, faults, notices, reasons, suggestions

    found: list[str] = []
    for module in (notices, reasons, expansions, suggestions, faults):
        found += _literals(ast.parse(Path(module.__file__).read_text("utf-8")))
    return [text for text in found if any(ord(char) in _HAN for char in text)]


@pytest.mark.parametrize(
    "path",
    [
        path
        for path in _modules()
        if path.relative_to(ROOT).parts[0] in ("search", "web")
    ],
    ids=lambda p: str(p.relative_to(ROOT)),
)
def test_no_code_takes_a_sentence_or_a_packed_key_apart(path: Path) -> None:
    """Neither by how it begins, nor by a mark that stands between its parts."""
    sentences, marks = _sentences(), {"|", "→", "：", "、"}
    taking = (
        "startswith",
        "split",
        "rsplit",
        "partition",
        "rpartition",
        "removeprefix",
    )
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        if node.func.attr in taking:
            for given in (text for arg in node.args for text in _literals(arg)):
                assert given not in marks, f"{path}:{node.lineno}"
                if len(given) > 1:
                    assert not any(given in one for one in sentences), (
                        f"{path}:{node.lineno} {given}"
                    )
