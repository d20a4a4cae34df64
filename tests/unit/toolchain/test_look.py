"""One quick check of all nodes: what is wrong, what repairs it, and what to refresh."""

import json
from dataclasses import replace
from typing import Any

import pytest

from components.domain.problems.bridge import FOREIGN_OPERATOR
from components.domain.problems.hosts import HOST_SILENT
from components.domain.problems.nodes import CONSOLE_SILENT, OTHER_FORKS
from components.domain.problems.operations.machines import (
    BRIDGE_NOT_SERVED,
    MACHINE_SILENT,
    NODE_ILL,
    OTHER_MAIN_BRIDGES,
)
from components.domain.problems.packages import OTHER_VERSION_RUNS
from components.domain.problems.problem import Problem
from components.watch.readings import Missing, Readings
from components.watch.targets import Targets
from tests.unit.watch.samples import BRIDGES, KEYS, KIND, OPERATORS, bridge, chain, export, place, readings, resource
from toolchain.ops import look
from toolchain.ops.look import Known, repairable
from toolchain.ops.state import _MARK, _SECRET

OLDER, NEWER = "Klaytn/v1.0.3/linux-amd64/go1.22.0", "Kaia/v2.2.1/linux-amd64/go1.22.1"
HEAD = "urn:pulumi:dev::servicechain-ha::"


def state() -> dict[str, Any]:
    """Return a state with registrations, and with secrets as Pulumi exports them."""
    found = export()["deployment"]["resources"]
    for scn in ("scn-1", "scn-2"):
        contracts = {f"{side}_bridge": address for side, address in BRIDGES.items()}
        found.append(resource("BridgeRegistration", f"{scn}-registration", node=place(scn), **contracts))
    found.append(resource("UpdatedNode", "scn-1", node=place("scn-1"), role="scn", version=OLDER))
    for one in found:
        if "node" in one["outputs"]:
            one["outputs"]["node"] = {_MARK: _SECRET, "plaintext": json.dumps(one["outputs"]["node"])}
    return {"deployment": {"resources": found}}


def test_nodes_and_what_to_refresh_are_known_by_the_state() -> None:
    known = Known.of(state())
    assert known.running.keys() == {node.name for node in known.targets.nodes}
    assert known.running["scn-1"] == f"{HEAD}{KIND}RunningNode::scn-1"
    assert known.registrations == {
        scn: f"{HEAD}{KIND}BridgeRegistration::{scn}-registration" for scn in ("scn-1", "scn-2")
    }
    assert known.updates == {"scn-1": f"{HEAD}{KIND}UpdatedNode::scn-1"}
    assert known.versions == {"scn-1": OLDER}
    assert Known.of({}) == Known.of({"deployment": None}) == Known(Targets(()), {}, {}, {}, {})


def test_a_bridge_that_is_well_is_no_problem() -> None:
    assert repairable(Known.of(state()), readings()) == []


HANGS = Missing(CONSOLE_SILENT("scn-1: no answer in 3 s"))


@pytest.mark.parametrize(
    ("changed", "problem", "words", "stale"),
    [
        ({"chain": HANGS, "bridge": HANGS}, NODE_ILL, "no answer in 3 s ", "RunningNode"),
        ({"bridge": HANGS}, NODE_ILL, "no answer in 3 s ", "RunningNode"),
        ({"chain": Missing(HOST_SILENT("scn-1: no SSH"), away=True)}, MACHINE_SILENT, "no SSH ", ""),
        ({"bridge": replace(bridge("alpha"), peers=())}, OTHER_MAIN_BRIDGES, "connected to 0 ", "RunningNode"),
        (
            {"bridge": replace(bridge("alpha"), peers=(KEYS["alpha"], KEYS["beta"]))},
            OTHER_MAIN_BRIDGES,
            "connected to 2 ",
            "RunningNode",
        ),
        ({"bridge": replace(bridge("alpha"), peers=(KEYS["beta"],))}, OTHER_MAIN_BRIDGES, "", "RunningNode"),
        ({"bridge": replace(bridge("alpha"), subscribed=False)}, BRIDGE_NOT_SERVED, "", "BridgeRegistration"),
    ],
)
def test_what_is_wrong_is_told_with_what_repairs_it(
    changed: dict[str, object], problem: Problem, words: str, stale: str
) -> None:
    (finding,) = repairable(Known.of(state()), readings(nodes={"scn-1": changed}))
    assert finding.problem == problem
    assert problem.code in finding.message
    assert finding.message.startswith("scn-1: ")
    assert finding.message.count("scn-1: ") == 1, "the error names the node too"
    assert words in finding.message
    assert ("make replace MACHINE=scn-1" in finding.message) == (problem is MACHINE_SILENT)
    assert [urn.rpartition("::")[0].rpartition(":")[2] for urn in finding.stale] == ([stale] if stale else [])


def versions(node: str, **bridge_: Any) -> Readings:
    chain_ = {"chain": replace(chain("child"), version=NEWER)}
    return readings(nodes={node: {**chain_, **({"bridge": replace(bridge("alpha"), **bridge_)} if bridge_ else {})}})


def test_a_node_that_an_ended_run_left_with_another_version_is_looked_at_again() -> None:
    (finding,) = repairable(Known.of(state()), versions("scn-1"))
    assert (finding.problem, finding.stale) == (OTHER_VERSION_RUNS, [f"{HEAD}{KIND}UpdatedNode::scn-1"])
    assert "v2.2.1" in finding.message
    assert "v1.0.3" in finding.message
    (both,) = repairable(Known.of(state()), versions("scn-1", peers=()))
    assert both.problem == OTHER_MAIN_BRIDGES
    assert [urn.rpartition(":")[0].rpartition(KIND)[2] for urn in both.stale] == ["RunningNode:", "UpdatedNode:"]


def test_a_node_without_the_forks_of_its_genesis_is_looked_at_again() -> None:
    known = Known.of(state())
    nodes = tuple(replace(node, forks={"kaia": 400} if node.name == "scn-1" else None) for node in known.targets.nodes)
    known = replace(known, targets=replace(known.targets, nodes=nodes))
    for forks, found in (({"kaia": 400}, 0), ({"kaia": 500}, 1), ({}, 0), (HANGS, 0)):
        read = readings(nodes={name: {"chain": replace(chain("child"), forks=forks)} for name in ("scn-1", "scn-3")})
        findings = repairable(known, read)
        assert [(one.problem, one.node) for one in findings] == [(OTHER_FORKS, "scn-1")] * found
        assert [urn for one in findings for urn in one.stale] == [f"{HEAD}{KIND}UpdatedNode::scn-1"] * found


def test_the_version_of_a_node_of_which_none_is_known_is_its_own() -> None:
    assert repairable(Known.of(state()), versions("scn-2")) == []


def test_what_an_up_does_not_repair_does_not_count() -> None:
    found = readings(
        nodes={"scn-1": {"bridge": replace(bridge("alpha"), anchored=0, pending=2000)}},
        contracts={"parent": {"running": False}},
    )
    assert repairable(Known.of(state()), found) == []


def test_an_scn_that_was_never_registered_is_not_refreshed() -> None:
    known = replace(Known.of(state()), registrations={})
    assert repairable(known, readings(nodes={"scn-1": {"bridge": replace(bridge("alpha"), subscribed=False)}})) == []


def test_lines_are_problems_or_what_to_refresh(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    gone = {"scn-3": {"chain": Missing(HOST_SILENT("scn-3: no SSH"), away=True)}, "scn-1": {"chain": HANGS}}
    monkeypatch.setattr(look, "read", lambda *_, **__: readings(nodes=gone))
    monkeypatch.setattr("os._exit", lambda _: None)
    for question, expected in (("problems", 2), ("stale", 1)):
        monkeypatch.setattr("json.load", lambda _: state())
        look.main(question)
        assert len(capsys.readouterr().out.splitlines()) == expected


def test_an_up_that_went_well_tells_what_somebody_has_changed(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    somebody = f"0x{'99' * 20}"
    found = readings(
        contracts={"parent": {"operators": (*(one["parent"] for one in OPERATORS.values()), somebody)}},
        nodes={"scn-1": {"bridge": replace(bridge("alpha"), anchored=0)}},
    )
    monkeypatch.setattr(look, "read", lambda *_, **__: found)
    monkeypatch.setattr("os._exit", lambda _: None)
    monkeypatch.setattr("json.load", lambda _: state())
    look.main("problems")
    told = capsys.readouterr()
    assert told.out == "", "it is no reason to fail"
    first, last = told.err.splitlines()
    assert first.startswith("warning: ")
    assert FOREIGN_OPERATOR.code in first
    assert somebody in first
    assert "make refresh" in last
    monkeypatch.setattr(look, "read", lambda *_, **__: readings())
    look.main("problems")
    assert capsys.readouterr().err == ""
