"""What was sent and what has arrived, exactly once, by amount and recipient."""

from typing import Any

from components.domain.problems.operations.drills import NO_DRILL_HERE
from tests.unit.toolchain.drill.fakes import seen
from tests.unit.watch.samples import TOKENS, targets
from toolchain.ops.drill.traffic import assets_of
from toolchain.ops.drill.transfers import Asset, Ledger, Sum, Transfer, sums

COINS, GOLD = Asset("child"), Asset("child", "play", TOKENS["child"], TOKENS["parent"])


class FakeConsole:
    """A node that knows balances."""

    def __init__(self, **held: int) -> None:
        """`held`: by recipient, without 0x."""
        self.held = held
        self.asked: list[tuple[str, int]] = []

    def call_each(self, method: str, params: list[list[Any]]) -> list[str]:
        """Return the balances."""
        self.asked.append((method, len(params)))
        if method == "eth_getBalance":
            return [hex(self.held.get(one[0].lower()[2:], 0)) for one in params]
        assert all(one[0]["to"].lower() == TOKENS["parent"] for one in params)
        return [f"0x{self.held.get(one[0]['data'][-40:], 0):064x}" for one in params]


def sent(asset: Asset, amount: int, *, certain: bool = True) -> Transfer:
    return Transfer(asset, amount=amount, certain=certain)


def look(ledger: Ledger, held: dict[int, int], *, again: bool = False) -> FakeConsole:
    """Look at the parent chain, where the so-manieth recipients hold that much."""
    found = {one.recipient.lower()[2:]: held.get(number, 0) for number, one in enumerate(ledger.since())}
    console: Any = FakeConsole(**found)
    ledger.look({"parent": console}, again=again)
    return console  # type: ignore[no-any-return]


def test_only_the_whole_amount_has_arrived() -> None:
    ledger = Ledger()
    ledger.add([sent(COINS, 5), sent(COINS, 6), sent(COINS, 7), sent(GOLD, 8), sent(COINS, 9, certain=False)])
    look(ledger, {0: 5, 1: 7, 3: 8})
    assert [one.outcome for one in ledger.since()] == ["arrived", "wrong", "open", "arrived", "never sent"]
    coins, gold = sums(ledger.since())
    assert (coins.direction, coins.asset, coins.sent, coins.arrived, coins.wrong) == (
        "child to parent",
        "coins",
        3,
        1,
        1,
    )
    assert (gold.asset, gold.sent, gold.arrived, gold.amount) == ("play", 1, 1, 8)


def test_a_request_without_an_answer_counts_when_it_has_arrived() -> None:
    ledger = Ledger()
    ledger.add([sent(COINS, 9, certain=False)])
    assert sums(ledger.since()) == [Sum("child to parent", "coins", 0, 0, 0, 0, None)]
    look(ledger, {0: 9})
    (found,) = sums(ledger.since())
    assert (found.sent, found.arrived, found.amount) == (1, 1, 9)
    assert found.longest is not None


def test_what_has_arrived_is_asked_again_only_at_the_end() -> None:
    ledger = Ledger()
    ledger.add([sent(COINS, 5), sent(GOLD, 6)])
    look(ledger, {0: 5})
    assert look(ledger, {0: 5}).asked == [("eth_getBalance", 0), ("eth_call", 1)]
    took = ledger.since()[0].took
    look(ledger, {0: 10, 1: 6}, again=True)
    assert [one.outcome for one in ledger.since()] == ["wrong", "arrived"], "it was paid twice"
    assert ledger.since()[0].took == took


def test_a_mark_separates_trials() -> None:
    ledger = Ledger()
    ledger.add([sent(COINS, 5)])
    mark = len(ledger)
    ledger.add([sent(COINS, 6)])
    assert [one.amount for one in ledger.since(mark)] == [6]


def test_what_can_be_transferred_whole_is_transferred() -> None:
    found, left = assets_of(targets(), seen())
    assert [(one.source, one.name, one.token) for one in found] == [
        ("parent", "coins", ""),
        ("parent", "play", TOKENS["parent"]),
        ("child", "coins", ""),
        ("child", "play", TOKENS["child"]),
    ]
    assert left == []
    charged = {"fee_receiver": "0x" + "ab" * 20, "coin_fee": 5}
    found, left = assets_of(targets(), seen(contracts={"parent": charged, "child": {"running": False}}))
    assert [(one.source, one.name) for one in found] == [("parent", "play"), ("child", "play")]
    assert [one.codes for one in left] == [(NO_DRILL_HERE.code,)] * 2


def test_amounts_are_never_nothing() -> None:
    assert all(1 <= Transfer(COINS).amount <= 10**12 for _ in range(100))
    assert all(1 <= Transfer(GOLD).amount <= 1000 for _ in range(100))
