"""The JSON door: the same questions as the pages, the same shapes as the command line."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from msgspec import UNSET, Struct

from kb.contract import DocumentAnswer, document_answer
from kb.vocabulary import ROLES
from search.completing import Completion
from search.contract import SearchAnswer, search_answer
from search.request import FACET_FIELDS, MODES, SORTS
from web.address import MAX_LIMIT, MAX_OFFSET, MAX_TEXT_CHARS, document_path, law_path
from web.answering import Inquiry, answer, with_suggestions
from web.api_schema import CompletionAnswer, CompletionsAnswer, answers
from web.deps import StateDep
from web.pages import visible_document
from web.parsing import number, parse_page_request
from web.rendering import render
from web.views.apidocs import api_docs_page

router = APIRouter(tags=["知识库"])

_API_LIMIT: Final = 10
_COMPLETIONS: Final = 8
_MAX_COMPLETIONS: Final = 20
_JSON: Final = "application/json"


def _json(answer: Struct) -> Response:
    """Return an answer as it goes out."""
    return Response(msgspec.json.encode(answer), media_type=_JSON)


def _parameter(
    name: str,
    description: str,
    schema: dict[str, Any],
) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": description,
        "schema": schema,
    }


_SEARCH_PARAMETERS: Final = [
    _parameter("q", "检索词；空着就按筛选条件列出文书", {"type": "string"}),
    _parameter(
        "mode",
        "智能、精确、语义",
        {"type": "string", "enum": list(MODES), "default": "hybrid"},
    ),
    *(
        _parameter(
            f"f.{name}",
            f"只要{label}为此值的，可重复；排除用 x.{name}",
            {"type": "array", "items": {"type": "string"}},
        )
        for name, label in FACET_FIELDS.items()
    ),
    _parameter(
        "role",
        "只在这些部分里找，可重复",
        {"type": "array", "items": {"type": "string", "enum": list(ROLES)}},
    ),
    _parameter(
        "expand",
        "off：只找输入的字词，不找同义词与中英对照",
        {"type": "string", "enum": ["on", "off"]},
    ),
    _parameter(
        "plain",
        "这个词按原样找，不扩展，可重复",
        {"type": "array", "items": {"type": "string"}},
    ),
    _parameter(
        "sort",
        "综合、最新、最早、金额（人民币，结果中最大的一笔）；没有检索词时按最新",
        {"type": "string", "enum": list(SORTS), "default": "relevance"},
    ),
    _parameter(
        "offset",
        "从第几件之后开始",
        {"type": "integer", "minimum": 0, "maximum": MAX_OFFSET, "default": 0},
    ),
    _parameter(
        "limit",
        "最多几件",
        {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": _API_LIMIT},
    ),
]


@router.get(
    "/api/search",
    summary="检索",
    description="与首页检索相同的参数和结果；命中的是文书，每件附命中的片段，marks "
    "为片段内的 [起, 止) 码点。",
    openapi_extra={"parameters": _SEARCH_PARAMETERS},
    responses=answers(SearchAnswer, "命中的文书、各字段的件数，以及要说明的事"),
    response_class=Response,
)
def search(request: Request, state: StateDep) -> Response:
    """Answer a query, or list documents when there is none."""
    wanted = parse_page_request(
        request.query_params.multi_items(), default_limit=_API_LIMIT
    )
    with state.open_store() as store:
        inquiry = Inquiry(state, store, wanted)
        result = with_suggestions(inquiry, answer(inquiry))
    return _json(search_answer(result))


_SUGGEST_PARAMETERS: Final = [
    _parameter("q", "已经输入的文字；超过 60 字不给建议", {"type": "string"}),
    _parameter(
        "limit",
        "最多几条",
        {
            "type": "integer",
            "minimum": 1,
            "maximum": _MAX_COMPLETIONS,
            "default": _COMPLETIONS,
        },
    ),
]


@router.get(
    "/api/suggest",
    summary="输入建议",
    description="标题、案号、文号、法条、当事人和词语中以此开头或含有此文字的，也认拼音和首字母；"
    "kind 为 word、law、number、name 或 title，有 url 的指向一件文书或一条法条。"
    "只出自可见的文书，不记录输入。",
    openapi_extra={"parameters": _SUGGEST_PARAMETERS},
    responses=answers(CompletionsAnswer, "可以接着输入的文字，最合适的在前"),
    response_class=Response,
)
def suggest(request: Request, state: StateDep) -> Response:
    """Return what the text may be the beginning of; never kept by anyone on the way."""
    given = request.query_params
    limit = number("limit", given.get("limit", str(_COMPLETIONS)), 1, _MAX_COMPLETIONS)
    text = given.get("q", "")[:MAX_TEXT_CHARS]
    with state.open_store() as store:
        found = state.suggester.complete(store, text, limit)
    response = _json(CompletionsAnswer(text, tuple(map(_completion, found))))
    response.headers["Cache-Control"] = "no-store"
    return response


def _completion(one: Completion) -> CompletionAnswer:
    url: str | msgspec.UnsetType = UNSET
    if one.article:
        article = one.article.article or None
        url = law_path(one.article.law, one.article.version, article)
    elif one.document:
        url = document_path(one.document)
    return CompletionAnswer(one.text, one.kind, one.label, url)


@router.get(
    "/api/documents/{document_id}",
    summary="一件文书",
    description="文书的元数据、部分、片段和全文;document_id 是编号或 slug。"
    "位置均为全文内的 [起, 止) 码点。",
    responses=answers(
        DocumentAnswer,
        "文书全文与已知的一切",
        status_404="没有这件文书，或者不对外公开",
    ),
    response_class=Response,
)
def document(document_id: str, state: StateDep) -> Response:
    """Return one document whole."""
    with state.open_store() as store:
        found = visible_document(store, document_id)
    return _json(document_answer(found))


@router.get("/api/docs", include_in_schema=False)
def docs(request: Request, state: StateDep) -> HTMLResponse:
    """Show the interface, rendered from its own schema; needs nothing from outside."""
    return render(state.templates, "apidocs.html", api_docs_page(request.app.openapi()))
