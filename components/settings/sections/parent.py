"""The section `parentChain`: a chain that the stack runs, or one that others run."""

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field, SecretStr

from components.domain.gas import LOWEST_BASE_FEE
from components.domain.networks import CHAIN_IDS, PRIVATE, Network
from components.domain.problems.settings import WRONG_FORM
from components.domain.units import GKEI
from components.settings.values.forks import Forks
from components.settings.values.kni import Kni
from components.settings.values.types import Balances, FilePath, NotNegative, Positive, Range, Section, anchored, secret

DEAREST_GAS = (2**64 - 1) // GKEI
"""gkei. `unitPrice` of genesis.json is a uint64 of peb (params.ChainConfig): a node refuses a file with more."""
_URL = re.compile(r"https?://[A-Za-z0-9.-]+(:[1-9][0-9]{0,4})?(/[A-Za-z0-9._~%/+=?&-]*)?")


def _url(value: Any) -> SecretStr:
    """Refuse other text, and do not show it: it may contain a key."""
    if not isinstance(value, str) or not _URL.fullmatch(value):
        raise ValueError(WRONG_FORM("this is not the URL of an RPC; write http:// or https://, a host and a path"))
    return SecretStr(value)


Url = Annotated[SecretStr, BeforeValidator(_url), secret("URL", pattern=anchored(_URL.pattern))]


def with_chain_id(value: Any) -> Any:
    """Fill in the chain id of a public network."""
    known = CHAIN_IDS.get(str(value.get("network"))) if isinstance(value, Mapping) else None
    return {"chainId": known, **value} if known else value


class ParentChainSettings(Section):
    """The parent chain (L1)."""

    model_config = ConfigDict(
        json_schema_extra={
            "required": [],
            "if": {"properties": {"network": {"enum": list(CHAIN_IDS)}}, "required": ["network"]},
            "else": {"required": ["chainId"]},
        }
    )

    network: Network = Field(default=PRIVATE, examples=[PRIVATE])
    """`private`: a chain of a single validator that the stack runs, for development and tests, or, with a genesis, an
    existing private chain. The others are public."""
    chain_id: Positive = Field(examples=[2020], json_schema_extra={"x-default": "required for a private chain"})
    """Chain id of a private chain; those of the public networks are known."""
    unit_price: Annotated[NotNegative, Range(0, DEAREST_GAS, "gkei, as genesis has it in peb, in 64 bits")] = (
        LOWEST_BASE_FEE
    )
    """Price of gas in gkei, on a private chain that the stack runs."""
    balances: Balances = Field(default_factory=dict)
    """Accounts that hold coins from the first block of a private chain that the stack runs, for development."""
    forks: Forks | None = Field(default=None, examples=[{"kaia": 1_200_000}])
    """The same as `forks` of serviceChain, of a private chain that the stack runs."""
    genesis: FilePath | None = Field(default=None, examples=["parent/genesis.json"])
    """Path of the genesis.json of an existing private chain. The ENs join it; removing the stack does not stop it."""
    static_nodes: list[Kni] = Field(default_factory=list)
    """KNIs of nodes of an existing private chain, which the ENs dial."""
    network_id: Positive | None = Field(default=None, examples=[2020])
    """NETWORK_ID of an existing private chain, if it is not the chain id. The default is what an existing EN reports,
    or else the chain id."""
    sync_hours: Positive = Field(default=24, examples=[48])
    """How many hours an EN may take to catch up with a chain that others run before `up` ends; the next one resumes."""
    reference_rpc: Url | None = Field(default=None, examples=["https://rpc.example.org"])
    """HTTP RPC of another node of a chain that others run, to compare the ENs with. Store it as a secret if it contains
    a key."""

    @property
    def public(self) -> bool:
        """Whether it is one of the public networks."""
        return self.network != PRIVATE

    @property
    def ours(self) -> bool:
        """Whether the stack runs the chain, and removes it when it is destroyed."""
        return not self.public and self.genesis is None

    @property
    def joined(self) -> bool:
        """Whether it is an existing private chain, which the ENs join."""
        return not self.public and not self.ours
