"""KNIs (addresses of nodes) in the configuration, as the node's console, its logs and homi print them."""

import re
from contextlib import suppress
from ipaddress import IPv4Address
from typing import Annotated, Any

from pydantic import BeforeValidator

from components.domain.kni import SCHEME
from components.domain.ports import EN_PORT, LAST_PORT
from components.domain.problems.settings import WRONG_KNI
from components.settings.values.types import json_schema, shown

_FORM = re.compile(r"(?P<scheme>[a-z]+)://(?P<key>[^@/?]*)@(?P<place>[^/?]*)(?P<query>\?.*)?", re.DOTALL)
_KEY = re.compile(r"[0-9a-fA-F]{128}")
_PLACE = re.compile(r"(?P<host>[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?):(?P<port>[1-9][0-9]{0,4})")
_QUERY = re.compile(r"(\?[A-Za-z0-9=&]*)?")


def _kni(value: Any) -> str:
    """Return a KNI as nodes read it. homi writes & as its JSON escape."""
    found = _FORM.fullmatch(value.replace("\\u0026", "&")) if isinstance(value, str) else None
    if not found:
        raise _not_a_kni(value)
    if found["scheme"] != SCHEME:
        raise _not_a_kni(value, f"it begins with {found['scheme']}://")
    if not _KEY.fullmatch(found["key"]):
        raise _not_a_kni(value, f"before the @ there are {len(found['key'])} characters and not 128 hex digits")
    _check(value, found["place"])
    if not _QUERY.fullmatch(found["query"] or ""):
        raise _not_a_kni(value, "after the question mark only discport and ntype are allowed")
    return f"{SCHEME}://{found['key'].lower()}@{found['place']}{found['query'] or ''}"


def _check(value: object, given: str) -> None:
    """Check host and port. Nodes print the address that they listen on, which others cannot dial."""
    host, colon, port = given.rpartition(":")
    if colon and host.strip("[]") in ("", "::", "0.0.0.0", "0:0:0:0:0:0:0:0"):  # noqa: S104 - refused
        raise _not_a_kni(
            value,
            f"{shown(given)} after the @ is where the node listens; write the address that other nodes dial, "
            f"such as 10.0.0.5:{port or EN_PORT}",
        )
    if host.startswith("[") or ":" in host:
        raise _not_a_kni(value, f"{host} is an IPv6 address, and nodes are dialled by IPv4")
    place = _PLACE.fullmatch(given)
    if not place or int(place["port"]) > LAST_PORT or not _is_host(host):
        raise _not_a_kni(value, f"{shown(given)} after the @ is not an address and port, such as 10.0.0.5:{EN_PORT}")


def _not_a_kni(value: object, why: str = "") -> ValueError:
    text = value[:30] + "..." if isinstance(value, str) and len(value) > 60 else value
    words = f"{shown(text)} is not a KNI; write kni://, the node's public key of 128 hex digits, @, address and port"
    return ValueError(WRONG_KNI(f"{words} ({why})" if why else words))


def _is_host(host: str) -> bool:
    if re.fullmatch(r"[0-9.]+", host):
        with suppress(ValueError):
            return not IPv4Address(host).is_multicast
        return False
    return True


Kni = Annotated[
    str,
    BeforeValidator(_kni),
    json_schema("string", "KNI", pattern=rf"^{SCHEME}://[0-9a-fA-F]{{128}}@.+:[0-9]+(\?.*)?$"),
]
