"""The pairs are declared before anything that changes votes, and none leaves while those that stay cannot vote."""

from typing import Any

import pytest

from components.chain.contracts.plan import Refused
from components.chain.voters import roster, voters
from components.domain.problems.bridge import OWNER_NODE_LACKS_CALL, PAIRS_UNABLE
from components.dynamic.base import Props
from components.dynamic.proofs.voters import VotersProvider
from tests.unit.dynamic.test_chain_resource import BRIDGE, TWO, endpoint


def pair(name: str) -> Props:
    operators = {"parent": f"0xAA{name}", "child": f"0xBB{name}"}
    return {"pair": name, "scn": endpoint(f"{name}-scn"), "en": endpoint(f"{name}-en"), "adopted": False, **operators}


def program(*names: str, threshold: int = 1, **more: object) -> Props:
    pairs = [pair(name) for name in names]
    return {"voters": pairs, "child_bridge": BRIDGE, "parent_bridge": TWO, "threshold": float(threshold), **more}


@pytest.fixture
def dead(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Return the pairs that cannot vote, to be added to."""
    names: set[str] = set()
    roster.forget()
    monkeypatch.setattr(
        voters, "unable", lambda seen, _enough: {one.pair: "dead" for one in seen.voters if one.pair in names}
    )
    return names


def known(*names: str, **more: Any) -> Props:
    return {**program(*names), "leaving": [], **more}


def test_nothing_is_looked_at_while_no_pair_leaves(dead: set[str]) -> None:
    """A higher threshold asks for the pairs where it is set: those that come cannot vote before they are registered."""
    dead |= {"alpha", "beta"}
    provider = VotersProvider()
    assert (provider.create(program("alpha", "beta", threshold=2)).outs or {})["leaving"] == []
    assert provider.update("id", known("alpha"), program("alpha", "beta")).outs


@pytest.mark.parametrize("threshold", [1, 2])
def test_a_dead_pair_leaves_and_those_that_stay_have_to_be_able_to_vote(dead: set[str], threshold: int) -> None:
    dead.add("gamma")
    provider, wanted = VotersProvider(), program("alpha", "beta", threshold=threshold)
    before = known("alpha", "beta", "gamma")
    outs = provider.update("id", before, wanted).outs
    assert outs is not None
    assert outs["leaving"] == ["0xaagamma", "0xbbgamma"]
    dead |= {"alpha", "beta"}
    with pytest.raises(Refused, match=rf"removing a pair .* of the 2 pair.*{PAIRS_UNABLE.code}"):
        provider.update("id", before, wanted)


def test_pairs_that_come_in_the_same_up_are_looked_at_when_votes_go(dead: set[str]) -> None:
    dead |= {"alpha", "gamma"}
    assert VotersProvider().update("id", known("alpha", "beta"), program("gamma")).outs
    with pytest.raises(Refused, match=rf"of the 1 pair.* 0 can vote now, and a transfer needs 2.*{PAIRS_UNABLE.code}"):
        VotersProvider().update("id", known("alpha", "beta"), program("alpha", "gamma", threshold=2))


def test_the_pairs_are_declared_also_where_nothing_is_to_be_done(dead: set[str]) -> None:
    assert not dead
    diff = VotersProvider().diff("id", known("beta", "alpha", leaving=["0xaagamma"]), program("alpha", "beta"))
    assert not diff.changes, "their order means nothing"
    for bridge in (BRIDGE, BRIDGE.lower(), TWO):
        found = roster.roster_of(bridge)
        assert found is not None
        assert [one.pair for one in found.voters] == ["alpha", "beta"]
        assert found.leaving == {"0xaagamma"}, "what an up that failed has not removed yet"
    assert roster.roster_of("0x3") is None


def test_a_pair_does_not_leave_a_contract_that_a_node_owns(dead: set[str]) -> None:
    assert not dead
    olds, news = program("alpha", "beta"), program("alpha", owner_nodes=["parent"])
    (failure,) = VotersProvider().check(olds, news).failures or []
    assert OWNER_NODE_LACKS_CALL.code in failure.reason
    assert failure.reason.startswith("pair beta cannot leave: ")
    assert "bridge.parentOwnerKey instead of bridge.parentOwnerNode" in failure.reason
    assert not VotersProvider().check(olds, program("beta", "alpha", owner_nodes=["parent"])).failures
    assert not VotersProvider().check(olds, program("alpha")).failures
    adopted = {**pair("beta"), "adopted": True}
    assert not VotersProvider().check({**olds, "voters": [pair("alpha"), adopted]}, news).failures
