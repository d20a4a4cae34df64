"""What remains in an abandoned bridge contract, and how its owner recovers it.

The contract has no function that pays out to its owner. But the owner may make itself an operator, and an operator pays
transfers out (BridgeOperator.sol, BridgeTransferKLAY.sol): tried on a real chain, tests/network/faults/proof.
"""

from eth_utils.address import to_checksum_address

from components.chain.console import Console
from components.chain.funding import coins
from components.chain.plan import BridgeState


def remains(console: Console, address: str, state: BridgeState) -> str:
    """Return in words what a contract holds and how it is got back; nothing where it holds nothing."""
    held = console.web3.eth.get_balance(to_checksum_address(address))
    if not held:
        return ""
    threshold = "" if state.threshold == 1 else "setOperatorThreshold(0, 1), "
    return (
        f"it holds {coins(held)} coins; its owner {state.owner} gets them back with these calls: "
        f"registerOperator({state.owner}), {threshold}handleKLAYTransfer(0x and 64 digits of your own, {state.owner}, "
        f"the recipient, {held}, {state.lower_handle_nonce}, 1, 0x), deregisterOperator({state.owner}); "
        "see docs/contracts.md"
    )
