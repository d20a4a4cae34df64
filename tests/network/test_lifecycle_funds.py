"""The gate of coins on a real chain: an owner who holds nothing, then a part, then all; and what was really spent."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from components.chain.accounts import funding
from components.chain.accounts.signer import Signer
from components.chain.contracts.contract import transaction
from components.chain.contracts.deployment import ensure_deployed
from components.chain.contracts.plan import Step
from components.chain.errors import ChainError
from components.chain.funds.funding_plan import CALL, DEPLOYMENT
from components.chain.rpc.console import Console
from components.chain.rpc.waiting import wait_for
from components.chain.tx import sender
from components.chain.tx.batch import execute
from components.chain.tx.outgoing import Transaction
from components.chain.voters import calls
from components.domain.problems.accounts import NOT_FUNDED
from components.domain.units import coins
from components.dynamic.base import Props
from components.dynamic.contracts.owner_funds import OwnerFunds, OwnerFundsProvider
from tests.lifecycle import Behind, Edit, Life, lifecycle
from tests.network.lone_chain import ARTIFACT, COIN, LoneChain
from tests.run import lines

POOR = "poor-owner"
OPERATORS = ("operator-of-poor-1", "operator-of-poor-2")
WITH_TRANSACTIONS = True


@pytest.fixture
def owner(chain: LoneChain) -> Iterator[Signer]:
    yield chain.signer(POOR).model_copy(update={"max_gas_price": None, "funding_minutes": 2})
    sender.forget()


def program(chain: LoneChain) -> Props:
    props = chain.props(POOR)
    return {
        **props,
        "signer": {**props["signer"], "funding_minutes": "2"},
        "operators": [chain.address(one) for one in OPERATORS],
        "threshold": 2.0,
        "operator_minimum": str(10 * COIN),
        "operator_target": str(20 * COIN),
        "liquidity_minimum": str(50 * COIN),
        "liquidity_target": str(100 * COIN),
        "tokens": [],
        "payer": None,
    }


def pay(chain: LoneChain, amount: int) -> None:
    with chain.console() as console:
        to = console.web3.to_checksum_address(chain.address(POOR))
        execute(console, chain.signer("owner"), [Transaction(f"pay {amount}", to=to, value=amount)])


def test_an_owner_without_coins_is_waited_for_and_nothing_is_sent_meanwhile(
    chain: LoneChain, owner: Signer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Then everything that the list was for is done with the very sum that it asked for."""
    monkeypatch.setattr(funding, "INTERVAL", 0.2)
    passed = threading.Event()

    def gate() -> None:
        OwnerFundsProvider().create(program(chain))
        passed.set()

    said = ""

    def heard(*named: str) -> bool | str:
        nonlocal said
        said += capsys.readouterr().err
        return bool(lines(said, NOT_FUNDED, *named)) or f"it was not said yet: {named}"

    with chain.console() as console:
        gas = (DEPLOYMENT + 7 * CALL) * console.web3.eth.gas_price
    total = 140 * COIN + gas
    thread = threading.Thread(target=gate, daemon=True)
    thread.start()
    wait_for(lambda: heard(f" {coins(total)} coins ", " holds 0: "), 90)
    pay(chain, 100 * COIN)
    wait_for(lambda: heard(f" {coins(total)} coins ", " holds 100: "), 90)
    with chain.console() as console:
        assert console.web3.eth.get_transaction_count(owner.account().address) == 0
    assert not passed.is_set()
    pay(chain, total - 100 * COIN)
    assert passed.wait(90)
    print(said)
    with chain.console() as console:
        bridge = ensure_deployed(console, owner, Path(ARTIFACT), None, mode_mint_burn=False)
        operators = [chain.address(one) for one in OPERATORS]
        calls.register_operators(console, owner, bridge, operators)
        calls.set_threshold(console, owner, bridge, 2)
        calls.fill_bridge(console, owner, bridge, 50 * COIN, 100 * COIN)
        for operator in operators:
            calls.fill_account(console, owner, operator, 10 * COIN, 20 * COIN)
        proof = Step("requestKLAYTransfer", (owner.account().address, 1, b""), "a transfer", 1)
        execute(console, owner, [transaction(bridge, proof)])
        left = console.web3.eth.get_balance(owner.account().address)
        used = _gas(console, owner)
    print(f"gas used: {used}; of {coins(total)} coins {coins(left)} are left")
    assert max(used[1:]) < CALL
    assert used[0] < DEPLOYMENT
    assert 0 < left < gas, "the sum is enough"


def _gas(console: Console, owner: Signer) -> list[int]:
    """Return the gas of each transaction of the owner, in their order."""
    address = owner.account().address
    found = {}
    for number in range(console.web3.eth.block_number + 1):
        block = console.call("eth_getBlockByNumber", hex(number), WITH_TRANSACTIONS)
        for tx in block["transactions"]:
            if tx["from"].lower() == address.lower():
                receipt = console.call("eth_getTransactionReceipt", tx["hash"])
                found[int(tx["nonce"], 16)] = int(receipt["gasUsed"], 16)
    return [found[nonce] for nonce in sorted(found)]


def test_the_life_of_a_gate_of_coins(chain: LoneChain, owner: Signer) -> None:
    """After the test before this one all is there, so there is nothing to pay until an operator has run dry."""
    pay(chain, 100 * COIN)
    wanted = program(chain)

    def spend() -> None:
        """Let an operator run dry."""
        with chain.console() as console:
            signer = chain.signer(OPERATORS[0])
            to = console.web3.to_checksum_address(chain.address("owner"))
            execute(console, signer, [Transaction("spend", to=to, value=15 * COIN)])

    def refill() -> None:
        """Fill it up, as the funding of the operator does after the gate."""
        with chain.console() as console:
            calls.fill_account(console, owner, chain.address(OPERATORS[0]), 10 * COIN, 20 * COIN)

    lifecycle(
        Life(OwnerFundsProvider(), OwnerFunds),
        wanted,
        [
            Edit({"endpoints": [chain.endpoint, {**chain.endpoint, "node": "second"}]}, "same"),
            Edit({"signer": {**wanted["signer"], "funding_minutes": "5"}}, "same"),
            Edit({"operators": wanted["operators"][:1]}),
        ],
        drifts=[(Behind(spend, refill), ["drift"])],
        secrets=[chain.signer(POOR).private_key],
        lasting=True,
    )


def test_who_cannot_pay_gets_the_list(chain: LoneChain) -> None:
    wanted = {**program(chain), "operators": [chain.address("nobody-1"), chain.address("nobody-2")]}
    wanted["signer"] = {"kind": "key", "private_key": chain.signer("penniless").private_key}
    with pytest.raises(ChainError) as caught:
        OwnerFundsProvider().create(wanted)
    print(caught.value)
    first, *needs, _ = str(caught.value).splitlines()
    assert lines(first, NOT_FUNDED, chain.address("penniless"), " holds 0: ")
    assert [need.startswith("  - ") for need in needs] == [True] * 9
