"""Calls that anybody with the keys could send to a bridge contract, and the program never does."""

from eth_abi.abi import encode
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from components.chain.accounts.signer import Signer
from components.chain.rpc.console import Console
from components.chain.tx.batch import Transaction, execute

REFUSES = "0x6005600c60003960056000f3" + "60006000fd"
"""Creation code of a contract that reverts whatever is sent to it."""


def call(console: Console, signer: Signer, bridge: str, signature: str, *addresses: str) -> None:
    """Call a contract with addresses."""
    data = keccak(text=signature)[:4] + encode(["address"] * len(addresses), addresses)
    execute(console, signer, [Transaction(signature, to_checksum_address(bridge), "0x" + data.hex())])


def hand_over(console: Console, owner: Signer, bridge: str, to: str) -> None:
    """Make another account the owner of a contract."""
    call(console, owner, bridge, "transferOwnership(address)", to)


def deploy_refusing(console: Console, signer: Signer) -> str:
    """Deploy a contract that takes no coins, and return its address."""
    (receipt,) = execute(console, signer, [Transaction("deploy", None, REFUSES)])
    return str(receipt["contractAddress"])
