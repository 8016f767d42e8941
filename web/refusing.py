"""A request that is not served: with which status, in which words, as a page or as JSON."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from fastapi.responses import JSONResponse, Response
from jinja2 import Environment
from starlette.types import Scope

from kb.deadline import unlimited
from web.rendering import render
from web.views.form import EMPTY_FORM, SearchForm

Headers = tuple[tuple[str, str], ...]
#: For a connection that still carries what will not be read.
CLOSING: Final[Headers] = (("Connection", "close"),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a request is not served, in words; `code` is the same for programs."""

    status: int
    code: str
    title: str
    message: str
    headers: Headers = ()


#: Turns the refusal of a request (its scope) into an answer.
Refuse = Callable[[Scope, Refusal], Response]

BUG: Final = Refusal(
    status=500,
    code="internal",
    title="程序出错了",
    message="这是程序的错误，不是您的操作问题。请稍后再试，或告诉管理员刚才的时间。",
)


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """What went wrong, in words."""

    form: SearchForm
    status: int
    title: str
    message: str


def refused(
    templates: Environment,
    scope: Scope,
    refusal: Refusal,
) -> Response:
    """Return a refusal as JSON below /api/, else as a page."""
    answer: Response
    if scope["path"].startswith("/api/"):
        answer = JSONResponse(
            {"error": {"code": refusal.code, "message": refusal.message}},
            refusal.status,
        )
    else:
        page = ErrorPage(
            form=EMPTY_FORM,
            status=refusal.status,
            title=refusal.title,
            message=refusal.message,
        )
        with unlimited():  # that the time is up has to be told too
            answer = render(templates, "error.html", page, status=refusal.status)
    answer.headers.update(dict(refusal.headers))
    return answer
