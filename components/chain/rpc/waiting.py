"""Waiting: until when, a line of progress now and then, and what is missing at the end."""

import math
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from components.chain.errors import ChainError, NotReady
from components.domain.problems.chains import NOT_IN_TIME
from components.domain.problems.problem import Message

PROGRESS_INTERVAL = 10.0
"""Seconds from one line of progress to the next."""

T = TypeVar("T")


class Waiting:
    """One wait with a limit. Its lines go to standard error, which Pulumi shows while a resource is worked on.

    Whoever waits asks `over` after each attempt, ends with an error of its own, or reports what is missing and pauses.
    """

    def __init__(self, limit: float = math.inf, every: float | None = None) -> None:
        """Begin now. `limit`: seconds; `every`: seconds between two lines, PROGRESS_INTERVAL if not given."""
        self.limit = limit
        self._every = PROGRESS_INTERVAL if every is None else every
        self._begin = self._renewed = self._shown = time.monotonic()

    @property
    def elapsed(self) -> float:
        """Return the seconds since it began."""
        return time.monotonic() - self._begin

    @property
    def idle(self) -> float:
        """Return the seconds since it was renewed, or since it began."""
        return time.monotonic() - self._renewed

    @property
    def over(self) -> bool:
        """Return whether the limit has passed since it was renewed, or since it began."""
        return self.idle >= self.limit

    @property
    def spent(self) -> str:
        """Return how long it has taken, and the limit if there is one: `12 s of 2 min`."""
        limit = "" if math.isinf(self.limit) else f" of {duration(self.limit)}"
        return f"{duration(self.elapsed)}{limit}"

    def renew(self) -> None:
        """Let the limit begin now, because there was progress."""
        self._renewed = time.monotonic()

    @property
    def due(self) -> bool:
        """Return whether it is time for the next line."""
        return time.monotonic() - self._shown >= self._every

    def show(self, line: str) -> None:
        """Print a line now."""
        print(line, file=sys.stderr)
        self._shown = time.monotonic()

    def report(self, missing: str) -> None:
        """Print how long it has taken and what is missing, if it is time for the next line."""
        if self.due:
            words = missing.words if isinstance(missing, Message) else missing
            self.show(f"waiting, {self.spent}: {words}")

    def pause(self, seconds: float) -> None:
        """Sleep until the next attempt."""
        time.sleep(seconds)


def wait_for(probe: Callable[[], T | str], deadline: float, interval: float = 0.2) -> T:
    """Call `probe` until it returns something other than a sentence with what is missing.

    `deadline` and `interval` are in seconds. Raises NotReady with the last sentence; one without a code gets that of
    NOT_IN_TIME. A ChainError of the probe counts as such a sentence: a node that is starting refuses connections.
    """
    waiting = Waiting(deadline)
    while isinstance(answer := _attempt(probe), str):
        if waiting.over:
            raise NotReady(_too_late(answer, f" (waited {deadline:g} s)"))
        waiting.report(answer)
        waiting.pause(interval)
    return answer


def _attempt(probe: Callable[[], T | str]) -> T | str:
    try:
        return probe()
    except ChainError as error:
        return Message(str(error))


def _too_late(missing: str, waited: str) -> Message:
    return missing.extended(waited) if isinstance(missing, Message) else NOT_IN_TIME(f"{missing}{waited}")


@contextmanager
def repeated(work: Callable[[], None], pause: float) -> Iterator[None]:
    """Call `work` again and again while the block runs, `pause` seconds before each call."""
    done = threading.Event()

    def run() -> None:
        while not done.wait(pause):
            work()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


@contextmanager
def reported(step: str) -> Iterator[None]:
    """Report a step now and then while the block runs, which is one call that takes long."""
    waiting = Waiting()
    with repeated(lambda: print(f"waiting, {waiting.spent}: {step}", file=sys.stderr), PROGRESS_INTERVAL):
        yield


def duration(seconds: float) -> str:
    """Return a length of time in its two largest units, such as `2 h 13 min`."""
    whole = round(seconds)
    for size, unit, part_size, part in ((86400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s")):
        if whole >= size:
            smaller = whole % size // part_size
            return f"{whole // size} {unit}" + (f" {smaller} {part}" if smaller else "")
    return f"{whole} s"
