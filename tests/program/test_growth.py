"""What a pair and its machines touch when they come and go: their own, the lists of nodes, and the proofs."""

from typing import Any

import pytest

from tests.program.mocked import run
from tests.program.program import Program
from tests.program.stacks import SEED

SCNS = [f"scn-{i}" for i in range(1, 5)]
PROOFS = {("TransferProof", f"{one}-proof") for one in ("child-to-parent", "parent-to-child")}
LISTS = {("Command", f"{scn}-static-nodes.json") for scn in SCNS} | {("NodeFiles", scn) for scn in SCNS}
WATCHED = {("Voters", "voters"), ("Resilience", "resilience"), ("ChildCouncil", "service-chain-council")}
"""They hold a list of all pairs or of all SCNs, which they compare with what they see."""
OTHERS = {("OtherOperators", f"{chain}-other-operators") for chain in ("parent", "child")}
THRESHOLDS = {
    step
    for chain in ("parent", "child")
    for step in (
        ("OperatorThreshold", f"{chain}-threshold"),
        ("ConfigurationThreshold", f"{chain}-configuration-threshold"),
    )
}


def local(pairs: dict[str, str], scns: list[str], threshold: int = 1) -> dict[str, Any]:
    return {
        "identitySeed": SEED,
        "monitoring": {"enabled": False},
        "parentChain": {"network": "private", "chainId": 2020},
        "serviceChain": {"chainId": 3000, "nodes": scns},
        "pairs": [{"name": name, "scn": scn} for name, scn in pairs.items()],
        "bridge": {"threshold": threshold},
    }


TWO = {"alpha": "scn-1", "beta": "scn-2"}
FIVE = [*SCNS, "scn-5"]


@pytest.fixture(scope="module")
def before() -> Program:
    return run(local(TWO, SCNS))


@pytest.fixture(scope="module")
def grown(before: Program) -> Program:
    return run(local({"gamma": "scn-5", **TWO}, FIVE, 2), before=before)


def strangers(touched: set[tuple[str, str]], *mine: str) -> set[tuple[str, str]]:
    """Return what was touched and is none of these machines' or pairs'."""
    return {
        (type_, name) for type_, name in touched if not any(name == one or name.startswith(f"{one}-") for one in mine)
    }


def test_a_pair_that_comes_touches_nobody_else(before: Program, grown: Program) -> None:
    assert strangers(before.touched_by(grown), "gamma", "scn-5") == LISTS | THRESHOLDS | OTHERS | PROOFS | WATCHED


def test_a_pair_that_goes_is_only_taken_note_of(grown: Program) -> None:
    """Resources that know of its nodes forget them, which sends nothing."""
    after = run(local({"gamma": "scn-5", "beta": "scn-2"}, [scn for scn in FIVE if scn != "scn-1"]), before=grown)
    others = strangers(grown.touched_by(after), "alpha", "scn-1")
    machines = {"Command", "LocalHost", "RunningNode", "BridgeRegistration", "SshKey", "Account", "Genesis"}
    lists = {("Command", f"{scn}-static-nodes.json") for scn in FIVE if scn != "scn-1"}
    assert {one for one in others if one[0] in machines} == lists


def test_every_scn_has_a_seat_before_it_is_ready_and_until_its_machine_goes(grown: Program) -> None:
    seats = grown.of("ChildValidator")
    assert set(seats) == {f"{scn}-validator" for scn in FIVE}
    for scn in FIVE:
        seat = seats[f"{scn}-validator"]
        assert [other["node"] for other in seat.inputs["endpoints"]] == [one for one in FIVE if one != scn]
        assert any(urn.endswith(f"::{scn}-start") for urn in seat.options["dependencies"])
        assert seat.options["deletedWith"].endswith("::service-chain")
        assert any(urn.endswith(f"::{scn}-validator") for urn in grown.one("RunningNode", scn).options["dependencies"])


def test_a_lone_scn_has_a_seat_without_a_voter() -> None:
    program = run(local({"alpha": "scn-1"}, ["scn-1"]))
    assert program.one("ChildValidator", "scn-1-validator").inputs["endpoints"] == []


def test_a_registration_follows_the_machines_of_its_pair(before: Program) -> None:
    inputs = before.one("BridgeRegistration", "scn-1-registration").inputs
    assert (inputs["started"], inputs["en_started"]) == ("scn-1-start.id", "alpha-en-start.id")


def test_transfers_need_more_votes_only_after_the_scns_serve_the_contracts(grown: Program) -> None:
    """A vote that is registered for an SCN whose registration fails is never cast."""
    for chain in ("parent", "child"):
        before = {
            urn.rpartition("::")[2]
            for urn in grown.one("OperatorThreshold", f"{chain}-threshold").options["dependencies"]
        }
        assert {f"{scn}-registration" for scn in ("scn-1", "scn-2", "scn-5")} <= before
        assert {f"{scn}-{chain}-vote" for scn in ("scn-1", "scn-2", "scn-5")} <= before
