"""How much a request may bring along, counted before anything of it is read."""

from __future__ import annotations

from typing import Final

from starlette.types import Scope

from web.address import MAX_TEXT_CHARS
from web.refusing import CLOSING, Refusal

#: A character beyond the common ones takes twelve bytes in an address; the rest is for filters.
MAX_ADDRESS_BYTES: Final = 12 * MAX_TEXT_CHARS + 40_000
MAX_PARAMETERS: Final = 500
MAX_HEADERS: Final = 100
MAX_HEADER_BYTES: Final = 65_536
#: No address takes a body; clients that send a little all the same are answered as if they had not.
MAX_BODY_BYTES: Final = 4_096

_TITLE: Final = "请求太大"
TOO_LONG: Final = Refusal(
    status=414,
    code="address_too_long",
    title=_TITLE,
    message=f"网址超过 {MAX_ADDRESS_BYTES} 字节的上限。检索词最多 {MAX_TEXT_CHARS} 字，"
    "请截取最要紧的段落，或减少筛选条件。",
    headers=CLOSING,
)
TOO_MANY_HEADERS: Final = Refusal(
    status=431,
    code="headers_too_large",
    title=_TITLE,
    message=f"请求头超过 {MAX_HEADERS} 行或 {MAX_HEADER_BYTES} 字节的上限。"
    f"请清除浏览器在本站的 Cookie 后再试。",
    headers=CLOSING,
)
_TOO_MUCH_BODY: Final = Refusal(
    status=413,
    code="body_too_large",
    title=_TITLE,
    message=f"这里只供查阅，不收上传的内容（上限 {MAX_BODY_BYTES} 字节）。"
    f"请把检索词写在网址的 q 里。",
    headers=CLOSING,
)
_TOO_MANY_PARAMETERS: Final = Refusal(
    status=400,
    code="too_many_parameters",
    title="请求有误",
    message=f"网址里的参数超过 {MAX_PARAMETERS} 个。请减少筛选条件。",
)
_NO_PATH: Final = Refusal(
    status=400, code="invalid_address", title="网址有误", message="网址应以 / 开头。"
)


def check_size(scope: Scope) -> Refusal | None:
    """Return why a request is refused for what it brings along; None where it is within the
    limits.
    """
    query: bytes = scope["query_string"]
    headers: list[tuple[bytes, bytes]] = scope["headers"]
    if not scope["path"].startswith("/"):
        return _NO_PATH
    if len(scope.get("raw_path") or b"") + len(query) > MAX_ADDRESS_BYTES:
        return TOO_LONG
    if query.count(b"&") >= MAX_PARAMETERS:
        return _TOO_MANY_PARAMETERS
    # An older browser sends the whole address of the page it comes from, which may hold
    # a text as long as ours.
    if len(headers) > MAX_HEADERS or _bytes(headers) > MAX_HEADER_BYTES:
        return TOO_MANY_HEADERS
    return _TOO_MUCH_BODY if _brings_a_body(headers) else None


def _bytes(headers: list[tuple[bytes, bytes]]) -> int:
    return sum(len(name) + len(value) for name, value in headers if name != b"referer")


def _brings_a_body(headers: list[tuple[bytes, bytes]]) -> bool:
    """Tell whether a body is announced that is too long, or whose length is not told."""
    told = [value for name, value in headers if name == b"content-length"]
    if any(name == b"transfer-encoding" for name, _ in headers):
        return True
    return any(
        not value.isdigit() or len(value) > 9 or int(value) > MAX_BODY_BYTES
        for value in told
    )
