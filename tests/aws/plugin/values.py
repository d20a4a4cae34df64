"""What the engine sends and gets: plain values, values that are not known yet, and secrets."""

from collections.abc import Collection, Mapping
from typing import Any, Final

from google.protobuf import json_format, struct_pb2

__all__ = ["UNKNOWN", "Properties", "decode", "encode", "is_known"]

Properties = dict[str, Any]
"""Of a resource: names as in Pulumi's schema, plain values, and UNKNOWN."""

_MARK, _SECRET = "4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"
_UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
_UNKNOWNS = {
    _UNKNOWN_TEXT,
    "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # a truth value
    "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # a number
    "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # a list
    "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # an object
}
"""Pulumi's stand-ins for a value that only an `up` will know, by the type of the value."""


class _Unknown:
    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = _Unknown()
"""A value that only an `up` will know. It is equal to itself only."""


def decode(struct: struct_pb2.Struct) -> tuple[Properties, set[str]]:
    """Return properties as plain values, and the names of those which are secret or have a secret inside."""
    properties: dict[str, Any] = json_format.MessageToDict(struct)
    secret = {name for name, value in properties.items() if _has_secret(value)}
    return {name: _plain(value) for name, value in properties.items()}, secret


def encode(properties: Mapping[str, Any], secret: Collection[str] = ()) -> struct_pb2.Struct:
    """Return properties as the engine wants them. None is left out: to Pulumi it is the same as nothing."""
    struct = struct_pb2.Struct()
    struct.update(
        {
            name: {_MARK: _SECRET, "value": _sent(value)} if name in secret else _sent(value)
            for name, value in properties.items()
            if value is not None
        }
    )
    return struct


def is_known(value: Any) -> bool:
    """Say whether a value has no UNKNOWN in it."""
    if isinstance(value, dict):
        return all(is_known(inner) for inner in value.values())
    if isinstance(value, list):
        return all(is_known(inner) for inner in value)
    return value is not UNKNOWN


def _has_secret(value: Any) -> bool:
    if isinstance(value, dict):
        return value.get(_MARK) == _SECRET or any(_has_secret(inner) for inner in value.values())
    return isinstance(value, list) and any(_has_secret(inner) for inner in value)


def _plain(value: Any) -> Any:
    match value:
        case dict() if value.get(_MARK) == _SECRET:
            return _plain(value["value"])
        case dict():
            return {name: _plain(inner) for name, inner in value.items() if inner is not None}
        case list():
            return [_plain(inner) for inner in value]
        case float() if value.is_integer():  # a Struct knows floats only
            return int(value)
        case str() if value in _UNKNOWNS:
            return UNKNOWN
    return value


def _sent(value: Any) -> Any:
    match value:
        case dict():
            return {name: _sent(inner) for name, inner in value.items() if inner is not None}
        case list():
            return [_sent(inner) for inner in value]
        case _Unknown():
            return _UNKNOWN_TEXT
    return value
