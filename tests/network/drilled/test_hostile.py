"""make drill with an operator who votes for payments of coins and of a token that nobody has asked for."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from eth_utils.address import to_checksum_address

from components.chain.tokens.token_contract import holding
from components.chain.transfers.requests import requests_between
from components.chain.voters.calls import balance
from components.chain.voters.proof import is_paid, voted_for
from components.domain.problems.nodes import MISCOUNTED
from tests.network.contracts.token import Token
from tests.network.drilled.test_drills import drilled
from tests.network.monitored.monitor import Monitor
from tests.network.network import CHAINS, OTHER, Network
from tests.stack import Settings

pytestmark = pytest.mark.nightly

PAIR = "alpha"


@pytest.fixture
def two_votes(network: Network) -> Iterator[None]:
    """Have each transfer need two votes while the block runs."""
    settings = network.stack.settings

    def bring(wanted: Settings) -> None:
        network.stack.configure(wanted)
        network.stack.up()
        Monitor(network).hasten()  # the up has rewritten its rules, which contain the threshold

    bring({**settings, "bridge": {**settings["bridge"], "threshold": 2}})
    yield
    bring(settings)


@pytest.mark.usefixtures("two_votes")
def test_an_operator_alone_has_neither_coins_nor_tokens_paid(network: Network, tmp_path: Path) -> None:
    since = {chain: network.head(chain) for chain in CHAINS}
    found = drilled(network, "drill", tmp_path / "drill.json", f"--fault hostile --pair {PAIR} --hold 0")
    (row,) = found.faults
    assert (row.kind, row.subject, row.problems) == ("hostile", PAIR, ())
    assert (PAIR, (MISCOUNTED.code,)) in [(one.subject, one.codes) for one in row.stopped], "its own node is out"
    gold = Token.named(network, "gold")
    for source in CHAINS:
        way, target = network.direction(source), OTHER[source]
        votes = list(_votes(network, target, since[target]))
        known = {one.transaction for one in requests_between(way, 0, network.head(source))}
        assert known & {vote for vote, _, _ in votes}, "it votes for true requests too"
        invented = [one for one in votes if one[0] not in known]
        assert len({kind for _, kind, _ in invented}) == len(invented) == len(("coins", "gold"))
        for request, _, recipient in invented:
            assert not is_paid(way, request)
            assert balance(way.target, recipient) == holding(way.target, recipient, gold.addresses[target]) == 0


def _votes(network: Network, chain: str, since: int) -> Iterator[tuple[str, str, str]]:
    """Yield the votes of the operator: request, kind of the payment, and who is to be paid."""
    operator = network.pairs[PAIR][f"{chain}Operator"].lower()
    for tx in network._transactions(chain, since):
        if tx["from"] == operator and (request := voted_for(tx, network.bridges[chain])):
            arguments = tx["input"][10:]
            yield request, tx["input"][:10], to_checksum_address(arguments[2 * 64 + 24 : 3 * 64])
