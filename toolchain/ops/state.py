"""An exported state: values that Pulumi wraps, as they are more than plain JSON, and what to read of its stack."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from components.watch.targets import Targets

_MARK, _SECRET = "4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"
"""The key that marks a wrapped value, and its value for a secret."""


def is_secret(value: Mapping[str, Any]) -> bool:
    """Tell whether a mapping in an export stands for a secret value."""
    return value.get(_MARK) == _SECRET


def in_the_clear(value: Any) -> Any:
    """Return a value with the plaintext of all secrets in it; needs an export with --show-secrets."""
    if isinstance(value, dict):
        if is_secret(value) and "plaintext" in value:
            return json.loads(value["plaintext"])
        return {key: in_the_clear(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [in_the_clear(inner) for inner in value]
    return value


def resources_of(export: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the resources in an export of the state, secrets in the clear."""
    return [in_the_clear(resource) for resource in (export.get("deployment") or {}).get("resources") or ()]


def by_name(resources: Iterable[Mapping[str, Any]], type_: str) -> dict[str, Mapping[str, Any]]:
    """Return the outputs, if any, of all resources whose type ends with `type_`, by resource name."""
    return {
        str(one["urn"]).rpartition("::")[2]: one.get("outputs") or {}
        for one in resources
        if str(one["type"]).endswith(type_)
    }


def targets_of(export: Mapping[str, Any]) -> Targets:
    """Return what to read, from an export of the state with its secrets."""
    deployment = export.get("deployment") or {}
    return Targets.of({"deployment": {**deployment, "resources": resources_of(export)}})
