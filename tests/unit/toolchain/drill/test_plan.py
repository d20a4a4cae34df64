"""Which faults a drill makes and refuses, and of which stacks."""

from typing import Any

import pytest

from components.domain.problems.operations.drills import NO_DRILL_HERE, TOO_FEW_LEFT
from components.domain.problems.operations.state import CALLED_WRONGLY, STACK_NOT_UP
from tests.unit.toolchain.drill.fakes import scene, seen, state
from tests.unit.watch.samples import OPERATORS, resource
from tests.unit.watch.test_judging import down
from toolchain.ops.drill.fault import Fault
from toolchain.ops.drill.options import options
from toolchain.ops.drill.plan import Selection, plan
from toolchain.ops.drill.scene import Refused, Scene

AWS = "aws:ec2/instance:Instance"


def names(*words: str, **options_: Any) -> tuple[list[str], dict[str, str]]:
    """Return the faults that are made, and the codes of those that are left out."""
    health = options_.pop("health", None) or seen()
    made, left = plan(scene(**options_), health, options(["dev", *words]).selection)
    return [one.name for one in made], {one.fault: one.why.codes[0] for one in left}


def test_without_options_everything_that_applies_is_made_in_order() -> None:
    made, left = names()
    assert made == [
        "en alpha-en",
        "en beta-en",
        "scn scn-1",
        "scn scn-2",
        "pair alpha",
        "pair beta",
        "hung alpha-en",
        "hung scn-1",
        "hung beta-en",
        "hung scn-2",
        "link alpha",
        "link beta",
    ]
    refused = NO_DRILL_HERE.code
    assert left == dict.fromkeys(["group", "disk", "hostile alpha", "hostile beta"], refused)


@pytest.mark.parametrize(
    ("words", "made"),
    [
        (["--fault", "scn", "--pair", "beta"], ["scn scn-2"]),
        (["--fault", "scn,en", "--pair", "beta"], ["en beta-en", "scn scn-2"]),
        (["--fault", "hung", "--node", "scn-1"], ["hung scn-1"]),
        (["--fault", "disk", "--node", "scn-1"], ["disk scn-1"]),
        (["--group", "alpha-en,scn-1"], ["group alpha-en+scn-1"]),
        (["--fault", "link", "--fault", "pair", "--pair", "alpha"], ["pair alpha", "link alpha"]),
    ],
)
def test_what_is_asked_for_is_made(words: list[str], made: list[str]) -> None:
    assert names(*words) == (made, {})


def test_a_fault_tells_who_is_affected() -> None:
    made, _ = plan(scene(), seen(), Selection(kinds=("pair", "link"), pairs=("alpha",)))
    assert made == [
        Fault("pair", "alpha", ("alpha-en", "scn-1"), ("alpha",), ("scn-1",)),
        Fault("link", "alpha", ("alpha-en", "scn-1"), ("alpha",)),
    ]


@pytest.mark.parametrize(
    ("words", "health", "left"),
    [
        (["--group", "alpha-en,beta-en"], seen(), {"group alpha-en+beta-en": TOO_FEW_LEFT.code}),
        (["--group", "scn-3,scn-4"], seen(), {"group scn-3+scn-4": TOO_FEW_LEFT.code}),
        (["--fault", "en", "--pair", "alpha"], seen(threshold=2), {"en alpha-en": TOO_FEW_LEFT.code}),
        (["--fault", "en", "--pair", "alpha"], seen(**down("beta-en")), {"en alpha-en": TOO_FEW_LEFT.code}),
        (["--fault", "scn", "--pair", "alpha"], seen(**down("scn-4")), {"scn scn-1": TOO_FEW_LEFT.code}),
        (["--fault", "hung", "--node", "scn-2"], seen(**down("scn-4")), {"hung scn-2": TOO_FEW_LEFT.code}),
    ],
)
def test_what_the_bridge_would_not_survive_is_refused(words: list[str], health: Any, left: dict[str, str]) -> None:
    assert names(*words, health=health) == ([], left)


def with_keys() -> Scene:
    """Return a scene whose state has the keys of the operators of alpha."""
    found = state()
    found["deployment"]["resources"] += [
        resource("Account", f"scn-1-{side}-operator", address=OPERATORS["alpha"][side], private_key="22" * 32)
        for side in ("parent", "child")
    ]
    return Scene.of("dev", found)


def test_an_operator_is_hostile_only_where_it_is_outvoted() -> None:
    asked = Selection(kinds=("hostile",))
    made, left = plan(with_keys(), seen(threshold=2), asked)
    assert [one.name for one in made] == ["hostile alpha"], "although its pair is needed meanwhile"
    assert [(one.fault, one.why.codes) for one in left] == [("hostile beta", (NO_DRILL_HERE.code,))]
    made, left = plan(with_keys(), seen(), asked)
    assert made == [], "at threshold 1 it would be paid"
    assert "threshold 1" in left[0].why


def test_a_zone_fails_as_one() -> None:
    zones = {"alpha-en": "a", "scn-1": "a", "beta-en": "b", "scn-2": "b", "scn-3": "b", "scn-4": "b"}
    found = state(host=AWS)
    found["deployment"]["resources"].append(resource("Placement", "placement", zone_of=zones))
    made, left = plan(Scene.of("dev", found), seen(), Selection(kinds=("group",)))
    assert [(one.name, one.nodes) for one in made] == [("group a", ("alpha-en", "scn-1"))]
    assert [(one.fault, one.why.codes) for one in left] == [("group b", (TOO_FEW_LEFT.code,))]
    made, _ = plan(Scene.of("dev", found), seen(), Selection(kinds=("group",), group=("a",)))
    assert [one.subject for one in made] == ["a"]


def test_nodes_of_somebody_else_are_not_stopped() -> None:
    found = state()
    for one in found["deployment"]["resources"]:
        if one["type"].endswith(":RunningNode"):
            del one["outputs"]["start"]
    made, left = plan(Scene.of("dev", found), seen(), Selection(kinds=("en", "hung"), pairs=("alpha",)))
    assert [one.name for one in made] == ["hung alpha-en", "hung scn-1"]
    assert [one.why.codes for one in left] == [(NO_DRILL_HERE.code,)]


@pytest.mark.parametrize(
    "words",
    [
        ["--fault", "fire"],
        ["--pair", "gamma"],
        ["--node", "scn-9"],
        ["--node", "parent"],
        ["--group", "alpha-en,parent"],
        ["--hold", "long"],
        ["--jason", "x"],
    ],
)
def test_what_does_not_exist_is_named(words: list[str]) -> None:
    with pytest.raises(Refused, match=CALLED_WRONGLY.code):
        names(*words)


@pytest.mark.parametrize(
    ("host", "place"), [("LocalHost", "local"), ("ExistingHost", "existing"), ("aws:ec2/instance:Instance", "aws")]
)
def test_a_scene_knows_where_its_machines_are(host: str, place: str) -> None:
    assert scene(host=host).place == place


def test_transfers_are_looked_at_by_nodes_that_no_fault_meets() -> None:
    one = scene()
    assert {side: node.name for side, node in one.views().items()} == {"parent": "parent", "child": "scn-3"}
    without = one.views(["parent", "scn-3", "scn-4", "scn-1", "alpha-en"])
    assert {side: node.name for side, node in without.items()} == {"parent": "beta-en", "child": "scn-2"}
    with pytest.raises(Refused, match=NO_DRILL_HERE.code):
        one.views(["scn-1", "scn-2", "scn-3", "scn-4"])


def test_a_scene_reads_addresses_and_the_monitor() -> None:
    pairs = {"alpha": {"en": {"name": "alpha-en", "address": "10.0.0.5"}, "scn": {"name": "scn-1", "address": "x.y"}}}
    one = scene(pairs=pairs, monitor={"prometheus": "http://10.0.0.9:9090"})
    assert [one.nodes[name].address for name in ("alpha-en", "scn-1", "scn-2")] == ["10.0.0.5", "", "192.0.2.1"]
    assert one.targets.monitor == "http://10.0.0.9:9090"
    assert scene().targets.monitor == ""


def test_what_is_not_up_or_owned_by_a_node_is_not_drilled() -> None:
    states: list[dict[str, Any]] = [{"deployment": None}, {"deployment": {"resources": []}}]
    for empty in states:
        with pytest.raises(Refused, match=STACK_NOT_UP.code):
            Scene.of("dev", empty)
    found = state()
    for one in found["deployment"]["resources"]:
        if one["urn"].endswith("::child-bridge"):
            one["outputs"]["signer"] = {"node": {}, "address": "0x", "chain": "child"}
    with pytest.raises(Refused, match=NO_DRILL_HERE.code):
        Scene.of("dev", found)
