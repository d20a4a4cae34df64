"""The verbs of tokens on contracts in memory: what is sent, what is refused, what is waited for."""

from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import pytest

from components.chain.accounts.signer import KeySigner
from components.chain.contracts.plan import Refused
from components.chain.errors import ChainError
from components.chain.tokens import tokens
from components.chain.transfers.direction import Direction
from components.chain.tx import sender
from components.domain.problems.bridge import CONTRACT_MISSING
from components.domain.problems.problem import CodedError
from components.domain.problems.transfers import (
    TOKEN_ADDRESS_WRONG,
    TOKEN_COUNTERPART,
    TOKEN_LOCKED,
    TOKEN_NOT_MINTABLE,
    TOKEN_NOT_PAYABLE,
    TOKEN_REQUESTS_OPEN,
    TOKEN_STAYS,
    TOKEN_UNFUNDED,
)
from tests.unit.fake_contract import Asked, Contract
from tests.unit.fake_node import Clock
from tests.unit.fake_token import FakeToken
from tests.unit.fakes import FakeChain, console

pytestmark = pytest.mark.usefixtures("clock")

OWNER = KeySigner(private_key="46" * 32)
OWNER_ADDRESS = "0x9d8A62f656a8d1615C1294fd71e9CFb3E4855A4F"  # the example of EIP-155
BRIDGE = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
TOKEN = "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359"
COUNTERPART = "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB"


@pytest.fixture
def chain() -> FakeChain:
    """Return a child chain: the bridge mints there, and may."""
    sender.forget()
    chain = FakeChain()
    chain.contracts[BRIDGE] = Contract(OWNER_ADDRESS, mode_mint_burn=True)
    chain.tokens[TOKEN] = FakeToken(minter=BRIDGE)
    return chain


@pytest.fixture
def other() -> FakeChain:
    chain = FakeChain(2020)
    chain.contracts[BRIDGE] = Contract(OWNER_ADDRESS)
    return chain


def register(chain: FakeChain, kind: str = "erc20", there: FakeChain | None = None) -> None:
    """`there`: by default a chain where the bridge holds something of the counterpart."""
    if there is None:
        there = FakeChain(1)
        there.contracts[BRIDGE], there.tokens[COUNTERPART] = Contract(COUNTERPART), FakeToken(balance=1)
    other = tokens.OtherContract(lambda: nullcontext(console(there)), BRIDGE)
    tokens.register(console(chain), OWNER, BRIDGE, kind, TOKEN.lower(), COUNTERPART, other)


def deregister(chain: FakeChain, other: FakeChain, deadline: float = 30) -> None:
    direction = Direction("up", console(chain), BRIDGE, console(other), BRIDGE)
    tokens.deregister(direction, OWNER, TOKEN, COUNTERPART.lower(), deadline)


def test_a_token_is_registered_once_and_deregistered_once(chain: FakeChain, other: FakeChain) -> None:
    for _ in range(2):
        register(chain)
    assert chain.contracts[BRIDGE].tokens == {TOKEN: COUNTERPART}
    for _ in range(2):
        deregister(chain, other)
    assert (chain.contracts[BRIDGE].tokens, chain.contracts[BRIDGE].locked) == ({}, set())
    assert [tx.data[:4].hex() for tx in chain.sent] == ["4739f7e5", "10693fcd", "bab2af1d"]


@pytest.mark.parametrize(
    ("kind", "token", "named"),
    [
        (
            "erc20",
            FakeToken(minter=OWNER_ADDRESS),
            [" mint failed: execution reverted: only the bridge mints", f" addMinter({BRIDGE})"],
        ),
        (
            "erc20",
            FakeToken(minter=OWNER_ADDRESS, tells=False),
            [" mint failed: execution reverted: only the bridge mints", " grant "],
        ),
        (
            "erc721",
            FakeToken(minter=OWNER_ADDRESS, kind="erc721"),
            [" mintWithTokenURI failed: execution reverted: only the bridge mints", f" addMinter({BRIDGE})"],
        ),
        ("erc20", FakeToken(minter=BRIDGE, mints=False), ["(mint gives nothing back, or false)", " grant "]),
        ("erc721", FakeToken(minter=BRIDGE), [" mintWithTokenURI failed: execution reverted)", " grant "]),
    ],
)
def test_a_token_that_the_bridge_may_not_mint_is_refused(
    chain: FakeChain, kind: str, token: FakeToken, named: list[str]
) -> None:
    chain.tokens[TOKEN] = token
    with pytest.raises(ChainError, match=TOKEN_NOT_MINTABLE.code) as caught:
        register(chain, kind)
    for value in ("chain 3000: ", f" bridge {BRIDGE} ", f" token {TOKEN} ({kind})", *named):
        assert value in str(caught.value)
    assert chain.sent == []


def test_an_erc721_token_that_the_bridge_may_mint_is_registered(chain: FakeChain) -> None:
    chain.tokens[TOKEN] = FakeToken(minter=BRIDGE, kind="erc721", tells=False)
    register(chain, "erc721")
    assert chain.contracts[BRIDGE].tokens == {TOKEN: COUNTERPART}


def test_where_nothing_is_minted_an_empty_hand_is_reported_and_no_hindrance(
    other: FakeChain, capsys: pytest.CaptureFixture[str]
) -> None:
    other.tokens[TOKEN] = FakeToken(balance=0)
    register(other)
    said = capsys.readouterr().err
    assert TOKEN_UNFUNDED.code in said
    assert f"chain 2020: the bridge {BRIDGE} holds nothing of token {TOKEN}" in said
    other.contracts[BRIDGE].tokens.clear()
    other.tokens[TOKEN].balance = 1
    register(other)
    assert capsys.readouterr().err == ""
    assert other.contracts[BRIDGE].tokens == {TOKEN: COUNTERPART}


def test_an_address_without_a_token_is_refused(chain: FakeChain, other: FakeChain) -> None:
    chain.tokens.clear()
    with pytest.raises(ChainError, match=rf"chain 3000: no contract at {TOKEN}, .*{TOKEN_ADDRESS_WRONG.code}"):
        register(chain)
    other.contracts[TOKEN] = Contract(OWNER_ADDRESS)
    with pytest.raises(ChainError, match=rf"chain 2020: {TOKEN} .*{TOKEN_ADDRESS_WRONG.code}"):
        register(other)
    other.contracts.clear()
    with pytest.raises(ChainError, match=rf"chain 2020: no contract at {BRIDGE}.*{CONTRACT_MISSING.code}"):
        register(other)
    assert chain.sent == other.sent == []


@pytest.mark.parametrize(
    ("token", "contract", "named"),
    [
        (
            FakeToken(minter=OWNER_ADDRESS),
            {},
            [f" may not mint token {COUNTERPART}", TOKEN_NOT_MINTABLE.code],
        ),
        (None, {}, [f"no contract at {COUNTERPART}", TOKEN_ADDRESS_WRONG.code]),
        (None, {"mode_mint_burn": False}, [f"no contract at {COUNTERPART}", TOKEN_ADDRESS_WRONG.code]),
        (
            FakeToken(minter=BRIDGE),
            {"tokens": {COUNTERPART: OWNER_ADDRESS}},
            [f"the counterpart {OWNER_ADDRESS}, not {TOKEN}", TOKEN_COUNTERPART.code],
        ),
        (
            FakeToken(minter=BRIDGE),
            {"tokens": {COUNTERPART: TOKEN}, "locked": {COUNTERPART}},
            [f"token {COUNTERPART} is locked", TOKEN_LOCKED.code],
        ),
    ],
)
def test_a_token_that_the_other_contract_will_not_have_is_not_registered_here(
    other: FakeChain, token: FakeToken | None, contract: dict[str, Any], named: list[str]
) -> None:
    """Else what users request here is held or burned, and never paid out there."""
    child = FakeChain()
    child.contracts[BRIDGE] = Contract(COUNTERPART, **{"mode_mint_burn": True, **contract})
    if token:
        child.tokens[COUNTERPART] = token
    other.tokens[TOKEN] = FakeToken(balance=1)
    with pytest.raises(CodedError) as caught:
        register(other, there=child)
    for value in ("chain 3000: ", *named):
        assert value in str(caught.value)
    assert other.sent == child.sent == []


def test_what_the_other_contract_has_already_or_not_yet_is_registered_here_too(other: FakeChain) -> None:
    child = FakeChain()
    child.contracts[BRIDGE], child.tokens[COUNTERPART] = Contract(COUNTERPART), FakeToken()
    other.tokens[TOKEN] = FakeToken(balance=1)
    for known in ({}, {COUNTERPART: TOKEN}):
        other.contracts[BRIDGE].tokens, child.contracts[BRIDGE].tokens = {}, known
        register(other, there=child)
        assert other.contracts[BRIDGE].tokens == {TOKEN: COUNTERPART}
    assert child.sent == []


def test_what_is_registered_already_is_adopted_without_a_look_at_the_token(chain: FakeChain) -> None:
    chain.contracts[BRIDGE].tokens[TOKEN] = COUNTERPART
    chain.contracts[BRIDGE].owner = COUNTERPART
    chain.tokens.clear()
    register(chain)
    assert chain.sent == []


def ask(source: Contract, *tokens: str | None) -> None:
    """Request transfers on a contract: of these tokens, or of coins."""
    for token in tokens:
        one = Asked(source.request_nonce, source.request_nonce)
        source.asked.append(replace(one, token=token, kind=1) if token else one)
        source.request_nonce += 1


def test_a_removal_waits_for_what_was_requested_of_the_token(chain: FakeChain, other: FakeChain, clock: Clock) -> None:
    source, target = chain.contracts[BRIDGE], other.contracts[BRIDGE]
    register(chain)
    ask(source, TOKEN, TOKEN, TOKEN, TOKEN)
    target.lower_handle_nonce = 3

    def handle() -> None:
        assert source.locked == {TOKEN}
        ask(source, COUNTERPART)  # other tokens are not waited for
        target.lower_handle_nonce += clock.now > 1004

    clock.sleepers.append(handle)
    deregister(chain, other)
    assert target.lower_handle_nonce == 4
    assert source.tokens == {}


def test_a_removal_does_not_wait_for_what_stands_still_and_is_none_of_its(chain: FakeChain, other: FakeChain) -> None:
    source, target = chain.contracts[BRIDGE], other.contracts[BRIDGE]
    register(chain)
    ask(source, None, TOKEN, COUNTERPART)
    target.paid, target.refuses = {1: 1}, {0}
    deregister(chain, other)
    assert source.tokens == {}


def test_a_removal_gives_up_when_nothing_is_handled_and_can_be_run_again(chain: FakeChain, other: FakeChain) -> None:
    source, target = chain.contracts[BRIDGE], other.contracts[BRIDGE]
    target.operators, target.refuses = [OWNER_ADDRESS], {1}
    register(chain)
    ask(source, TOKEN, TOKEN)
    with pytest.raises(Refused, match=TOKEN_REQUESTS_OPEN.code) as caught:
        deregister(chain, other, deadline=3)
    said = str(caught.value)
    assert " 1 transfer(s) " in said
    assert f" bridge {BRIDGE}" in said
    assert f"request 0 (7 of token {TOKEN} for 0x2222" in said
    assert (source.tokens, source.locked) == ({TOKEN: COUNTERPART}, {TOKEN})
    with pytest.raises(Refused, match=TOKEN_LOCKED.code):
        register(chain)
    target.lower_handle_nonce = 2
    deregister(chain, other)
    assert source.tokens == {}


def test_a_token_stays_locked_for_a_request_that_cannot_be_paid(
    chain: FakeChain, other: FakeChain, capsys: pytest.CaptureFixture[str]
) -> None:
    source, target = chain.contracts[BRIDGE], other.contracts[BRIDGE]
    target.operators, target.refuses, target.paid = [OWNER_ADDRESS], {0}, {1: 1}
    register(chain)
    ask(source, TOKEN, TOKEN)
    deregister(chain, other)
    assert (source.tokens, source.locked) == ({TOKEN: COUNTERPART}, {TOKEN}), "SCNs would stop at it otherwise"
    said = capsys.readouterr().err
    assert f"token {TOKEN} " in said
    assert f"cannot be paid: token {COUNTERPART} " in said
    assert f"[{TOKEN_NOT_PAYABLE.code}] [{TOKEN_STAYS.code}]" in said


def test_a_removal_where_the_bridge_or_our_registration_is_gone_does_nothing(
    chain: FakeChain, other: FakeChain
) -> None:
    chain.contracts[BRIDGE].tokens[TOKEN] = BRIDGE
    deregister(chain, other)
    chain.contracts.clear()
    deregister(chain, other)
    assert chain.sent == []
