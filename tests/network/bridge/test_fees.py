"""The estimate of fees against what the operators of a running network really paid."""

from collections import Counter
from statistics import mean

import pytest

from components.chain.rpc.waiting import wait_for
from components.chain.voters.calls import balance
from components.domain.gas import DECIDING_VOTE, LATE_VOTE
from components.topology import fees
from components.topology.checks.configuration import read
from tests.network.network import ANCHOR, Network
from tests.network.running import SETTINGS

pytestmark = pytest.mark.nightly

TRANSFERS = 12
PERIODS = 6
WITHIN = 0.2


def test_the_estimate_is_within_a_fifth_of_what_was_burned(network: Network) -> None:
    """Over a known number of blocks, which begin and end in the middle between two anchors, and of transfers."""
    settings = read({**SETTINGS, "identitySeed": "1f" * 32})
    period = settings.anchoring.period
    operators = [pair["parentOperator"] for pair in network.pairs.values()]
    transfers = network.send("child", 1)  # what a first transfer brings about is no part of it
    transfers.wait()
    begun = _between_anchors(network, period, network.head("child"))
    since, before = network.head("parent"), [balance(network.on("parent"), one) for one in operators]
    network.send("child", TRANSFERS).wait()
    ended = _between_anchors(network, period, begun + period * PERIODS - 1)
    after = [balance(network.on("parent"), one) for one in operators]
    burned = sum(before) - sum(after)
    estimate = fees.expected(settings, ended - begun, TRANSFERS)
    told = f"estimated {estimate.total / 1e18:.6f} coins, burned {burned / 1e18:.6f}"
    print(f"{ended - begun} blocks, {TRANSFERS} transfers: {told}")
    _tell_gas(network, since, operators)
    assert abs(estimate.total - burned) < WITHIN * burned
    for name, paid in zip(network.pairs, (a - b for a, b in zip(before, after, strict=True)), strict=True):
        # Which pair's vote decides is chance: none of them may, or all.
        least, most = (
            estimate.anchoring[name] + TRANSFERS * gas * estimate.price for gas in (LATE_VOTE, DECIDING_VOTE)
        )
        assert (1 - WITHIN) * least < paid < (1 + WITHIN) * most, f"{name} paid {paid} peb, not {least} to {most}"


def _between_anchors(network: Network, period: int, least: int) -> int:
    """Wait for a block after that one, as far from the anchors before and after it as may be; return its number."""

    def probe() -> int | str:
        head = network.head("child")
        return head if head >= least and head % period == period // 2 + 1 else f"block {head}"

    return wait_for(probe, 60)


def _tell_gas(network: Network, since: int, operators: list[str]) -> None:
    """Print what each kind of transaction used, for whoever has to set the numbers of the estimate anew."""
    used: dict[str, list[int]] = {}
    prices: Counter[int] = Counter()
    for tx in network._transactions("parent", since):
        if tx["from"].lower() not in [one.lower() for one in operators]:
            continue
        receipt = network.on("parent").call("kaia_getTransactionReceipt", tx["hash"])
        kind = "anchor" if tx["typeInt"] == ANCHOR else "vote" if int(receipt["status"], 16) else "late vote"
        used.setdefault(kind, []).append(int(receipt["gasUsed"], 16))
        prices[int(receipt["effectiveGasPrice"], 16) // 10**9] += 1
    for kind, gas in used.items():
        print(f"{kind}: {len(gas)} x {mean(gas):.0f} gas ({min(gas)} to {max(gas)})")
    print(f"effective prices in gkei: {dict(prices)}")
