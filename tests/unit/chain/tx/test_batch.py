"""Sending: simulated first, in order, with nonces of its own for each transaction, and waited for."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from components.chain.accounts.signer import KeySigner
from components.chain.contracts.contract import transaction
from components.chain.contracts.plan import Step
from components.chain.errors import NotFunded, NotMined, Reverted
from components.chain.tx import follower, sender
from components.chain.tx.batch import Transaction, execute
from components.domain.problems.accounts import (
    NOT_FUNDED,
    NOT_MINED,
    SIMULATION_FAILED,
    TRANSACTION_REFUSED,
    TRANSACTION_REVERTED,
)
from tests.unit.fake_contract import Contract
from tests.unit.fakes import FakeChain, console

# The example of EIP-155.
SIGNER = KeySigner(private_key="46" * 32)
SENDER = "0x9d8A62f656a8d1615C1294fd71e9CFb3E4855A4F"
OTHER = KeySigner(private_key="47" * 32)
BRIDGE = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
OPERATOR = "0x" + "11" * 20
SOMEBODY = "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359"


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    sender.forget()
    yield
    sender.forget()


def pay(amount: int = 1, gas: int | None = None) -> Transaction:
    return Transaction(f"pay {amount}", to=SOMEBODY, value=amount, gas=gas)  # type: ignore[arg-type]


def register(operator: str = OPERATOR) -> Transaction:
    return transaction(BRIDGE, Step("registerOperator", (operator,), f"register operator {operator}"))


def test_nothing_to_do_asks_the_node_nothing() -> None:
    chain = FakeChain()
    assert execute(console(chain), SIGNER, []) == []
    assert chain.calls == []


def test_a_batch_goes_out_in_order_with_consecutive_nonces() -> None:
    chain = FakeChain(chain_id=1001)
    receipts = execute(console(chain), SIGNER, [pay(5), pay(6), pay(7)])
    assert [(tx.nonce, tx.value, tx.sender, tx.to) for tx in chain.sent] == [
        (0, 5, SENDER, SOMEBODY),
        (1, 6, SENDER, SOMEBODY),
        (2, 7, SENDER, SOMEBODY),
    ]
    assert {tx.gas_price for tx in chain.sent} == {25_000_000_000}
    assert {tx.v for tx in chain.sent} <= {2 * 1001 + 35, 2 * 1001 + 36}  # EIP-155
    assert [receipt["status"] for receipt in receipts] == [1, 1, 1]


def test_a_batch_is_sent_before_the_first_receipt_is_asked_for() -> None:
    chain = FakeChain()
    execute(console(chain), SIGNER, [pay(), pay(), pay()])
    of_interest = [call for call in chain.calls if "Transaction" in call and "Count" not in call]
    assert of_interest == ["eth_sendRawTransaction"] * 3 + ["eth_getTransactionReceipt"] * 3


def test_gas_is_estimated_with_a_margin_unless_it_is_given() -> None:
    chain = FakeChain()
    execute(console(chain), SIGNER, [pay(), pay(gas=300_000)])
    assert [tx.gas for tx in chain.sent] == [130_000, 300_000]
    assert chain.calls.count("eth_estimateGas") == 1


def test_a_simulation_that_fails_sends_nothing_of_the_batch() -> None:
    chain = FakeChain()
    chain.contracts[BRIDGE] = Contract(SENDER, operators=[OPERATOR])
    with pytest.raises(Reverted, match=f"exist operator.*{SIMULATION_FAILED.code}"):
        execute(console(chain), SIGNER, [pay(), register(), pay()])
    assert chain.sent == []


def test_a_simulation_that_fails_is_reported_in_the_words_of_the_contract() -> None:
    chain = FakeChain()
    chain.contracts[BRIDGE] = Contract(SENDER, operators=[OPERATOR])
    with pytest.raises(Reverted) as caught:
        execute(console(chain), SIGNER, [register()])
    assert str(caught.value) == (
        f"chain 3000: register operator {OPERATOR} (contract {BRIDGE}): the simulation failed: exist operator: the "
        f"account is an operator already; run again: what holds already is not sent again [{SIMULATION_FAILED.code}]"
    )


def test_a_transaction_that_reverts_on_chain_is_reported_with_its_hash() -> None:
    chain = FakeChain()
    chain.contracts[BRIDGE] = Contract(SENDER)
    unseen = Transaction("a call", to=BRIDGE, data="0xffffffff", gas=1)  # type: ignore[arg-type]
    words = rf"a call \(contract {BRIDGE}\): transaction 0x[0-9a-f]{{64}} .*no reason.*{TRANSACTION_REVERTED.code}"
    with pytest.raises(Reverted, match=words):
        execute(console(chain), SIGNER, [unseen])


def test_coins_that_are_missing_are_reported_with_account_and_amount() -> None:
    """On each chain: the gate of funds is before a chain of others alone."""
    chain = FakeChain()
    chain.refuses = "insufficient funds for gas * price + value"
    chain.balances[SENDER] = 3
    with pytest.raises(NotFunded) as caught:
        execute(console(chain), SIGNER, [pay(8)])
    told = str(caught.value)
    assert told.startswith(f"chain 3000: pay 8: {SENDER} has to pay ")
    assert told.count(NOT_FUNDED.code) == 1
    assert "holds 0.000000000000000003: send it " in told
    assert "  - 0.000000000000000008 coins: what it pays" in told
    assert "gas, at " in told


def test_a_node_that_refuses_is_named_and_only_what_was_sent_used_up_a_nonce() -> None:
    chain = FakeChain()
    execute(console(chain), SIGNER, [pay()])
    chain.refuses = "insufficient funds"
    chain.balances[SENDER] = 10**18
    with pytest.raises(Reverted, match=f"chain 3000: pay 8: en-1 .*insufficient.*{TRANSACTION_REFUSED.code}"):
        execute(console(chain), SIGNER, [pay(8)])
    chain.refuses = None
    execute(console(chain), SIGNER, [pay()])
    assert [tx.nonce for tx in chain.sent] == [0, 1]


def test_a_batch_that_is_refused_half_way_leaves_no_gap() -> None:
    chain = FakeChain()
    chain.pending_lag = 9
    chain.refuses, chain.takes = "txpool is full", 2
    with pytest.raises(Reverted, match=f"pay 3: en-1 .*txpool is full.*{TRANSACTION_REFUSED.code}"):
        execute(console(chain), SIGNER, [pay(1), pay(2), pay(3), pay(4)])
    chain.refuses = None
    execute(console(chain), SIGNER, [pay(3), pay(4)])
    assert [(tx.nonce, tx.value) for tx in chain.sent] == [(0, 1), (1, 2), (2, 3), (3, 4)]


def test_a_receipt_is_waited_for() -> None:
    chain = FakeChain()
    chain.slow_receipts = 2
    assert len(execute(console(chain), SIGNER, [pay()])) == 1
    assert chain.calls.count("eth_getTransactionReceipt") == 3


def test_a_transaction_that_is_not_mined_is_reported_and_the_nonce_is_asked_for_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chain = FakeChain()
    execute(console(chain), SIGNER, [pay()])
    chain.mines = False
    monkeypatch.setattr(follower, "RECEIPT_DEADLINE", 0.0)
    words = rf"chain 3000: pay 9: transaction 0x\w{{64}} \(nonce 1 of {SENDER}\) .* 0 s; .*{NOT_MINED.code}"
    with pytest.raises(NotMined, match=words):
        execute(console(chain), SIGNER, [pay(9)])
    chain.sent.pop()  # the node forgot it
    chain.mines = True
    execute(console(chain), SIGNER, [pay(10)])
    assert [(tx.nonce, tx.value) for tx in chain.sent] == [(0, 1), (1, 10)]


def test_a_node_that_counts_late_is_given_no_nonce_twice() -> None:
    chain = FakeChain()
    chain.pending_lag = 2
    for _ in range(4):
        execute(console(chain), SIGNER, [pay()])
    assert [tx.nonce for tx in chain.sent] == [0, 1, 2, 3]


def test_transactions_of_the_account_from_elsewhere_are_counted() -> None:
    chain = FakeChain()
    execute(console(chain), SIGNER, [pay()])
    sender.forget()  # another process
    execute(console(chain), SIGNER, [pay()])
    assert [tx.nonce for tx in chain.sent] == [0, 1]


def test_chains_and_senders_count_for_themselves() -> None:
    one, other = FakeChain(1001), FakeChain(3000)
    for chain in (one, other):
        for signer in (SIGNER, OTHER):
            execute(console(chain), signer, [pay()])
    assert {tx.nonce for tx in (*one.sent, *other.sent)} == {0}


def test_eight_threads_use_each_nonce_once_and_keep_their_batches_together() -> None:
    chain = FakeChain()
    chain.pending_lag = 3
    batches = [[pay(10 * i + j) for j in range(i % 3 + 1)] for i in range(24)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda batch: execute(console(chain), SIGNER, batch), batches))
    assert [tx.nonce for tx in chain.sent] == list(range(48))
    nonces = {tx.value: tx.nonce for tx in chain.sent}
    for batch in batches:
        first = nonces[batch[0].value]
        assert [nonces[tx.value] for tx in batch] == list(range(first, first + len(batch)))


def test_a_key_is_no_part_of_what_is_printed_when_a_signer_is_wrong() -> None:
    with pytest.raises(ValueError, match="kind") as caught:
        KeySigner.model_validate({"kind": "kms", "private_key": "46" * 32})
    assert "4646" not in str(caught.value)
