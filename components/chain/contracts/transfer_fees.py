"""What a bridge contract charges its users for transfers: read, and compared with what it is expected to charge.

Operators set a fee by votes of the type configuration, and the owner sets who receives it (BridgeFee.sol). A request
that does not offer the fee reverts, so a fee that somebody sets stops every user who does not know of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from eth_utils.address import to_checksum_address

from components.chain.contracts.contract import view
from components.chain.rpc.console import Console
from components.domain.problems.problem import Message
from components.domain.problems.transfers import FEE_CHARGED, FEE_RECEIVER_CHANGED


@dataclass(frozen=True)
class ContractFees:
    """Amounts in the smallest unit. Addresses are checksummed."""

    receiver: str | None = None
    """Nothing is charged without one."""
    coin: int = 0
    """A transfer of coins (peb)."""
    tokens: Mapping[str, int] = field(default_factory=dict)
    """A transfer of a token (ERC-20), by its address; those without a fee are not in it."""


NONE = ContractFees()
"""Fees of a new contract."""


def read_fees(console: Console, bridge: str) -> ContractFees:
    """Read what a contract charges. Raises ChainError."""
    contract = view(console, bridge)
    receiver = str(contract.feeReceiver().call())
    fees = {token: int(contract.feeOfERC20(token).call()) for token in registered_tokens(console, bridge)}
    return ContractFees(
        receiver=receiver if int(receiver, 16) else None,
        coin=int(contract.feeOfKLAY().call()),
        tokens={token: fee for token, fee in fees.items() if fee},
    )


def registered_tokens(console: Console, bridge: str) -> list[str]:
    """Return the tokens that a contract carries."""
    return [to_checksum_address(one) for one in view(console, bridge).getRegisteredTokenList().call()]


def differences(found: ContractFees, expected: ContractFees, bridge: str, threshold: int) -> dict[str, Message]:
    """Return what differs and who has to do what, by `receiver`, `coin` or the token. Pure."""
    said: dict[str, Message] = {}
    votes = f"on {threshold} SCN(s), and on each with the same fee, call"
    if found.receiver != expected.receiver:
        back = expected.receiver or "0x" + "00" * 20
        said["receiver"] = FEE_RECEIVER_CHANGED(
            f"the receiver of fees is {found.receiver or 'nobody'}, not {expected.receiver or 'nobody'}; only the "
            f"owner can set it: have the owner call setFeeReceiver({back})"
        )
    free = "" if found.receiver else ", which nobody is charged while there is no receiver"
    if found.coin != expected.coin:
        said["coin"] = FEE_CHARGED(
            f"the fee of a transfer of coins is {found.coin} peb, not {expected.coin}{free}; operators set it by "
            f'votes: {votes} subbridge.setKLAYFee("{bridge}", {expected.coin})'
        )
    for token in sorted({*found.tokens, *expected.tokens}):
        now, before = found.tokens.get(token, 0), expected.tokens.get(token, 0)
        if now != before:
            said[token] = FEE_CHARGED(
                f"the fee of a transfer of token {token} is {now}, not {before}{free}; operators set it by votes: "
                f'{votes} subbridge.setERC20Fee("{bridge}", "{token}", {before})'
            )
    return said
