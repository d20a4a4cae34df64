"""What the resources of this run have, whatever their names: Pulumi knows a resource by its name and parents only.

A resource with a new name is created, which changes nothing where the thing exists already, and at the end of the run
the one with the former name is deleted. An existing SCN that joins a pair is another resource too. That would undo what
the new one has just taken over. So each resource declares what it has when it is compared or created, and a removal
leaves alone what another one has declared. One process serves all resources of a run (tests/engine/test_renamed.py); a
destroy declares nothing, so it undoes everything.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

Thing = tuple[str, ...]
"""Identifies what the removal of a resource undoes. It does not contain the name of the resource."""

_taken: set[Thing] = set()
_locks: dict[Thing, threading.Lock] = {}
_locking = threading.Lock()


def take(thing: Thing) -> None:
    """Declare that a resource of this run has it."""
    _taken.add(thing)


def is_taken(thing: Thing) -> bool:
    """Return whether a resource of this run has it."""
    return thing in _taken


@contextmanager
def alone(thing: Thing | None) -> Iterator[None]:
    """Let nobody else create or remove it meanwhile: when two resources exchange their names, both happens at once."""
    if thing is None:
        yield
        return
    with _locking:
        lock = _locks.setdefault(thing, threading.Lock())
    with lock:
        yield


def forget() -> None:
    """Forget what was declared; for tests."""
    _taken.clear()
    _locks.clear()
