"""Forks of our own chains: the file follows the settings where the chain can, and else nothing is stopped."""

import json
from typing import Any

import pytest
from pulumi.output import UNKNOWN

from components.chain.errors import NotReady, Unreachable
from components.chain.peers import handshake
from components.chain.rpc import console, head
from components.domain.forks import lead, of_own_chain
from components.domain.problems.chains import (
    CHAIN_UNREADABLE,
    FORK_IS_PAST,
    FORK_TOO_NEAR,
    FORK_UNCHECKED,
    FORKS_WITHOUT_ENTRY,
)
from components.domain.problems.problem import Message, Problem
from components.dynamic.base import Props
from components.dynamic.nodes.genesis import GenesisProvider
from components.kaia.genesis import forks_of, service_chain
from tests.unit.dynamic.test_chain_resource import endpoint

HEAD = 10_000
NODES = 4
FIRST = HEAD + lead(NODES) + 1
"""The first block of a fork that all nodes can reach."""
ALL = of_own_chain({"kaia": HEAD})
"""The forks of a node, in the tests that have one at the newest block."""
VALIDATOR = "0x" + "11" * 20


def text(**forks: int) -> str:
    return service_chain(3000, [VALIDATOR], {}, forks)


def declared(forks: dict[str, int] | None) -> Props:
    """Return what the program says today; the text that it makes does not count later."""
    if forks is None:
        return {"text": text()}
    blocks = {name: float(block) for name, block in forks.items()}
    return {"text": text(**forks), "forks": blocks, "nodes": [endpoint("scn-1"), endpoint("scn-2")], "restarts": 4.0}


class World:
    """Which block each node has; None for one that does not answer."""

    def __init__(self) -> None:
        self.heads: dict[str, int | None] = {"scn-1": HEAD - 1, "scn-2": HEAD}
        self.asked: list[str] = []
        self.forks: dict[str, dict[str, int]] = {}
        """The chain config of nodes in which it is not that of all others."""

    def connect(self, node: Any) -> Any:
        """Connect to a node, as Console does."""
        self.asked.append(node.node)
        if self.heads[node.node] is None:
            raise Unreachable(CHAIN_UNREADABLE(node.node))
        return type("Connected", (), {"node": node.node, "close": lambda _: None})()


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    world = World()
    monkeypatch.setattr(console, "Console", world.connect)
    monkeypatch.setattr(head, "number", lambda connected: world.heads[connected.node])
    monkeypatch.setattr(handshake, "forks_of", lambda connected: world.forks.get(connected.node, ALL))
    return world


def check(olds: Props, news: Props) -> tuple[Props, list[str]]:
    done = GenesisProvider().check(olds, news)
    return dict(done.inputs), [failure.reason for failure in done.failures or []]


def up(olds: Props, news: Props) -> Props:
    inputs, failures = check(olds, news)
    assert not failures
    provider = GenesisProvider()
    return dict((provider.update("id", olds, inputs) if olds else provider.create(inputs)).outs or {})


def refused(olds: Props, news: Props) -> list[str]:
    """Return the codes of all that an up is refused for."""
    return [code for failure in check(olds, news)[1] for line in failure.splitlines() for code in Message(line).codes]


def test_a_new_chain_has_its_forks_from_the_beginning_and_asks_nobody(world: World) -> None:
    made = up({}, declared({"shanghai": 0, "cancun": 7, "kaia": 9}))
    assert forks_of(made["text"]) == {
        **dict.fromkeys(["istanbul", "london", "ethTxType", "magma", "kore", "shanghai"], 0),
        "cancun": 7,
        "kaia": 9,
    }
    assert world.asked == []


def test_nothing_changes_and_nobody_is_asked_as_long_as_the_forks_are_the_same(world: World) -> None:
    made = up({}, declared({"kaia": 9}))
    inputs, failures = check(made, {**declared({"kaia": 9}), "text": "another", "nodes": [endpoint("scn-3")]})
    assert not failures
    assert inputs["text"] == made["text"]
    assert not GenesisProvider().diff("id", made, inputs).changes
    assert world.asked == []


def test_a_fork_comes_to_a_running_chain_and_nothing_else_of_its_file_changes(
    world: World, capfd: pytest.CaptureFixture[str]
) -> None:
    made = up({}, {"text": text()})
    later = up(made, {**declared({"kaia": FIRST}), "text": "made of other validators"})
    assert json.loads(later["text"]) == json.loads(text(kaia=FIRST))
    told = capfd.readouterr().err
    assert f"kaia comes at block {FIRST}, {FIRST - HEAD} blocks and about 6 minutes" in told
    assert world.asked == ["scn-1", "scn-2"] * 2, "once for the plan, and once before the files are written"


def test_one_node_that_answers_is_enough(world: World) -> None:
    world.heads["scn-1"] = None
    assert refused(up({}, {"text": text()}), declared({"kaia": FIRST - 1})) == [FORK_TOO_NEAR.code]


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ({}, {"kaia": FIRST - 1}, FORK_TOO_NEAR),
        ({}, {"kaia": 0}, FORK_TOO_NEAR),
        ({}, {"cancun": FIRST, "kaia": FIRST}, FORK_IS_PAST),
        ({"kaia": HEAD}, {"kaia": FIRST}, FORK_IS_PAST),
        ({"kaia": HEAD}, {}, FORK_IS_PAST),
        ({"kaia": HEAD}, None, FORKS_WITHOUT_ENTRY),
        ({"kaia": FIRST}, None, FORKS_WITHOUT_ENTRY),
        ({"kaia": FIRST - 1}, {"kaia": FIRST}, FORK_TOO_NEAR),
        ({"kaia": FIRST - 1}, {}, FORK_TOO_NEAR),
        ({"cancun": FIRST}, {}, FORK_TOO_NEAR),
    ],
)
@pytest.mark.usefixtures("world")
def test_what_not_all_nodes_could_follow_is_refused(
    before: dict[str, int], after: dict[str, int] | None, problem: Problem
) -> None:
    assert refused(up({}, declared(before)), declared(after)) == [problem.code]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"kaia": FIRST}, {"kaia": FIRST + 1}),
        ({"kaia": FIRST + 1}, {"kaia": FIRST}),
        ({"kaia": FIRST}, {}),
        ({"shanghai": HEAD, "cancun": FIRST}, {"shanghai": HEAD, "cancun": FIRST + 1}),
        ({"kaia": HEAD}, {"kaia": HEAD, "cancun": 0}),
    ],
)
@pytest.mark.usefixtures("world")
def test_what_all_can_follow_is_taken(before: dict[str, int], after: dict[str, int]) -> None:
    later = up(up({}, declared(before)), declared(after))
    assert later["text"] == text(**after)


@pytest.mark.usefixtures("world")
def test_a_planned_fork_is_taken_back_and_then_the_setting_goes() -> None:
    planned = up({}, declared({"kaia": FIRST}))
    back = up(planned, declared({}))
    gone = up(back, declared(None))
    assert (back["text"], gone["text"]) == (text(), text())


def test_a_chain_that_cannot_be_reached_is_told_in_the_plan_and_ends_the_up(
    world: World, capfd: pytest.CaptureFixture[str]
) -> None:
    made = up({}, {"text": text()})
    world.heads = {"scn-1": None, "scn-2": None}
    inputs, failures = check(made, declared({"kaia": FIRST}))
    assert not failures
    assert FORK_UNCHECKED.code in capfd.readouterr().err
    with pytest.raises(NotReady, match=FORK_UNCHECKED.code):
        GenesisProvider().update("id", made, inputs)


def test_a_plan_that_became_too_late_ends_the_up(world: World) -> None:
    made = up({}, {"text": text()})
    inputs, _ = check(made, declared({"kaia": FIRST}))
    world.heads["scn-2"] = HEAD + 1
    with pytest.raises(Exception, match=FORK_TOO_NEAR.code):
        GenesisProvider().update("id", made, inputs)


def test_machines_that_are_not_there_yet_are_not_asked(world: World) -> None:
    made = up({}, {"text": text()})
    news = {**declared({"kaia": FIRST}), "nodes": [{**endpoint("scn-9"), "host": UNKNOWN}]}
    inputs, failures = check(made, news)
    assert not failures
    assert forks_of(inputs["text"])["kaia"] == FIRST
    assert world.asked == []


def of_four(forks: dict[str, int]) -> Props:
    return {**declared(forks), "nodes": [endpoint(f"scn-{number}") for number in range(1, 5)]}


@pytest.mark.parametrize(
    ("lacking", "silent", "codes"),
    [
        (0, 0, [FORK_IS_PAST.code]),
        (2, 0, [FORK_IS_PAST.code]),
        (2, 2, [FORK_IS_PAST.code]),
        (3, 0, []),
        (3, 1, []),
        (4, 0, []),
    ],
)
def test_a_fork_that_the_chain_passed_by_the_old_rules_can_be_moved(
    world: World, lacking: int, silent: int, codes: list[str]
) -> None:
    """As when an up ended after the first node. Three of four can make blocks, so then the fork did not take place."""
    planned = up({}, of_four({"kaia": HEAD}))
    scns = [f"scn-{number}" for number in range(1, 5)]
    world.heads = dict.fromkeys(scns, HEAD) | dict.fromkeys(scns[4 - silent :], None)
    world.forks = {scn: {**ALL, "kaia": FIRST} for scn in scns[:lacking]}
    for later in ({"kaia": FIRST}, {}):
        assert refused(planned, of_four(later)) == codes
    too_near = refused(planned, of_four({"kaia": FIRST - 1}))
    assert too_near == (codes or [FORK_TOO_NEAR.code])


def test_a_refusal_names_the_nodes_that_lack_the_fork(world: World) -> None:
    planned = up({}, declared({"kaia": HEAD}))
    world.forks = {"scn-2": {}}
    (reason,) = check(planned, declared({}))[1]
    assert "not in the chain config of scn-2" in reason
