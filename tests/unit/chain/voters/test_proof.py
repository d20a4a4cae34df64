"""A proof is its own transfer that arrived by the votes of those that stay; none is requested that cannot arrive."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from eth_account import Account

from components.chain.accounts.signer import KeySigner
from components.chain.contracts.contract import transaction
from components.chain.contracts.plan import Step
from components.chain.errors import NotReady
from components.chain.rpc.console import Console
from components.chain.transfers.direction import Direction
from components.chain.transfers.requests import coins_request
from components.chain.tx import sender
from components.chain.tx.batch import execute
from components.chain.voters import proof
from components.chain.voters.proof import PayoutConditions, obstacles, transfer
from components.domain.problems.bridge import TOO_FEW_VOTES
from components.domain.problems.problem import Problem
from components.domain.problems.transfers import (
    COINS_LOCKED,
    CONTRACT_STOPPED,
    FEE_CHARGED,
    LIQUIDITY_MISSING,
    NOTHING_REQUESTED,
    PROOF_STALE,
    TRANSFER_NOT_PAID,
    VOTES_OF_OTHERS,
)
from components.dynamic.base import Props
from components.dynamic.proofs import transfer_proof
from components.dynamic.proofs.transfer_proof import TransferProofProvider
from tests.unit.dynamic.test_chain_resource import PROOF
from tests.unit.fake_contract import Contract
from tests.unit.fakes import FakeChain, console

OWNER = KeySigner(private_key="46" * 32)
OWNER_ADDRESS = OWNER.account().address
SOURCE, TARGET = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0x2B5AD5c4795c026514f8317c7a215E218DcCD6cF"
KEYS = ["11" * 32, "22" * 32, "33" * 32]
VOTERS = [Account.from_key(key).address for key in KEYS]
FINE = PayoutConditions(running=True, locked=False, fee=0, held=10, threshold=2, voters=2)


class Target(FakeChain):
    """The chain where transfers are paid out: operators vote when somebody looks at it."""

    def __init__(self) -> None:
        super().__init__(2020)
        self.look: Callable[[], None] = lambda: None
        self._looking = False

    def eth_call(self, tx: dict[str, Any], _block: str, override: Any = None) -> str:
        """Answer, after whatever happens by then."""
        if not self._looking:
            self._looking = True
            self.look()
            self._looking = False
        return super().eth_call(tx, _block, override)


class World:
    """Two chains, and operators who vote in their order until a request is paid out."""

    def __init__(self, voting: list[str], threshold: int = 2) -> None:
        self.source, self.target = FakeChain(3000), Target()
        self.source.contracts[SOURCE] = Contract(OWNER_ADDRESS)
        self.target.contracts[TARGET] = Contract(OWNER_ADDRESS, operators=list(VOTERS), thresholds={0: threshold, 1: 1})
        self.target.balances[TARGET] = 10**18
        self.source.balances[OWNER_ADDRESS] = 10**18
        self.voting, self.threshold, self.done = voting, threshold, 0
        self.target.look = self.pay

    def pay(self) -> None:
        """Have the operators vote for what was requested since."""
        made = self.source.requested(SOURCE)[self.done :]
        for block, tx in made:
            self.done += 1
            for number, key in enumerate(self.voting):
                self.vote(key, tx)
                if number + 1 == self.threshold:
                    self.target.contracts[TARGET].handle([(block, tx)])

    def vote(self, key: str, tx: str) -> None:
        """Send a vote, as the node does; the contract decides whether it counts."""
        fields = {"gasPrice": 1, "gas": 10**6, "to": TARGET, "value": 0, "data": f"0xa066a7ed{tx[2:]}{'00' * 64}"}
        nonce = sum(sent.sender == Account.from_key(key).address for sent in self.target.sent)
        signed = Account.from_key(key).sign_transaction({**fields, "nonce": nonce, "chainId": 2020})
        self.target.eth_sendRawTransaction(signed.raw_transaction.to_0x_hex())

    @property
    def direction(self) -> Direction:
        """Return the way from one to the other."""
        return Direction("there", console(self.source), SOURCE, console(self.target), TARGET)

    def prove(self, voters: list[str], deadline: float = 1) -> proof.Arrival:
        """Prove the bridge, as the owner."""
        request = coins_request(self.direction, OWNER_ADDRESS, 1)
        return transfer(self.direction, OWNER, request, voters, deadline, self.threshold)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    sender.forget()
    monkeypatch.setattr(proof, "LATE_SECONDS", 0.05)
    monkeypatch.setattr(proof, "READY_SECONDS", 0.05)
    monkeypatch.setattr(proof, "_INTERVAL", 0.01)


def test_the_proof_is_the_arrival_of_its_own_request() -> None:
    world = World(KEYS)
    arrival = world.prove(VOTERS)
    ((_, tx),) = world.source.requested(SOURCE)
    assert (arrival.tx, set(arrival.voters)) == (tx, set(VOTERS))


def test_counters_that_others_move_are_no_proof() -> None:
    world = World([])
    world.target.contracts[TARGET].lower_handle_nonce = 99
    with pytest.raises(NotReady, match=TRANSFER_NOT_PAID.code) as caught:
        world.prove(VOTERS, 0.1)
    ((_, tx),) = world.source.requested(SOURCE)
    assert re.search(f"{tx} .* 0 of 2 votes", str(caught.value))


def test_votes_of_a_pair_that_leaves_do_not_count() -> None:
    """Two pairs of three vote, and one of these two leaves: one vote of those who stay is not two."""
    world = World(KEYS[:2])
    with pytest.raises(NotReady, match=VOTES_OF_OTHERS.code) as caught:
        world.prove(VOTERS[1:])
    assert "1 of the 2 votes" in str(caught.value)
    assert f"none from {VOTERS[2]}." in str(caught.value)
    assert world.prove(VOTERS[:2]).voters == tuple(sorted(VOTERS[:2]))


def test_a_pair_that_is_late_once_counts_when_it_votes_the_next_time() -> None:
    world = World(KEYS[:2])
    real = world.pay

    def pay() -> None:
        if len(world.source.requested(SOURCE)) > 1:
            world.voting = [KEYS[0], KEYS[2]]
        real()

    world.target.look = pay
    assert world.prove(VOTERS[1:]).voters == tuple(sorted(VOTERS[1:]))
    assert len(world.source.requested(SOURCE)) == 2


def test_a_late_vote_that_is_refused_shows_that_the_operator_can_vote() -> None:
    world = World(KEYS, threshold=1)
    assert len(world.prove(VOTERS[2:]).voters) == 1


@pytest.mark.parametrize(
    ("means", "problem", "value"),
    [
        (replace(FINE, held=0), LIQUIDITY_MISSING, "holds 0 coins"),
        (replace(FINE, running=False), CONTRACT_STOPPED, "where it is requested"),
        (replace(FINE, locked=True), COINS_LOCKED, "where it is requested"),
        (replace(FINE, fee=10**18), FEE_CHARGED, "keeps 1 coins"),
        (replace(FINE, voters=1), TOO_FEW_VOTES, "needs 2 votes, and 1 operators"),
    ],
)
def test_what_is_in_the_way_of_a_transfer(means: PayoutConditions, problem: Problem, value: str) -> None:
    (found,) = obstacles(means, 1)
    assert problem.code in found
    assert value in found


def test_nothing_is_in_the_way_of_a_transfer_that_can_be_paid() -> None:
    assert obstacles(FINE, 1) == []


# -- the resource ----------------------------------------------------------------------------------------------


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    world = World(KEYS)

    @contextmanager
    def session(_inputs: object) -> Iterator[Console]:
        yield console(world.source)

    @contextmanager
    def connect(_endpoints: object, chain: int) -> Iterator[Console]:
        yield console(world.target if chain == world.target.chain_id else world.source)

    monkeypatch.setattr(transfer_proof, "session", session)
    monkeypatch.setattr("components.chain.rpc.console.connect", connect)
    monkeypatch.setattr(proof, "why_unable", lambda *_: {})
    return world


ASKED: Props = {
    **PROOF,
    "source_bridge": SOURCE,
    "target_bridge": TARGET,
    "covers": [*VOTERS, "2"],
    "source": "child",
    "voters": VOTERS[:2],
    "serves": ["scn-1/en-1"],
}


def outs(result: Any) -> Props:
    return dict(result.outs or {})


def test_a_change_of_votes_or_nodes_is_proven_again_and_nothing_else_is(world: World) -> None:
    provider = TransferProofProvider()
    known = outs(provider.create(ASKED))
    assert (known["proven_requests"], known["request"]) == ("1", world.source.requested(SOURCE)[0][1])
    for change, count in ({"amount": "2"}, 1), ({"serves": ["scn-1/en-2"]}, 2), ({"covers": [*VOTERS, "1"]}, 2):
        news = {**ASKED, **change}
        assert provider.diff("id", known, news).changes == (count == 2)
        assert outs(provider.update("id", known, {**ASKED, **change}))["proven_requests"] == str(count)


def test_pairs_in_another_order_are_proven_no_second_time(world: World) -> None:
    provider, news = TransferProofProvider(), {**ASKED, "covers": [*VOTERS[::-1], "2"], "voters": VOTERS[1::-1]}
    known = outs(provider.create(ASKED))
    assert not provider.diff("id", known, news).changes
    assert outs(provider.update("id", known, {**news, "signer": {"private_key": "47" * 32}}))["proven_requests"] == "1"
    assert len(world.source.requested(SOURCE)) == 1


def test_a_killed_run_has_proven_nothing(world: World) -> None:
    execute(
        console(world.source),
        OWNER,
        [transaction(SOURCE, Step("requestKLAYTransfer", (OWNER_ADDRESS, 1, b""), "of a run that was killed", 1))],
    )
    known = outs(TransferProofProvider().create(ASKED))
    assert known["request"] == world.source.requested(SOURCE)[1][1]


def test_a_bridge_without_coins_is_not_jammed_and_reports_what_was_proven(world: World) -> None:
    world.target.balances[TARGET] = 0
    provider = TransferProofProvider()
    known = outs(provider.create(ASKED))
    assert world.source.requested(SOURCE) == []
    assert known["proven_requests"] == "0"
    assert known["proof"] == (
        "no transfer was requested up, because it could not be paid out: the contract that pays it out holds 0 coins "
        f"[{LIQUIDITY_MISSING.code}]. Proven instead: 2 of 2 SCNs are connected to their ENs and serve the bridge "
        f"[{NOTHING_REQUESTED.code}]"
    )
    assert provider.read("id", known).outs == known
    world.target.balances[TARGET] = 5
    again = outs(provider.read("id", known))
    assert provider.diff("id", again, ASKED).changes
    assert outs(provider.update("id", again, ASKED))["proven_requests"] == "1"


def test_a_bridge_on_which_too_few_can_vote_is_not_proven(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proof, "why_unable", lambda *_: {"scn-2": "scn-2: the sub bridge has 0 main bridges connected"})
    for held in (0, 10):
        world.target.balances[TARGET] = held
        with pytest.raises(NotReady, match=TOO_FEW_VOTES.code) as caught:
            TransferProofProvider().create(ASKED)
        assert re.search(r" 2 votes, .* 1 of 2 SCNs .*: scn-2: ", str(caught.value))
    assert world.source.requested(SOURCE) == []


def test_what_somebody_changes_on_chain_is_proven_again(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    provider = TransferProofProvider()
    known = outs(provider.create(ASKED))
    assert provider.read("id", known).outs == known
    world.target.contracts[TARGET].operators = VOTERS[1:]
    found = outs(provider.read("id", known))
    said = capsys.readouterr().err
    assert PROOF_STALE.code in said
    assert VOTERS[0] in said
    assert provider.diff("id", found, ASKED).changes
    world.target.contracts[TARGET].operators = list(VOTERS)
    assert outs(provider.update("id", found, ASKED))["proven_requests"] == "2"
