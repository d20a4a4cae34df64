"""How tests are shared out to workers: those that have a network together stay together, in their order.

A folder of tests/network has one network for all of its files. All other files can be anywhere, and what takes long
begins first, so that the workers end together.
"""

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

NETWORKS = "tests/network/"
FIRST = ("network", "engine", "aws", "program", "unit")


class ByNetwork(LoadScopeScheduling):
    """Hands out whole folders of tests/network, and elsewhere whole files."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        folder = file.rpartition("/")[0]
        return folder if folder.startswith(NETWORKS) else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByNetwork:
    """Return the scheduler of a run with several workers."""
    config.option.loadscopereorder = False  # it counts tests, and a minute is no test
    return ByNetwork(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what takes long first, and networks before all else."""
    items.sort(key=_rank)


def _rank(item: pytest.Item) -> tuple[int, bool]:
    folders = item.nodeid.partition("::")[0].split("/")[1:-1]
    return FIRST.index(folders[0]), len(folders) == 1
