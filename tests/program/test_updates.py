"""In which order nodes are restarted when their packages or files have changed, and what waits for that."""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from components.stack.bridge.updates import order
from tests.program.mocked import made, run
from tests.program.program import Asked, Program
from tests.program.stacks import SEED, aws


def private(*scns: str, **more: Any) -> dict[str, Any]:
    return {
        "identitySeed": SEED,
        "monitoring": {"enabled": False},
        "parentChain": {"network": "private", "chainId": 2020},
        "serviceChain": {"chainId": 3000, "nodes": list(scns)},
        "pairs": [{"name": "beta", "scn": "scn-3"}, {"name": "alpha", "scn": "scn-1"}],
        "bridge": {"threshold": 1},
        **more,
    }


SCNS = ("scn-1", "scn-2", "scn-3", "scn-4")
ORDER = ["beta-en", "scn-3", "alpha-en", "scn-1", "scn-2", "scn-4", "parent"]


@pytest.fixture(scope="module")
def program() -> Program:
    return made(private(*SCNS))


def waits_for(one: Asked, kind: str) -> set[str]:
    """Return the names of the resources of a kind that one waits for, directly."""
    return {
        urn.rpartition("::")[2]
        for urn in one.options.get("dependencies", ())
        if urn.split("::")[2].endswith(f":{kind}")
    }


def in_order(program: Program) -> Iterator[str]:
    """Follow who waits for whom."""
    before = {next(iter(waits_for(one, "UpdatedNode")), ""): name for name, one in program.of("UpdatedNode").items()}
    name = ""
    while name in before:
        yield (name := before[name])


def test_nodes_are_restarted_pair_by_pair_and_the_validator_last(program: Program) -> None:
    assert list(in_order(program)) == ORDER
    assert len(program.of("UpdatedNode")) == len(ORDER)


def test_no_node_is_restarted_before_all_have_their_files_and_run(program: Program) -> None:
    first = program.one("UpdatedNode", ORDER[0])
    assert waits_for(first, "RunningNode") == set(ORDER)


def test_the_bridge_is_used_after_the_last_restart(program: Program) -> None:
    for kind in ("BridgeContract", "Funding", "BridgeOperator", "TransferProof"):
        for one in program.of(kind).values():
            assert waits_for(one, "UpdatedNode") == {ORDER[-1]}, one.name


def test_the_last_node_of_each_pair_has_the_pair_prove_itself(program: Program) -> None:
    proving = {
        name: one.inputs["pair"]["name"] for name, one in program.of("UpdatedNode").items() if "pair" in one.inputs
    }
    assert proving == {"scn-3": "beta", "scn-1": "alpha"}
    assert program.one("UpdatedNode", "scn-3").inputs["pair"]["runs"] == [
        program.one("UpdatedNode", name).inputs["runs"] for name in ("beta-en", "scn-3")
    ]


def test_who_dials_a_node_dials_again_after_its_restart(program: Program) -> None:
    dialled = {
        name: [(dial["endpoint"]["node"], dial["network"]) for dial in one.inputs["diallers"]]
        for name, one in program.of("UpdatedNode").items()
        if "diallers" in one.inputs
    }
    assert dialled == {
        "beta-en": [("scn-3", "subbridge")],
        "alpha-en": [("scn-1", "subbridge")],
        "parent": [("beta-en", "admin"), ("alpha-en", "admin")],
    }


LATE, WITHOUT = "s late", "seat"


@pytest.mark.parametrize(
    ("restarted", "scns", "said", "unsaid"),
    [
        ("alpha-en scn-1", SCNS, LATE, WITHOUT),
        ("alpha-en scn-1", [*SCNS, "scn-5"], WITHOUT, LATE),
        ("alpha-en parent", SCNS, "alpha-en, parent", LATE),
        ("alpha-en parent", [*SCNS, "scn-5"], "alpha-en, parent", WITHOUT),
    ],
)
def test_transfers_are_late_while_an_scn_is_down_that_keeps_its_seat(
    restarted: str, scns: Sequence[str], said: str, unsaid: str
) -> None:
    sentence = order(restarted.split(), scns)
    assert said in sentence
    assert unsaid not in sentence


def test_scns_that_keep_their_data_copy_them_in_their_restart_and_the_setting_restarts_nothing() -> None:
    before = made(private(*SCNS))
    after = run(private(*SCNS, upgrade={"keepData": True}), before=before)
    nodes = {name: one.inputs for name, one in after.of("UpdatedNode").items()}
    assert {name for name, inputs in nodes.items() if "room" in inputs} == set(SCNS)
    for kind in ("UpdatedNode", "RunningNode"):
        copying = {name for name, one in after.of(kind).items() if "data.before-" in one.inputs["start"]}
        assert copying == set(SCNS)
    # The state of these has the command with which their removal restarts the SCN.
    registrations = {("BridgeRegistration", f"{name}-registration") for name in ("scn-1", "scn-3")}
    assert before.touched_by(after) == registrations


def test_another_package_of_the_ens_restarts_them_and_has_all_pairs_prove_themselves() -> None:
    before = made(aws(2))
    packages = {"ken": {"url": "https://archives.test/ken-v2.2.2-linux-amd64.tar.gz", "sha256": "cd" * 32}}
    after = run(aws(2, packages={**aws(2)["packages"], **packages}), before=before)
    touched = before.touched_by(after)
    ens = {"pair-1-en", "pair-2-en"}
    assert {name for kind, name in touched if kind == "RunningNode"} == ens
    assert {name for kind, name in touched if kind == "UpdatedNode"} == ens | {"scn-1", "scn-2"}
