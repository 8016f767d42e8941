"""Which names a request may call this server by: links and exported tables repeat the name they
were asked under.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from ipaddress import IPv6Address, ip_address
from typing import Final

from starlette.types import Scope

from kb.settings import HOST_NAME, Settings
from web.refusing import Refusal

_HOST: Final = re.compile(rf"(?P<name>{HOST_NAME}|\[[0-9A-Fa-f:.]+\])(?::\d{{1,5}})?")
_LOCAL: Final = ("localhost", "127.0.0.1", "::1")
#: What a server listens on when it listens everywhere is nobody's name.
_EVERYWHERE: Final = ("0.0.0.0", "::", "")

_MALFORMED: Final = Refusal(
    status=400,
    code="invalid_host",
    title="网址有误",
    message="请求没有写明主机名（Host），或写了两个，或写法不对。请用管理员公布的网址打开；"
    "经反向代理访问的，请管理员让代理把读者所用的主机名写进 Host。",
)
_UNKNOWN: Final = Refusal(
    status=400,
    code="unknown_host",
    title="网址没有登记",
    message="网址里的主机名没有登记，不予应答。请用管理员公布的网址打开；"
    "管理员如要以这个名字提供服务，请把它写进环境变量 KB_HOSTS（多个以逗号隔开），再重启服务。",
)


def known_hosts(settings: Settings) -> frozenset[str]:
    """Return every name this server goes by, apart from the address a connection came in on."""
    given = () if settings.host in _EVERYWHERE else (settings.host,)
    return frozenset(map(_plain, (*_LOCAL, *given, *settings.hosts)))


def check_host(scope: Scope, known: Collection[str]) -> Refusal | None:
    """Return why a request is refused for the host it names; None where that is one of ours.

    Ports are ignored. The address of the connection itself is always allowed: a page of another
    site can lead a browser here under a name of its own, but under no other address.
    """
    given = [
        value.decode("latin-1") for name, value in scope["headers"] if name == b"host"
    ]
    match = _HOST.fullmatch(given[0]) if len(given) == 1 else None
    if match is None:
        return _MALFORMED
    name = _plain(match["name"])
    own = scope.get("server")
    return None if name in known or (own and name == _plain(own[0])) else _UNKNOWN


def _plain(name: str) -> str:
    """Return a name as it is compared: small letters, no final dot, addresses written one way."""
    bare = name.strip("[]").lower().removesuffix(".")
    try:
        address = ip_address(bare.partition("%")[0])
    except ValueError:
        return bare
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return str(mapped or address)
