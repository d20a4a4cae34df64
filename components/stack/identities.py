"""Everybody's keys, made from the stack's seed before any machine exists, and held as tracked secret resources."""

from dataclasses import dataclass
from typing import ClassVar

import pulumi
from pydantic import SecretStr

from components.domain.seed import derive, network_id
from components.dynamic.secrets.account import Account


@dataclass(frozen=True)
class Operators:
    """The two accounts that an SCN votes with, one a chain. Only the node itself ever uses them."""

    parent: Account
    child: Account
    adopted: ClassVar[bool] = False


@dataclass(frozen=True)
class FoundAccount:
    """An account of which a node that exists already has the key."""

    address: pulumi.Output[str]
    """Unknown until the node is part of the stack."""


@dataclass(frozen=True)
class FoundOperators:
    """The two accounts of an SCN that was there before us: what they had before is not ours to take away."""

    parent: FoundAccount
    child: FoundAccount
    adopted: ClassVar[bool] = True


class Identities(pulumi.ComponentResource):
    """The accounts and seeds of a network, by label. One label, one key, for ever."""

    def __init__(self, seed: str, *, protect: bool = False, opts: pulumi.ResourceOptions | None = None) -> None:
        """`protect`: whether Pulumi refuses to destroy the accounts."""
        super().__init__("servicechain:index:Identities", "identities", None, opts)
        self._seed, self._kept = seed, protect
        self._nodes: dict[str, Account] = {}
        self.network_id = network_id(seed)
        self.register_outputs({"network_id": self.network_id})

    def seed_for(self, label: str) -> pulumi.Output[str]:
        """Return 64 hex digits for one purpose, as a secret."""
        return pulumi.Output.secret(derive(self._seed, label))

    def node(self, name: str) -> Account:
        """Return the identity of a node: the key behind its KNI, and behind its validator address."""
        if name not in self._nodes:  # an existing EN and its new SCN both need the SCN's
            self._nodes[name] = self._account(f"{name}-node", {"private_key": self.seed_for(f"node/{name}")})
        return self._nodes[name]

    def operators(self, scn: str) -> Operators:
        """Return the accounts that an SCN votes with."""
        return Operators(self._operator(scn, "parent"), self._operator(scn, "child"))

    def _operator(self, scn: str, chain: str) -> Account:
        label = f"operator/{scn}/{chain}"
        password = pulumi.Output.secret(derive(self._seed, f"{label}/password")[:32])
        return self._account(f"{scn}-{chain}-operator", {"private_key": self.seed_for(label), "password": password})

    def owner(self, chain: str, key: SecretStr | None) -> Account:
        """Return the account that owns the bridge contract of a chain: of the given key or of a new one."""
        private_key = pulumi.Output.secret(key.get_secret_value()) if key else self.seed_for(f"owner/{chain}")
        given = {"given": True} if key else {}
        return self._account(f"{chain}-owner", {"private_key": private_key, **given})

    def _account(self, name: str, props: dict[str, object]) -> Account:
        return Account(name, props, pulumi.ResourceOptions(parent=self, protect=self._kept or None))
