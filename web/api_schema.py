"""The schema of the JSON interface: every answer as the record it is made of."""

from __future__ import annotations

from functools import partial
from typing import Any, Final, TypeAlias

import msgspec
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from msgspec import UNSET, Struct, UnsetType

from kb.contract import DocumentAnswer
from search.contract import SearchAnswer

#: What FastAPI takes as the answers of a route, by status.
Answers: TypeAlias = dict[int | str, dict[str, Any]]


class CompletionAnswer(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """One way to go on; `url` where choosing it means one document or one article."""

    text: str
    kind: str
    label: str
    url: str | UnsetType = UNSET


class CompletionsAnswer(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """What the typed text may be the beginning of."""

    q: str
    suggestions: tuple[CompletionAnswer, ...]


class ErrorWords(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """Why a request is not served: a code for programs, a sentence for people."""

    code: str
    message: str


class ErrorAnswer(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """The answer to a request that is not served."""

    error: ErrorWords


#: Every record that a route may answer with.
MODELS: Final = (SearchAnswer, CompletionsAnswer, DocumentAnswer, ErrorAnswer)
_REF: Final = "#/components/schemas/{name}"
_MEDIA_TYPE: Final = "application/json"


def answers(
    model: type[Struct],
    description: str,
    **errors: str,
) -> Answers:
    """Return the answers of a route: its own by 200, errors by what they are about.

    `errors` are words by status (`status_404`); any other error has the same shape.
    """
    told = {
        "status_400": "参数有误",
        "status_503": "知识库暂不可用，需管理员处理",
        "default": "其他未能处理的请求",
    }
    described: Answers = {200: _described(model, description)}
    for status, words in (told | errors).items():
        _, _, number = status.partition("status_")
        described[int(number) if number else status] = _described(ErrorAnswer, words)
    return described


def _described(model: type[Struct], description: str) -> dict[str, Any]:
    schema = {"$ref": _REF.format(name=model.__name__)}
    return {"description": description, "content": {_MEDIA_TYPE: {"schema": schema}}}


def describe(app: FastAPI) -> None:
    """Let the application answer `/api/openapi.json` with the schema of all its answers."""
    app.openapi = partial(_schema, app)  # type: ignore[method-assign]


def _schema(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        made = get_openapi(title=app.title, version=app.version, routes=app.routes)
        _, components = msgspec.json.schema_components(MODELS, ref_template=_REF)
        for component in components.values():
            if "description" in component:
                component["description"] = " ".join(component["description"].split())
        made["components"] = {"schemas": components}
        app.openapi_schema = made
    return app.openapi_schema
