"""The life of everything on a chain, with real contracts on a real node."""

from collections.abc import Iterator, Sequence

import pytest
from eth_abi.abi import encode
from eth_typing import HexStr
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from web3.types import TxReceipt

from components.chain.accounts.signer import Signer
from components.chain.contracts.contract import require_state
from components.chain.rpc.console import Console
from components.chain.tx import batch as transactions
from components.chain.tx.batch import Transaction, execute
from components.chain.voters import calls
from components.domain.limits import VOTES
from components.dynamic.base import Props
from components.dynamic.contracts.balance import Funding, FundingProvider, Liquidity, LiquidityProvider
from components.dynamic.contracts.bridge_contract import BridgeContract, BridgeContractProvider
from components.dynamic.contracts.bridge_operator import BridgeOperator, BridgeOperatorProvider
from components.dynamic.contracts.operator_threshold import (
    ConfigurationThreshold,
    ConfigurationThresholdProvider,
    OperatorThreshold,
    OperatorThresholdProvider,
)
from components.dynamic.contracts.other_operators import OtherOperators, OtherOperatorsProvider
from components.dynamic.contracts.transfer_fees import TransferFees, TransferFeesProvider
from components.dynamic.proofs.resilience import Resilience, ResilienceProvider
from tests.lifecycle import Behind, Edit, Life, lifecycle
from tests.network.lone_chain import ARTIFACT, CHAIN_ID, COIN, LoneChain

NOWHERE = "0x" + "00" * 19 + "11"


@pytest.fixture(scope="module")
def bridge(chain: LoneChain) -> Iterator[str]:
    """Yield the address of a contract with one operator, number 12."""
    life = Life(BridgeContractProvider(), BridgeContract)
    life.up(chain.props(mode_mint_burn=False, artifact=ARTIFACT))
    address = str(life.outs["address"])
    with chain.console() as console:
        calls.register_operators(console, chain.signer("owner"), address, [chain.address("operator-12")])
    yield address
    life.delete()


@pytest.fixture
def secrets(chain: LoneChain) -> list[str]:
    """Return what nobody may see."""
    return [chain.signer("owner").private_key, chain.endpoint["private_key"].splitlines()[3]]


def further(chain: LoneChain) -> list[Edit]:
    """Return the edits of the nodes and of the key that every resource on a chain goes through."""
    second = {**chain.endpoint, "node": "second"}
    return [
        Edit({"endpoints": [chain.endpoint, second]}, "same"),
        Edit({"endpoints": [second]}),
        Edit({"endpoints": [chain.endpoint]}),
    ]


def test_a_bridge_contract(chain: LoneChain, secrets: list[str]) -> None:
    program = chain.props("owner-2", mode_mint_burn=False, artifact=ARTIFACT, address=None, owner=None)
    life = Life(BridgeContractProvider(), BridgeContract)

    def lose() -> None:
        life.outs["address"] = NOWHERE

    edits = [
        *further(chain),
        Edit({"artifact": "elsewhere.json"}, "same"),
        Edit({"artifact": ARTIFACT}, "same"),
        Edit({"mode_mint_burn": True}, "replace"),
    ]
    lifecycle(life, program, edits, disappear=Behind(lose), secrets=secrets, lasting=True)
    with chain.console() as console:
        sent = console.web3.eth.get_transaction_count(chain.signer("owner-2").account().address)
    assert sent == 4  # two contracts, each with its deployer's vote taken


def test_an_operator(chain: LoneChain, bridge: str, secrets: list[str]) -> None:
    one, two = chain.address("operator-1"), chain.address("operator-2")
    program = chain.props(bridge=bridge, operator=one, cohort=[one])

    def deregister() -> None:
        with chain.console() as console:
            calls.deregister_operator(console, chain.signer("owner"), bridge, two)

    edits = [*further(chain), Edit({"cohort": [one, two]}, "same"), Edit({"operator": two}, "replace")]
    life = Life(BridgeOperatorProvider(), BridgeOperator)
    lifecycle(life, program, edits, disappear=Behind(deregister), secrets=secrets)


def test_a_threshold(chain: LoneChain, bridge: str, secrets: list[str]) -> None:
    program = chain.props(bridge=bridge, threshold=1.0)
    with chain.console() as console:
        calls.register_operators(console, chain.signer("owner"), bridge, [chain.address("operator-3")])

    def lower() -> None:
        with chain.console() as console:
            for vote_type in VOTES:
                calls.set_threshold(console, chain.signer("owner"), bridge, 1, vote_type)

    edits = [*further(chain), Edit({"threshold": 2.0})]
    drifts = [(Behind(lower), ["threshold"])]
    for life in (
        Life(OperatorThresholdProvider(), OperatorThreshold),
        Life(ConfigurationThresholdProvider(), ConfigurationThreshold),
    ):
        lifecycle(life, program, edits, drifts=drifts, secrets=secrets, lasting=True)
    with chain.console() as console:
        calls.deregister_operator(console, chain.signer("owner"), bridge, chain.address("operator-3"))


def test_operators_of_nobody(chain: LoneChain, bridge: str, secrets: list[str]) -> None:
    ours, stranger = chain.address("operator-12"), chain.address("stranger")
    program = chain.props(bridge=bridge, operators=[ours], policy="remove", others=None)

    def register() -> None:
        with chain.console() as console:
            calls.register_operators(console, chain.signer("owner"), bridge, [stranger])

    edits = [
        *further(chain),
        Edit({"operators": [ours, chain.address("operator-4")]}),
        Edit({"operators": [chain.address("operator-4"), ours]}, "same"),
        Edit({"operators": [ours]}),
        Edit({"policy": "keep"}),
        Edit({"policy": "remove"}),
    ]
    life = Life(OtherOperatorsProvider(), OtherOperators)
    lifecycle(life, program, edits, drifts=[(Behind(register), ["drift"])], secrets=secrets, lasting=True)
    with chain.console() as console:
        assert require_state(console, bridge).operators == (ours,)


def vote_a_fee(chain: LoneChain, bridge: str, fee: int) -> None:
    """Have the only operator set the fee of a transfer of coins."""
    with chain.console() as console:
        votes = HexStr("0x" + selector("configurationNonce()"))
        nonce = int.from_bytes(console.web3.eth.call({"to": to_checksum_address(bridge), "data": votes}))
        data = "0x" + selector("setKLAYFee(uint256,uint64)") + encode(["uint256", "uint64"], [fee, nonce]).hex()
        execute(console, chain.signer("operator-12"), [Transaction("set a fee", to_checksum_address(bridge), data)])


def selector(signature: str) -> str:
    return keccak(text=signature)[:4].hex()


def test_the_fees_of_transfers(chain: LoneChain, bridge: str, secrets: list[str]) -> None:
    program = {"chain_id": float(CHAIN_ID), "endpoints": [chain.endpoint], "bridge": bridge}
    drift = Behind(lambda: vote_a_fee(chain, bridge, 5), lambda: vote_a_fee(chain, bridge, 0))
    life = Life(TransferFeesProvider(), TransferFees)
    lifecycle(life, program, further(chain), drifts=[(drift, ["drift"])], secrets=secrets, lasting=True)


def test_what_a_bridge_survives(chain: LoneChain, bridge: str, secrets: list[str]) -> None:
    owner, stranger = chain.signer("owner"), chain.address("stranger-2")
    side = {"chain_id": float(CHAIN_ID), "endpoints": [chain.endpoint], "bridge": bridge}
    program = {"voters": [], "parent": side, "child": side, "covers": ["a"]}

    def register() -> None:
        with chain.console() as console:
            calls.register_operators(console, owner, bridge, [stranger])

    def deregister() -> None:
        with chain.console() as console:
            calls.deregister_operator(console, owner, bridge, stranger)

    second = {**side, "endpoints": [{**chain.endpoint, "node": "second"}]}
    edits = [Edit({"covers": ["b"]}), Edit({"parent": second}, "same")]
    life = Life(ResilienceProvider(), Resilience)
    drifts = [(Behind(register, deregister), ["drift"])]
    lifecycle(life, program, edits, drifts=drifts, secrets=secrets[1:], lasting=True)
    assert life.outs["contracts"]["child"]["operators"] == [chain.address("operator-12")]


def levels(minimum: int, target: int) -> Props:
    return {"minimum": str(minimum), "target": str(target)}


def test_the_balance_of_an_account(chain: LoneChain, secrets: list[str]) -> None:
    account = chain.address("poor")
    program = chain.props(account=account, **levels(5 * COIN, 10 * COIN))

    def spend() -> None:
        with chain.console() as console:
            away = Transaction("spend", console.web3.eth.account.from_key("11" * 32).address, value=8 * COIN)
            execute(console, chain.signer("poor"), [away])

    edits = [*further(chain), Edit(levels(6 * COIN, 10 * COIN)), Edit({"account": chain.address("poor-2")}, "replace")]
    life = Life(FundingProvider(), Funding)
    lifecycle(
        life,
        program,
        [*edits, Edit({"account": account}, "replace")],
        drifts=[(Behind(spend), ["drift"])],
        secrets=secrets,
        lasting=True,
    )
    with chain.console() as console:
        assert calls.balance(console, account) == 10 * COIN


def test_what_is_left_goes_back_when_an_account_is_needed_no_more(
    chain: LoneChain, secrets: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    account, key = chain.address("poor-3"), chain.signer("poor-3")
    given = {"private_key": key.private_key, "scn": chain.endpoint}
    program = chain.props("owner-2", account=account, refund=given, **levels(5 * COIN, 10 * COIN))
    real, between = execute, [Transaction("an anchor", to_checksum_address(NOWHERE), value=COIN)]

    def execute_late(console: Console, signer: Signer, batch: Sequence[Transaction]) -> list[TxReceipt]:
        if between:
            real(console, signer, [between.pop()])
        return real(console, signer, batch)

    life = Life(FundingProvider(), Funding)
    edits = [Edit({"refund": {**given, "scn": {**chain.endpoint, "node": "second"}}})]  # which the removal uses
    life.up(program)
    with chain.console() as console:
        funder = chain.address("owner-2")
        before = calls.balance(console, funder)
        monkeypatch.setattr(transactions, "execute", execute_late)
        life.delete()
        assert calls.balance(console, account) < COIN // 100, "the price of the gas at most"
        assert calls.balance(console, funder) > before + 8 * COIN
    assert not between
    lifecycle(Life(FundingProvider(), Funding), program, edits, secrets=[*secrets, key.private_key], lasting=True)


def test_the_balance_of_a_contract(chain: LoneChain, bridge: str, secrets: list[str]) -> None:
    program = chain.props(account=bridge, **levels(5 * COIN, 10 * COIN))
    paid = chain.address("paid")

    def pay_out() -> None:
        signature = "handleKLAYTransfer(bytes32,address,address,uint256,uint64,uint64,bytes)"
        kinds = signature.partition("(")[2][:-1].split(",")
        arguments = encode(kinds, [b"\1" * 32, paid, paid, 8 * COIN, 0, 1, b""])
        vote = Transaction("vote", to_checksum_address(bridge), "0x" + (keccak(text=signature)[:4] + arguments).hex())
        with chain.console() as console:
            execute(console, chain.signer("operator-12"), [vote])
            assert calls.balance(console, paid) == 8 * COIN

    life = Life(LiquidityProvider(), Liquidity)
    edits = [*further(chain), Edit(levels(6 * COIN, 10 * COIN))]
    lifecycle(life, program, edits, drifts=[(Behind(pay_out), ["drift"])], secrets=secrets, lasting=True)
