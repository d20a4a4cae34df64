"""Reading raw values of a configuration, of which any may be wrong. The model reports that, and rules pass over it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

Raw = Mapping[str, Any]
"""A configuration, or a section of one, as YAML has it: keys without the namespace."""


def section(raw: Raw, name: str) -> Raw:
    """Return the section of that name; an empty one where there is none."""
    found = raw.get(name)
    return found if isinstance(found, Mapping) else {}


def items(value: Any) -> list[Any]:
    """Return a list; an empty one where the value is something else."""
    return value if isinstance(value, list) else []


def parsed(adapter: TypeAdapter[Any], value: object) -> Any:
    """Return a value as its type has it, or None where it is wrong."""
    try:
        return adapter.validate_python(value)
    except ValidationError:
        return None


def good(kind: Any, values: object) -> list[str]:
    """Return the values of a list that are right."""
    adapter: TypeAdapter[str] = TypeAdapter(kind)
    return [found for value in items(values) if (found := parsed(adapter, value))]


def repeated(values: Iterable[Any]) -> list[tuple[str, int]]:
    """Return the texts that are there more than once, and how often."""
    counts = Counter(value for value in values if isinstance(value, str))
    return [(value, times) for value, times in counts.items() if times > 1]
