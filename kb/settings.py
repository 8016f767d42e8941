"""Settings with their defaults and units; the only place that reads the environment."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from kb.errors import UserError
from kb.vocabulary import Visibility

_ROOT: Final = Path(__file__).resolve().parent.parent

_CONTACT: Final = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|https?://[^\s\"'<>]+")
#: A name as it may stand in an address, letters of other scripts in punycode.
HOST_NAME: Final = r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,252}[A-Za-z0-9.])?"
_HOST: Final = re.compile(rf"({HOST_NAME}|\[[0-9A-Fa-f:.]+\])(?::\d{{1,5}})?")
_COUNTS: Final = (
    *("workers", "rerank_depth", "max_file_mb", "request_budget_s", "max_requests"),
    *(
        "max_connections",
        "max_connections_per_client",
        "header_timeout_s",
        "idle_timeout_s",
        "log_lines_per_minute",
    ),
)
_CLEARANCES: Final = {
    "public": Visibility.PUBLIC,
    "internal": Visibility.INTERNAL,
    "restricted": Visibility.RESTRICTED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an operator may choose. Every field `x` is the environment variable `KB_X`."""

    home: Path = _ROOT / "data"
    """Data folder: database, original files, indexes."""
    host: str = "127.0.0.1"
    """Address `kb serve` listens on."""
    port: int = 8000
    """Port `kb serve` listens on."""
    workers: int = 0
    """Processes that serve behind one port; 0: one a core."""
    hosts: tuple[str, ...] = ()
    """Names readers may call the server by, besides localhost and the addresses it listens on."""
    request_budget_s: int = 20
    """Seconds a request may take before it is answered 503."""
    max_requests: int = 64
    """Requests one process has at work or waiting before it answers 503."""
    max_connections: int = 1_000
    """Connections all processes together have open before more are refused."""
    max_connections_per_client: int = 500
    """Of these, from one address: a whole bureau may share one, but nobody all of them."""
    header_timeout_s: int = 20
    """Seconds a client has for sending a request, and for taking up each part of its answer."""
    idle_timeout_s: int = 10
    """Seconds a connection stays open between two requests."""
    log_lines_per_minute: int = 300
    """Lines of one kind the log takes a minute; the rest is counted."""
    clearance: Visibility = Visibility.PUBLIC
    """What readers of the web pages may see: public, internal or restricted."""
    embedder: str = "zh-legal-static"
    """Shipped model by name, or a folder or name of a sentence-transformers model."""
    reranker: str = ""
    """Folder or name of a sentence-transformers CrossEncoder that
    reorders the first documents; empty: none."""
    rerank_depth: int = 20
    """How many documents, from the first on, the reranker reorders."""
    contact: str = ""
    """E-mail address or http(s) address to which readers report mistakes
    and gaps; empty: pages offer none."""
    max_file_mb: int = 100
    """Largest file taken in, megabytes."""
    dictionary: Path = Path(__file__).parent / "dictionary.txt"
    """Legal dictionary of the segmenter: one word a line, editors may extend it."""
    thesaurus: Path = Path(__file__).parent / "thesaurus.txt"
    """Words that are looked for together: one group a line, editors may extend it."""
    glossary: Path = Path(__file__).parent / "glossary.tsv"
    """Chinese and English terms, one pair a line with its source, editors may extend it."""


def load_settings(
    environ: Mapping[str, str] | None = None, home: Path | None = None
) -> Settings:
    """Read settings from the environment; `home` (from --home) wins over KB_HOME.

    Raises UserError naming the variable that cannot be understood.
    """
    env = os.environ if environ is None else environ
    readers: dict[str, Callable[[str, str], object]] = {
        "home": lambda name, raw: Path(raw).expanduser(),
        "host": lambda name, raw: raw,
        "hosts": _hosts,
        "embedder": lambda name, raw: raw,
        "reranker": lambda name, raw: raw,
        "contact": _contact,
        **dict.fromkeys(_COUNTS, _positive),
        **dict.fromkeys(
            ("dictionary", "thesaurus", "glossary"),
            lambda name, raw: Path(raw).expanduser(),
        ),
        "port": _port,
        "clearance": _clearance,
    }
    values: dict[str, Any] = {}
    for name, read in readers.items():
        variable = f"KB_{name.upper()}"
        if env.get(variable):
            values[name] = read(variable, env[variable])
    if home is not None:
        values["home"] = home
    return Settings(**values)


def _contact(variable: str, raw: str) -> str:
    if not _CONTACT.fullmatch(raw):
        raise UserError(
            f"环境变量 {variable} 应为一个邮箱或 http(s) 网址,现为「{raw}」"
        )
    return raw


def _hosts(variable: str, raw: str) -> tuple[str, ...]:
    names = [name.strip() for name in raw.split(",") if name.strip()]
    for name in names:
        if not _HOST.fullmatch(name):
            raise UserError(
                f"环境变量 {variable} 应为主机名或地址,多个以逗号隔开,不写 http:// 和路径,"
                f"中文域名写 xn-- 形式;现有「{name}」"
            )
    return tuple(_HOST.sub(r"\1", name) for name in names)


def _positive(variable: str, raw: str) -> int:
    if not raw.isdecimal() or int(raw) == 0:
        raise UserError(f"环境变量 {variable} 应为正整数,现为「{raw}」")
    return int(raw)


def _port(variable: str, raw: str) -> int:
    port = _positive(variable, raw)
    if port > 65_535:
        raise UserError(f"环境变量 {variable} 应为 1 至 65535 的整数,现为「{raw}」")
    return port


def _clearance(variable: str, raw: str) -> Visibility:
    if raw not in _CLEARANCES:
        raise UserError(
            f"环境变量 {variable} 应为 public、internal 或 restricted,现为「{raw}」"
        )
    return _CLEARANCES[raw]
