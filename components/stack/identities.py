"""The keys of all nodes, operators and owners: derived from the seed before any machine exists, tracked as secrets."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

import pulumi
from pydantic import SecretStr

from components.domain.seed import derive, network_id
from components.dynamic.secrets.account import REFUSED, Account
from components.stack import seedless


@dataclass(frozen=True)
class Operators:
    """The two accounts that an SCN votes with, one per chain. Only the node itself uses them."""

    parent: Account
    child: Account
    adopted: ClassVar[bool] = False


@dataclass(frozen=True)
class FoundAccount:
    """An account whose key is on a node that exists already."""

    address: pulumi.Output[str]
    """Unknown until the node is part of the stack."""


@dataclass(frozen=True)
class FoundOperators:
    """The two accounts of an SCN that existed before the stack. Votes that they had before are not removed."""

    parent: FoundAccount
    child: FoundAccount
    adopted: ClassVar[bool] = True


class Identities(pulumi.ComponentResource):
    """The accounts and seeds of a network. A label always gives the same key."""

    def __init__(
        self,
        seed: str,
        *,
        protect: bool = False,
        refused: Mapping[str, str] = MappingProxyType({}),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`protect`: whether Pulumi refuses to destroy the accounts.

        `refused`: by name of a node, a message why it must not be made; one that has its account already is kept.
        """
        super().__init__("servicechain:index:Identities", "identities", None, opts)
        self._seed, self._kept, self._refused = seed, protect, refused
        self._nodes: dict[str, Account] = {}
        self._known = seedless.known()
        self._new: set[str] = set()
        self.network_id = (self._known and self._known.network) or network_id(seed)
        self.register_outputs({"network_id": self.network_id})

    def seed_for(self, label: str) -> pulumi.Output[str]:
        """Return 64 hex digits for one purpose, as a secret."""
        return pulumi.Output.secret(derive(self._seed, label))

    def node(self, name: str) -> Account:
        """Return the account of a node: its key determines its KNI and its validator address."""
        if name not in self._nodes:  # needed twice for a new SCN of an existing EN
            refusal = {REFUSED: self._refused[name]} if name in self._refused else {}
            self._nodes[name] = self._account(
                name, f"{name}-node", {"private_key": self.seed_for(f"node/{name}"), **refusal}
            )
        return self._nodes[name]

    def operators(self, scn: str) -> Operators:
        """Return the accounts that an SCN votes with."""
        return Operators(self._operator(scn, "parent"), self._operator(scn, "child"))

    def _operator(self, scn: str, chain: str) -> Account:
        label = f"operator/{scn}/{chain}"
        password = pulumi.Output.secret(derive(self._seed, f"{label}/password")[:32])
        return self._account(
            scn, f"{scn}-{chain}-operator", {"private_key": self.seed_for(label), "password": password}
        )

    def owner(self, chain: str, key: SecretStr | None) -> Account:
        """Return the account that owns the bridge contract of a chain, with the given key or one from the seed."""
        private_key = pulumi.Output.secret(key.get_secret_value()) if key else self.seed_for(f"owner/{chain}")
        given = {"given": True} if key else {}
        return self._account(f"the {chain} owner", f"{chain}-owner", {"private_key": private_key, **given})

    def _account(self, whose: str, name: str, props: dict[str, object]) -> Account:
        if self._known and name not in self._known.accounts and whose not in self._new:
            self._new.add(whose)
            seedless.new(whose)
        return Account(name, props, pulumi.ResourceOptions(parent=self, protect=self._kept or None))
