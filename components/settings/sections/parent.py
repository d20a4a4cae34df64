"""The parent chain in the configuration: one of our own, or one that others run."""

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, SecretStr

from components.domain.gas import LOWEST_BASE_FEE
from components.domain.networks import CHAIN_IDS, PRIVATE, Network
from components.domain.units import GKEI
from components.settings.values.kni import Kni
from components.settings.values.types import Balances, FilePath, NotNegative, Positive, Section, at_most

DEAREST_GAS = (2**64 - 1) // GKEI
"""gkei. `unitPrice` of genesis.json is a uint64 of peb (params.ChainConfig): a node refuses a file with more."""
_URL = re.compile(r"https?://[A-Za-z0-9.-]+(:[1-9][0-9]{0,4})?(/[A-Za-z0-9._~%/+=?&-]*)?")


def _url(value: Any) -> SecretStr:
    """Refuse other addresses, and do not show them: a key may be in one."""
    if not isinstance(value, str) or not _URL.fullmatch(value):
        msg = "this is no address of an RPC; write http:// or https://, a host and a path"
        raise ValueError(msg)
    return SecretStr(value)


Url = Annotated[SecretStr, BeforeValidator(_url)]


def with_chain_id(value: Any) -> Any:
    """Fill in the chain id of a public network, which nobody has to know by heart."""
    known = CHAIN_IDS.get(str(value.get("network"))) if isinstance(value, Mapping) else None
    return {"chainId": known, **value} if known else value


class ParentChainSettings(Section):
    """The parent chain (L1)."""

    network: Network = PRIVATE
    """`private`: a chain of one validator of our own, for development and tests, or, with a genesis, a private chain
    that exists. The others are public."""
    chain_id: Positive
    """Of a private chain; the public ones have their own."""
    unit_price: Annotated[NotNegative, at_most(DEAREST_GAS, "as genesis has it in peb, in 64 bits")] = LOWEST_BASE_FEE
    """Price of gas in gkei, of a private chain of our own."""
    balances: Balances = Field(default_factory=dict)
    """Accounts that hold coins from the first block of a private chain of our own on, for development."""
    genesis: FilePath | None = None
    """Path of the genesis.json of a private chain that exists. The ENs join it, and it goes on when the stack goes."""
    static_nodes: list[Kni] = Field(default_factory=list)
    """KNIs of nodes of a private chain that exists, which the ENs dial."""
    network_id: Positive | None = None
    """NETWORK_ID of such a chain, which need not be its chain id. Without it: what an EN says that exists already, and
    else the chain id."""
    sync_hours: Positive = 24
    """How long an EN may take to catch up with a chain that others run, before `up` ends; the next one goes on."""
    reference_rpc: Url | None = None
    """HTTP RPC of another node of a chain that others run, which tells how far the chain is. A secret where there is a
    key in it."""

    @property
    def public(self) -> bool:
        """Tell whether it is one of the public networks."""
        return self.network != PRIVATE

    @property
    def ours(self) -> bool:
        """Tell whether the stack runs the chain, and takes it down when it goes."""
        return not self.public and self.genesis is None
