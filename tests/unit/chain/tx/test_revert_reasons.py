"""Why contracts revert, and the next step."""

from dataclasses import replace

import pytest
from eth_abi.abi import encode
from hypothesis import given
from hypothesis import strategies as st

from components.chain.accounts.signer import KeySigner
from components.chain.contracts.contract import transaction
from components.chain.contracts.plan import Step
from components.chain.errors import ChainError, Reverted
from components.chain.tx import sender
from components.chain.tx.batch import execute
from components.chain.tx.revert_reasons import reason
from components.chain.voters import calls
from components.domain.problems.accounts import SIMULATION_FAILED, TRANSACTION_REVERTED
from components.domain.problems.bridge import FOREIGN_OWNER
from tests.unit.fake_contract import Contract
from tests.unit.fakes import FakeChain, console

KEY = "46" * 32
ADDRESS = "0x9d8A62f656a8d1615C1294fd71e9CFb3E4855A4F"  # the example of EIP-155
OWNER = "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359"
BRIDGE = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
PARENT = KeySigner(private_key=KEY, chain="parent")


def error(text: str) -> str:
    return "0x08c379a0" + encode(["string"], [text]).hex()


def panic(code: int) -> str:
    return "0x4e487b71" + encode(["uint256"], [code]).hex()


@pytest.mark.parametrize(
    ("data", "message", "why"),
    [
        (error("exist operator"), "execution reverted", "exist operator"),
        (error(""), "", ""),
        (panic(0x11), "", "panic 0x11: a number overflowed"),
        (panic(0x99), "", "panic 0x99: of a kind that Solidity does not document"),
        ("0x", "execution reverted", "no reason given"),
        (None, "execution reverted: exist operator", "exist operator"),
        (None, "evm: execution reverted", "no reason given"),
        (None, "out of gas", "out of gas"),
        ("0xdeadbeef", "execution reverted", "an error of the contract's own, 0xdeadbeef"),
        ("0x08c379a0ff", "execution reverted", "no reason given"),
        ("no hex", "", "no reason given"),
    ],
)
def test_a_reason(data: str | None, message: str, why: str) -> None:
    assert reason(data, message) == why


@given(st.one_of(st.none(), st.text(), st.binary().map(lambda it: "0x" + it.hex())), st.text())
def test_no_answer_of_a_node_makes_a_traceback(data: str | None, message: str) -> None:
    assert isinstance(reason(data, message), str)


@given(st.binary(max_size=200))
def test_no_damaged_error_makes_a_traceback(tail: bytes) -> None:
    for selector in ("0x08c379a0", "0x4e487b71"):
        assert isinstance(reason(selector + tail.hex()), str)


@pytest.fixture
def chain() -> FakeChain:
    sender.forget()
    chain = FakeChain()
    chain.contracts[BRIDGE] = Contract(OWNER, operators=[OWNER])
    return chain


def threshold(votes: int) -> Step:
    return Step("setOperatorThreshold", (0, votes), f"set the threshold to {votes}")


def test_a_key_that_is_not_the_owners_is_reported_with_both_addresses_and_the_setting(chain: FakeChain) -> None:
    owners = (
        f"the owner of the parent bridge {BRIDGE} is {OWNER}, and the configured key is that of {ADDRESS}; "
        f"set bridge.parentOwnerKey to the owner's key [{FOREIGN_OWNER.code}]"
    )
    with pytest.raises(Reverted) as caught:
        execute(console(chain), PARENT, [transaction(BRIDGE, threshold(1))])
    assert str(caught.value) == (
        f"chain 3000: set the threshold to 1 (contract {BRIDGE}): the simulation failed: "
        f"Ownable: caller is not the owner: {owners} [{SIMULATION_FAILED.code}]"
    )
    with pytest.raises(ChainError) as planned:
        calls.register_operators(console(chain), PARENT, BRIDGE, [ADDRESS])
    assert owners in str(planned.value)


@pytest.mark.parametrize(
    ("votes", "named"),
    [
        (0, r"zero threshold: .* bridge\.threshold to 1 "),
        (2, "bigger than num of operators: .*; list more "),
    ],
)
def test_a_revert_of_the_bridge_is_reported_with_the_next_step(chain: FakeChain, votes: int, named: str) -> None:
    chain.contracts[BRIDGE].owner = ADDRESS
    with pytest.raises(Reverted, match=f"{named}.*{SIMULATION_FAILED.code}"):
        execute(console(chain), PARENT, [transaction(BRIDGE, threshold(votes))])


def test_a_batch_in_which_one_reverts_is_followed_to_its_end_and_reported(chain: FakeChain) -> None:
    chain.contracts[BRIDGE].owner = ADDRESS
    again = Step("registerOperator", (ADDRESS,), "register it again")
    steps = [replace(again, annotation="register one"), again, threshold(1)]
    with pytest.raises(Reverted) as caught:
        execute(console(chain), PARENT, [transaction(BRIDGE, step) for step in steps])
    text = str(caught.value)
    assert text.startswith(f"chain 3000: register it again (contract {BRIDGE}): transaction 0x")
    assert " reverted: exist operator: " in text
    assert ". Of the 3 transactions of this batch 2 were mined: register one (0x" in text
    assert "set the threshold to 1 (0x" in text
    assert text.endswith(f" [{TRANSACTION_REVERTED.code}]")
    assert [tx.nonce for tx in chain.sent] == [0, 1, 2]
