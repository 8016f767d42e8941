"""Records into HTML: the template environment and the one function that renders."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from kb.vocabulary import SOURCE_GRADES

_HERE: Final = Path(__file__).parent
STATIC: Final = _HERE / "static"


def make_templates() -> Environment:
    """Return the environment of all templates."""
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(static_version=_static_version(), repost=SOURCE_GRADES["C"])
    return environment


def render(templates: Environment, name: str, page: object, *, status: int = 200) -> HTMLResponse:
    """Render one record with its template."""
    return HTMLResponse(templates.get_template(name).render(page=page), status)


def _static_version() -> str:
    """Return a short hash of all assets, so that a browser keeps them until they change."""
    digest = hashlib.sha256()
    for path in sorted(STATIC.iterdir()):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
