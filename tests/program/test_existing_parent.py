"""A parent chain that exists: joined by the ENs, paid by the owner, and left alone when the stack goes."""

from pathlib import Path
from typing import Any

import pulumi
import pytest

from components.domain.problems.packages import GENESIS_OF_OTHER_CHAIN
from components.kaia import genesis
from tests.program.mocked import made, run
from tests.program.program import Program
from tests.program.stacks import aws

KNI = f"kni://{'5c' * 64}@10.99.0.7:32323?discport=0&ntype=cn"
VALIDATOR = "0x" + "11" * 20


def existing(folder: Path, **changed: Any) -> dict[str, Any]:
    (folder / "genesis.json").write_text(genesis.parent_chain(2020, [VALIDATOR], {}, 25))
    chain = {"network": "private", "chainId": 2020, "genesis": str(folder / "genesis.json"), "staticNodes": [KNI]}
    return aws(2, parentChain={**chain, **changed})


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    return run(existing(tmp_path_factory.mktemp("chain")))


def test_no_machine_and_no_genesis_of_ours_is_part_of_it(program: Program) -> None:
    assert "parent" not in program.of("Node")
    assert set(program.of("Genesis")) == {"service-chain-genesis"}
    assert not program.of("ParentChain")


def test_every_en_begins_with_its_genesis_and_dials_its_nodes(program: Program) -> None:
    for en in ("pair-1-en", "pair-2-en"):
        assert VALIDATOR[2:] in program.one("Command", f"{en}-genesis.json").inputs["stdin"]
        assert "init" in program.one("Command", f"{en}-init").inputs["create"]
        assert KNI in program.one("Command", f"{en}-static-nodes.json").inputs["stdin"]
        assert program.one("RunningNode", en).inputs["static_nodes"] == [KNI]
        assert "--networkid \\\n    2020" in unit(program, en) or "--networkid 2020" in unit(program, en)


def test_a_network_id_of_its_own_reaches_the_ens(tmp_path: Path) -> None:
    assert "--networkid 203" in unit(run(existing(tmp_path, networkId=203)), "pair-2-en")


def unit(program: Program, en: str) -> str:
    return str(program.one("Command", f"{en}-kend.service").inputs["stdin"])


def test_what_was_done_on_it_is_undone_when_the_stack_goes(program: Program) -> None:
    on_chain = ["parent-bridge", "parent-liquidity", "parent-threshold", "scn-1-parent-vote", "scn-1-parent-funding"]
    found = {one.name: one for one in program.resources if one.name in on_chain}
    assert len(found) == len(on_chain)
    assert all("deletedWith" not in one.options for one in found.values())


def test_operators_are_paid_by_the_owner_through_the_ens(program: Program) -> None:
    fundings = program.of("Funding")
    assert set(fundings) == {"scn-1-parent-funding", "scn-2-parent-funding"}
    for funding in fundings.values():
        assert [one["node"] for one in funding.inputs["endpoints"]] == ["pair-1-en", "pair-2-en"]


def test_nothing_is_done_on_it_before_its_ens_are_in_step(program: Program) -> None:
    assert set(program.of("SyncedNode")) == {"pair-1-en-sync", "pair-2-en-sync"}
    first = [program.one("BridgeContract", "parent-bridge"), program.one("BridgeRegistration", "scn-1-registration")]
    for one in first:
        assert "pair-1-en-sync" in {urn.rpartition("::")[2] for urn in one.options["dependencies"]}
    gate = program.one("SyncedNode", "pair-1-en-sync")
    assert "pair-1-en" in {urn.rpartition("::")[2] for urn in gate.options["dependencies"]}
    assert gate.inputs["hours"] == 24


def test_an_en_that_is_added_is_waited_for_and_the_others_are_not(tmp_path: Path) -> None:
    config = existing(tmp_path)
    before = run(config)
    config["pairs"] = [*config["pairs"], {"name": "new", "scn": "scn-3"}]
    config["parentChain"] |= {"syncHours": 3, "referenceRpc": "https://rpc.test/a-key"}
    touched = before.touched_by(run(config, before=before))
    assert {name for type_, name in touched if type_ == "SyncedNode"} == {"new-en-sync"}


def test_nothing_is_paid_on_it_before_its_owner_holds_it_all(program: Program) -> None:
    gate = program.one("OwnerFunds", "parent-funds")
    votes = [one.inputs["operator"] for name, one in program.of("BridgeOperator").items() if "parent" in name]
    assert sorted(gate.inputs["operators"]) == sorted(votes)
    assert gate.inputs["signer"]["funding_minutes"] == "10"
    assert {"pair-1-en-sync", "pair-2-en-sync"} <= {urn.rpartition("::")[2] for urn in gate.options["dependencies"]}
    paying = ("BridgeContract", "Liquidity", "Funding", "BridgeOperator", "OperatorThreshold", "TransferProof")
    for one in [one for kind in paying for one in program.of(kind).values() if one.inputs["chain_id"] == 2020]:
        assert "parent-funds" in {urn.rpartition("::")[2] for urn in one.options["dependencies"]}, one.name


def test_a_chain_of_our_own_has_no_gates() -> None:
    own = made(aws(2))
    assert not own.of("SyncedNode")
    assert not own.of("OwnerFunds")
    assert "funding_minutes" not in own.one("BridgeContract", "parent-bridge").inputs["signer"]


def test_chain_data_come_before_all_else_of_an_en(tmp_path: Path) -> None:
    config = existing(tmp_path)
    config["packages"] = {**config["packages"], "chaindata": {"url": "https://archives.test/x", "sha256": "cd" * 32}}
    asked = run(config)
    assert set(asked.of("ChainData")) == {"pair-1-en-chaindata", "pair-2-en-chaindata"}
    data = asked.one("ChainData", "pair-1-en-chaindata")
    assert (data.inputs["root"], data.inputs["owner"], data.inputs["hours"]) == ("/srv", "505:505", 24)
    unpacked = asked.one("Command", "pair-1-en-unpack")
    assert "pair-1-en-chaindata" in {urn.rpartition("::")[2] for urn in unpacked.options["dependencies"]}
    assert "pair-1-en-chaindata" not in {
        urn.rpartition("::")[2] for urn in asked.one("Command", "scn-1-unpack").options["dependencies"]
    }
    config["packages"]["chaindata"] = {"file": str(tmp_path / "genesis.json"), "sha256": "cd" * 32}
    copied = run(config)
    assert copied.one("CopyToRemote", "pair-1-en-chaindata").inputs["remotePath"] == "/srv/chaindata.archive"
    assert copied.one("ChainData", "pair-1-en-chaindata").inputs["source"] == "/srv/chaindata.archive"


def test_fees_are_known_beforehand(program: Program) -> None:
    fees = program.outputs["fees"]
    assert set(fees["perPair"]) == {"pair-1", "pair-2"}
    assert float(fees["perDay"]) > float(fees["anchoring"]) > 0


def test_a_genesis_of_another_chain_stops_the_run_before_anything_is_made(tmp_path: Path) -> None:
    with pytest.raises(pulumi.RunError, match=rf" 2020\b.* 2021\b.* \[{GENESIS_OF_OTHER_CHAIN.code}\]$"):
        run(existing(tmp_path, chainId=2021))
