"""What a stack can be configured to be.

Rules of single values are with their types, rules between values in rules.py; all are applied before any
resource exists.
"""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from components.domain.gas import (
    DECIDING_VOTE,
    HIGHEST_OPERATOR_GAS_LIMIT,
    LOWEST_OPERATOR_GAS_LIMIT,
    OPERATOR_GAS_LIMIT,
    PUBLIC_OPERATOR_GAS_LIMIT,
)
from components.domain.networks import MAINNET
from components.domain.roles import en_name
from components.domain.units import PEB
from components.settings.defaults import filled_in
from components.settings.sections.aws import Aws, MachineSettings
from components.settings.sections.contracts import Contracts
from components.settings.sections.existing import Existing
from components.settings.sections.fees import FeesSettings
from components.settings.sections.owner import OwnerKeys
from components.settings.sections.packages import Packages
from components.settings.sections.parent import ParentChainSettings, with_chain_id
from components.settings.sections.tokens import TokenSettings
from components.settings.values.kni import Kni
from components.settings.values.types import (
    Balances,
    Coins,
    FilePath,
    Flag,
    Name,
    NotNegative,
    Positive,
    Section,
    Seed,
    Subnet,
    Whole,
    at_most,
    shown,
)

MAX_SCNS = 100

LONGEST_INTERVAL = 86_400
"""Seconds. From 9,223,372,037 on the node counts them in nanoseconds that overflow, and dies (sc/vt_recovery.go)."""


def scn_names(value: object) -> list[Any]:
    """Return the names in serviceChain.nodes. A number of SCNs stands for that many names, scn-1 and on."""
    if isinstance(value, bool) or not isinstance(value, int | list):
        msg = f"{shown(value)} is neither a list of names nor a number of SCNs"
        raise ValueError(msg)
    count = value if isinstance(value, int) else len(value)
    if count > MAX_SCNS:
        msg = f"{count} SCNs are too many; {MAX_SCNS} or fewer fit"
        raise ValueError(msg)
    return [f"scn-{i + 1}" for i in range(value)] if isinstance(value, int) else value


def _some(value: int) -> int:
    if value == 0:
        msg = "a bridge contract without coins pays no transfer out; write more than 0, such as 1000"
        raise ValueError(msg)
    return value


SomeCoins = Annotated[Coins, AfterValidator(_some)]


def _operator_gas(value: int) -> int:
    if not LOWEST_OPERATOR_GAS_LIMIT <= value <= HIGHEST_OPERATOR_GAS_LIMIT:
        msg = (
            f"{value} is out of range: a vote that decides a transfer takes {DECIDING_VOTE:,} gas, and one that mints "
            f"a token more; write {LOWEST_OPERATOR_GAS_LIMIT} to {HIGHEST_OPERATOR_GAS_LIMIT}, "
            f"such as {PUBLIC_OPERATOR_GAS_LIMIT}"
        )
        raise ValueError(msg)
    return value


OperatorGas = Annotated[Positive, AfterValidator(_operator_gas)]


class ServiceChainSettings(Section):
    """The child chain (L2)."""

    chain_id: Positive
    nodes: Annotated[list[Name], BeforeValidator(scn_names)]
    """Names of the SCNs, all of them validators; or how many, which names them scn-1 and on."""
    balances: Balances = Field(default_factory=dict)
    """Accounts that hold coins from the first block of a chain of our own on, for development."""
    genesis: FilePath | None = None
    """Path of the genesis.json of a ServiceChain that exists, with which new SCNs join it."""
    static_nodes: list[Kni] = Field(default_factory=list)
    """KNIs of nodes of such a chain that new SCNs dial, besides the SCNs in `nodes`."""
    network_id: Positive | None = None
    """NETWORK_ID of such a chain, which need not be its chain id. Without it: what the SCNs say that exist already."""


class Anchoring(Section):
    """Writing digests of the child chain to the parent chain."""

    enabled: Flag = True
    period: Positive = 10
    """Blocks of the child chain from one anchor to the next. Each costs its SCN a transaction on the parent chain. 3600
    below a public one."""


class Machines(Section):
    """What the machines of one pair have of their own."""

    en: MachineSettings = MachineSettings()
    scn: MachineSettings = MachineSettings()


class PairSettings(Section):
    """One EN and one SCN, strictly one to one."""

    name: Name
    scn: Name
    """The SCN of the pair, one of serviceChain.nodes. Its EN is called <name>-en."""
    anchoring: Anchoring | None = None
    """Overrides the anchoring of the stack for this pair."""
    machines: Machines = Machines()
    """Overrides aws.en and aws.scn for this pair."""

    @property
    def en(self) -> str:
        """Return the name of the pair's EN."""
        return en_name(self.name)


class Recovery(Section):
    """Looking for value transfers that were missed."""

    interval: Annotated[Positive, at_most(LONGEST_INTERVAL, "a day in seconds")] = 5
    """Seconds. Below the threshold each look costs a transaction a request and operator: 60 where gas costs,
    which is the default below a public parent chain."""


class BridgeSettings(OwnerKeys, Contracts):
    """The bridge contracts."""

    threshold: Whole = 1
    """Votes that a value transfer needs, on both chains."""
    liquidity: SomeCoins = 1000 * PEB
    """Coins that each bridge contract holds to pay transfers out; filled up when below half."""
    operator_balance: Coins = 100 * PEB
    """Coins that each operator holds to pay gas where gas costs something; filled up when below half. 20 below
    a public parent chain."""
    max_gas_price: Positive | None = None
    """The most that is offered for gas, in gkei, by the owners on both chains. Without it: twice what the node suggests
    when a batch of transactions begins, 1 gkei at least. A change reaches the state, where a removal finds it,
    and touches nothing else."""
    funding_minutes: NotNegative = 10
    """How long `up` waits for coins that are missing on a parent chain that others run; then it ends with the list."""
    operator_gas_limit: OperatorGas = OPERATOR_GAS_LIMIT
    """Gas that an operator's transaction on the parent chain may use, 500,000 or more. At any time the operator has to
    hold what that costs at the price that its node offers, 750 gkei. 1,000,000 below a public parent chain."""
    artifact: FilePath = ".build/bridge/Bridge.json"
    """JSON file with the creation code of the bridge contract."""

    def configuration_threshold_of(self, chain: str) -> int | None:
        """Return the votes that a change of fees is to need; None where what is there is left alone."""
        return self.threshold if self.threshold_set and self.owner_node_of(chain) is None else None


class Local(Section):
    """Hosts on this machine."""

    subnet: Subnet | None = None
    """A free /22; chosen from the stack's seed when not given."""


class Settings(Section):
    """The whole configuration of a stack."""

    target: Literal["local", "aws", "existing"] = "local"
    """Where the machines are: namespaces of this computer, EC2, or machines that exist already."""
    protection: Flag | None = None
    """Whether keys, data volumes and machines refuse to be destroyed; on by default where the parent is mainnet."""
    identity_seed: Seed
    """64 random hex digits from which every key of the network is made. Made once, kept secret, never changed."""
    parent_chain: Annotated[ParentChainSettings, BeforeValidator(with_chain_id)]
    service_chain: ServiceChainSettings
    pairs: list[PairSettings]
    anchoring: Anchoring = Anchoring()
    recovery: Recovery = Recovery()
    bridge: BridgeSettings = BridgeSettings()
    tokens: list[TokenSettings] = Field(default_factory=list)
    fees: FeesSettings = FeesSettings()
    packages: Packages = Packages()
    local: Local = Local()
    aws: Aws | None = None
    existing: Existing | None = None

    @model_validator(mode="before")
    @classmethod
    def _filled_in(cls, raw: Any) -> Any:
        return filled_in(raw)

    @property
    def protected(self) -> bool:
        """Tell whether what cannot be made again is protected."""
        return self.parent_chain.network == MAINNET if self.protection is None else self.protection

    def adopts(self, machine: str) -> bool:
        """Tell whether a node exists already on the machine of that name."""
        given = self.existing.hosts.get(machine) if self.target == "existing" and self.existing else None
        return bool(given and given.node)

    def anchoring_of(self, pair: PairSettings) -> Anchoring:
        """Return the anchoring of a pair: the stack's, with what the pair says of its own."""
        own = pair.anchoring.model_dump(exclude_unset=True) if pair.anchoring else {}
        return self.anchoring.model_copy(update=own)
