"""Whether a request can be paid, asked of a real node: also where the recipient tells the votes of operators apart."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from components.chain.contracts.deployment import ensure_deployed
from components.chain.rpc.console import Console
from components.chain.transfers.direction import Direction
from components.chain.transfers.payout import unpayable
from components.chain.transfers.requests import coins_request
from components.chain.tx import sender as senders
from components.chain.tx.batch import execute
from components.chain.tx.outgoing import Transaction
from components.chain.voters.calls import fill_bridge
from components.domain.problems.transfers import LIQUIDITY_MISSING, RECIPIENT_REFUSES
from components.hosts.local_preflight import missing
from tests.network.lone_chain import ARTIFACT, COIN
from tests.network.paying_chain import LoneChain, lone_chain

pytestmark = [pytest.mark.nightly, pytest.mark.skipif(bool(missing()), reason=" ".join(missing()))]


@pytest.fixture(scope="module")
def console() -> Iterator[tuple[Console, LoneChain]]:
    """Yield a console of a chain, and the chain."""
    with lone_chain() as chain:
        yield chain.console(), chain
    senders.forget()


def taking_if(condition: str) -> str:
    """Return the creation code of a contract that takes coins if a condition holds; that is code of the EVM in hex."""
    code = f"{condition}60{len(condition) // 2 + 8:02x}5760006000fd5b00"
    size = len(code) // 2
    return f"0x60{size:02x}600c60003960{size:02x}6000f3{code}"


def test_a_request_that_no_vote_can_pay_is_told_from_one_that_waits(console: tuple[Console, LoneChain]) -> None:
    node, chain = console
    owner, user = chain.account(), chain.account()
    one, two = chain.account().account().address, chain.account().account().address
    bridges = [
        ensure_deployed(node, signer, Path(ARTIFACT), None, mode_mint_burn=False, operators=[one, two])
        for signer in (owner, chain.account())
    ]
    way = Direction("there and back", node, bridges[0], node, bridges[1])

    def ask(recipient: str) -> None:
        execute(node, user, [coins_request(way, recipient, 7)])

    def made(condition: str) -> str:
        (receipt,) = execute(node, user, [Transaction("deploy", None, taking_if(condition))])
        return str(receipt["contractAddress"])

    ask(user.account().address)
    (poor,) = unpayable(way)
    assert LIQUIDITY_MISSING.code in poor
    fill_bridge(node, owner, bridges[1], COIN, COIN)
    assert unpayable(way) == []
    ask(made("6001"))
    assert unpayable(way) == [], "it takes all coins"
    # ORIGIN, PUSH20, EQ: with two operators and a threshold of 2, the vote of this one never is the deciding one.
    ask(made(f"3273{one[2:].lower()}14"))
    (picky,) = unpayable(way)
    assert RECIPIENT_REFUSES.code in picky
    assert "request 2 " in picky
