"""Stacks that leave nothing behind, and a chain for all tests; what they do not survive is shown with its logs."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from components.dynamic.machines.local_namespaces import BASE
from components.dynamic.machines.local_network import LocalNetworkProvider
from components.hosts.local_preflight import missing
from components.topology.local_addresses import default_subnet
from tests.network.lone_chain import LoneChain, lone_chain
from tests.network.traces import Traces
from tests.stack import ROOT, Failed, Run, Settings, Stack

LOG_LINES = 25

_living: list[Stack] = []


@pytest.fixture(scope="package")
def chain() -> Iterator[LoneChain]:
    """Yield a chain of one validator; at the end nothing of it may be left."""
    if missing():
        pytest.skip(" ".join(missing()))
    with lone_chain() as chain:
        yield chain


@contextmanager
def make_stack(folder: Path, settings: Settings, program: Path = ROOT) -> Iterator[Stack]:
    """Yield a stack that is destroyed afterwards, of which nothing may be left then."""
    stack = Stack(folder, settings, program=program)
    _living.append(stack)
    try:
        yield stack
    finally:
        traces = Traces.of(stack.network_id)
        destroy(stack)
        _living.remove(stack)
        assert traces.remains() == []


def destroy(stack: Stack) -> Run:
    """Destroy a stack; when that fails, end its hosts all the same before raising Failed."""
    try:
        return stack.destroy()
    except Failed:
        network = {"network": stack.network_id, "subnet": str(default_subnet(stack.network_id))}
        LocalNetworkProvider().delete(stack.network_id, network)
        raise


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add the logs of all nodes to the report of a failure."""
    report = yield
    if report.failed:
        for stack in _living:
            for node, end in _logs(stack.network_id).items():
                report.sections.append((f"end of the log of {node} ({stack.network_id})", end))
    return report


def _logs(network_id: str) -> dict[str, str]:
    """Return the ends of the logs of all nodes of a network; read on this machine, so that dead hosts count."""
    found = sorted((BASE / network_id).glob("*/srv/data/logs/*.out"))
    ends = {path.parents[3].name: path.read_text(errors="replace").splitlines()[-LOG_LINES:] for path in found}
    return {node: "\n".join(lines) for node, lines in ends.items()}
