"""An early end by Ctrl-C, SIGTERM or a terminal that closes. It interrupts a drill once, and never undoing a fault."""

import io
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from types import FrameType
from typing import TextIO

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""SIGHUP: the terminal or the SSH session was closed."""


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
        former = {one: signal.signal(one, self._take) for one in SIGNALS if not _is_to_outlive_its_terminal(one)}
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


def _is_to_outlive_its_terminal(number: signal.Signals) -> bool:
    """Return whether it was started by nohup."""
    return number == signal.SIGHUP and signal.getsignal(number) == signal.SIG_IGN


LOST = (OSError, ValueError)
"""What a write raises: into a closed terminal or pipe, into a closed stream, of what its encoding does not have."""


class Lossy(io.StringIO):
    """A stream that passes text on, and drops what cannot be written. It keeps nothing itself."""

    def __init__(self, stream: TextIO | None) -> None:
        """`stream`: None where the process has none."""
        super().__init__()
        self._stream = stream

    def write(self, text: str) -> int:
        """Write, or drop the text."""
        if self._stream is not None:
            with suppress(*LOST):
                self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Write what is buffered, or leave it."""
        if self._stream is not None:
            with suppress(*LOST):
                self._stream.flush()


@contextmanager
def lossy_output() -> Iterator[None]:
    """Have nothing in the block fail because its terminal is closed, or nobody reads the pipe any more."""
    with redirect_stdout(Lossy(sys.stdout)), redirect_stderr(Lossy(sys.stderr)):
        yield
        sys.stdout.flush()
