"""Owners: the accounts that own the bridge contracts, and how their transactions are signed.

A key in the stack is a tracked account like any other (see Identities). A key that is kept elsewhere is not a resource:
every run reads its address, so that a preview knows it and reports a key that cannot be used before anything exists.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

import pulumi

from components.chain.accounts.signer import EnvironmentSigner, KeyReference, KeystoreSigner, KmsSigner
from components.domain.networks import Side
from components.domain.problems.problem import Message
from components.settings.model import BridgeSettings
from components.settings.rules.contracts import SAME_OWNER
from components.settings.sections.owner import OwnerKey
from components.stack import seedless
from components.stack.identities import Identities
from components.user_input import guard

_CHAINS: tuple[Side, ...] = get_args(Side)


@dataclass(frozen=True)
class Owner:
    """The account that owns the contract of a chain."""

    address: pulumi.Input[str]
    signer: pulumi.Output[Mapping[str, object]]
    """The signer (see chain.accounts.signer), without the limits of the chain. May hold a secret."""


def owners_of(settings: BridgeSettings, identities: Identities) -> dict[str, Owner]:
    """Return the owners of both chains. Raises KeyUnavailable for a key that `problems` reports."""
    return {chain: _owner(chain, settings, identities) for chain in _CHAINS}


def problems(settings: BridgeSettings) -> list[Message]:
    """Return a message for each key that is kept elsewhere and cannot be used."""
    if seedless.known():
        return []  # no key is looked at
    found: list[Message] = []
    addresses: dict[str, str | None] = {}
    for chain in _CHAINS:
        if reference := _reference(chain, settings):

            def look(chain: str = chain, reference: KeyReference = reference) -> None:
                addresses[chain] = reference.located().address

            found += guard.problems(f"bridge.{chain}Owner", look)
        elif key := settings.parent_owner_key if chain == "parent" else settings.child_owner_key:
            addresses[chain] = _address(key.get_secret_value())
    if len(addresses) == len(_CHAINS) and len(set(addresses.values())) == 1 and not settings.adopted:
        found.append(Message(f"bridge.childOwner: {SAME_OWNER}"))
    return found


def _owner(chain: Side, settings: BridgeSettings, identities: Identities) -> Owner:
    if reference := _reference(chain, settings):
        if known := seedless.known():
            return _unseen(chain, reference, known)
        held = reference.located()
        assert held.address  # noqa: S101 - what is located has one
        parts = held.model_dump(exclude_none=True, exclude={"chain"})
        return Owner(held.address, pulumi.Output.secret(parts))
    account = identities.owner(chain, settings.parent_owner_key if chain == "parent" else settings.child_owner_key)
    return Owner(account.address, account.private_key.apply(lambda key: {"kind": "key", "private_key": key}))


def _unseen(chain: Side, reference: KeyReference, known: seedless.Known) -> Owner:
    """Return an owner in a preview that looks at no key: the address is that of the state, if the key is."""
    parts = reference.model_dump(exclude_none=True, exclude={"chain"})
    address = known.owner(chain, parts)
    if address == seedless.NOBODY:
        seedless.new(f"the {chain} owner")
    return Owner(address, pulumi.Output.secret({**parts, "address": address}))


def _reference(chain: Side, settings: BridgeSettings) -> KeyReference | None:
    where: OwnerKey | None = settings.parent_owner if chain == "parent" else settings.child_owner
    if where is None:
        return None
    if where.env is not None:
        return EnvironmentSigner(chain=chain, name=where.env)
    if where.kms is not None:
        return KmsSigner(chain=chain, key_id=where.kms, region=where.region)
    return KeystoreSigner(
        chain=chain,
        path=str(where.keystore),
        password=where.password.get_secret_value() if where.password else None,
        password_file=where.password_file,
        password_env=where.password_env,
    )


def _address(key: str) -> str:
    from eth_keys.datatypes import PrivateKey

    return PrivateKey(bytes.fromhex(key)).public_key.to_checksum_address()
