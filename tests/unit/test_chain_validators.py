"""Votes are cast by another validator, one at a time, and waited for."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, cast

import pytest

from components.chain import console, peering, validators
from components.chain.console import Console
from components.chain.endpoint import Endpoint
from components.chain.errors import NotReady, Unreachable
from components.chain.turns import set_aside
from components.chain.validators import address_of, let_in, vote_out
from tests.unit.fake_node import Clock

KEYS = {name: f"{i + 1:02x}" * 64 for i, name in enumerate(["scn-1", "scn-2", "scn-3", "scn-4", "scn-5"])}
AT = {name: address_of(key) for name, key in KEYS.items()}
FOUR = ["scn-1", "scn-2", "scn-3", "scn-4"]


def endpoint(name: str) -> Endpoint:
    return Endpoint(node=name, host=name, private_key="k", host_key="h", ipc="/srv/klay.ipc")


class Chain:
    """A chain on which a vote counts after three seconds; dead nodes do not answer, and strangers have no peers."""

    def __init__(self, council: list[str]) -> None:
        self.first = self.council = set(council)
        self.dead: set[str] = set()
        self.votes: list[tuple[str, str, str]] = []
        self.clock = Clock()
        self.clock.sleepers.append(self._count)

    def _count(self) -> None:
        if self.votes and self.clock.now > self.cast + 3:
            _, key, address = self.votes[-1]
            one = {name for name, at in AT.items() if at == address}
            self.council = self.council | one if key.endswith("addvalidator") else self.council - one

    @contextmanager
    def connect(self, endpoints: list[Endpoint], _chain_id: int) -> Iterator[Console]:
        """Yield a console of the first that lives."""
        found = next((one.node for one in endpoints if one.node not in self.dead), None)
        if not found:
            msg = f"{endpoints[0].node} does not answer"
            raise Unreachable(msg)

        def call(method: str, *params: str) -> Any:
            return getattr(self, f"_{method.split('_')[1]}")(found, *params)

        yield cast("Console", SimpleNamespace(node=found, call=call))

    def _getValidators(self, _node: str, block: str) -> list[str]:  # noqa: N802
        return [AT[name] for name in (self.first if block == "0x0" else self.council)]

    def _nodeAddress(self, node: str) -> str:  # noqa: N802
        return AT[node]

    def _peers(self, node: str) -> list[dict[str, str]]:
        known = self.council - self.dead - {node} if node in self.council else set()
        return [{"id": KEYS[name]} for name in known]

    def _removePeer(self, node: str, kni: str) -> None:  # noqa: N802
        assert node == "scn-5", "the new one dials"
        assert any(key in kni for key in KEYS.values())

    _addPeer = _removePeer  # noqa: N815

    def _vote(self, node: str, key: str, address: str) -> str:
        assert AT[node] != address, "refused by the node"
        assert node in self.council
        self.votes.append((node, key, address))
        self.cast = self.clock.now
        return "Your vote is prepared."


@pytest.fixture
def chain(monkeypatch: pytest.MonkeyPatch) -> Chain:
    chain = Chain(FOUR)
    for module in (console, peering):
        monkeypatch.setattr(module, "time", chain.clock)
    monkeypatch.setattr(validators, "connect", chain.connect)
    monkeypatch.setattr(validators, "wait_until_caught_up", lambda _console: None)
    return chain


def join(name: str, others: list[str]) -> None:
    knis = [f"kni://{KEYS[other]}@10.0.0.1:22323?discport=0" for other in others]
    let_in(endpoint(name), knis, [endpoint(other) for other in others], 3000, AT[name])


def go(name: str, others: list[str]) -> None:
    vote_out([endpoint(other) for other in others], 3000, AT[name])


def test_the_address_of_a_key_is_that_of_its_account() -> None:
    # Of the private key 46 46 ..., the example of EIP-155.
    key = "4bc2a31265153f07e70e0bab08724e6b85e217f8cd628ceb62974247bb493382"
    key += "ce28cab79ad7119ee1ad3ebcdb98a16805211530ecc6cfefa1b88e6dff99232a"
    assert address_of(key) == "0x9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f"


def test_a_validator_of_the_first_block_is_found_and_nothing_is_sent(chain: Chain) -> None:
    join("scn-1", FOUR[1:])
    assert chain.votes == []


def test_a_lone_validator_asks_itself(chain: Chain) -> None:
    chain.council = {"scn-1"}
    join("scn-1", [])
    assert chain.votes == []


def test_a_new_one_is_voted_in_once_and_waited_for(chain: Chain) -> None:
    join("scn-5", FOUR)
    assert chain.votes == [("scn-1", "governance.addvalidator", AT["scn-5"])]
    assert "scn-5" in chain.council
    assert chain.clock.now > 1003


def test_the_dead_and_those_without_a_seat_do_not_vote(chain: Chain) -> None:
    chain.council = {"scn-2", "scn-3", "scn-4"}
    chain.dead = {"scn-2"}
    chain.council.add("scn-5")
    go("scn-2", ["scn-1", "scn-3", "scn-4"])
    assert chain.votes == [("scn-3", "governance.removevalidator", AT["scn-2"])]
    assert chain.council == {"scn-3", "scn-4", "scn-5"}


def test_a_node_that_is_being_restarted_is_not_asked_for_its_vote(chain: Chain) -> None:
    with set_aside(endpoint("scn-1")):
        join("scn-5", FOUR)
    assert chain.votes == [("scn-2", "governance.addvalidator", AT["scn-5"])]


def test_one_that_the_others_never_lost_has_its_seat_when_that_is_said(
    chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A node that ran on when its seat was taken has caught up before the vote for it counts."""
    monkeypatch.setattr(validators, "wait_for_peers", lambda *_args, **_more: [])
    join("scn-5", FOUR)
    assert "scn-5" in chain.council


def test_nobody_votes_itself_out(chain: Chain) -> None:
    go("scn-1", FOUR)
    assert chain.votes == [("scn-2", "governance.removevalidator", AT["scn-1"])]


def test_what_is_refused_for_good_is_told_after_a_while(chain: Chain) -> None:
    chain.dead = {"scn-4"}
    with pytest.raises(NotReady, match=f"3 have to agree on a block, and 2 would .*{AT['scn-4']}.*waited 120 s"):
        go("scn-1", FOUR[1:])
    assert chain.votes == []


def test_what_is_in_the_way_may_go_meanwhile(chain: Chain) -> None:
    chain.dead = {"scn-4"}
    chain.clock.sleepers.append(lambda: chain.council.discard("scn-4") if chain.clock.now > 1010 else None)
    go("scn-1", ["scn-2", "scn-3", "scn-4"])
    assert chain.council == {"scn-2", "scn-3"}
    assert chain.clock.now > 1010


def test_without_a_voter_each_node_is_named(chain: Chain) -> None:
    chain.dead = {"scn-2"}
    chain.council = {"scn-1"}
    with pytest.raises(NotReady, match="scn-2 does not answer; scn-3: is no validator that could vote"):
        go("scn-1", ["scn-2", "scn-3"])
