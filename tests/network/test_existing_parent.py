"""A bridge to a chain that others run: joined, waited for, paid by its owner, and left running when the stack goes."""

import re
import time
from collections.abc import Iterator
from decimal import Decimal

import pytest

from components.chain.contracts.contract import require_state
from components.chain.rpc.waiting import wait_for
from components.chain.tx.batch import execute
from components.chain.tx.outgoing import Transaction
from components.domain.problems.accounts import NOT_FUNDED
from components.hosts.local_preflight import missing
from tests.network.conftest import make_stack
from tests.network.joining import NAMES, joining
from tests.network.lone_chain import COIN, LoneChain
from tests.network.network import CHAINS, Network
from tests.run import lines
from tests.stack import Failed, Stack

pytestmark = [pytest.mark.nightly, pytest.mark.skipif(bool(missing()), reason=" ".join(missing()))]


@pytest.fixture(scope="module")
def stack(chain: LoneChain, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Yield a stack on machines made by hand in the network of the chain, so that they reach its validator."""
    wanted = joining(chain, tmp_path_factory.mktemp("chain"), {})
    with make_stack(tmp_path_factory.mktemp("stack"), wanted) as stack:
        yield stack
    for name in NAMES:
        chain.network.down(name)


def test_an_owner_without_coins_ends_it_with_the_list_and_the_next_run_goes_on(chain: LoneChain, stack: Stack) -> None:
    with pytest.raises(Failed) as caught:
        stack.up()
    said = str(caught.value)
    list_of_needs = " ".join(lines(said, NOT_FUNDED))
    found = re.search(r"(0x[0-9a-fA-F]{40}) has to pay [0-9.]+ coins and holds 0: send it ([0-9.]+)", list_of_needs)
    assert found, said
    assert " 100 coins: liquidity " in said
    assert " 20 coins: balance " in said
    assert {"SyncedNode", "RunningNode"} <= set(_kinds(stack))
    assert "BridgeContract" not in [kind for kind, name in _names(stack) if name.startswith("parent")]
    with chain.console() as console:
        owner, amount = console.web3.to_checksum_address(found[1]), int(Decimal(found[2]) * COIN)
        assert console.web3.eth.get_transaction_count(owner) == 0, "nothing was sent"
        execute(console, chain.signer("owner"), [Transaction("pay the owner", to=owner, value=amount)])
    begun = time.monotonic()
    stack.up()
    print(f"the second run took {time.monotonic() - begun:.0f} s, with {found[2]} coins paid")
    assert not stack.preview().changes
    assert not stack.refresh().changes, "all that was asked for is paid"
    assert not stack.preview().changes


def test_transfers_go_both_ways(chain: LoneChain, stack: Stack) -> None:
    network = Network(stack)
    network.via = {"parent": "alpha-en", "child": "alpha-scn"}
    network.owners["parent"] = chain.signer("owner")
    for source in CHAINS:
        network.send(source, 2).wait()


def test_the_chain_goes_on_when_the_stack_goes(chain: LoneChain, stack: Stack) -> None:
    bridge, operator = _contract(stack)
    stack.destroy()
    with chain.console() as console:
        assert operator not in require_state(console, bridge).operators
        head = console.web3.eth.block_number
        wait_for(lambda: console.web3.eth.block_number > head or "no new block", 90)


def _contract(stack: Stack) -> tuple[str, str]:
    outputs = stack.outputs
    return str(outputs["parentChain"]["bridge"]), str(outputs["pairs"]["alpha"]["parentOperator"])


def _names(stack: Stack) -> list[tuple[str, str]]:
    return [(one["type"].rpartition(":")[2], one["urn"].rpartition("::")[2]) for one in stack.resources()]


def _kinds(stack: Stack) -> list[str]:
    return [kind for kind, _ in _names(stack)]
