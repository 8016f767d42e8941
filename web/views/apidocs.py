"""The page about the JSON interface, read from the OpenAPI schema."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from web.address import Ask
from web.views.search import SearchForm, search_form


@dataclass(frozen=True, slots=True)
class ParameterView:
    """One parameter of an operation."""

    name: str
    place: str
    type: str
    description: str


@dataclass(frozen=True, slots=True)
class OperationView:
    """One operation."""

    method: str
    path: str
    summary: str
    description: str
    parameters: tuple[ParameterView, ...]
    responses: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ApiDocsPage:
    """All operations."""

    form: SearchForm
    title: str
    version: str
    operations: tuple[OperationView, ...]


def api_docs_page(schema: Mapping[str, Any]) -> ApiDocsPage:
    """Lay out a schema."""
    operations = [
        OperationView(
            method.upper(),
            path,
            operation.get("summary", ""),
            operation.get("description", ""),
            tuple(_parameter(p) for p in operation.get("parameters", ())),
            tuple(
                (status, r.get("description", ""))
                for status, r in operation.get("responses", {}).items()
            ),
        )
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    ]
    return ApiDocsPage(
        search_form(Ask()),
        schema["info"]["title"],
        schema["info"]["version"],
        tuple(operations),
    )


def _parameter(parameter: Mapping[str, Any]) -> ParameterView:
    return ParameterView(
        parameter["name"],
        {"query": "查询", "path": "路径"}.get(parameter["in"], parameter["in"]),
        _type(parameter.get("schema", {})),
        parameter.get("description", ""),
    )


def _type(schema: Mapping[str, Any]) -> str:
    if schema.get("type") == "array":
        return f"{_type(schema['items'])}，可重复"
    words = [schema.get("type", "string")]
    if "enum" in schema and len(schema["enum"]) <= 6:
        words.append(" | ".join(map(str, schema["enum"])))
    if "minimum" in schema:
        words.append(f"{schema['minimum']}–{schema.get('maximum', '')}")
    if "default" in schema:
        words.append(f"默认 {schema['default']}")
    return "，".join(words)
