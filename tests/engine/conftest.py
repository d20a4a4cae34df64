"""Stacks for tests of the program under the real engine. None of them is ever brought up."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.engine.empty_stack import Empty, empty_stack
from tests.run import Run
from tests.stack import Settings, Stack


@pytest.fixture
def preview(tmp_path: Path) -> Callable[[Settings], Run]:
    """Return a function that previews a configuration of a new stack."""
    return lambda settings: Stack(tmp_path, settings).preview(diff=True)


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Empty]:
    """Yield a stack of nothing, in a backend of its own."""
    with empty_stack(tmp_path) as stack:
        yield stack
