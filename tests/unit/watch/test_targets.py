"""What is to be read, from a state: a complete one, one in the middle of an up, an empty one."""

from typing import Any

from components.watch.targets import Targets
from tests.unit.watch.samples import BRIDGES, COIN, KEYS, OPERATORS, OWNERS, SEATS, TOKENS, export, place, resource


def test_the_monitor_is_known_by_the_outputs() -> None:
    found = export()
    assert Targets.of(found).monitor == ""
    found["deployment"]["resources"][0]["outputs"]["monitor"] = {"prometheus": "http://10.0.0.9:9090"}
    assert Targets.of(found).monitor == "http://10.0.0.9:9090"


def test_everything_of_a_stack_that_is_up() -> None:
    found = Targets.of(export())
    assert [(node.name, node.role, node.side, node.chain_id) for node in found.nodes][:2] == [
        ("parent", "validator", "parent", 2020),
        ("alpha-en", "en", "parent", 2020),
    ]
    assert {node.name: node.seat for node in found.nodes if node.seat} == SEATS
    assert {node.folder for node in found.nodes} == {"/srv/data"}
    alpha, beta = found.pairs
    assert (alpha.name, alpha.en, alpha.scn, alpha.main_bridge) == ("alpha", "alpha-en", "scn-1", KEYS["alpha"])
    assert (alpha.operators, alpha.anchoring, alpha.per_day) == (OPERATORS["alpha"], True, 5 * COIN)
    assert beta.name == "beta"
    child = found.contracts["child"]
    assert (child.address, child.owner, child.chain_id) == (BRIDGES["child"], OWNERS["child"], 3000)
    assert child.operators == tuple(one["child"] for one in OPERATORS.values())
    assert (child.threshold, child.configuration, child.minimum, child.fees) == (
        1,
        1,
        500 * COIN,
        {"receiver": "", "coin": "0", "tokens": {}},
    )
    (token,) = child.tokens
    assert (token.name, token.address, token.counterpart) == ("play", TOKENS["child"], TOKENS["parent"])
    assert found.minima == {("parent", one["parent"]): 50 * COIN for one in OPERATORS.values()}
    assert found.accounts("child") == sorted(one["child"] for one in OPERATORS.values())
    assert (found.threshold, found.network, found.unfinished) == (1, None, False)


def test_addresses_are_compared_in_lower_case() -> None:
    found = Targets.of(export())
    shouted = export()
    for one in shouted["deployment"]["resources"]:
        for name in ("address", "bridge", "owner", "operator", "account"):
            if name in one["outputs"]:
                one["outputs"][name] = one["outputs"][name].upper().replace("0X", "0x")
    assert Targets.of(shouted).contracts == found.contracts


def test_a_state_in_the_middle_of_an_up_has_what_is_there() -> None:
    deployment: dict[str, Any] = {
        "resources": [
            {"urn": "urn:pulumi:dev::x::pulumi:pulumi:Stack::dev", "type": "pulumi:pulumi:Stack"},
            resource("RunningNode", "scn-1", node=place("scn-1"), role="scn", chain_id=3000.0),
            {**resource("RunningNode", "scn-2", node=place("scn-2"), role="scn", chain_id=3000.0), "outputs": {}},
            {**resource("RunningNode", "scn-3", node=place("scn-3"), role="scn", chain_id=1.0), "delete": True},
            resource(
                "BridgeContract", "child-bridge", address=BRIDGES["child"], owner=OWNERS["child"], chain_id=3000.0
            ),
        ],
        "pending_operations": [{"type": "creating"}],
    }
    found = Targets.of({"deployment": deployment})
    assert [node.name for node in found.nodes] == ["scn-1"]
    assert found.contracts.keys() == {"child"}
    assert (found.pairs, found.unfinished) == ((), True)


def test_an_empty_state_has_nothing() -> None:
    for empty in ({}, {"deployment": None}, {"deployment": {"resources": None}}):
        assert Targets.of(empty) == Targets(())
