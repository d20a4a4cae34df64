"""Owners whose keys are kept outside the stack: known in a preview, and in no resource but by where they are."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pulumi
import pytest
from eth_account import Account as Accounts

from components.chain.accounts.signer import Signer
from components.domain.problems.accounts import KEY_FILE_UNREADABLE, VARIABLE_UNSET
from components.domain.problems.settings import EQUAL_ADDRESSES
from components.domain.seed import derive
from tests.program.mocked import run
from tests.program.program import Program
from tests.program.stacks import SEED, aws
from tests.unit.samples import says

KEY = "46" * 32
ADDRESS = Accounts.from_key(KEY).address
SEEDED = derive(SEED, "owner/child")
PASSWORD = "correct horse battery staple"


def owned(**bridge: Any) -> dict[str, Any]:
    return aws(2, bridge={"threshold": 1, **bridge})


def signers(program: Program, chain: str) -> list[Mapping[str, Any]]:
    """Return all that signs on a chain; each has to be the same."""
    found = [one.inputs["signer"] for one in program.resources if "signer" in one.inputs]
    common = Signer.model_fields.keys() - {"chain"}
    mine = [signer for signer in found if signer["chain"] == chain]
    return [{name: value for name, value in signer.items() if name not in common} for signer in mine]


def test_a_stack_of_before_asks_for_the_same() -> None:
    program = run(owned())
    account = program.one("Account", "child-owner").inputs
    assert account["private_key"] == SEEDED
    wanted = {"kind": "key", "private_key": SEEDED, "chain": "child"}
    assert signers(program, "child")
    assert all(signer == wanted for signer in signers(program, "child"))


def test_a_key_in_the_environment_is_in_no_resource(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OWNER", KEY)
    program = run(owned(parentOwner={"env": "OWNER"}))
    assert "parent-owner" not in program.of("Account")
    assert program.outputs["parentChain"]["owner"] == ADDRESS
    wanted = {"kind": "env", "name": "OWNER", "address": ADDRESS, "chain": "parent"}
    assert signers(program, "parent")
    assert all(signer == wanted for signer in signers(program, "parent"))
    assert ADDRESS[2:].lower() in json.dumps([one.inputs for one in program.resources]).lower(), "it has coins"
    assert KEY not in json.dumps([one.inputs for one in program.resources])


def test_a_key_that_moves_is_no_other_account(monkeypatch: pytest.MonkeyPatch) -> None:
    """What signs is brought to where the key is now, in place; nothing is made anew."""
    monkeypatch.setenv("OWNER", SEEDED)
    before = run(owned())
    after = run(owned(childOwner={"env": "OWNER"}), before=before)
    touched = before.touched_by(after)
    assert {"BridgeContract", "BridgeOperator", "OperatorThreshold", "Account"} <= {kind for kind, _ in touched}
    assert not {kind for kind, _ in touched} & {"Command", "RunningNode", "Instance", "Genesis"}
    # The last node of each pair has the keys of both chains, for the proof of its pair.
    proving = {("UpdatedNode", "scn-1"), ("UpdatedNode", "scn-2")}
    assert all("child" in name for _, name in touched - proving)
    assert after.touched_by(run(owned(childOwner={"env": "OWNER"}), before=after)) == set()
    assert before.outputs["childChain"] == after.outputs["childChain"]


def test_a_keystore_is_named_with_its_password(tmp_path: Path) -> None:
    path = tmp_path / "owner.json"
    path.write_text(json.dumps(Accounts.encrypt(bytes.fromhex(KEY), PASSWORD, kdf="pbkdf2", iterations=10)))
    program = run(owned(childOwner={"keystore": str(path), "password": PASSWORD}))
    signer = signers(program, "child")[0]
    assert (signer["address"], signer["path"], signer["password"]) == (ADDRESS, str(path), PASSWORD)


def test_all_keys_that_cannot_be_used_are_told_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OWNER", raising=False)
    nowhere = {"keystore": str(tmp_path / "nowhere"), "password": PASSWORD}
    with pytest.raises(pulumi.RunError) as refused:
        run(owned(parentOwner={"env": "OWNER"}, childOwner=nowhere))
    parent, child = str(refused.value).splitlines()
    assert says(parent, "bridge.parentOwner", VARIABLE_UNSET, "OWNER")
    assert says(child, "bridge.childOwner.keystore", KEY_FILE_UNREADABLE, nowhere["keystore"])
    assert PASSWORD not in str(refused.value)


def test_one_account_owns_one_contract_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONE", KEY)
    monkeypatch.setenv("TWO", f"0x{KEY}")
    for child in ({"childOwner": {"env": "TWO"}}, {"childOwnerKey": KEY}):
        with pytest.raises(pulumi.RunError, match=rf"bridge\.childOwner: .* \[{EQUAL_ADDRESSES.code}\]"):
            run(owned(parentOwner={"env": "ONE"}, **child))
