"""Which requests are open, which of them can be paid, and which of them a restart has to see handled."""

from collections.abc import Callable

import pytest

from components.chain.transfers.direction import Direction
from components.chain.transfers.payout import still_to_handle, unpayable
from components.chain.transfers.requests import find, open_nonces, pending
from components.domain.problems.bridge import VOTES_CHANGED
from components.domain.problems.transfers import (
    LIQUIDITY_MISSING,
    RECIPIENT_REFUSES,
    REQUEST_NOT_FOUND,
    REQUEST_REVERTS,
    REQUEST_WITHOUT_TOKEN,
    TOKEN_NOT_PAYABLE,
)
from tests.unit.fake_contract import Asked, Contract
from tests.unit.fakes import FakeChain, console

BRIDGE = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
OPERATOR = "0x9d8A62f656a8d1615C1294fd71e9CFb3E4855A4F"
TOKEN = "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359"
COUNTERPART = "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB"
RECIPIENT = "0x" + "22" * 20
NOW = 2**33


class Bridge:
    """One direction: requests at blocks of the source chain, one per second, of which some are handled."""

    def __init__(self, *blocks: int, handled: set[int] = frozenset(), head: int = 10_000) -> None:  # type: ignore[assignment]
        self.there, self.here = FakeChain(3000), FakeChain(2020)
        asked = [Asked(nonce, block) for nonce, block in enumerate(blocks)]
        self.source = Contract(OPERATOR, request_nonce=len(blocks), asked=asked)
        lower = next((n for n in range(len(blocks)) if n not in handled), len(blocks))
        above = {n: blocks[n] for n in handled if n > lower}
        self.target = Contract(OPERATOR, operators=[OPERATOR], lower_handle_nonce=lower, paid=above)
        self.there.contracts[BRIDGE], self.here.contracts[BRIDGE] = self.source, self.target
        self.here.balances[BRIDGE] = 100
        self.there.head = head

    @property
    def direction(self) -> Direction:
        """Return the way from one to the other."""
        return Direction("up", console(self.there), BRIDGE, console(self.here), BRIDGE)

    def refuse(self, nonce: int) -> None:
        """Have a contract that takes no coins be the recipient of a request."""
        self.target.refuses.add(nonce)
        self.here.contracts[RECIPIENT] = Contract(OPERATOR)


def test_what_is_handled_above_the_counter_is_not_open() -> None:
    bridge = Bridge(10, 11, 12, 13, 14, handled={0, 2, 4})
    assert open_nonces(bridge.direction) == [1, 3]
    assert open_nonces(bridge.direction, below=3) == [1]
    assert open_nonces(bridge.direction, since=2) == [3]
    assert open_nonces(Bridge(10, handled={0}).direction) == []


def test_a_request_is_looked_for_from_the_next_one_that_is_handled_backwards() -> None:
    bridge = Bridge(10, 20, 2000, 9000, handled={0, 2})
    found = find(bridge.direction, [1, 3])
    assert {nonce: one.block for nonce, one in found.items()} == {1: 20, 3: 9000}
    assert bridge.there.searched == [(9001, 10_000), (8001, 9000), (1001, 2000), (1, 1000)]
    assert str(found[1]) == f"request 1 (7 peb for {RECIPIENT}, transaction 0x{1:064x})"


def test_a_search_gives_up() -> None:
    bridge = Bridge(10, head=5000)
    assert find(bridge.direction, [0], patience=0) == {}
    assert len(bridge.there.searched) == 1
    assert pending(bridge.direction) == 1


@pytest.mark.parametrize("threshold", [1, 2])
def test_a_request_that_cannot_be_paid_is_named_with_its_reason(threshold: int) -> None:
    bridge = Bridge(10, 11, 12, 13, handled={0, 2})
    bridge.target.thresholds[0] = threshold
    bridge.refuse(1)
    (said,) = unpayable(bridge.direction)
    assert said.startswith(f"request 1 (7 peb for {RECIPIENT}, transaction 0x{1:064x}) cannot be paid: ")
    assert "(handleKLAYTransfer: transfer failed)" in said
    assert said.endswith(f"[{RECIPIENT_REFUSES.code}]")
    assert bool(bridge.here.overrides) == (threshold > 1)


def test_an_empty_bridge_and_a_token_that_is_gone_are_reasons_too() -> None:
    bridge = Bridge(10, 11)
    bridge.source.asked[1] = Asked(1, 11, TOKEN, 1)
    bridge.target.refuses |= {0, 1}
    bridge.here.balances[BRIDGE] = 3
    empty, unknown = unpayable(bridge.direction)
    assert LIQUIDITY_MISSING(f"the bridge {BRIDGE} holds 3 peb; fill it up (bridge.liquidity)") in empty
    assert f" token {TOKEN} " in unknown
    assert REQUEST_WITHOUT_TOKEN.code in unknown
    bridge.source.tokens[TOKEN] = COUNTERPART
    refused = unpayable(bridge.direction)[1]
    assert f" token {COUNTERPART} " in refused
    assert TOKEN_NOT_PAYABLE.code in refused
    bridge.target.operators.clear()
    assert unpayable(bridge.direction)[0].endswith(VOTES_CHANGED(f"the bridge {BRIDGE} has no operators"))


def test_what_nobody_can_explain_is_told_as_it_is() -> None:
    bridge = Bridge(10)
    bridge.target.refuses.add(0)
    (said,) = unpayable(bridge.direction)
    assert "cannot be paid: handleKLAYTransfer: transfer failed" in said
    assert REQUEST_REVERTS.code in said


def test_a_request_that_is_too_far_back_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("components.chain.transfers.payout.find", lambda *_: {})
    (said,) = unpayable(Bridge(10, 11, handled={0}).direction)
    assert said.startswith("request 1 ")
    assert REQUEST_NOT_FOUND.code in said


def test_a_restart_waits_for_what_was_requested_just_before() -> None:
    bridge = Bridge(10, 9_980, 9_990, handled={0})
    assert still_to_handle(bridge.direction, 3, NOW) == [1, 2]
    assert still_to_handle(bridge.direction, 2, NOW) == [1]
    bridge.target.paid[2] = 9_990
    assert still_to_handle(bridge.direction, 3, NOW) == [1]
    bridge.target.lower_handle_nonce = 3
    assert still_to_handle(bridge.direction, 3, NOW) == []


def test_a_restart_does_not_wait_for_what_nobody_can_pay() -> None:
    bridge = Bridge(10, 9_980, 9_990, handled={0})
    bridge.refuse(1)
    assert still_to_handle(bridge.direction, 3, NOW) == [2]


def test_a_restart_does_not_wait_for_what_was_passed_over_before() -> None:
    bridge = Bridge(10, 20, 9_980, 9_990, handled={0, 2})
    assert still_to_handle(bridge.direction, 4, NOW) == [3]


def test_a_restart_of_a_bridge_that_stood_still_before_waits_for_nothing() -> None:
    bridge = Bridge(10, 20, 9_990, handled={0})
    assert still_to_handle(bridge.direction, 3, NOW) == []
    bridge.refuse(1)
    assert still_to_handle(bridge.direction, 3, NOW) == [2], "nothing but that one stood still"


@pytest.mark.parametrize(
    "takes", [lambda sender, _price: sender == OPERATOR, lambda _sender, price: price < 100 * 10**9]
)
def test_a_recipient_that_takes_coins_in_some_simulations_holds_up_no_restart(
    takes: Callable[[str, int], bool],
) -> None:
    """Anybody can make one that refuses them when another operator decides, or at the price that SCNs pay."""
    bridge = Bridge(NOW - 20, handled=set(), head=NOW)
    bridge.target.operators.append(COUNTERPART)
    assert still_to_handle(bridge.direction, 1, NOW) == [0]
    bridge.target.takes = takes
    bridge.here.contracts[RECIPIENT] = Contract(OPERATOR)
    assert still_to_handle(bridge.direction, 1, NOW) == []
    (said,) = unpayable(bridge.direction)
    assert RECIPIENT_REFUSES.code in said
