"""The options of a drill and of a soak. Pure."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from components.domain.problems.operations.state import CALLED_WRONGLY
from toolchain.ops.drill.fault import KINDS, Kind
from toolchain.ops.drill.plan import Selection
from toolchain.ops.drill.scene import Refused

HOLD = 10.0
"""Seconds that a fault lasts at least, so that some transfers are requested meanwhile."""


@dataclass(frozen=True)
class Options:
    """What somebody asked for."""

    stack: str
    selection: Selection
    json: Path | None = None
    hold: float = HOLD
    """Seconds that each fault lasts at least."""
    minutes: float | None = None
    """Of a soak; None for a drill."""
    seed: int | None = None


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise Refused(CALLED_WRONGLY(f"{message}; see docs/commands.md"))


def options(words: Sequence[str]) -> Options:
    """Read the options. Raises Refused."""
    parser = _Parser(add_help=False, allow_abbrev=False)
    parser.add_argument("stack")
    parser.add_argument("--fault", action="append", default=[])
    parser.add_argument("--pair", action="append", default=[])
    parser.add_argument("--node", action="append", default=[])
    parser.add_argument("--group", default="")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--hold", type=float, default=HOLD)
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--seed", type=int)
    found = parser.parse_args(words)
    group = _list([found.group])
    return Options(
        stack=found.stack,
        selection=Selection(_kinds(_list(found.fault), group), _list(found.pair), _list(found.node), group),
        json=found.json,
        hold=found.hold,
        minutes=found.minutes,
        seed=found.seed,
    )


def _list(values: Sequence[str]) -> tuple[str, ...]:
    return tuple(word for value in values for word in value.split(",") if word)


def _kinds(words: Sequence[str], group: Sequence[str]) -> tuple[Kind, ...]:
    if unknown := [word for word in words if word not in KINDS]:
        raise Refused(CALLED_WRONGLY(f"no fault {unknown[0]}; there are {', '.join(KINDS)}"))
    return tuple(kind for kind in KINDS if kind in words) or (("group",) if group else ())
