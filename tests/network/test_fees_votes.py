"""What a vote on a transfer really costs: each kind of it, by three operators of a contract with threshold 2."""

import secrets
from pathlib import Path

from eth_utils.address import to_checksum_address

from components.chain.accounts.signer import Signer
from components.chain.contracts.contract import function
from components.chain.contracts.deployment import ensure_deployed
from components.chain.rpc.console import Console
from components.chain.rpc.waiting import wait_for
from components.chain.tx import sender
from components.chain.voters import calls
from components.domain import gas
from tests.network.lone_chain import ARTIFACT, CHAIN_ID, COIN, LoneChain

TAKES = ["bytes32", "address", "address", "uint256", "uint64", "uint64", "bytes"]
LIMIT = 1_000_000
WITHIN = 0.05


def vote(console: Console, operator: Signer, bridge: str, nonce: int, recipient: str) -> int:
    """Vote as the node does, and return the gas that it used, whatever became of it."""
    account = operator.account()
    contract = console.web3.eth.contract(
        address=to_checksum_address(bridge), abi=[function("handleKLAYTransfer", TAKES)]
    )
    arguments = (nonce.to_bytes(32, "big"), recipient, recipient, 10**15, nonce, 1000 + nonce, b"")
    signed = account.sign_transaction(
        {
            "chainId": CHAIN_ID,
            "nonce": console.web3.eth.get_transaction_count(account.address),
            "gas": LIMIT,
            "gasPrice": console.web3.eth.gas_price,
            "to": to_checksum_address(bridge),
            "value": 0,
            "data": contract.encode_abi("handleKLAYTransfer", args=arguments),
        }
    )
    sent = console.web3.eth.send_raw_transaction(signed.raw_transaction).to_0x_hex()
    receipt = wait_for(lambda: console.call("eth_getTransactionReceipt", sent) or "not mined yet", 60)
    return int(receipt["gasUsed"], 16)


def test_each_kind_of_vote_costs_what_the_estimate_says(chain: LoneChain) -> None:
    operators = [chain.signer(f"operator-{number}") for number in (1, 2, 3)]
    owner = chain.signer("owner-3")
    with chain.console() as console:
        calls.fill_account(console, chain.signer("owner"), owner.account().address, 10 * COIN, 10 * COIN)
        bridge = ensure_deployed(console, owner, Path(ARTIFACT), None, mode_mint_burn=False)
        calls.register_operators(console, owner, bridge, [one.account().address for one in operators])
        calls.set_threshold(console, owner, bridge, 2)
        calls.fill_bridge(console, owner, bridge, COIN, COIN)
        for nonce in range(2):  # the first transfer of a contract is another matter
            recipient = to_checksum_address(secrets.token_hex(20))
            used = [vote(console, operator, bridge, nonce, recipient) for operator in operators]
    sender.forget()
    print(f"a vote {used[0]}, the deciding vote {used[1]}, a late vote {used[2]} gas")
    counting, estimated_counting = used[0] + used[1], gas.VOTE + gas.DECIDING_VOTE
    for real, estimated in ((counting, estimated_counting), (used[2], gas.LATE_VOTE)):
        assert abs(real - estimated) < WITHIN * real
