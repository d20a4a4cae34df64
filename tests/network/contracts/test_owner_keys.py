"""The owners' keys of a bridge in use leave the stack: all that was done stays, and they sign from where they are."""

import json
from pathlib import Path

import pytest
from eth_account import Account as Accounts

from components.domain.seed import derive
from tests.network.network import CHAINS, Network
from tests.network.running import SETTINGS

pytestmark = pytest.mark.nightly

PASSWORD = "correct horse battery staple"


def test_keys_leave_the_stack_and_come_back(network: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stack = network.stack
    keys = {chain: derive(stack.seed, f"owner/{chain}") for chain in CHAINS}
    owners = {chain: network.outputs[f"{chain}Chain"]["owner"] for chain in CHAINS}
    sent = {chain: network.nonce(chain, owners[chain]) for chain in CHAINS}
    path, password = tmp_path / "owner.json", tmp_path / "password"
    path.write_text(json.dumps(Accounts.encrypt(bytes.fromhex(keys["child"]), PASSWORD, kdf="scrypt", iterations=4096)))
    password.write_text(PASSWORD)
    monkeypatch.setenv("SERVICECHAIN_OWNER", keys["parent"])
    elsewhere = {
        "parentOwner": {"env": "SERVICECHAIN_OWNER"},
        "childOwner": {"keystore": str(path), "passwordFile": str(password)},
    }

    stack.configure({**SETTINGS, "bridge": {"threshold": 1, **elsewhere}})
    moved = stack.up()
    assert set(moved.changes) == {"update", "delete"}
    assert {step.name for step in moved.steps if step.verb == "delete"} == {"parent-owner", "child-owner"}
    assert {chain: stack.outputs[f"{chain}Chain"]["owner"] for chain in CHAINS} == owners
    assert {chain: network.nonce(chain, owners[chain]) for chain in CHAINS} == sent, "nothing was sent"
    held = json.dumps(stack.resources())
    assert not any(secret in held for secret in (*keys.values(), PASSWORD)), "not even encrypted"
    assert stack.refresh().changes == {}

    # Now they sign: both thresholds on each chain, and a transfer in each direction.
    stack.configure({**SETTINGS, "bridge": {"threshold": 2, **elsewhere}})
    assert stack.up().changes == {"update": 7}
    assert {network.bridge(chain).threshold for chain in CHAINS} == {2}
    assert stack.preview(expect_no_changes=True).steps == []

    stack.configure(SETTINGS)
    back = stack.up()
    assert {step.name for step in back.steps if step.verb == "create"} == {"parent-owner", "child-owner"}
    assert {network.bridge(chain).threshold for chain in CHAINS} == {1}
    assert stack.preview(expect_no_changes=True).steps == []
