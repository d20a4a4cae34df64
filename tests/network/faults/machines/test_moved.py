"""An edit of all machines takes no chain data away: what moves takes its node along, and the rest is refused.

Each of these edits replaced every claim once, and deleted the data of all SCNs in one run.
"""

from typing import Any

import pytest

from components.chain.rpc.head import wait_until_caught_up
from components.domain.problems.hosts import CLAIM_NOT_KEPT, TOO_MANY_AT_ONCE
from components.dynamic.secrets import ssh_key
from tests.network.existing_hosts import USER, HandMade
from tests.network.faults.machines.conftest import SCNS, wanted
from tests.network.network import CHAINS, Network
from tests.stack import Failed, Run, Stack

pytestmark = pytest.mark.nightly

FOLDERS: dict[str, Any] = {
    "parent": {"root": "/opt/chain/parent"},
    "alpha_en": {"root": "/opt/chain/en"},
    "alpha_scn": {"root": "/srv/other/scn", "service": "daemon"},
    "beta_scn": {"root": f"/home/{USER}/other"},
    "gamma_scn": {"root": "/srv/other/scn"},
    "delta_scn": {"root": "/opt/chain/scn"},
}
"""Where all of them move in one run, some of them to another disk, and one of them to another service."""


def claims(run: Run) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for step in run.steps:
        if step.type == "ExistingHost":
            found.setdefault(step.name, set()).add(step.verb)
    return found


def instances(stack: Stack) -> dict[str, str]:
    return {name: str(claim["instance"]) for name, claim in stack.of_type("ExistingHost").items()}


def first_blocks(network: Network) -> dict[str, str]:
    """Return who has which block: a node with an empty disk would have no such number yet, or have it later."""
    return {name: str(network.console(name).call("eth_getBlockByNumber", "0x5", False)["hash"]) for name in SCNS}  # noqa: FBT003


def test_all_machines_move_in_one_run_and_no_data_are_lost(
    stack: Stack, network: Network, hosts: dict[str, HandMade]
) -> None:
    before, held, head = first_blocks(network), instances(stack), network.on("child").web3.eth.block_number
    stack.configure(wanted(hosts, **FOLDERS))
    sent = [network.send(source, 3) for source in CHAINS]
    run = stack.up()
    assert claims(run) == {name: {"update"} for name in hosts}
    assert instances(stack) == held
    moved = Network(stack)
    assert first_blocks(moved) == before
    assert moved.on("child").web3.eth.block_number > head
    for transfers in [*sent, *(moved.send(source, 2) for source in CHAINS)]:
        transfers.wait()
    for name, more in FOLDERS.items():
        host = hosts[name.replace("_", "-")]
        assert host.ask(f"cd {more['root']} && ls data/klay | grep -x chaindata").strip() == "chaindata"
    assert hosts["alpha-scn"].ask("ls /etc/systemd/system | grep kscnd || true") == ""
    assert not stack.refresh().changes
    assert not stack.preview().changes


def test_a_service_takes_a_node_over_and_it_moves_back(stack: Stack, hosts: dict[str, HandMade]) -> None:
    before, held = first_blocks(Network(stack)), instances(stack)
    stack.configure(wanted(hosts, **{**FOLDERS, "alpha_scn": {}}))
    stack.up()
    assert instances(stack) == held
    moved = Network(stack)
    assert first_blocks(moved) == before
    owner = hosts["alpha-scn"].ask("ps -e -o user=,args= | grep '[b]in/kscn'").split()
    assert owner[0] == "kaia"
    assert owner[1].startswith("/srv/servicechain/")
    for source in CHAINS:
        moved.send(source, 2).wait()
    assert not stack.preview().changes


def test_another_key_restarts_nobody(stack: Stack, hosts: dict[str, HandMade]) -> None:
    """Every file was written again by that, and the next refresh called it drift on every node."""
    network = hosts["parent"].network
    public = ssh_key.public_key(network.seed("rotated"))
    for host in hosts.values():
        host.ask(f"echo '{public}' >>/run/ssh/authorized_keys")
    processes = {name: host.ask("pgrep -o 'k(en|scn|cn)$'") for name, host in hosts.items()}
    stack.configure(wanted(hosts, "rotated", **{**FOLDERS, "alpha_scn": {}}))
    assert stack.up().changes.keys() == {"update"}
    assert not stack.refresh().changes
    assert not stack.preview().changes
    assert {name: host.ask("pgrep -o 'k(en|scn|cn)$'") for name, host in hosts.items()} == processes


def test_what_cannot_move_is_refused_before_anything_is_done(stack: Stack, hosts: dict[str, HandMade]) -> None:
    rootless = {name.replace("-", "_"): {"user": USER, "sudo": False, "service": "daemon"} for name in SCNS}
    stack.configure(wanted(hosts, "rotated", **{**FOLDERS, **rootless, "alpha_scn": {}}))
    with pytest.raises(Failed) as caught:
        stack.preview()
    stack.configure(wanted(hosts, "rotated", **{**FOLDERS, "alpha_scn": {}}))
    assert caught.value.run.lines(CLAIM_NOT_KEPT, TOO_MANY_AT_ONCE.code, f": {USER} has no rights", "3 of 4 SCNs")


def test_several_that_are_replaced_by_wish_keep_a_quorum(stack: Stack, hosts: dict[str, HandMade]) -> None:
    urn = {r["urn"].rpartition("::")[2]: r["urn"] for r in stack.resources() if "ExistingHost" in r["type"]}
    held = instances(stack)
    with pytest.raises(Failed) as caught:
        stack.up(replace=[urn[name] for name in ("beta-scn", "gamma-scn", "delta-scn")])
    assert caught.value.run.lines(TOO_MANY_AT_ONCE, "3 of 4 SCNs")
    roots = {"alpha-scn": "/srv/servicechain"} | {
        name.replace("_", "-"): more["root"] for name, more in FOLDERS.items() if name != "alpha_scn"
    }
    keeping = [name for name in SCNS if hosts[name].ask(f"ls {roots[name]}/data/klay/chaindata 2>/dev/null || true")]
    assert len(keeping) >= 3
    stack.up()
    again = Network(stack)
    for name in SCNS:  # one that was rebuilt fetches its blocks from the others
        wait_until_caught_up(again.console(name))
    assert len(set(first_blocks(again).values())) == 1
    assert len([name for name in SCNS if instances(stack)[name] != held[name]]) <= 1
    for source in CHAINS:
        again.send(source, 2).wait()
