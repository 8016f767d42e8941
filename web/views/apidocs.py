"""The page about the JSON interface, read from the OpenAPI schema."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from web.views.form import EMPTY_FORM, SearchForm

_PLACES: Final = {"query": "查询", "path": "路径"}


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
    operations: list[OperationView] = []
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            operations.append(_operation(path, method, operation))
    about = schema["info"]
    return ApiDocsPage(
        form=EMPTY_FORM,
        title=about["title"],
        version=about["version"],
        operations=tuple(operations),
    )


def _operation(
    path: str,
    method: str,
    operation: Mapping[str, Any],
) -> OperationView:
    responses = [
        (status, response.get("description", ""))
        for status, response in operation.get("responses", {}).items()
    ]
    return OperationView(
        method=method.upper(),
        path=path,
        summary=operation.get("summary", ""),
        description=operation.get("description", ""),
        parameters=tuple(map(_parameter, operation.get("parameters", ()))),
        responses=tuple(responses),
    )


def _parameter(parameter: Mapping[str, Any]) -> ParameterView:
    place = parameter["in"]
    return ParameterView(
        name=parameter["name"],
        place=_PLACES.get(place, place),
        type=_type(parameter.get("schema", {})),
        description=parameter.get("description", ""),
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
