"""The end: a network of which parts are dead already is destroyed without a trace. Nothing can come after this."""

import os
import signal

from components.dynamic.machines.local_namespaces import BASE, keeper_of
from tests.network.conftest import destroy
from tests.network.network import Network
from tests.network.traces import Traces


def test_destroy_leaves_nothing_though_nodes_and_a_host_are_dead(network: Network) -> None:
    traces = Traces.of(network.stack.network_id)
    found = traces.remains()
    for kind in ("folder", "interface", "mount", "process"):  # what is looked for is found while it is there
        assert any(line.startswith(kind) for line in found)
    assert len(traces.spaces) > 5 * len(network.endpoints)
    for node in ("alpha-en", "scn-1", "scn-4"):
        network.kill(node)
    host = keeper_of(BASE / network.stack.network_id / "beta-en")
    assert host
    for pid in (host.first_process(), host.pid):
        assert pid
        os.kill(pid, signal.SIGKILL)
    run = destroy(network.stack)
    assert run.changes.keys() == {"delete"}
    assert traces.remains() == []
    assert network.stack.resources() == []
