"""Work that is done at the same time, and that nobody waits for longer than a deadline."""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from components.chain.errors import ChainError, HostUnreachable
from components.domain.problems.operations.machines import MACHINE_SILENT
from components.domain.problems.problem import Message
from components.watch.readings import Missing, Read

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Task(Generic[T_co]):
    """A reading that is being made. It is missing until it is there."""

    def __init__(self, node: str, do: Callable[[], Read[T_co]], seconds: float) -> None:
        self._do = do
        self._error: Exception | None = None
        self._value: Read[T_co] = Missing(MACHINE_SILENT(f"{node}: no answer in {seconds:g} s"), away=True)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._value = self._do()
        except ChainError as error:
            self._value = Missing(Message(str(error)), away=isinstance(error, HostUnreachable))
        except Exception as error:  # noqa: BLE001 - raised in the thread that waits
            self._error = error

    def wait(self, seconds: float) -> Read[T_co]:
        """Return what there is after so many seconds at most. The work continues, and nothing waits for it."""
        self._thread.join(max(0.0, seconds))
        if self._error:
            raise self._error
        return self._value


class Together:
    """Tasks with one deadline, which begins with this object."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._until = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Return the seconds that are left."""
        return max(0.0, self._until - time.monotonic())

    def start(self, node: str, do: Callable[[], Read[T]]) -> Task[T]:
        """Begin to read something of a node; `do` may raise ChainError."""
        return Task(node, do, self.seconds)

    def result(self, task: Task[T]) -> Read[T]:
        """Return the reading; Missing if it is not there in time."""
        return task.wait(self.left)
