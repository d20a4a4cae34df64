"""An early end by Ctrl-C or SIGTERM: it interrupts a drill once, and never the undoing of a fault."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Ended(BaseException):
    """Somebody ended the drill. Not an Exception, so that nothing takes it for an error of a node."""


class Ending:
    """Takes the signals. Used by the main thread."""

    def __init__(self) -> None:
        self.asked = False
        """Whether somebody wants it to end."""
        self._deferred = 0

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Have the signals raise Ended while the block runs."""
        former = {one: signal.signal(one, self._take) for one in SIGNALS}
        try:
            yield
        finally:
            for one, handler in former.items():
                signal.signal(one, handler)

    def _take(self, _number: int, _frame: FrameType | None) -> None:
        first, self.asked = not self.asked, True
        if first and not self._deferred:
            raise Ended

    def require_wanted(self) -> None:
        """Raise Ended if a signal came while it was deferred."""
        if self.asked:
            raise Ended

    @contextmanager
    def deferred(self) -> Iterator[None]:
        """Let nothing interrupt the block; a signal is only noted."""
        self._deferred += 1
        try:
            yield
        finally:
            self._deferred -= 1
