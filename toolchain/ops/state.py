"""Values in an exported state: Pulumi wraps those that are more than plain JSON."""

import json
from typing import Any

_MARK, _SECRET = "4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"
"""The key that marks a wrapped value, and its value for a secret."""


def in_the_clear(value: Any) -> Any:
    """Return a value with the plaintext of all secrets in it; needs an export with --show-secrets."""
    if isinstance(value, dict):
        if value.get(_MARK) == _SECRET and "plaintext" in value:
            return json.loads(value["plaintext"])
        return {key: in_the_clear(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [in_the_clear(inner) for inner in value]
    return value
