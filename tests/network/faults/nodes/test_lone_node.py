"""The only node of a chain is restarted: it waits for no connection to itself."""

import json
from pathlib import Path

import pytest

from components.chain.nodes.restart import restart
from components.chain.rpc.endpoint import Endpoint
from components.kaia import daemon_commands, host_commands, layout
from tests.network.lone_chain import HOST, PACKAGE, LoneChain

pytestmark = pytest.mark.nightly

LAYOUT = layout.Layout("/srv", PACKAGE)


def test_a_node_that_lists_itself_is_well_after_a_restart(chain: LoneChain) -> None:
    node = Endpoint.model_validate(chain.endpoint)
    listed = chain.network.folder / HOST / "srv" / Path(LAYOUT.static_nodes).relative_to("/srv")
    command = host_commands.alone(LAYOUT, daemon_commands.scripts(LAYOUT)["start"])
    for knis in ([chain.kni], None):
        if knis is None:
            listed.unlink()
        else:
            listed.write_text(json.dumps(knis))
        restart(node, "validator", command, "a test wants it")
        with chain.console() as console:
            assert console.call("admin_peers") == []
