"""Assembles the application; the place that knows which error of ours is which status."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.types import Scope

from kb.analysis import load_dictionary
from kb.embedding import load_embedder
from kb.errors import InvalidQuery, KbError, NotFound, OutOfTime, StateError, UserError
from kb.settings import Settings
from kb.thesaurus import load_thesaurus
from search.opening import make_searcher
from search.request import SearchRequest
from search.reranking import load_reranking
from web import api, pages, pages_law
from web.api_schema import describe
from web.budget import LATE, Budget
from web.deps import AppState
from web.hosts import known_hosts
from web.logs import log_of_loop, places
from web.middleware import SecurityHeaders, keeping
from web.refusing import BUG, Refusal, refused
from web.rendering import STATIC, make_templates

log = logging.getLogger(__name__)


class _Assets(StaticFiles):
    """Static files; an address that carries their hash may be kept for good."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return a file with how long it may be kept."""
        response = await super().get_response(path, scope)
        kept = (
            "public, max-age=31536000, immutable"
            if b"v=" in scope.get("query_string", b"")
            else "private, no-cache"
        )
        response.headers["Cache-Control"] = kept
        return response


def create_app(settings: Settings) -> FastAPI:
    """Return the application over the store in `settings.home`.

    Raises KbError when a file of words or a model cannot be loaded.
    """
    load_dictionary(settings.dictionary)
    load_thesaurus(settings.thesaurus, settings.glossary)
    state = _make_state(settings)
    app = FastAPI(
        lifespan=partial(_lifespan, state),
        title="商业秘密案例知识库",
        version="0.1.0",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
    )
    app.state.shared = state
    for router in (pages.router, pages_law.router, api.router):
        app.include_router(router)
    describe(app)
    app.mount("/static", _Assets(directory=STATIC), name="static")
    _put_around(app, state)
    app.add_exception_handler(KbError, _kb_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    return app


def _make_state(settings: Settings) -> AppState:
    searcher = make_searcher(
        settings.home,
        load_embedder(settings.embedder),
        load_reranking(settings.reranker, settings.rerank_depth),
    )
    return AppState(settings, searcher, make_templates(settings.contact))


@asynccontextmanager
async def _lifespan(state: AppState, _: FastAPI) -> AsyncIterator[None]:
    asyncio.get_running_loop().set_exception_handler(log_of_loop)
    threading.Thread(target=_warm, args=(state,), name="warm", daemon=True).start()
    yield


def _put_around(app: FastAPI, state: AppState) -> None:
    """Put around every request what turns away; what is added last is asked first."""
    settings, refuse = state.settings, partial(refused, state.templates)
    app.add_middleware(
        Budget,
        seconds=settings.request_budget_s,
        most=settings.max_requests,
        refuse=refuse,
    )
    app.add_middleware(
        SecurityHeaders,
        hosts=known_hosts(settings),
        keep=keeping(settings.clearance),
        refuse=refuse,
    )


def _warm(state: AppState) -> None:
    """Bring the caches up and load the dictionary before the first person has to wait for it."""
    try:
        with state.open_store() as store:
            state.searcher.refresh(store)
            state.searcher.search(store, SearchRequest("商业秘密", limit=1))
            state.coverage(store)
    except Exception as error:
        log.error("not warmed %s", places(error))


def _kb_error(request: Request, error: Exception) -> Response:
    if isinstance(error, OutOfTime):
        return _respond(request, LATE)
    status, code, title = _standing(error)
    return _respond(
        request, Refusal(status=status, code=code, title=title, message=str(error))
    )


def _standing(error: Exception) -> tuple[int, str, str]:
    """Return status, code and title of an error of ours."""
    if isinstance(error, NotFound):
        return 404, "not_found", "没有找到"
    if isinstance(error, InvalidQuery):
        return 400, "invalid_query", "这个请求看不懂"
    if isinstance(error, UserError):
        return 400, "bad_request", "请求有误"
    if isinstance(error, StateError):
        log.error("state error=%s", type(error).__name__)
        return 503, "unavailable", "知识库暂不可用"
    return BUG.status, BUG.code, BUG.title


def _http_error(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status == 405:
        return _not_offered(request)
    title, message = (
        ("没有找到", "没有这个页面。")
        if status == 404
        else ("请求有误", "请求未能处理。")
    )
    return _respond(
        request,
        Refusal(status=status, code=f"http_{status}", title=title, message=message),
    )


def _not_offered(request: Request) -> Response:
    """Return what an address offers: everything here is read, nothing written."""
    allowed = (("Allow", "GET, HEAD, OPTIONS"),)
    if request.method == "OPTIONS":
        return Response(status_code=204, headers=dict(allowed))
    message = "这个地址不支持这种请求方法，只供查阅（GET、HEAD）。"
    return _respond(
        request,
        Refusal(
            status=405,
            code="http_405",
            title="请求有误",
            message=message,
            headers=allowed,
        ),
    )


def _validation_error(request: Request, error: Exception) -> Response:
    return _respond(
        request,
        Refusal(
            status=400,
            code="invalid_query",
            title="请求有误",
            message="参数的写法不对。",
        ),
    )


def _respond(request: Request, refusal: Refusal) -> Response:
    state: AppState = request.app.state.shared
    return refused(state.templates, request.scope, refusal)
