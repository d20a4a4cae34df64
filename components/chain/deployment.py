"""Deploying a bridge contract once, and finding again what a killed run deployed."""

from pathlib import Path

from eth_typing import ChecksumAddress
from web3.types import Nonce
from web3.utils import get_create_address

from components.chain.bridge_contract import Artifact, read_state, require_state, transaction
from components.chain.console import Console
from components.chain.plan import drop_phantom
from components.chain.senders import settle
from components.chain.signer import Signer
from components.chain.transactions import CREATED, Transaction, execute

_LOOK_BACK = 16
"""Nonces of the owner that are searched for a deployment; the first transaction of an owner account is its own."""


def ensure_deployed(
    console: Console, signer: Signer, artifact: Path, known_address: str | None, *, mode_mint_burn: bool
) -> str:
    """Return the address of the owner's bridge contract, in which the owner holds no vote.

    Deploys where there is none. The deployment and the call that drops the deployer's vote go out together with
    consecutive nonces, so no block ever ends with the phantom vote in a contract of ours. Raises ChainError.
    """
    owner = signer.account().address
    settle(console, signer)  # what a killed run has sent may be the deployment
    address = known_address or find_deployed(console, owner, mode_mint_burn=mode_mint_burn)
    if address is not None:
        steps = drop_phantom(require_state(console, address).operators, owner)
        execute(console, signer, [transaction(address, step) for step in steps])
        return address
    creation = Transaction(
        annotation="deploy the bridge contract",
        data=Artifact.load(artifact).creation(mode_mint_burn=mode_mint_burn),
    )
    cleanup = [transaction(CREATED, step, simulate=False) for step in drop_phantom((owner,), owner)]
    receipt, *_ = execute(console, signer, [creation, *cleanup])
    deployed = receipt["contractAddress"]
    require_state(console, str(deployed))
    return str(deployed)


def find_deployed(console: Console, owner: ChecksumAddress, *, mode_mint_burn: bool) -> ChecksumAddress | None:
    """Return where the owner has deployed a bridge contract, if it has: the address follows from owner and nonce."""
    sent = console.web3.eth.get_transaction_count(owner, "latest")
    for nonce in range(min(sent, _LOOK_BACK)):
        address = get_create_address(owner, Nonce(nonce))
        try:
            state = read_state(console, address)
        except ValueError:  # web3: the code there does not answer like a bridge contract
            continue
        if state and state.owner == owner and state.mode_mint_burn == mode_mint_burn:
            return address
    return None
