"""Real causes of alerts on real nodes, several at a time. Here alerts fire after ten seconds, not after minutes.

What has to be true for an alert is as shipped: the rule file of the monitor is changed in `for` alone.
"""

import json
import secrets
import time

import pytest
from eth_utils.address import to_checksum_address

from components.chain.accounts.signer import KeySigner
from components.chain.rpc.waiting import wait_for
from components.chain.tx.batch import Transaction, execute
from components.chain.voters import calls
from components.domain.ports import METRICS_PORT, SCN_PORT
from components.watch.judging.pairs import MANY_PENDING
from tests.network.bridge_calls import call, deploy_refusing, hand_over
from tests.network.contracts.token import Token
from tests.network.monitored.causes import SEEN
from tests.network.monitored.conftest import COINS
from tests.network.monitored.firing import cease, fire, nothing_fires
from tests.network.monitored.monitor import FOLDER, Monitor
from tests.network.monitored.prometheus import Prometheus
from tests.network.network import CHAINS, COIN, Network

pytestmark = pytest.mark.nightly

STRANGER = to_checksum_address(secrets.token_hex(20))
DRAINED, TOO_MUCH = 700 * COIN, 900 * COIN
"""More than half of what a contract holds, and more than it holds then."""
OFF, ON = False, True
RESTARTS = 3
ALREADY = {"BridgeAlertsNotSent"}
"""What fires since alerts were to be sent."""


@pytest.fixture(scope="module")
def hasty(network: Network, prometheus: Prometheus) -> Prometheus:
    """Have alerts fire after ten seconds, and have a receiver that nobody reaches."""
    monitor = Monitor(network)
    monitor.hasten()
    routes = {
        "route": {"receiver": "nobody", "group_wait": "1s", "group_interval": "5s"},
        "receivers": [{"name": "nobody", "webhook_configs": [{"url": "http://127.0.0.1:9/"}]}],
    }
    monitor.rewrite("alertmanager", "alertmanager.yml", json.dumps(routes))
    return prometheus


def test_somebody_uses_the_owners_keys(network: Network, hasty: Prometheus) -> None:
    caused = nothing_fires(hasty, SEEN["test_somebody_uses_the_owners_keys"])
    owners, bridges, user = network.owners, network.bridges, network.user.account().address
    for chain in CHAINS:
        calls.fill_account(network.on(chain), owners[chain], user, 2000 * COIN, 2000 * COIN)
    network.request("child", {deploy_refusing(network.on("parent"), owners["parent"]): 1})
    network.send("child", 1).wait()
    network.request("parent", {STRANGER: DRAINED})
    wait_for(lambda: calls.balance(network.on("child"), STRANGER) == DRAINED or "not paid", 60)
    network.request("parent", {STRANGER: TOO_MUCH})
    on_parent, on_child = ((network.on(chain), owners[chain], bridges[chain]) for chain in CHAINS)
    calls.register_operators(*on_child, [STRANGER])
    calls.set_threshold(*on_child, 2)
    hand_over(*on_child, user)
    call(*on_parent, "setFeeReceiver(address)", STRANGER)
    call(*on_parent, "lockKLAY()")
    gold = Token.named(network, "gold").addresses["parent"]
    call(*on_parent, "lockToken(address)", gold)
    fire(hasty, caused, 120)

    hand_over(network.on("child"), network.user, bridges["child"], owners["child"].account().address)
    calls.set_threshold(*on_child, 1)
    calls.deregister_operator(*on_child, STRANGER)
    calls.fill_bridge(*on_child, 2000 * COIN, 2000 * COIN)
    call(*on_parent, "setFeeReceiver(address)", "0x" + "00" * 20)
    call(*on_parent, "unlockKLAY()")
    call(*on_parent, "unlockToken(address)", gold)
    cease(hasty, set(caused) - {"BridgeRequestNeverPaid"})
    assert calls.balance(network.on("child"), STRANGER) == DRAINED + TOO_MUCH


def test_no_pair_can_vote(network: Network, hasty: Prometheus) -> None:
    """The keys of one SCN's operators are used elsewhere, and somebody is at the console of the other SCN."""
    caused = nothing_fires(hasty, SEEN["test_no_pair_can_vote"])
    console, contracts = network.console("scn-2"), (network.bridges["child"], network.bridges["parent"])
    console.call("subbridge_anchoring", OFF)
    console.call("subbridge_unsubscribeBridge", *contracts)
    console.call("subbridge_lockParentOperator")
    parent = network.on("parent")
    accounts = network.stack.of_type("Account")
    thief, other = (
        KeySigner(private_key=accounts[f"scn-1-{chain}-operator"]["private_key"]) for chain in ("parent", "child")
    )
    operator = thief.account().address
    execute(parent, thief, [Transaction("steal", STRANGER, "0x", value=calls.balance(parent, operator) - COIN)])
    execute(network.on("child"), other, [Transaction("use its nonce", STRANGER, "0x")])
    sent = network.send("child", MANY_PENDING + 100)
    fire(hasty, caused, 180)

    calls.fill_account(parent, network.owners["parent"], operator, COINS * COIN, COINS * COIN)
    console.call("subbridge_subscribeBridge", *contracts)
    for node in ("scn-1", "scn-2"):
        network.kill(node)
        network.start(node)
    sent.wait()
    cease(hasty, caused)


def test_nodes_and_machines_have_faults_of_their_own(network: Network, hasty: Prometheus) -> None:
    caused = nothing_fires(hasty, SEEN["test_nodes_and_machines_have_faults_of_their_own"] - ALREADY)
    begin = time.monotonic()
    network.kill("parent")
    monitor = network.stack.of_type("LocalHost")["monitor"]["address"]
    drop(network, "parent", f"ip saddr {monitor} drop")
    drop(network, "scn-3", f"tcp dport {METRICS_PORT} drop")
    ports = f"{{ {SCN_PORT}, {SCN_PORT + 1} }}"
    drop(network, "scn-4", *(f"tcp {end} {ports} reject with tcp reset" for end in ("sport", "dport")))
    network.run("beta-en", f"kill -9 $(cat {FOLDER.pid('exporter')})")
    config = f"{FOLDER.of('exporter')}/exporter.json"
    told = json.loads(network.run("scn-3", f"cat {config}"))
    told["contract"]["address"] = STRANGER.lower()
    network.run("scn-3", f"cat >{config} <<'END'\n{json.dumps(told)}\nEND")
    small_disk(network, "scn-4")
    for _ in range(RESTARTS):
        network.kill("alpha-en")
        network.start("alpha-en")
        time.sleep(20)
    fire(hasty, [*caused, *ALREADY], 300)
    print(f"all after {time.monotonic() - begin:.0f} s")


def test_a_chain_without_a_living_node(network: Network, hasty: Prometheus) -> None:
    """The validator is dead, and the machine of beta's EN says nothing of its node."""
    caused = nothing_fires(hasty, SEEN["test_a_chain_without_a_living_node"])
    network.kill("alpha-en")
    fire(hasty, caused, 90)


def drop(network: Network, node: str, *rules: str) -> None:
    """Close the machine of a node to packets, inwards and outwards."""
    inside = "\n".join(rules)
    chains = "".join(
        f"chain {hook} {{\ntype filter hook {hook} priority 0\n{inside}\n}}\n" for hook in ("input", "output")
    )
    text = f"table inet cut {{\n{chains}}}\n"
    network.run(node, f"PATH=$PATH:/usr/sbin; nft -f - <<'END'\n{text}END")


def small_disk(network: Network, node: str) -> None:
    """Mount a small full disk over the node's data; the node keeps the files open that it had open."""
    network.run(
        node,
        "mkdir -p /run/small && mount -t tmpfs -o size=64m small /run/small && touch /run/small/klay.ipc && "
        "mount --bind /srv/data/klay.ipc /run/small/klay.ipc && fallocate -l 63M /run/small/full && "
        "mount --rbind /run/small /srv/data",
    )
