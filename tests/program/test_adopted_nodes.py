"""A stack of nodes that exist already: each is set, restarted and let go by one resource, and nothing else is laid."""

from pathlib import Path
from typing import Any

import pytest

from components.kaia import genesis
from tests.program.mocked import run
from tests.program.program import Program
from tests.program.stacks import SEED
from tests.program.test_existing_parent import KNI, VALIDATOR
from tests.unit.settings.test_adoption import brownfield


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    path = tmp_path_factory.mktemp("chain") / "genesis.json"
    path.write_text(genesis.parent_chain(2020, [VALIDATOR], {}, 25))
    parent = {"chainId": 2020, "genesis": str(path), "staticNodes": [KNI]}
    return brownfield() | {"identitySeed": SEED, "parentChain": parent}


@pytest.fixture(scope="module")
def program(config: dict[str, Any]) -> Program:
    return run(config)


def test_nothing_is_laid_on_the_machines(program: Program) -> None:
    for kind in ("Node", "Command", "CopyToRemote", "RunningNode", "ExistingHost", "Genesis"):
        assert not program.of(kind), kind
    assert not [name for name in program.of("Account") if name.endswith(("-node", "-operator"))]


def test_the_keys_of_the_bridge_are_set_in_the_confs(program: Program) -> None:
    nodes = program.of("AdoptedNode")
    assert set(nodes) == {"alpha-en", "beta-en", "scn-1", "scn-2"}
    assert nodes["alpha-en"].inputs["conf_keys"] == {"SC_MAIN_BRIDGE": "1"}
    assert nodes["scn-2"].inputs["conf_keys"] == {
        "SC_SUB_BRIDGE": "1",
        "SC_PARENT_CHAIN_ID": "2020",
        "SC_ANCHORING": "1",
        "SC_ANCHORING_PERIOD": "10",
        "SC_VTRECOVERY": "1",
        "SC_VTRECOVERY_INTERVAL": "5",
    }


def test_an_scn_dials_the_en_that_was_read(program: Program) -> None:
    scn = program.one("AdoptedNode", "scn-2")
    assert scn.inputs["peer"] == "beta-en.kni"
    assert {"beta-en", "beta-en-sync"} & {urn.rpartition("::")[2] for urn in scn.options["dependencies"]}
    assert program.one("AdoptedNode", "beta-en").inputs["partner"]["node"] == "scn-2"


def test_the_accounts_of_the_nodes_vote(program: Program) -> None:
    votes = {name: one.inputs["operator"] for name, one in program.of("BridgeOperator").items()}
    assert votes["scn-2-parent-vote"] == "scn-2.parent_operator"
    assert votes["scn-1-child-vote"] == "scn-1.child_operator"
    assert program.one("Funding", "scn-2-parent-funding").inputs["account"] == "scn-2.parent_operator"
    assert program.outputs["pairs"]["beta"]["en"]["kni"] == "beta-en.kni"


def test_what_an_scn_knows_is_undone_and_what_it_knew_is_kept(program: Program, config: dict[str, Any]) -> None:
    for scn in ("scn-1", "scn-2"):
        registration = program.one("BridgeRegistration", f"{scn}-registration")
        assert registration.inputs["adopted"] is True
        assert ("deployed" in registration.inputs) is ("childBridge" not in config["bridge"])
        assert "deletedWith" not in registration.options
    assert all("deletedWith" not in one.options for one in program.of("BridgeOperator").values())


def test_the_same_again_touches_nothing(program: Program, config: dict[str, Any]) -> None:
    assert program.touched_by(run(config, before=program)) == set()


def test_an_scn_in_no_pair_is_only_looked_through(config: dict[str, Any]) -> None:
    alone = run(config | {"pairs": config["pairs"][:1], "existing": _without(config, "beta-en")})
    assert alone.one("AdoptedNode", "scn-2").inputs["conf_keys"] == {}


def test_a_new_scn_joins_the_chain_by_its_genesis_its_nodes_and_their_vote(
    config: dict[str, Any], tmp_path: Path
) -> None:
    (tmp_path / "genesis.json").write_text(genesis.service_chain(3000, [VALIDATOR], {}))
    hosts = config["existing"]["hosts"]
    new = {"address": "10.0.0.9", "hostKey": hosts["scn-1"]["hostKey"], "service": "daemon"}
    chain = {"chainId": 3000, "nodes": ["scn-1", "scn-2", "scn-3"], "genesis": str(tmp_path / "genesis.json")}
    joined = run(config | {"serviceChain": chain, "existing": {"hosts": hosts | {"scn-3": new}}})
    assert not joined.of("Genesis")
    assert VALIDATOR[2:] in joined.one("Command", "scn-3-genesis.json").inputs["stdin"]
    seat = joined.one("ChildValidator", "scn-3-validator")
    assert [one["node"] for one in seat.inputs["endpoints"]] == ["scn-1", "scn-2"]
    assert seat.inputs["static_nodes"] == ["scn-1.kni", "scn-2.kni"]
    assert "deletedWith" not in seat.options
    assert set(joined.of("Node")) == {"scn-3"}
    assert "NETWORK_ID=203\n" in joined.one("Command", "scn-3-kscnd.conf").inputs["stdin"]
    council = joined.one("ChildCouncil", "service-chain-council")
    assert (council.inputs["made"], council.inputs["found"]) == (
        [seat.inputs["address"]],
        ["scn-1.public_key", "scn-2.public_key"],
    )
    given = run(config | {"serviceChain": {**chain, "networkId": 77}, "existing": {"hosts": hosts | {"scn-3": new}}})
    assert "NETWORK_ID=77\n" in given.one("Command", "scn-3-kscnd.conf").inputs["stdin"]


def _without(config: dict[str, Any], name: str) -> dict[str, Any]:
    hosts = {key: host for key, host in config["existing"]["hosts"].items() if key != name}
    return {**config["existing"], "hosts": hosts}
