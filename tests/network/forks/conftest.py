"""A network of seven nodes, brought up once, by a program that gives the restarts before a fork less time."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from components.domain import forks
from components.hosts.local_preflight import missing
from tests.network.conftest import make_stack
from tests.network.edited_program import edited_program
from tests.network.forks.planned import FAR, with_forks
from tests.network.running import first_up, network
from tests.stack import Stack

__all__ = ["LEAD", "archives", "first_up", "network", "stack"]

LEAD = {
    f"RESTART_SECONDS: Final = {forks.RESTART_SECONDS}\n": "RESTART_SECONDS: Final = 15\n",
    f"MARGIN_SECONDS: Final = {forks.MARGIN_SECONDS}\n": "MARGIN_SECONDS: Final = 30\n",
}


@pytest.fixture(scope="package")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Yield a stack with nothing in it, whose chains begin with forks that are far ahead."""
    if missing():
        pytest.skip(" ".join(missing()))
    program = edited_program(tmp_path_factory.mktemp("program"), "components/domain/forks.py", LEAD)
    with make_stack(tmp_path_factory.mktemp("stack"), with_forks(FAR), program) as stack:
        yield stack


@pytest.fixture(scope="package")
def archives(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder for archives that the settings of several tests name."""
    return tmp_path_factory.mktemp("archives")
