"""Token contracts as a bridge uses them: whether it may mint, what it holds, and the development tokens of our own."""

from pathlib import Path
from typing import Any

from eth_abi.abi import encode
from eth_typing import ChecksumAddress, HexStr
from eth_utils.address import to_checksum_address
from web3 import Web3
from web3.contract import Contract
from web3.exceptions import Web3Exception
from web3.types import TxParams

from components.chain.accounts.signer import Signer
from components.chain.contracts.artifact import Artifact
from components.chain.contracts.contract import function
from components.chain.errors import ChainError
from components.chain.rpc.console import Console
from components.chain.tx.batch import Transaction, carry_out
from components.chain.tx.created import created_by
from components.domain.problems.transfers import TOKEN_ADDRESS_WRONG, TOKEN_NOT_MINTABLE

_CODEC: Contract = Web3().eth.contract(  # encodes calls; never connected
    abi=[
        function("isMinter", ["address"], gives="bool"),
        function("balanceOf", ["address"], gives="uint256"),
        function("mint", ["address", "uint256"]),
        function("mintWithTokenURI", ["address", "uint256", "string"]),
        function("kind", gives="string"),
        function("name", gives="string"),
        function("bridge", gives="address"),
        function("addMinter", ["address"]),
        function("removeMinter", ["address"]),
    ],
    address=to_checksum_address("0x" + "00" * 20),
)

_UNUSED_ID = 2**127 + 1
"""Of an ERC-721 token, to try whether it could be minted."""


class _Refused(Exception):
    """A token contract does not answer a call: what the node says. Its text is part of another message."""


def has_code(console: Console, address: str) -> bool:
    """Return whether a contract is at that address."""
    return bool(console.web3.eth.get_code(to_checksum_address(address)))


def require_code(console: Console, token: str) -> None:
    """Raise ChainError where no contract is at the token's address."""
    if not has_code(console, token):
        msg = f"chain {console.web3.eth.chain_id}: no contract at {token}, the address of a token in the settings"
        raise ChainError(TOKEN_ADDRESS_WRONG(msg))


def require_mint_right(console: Console, bridge: str, kind: str, token: str) -> None:
    """Raise ChainError when the bridge contract may not mint a token: transfers of it would be retried forever.

    What the bridge will do is tried as a call of the bridge itself, which changes nothing.
    """
    where = to_checksum_address(bridge)
    call = ("mint", where, 1) if kind == "erc20" else ("mintWithTokenURI", where, _UNUSED_ID, "")
    try:
        if any(_ask(console, token, *call, sender=where)):
            return
        reason = f"{call[0]} gives nothing back, or false"
    except _Refused as error:
        reason = f"a trial of {call[0]} failed: {error}"
    advice = "grant it that right as this token requires"
    if is_minter(console, token, bridge) is False:
        advice = f"have one of the token's minters call addMinter({bridge})"
    msg = TOKEN_NOT_MINTABLE(
        f"chain {console.web3.eth.chain_id}: the bridge {bridge} may not mint token {token} ({kind}), and every "
        f"transfer of it to this chain has to ({reason}); {advice}, then run again"
    )
    raise ChainError(msg)


def holding(console: Console, account: str, token: str) -> int:
    """Return how much (smallest unit) or how many (ERC-721) of a token an account holds. Raises ChainError."""
    try:
        return int.from_bytes(_ask(console, token, "balanceOf", to_checksum_address(account)))
    except _Refused as error:
        msg = f"chain {console.web3.eth.chain_id}: {token} returns no balance ({error}), so it is not a token"
        raise ChainError(TOKEN_ADDRESS_WRONG(msg)) from error


def ensure_development_token(
    console: Console, signer: Signer, artifact: Path, kind: str, name: str, bridge: str, supply: int
) -> str:
    """Return the address of the owner's development token of that kind and name for a bridge; deploy it if none is.

    `supply` is what the owner gets, in the smallest unit or as the number of ids. Raises ChainError.
    """
    found: str | None = None

    def creation() -> list[Transaction]:
        nonlocal found
        found = _find(console, signer.account().address, kind, name, bridge)
        if found is not None:
            return []
        arguments = encode(["string", "address", "uint256"], [name, to_checksum_address(bridge), supply]).hex()
        code = Artifact.load(artifact).bytecode
        return [Transaction(f"deploy the development token {name}", data=code + arguments)]

    receipts = carry_out(console, signer, creation)
    return found or str(receipts[0]["contractAddress"])


def ensure_minter(console: Console, signer: Signer, token: str, minter: str | None, before: str | None) -> None:
    """Let one account mint a development token of the signer, instead of the one that might before.

    Raises ChainError.
    """
    if not minter and not before:
        return

    def steps() -> list[Transaction]:
        found = []
        if before and before != minter and is_minter(console, token, before):
            found.append(_call(token, "removeMinter", before, f"take the right to mint {token} from {before}"))
        if minter and not is_minter(console, token, minter):
            found.append(_call(token, "addMinter", minter, f"let {minter} mint {token}"))
        return found

    carry_out(console, signer, steps)


def _call(token: str, name: str, account: str, annotation: str) -> Transaction:
    data = HexStr(_CODEC.encode_abi(name, args=[to_checksum_address(account)]))
    return Transaction(annotation, to_checksum_address(token), data)


def _find(console: Console, owner: ChecksumAddress, kind: str, name: str, bridge: str) -> ChecksumAddress | None:
    """Look among the contracts that the owner created. A token names its bridge, so it belongs to one stack."""
    wanted = [encode(["string"], [kind]), encode(["string"], [name]), encode(["address"], [bridge])]
    for address in created_by(console, owner, f"development token {name}"):
        try:
            if [_ask(console, address, view) for view in ("kind", "name", "bridge")] == wanted:
                return address
        except _Refused:  # another contract
            continue
    return None


def is_minter(console: Console, token: str, account: str) -> bool | None:
    """Ask the token whether an account may mint it; None when it has no such function."""
    try:
        answer = _ask(console, token, "isMinter", to_checksum_address(account))
    except _Refused:
        return None
    return any(answer) if answer else None


def _ask(console: Console, token: str, call: str, *arguments: Any, sender: ChecksumAddress | None = None) -> bytes:
    """Call a token without changing anything, and return what it gives back, encoded. Raises _Refused."""
    params: TxParams = {
        "to": to_checksum_address(token),
        "data": HexStr(_CODEC.encode_abi(call, args=arguments)),
    }
    if sender is not None:
        params["from"] = sender
    try:
        return bytes(console.web3.eth.call(params))
    except Web3Exception as error:
        raise _Refused(str(getattr(error, "message", None) or error)) from error
