"""A machine that is made again, by wish or because it died, is the same node: on chain there is one proof more."""

import pytest

from components.chain.nodes.journal import read_registration
from components.chain.nodes.registration import main_bridge_id, operators
from components.chain.peers.peers import peers
from components.chain.rpc.waiting import wait_for
from components.domain.kni import node_id
from tests.network.growing.changing import Change, bring, kill_host, validators, view
from tests.network.network import CHAINS, OTHER, Network
from tests.network.traffic import traffic
from toolchain.ops.replace import Stack as Machines

DEADLINE = 120


@pytest.mark.nightly
def test_a_replaced_scn_is_the_same_node_again(network: Network) -> None:
    machine = "scn-1"
    seen = view(network.stack)
    machines = Machines.of({"deployment": network.stack.exported()})
    before = Before(seen, machine)
    with traffic(seen):
        readings = machines.require_healthy([name for name in machines.nodes if name != machine])
        assert machines.pause(machine, readings) is None
        change = bring(seen, replace=[machines.urn(machine)])
    machines.require_healthy(list(machines.nodes))
    steps = [step.verb for step in change.run.steps if (step.type, step.name) == ("LocalHost", machine)]
    assert steps.index("delete-replaced") < steps.index("create-replacement"), "never two nodes with one key"
    before.require_the_same(change, "alpha")


def test_a_dead_en_is_made_again(network: Network) -> None:
    seen = view(network.stack)
    before = Before(seen, "beta-en")
    with traffic(seen):
        kill_host(seen, "beta-en")
        network.stack.refresh()
        change = bring(seen)
    assert ("create", "LocalHost", "beta-en") in [(step.verb, step.type, step.name) for step in change.run.steps]
    before.require_the_same(change, "beta")


class Before:
    """What is known of a machine before it is another one."""

    def __init__(self, network: Network, machine: str) -> None:
        for source in CHAINS:  # the user gets its coins from the owners now, and not later
            network.send(source, 1).wait(DEADLINE)
        self.network, self.machine = network, machine
        self.instance = self._instance()
        self.nonces = self._nonces()

    def require_the_same(self, change: Change, pair: str) -> None:
        """Require that the machine is another one with the same node, which serves the bridge and votes."""
        assert self._instance() != self.instance
        proven = {chain: nonce + 1 for chain, nonce in self.nonces.items()}
        assert self._nonces() == proven, "a new machine serves the bridge: one proof each way, and nothing else"
        assert change.calls == {"parent": [], "child": []}
        now = view(self.network.stack)
        assert now.pairs == self.network.pairs
        assert validators(now) == {"scn-1", "scn-2", "scn-3", "scn-4"}
        wanted = now.pairs[pair]
        scn, en = now.console(wanted["scn"]["name"]), now.console(wanted["en"]["name"])
        assert main_bridge_id(en) == node_id(wanted["en"]["kni"])
        known = (wanted["parentOperator"].lower(), wanted["childOperator"].lower())
        assert tuple(map(str.lower, operators(scn))) == known
        assert peers(scn, "subbridge") == [node_id(wanted["en"]["kni"])]
        assert read_registration(scn, now.bridges["child"], now.bridges["parent"]).live
        self._require_votes(now, pair)
        assert now.stack.preview(expect_no_changes=True).steps == []

    def _require_votes(self, now: Network, pair: str) -> None:
        for source in CHAINS:
            operator, since = now.pairs[pair][f"{OTHER[source]}Operator"], now.head(OTHER[source])
            now.send(source, 2).wait(DEADLINE)

            def voted(source: str = source, operator: str = operator, since: int = since) -> int | str:
                return now.votes(OTHER[source], operator, since) or f"{pair} does not vote {source} transfers through"

            print(f"{pair}: {wait_for(voted, DEADLINE)} votes on the {OTHER[source]} chain")

    def _instance(self) -> str:
        return str(self.network.stack.of_type("LocalHost")[self.machine]["instance"])

    def _nonces(self) -> dict[str, int]:
        owners = self.network.owners
        return {chain: self.network.nonce(chain, owners[chain].account().address) for chain in CHAINS}
