"""How moto is taught what EC2 does and refuses, for as long as a test's server runs.

Without this, a test could not tell a program that takes things away in the right order from one that does not.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, NoReturn
from unittest import mock

from moto.ec2.exceptions import EC2ClientError

__all__ = ["Manners", "refuse"]

_Wrapper = Callable[..., Any]


class Manners:
    """Functions that stand in for those of moto."""

    def __init__(self) -> None:
        self._all: list[tuple[Any, str, _Wrapper]] = []

    def instead_of(self, owner: Any, name: str) -> Callable[[_Wrapper], _Wrapper]:
        """Register a function to be called instead, with the original one and its arguments."""

        def register(wrapper: _Wrapper) -> _Wrapper:
            self._all.append((owner, name, wrapper))
            return wrapper

        return register

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Apply all of them while the context lasts."""
        with ExitStack() as stack:
            for owner, name, wrapper in self._all:
                stack.enter_context(mock.patch.object(owner, name, _with(getattr(owner, name), wrapper)))
            yield


def refuse(code: str, sentence: str) -> NoReturn:
    """Refuse a call as EC2 does."""
    raise EC2ClientError(code, sentence)


def _with(original: Any, wrapper: _Wrapper) -> Any:
    if isinstance(original, property):
        return property(lambda owner: wrapper(original.fget, owner))
    return lambda *arguments, **named: wrapper(original, *arguments, **named)
