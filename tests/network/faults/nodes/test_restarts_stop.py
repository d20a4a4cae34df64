"""With programs that do not start, restarts stop at the first failure, in that run and in the next."""

from collections import Counter

import pytest

from components.domain.problems.nodes import NOT_RESTARTED
from tests.network.network import CHAINS, Network
from tests.run import lines
from tests.stack import Failed


def down(network: Network) -> set[str]:
    """Return the nodes that do not run."""
    return {node for node in network.endpoints if not network.run(node, "pgrep -o 'k(en|scn|cn)$' || true").strip()}


def test_one_node_per_role_at_most_is_lost_and_the_next_up_repairs_all(network: Network) -> None:
    nodes = [node for node in network.endpoints if network.layout(node).package.program != "kcn"]
    pairs = [{pair["en"]["name"], pair["scn"]["name"]} for pair in network.pairs.values()]
    for node in nodes:
        binary = network.layout(node).release.binary
        network.run(node, f"mv {binary} {binary}.good; printf '#!/bin/sh\\nexit 1\\n' >{binary}; chmod 755 {binary}")
        network.run(node, f"touch {network.layout(node).release.conf}")
    network.stack.refresh()
    try:
        for run in (1, 2):
            with pytest.raises(Failed) as caught:
                network.stack.up()
            lost = down(network)
            print(f"run {run}: lost {lost}")
            assert lost
            roles = Counter(network.layout(node).package.program for node in lost)
            assert max(roles.values()) == 1, "one per role: an SCN without a pair does not wait for ENs"
            assert sum(bool(lost & pair) for pair in pairs) <= 1, "no second pair"
            # The engine may end the run before it asks for a second node; then the first failure is all it reports.
            said = str(caught.value)
            assert any(f"{node}: " in said for node in lost) or lines(said, NOT_RESTARTED)
            runs_on = next(name for name in ("scn-3", "scn-4") if name not in lost)
            network.via["child"] = runs_on
            for source in CHAINS:
                network.send(source, 2).wait()
    finally:
        for node in nodes:
            binary = network.layout(node).release.binary
            network.run(node, f"[ ! -e {binary}.good ] || mv {binary}.good {binary}")
    network.stack.up()
    assert down(network) == set()
    for source in CHAINS:
        network.send(source, 2).wait()
    assert network.stack.preview(expect_no_changes=True).steps == []
