"""A stack on a parent chain of others that is taken down and brought up again: its child chain is a new one.

The contract of the first life stays on the parent chain. With the new child chain it would lose transfers: requests on
the new contract are dropped until there are as many as it has handled, and what was requested on it is paid out again.
"""

from collections.abc import Iterator

import pytest

from components.chain.contracts.contract import require_state
from components.chain.tx import sender
from components.chain.tx.batch import execute
from components.chain.tx.outgoing import Transaction
from components.chain.voters import calls
from components.domain.problems.bridge import COINS_REMAIN
from components.hosts.local_preflight import missing
from tests.network.conftest import make_stack
from tests.network.joining import NAMES, joining
from tests.network.lone_chain import COIN, LoneChain
from tests.network.network import CHAINS, Network
from tests.run import Failed, Run
from tests.stack import Stack

pytestmark = [pytest.mark.nightly, pytest.mark.skipif(bool(missing()), reason=" ".join(missing()))]

LIQUIDITY = 100


@pytest.fixture
def stack(chain: LoneChain, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Yield a stack on machines made by hand in the network of the chain."""
    owner = chain.signer("owner-4").private_key
    wanted = joining(chain, tmp_path_factory.mktemp("chain"), {"liquidity": LIQUIDITY, "parentOwnerKey": owner})
    with make_stack(tmp_path_factory.mktemp("stack"), wanted) as stack:
        yield stack
    for name in NAMES:
        chain.network.down(name)


def up(stack: Stack) -> Run:
    """Bring it up; a single SCN whose operator has a past may need a second run to be restarted."""
    try:
        return stack.up()
    except Failed as error:
        print(f"the first up failed: {str(error)[-2000:]}")
        return stack.up()


def network_of(stack: Stack) -> Network:
    network = Network(stack)
    network.via = {"parent": "alpha-en", "child": "alpha-scn"}
    return network


def test_a_stack_that_is_brought_up_again_has_a_pair_without_a_past(chain: LoneChain, stack: Stack) -> None:
    up(stack)
    first = network_of(stack)
    assert first.outputs["provenTransfers"] == {"childToParent": "1", "parentToChild": "1"}
    with chain.console() as console:
        user = first.user.account().address
        execute(console, chain.signer("owner"), [Transaction("coins for a user", to=user, value=100 * COIN)])
    first.owners["parent"] = chain.signer("owner-4")
    for source in CHAINS:
        first.send(source, 3).wait()
    old = first.bridges["parent"]
    destroyed = stack.destroy()
    with chain.console() as console:
        held = calls.balance(console, old)
        before = require_state(console, old)
    assert destroyed.lines(COINS_REMAIN, old, " it holds ")
    assert held > LIQUIDITY * COIN // 2

    up(stack)
    sender.forget()  # this process has counted the nonces of the owner on the first child chain
    second = network_of(stack)
    second.owners["parent"] = chain.signer("owner-4")
    assert second.bridges["parent"] != old
    assert second.outputs["provenTransfers"] == {"childToParent": "1", "parentToChild": "1"}
    for source in CHAINS:
        second.send(source, 3).wait()
    for chain_name in CHAINS:
        there = second.bridge("child" if chain_name == "parent" else "parent")
        assert second.bridge(chain_name).request_nonce == there.lower_handle_nonce == 4
    with chain.console() as console:
        after = require_state(console, old)
        assert (after.request_nonce, after.lower_handle_nonce) == (before.request_nonce, before.lower_handle_nonce)
        assert calls.balance(console, old) == held
    assert "drift: " not in stack.refresh().text
