"""Settings that go back to the archives of an earlier up. Everything else in them is as it is now.

usage: python -m toolchain.ops.rollback RECORD SETTINGS TARGET

RECORD is the settings file of that up. Prints one line per archive that differs, and writes TARGET if there are any.
Values are moved as they are written: what stays, such as an encrypted value or an account in quotes, is never
interpreted. Pulumi has read SETTINGS before, so it is YAML.
"""

import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import yaml

from components.domain.roles import Program
from components.settings.sentences import NAMESPACE

ARCHIVES: tuple[str, ...] = get_args(Program)
"""The keys of a section `packages` that name archives of nodes."""
SECTION = "packages"

_MAP, _TEXT = "tag:yaml.org,2002:map", "tag:yaml.org,2002:str"
_DIGITS = 8
"""Of a SHA-256, to tell two archives apart."""


@dataclass(frozen=True)
class Change:
    """An archive that differs."""

    key: str
    """Such as packages.ken."""
    line: int | None
    """Where it is in the settings now, from 1; None if it is not there."""
    now: str
    then: str
    """Both empty if the archive is not named."""

    def __str__(self) -> str:
        place = f"line {self.line}, {self.key}" if self.line else self.key
        if not self.then:
            return f"{place}: remove {self.now}"
        return f"{place}: {self.now} -> {self.then}" if self.now else f"{place}: add {self.then}"


def merged(settings: str, record: str) -> tuple[str, list[Change]]:
    """Return the settings with the archives of the record, and which of them differ."""
    root = _parsed(settings)
    now, then = _get(root, "config"), _get(_parsed(record), "config")
    if not isinstance(now, yaml.MappingNode):
        now = yaml.MappingNode(_MAP, [])
        _put(root, "config", now)
    changes = list(_merge(now, then, f"{NAMESPACE}:{SECTION}", SECTION))
    pairs = _by_name(_get(then, "pairs"))
    for name, pair in _by_name(_get(now, "pairs")).items():
        if name in pairs:  # nothing is known of a pair that the record does not have
            changes += _merge(pair, pairs[name], SECTION, f"pairs[{name}].{SECTION}")
    return yaml.serialize(root), changes


def _merge(now: yaml.MappingNode, then: yaml.Node | None, key: str, shown: str) -> Iterator[Change]:
    """Replace the archives in the section `packages` of a node; return those that differ."""
    own, former = _get(now, SECTION), _get(then, SECTION)
    changes = [
        Change(f"{shown}.{program}", mine.start_mark.line + 1 if mine else None, _told(mine), _told(its))
        for program in ARCHIVES
        if _value(mine := _get(own, program)) != _value(its := _get(former, program))
    ]
    if changes:
        kept = [(name, value) for name, value in _entries(own) if name.value not in ARCHIVES]
        back = [(name, value) for name, value in _entries(former) if name.value in ARCHIVES]
        _put(now, key, yaml.MappingNode(_MAP, [*kept, *back]))
    yield from changes


def _parsed(text: str) -> yaml.MappingNode:
    root = yaml.compose(text, yaml.SafeLoader)
    return root if isinstance(root, yaml.MappingNode) else yaml.MappingNode(_MAP, [])


def _entries(node: yaml.Node | None) -> list[tuple[yaml.Node, yaml.Node]]:
    return node.value if isinstance(node, yaml.MappingNode) else []


def _get(node: yaml.Node | None, name: str) -> yaml.Node | None:
    """Return the value of a key, with or without the namespace of the program."""
    return next((value for key, value in _entries(node) if _bare(key) == name), None)


def _put(node: yaml.MappingNode, name: str, value: yaml.Node) -> None:
    """Set a key where it is, or at the end if it is not there."""
    added = yaml.ScalarNode(_TEXT, name)
    places = [index for index, (key, _) in enumerate(node.value) if _bare(key) == _bare(added)]
    if places:
        node.value[places[0]] = (node.value[places[0]][0], value)
    else:
        node.value.append((added, value))


def _bare(key: yaml.Node) -> str:
    return str(key.value).removeprefix(f"{NAMESPACE}:")


def _by_name(pairs: yaml.Node | None) -> Mapping[str, yaml.MappingNode]:
    listed = pairs.value if isinstance(pairs, yaml.SequenceNode) else []
    return {str(_value(_get(pair, "name"))): pair for pair in listed if isinstance(pair, yaml.MappingNode)}


def _value(node: yaml.Node | None) -> object:
    return yaml.safe_load(yaml.serialize(node)) if node else None


def _told(node: yaml.Node | None) -> str:
    """Return in words which archive it is. What follows the path of a URL may be secret."""
    value = _value(node)
    if not isinstance(value, dict):
        return str(value or "").partition("?")[0]
    place = value.get("file") or value.get("url")
    told = [str(place).partition("?")[0] if isinstance(place, str) else "a secret place"]
    told += [str(value["version"])] if "version" in value else []
    told += [f"sha256 {str(value['sha256'])[:_DIGITS]}…"] if "sha256" in value else []
    return ", ".join(told)


def main(record: str, settings: str, target: str) -> None:
    """Write the merged settings for their owner only."""
    now = Path(settings).read_text() if Path(settings).exists() else ""
    text, changes = merged(now, Path(record).read_text())
    if changes:
        Path(target).unlink(missing_ok=True)
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
        print(*changes, sep="\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
