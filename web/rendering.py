"""Records into HTML: the template environment and the one function that renders."""

from __future__ import annotations

import hashlib
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import quote

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from kb.deadline import checked
from kb.vocabulary import SOURCE_GRADES

_HERE: Final = Path(__file__).parent
STATIC: Final = _HERE / "static"


def make_templates(contact: str = "") -> Environment:
    """Return the environment of all templates; `contact` is where readers report mistakes, '' for
    nowhere.
    """
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["unfolded"] = unfolded
    environment.globals.update(
        static_version=_static_version(),
        repost=SOURCE_GRADES["C"],
        report_address=partial(report_address, contact),
    )
    return environment


def render(
    templates: Environment,
    name: str,
    page: object,
    *,
    status: int = 200,
) -> HTMLResponse:
    """Render one record with its template."""
    return HTMLResponse(
        "".join(checked(templates.get_template(name).generate(page=page))), status
    )


def unfolded(text: str) -> str:
    """Return a passage that stands on several lines of a template as one: between Chinese
    characters a line end would be a blank.

    What stands in it was escaped where it was put in.
    """
    return "".join(map(str.strip, text.splitlines()))


def report_address(
    contact: str,
    title: str = "",
    address: str = "",
) -> str | None:
    """Return where to report a mistake, in a document's page with its title and
    address; None where nowhere.

    What was searched for is no part of it.
    """
    if not contact or contact.startswith("http"):
        return contact or None
    about = f"?subject={quote(f'报错：{title}')}&body={quote(address)}" if title else ""
    return f"mailto:{contact}{about}"


def _static_version() -> str:
    """Return a short hash of all assets, so that a browser keeps them until they change."""
    digest = hashlib.sha256()
    for path in sorted(STATIC.iterdir()):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
