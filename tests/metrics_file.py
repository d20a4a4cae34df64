"""What the exporter writes, as its tests read it."""

import re

Values = dict[str, float]
_LINE = re.compile(r"servicechain_(\w+(?:\{[^}]*\})?) (\S+)")


def values_of(text: str) -> Values:
    """Return the values of a file, by their names without the prefix and with their labels."""
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    found = [_LINE.fullmatch(line) for line in lines]
    assert all(found), text
    values = {one[1]: float(one[2]) for one in found if one}
    assert len(values) == len(lines)
    return values
