"""Raw values of a configuration. Any may be wrong: the model reports that, and rules ignore it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

Raw = Mapping[str, Any]
"""A configuration, or a section of one, as YAML has it: keys without the namespace."""


def section(raw: Raw, name: str) -> Raw:
    """Return the section of that name, or an empty one."""
    found = raw.get(name)
    return found if isinstance(found, Mapping) else {}


def existing_nodes(raw: Raw) -> Mapping[str, Raw]:
    """Return the machines of `existing.hosts` on which a node exists already, by name."""
    hosts = section(section(raw, "existing"), "hosts")
    return {
        name: host
        for name, host in hosts.items()
        if isinstance(host, Mapping) and isinstance(host.get("node"), Mapping)
    }


def items(value: Any) -> list[Any]:
    """Return the value if it is a list, or an empty list."""
    return value if isinstance(value, list) else []


def parsed(adapter: TypeAdapter[Any], value: object) -> Any:
    """Return a validated value, or None if it is wrong."""
    try:
        return adapter.validate_python(value)
    except ValidationError:
        return None


def good(kind: Any, values: object) -> list[str]:
    """Return the valid values of a list."""
    adapter: TypeAdapter[str] = TypeAdapter(kind)
    return [found for value in items(values) if (found := parsed(adapter, value))]


def repeated(values: Iterable[Any]) -> list[tuple[str, int]]:
    """Return the texts that occur more than once, and how often."""
    counts = Counter(value for value in values if isinstance(value, str))
    return [(value, times) for value, times in counts.items() if times > 1]
