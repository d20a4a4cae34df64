"""The parent chain in the configuration: one of our own, or one that others run."""

import re
from collections.abc import Mapping
from contextlib import suppress
from ipaddress import IPv4Address
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, SecretStr

from components.settings.types import Balances, NotNegative, Positive, Section, shown

PUBLIC_CHAINS = {"kairos": 1001, "mainnet": 8217}
"""Chain ids of the public networks (domain: words)."""

_KNI = re.compile(
    r"kni://(?P<key>[0-9a-f]{128})@(?P<host>[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?):(?P<port>[1-9][0-9]{0,4})"
    r"(\?[a-z0-9=&]*)?"
)
_LAST_PORT = 65535
_URL = re.compile(r"https?://[A-Za-z0-9.-]+(:[1-9][0-9]{0,4})?(/[A-Za-z0-9._~%/+=?&-]*)?")


def _kni(value: Any) -> str:
    found = _KNI.fullmatch(value) if isinstance(value, str) else None
    if not found or int(found["port"]) > _LAST_PORT or not _is_host(found["host"]):
        msg = (
            f"{shown(value)} is no KNI; write kni://, the node's public key of 128 hex digits, @, its address and port"
        )
        raise ValueError(msg)
    return found.group()


def _is_host(host: str) -> bool:
    if re.fullmatch(r"[0-9.]+", host):
        with suppress(ValueError):
            return bool(IPv4Address(host))
        return False
    return True


Kni = Annotated[str, BeforeValidator(_kni)]


def _url(value: Any) -> SecretStr:
    """Refuse other addresses, and do not show them: a key may be in one."""
    if not isinstance(value, str) or not _URL.fullmatch(value):
        msg = "this is no address of an RPC; write http:// or https://, a host and a path"
        raise ValueError(msg)
    return SecretStr(value)


Url = Annotated[SecretStr, BeforeValidator(_url)]


def place(kni: str) -> tuple[str, int]:
    """Return the host and the port in a KNI that was checked."""
    host, _, port = kni.partition("@")[2].partition("?")[0].rpartition(":")
    return host, int(port)


def with_chain_id(value: Any) -> Any:
    """Fill in the chain id of a public network, which nobody has to know by heart."""
    known = PUBLIC_CHAINS.get(str(value.get("network"))) if isinstance(value, Mapping) else None
    return {"chainId": known, **value} if known else value


class ParentChain(Section):
    """The parent chain (L1)."""

    network: Literal["private", "kairos", "mainnet"] = "private"
    """`private`: a chain of one validator of our own, for development and tests, or, with a genesis, a private chain
    that exists. The others are public."""
    chain_id: Positive
    """Of a private chain; the public ones have their own."""
    unit_price: NotNegative = 25
    """Price of gas in gkei, of a private chain of our own."""
    balances: Balances = Field(default_factory=dict)
    """Accounts that hold coins from the first block of a private chain of our own on, for development."""
    genesis: str | None = None
    """Path of the genesis.json of a private chain that exists. The ENs join it, and it goes on when the stack goes."""
    static_nodes: list[Kni] = Field(default_factory=list)
    """KNIs of nodes of a private chain that exists, which the ENs dial."""
    sync_hours: Positive = 24
    """How long an EN may take to catch up with a chain that others run, before `up` ends; the next one goes on."""
    reference_rpc: Url | None = None
    """HTTP RPC of another node of a chain that others run, which tells how far the chain is. A secret where there is a
    key in it."""

    @property
    def public(self) -> bool:
        """Tell whether it is one of the public networks."""
        return self.network != "private"

    @property
    def ours(self) -> bool:
        """Tell whether the stack runs the chain, and takes it down when it goes."""
        return not self.public and self.genesis is None
