"""The gate of coins: everything that has yet to be paid is listed at once, and nothing is sent before it is there."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.chain.accounts import funding
from components.chain.accounts.funding import Need, require, statement
from components.chain.accounts.signer import KeySigner
from components.chain.contracts.plan import BridgeState
from components.chain.errors import ChainError, NotFunded, Unreachable
from components.chain.funds.funding_plan import CALL, DEPLOYMENT, Situation, Wanted, needs, situation
from components.chain.rpc import waiting
from components.chain.tx import sender
from components.chain.voters import calls
from components.domain.problems.accounts import NOT_FUNDED
from components.domain.problems.chains import CONSOLE_LOST
from components.domain.units import coins
from tests.unit.fake_contract import Contract
from tests.unit.fake_node import Clock
from tests.unit.fakes import FakeChain, console

OWNER = KeySigner(private_key="46" * 32, funding_minutes=10)
AT_ONCE = KeySigner(private_key="46" * 32, funding_minutes=0)
OWNER_ADDRESS = "0x9d8A62f656a8d1615C1294fd71e9CFb3E4855A4F"  # the example of EIP-155
ONE = "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359"
TWO = "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB"
TOKEN = "0x" + "7a" * 20
COIN, GKEI = 10**18, 10**9

WANTED = Wanted([ONE, TWO], 2, 10 * COIN, 20 * COIN, 50 * COIN, 100 * COIN)
NEW = Situation(None, 0, [0, 0])
DONE = Situation(BridgeState(OWNER_ADDRESS, (ONE, TWO), 2, False, 1, 1), 50 * COIN, [10 * COIN, 10 * COIN])  # noqa: FBT003
NEEDS = [Need(2 * COIN, "two"), Need(5 * COIN, "five")]


# -- what has yet to be paid ---------------------------------------------------------------------------------


def test_a_new_bridge_needs_all_of_it() -> None:
    price = 25 * GKEI
    assert needs(WANTED, NEW, price) == [
        Need(DEPLOYMENT * price, "gas to deploy the bridge contract, at 25 gkei"),
        Need(2 * CALL * price, "gas to register 2 operators, at 25 gkei"),
        Need(2 * CALL * price, "gas to fund 2 operators, at 25 gkei"),
        Need(CALL * price, "gas to add liquidity, at 25 gkei"),
        Need(CALL * price, "gas to set 1 threshold, at 25 gkei"),
        Need(CALL * price, "gas to prove that a transfer arrives, at 25 gkei"),
        Need(100 * COIN, "liquidity of the bridge contract, from which it pays transfers out"),
        Need(20 * COIN, f"balance of the operator {ONE}, from which it pays gas"),
        Need(20 * COIN, f"balance of the operator {TWO}, from which it pays gas"),
    ]


@pytest.mark.parametrize(
    ("found", "purposes"),
    [
        (DONE, []),
        (replace(DONE, balances=[COIN, 10 * COIN]), ["gas to fund 1 operator", f"balance of the operator {ONE}"]),
        (replace(DONE, liquidity=COIN), ["gas to add liquidity", "liquidity of the bridge contract"]),
        (
            replace(DONE, bridge=replace(DONE.bridge, operators=(ONE,), threshold=1)),  # type: ignore[type-var]
            ["gas to register 1 operator", "gas to set 1 threshold", "gas to prove that a transfer arrives"],
        ),
    ],
)
def test_a_bridge_that_is_there_needs_what_is_missing(found: Situation, purposes: list[str]) -> None:
    told = [need.purpose for need in needs(WANTED, found, 25 * GKEI)]
    assert len(told) == len(purposes)
    assert all(one.startswith(purpose) for one, purpose in zip(told, purposes, strict=True)), told


def test_configuration_votes_get_their_threshold_too() -> None:
    wanted = replace(WANTED, configuration_threshold=2)
    assert [need.purpose for need in needs(wanted, DONE, GKEI)] == ["gas to set 1 threshold, at 1 gkei"]
    assert needs(replace(WANTED, configuration_threshold=1), DONE, GKEI) == []
    assert "gas to set 2 thresholds, at 1 gkei" in [need.purpose for need in needs(wanted, NEW, GKEI)]


def test_a_token_that_is_not_registered_needs_gas() -> None:
    wanted = replace(WANTED, tokens=[TOKEN])
    assert [need.amount for need in needs(wanted, DONE, GKEI)] == [CALL * GKEI]
    assert needs(wanted, replace(DONE, tokens=frozenset({TOKEN})), GKEI) == []


def test_where_gas_is_free_only_the_coins_themselves_are_needed() -> None:
    assert sum(need.amount for need in needs(WANTED, NEW, 0)) == 140 * COIN


@given(st.integers(0, 200 * COIN), st.lists(st.integers(0, 40 * COIN), min_size=2, max_size=2), st.integers(0, 10**12))
def test_what_is_paid_leaves_nothing_to_be_paid(liquidity: int, balances: list[int], price: int) -> None:
    found = replace(DONE, liquidity=liquidity, balances=balances)
    told = needs(WANTED, found, price)
    paid = sum(need.amount for need in told if need.purpose.startswith(("balance", "liquidity")))
    after = replace(found, liquidity=max(liquidity, 100 * COIN), balances=[max(held, 20 * COIN) for held in balances])
    assert needs(WANTED, after, price) == []
    assert paid <= 140 * COIN


def test_the_situation_is_read_from_the_chain() -> None:
    chain = FakeChain(2020)
    first = "0x8B8dCF70BC5d8e4D9F5f5f0F3e6bB3f1b7F2D6c1"
    assert situation(console(chain), OWNER, WANTED) == NEW
    chain.contracts[ONE] = Contract(OWNER_ADDRESS, operators=[ONE, TWO])
    chain.balances = {ONE: 60 * COIN, TWO: 5 * COIN}
    known = situation(console(chain), OWNER, replace(WANTED, bridge=ONE))
    assert known.bridge is not None
    assert (known.liquidity, known.balances) == (60 * COIN, [60 * COIN, 5 * COIN])
    assert situation(console(chain), OWNER, replace(WANTED, bridge=first.lower())).bridge is None


# -- what is said --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "text"),
    [(0, "0"), (1, "0.000000000000000001"), (COIN, "1"), (10 * COIN, "10"), (15 * COIN // 10, "1.5")],
)
def test_coins_are_reported_to_the_last_digit(amount: int, text: str) -> None:
    assert coins(amount) == text


def test_the_list_has_the_sum_and_what_each_part_is_for() -> None:
    assert statement(1001, OWNER_ADDRESS, 3 * COIN, NEEDS) == (
        f"chain 1001: {OWNER_ADDRESS} has to pay 7 coins and holds 3: send it 4 coins or more on that chain. They are "
        f"for: [{NOT_FUNDED.code}]\n  - 5 coins: five\n  - 2 coins: two"
    )


# -- waiting -------------------------------------------------------------------------------------------------


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    for module in (funding, waiting):
        monkeypatch.setattr(module, "time", clock)
    return clock


@pytest.fixture
def chain() -> FakeChain:
    sender.forget()
    chain = FakeChain(2020)
    chain.balances[OWNER_ADDRESS] = COIN
    return chain


def test_it_continues_when_the_coins_are_there(
    chain: FakeChain, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    arrivals = iter([COIN] * 40 + [3 * COIN] * 20 + [7 * COIN])
    clock.sleepers.append(lambda: chain.balances.update({OWNER_ADDRESS: next(arrivals)}))
    begun = clock.now
    require(console(chain), OWNER, NEEDS)
    said = capsys.readouterr().err
    assert clock.now - begun == 2 * 61
    assert said == (
        f"{statement(2020, OWNER_ADDRESS, COIN, NEEDS)}\n"
        f"waiting, 1 min of 10 min: {OWNER_ADDRESS} lacks 6 coins on chain 2020\n"
        f"{statement(2020, OWNER_ADDRESS, 3 * COIN, NEEDS)}\n"
        f"chain 2020: {OWNER_ADDRESS} holds 7 coins now; continuing\n"
    )


def test_it_ends_with_the_same_list(chain: FakeChain, clock: Clock) -> None:
    begun = clock.now
    with pytest.raises(NotFunded) as caught:
        require(console(chain), OWNER, NEEDS)
    assert clock.now - begun == 600
    assert str(caught.value) == (
        f"{statement(2020, OWNER_ADDRESS, COIN, NEEDS)}\n"
        "Nothing of it was sent (waited 10 min). Run again once they are there: it resumes where it stopped"
    )


@pytest.mark.parametrize(
    ("blocks", "seconds"),
    [(("on",), funding.INTERVAL), (("behind", "behind", "on"), 3 * funding.INTERVAL), (("behind",) * 50, 30)],
)
def test_it_ends_at_once_but_for_coins_in_a_block_that_the_node_has_yet_to_hear_of(
    chain: FakeChain, clock: Clock, capsys: pytest.CaptureFixture[str], blocks: tuple[str, ...], seconds: float
) -> None:
    begun, coming = clock.time(), iter(blocks)
    chain.head_time = int(begun) - 5
    clock.sleepers.append(lambda: setattr(chain, "head_time", int(clock.time() if next(coming) == "on" else begun - 5)))
    with pytest.raises(NotFunded, match=NOT_FUNDED.code):
        require(console(chain), AT_ONCE, NEEDS)
    assert clock.time() - begun == seconds
    assert capsys.readouterr().err == "", "it is said once, by the error"


def test_coins_of_a_block_that_the_node_has_yet_to_hear_of_count(chain: FakeChain, clock: Clock) -> None:
    chain.head_time = int(clock.time()) - 5
    clock.sleepers.append(
        lambda: chain.balances.update({OWNER_ADDRESS: 7 * COIN}) if clock.now > 1000 + 3 * funding.INTERVAL else None
    )
    require(console(chain), AT_ONCE, NEEDS)


@pytest.mark.parametrize("asked", [[], [Need(0, "nothing")], [Need(COIN, "one")]])
def test_it_prints_nothing_where_nothing_is_missing(
    chain: FakeChain, clock: Clock, capsys: pytest.CaptureFixture[str], asked: Sequence[Need]
) -> None:
    begun = clock.now
    require(console(chain), OWNER, asked)
    assert (capsys.readouterr().err, clock.now) == ("", begun)


def test_a_node_that_is_away_while_it_is_waited_for_changes_nothing(
    chain: FakeChain, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = iter([False, True, True, False])

    def balance(address: str) -> int:
        if next(looks, False):
            raise Unreachable(CONSOLE_LOST("the node is away"))
        return chain.balances[address]

    at = console(chain)
    monkeypatch.setattr(at.web3.eth, "get_balance", balance)
    clock.sleepers.append(lambda: chain.balances.update({OWNER_ADDRESS: 7 * COIN}) if clock.now > 1005 else None)
    require(at, OWNER, NEEDS)
    looks = iter([True])
    chain.balances[OWNER_ADDRESS] = 0
    with pytest.raises(ChainError, match=CONSOLE_LOST.code):
        require(at, OWNER, NEEDS)


def test_nothing_is_sent_before_the_sum_is_there(chain: FakeChain, clock: Clock) -> None:  # noqa: ARG001 - time flies
    chain.contracts[TWO] = Contract(OWNER_ADDRESS)
    for fill in (calls.fill_account, calls.fill_bridge):
        with pytest.raises(NotFunded):
            fill(console(chain), OWNER, TWO, 5 * COIN, 5 * COIN)
    assert chain.sent == []
