"""Contracts of an owner with a history, found again on a real chain, and what remains in one that is abandoned."""

import re
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from eth_abi.abi import encode
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from components.chain.accounts.signer import KeySigner
from components.chain.contracts.contract import require_state, transaction
from components.chain.contracts.deployment import ensure_deployed, remains
from components.chain.contracts.plan import Step
from components.chain.rpc.console import Console
from components.chain.tx import sender
from components.chain.tx.batch import Transaction, execute
from components.chain.voters import calls
from components.domain.problems.bridge import COINS_REMAIN, OWNER_OWES
from components.dynamic.base import Props
from components.dynamic.contracts.owner_funds import OwnerFunds, OwnerFundsProvider
from tests.life import Life
from tests.network.lone_chain import ARTIFACT, COIN, LoneChain
from tests.run import lines

pytestmark = pytest.mark.nightly

SPENT = 40
"""Transactions of an owner for something else: more than the first versions of this program looked at."""


@pytest.fixture
def owner(chain: LoneChain) -> Iterator[KeySigner]:
    """Yield an account with coins that nobody else uses."""
    owner = KeySigner(private_key=secrets.token_hex(32))
    with chain.console() as console:
        calls.fill_account(console, chain.signer("owner"), owner.account().address, 1000 * COIN, 1000 * COIN)
    yield owner
    sender.forget()


def spend(console: Console, owner: KeySigner) -> None:
    execute(console, owner, [Transaction("pay", owner.account().address, gas=21_000) for _ in range(SPENT)])


def deploy(console: Console, owner: KeySigner, operator: str) -> str:
    return ensure_deployed(console, owner, Path(ARTIFACT), None, mode_mint_burn=False, operators=[operator])


def test_a_killed_run_of_an_owner_with_a_history_finds_its_contract_and_owes_nothing(
    chain: LoneChain, owner: KeySigner, capsys: pytest.CaptureFixture[str]
) -> None:
    operator = chain.address("operator-1")
    key = {"kind": "key", "private_key": owner.private_key}
    with chain.console() as console:
        spend(console, owner)
        bridge = deploy(console, owner, operator)
        spend(console, owner)
        before = console.web3.eth.get_transaction_count(owner.account().address)
        sender.forget()
        assert deploy(console, owner, operator) == bridge
        assert console.web3.eth.get_transaction_count(owner.account().address) == before
    funds = Life(OwnerFundsProvider(), OwnerFunds)
    program: Props = {
        **chain.props(),
        "signer": key,
        "operators": [operator],
        "threshold": 1.0,
        **dict.fromkeys(("operator_minimum", "operator_target", "liquidity_minimum", "liquidity_target"), "0"),
        "payer": None,
    }
    funds.up(program)
    assert funds.refresh()
    assert not funds.outs.get("drift"), "nothing is outstanding"
    assert OWNER_OWES.code not in capsys.readouterr().err


def test_two_stacks_with_one_owner_have_a_contract_each(chain: LoneChain, owner: KeySigner) -> None:
    with chain.console() as console:
        first = deploy(console, owner, chain.address("operator-1"))
        second = deploy(console, owner, chain.address("operator-2"))
        assert first != second
        assert require_state(console, first).operators == (chain.address("operator-1"),)
        assert deploy(console, owner, chain.address("operator-1")) == first


def test_what_remains_in_a_contract_its_owner_gets_back_by_the_calls_in_the_message(
    chain: LoneChain, owner: KeySigner
) -> None:
    address, heir = owner.account().address, to_checksum_address(secrets.token_hex(20))
    with chain.console() as console:
        bridge = deploy(console, owner, chain.address("operator-1"))
        calls.fill_bridge(console, owner, bridge, COIN, 7 * COIN)
        message = remains(console, bridge, require_state(console, bridge))
        assert message is not None
        assert lines(message, COINS_REMAIN, "holds 7 coins", f"registerOperator({address})")
        amount, nonce = re.search(r"the recipient, (\d+), (\d+), 1, 0x\)", message).groups()  # type: ignore[union-attr]
        execute(console, owner, [transaction(bridge, Step("registerOperator", (address,), "join"))])
        signature = "handleKLAYTransfer(bytes32,address,address,uint256,uint64,uint64,bytes)"
        kinds = signature.partition("(")[2][:-1].split(",")
        arguments = encode(kinds, [secrets.token_bytes(32), address, heir, int(amount), int(nonce), 1, b""])
        data = "0x" + (keccak(text=signature)[:4] + arguments).hex()
        execute(console, owner, [Transaction("pay out", to_checksum_address(bridge), data)])
        execute(console, owner, [transaction(bridge, Step("deregisterOperator", (address,), "leave"))])
        assert calls.balance(console, heir) == 7 * COIN
        assert remains(console, bridge, require_state(console, bridge)) is None
