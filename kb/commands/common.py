"""What commands share: where the data are, words on stderr, data on stdout."""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import re
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from kb.errors import NotFound, StateError, UserError
from kb.locks import at_work
from kb.records import DocumentHead, Filters
from kb.settings import Settings, load_settings
from kb.store import Store
from kb.vocabulary import LONGEST_FACET_VALUE, Visibility

if TYPE_CHECKING:
    from kb.records import Document
    from search.searcher import Searcher

EXIT_OK: Final = 0
EXIT_USER: Final = 1
EXIT_STATE: Final = 2

#: What would steer a terminal or turn a line about: C0, DEL, C1, bidi controls,
#: separators of lines, half characters.
_UNSHOWN: Final = re.compile(
    "[\\x00-\\x1f\\x7f-\\x9f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069\\ud800-\\udfff]"
)
_HALF: Final = re.compile("[\\ud800-\\udfff]")
_NUMBER: Final = re.compile(r"(?:(?:编号|id)[:：])?(0|[1-9][0-9]{0,17})")
_SLUG: Final = re.compile(r"(?:标识|slug)[:：](.+)", re.DOTALL)


class Step(Protocol):
    """Tells a progress bar how far the work is."""

    def __call__(
        self,
        done: int,
        total: int | None = None,
        note: str = "",
    ) -> None:
        """Set the number of finished items and, when known, of all items; a note stands behind the
        label.
        """


def settings_of(args: argparse.Namespace) -> Settings:
    """Return the settings, --home included."""
    return load_settings(home=args.home)


@contextmanager
def open_store(settings: Settings, clearance: str = "restricted") -> Iterator[Store]:
    """Open the store as its operator, who owns the folder and sees everything in it, or
    as a reader who sees less.

    No `kb restore` runs meanwhile.
    """
    with (
        Store(settings.home, Visibility[clearance.upper()]) as store,
        at_work(settings.home),
    ):
        yield store


@contextmanager
def alone(home: Path, command: str) -> Iterator[None]:
    """Refuse to run a command twice at once on one data folder; the system lets go of the lock when
    a process dies.
    """
    with (home / f"{command}.lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StateError(
                f"另一个 kb {command} 正在此数据目录上运行。请等它完成,或先停止它"
            ) from error
        yield


def open_searcher(settings: Settings) -> Searcher:
    """Make the searcher that tends the indexes of the store in use."""
    from kb.embedding import load_embedder
    from search.opening import make_searcher

    _load_words(settings)
    return make_searcher(settings.home, load_embedder(settings.embedder))


def answering_searcher(settings: Settings, store: Store) -> Searcher:
    """Make the searcher that answers, reranker included.

    Raises EmbedderMismatch when the store's vectors are of another model than the settings'.
    """
    from kb.embedding import load_embedder
    from search.opening import make_searcher
    from search.reranking import load_reranking

    _load_words(settings)
    embedder = load_embedder(settings.embedder)
    store.require_embedder(embedder.name, embedder.dim)
    reranking = load_reranking(settings.reranker, settings.rerank_depth)
    return make_searcher(settings.home, embedder, reranking)


def _load_words(settings: Settings) -> None:
    """Use the operator's dictionary, thesaurus and glossary from now on."""
    from kb.analysis import load_dictionary
    from kb.thesaurus import load_thesaurus

    load_dictionary(settings.dictionary)
    load_thesaurus(settings.thesaurus, settings.glossary)


def shown(value: object) -> str:
    """Return a value as a person may see it in a line: what is no writing is spelt out, as \\x1b or
    \\u202e.
    """
    return _UNSHOWN.sub(lambda found: _spelt_out(found[0]), str(value))


def _spelt_out(char: str) -> str:
    return f"\\x{ord(char):02x}" if char < "\u0100" else f"\\u{ord(char):04x}"


def say(message: str) -> None:
    """Write words for the person to stderr, in one line."""
    print(f"kb: {shown(message)}", file=sys.stderr)


def print_row(*values: object) -> None:
    """Write values to stdout in columns that tabs separate."""
    print("\t".join(map(shown, values)))


def print_text(text: str) -> None:
    """Write text of several lines to stdout; its line feeds and tabs are kept."""
    for line in text.replace("\r\n", "\n").split("\n"):
        print("\t".join(map(shown, line.split("\t"))))


def print_json(value: Any) -> None:
    """Write data to stdout as JSON; half characters, as of file names that are no text, by their
    escapes.
    """
    written = json.dumps(value, ensure_ascii=False, indent=2)
    print(_HALF.sub(lambda found: _spelt_out(found[0]), written))


def confirmed(question: str, yes: bool) -> bool:
    """Ask on the terminal; `yes` (--yes) answers beforehand.

    Raises UserError where nobody can be asked.
    """
    if yes:
        return True
    try:
        print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
        return input().strip().lower() in ("y", "yes", "是")
    except EOFError as error:
        raise UserError("没有终端可以确认。确定要这样做时请加 --yes") from error


def megabytes(size_bytes: int) -> str:
    """Return a size as people read it."""
    return f"{size_bytes / 1048576:.1f} MB"


def find(store: Store, key: str) -> Document:
    """Return the document named by number or slug, or by either alone: 编号:1, 标识:1.

    Raises NotFound, and UserError where what was typed is the number of one document
    and the slug of another.
    """
    found: list[Document] = []
    named: dict[int, str] = {}
    for meant in named_by(key):
        document = store.document(meant)
        if document is not None:
            found.append(document)
            named[document.head.id] = f"{spelt(meant)}《{document.head.title}》"
    refuse_ambiguous(key, named.values())
    return found[0]


def find_all(store: Store, keys: Iterable[str]) -> dict[int, DocumentHead]:
    """Return the documents named by `keys` by their numbers, each once; raises as `find` does."""
    heads = (find(store, key).head for key in keys)
    return {head.id: head for head in heads}


def named_by(key: str) -> list[int | str]:
    """Return the numbers (int) and slugs (str) that what was typed may mean; a slug may look like a
    number.
    """
    number, slug = _NUMBER.fullmatch(key), _SLUG.fullmatch(key)
    meant: list[int | str] = []
    if number:
        meant.append(int(number[1]))
    if slug and not _HALF.search(slug[1]):
        meant.append(slug[1])
    if not _HALF.search(key):
        meant.append(key)
    return meant


def spelt(meant: int | str) -> str:
    """Return how to name a document by its number alone, or by its slug alone."""
    return f"编号:{meant}" if isinstance(meant, int) else f"标识:{meant}"


def refuse_ambiguous(key: str, found: Collection[str]) -> None:
    """Raise NotFound when nothing was found by what was typed, UserError when several things
    were.
    """
    if not found:
        raise NotFound(f"没有编号或标识为「{key}」的文书。可用 kb search 查找")
    if len(found) > 1:
        raise UserError(
            f"「{key}」可以指 {len(found)} 件文书:{'、'.join(found)}。请照此写明编号或标识"
        )


def read_filters(
    include: Sequence[str],
    exclude: Sequence[str],
    kind: Sequence[str] = (),
) -> Filters:
    """Read --filter field=value and --exclude field=value; raises UserError for unknown fields."""
    from search.request import FACET_FIELDS

    labels = {label: name for name, label in FACET_FIELDS.items()}
    read: list[dict[str, tuple[str, ...]]] = []
    for given in (include, exclude):
        chosen: dict[str, tuple[str, ...]] = {}
        for item in given:
            name, separator, value = item.partition("=")
            name = labels.get(name, name)
            if not separator or not value or name not in FACET_FIELDS:
                raise UserError(
                    f"筛选「{item}」应写作 字段=值,字段为 {'、'.join(FACET_FIELDS)}"
                )
            chosen[name] = (*chosen.get(name, ()), value[:LONGEST_FACET_VALUE])
        read.append(chosen)
    if kind:
        read[0]["kind"] = (*read[0].get("kind", ()), *kind)
    return Filters(include=read[0], exclude=read[1])


@contextmanager
def as_person(args: argparse.Namespace) -> Iterator[None]:
    """Make files as the person's shell would: what goes elsewhere than into the data folder is not
    for us to close.
    """
    before = os.umask(args.umask)
    try:
        yield
    finally:
        os.umask(before)


@contextmanager
def progress_bar(
    label: str,
    unit: str,
    quiet: bool,
) -> Iterator[Step]:
    """Show a bar on stderr while the block runs; nothing when quiet or stderr is no terminal."""
    if quiet or not sys.stderr.isatty():
        yield lambda done, total=None, note="": None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(unit),
        TimeRemainingColumn(),
    )
    # Where both go to the terminal, lines are written above the bar; lines for a file
    # go to the file.
    with Progress(
        *columns, console=Console(stderr=True), redirect_stdout=sys.stdout.isatty()
    ) as progress:
        task = progress.add_task(label, total=None)

        def step(
            done: int,
            total: int | None = None,
            note: str = "",
        ) -> None:
            progress.update(task, completed=done, total=total, description=label + note)

        yield step


def folder(value: str) -> Path:
    """Read a folder argument."""
    return Path(value).expanduser()
