"""Real causes of alerts on real nodes, several at a time. Here alerts fire after ten seconds, not after minutes.

What has to be true for an alert is as shipped: the rule file of the monitor is changed in `for` alone. Those that look
back over minutes are in test_over_time.py.
"""

import json
import secrets
import time
from pathlib import Path

import pytest
from eth_utils.address import to_checksum_address

from components.chain.accounts.signer import KeySigner
from components.chain.contracts.artifact import Artifact
from components.chain.rpc.waiting import wait_for
from components.chain.tx.batch import Transaction, execute
from components.chain.voters import calls
from components.domain.ports import EN_PORT, METRICS_PORT, SCN_PORT
from components.watch.judging.pairs import MANY_PENDING
from components.watch.metrics.contract_series import TOKEN_BALANCE
from components.watch.metrics.exporter_series import CHECKPOINT
from tests.network.bridge_calls import call, deploy_refusing, hand_over
from tests.network.contracts.token import Token, fresh_accounts
from tests.network.lone_chain import ARTIFACT
from tests.network.monitored.causes import SEEN
from tests.network.monitored.conftest import COINS
from tests.network.monitored.firing import cease, fire, nothing_fires
from tests.network.monitored.monitor import FOLDER, Monitor
from tests.network.monitored.prometheus import Prometheus
from tests.network.network import CHAINS, COIN, WITH_TRANSACTIONS, Network

pytestmark = pytest.mark.nightly

STRANGER = to_checksum_address(secrets.token_hex(20))
DRAINED, TOO_MUCH = 700 * COIN, 900 * COIN
"""More than half of what a contract holds, and more than it holds then."""
OFF, ON = False, True
GOLD = 1000
CHILD_NODES = ("scn-1", "scn-2", "scn-3", "scn-4")
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


def test_tokens_flow_out_of_a_contract_that_does_not_mint(network: Network, hasty: Prometheus) -> None:
    """The contract on the parent chain holds gold that users take home over the bridge.

    The contract on the child chain mints, and then a contract that holds little is right. So the monitor looks at
    another one there, which does not mint.
    """
    caused = nothing_fires(hasty, SEEN["test_tokens_flow_out_of_a_contract_that_does_not_mint"])
    gold, user, child, owner = Token.named(network, "gold"), network.user, network.on("child"), network.owners["child"]
    calls.fill_account(child, owner, user.account().address, 10 * COIN, 100 * COIN)
    gold.send("parent", network.owners["parent"], {user.account().address: GOLD}).wait()
    held = f'max by (chain) ({TOKEN_BALANCE}{{chain="parent",token="gold"}}) == {GOLD}'
    wait_for(lambda: bool(hasty.query(held)) or "what the contract holds is not read yet", 60)
    creation = Artifact.load(Path(ARTIFACT)).creation(mode_mint_burn=False)
    (receipt,) = execute(child, owner, [Transaction("deploy", None, creation)])
    for node in CHILD_NODES:
        look_at(network, node, str(receipt["contractAddress"]))
    gold.send("child", user, fresh_accounts(GOLD - GOLD // 20)).wait()
    fire(hasty, caused, 120)

    for node in CHILD_NODES:
        look_at(network, node, network.bridges["child"])
    cease(hasty, caused)


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


def test_the_validator_was_rewound(network: Network, hasty: Prometheus) -> None:
    """It makes other blocks than those that the ENs have, which it cannot reach meanwhile.

    Transactions of operators are lost with the former blocks, so that later votes wait: no test after this one needs
    any.
    """
    caused = nothing_fires(hasty, SEEN["test_the_validator_was_rewound"])
    ports = f"{{ {EN_PORT}, {EN_PORT + 1} }}"
    past = wait_for(lambda: shortly_after_a_checkpoint(network.head("parent")), 150)
    drop(network, "parent", f"tcp sport {ports} drop", f"tcp dport {ports} drop")
    rewind(network, "parent", past - past % CHECKPOINT - 2)
    fire(hasty, caused, 120)

    wait_for(lambda: network.head("parent") > past + 20 or "it has not as many blocks as the ENs", 90)
    for node in ("alpha-en", "beta-en"):
        rewind(network, node, past - past % CHECKPOINT - 2)
    network.run("parent", "PATH=$PATH:/usr/sbin; nft delete table inet cut")
    nodes = ("parent", "alpha-en", "beta-en")
    wait_for(lambda: len({hash_of(network, node, past) for node in nodes}) == 1 or "they differ still", 120)
    cease(hasty, {*caused, "BridgeNodeBehind"})


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
    look_at(network, "scn-3", STRANGER)
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


def shortly_after_a_checkpoint(head: int) -> int | str:
    """Return a head that is, or what it is instead."""
    return head if head % CHECKPOINT in range(3, 20) else f"block {head}"


def hash_of(network: Network, node: str, block: int) -> str:
    """Return the hash of a block as a node has it; empty where it has none."""
    found = network.console(node).call("eth_getBlockByNumber", hex(block), not WITH_TRANSACTIONS)
    return str(found["hash"]) if found else ""


def look_at(network: Network, node: str, bridge: str) -> None:
    """Have the exporter of a node look at another contract."""
    config = f"{FOLDER.of('exporter')}/exporter.json"
    told = json.loads(network.run(node, f"cat {config}"))
    told["contract"]["address"] = bridge.lower()
    network.run(node, f"cat >{config} <<'END'\n{json.dumps(told)}\nEND")


def rewind(network: Network, node: str, block: int) -> None:
    """Have a node forget all blocks after that one, as its console allows, and start it again."""
    network.console(node).call("debug_setHead", hex(block))
    network.kill(node)
    network.start(node)


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
