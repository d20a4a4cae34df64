"""What somebody changed on hosts and nodes behind the stack's back is named, planned, and repaired by one up."""

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from copy import copy

import pytest
from eth_account import Account as Accounts

from components.chain.nodes.health import disconnect_bridge
from components.chain.nodes.registration import deregister, operators
from components.chain.peers.peers import peers
from components.chain.rpc.waiting import wait_for
from components.domain.kni import node_id
from components.domain.problems.nodes import (
    FILE_CHANGED,
    NODE_DOWN,
    NOT_REGISTERED,
    OTHER_IDENTITY,
    WRONG_ANCHORING,
    WRONG_BRIDGE_PEER,
)
from components.domain.problems.problem import Problem
from components.domain.roles import VALIDATOR
from tests.network.network import Network
from tests.network.traffic import traffic
from tests.run import Run

KEY = "77" * 32
"""Of a parent operator that nobody declared."""
STRANGER = str(Accounts.from_key(KEY).address)
OFF = False

Drifts = Mapping[str, Sequence[tuple[Problem, *tuple[str, ...]]]]
"""Of each node: what is wrong, and what the message has to name."""


@pytest.fixture(scope="module")
def before(network: Network) -> Mapping[str, str]:
    """Return the process of each node before anything happened."""
    return network.processes()


@pytest.fixture(scope="module")
def drifted(network: Network, before: Mapping[str, str]) -> Drifts:
    """Make every drift at once, on different nodes; return them."""
    assert before
    alpha, beta = network.pairs["alpha"], network.pairs["beta"]
    conf = network.layout("scn-3").release.conf
    key = network.layout("scn-4").node_key
    network.run(VALIDATOR, f"rm {network.layout(VALIDATOR).genesis}")
    network.run("alpha-en", f"touch {network.layout('alpha-en').release.conf}")
    network.run("scn-3", f"echo SC_TX_LIMIT=7 >>{conf}")
    network.stop("scn-4")
    network.run("scn-4", f"chmod 0644 {key}; rm {network.layout('scn-4').static_nodes}")
    _disguise(network)
    _swap(network)
    network.console("scn-1").call("subbridge_anchoring", OFF)
    return {
        VALIDATOR: [(FILE_CHANGED, "/srv/genesis.json is missing")],
        "alpha-en": [(FILE_CHANGED, network.layout("alpha-en").release.conf, "after the node had started")],
        "scn-1": [
            (WRONG_BRIDGE_PEER, f"is the main bridge at {beta['en']['address']}:50505,", alpha["en"]["address"]),
            (WRONG_ANCHORING, "is off,", "repairs it"),
        ],
        "scn-2": [
            (FILE_CHANGED, "/srv/data/main-bridges.json was edited"),
            (OTHER_IDENTITY, f"is {STRANGER.lower()}, not {beta['parentOperator']};", "restarts"),
            (WRONG_BRIDGE_PEER, f"{beta['en']['address']}:50505 is not connected"),
            (WRONG_ANCHORING, " 9 blocks", "every 5;", "restarts"),
            (NOT_REGISTERED, f"{network.bridges['child']} / {network.bridges['parent']} "),
        ],
        "scn-3": [(FILE_CHANGED, f"{conf} was edited", "restarts")],
        "scn-4": [
            (FILE_CHANGED, f"{key} has the mode 644, not 600"),
            (FILE_CHANGED, "/srv/data/static-nodes.json is missing"),
            (NODE_DOWN, "starts it"),
        ],
    }


def _disguise(network: Network) -> None:
    """Restart the SCN of beta as another operator with another conf and no EN, and put most of its files back."""
    node, layout = "scn-2", network.layout("scn-2")
    folder = f"{layout.data}/parent_bridge_account"
    keystore = json.dumps(Accounts.encrypt(bytes.fromhex(KEY), "hush", kdf="scrypt", iterations=4096))
    deregister(network.console(node), network.bridges["child"], network.bridges["parent"])
    disconnect_bridge(network.endpoints[node], network.pairs["beta"]["en"]["kni"])
    network.stop(node)
    network.run(
        node,
        f"set -e; mkdir /srv/aside; cp -p {layout.release.conf} {folder}/* /srv/aside; rm {folder}/*; echo []"
        f" >{layout.main_bridges}; echo SC_ANCHORING_PERIOD=9 >>{layout.release.conf};"
        f" echo '{keystore}' >{folder}/keystore; printf hush >{folder}/{STRANGER}",
    )
    network.start(node)
    wait_for(lambda: operators(network.console(node))[0].lower() == STRANGER.lower() or "not yet", deadline=90)
    name = layout.release.conf.rpartition("/")[2]
    network.run(
        node,
        f"set -e; rm {folder}/*; mv /srv/aside/{name} {layout.release.conf}; mv /srv/aside/* {folder};"
        " rmdir /srv/aside",
    )


def _swap(network: Network) -> None:
    """Connect the SCN of alpha to the EN of beta."""
    scn = network.console("scn-1")
    own, other = (network.pairs[name]["en"]["kni"] for name in ("alpha", "beta"))
    scn.call("subbridge_removePeer", own)
    wait_for(lambda: not peers(scn, "subbridge") or "still connected to alpha-en", deadline=90)
    scn.call("subbridge_addPeer", other)
    wait_for(lambda: peers(scn, "subbridge") == [node_id(other)] or "not connected to beta-en", deadline=120)


def _said(run: Run, node: str) -> str:
    return "\n".join(line for line in run.text.splitlines() if f"{node}: " in line)


def _planned(run: Run) -> dict[str, set[tuple[str, str]]]:
    found: dict[str, set[tuple[str, str]]] = {}
    for step in run.steps:
        if step.verb not in ("create-replacement", "delete-replaced", "refresh"):
            found.setdefault(step.type, set()).add((step.verb, step.name))
    return found


REPAIRS = {
    "NodeFiles": {("update", node) for node in (VALIDATOR, "alpha-en", "scn-2", "scn-3", "scn-4")},
    "Command": {
        ("replace", name)
        for name in (
            f"{VALIDATOR}-genesis.json",
            "alpha-en-kend.conf",
            "scn-2-main-bridges.json",
            "scn-3-kscnd.conf",
            "scn-4-nodekey",
            "scn-4-static-nodes.json",
        )
    },
    "RunningNode": {("update", node) for node in ("alpha-en", "scn-1", "scn-2", "scn-3", "scn-4")},
    # Where what it reads has changed; scn-1 is in it because its EN is, after which their pair proves itself.
    "UpdatedNode": {("update", node) for node in ("alpha-en", "scn-1", "scn-2", "scn-3", "scn-4")},
    "BridgeRegistration": {("update", "scn-2-registration")},
    "Resilience": {("update", "resilience")},  # a pair cannot vote meanwhile
}


@pytest.mark.nightly
def test_a_preview_that_refreshes_names_every_drift_and_plans_to_repair_it(network: Network, drifted: Drifts) -> None:
    run = network.stack.preview(refresh=True)
    _require_said(run, drifted)
    assert _planned(run) == REPAIRS


def test_a_refresh_names_every_drift_and_the_next_preview_plans_to_repair_it(network: Network, drifted: Drifts) -> None:
    begin = time.monotonic()
    run = network.stack.refresh()
    print(f"refresh with drift on 6 of 7 nodes: {time.monotonic() - begin:.1f} s")
    _require_said(run, drifted)
    assert not _said(run, "beta-en")
    digest = hashlib.sha256(network.run("scn-1", f"cat {network.layout('scn-1').node_key}").encode()).hexdigest()
    assert network.stack.of_type("NodeFiles")["scn-1"]["files"]["nodekey"]["digest"] == digest
    assert digest not in network.stack.state, "as the key itself is a secret"
    assert _planned(network.stack.preview(diff=True)) == REPAIRS


def test_one_up_repairs_all_while_transfers_flow(network: Network, before: Mapping[str, str], drifted: Drifts) -> None:
    assert drifted
    begin = time.monotonic()
    by_one_that_runs_on = copy(network)
    by_one_that_runs_on.via, by_one_that_runs_on._consoles = {**network.via, "child": "scn-1"}, {}
    with traffic(by_one_that_runs_on):
        run = network.stack.up()
        print(f"repaired in {time.monotonic() - begin:.0f} s")
    assert _planned(run) == REPAIRS
    assert "scn-4: restarting it, because it does not answer" in run.text
    after = network.processes()
    restarted = {node for node in before if before[node] != after[node]}
    assert restarted == {"alpha-en", "scn-2", "scn-3", "scn-4"}, "scn-1 was repaired by calls"
    assert network.stack.refresh(expect_no_changes=True).changes == {}
    assert network.stack.preview(expect_no_changes=True).steps == []
    for pair in network.pairs:
        network.wait_for_anchor(pair)


def _require_said(run: Run, drifted: Drifts) -> None:
    missing = [
        (node, problem.code, named)
        for node, drifts in drifted.items()
        for problem, *named in drifts
        if not run.lines(problem, f"{node}: ", *named)
    ]
    assert missing == []
