"""The configuration of a stack.

Rules for single values are with their types, rules between values in settings/rules; all run before any resource
exists.
"""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from components.domain.gas import (
    DECIDING_VOTE,
    HIGHEST_OPERATOR_GAS_LIMIT,
    LOWEST_OPERATOR_GAS_LIMIT,
    OPERATOR_GAS_LIMIT,
)
from components.domain.networks import MAINNET
from components.domain.problems.settings import WRONG_COUNT, WRONG_FORM
from components.domain.roles import MONITOR, VALIDATOR, Program, en_name
from components.domain.units import DAY
from components.settings.defaults import filled_in
from components.settings.sections.aws import Aws, SingleMachineSettings
from components.settings.sections.contracts import Contracts
from components.settings.sections.existing import Existing
from components.settings.sections.fees import FeesSettings
from components.settings.sections.monitoring import Monitoring
from components.settings.sections.owner import OwnerKeys
from components.settings.sections.packages import NodeArchive, Packages, PairPackages
from components.settings.sections.parent import ParentChainSettings, with_chain_id
from components.settings.sections.tokens import TokenSettings
from components.settings.sections.upgrade import UpgradeSettings
from components.settings.values.forks import Forks
from components.settings.values.kni import Kni
from components.settings.values.types import (
    Balances,
    Coins,
    FilePath,
    Flag,
    Name,
    NotNegative,
    Positive,
    Range,
    Section,
    Seed,
    SomeCoins,
    Subnet,
    Whole,
    shown,
)

MAX_SCNS = 100


def scn_names(value: object) -> list[Any]:
    """Return the names in serviceChain.nodes. A number stands for that many names: scn-1, scn-2 and so on."""
    if isinstance(value, bool) or not isinstance(value, int | list):
        raise ValueError(WRONG_FORM(f"{shown(value)} is neither a list of names nor a number of SCNs"))
    count = value if isinstance(value, int) else len(value)
    if count > MAX_SCNS:
        raise ValueError(WRONG_COUNT(f"{count} SCNs are too many; {MAX_SCNS} or fewer fit"))
    return [f"scn-{i + 1}" for i in range(value)] if isinstance(value, int) else value


ScnNames = Annotated[
    list[Name],
    BeforeValidator(scn_names, json_schema_input_type=list[Name] | Annotated[Whole, Range(1, MAX_SCNS, "SCNs")]),
]
OperatorGas = Annotated[
    Whole,
    Range(
        LOWEST_OPERATOR_GAS_LIMIT,
        HIGHEST_OPERATOR_GAS_LIMIT,
        f"gas; a vote that decides a transfer uses {DECIDING_VOTE}, and one that mints a token uses more",
    ),
]


class ServiceChainSettings(Section):
    """The child chain (L2)."""

    chain_id: Positive = Field(examples=[3000])
    """Chain id of the child chain; it has to differ from that of the parent chain."""
    nodes: ScnNames = Field(examples=[["scn-1", "scn-2", "scn-3", "scn-4"]])
    """Names of the SCNs, all of them validators; or how many, which names them scn-1, scn-2 and so on."""
    balances: Balances = Field(default_factory=dict)
    """Accounts that hold coins from the first block of a chain that the stack creates, for development."""
    forks: Forks | None = Field(default=None, examples=[{"kaia": 1_200_000}])
    """First blocks of forks of a chain that the stack creates. Without an entry a fork is in effect from block 0, and
    kaia never. See [Forks of your own chains](versions.md#forks-of-your-own-chains)."""
    genesis: FilePath | None = Field(default=None, examples=["child/genesis.json"])
    """Path of the genesis.json of an existing ServiceChain, with which new SCNs join it."""
    static_nodes: list[Kni] = Field(default_factory=list)
    """KNIs of nodes of an existing ServiceChain that new SCNs dial, besides the SCNs in `nodes`."""
    network_id: Positive | None = Field(default=None, examples=[3000])
    """NETWORK_ID of an existing ServiceChain, if it is not the chain id. The default is what existing SCNs report."""


class Anchoring(Section):
    """Writing digests of the child chain to the parent chain."""

    enabled: Flag = True
    """Whether SCNs anchor."""
    period: Positive = Field(default=10, examples=[10])
    """Blocks of the child chain from one anchor to the next. Each anchor costs its SCN a transaction on the parent
    chain. The default is 3600 if the parent chain is public."""


class Machines(Section):
    """Sizes of the machines of one pair."""

    en: SingleMachineSettings = SingleMachineSettings()
    """Size of the pair's EN."""
    scn: SingleMachineSettings = SingleMachineSettings()
    """Size of the pair's SCN."""


class PairSettings(Section):
    """One EN and one SCN, strictly one to one."""

    name: Name = Field(examples=["alpha"])
    """Name of the pair and its resources: a pair with another name is another pair."""
    scn: Name = Field(examples=["scn-1"])
    """The SCN of the pair, one of serviceChain.nodes. Its EN is called <name>-en."""
    anchoring: Anchoring | None = Field(default=None, examples=[{"enabled": False}])
    """Overrides the anchoring of the stack for this pair."""
    machines: Machines = Field(default=Machines(), examples=[{"en": {"instanceType": "r6i.2xlarge"}}])
    """Overrides aws.en and aws.scn for this pair."""
    packages: PairPackages = PairPackages()
    """Overrides the archives of the stack for this pair."""

    @property
    def en(self) -> str:
        """Return the name of the pair's EN."""
        return en_name(self.name)


class Recovery(Section):
    """Looking for value transfers that were missed."""

    # Above 9,223,372,036 the node's count of nanoseconds overflows, and the node dies (sc/vt_recovery.go).
    interval: Annotated[Whole, Range(1, DAY, "seconds")] = Field(default=5, examples=[60])
    """Seconds from one recovery check to the next. Until a transfer has enough votes, each check costs every operator
    one transaction for it. The default is 60 if the parent chain is public."""


class BridgeSettings(OwnerKeys, Contracts):
    """The bridge contracts."""

    threshold: Whole = Field(default=1, examples=[1])
    """Votes that a value transfer needs, on both chains. A contract that is taken over keeps its own unless this is
    given."""
    liquidity: SomeCoins = Field(default=1000, validate_default=True, examples=[100])
    """Coins that each bridge contract holds to pay transfers out; filled up when below half. A contract that is taken
    over gets none unless this is given."""
    operator_balance: Coins = Field(default=100, validate_default=True, examples=[50])
    """Coins that each operator holds to pay for gas where gas has a price; filled up when below half. The default is 20
    if the parent chain is public."""
    max_gas_price: Positive | None = Field(default=None, examples=[100])
    """The highest gas price that the owners offer, in gkei, on both chains. The default is twice what the node suggests
    when a batch of transactions begins, at least 1 gkei. A change only updates the state, where a removal reads it."""
    funding_minutes: NotNegative = Field(default=10, examples=[60])
    """How many minutes `up` waits for missing coins on a parent chain that others run; then it ends with a list."""
    operator_gas_limit: OperatorGas = Field(default=OPERATOR_GAS_LIMIT, examples=[1_000_000])
    """Gas limit of an operator's transactions on the parent chain. The operator has to hold this much gas at the price
    that its node offers, 750 gkei. The default is 1000000 if the parent chain is public."""
    artifact: FilePath = Field(default=".build/bridge/Bridge.json", examples=["artifacts/Bridge.json"])
    """JSON file with the creation code of the bridge contract."""

    def configuration_threshold_of(self, chain: str) -> int | None:
        """Return the votes that a change of fees shall need; None if that is left as it is."""
        return self.threshold if self.threshold_set and self.owner_node_of(chain) is None else None


class Local(Section):
    """Hosts on this machine."""

    subnet: Subnet | None = Field(default=None, examples=["100.64.8.0/22"])
    """A free /22; the default is derived from the stack's seed."""


class Settings(Section):
    """The whole configuration of a stack."""

    target: Literal["local", "aws", "existing"] = Field(default="local", examples=["local"])
    """Where the machines are: network namespaces of this computer, EC2, or existing machines."""
    protection: Flag | None = Field(
        default=None, examples=[True], json_schema_extra={"x-default": "`true` where the parent is mainnet"}
    )
    """Whether keys, data volumes and machines refuse to be destroyed."""
    identity_seed: Seed
    """64 random hex digits from which every key of the network is derived. Create it once, keep it secret, never change
    it."""
    parent_chain: Annotated[ParentChainSettings, BeforeValidator(with_chain_id)]
    service_chain: ServiceChainSettings
    pairs: list[PairSettings]
    """The pairs of an EN and an SCN, 1 to 12; 2 or more survive the loss of one."""
    anchoring: Anchoring = Anchoring()
    recovery: Recovery = Recovery()
    bridge: BridgeSettings = BridgeSettings()
    tokens: list[TokenSettings] = Field(default_factory=list)
    """The tokens that the bridge transfers."""
    fees: FeesSettings = FeesSettings()
    packages: Packages = Packages()
    upgrade: UpgradeSettings = UpgradeSettings()
    monitoring: Monitoring = Monitoring()
    local: Local = Local()
    aws: Aws | None = None
    existing: Existing | None = None

    @model_validator(mode="before")
    @classmethod
    def _filled_in(cls, raw: Any) -> Any:
        return filled_in(raw)

    @property
    def protected(self) -> bool:
        """Whether keys, data volumes and machines refuse to be destroyed."""
        return self.parent_chain.network == MAINNET if self.protection is None else self.protection

    @property
    def monitored(self) -> bool:
        """Whether there is a monitor, and nodes and machines serve metrics to it."""
        return self.target == "local" if self.monitoring.enabled is None else self.monitoring.enabled

    @property
    def address_of_monitor(self) -> str | None:
        """Return the address of a monitor on an existing machine, from which it reads the others."""
        given = self.existing.hosts.get(MONITOR) if self.target == "existing" and self.existing else None
        return given.address if given else None

    def adopts(self, machine: str) -> bool:
        """Return whether a node already exists on the machine of that name."""
        given = self.existing.hosts.get(machine) if self.target == "existing" and self.existing else None
        return bool(given and given.node)

    @property
    def runs_child_chain(self) -> bool:
        """Whether the stack creates the child chain, and no other SCNs were there before."""
        return self.service_chain.genesis is None and not any(map(self.adopts, self.service_chain.nodes))

    def archive_of(self, machine: str) -> NodeArchive:
        """Return the archive of the node on the machine of that name: that of its pair, or else that of the stack."""
        program: Program = "kcn" if machine == VALIDATOR else "kscn"
        for index, pair in enumerate(self.pairs):
            if machine in (pair.en, pair.scn):
                program = "ken" if machine == pair.en else "kscn"
                if own := getattr(pair.packages, program):
                    return NodeArchive(f"pairs[{index}].packages.{program}", own)
        return NodeArchive(f"packages.{program}", getattr(self.packages, program))

    def anchoring_of(self, pair: PairSettings) -> Anchoring:
        """Return the anchoring of a pair: the stack's, with the pair's own settings."""
        own = pair.anchoring.model_dump(exclude_unset=True) if pair.anchoring else {}
        return self.anchoring.model_copy(update=own)
