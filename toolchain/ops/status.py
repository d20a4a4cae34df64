"""The state of a running stack at this moment: one verdict, and a row for each node, pair, direction and contract.

usage: pulumi stack export --show-secrets | python -m toolchain.ops.status STACK [--json] [--watch]

It reads the nodes and the two contracts over SSH, all at once, and changes nothing. Exit status: 0 healthy, 1 degraded,
2 stopped or unreadable. The keys in the export stay in memory.
"""

import json
import os
import sys
import time
from collections.abc import Mapping
from typing import Any

from components.domain.networks import Side
from components.domain.problems.operations import CALLED_WRONGLY, STACK_NOT_UP
from components.domain.problems.problem import Message
from components.watch.judging.judge import judge
from components.watch.reading.reader import Views, read
from components.watch.readings import OpenRequest, Read
from components.watch.report import EXIT_CODES, Report
from components.watch.rows import report
from components.watch.targets import Targets
from toolchain.ops.state import targets_of
from toolchain.ops.status_table import table

OPTIONS = ("--json", "--watch")
EVERY = 5.0
"""Seconds from one look to the next, with --watch."""
HOME = "\x1b[H\x1b[J"
"""Clears the terminal."""


def look(stack: str, targets: Targets) -> Report:
    """Read a stack once."""
    readings = read(targets, oldest=_oldest)
    return report(stack, targets, readings, judge(targets, readings))


def _oldest(targets: Targets, source: Side, views: Views, nonce: int) -> Read[OpenRequest]:
    from components.watch.reading.open_requests import oldest  # web3 takes a second to load, and most looks need none

    return oldest(targets, source, views, nonce)


def shown(found: Report, *, as_json: bool, colours: bool) -> str:
    """Return what is printed."""
    return found.model_dump_json(by_alias=True, indent=2) if as_json else table(found, colours=colours)


def unusable(words: list[str], export: Mapping[str, Any]) -> Message | None:
    """Return why there is nothing to look at."""
    if unknown := [word for word in words if word not in OPTIONS]:
        return CALLED_WRONGLY(f"unknown option {unknown[0]}; use ARGS=--json or ARGS=--watch")
    if not targets_of(export).nodes:
        return STACK_NOT_UP("the state of the stack has no nodes; run make up first")
    return None


def main(stack: str, *options: str) -> int:
    """Look at the stack whose export is on standard input; return the exit status."""
    text = sys.stdin.read()
    if not text.strip():
        return EXIT_CODES["stopped"]  # Pulumi has said why
    export = json.loads(text)
    if reason := unusable(list(options), export):
        print(f"error: {reason}", file=sys.stderr)
        return EXIT_CODES["stopped"]
    targets, as_json, watched = targets_of(export), "--json" in options, "--watch" in options
    colours = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    found = look(stack, targets)
    try:
        while watched:
            print(f"{'' if as_json else HOME}{shown(found, as_json=as_json, colours=colours)}", flush=True)
            time.sleep(EVERY)
            found = look(stack, targets)
        print(shown(found, as_json=as_json, colours=colours), flush=True)
    except (KeyboardInterrupt, BrokenPipeError):
        pass  # somebody has seen enough
    return found.verdict.exit_code


if __name__ == "__main__":
    status = main(*sys.argv[1:])
    os._exit(status)  # threads may still wait for machines that do not answer
