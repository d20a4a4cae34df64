"""A transfer of a token proves a bridge on which no coins can be paid out, and is not requested otherwise."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from components.chain.rpc.console import Console
from components.chain.transfers.direction import Direction
from components.chain.tx import sender
from components.chain.tx.outgoing import Transaction
from components.chain.voters import proof
from components.chain.voters.proof import Arrival
from components.domain.problems.transfers import NOTHING_REQUESTED
from components.dynamic.base import Props
from components.dynamic.proofs import transfer_proof
from components.dynamic.proofs.token_proof import TokenProofProvider
from tests.unit.dynamic.test_chain_resource import BRIDGE, ONE, OWNER, PROOF, TWO
from tests.unit.fake_contract import Contract
from tests.unit.fake_token import FakeToken
from tests.unit.fakes import FakeChain, console

GOLD, COPY = "0x2B5AD5c4795c026514f8317c7a215E218DcCD6cF", "0x0000000000000000000000000000000000000aBc"
ASKED: Props = {**PROOF, "target_bridge": TWO, "token": GOLD, "recipient": ONE, "coins": "", "voters": [ONE]}


@pytest.fixture
def chains(monkeypatch: pytest.MonkeyPatch) -> tuple[FakeChain, FakeChain]:
    """Return both chains, with a bridge that carries a token from the first to the second."""
    sender.forget()
    here, there = FakeChain(3000), FakeChain(2020)
    here.contracts[BRIDGE] = Contract(OWNER, operators=[ONE], tokens={GOLD: COPY})
    there.contracts[TWO] = Contract(OWNER, mode_mint_burn=True, operators=[ONE], tokens={COPY: GOLD})
    here.tokens[GOLD] = FakeToken(balance=7)
    there.tokens[COPY] = FakeToken()

    @contextmanager
    def session(_inputs: object) -> Iterator[Console]:
        yield console(here)

    @contextmanager
    def connect(_endpoints: object, _chain: int) -> Iterator[Console]:
        yield console(there)

    monkeypatch.setattr(transfer_proof, "session", session)
    monkeypatch.setattr("components.chain.rpc.console.connect", connect)
    return here, there


@pytest.fixture
def requested(monkeypatch: pytest.MonkeyPatch) -> list[Transaction]:
    found: list[Transaction] = []

    def transfer(_direction: Direction, _signer: object, request: Transaction, *_: object) -> Arrival:
        found.append(request)
        return Arrival("0x01", (ONE,))

    monkeypatch.setattr(proof, "transfer", transfer)
    return found


def made(**changes: object) -> str:
    return str((TokenProofProvider().create({**ASKED, **changes}).outs or {})["proof"])


@pytest.mark.usefixtures("chains")
def test_a_token_is_sent_only_where_coins_prove_nothing(requested: list[Transaction]) -> None:
    assert made(coins="0x02") == ""
    assert requested == []
    assert made() == f"the transfer 0x01 of token {GOLD} arrived with the votes of {ONE}"
    assert [(one.to, one.value) for one in requested] == [(GOLD, 0)]


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda here, _: here.contracts[BRIDGE].tokens.clear(), f"token {GOLD} is not registered"),
        (lambda here, _: here.contracts[BRIDGE].locked.add(GOLD), f"token {GOLD} is locked"),
        (lambda here, _: setattr(here.contracts[BRIDGE], "running", False), "the contract where it is requested is"),
        (lambda here, _: setattr(here.tokens[GOLD], "balance", 0), f"{OWNER} holds nothing of token {GOLD}"),
        (lambda _, there: there.contracts[TWO].tokens.clear(), f"its counterpart {COPY} is not registered"),
        (lambda _, there: setattr(there.contracts[TWO], "mode_mint_burn", False), "holds nothing of token"),
    ],
)
def test_no_token_is_sent_in_vain(
    chains: tuple[FakeChain, FakeChain],
    requested: list[Transaction],
    spoil: Callable[[FakeChain, FakeChain], object],
    words: str,
) -> None:
    spoil(*chains)
    said = made()
    assert words in said
    assert NOTHING_REQUESTED.code in said
    assert requested == []


@pytest.mark.parametrize(("old", "new", "changes"), [("", "0x02", 1), ("0x02", "", 1), ("0x02", "0x03", 0)])
def test_which_transfer_of_coins_it_was_says_nothing(old: str, new: str, changes: int) -> None:
    diff = TokenProofProvider().diff("id", {**ASKED, "coins": old}, {**ASKED, "coins": new})
    assert (diff.changes, diff.replaces) == (bool(changes), [])
