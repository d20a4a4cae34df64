"""KNIs: addresses of nodes, as the node's console, its logs and homi print them."""

import re
from contextlib import suppress
from ipaddress import IPv4Address
from typing import Annotated, Any

from pydantic import BeforeValidator

from components.domain.kni import SCHEME
from components.domain.ports import EN_PORT, LAST_PORT
from components.settings.values.types import shown

_FORM = re.compile(r"(?P<scheme>[a-z]+)://(?P<key>[^@/?]*)@(?P<place>[^/?]*)(?P<query>\?.*)?", re.DOTALL)
_KEY = re.compile(r"[0-9a-fA-F]{128}")
_PLACE = re.compile(r"(?P<host>[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?):(?P<port>[1-9][0-9]{0,4})")
_QUERY = re.compile(r"(\?[A-Za-z0-9=&]*)?")


def _kni(value: Any) -> str:
    """Return a KNI as nodes read it. homi writes & as JSON may, by its code."""
    found = _FORM.fullmatch(value.replace("\\u0026", "&")) if isinstance(value, str) else None
    if not found:
        raise _none(value)
    if found["scheme"] != SCHEME:
        raise _none(value, f"it begins with {found['scheme']}://")
    if not _KEY.fullmatch(found["key"]):
        raise _none(value, f"before the @ there are {len(found['key'])} characters and not 128 hex digits")
    _check(value, found["place"])
    if not _QUERY.fullmatch(found["query"] or ""):
        raise _none(value, "after the question mark belong discport and ntype, and nothing else")
    return f"{SCHEME}://{found['key'].lower()}@{found['place']}{found['query'] or ''}"


def _check(value: object, given: str) -> None:
    """Look at host and port. Nodes print the address that they listen on, where others cannot dial them."""
    host, _, port = given.rpartition(":")
    if host.strip("[]") in ("", "::", "0.0.0.0", "0:0:0:0:0:0:0:0"):  # noqa: S104 - refused
        raise _none(
            value,
            f"{shown(given)} after the @ is where the node listens; put the address there that other nodes dial, such "
            f"as 10.0.0.5:{port or EN_PORT}",
        )
    if host.startswith("[") or ":" in host:
        raise _none(value, f"{host} is an IPv6 address, and nodes are dialled by IPv4 here")
    place = _PLACE.fullmatch(given)
    if not place or int(place["port"]) > LAST_PORT or not _is_host(host):
        raise _none(value, f"{shown(given)} after the @ is no address and port, such as 10.0.0.5:{EN_PORT}")


def _none(value: object, why: str = "") -> ValueError:
    text = value[:30] + "..." if isinstance(value, str) and len(value) > 60 else value
    words = f"{shown(text)} is no KNI; write kni://, the node's public key of 128 hex digits, @, its address and port"
    return ValueError(f"{words} ({why})" if why else words)


def _is_host(host: str) -> bool:
    if re.fullmatch(r"[0-9.]+", host):
        with suppress(ValueError):
            return not IPv4Address(host).is_multicast
        return False
    return True


Kni = Annotated[str, BeforeValidator(_kni)]
