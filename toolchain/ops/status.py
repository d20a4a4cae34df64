"""The state of a running stack at this moment: one verdict, and a row for each node, pair, direction and contract.

usage: pulumi stack export --show-secrets | python -m toolchain.ops.status STACK [--json] [--watch] [--html FILE]

It reads the nodes and the two contracts over SSH, all at once, and changes nothing. Exit status: 0 healthy, 1 degraded,
2 stopped or unreadable. The keys in the export stay in memory.
"""

import json
import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import FrameType

from components.domain.networks import Side
from components.domain.problems.operations.state import CALLED_WRONGLY, STACK_NOT_UP
from components.domain.problems.problem import Message
from components.watch.judging.judge import judge
from components.watch.reading.reader import Views, read
from components.watch.readings import OpenRequest, Read
from components.watch.report import EXIT_CODES, Report
from components.watch.rows import report
from components.watch.targets import Targets
from toolchain.ops.state import targets_of
from toolchain.ops.status_history import History
from toolchain.ops.status_html import page
from toolchain.ops.status_table import table

FLAGS = ("--json", "--watch")
PAGE = "--html"
"""Followed by the file to write."""
EVERY = 5.0
"""Seconds from one look to the next, with --watch."""
ENDING = (signal.SIGINT, signal.SIGTERM)
DUMB = ("", "dumb", "unknown")
"""Kinds of terminals (TERM) that can only print one line after the other."""


def look(stack: str, targets: Targets) -> Report:
    """Read a stack once."""
    readings = read(targets, opened=_opened)
    return report(stack, targets, readings, judge(targets, readings))


def _opened(targets: Targets, source: Side, views: Views, nonce: int) -> Read[OpenRequest]:
    from components.watch.reading.open_requests import opened  # web3 takes a second to load, and most looks need none

    return opened(targets, source, views, nonce)


def shown(found: Report, *, as_json: bool, colours: bool) -> str:
    """Return what is printed."""
    return found.model_dump_json(by_alias=True, indent=2) if as_json else table(found, colours=colours)


@dataclass(frozen=True)
class Wish:
    """What is asked for."""

    as_json: bool = False
    watched: bool = False
    page: Path | None = None

    @classmethod
    def of(cls, words: Sequence[str]) -> "Wish | Message":
        """Read the options, or return what is wrong with them."""
        left, page = list(words), None
        if PAGE in left[:-1]:
            page = Path(left.pop(left.index(PAGE) + 1))
            left.remove(PAGE)
        if unknown := [word for word in left if word not in FLAGS]:
            return CALLED_WRONGLY(f"no option {unknown[0]}; use ARGS=--json, ARGS=--watch or ARGS='--html FILE'")
        return cls("--json" in left, "--watch" in left, page)


def history_of(stack: str, wish: Wish) -> History | None:
    """Return the history in the page, which a watch goes on with; None if nobody watches."""
    if not (wish.watched and wish.page):
        return None
    try:
        return History.of_page(stack, wish.page.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        return History(stack)


def say(found: Report, wish: Wish, monitor: str = "") -> None:
    """Print what was found. `monitor`: URL of its Prometheus."""
    colours = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    where = f"\n\n{_metrics(monitor)}" if monitor and not wish.as_json else ""
    print(f"{shown(found, as_json=wish.as_json, colours=colours)}{where}", flush=True)


def _metrics(monitor: str) -> str:
    return f"metrics and alerts: {monitor}" if monitor else ""


def write(found: Report, wish: Wish, history: History | None = None) -> None:
    """Write the page, if one is asked for. Raises OSError."""
    if wish.page:
        new = wish.page.with_name(f".{wish.page.name}.new")  # so that nobody sees half a page
        new.write_text(page(found, history, EVERY if wish.watched else None), encoding="utf-8")
        new.replace(wish.page)


def is_live(wish: Wish) -> bool:
    """Return whether each look is to take the place of the one before: a terminal can do that, a file cannot."""
    return wish.watched and not wish.as_json and sys.stdout.isatty() and os.environ.get("TERM", "") not in DUMB


def follow(looks: Iterator[Report], wish: Wish, history: History | None, monitor: str) -> Report:
    """Show each look, and write the page each time, until there are no more, Ctrl-C or SIGTERM. Return the last one.

    Raises OSError.
    """
    found = next(looks)
    with _ended_once():
        with ExitStack() as stack:
            put = partial(say, wish=wish, monitor=monitor)
            if live := is_live(wish):
                from toolchain.ops.status_live import Screen  # only a watch needs rich

                put = partial(stack.enter_context(Screen(sys.stdout)).show, more=_metrics(monitor))
            with suppress(KeyboardInterrupt, BrokenPipeError):  # somebody has seen enough
                while True:
                    put(found)
                    write(found, wish, history := history and history.with_look(found))
                    if (now := next(looks, None)) is None:
                        break
                    found = now
        if live:
            say(found, wish, monitor)  # for the terminal forgets the screen
    return found


@contextmanager
def _ended_once() -> Iterator[None]:
    """Have SIGTERM do what Ctrl-C does, and a second signal nothing: the terminal is given back by then."""

    def end(_number: int, _frame: FrameType | None) -> None:
        for one in ENDING:
            signal.signal(one, signal.SIG_IGN)
        raise KeyboardInterrupt

    former = {one: signal.signal(one, end) for one in ENDING if signal.getsignal(one) != signal.SIG_IGN}
    try:
        yield
    finally:
        for one, handler in former.items():
            signal.signal(one, handler)


def looks_at(stack: str, targets: Targets, wish: Wish) -> Iterator[Report]:
    """Look once, or again and again."""
    yield look(stack, targets)
    while wish.watched:
        time.sleep(EVERY)
        yield look(stack, targets)


def main(stack: str, *options: str) -> int:
    """Look at the stack whose export is on standard input; return the exit status."""
    text = sys.stdin.read()
    if not text.strip():
        return EXIT_CODES["stopped"]  # Pulumi has said why
    targets, wish = targets_of(json.loads(text)), Wish.of(options)
    if not isinstance(wish, Message) and not targets.nodes:
        wish = STACK_NOT_UP("the state of the stack has no nodes; run make up first")
    if isinstance(wish, Message):
        print(f"error: {wish}", file=sys.stderr)
        return EXIT_CODES["stopped"]
    try:
        found = follow(looks_at(stack, targets, wish), wish, history_of(stack, wish), targets.monitor)
    except OSError as error:
        print(f"error: {CALLED_WRONGLY(f'{wish.page} cannot be written: {error.strerror}')}", file=sys.stderr)
        return EXIT_CODES["stopped"]
    return found.verdict.exit_code


if __name__ == "__main__":
    status = main(*sys.argv[1:])
    os._exit(status)  # threads may still wait for machines that do not answer
