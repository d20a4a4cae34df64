"""Votes are cast by another validator, one at a time, once it is proven that they do no harm, and waited for."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, cast

import pytest

from components.chain.contracts.plan import Refused
from components.chain.errors import ChainError, NotReady, Unreachable
from components.chain.nodes import restart
from components.chain.peers.seats import address_of
from components.chain.rpc import waiting
from components.chain.rpc.console import Console
from components.chain.rpc.endpoint import Endpoint
from components.chain.rpc.node_locks import restarting
from components.chain.validators import admission, validator_votes
from components.chain.validators.admission import Candidate
from components.chain.validators.block_import import ENOUGH
from components.chain.validators.validator_votes import admit, vote_out, vote_out_unknown
from components.domain.problems.chains import (
    CALL_REFUSED,
    CHAINS_DIFFER,
    CONSOLE_LOST,
    FOREIGN_VALIDATOR,
    NO_OTHER_VALIDATOR,
    PORT_CLOSED,
    QUORUM_AT_RISK,
    SEAT_IDLE,
    SEAT_TAKEN_BACK,
    VOTE_IMPOSSIBLE,
    VOTE_PENDING,
)
from tests.unit.fake_node import Clock, fail

KEYS = {name: f"{i + 1:02x}" * 64 for i, name in enumerate(["scn-1", "scn-2", "scn-3", "scn-4", "scn-5"])}
AT = {name: address_of(key) for name, key in KEYS.items()}
FOUR = ["scn-1", "scn-2", "scn-3", "scn-4"]


def endpoint(name: str) -> Endpoint:
    return Endpoint(node=name, host=name, private_key="k", host_key="h", ipc="/srv/klay.ipc")


class Chain:
    """A chain on which a vote counts after three seconds; dead nodes do not answer, and strangers have no peers."""

    def __init__(self, council: list[str]) -> None:
        self.first, self.council = set(council), set(council)
        self.dead: set[str] = set()
        self.votes: list[tuple[str, str, str]] = []
        self.counted = 0
        self.seen: list[str] = []
        """What was done before and after a vote, in its order."""
        self.first_block = dict.fromkeys(KEYS, "0xaa")
        self.network_id = dict.fromkeys(KEYS, 3000)
        self.chain_id = dict.fromkeys(KEYS, 3000)
        self.closed: set[tuple[str, str]] = set()
        """Who cannot connect to whom."""
        self.clock = Clock()
        self.clock.sleepers.append(self._count)

    def _count(self) -> None:
        if self.votes and self.clock.now > self.cast + 3:
            self.counted = len(self.votes)
            _, key, address = self.votes[-1]
            one = {name for name, at in AT.items() if at == address}
            self.council = self.council | one if key.endswith("addvalidator") else self.council - one

    @contextmanager
    def connect(self, endpoints: list[Endpoint], _chain_id: int) -> Iterator[Console]:
        """Yield a console of the first that lives."""
        found = next((one for one in endpoints if one.node not in self.dead), None)
        yield self.console(found or endpoints[0])

    def console(self, endpoint: Endpoint) -> Console:
        """Return a console of a node. Raises Unreachable when it is dead."""
        node = endpoint.node
        if node in self.dead:
            raise Unreachable(CONSOLE_LOST(f"{node} does not answer"))

        def call(method: str, *params: str, timeout: float = 30) -> Any:  # noqa: ARG001
            return getattr(self, f"_{method.split('_')[1]}")(node, *params)

        eth = SimpleNamespace(chain_id=self.chain_id[node])
        it = SimpleNamespace(node=node, endpoint=endpoint, call=call, close=lambda: None, web3=_Web3(self, node, eth))
        return cast("Console", it)

    def _getValidators(self, _node: str, block: str) -> list[str]:  # noqa: N802
        assert block == "0x0", "of the newest block it names those that made it"
        return [AT[name] for name in self.first]

    def _getSnapshot(self, _node: str, block: str) -> dict[str, list[str]]:  # noqa: N802
        assert block == "latest"
        return {"validators": [AT[name] for name in self.council]}

    def _nodeInfo(self, node: str) -> Any:  # noqa: N802
        config = {"chainId": self.chain_id[node]}
        known = {"network": self.network_id[node], "genesis": self.first_block[node], "config": config}
        return {"id": KEYS[node], "protocols": {"istanbul": known}}

    def _chainId(self, node: str) -> str:  # noqa: N802
        return hex(self.chain_id[node])

    def _nodeAddress(self, node: str) -> str:  # noqa: N802
        return AT[node]

    def _peers(self, node: str) -> list[dict[str, str]]:
        known = self.council - self.dead - {node} if node in self.council else set()
        return [{"id": KEYS[name]} for name in known]

    def _removePeer(self, node: str, kni: str) -> None:  # noqa: N802
        assert node == "scn-5", "the new one dials"
        assert any(key in kni for key in KEYS.values())

    def _addPeer(self, node: str, kni: str) -> None:  # noqa: N802
        self._removePeer(node, kni)
        self.seen += [f"{node} dials {name}" for name, key in KEYS.items() if key in kni]

    def _myVotes(self, node: str) -> list[dict[str, object]]:  # noqa: N802
        """Return votes in the form of v1.0.3; of others, and those that counted, too."""
        return [{"Key": "governance.unitprice", "Value": 25, "Casted": False}] + [
            {"Key": key, "Value": address, "Casted": i < self.counted}
            for i, (voter, key, address) in enumerate(self.votes)
            if voter == node
        ]

    def _vote(self, node: str, key: str, address: str) -> str:
        assert AT[node] != address, "refused by the node"
        assert node in self.council
        self.seen.append(key.split(".")[1])
        self.votes.append((node, key, address))
        self.cast = self.clock.now
        return "Your vote is prepared."


class _Web3:
    """Has a head that continues with the clock, where the node has a seat."""

    def __init__(self, chain: Chain, node: str, eth: SimpleNamespace) -> None:
        self._chain, self._node, self._eth = chain, node, eth

    @property
    def eth(self) -> SimpleNamespace:
        seated = self._node in self._chain.council
        self._eth.block_number = int(self._chain.clock.now) if seated else 0
        return self._eth


@pytest.fixture
def chain(monkeypatch: pytest.MonkeyPatch) -> Chain:
    chain = Chain(FOUR)

    def run(endpoint: Endpoint, command: str, **_more: object) -> str:
        chain.seen.append(f"{endpoint.node}: {command}")
        if command == "begin":
            chain.first_block[endpoint.node] = "0xaa"
        if command == "start":
            chain.dead.discard(endpoint.node)
        return ""

    def why_unreachable(source: Endpoint, kni: str) -> str | None:
        target = next(name for name, key in KEYS.items() if key in kni)
        return f"{source.node} cannot connect to {target}" if (source.node, target) in chain.closed else None

    def give(source: Console, target: Console, enough: int = ENOUGH) -> None:
        chain.seen.append(f"{source.node} gives {'all' if enough == 0 else 'its'} blocks to {target.node}")

    monkeypatch.setattr(waiting, "time", chain.clock)
    monkeypatch.setattr(validator_votes, "connect", chain.connect)
    monkeypatch.setattr(restart, "run_on_host", run)
    for name, value in {
        "_answering": chain.console,
        "is_down": lambda endpoint: endpoint.node in chain.dead,
        "run_on_host": run,
        "why_unreachable": why_unreachable,
        "import_blocks": give,
        "wait_until_caught_up": lambda _console: chain.seen.append("caught up"),
    }.items():
        monkeypatch.setattr(admission, name, value)
    return chain


def kni_of(name: str) -> str:
    return f"kni://{KEYS[name]}@10.0.0.1:22323?discport=0"


def join(name: str, others: list[str], begin: str | None = "begin", *, settled: bool = False) -> None:
    knis = tuple(map(kni_of, others))
    candidate = Candidate(endpoint(name), AT[name], knis, kni_of(name), "start", begin)
    admit(candidate, [endpoint(other) for other in others], 3000, settled=settled)


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


def test_a_new_one_has_its_blocks_before_the_one_vote_and_is_waited_for(chain: Chain) -> None:
    join("scn-5", FOUR)
    assert chain.votes == [("scn-1", "governance.addvalidator", AT["scn-5"])]
    assert "scn-5" in chain.council
    assert chain.clock.now > 1003
    all_others = [f"scn-5 dials {name}" for name in FOUR]
    give = [f"scn-1 gives {which} blocks to scn-5" for which in ("its", "all")]
    assert chain.seen == [give[0], "addvalidator", *all_others, give[1], "caught up"]


def otherwise(chain: Chain, what: str) -> None:
    getattr(chain, what)["scn-5"] = "0xbb" if what == "first_block" else 203


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("first_block", r"first block .* of scn-5 is 0xbb, and that of scn-1 is 0xaa"),
        ("network_id", r"network id .* of scn-5 is 203, and that of scn-1 is 3000"),
        ("chain_id", "chain id of scn-5 is 203, and that of scn-1 is 3000"),
    ],
)
def test_one_that_would_never_connect_is_refused_with_both_values(chain: Chain, what: str, words: str) -> None:
    otherwise(chain, what)
    with pytest.raises(Refused, match=f"{words}.*{CHAINS_DIFFER.code}"):
        join("scn-5", FOUR, begin=None)
    assert chain.votes == []


def test_it_is_compared_with_each_validator(chain: Chain) -> None:
    chain.network_id["scn-3"] = 203
    with pytest.raises(Refused, match=f"scn-5 is 3000, and that of scn-3 is 203.*{CHAINS_DIFFER.code}"):
        join("scn-5", FOUR)


def test_one_that_holds_its_first_block_alone_begins_again(chain: Chain) -> None:
    otherwise(chain, "first_block")
    join("scn-5", FOUR)
    assert chain.seen[0] == "scn-5: begin"
    assert "scn-5" in chain.council


@pytest.mark.parametrize("way", [("scn-2", "scn-5"), ("scn-5", "scn-2")])
def test_one_that_does_not_reach_all_others_and_they_it_is_refused(chain: Chain, way: tuple[str, str]) -> None:
    chain.closed = {way}
    with pytest.raises(Refused, match=f"{way[0]} cannot connect to {way[1]}.*{PORT_CLOSED.code}"):
        join("scn-5", FOUR)
    assert chain.votes == []


def test_the_dead_are_not_asked(chain: Chain) -> None:
    chain.dead = {"scn-4"}
    chain.closed = {("scn-5", "scn-4"), ("scn-4", "scn-5")}
    with pytest.raises(NotReady, match=f"of 5 validators 4 .* and 3 .*{QUORUM_AT_RISK.code}"):
        join("scn-5", FOUR)


def test_without_a_validator_to_compare_with_nothing_is_done(chain: Chain) -> None:
    chain.dead = set(FOUR)
    with pytest.raises(Unreachable, match=f"chain 3000 .*scn-5.*{NO_OTHER_VALIDATOR.code}"):
        join("scn-5", FOUR)


def dies_once_it_has_a_seat(chain: Chain, *more: str) -> Callable[[], None]:
    return lambda: chain.dead.update({"scn-5", *more}) if "scn-5" in chain.council else None


def test_a_vote_for_one_that_takes_no_part_is_withdrawn(chain: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admission, "run_on_host", lambda *_a, **_k: fail("the package does not start"))
    chain.clock.sleepers.append(dies_once_it_has_a_seat(chain))
    codes = rf"\[{CALL_REFUSED.code}\] \[{SEAT_TAKEN_BACK.code}\]$"
    with pytest.raises(NotReady, match=rf"the package does not start\. .*with scn-5 in.* {codes}"):
        join("scn-5", FOUR)
    assert [key for _, key, _ in chain.votes] == ["governance.addvalidator", "governance.removevalidator"]
    assert chain.council == {*FOUR}


def test_a_vote_that_cannot_be_withdrawn_is_reported_with_the_way_out(
    chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission, "run_on_host", lambda *_a, **_k: fail("the package does not start"))
    chain.first, chain.council = {"scn-1", "scn-2"}, {"scn-1", "scn-2"}
    chain.clock.sleepers.append(dies_once_it_has_a_seat(chain))
    with pytest.raises(NotReady, match=f"{VOTE_IMPOSSIBLE.code}.*with scn-5 in.*{SEAT_IDLE.code}"):
        join("scn-5", ["scn-1", "scn-2"])
    assert len(chain.votes) == 1


def test_one_whose_seat_an_earlier_run_voted_for_is_started_and_looked_after(chain: Chain) -> None:
    chain.council.add("scn-5")
    chain.dead.add("scn-5")
    join("scn-5", FOUR)
    assert chain.seen == ["scn-5: start", "caught up"]
    assert chain.votes == []


def test_one_whose_seat_does_not_work_is_reported_and_not_reported_as_done(chain: Chain) -> None:
    chain.council.add("scn-5")
    otherwise(chain, "network_id")
    codes = rf"\[{CHAINS_DIFFER.code}\] \[{SEAT_IDLE.code}\]$"
    with pytest.raises(ChainError, match=f"^scn-5: .* 203, .* 3000.*with this SCN.* {codes}"):
        join("scn-5", FOUR)


def test_a_vote_that_never_counts_is_reported_as_such_once(chain: Chain) -> None:
    chain.clock.sleepers.clear()
    with pytest.raises(NotReady, match=r"^scn-1: .*120 s.*with scn-5 in") as caught:
        join("scn-5", FOUR)
    assert str(caught.value).count(VOTE_PENDING.code) == 1


def test_a_seat_whose_node_comes_back_is_left_alone_and_named(
    chain: Chain, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(validator_votes, "read_seats", lambda *_: SimpleNamespace(living={AT["scn-4"]}))
    vote_out_unknown([endpoint("scn-1")], 3000, [AT["scn-4"]])
    said = capsys.readouterr().err
    assert AT["scn-4"] in said
    assert FOREIGN_VALIDATOR.code in said
    assert chain.votes == []


def test_one_that_is_known_to_take_part_is_not_looked_at_again(chain: Chain) -> None:
    chain.council.add("scn-5")
    chain.dead.add("scn-5")
    join("scn-5", FOUR, settled=True)
    assert chain.seen == []


def test_the_dead_and_those_without_a_seat_do_not_vote(chain: Chain) -> None:
    chain.council = {"scn-2", "scn-3", "scn-4"}
    chain.dead = {"scn-2"}
    chain.council.add("scn-5")
    go("scn-2", ["scn-1", "scn-3", "scn-4"])
    assert chain.votes == [("scn-3", "governance.removevalidator", AT["scn-2"])]
    assert chain.council == {"scn-3", "scn-4", "scn-5"}


def test_a_node_that_is_being_restarted_is_not_asked_for_its_vote(chain: Chain) -> None:
    with restarting(endpoint("scn-1")):
        join("scn-5", FOUR)
    assert chain.votes == [("scn-2", "governance.addvalidator", AT["scn-5"])]


def test_one_that_the_others_never_lost_has_its_seat_when_that_is_said(
    chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A node that ran on when its seat was taken has caught up before the vote for it counts."""
    monkeypatch.setattr(admission, "wait_for_peers", lambda *_args, **_more: [])
    join("scn-5", FOUR)
    assert "scn-5" in chain.council


def test_nobody_votes_itself_out(chain: Chain) -> None:
    go("scn-1", FOUR)
    assert chain.votes == [("scn-2", "governance.removevalidator", AT["scn-1"])]


def test_what_is_refused_permanently_is_reported_after_a_while(chain: Chain) -> None:
    chain.dead = {"scn-4"}
    with pytest.raises(NotReady, match=f"3 .* and 2 .*{AT['scn-4']}.*waited 120 s.*{QUORUM_AT_RISK.code}"):
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
    with pytest.raises(NotReady, match=f"scn-2 does not answer.*; scn-3: .*{NO_OTHER_VALIDATOR.code}"):
        go("scn-1", ["scn-2", "scn-3"])
