"""The report on a bridge in its stable form: rows of nodes, pairs, directions and contracts, and one verdict. Pure.

It is what `make status ARGS=--json` prints. docs/status.schema.json is its schema, made from these models. Within one
`schema` number, fields are added and never renamed or removed. Amounts are decimal strings, in peb or in the smallest
unit of a token; times are in seconds. A value that could not be read is null, and `missing` says why.
"""

from collections.abc import Mapping
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from components.domain.networks import Side
from components.domain.roles import Role
from components.watch.judging.finding import Level

SCHEMA: Final = 1
EXIT_CODES: Mapping[Level, int] = {"healthy": 0, "degraded": 1, "stopped": 2}

Gaps = Mapping[str, str]
"""Why values are missing, by their name."""


class Row(BaseModel):
    """A part of the report."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True, extra="forbid")


class FindingRow(Row):
    """Something that is wrong."""

    level: Level
    subject: str = Field(description="a node, a pair, a chain (`parent chain`) or a direction (`child to parent`)")
    codes: tuple[str, ...] = Field(description="as in docs/errors.md")
    text: str


class VerdictRow(Row):
    """The bridge as a whole."""

    level: Level
    exit_code: int
    text: str
    pairs: int
    healthy_pairs: tuple[str, ...] = Field(description="pairs that can vote now")
    threshold: int | None = Field(description="votes that a transfer needs")
    spare_pairs: int | None = Field(description="pairs that can be lost now; negative: so many are missing")


class ChainRow(Row):
    """A chain, as its node with the newest block reports it."""

    chain: Side
    level: Level
    chain_id: int | None
    head: int | None
    age: float | None = Field(description="seconds since its newest block")
    validators: int | None = Field(description="that have to agree on the next block")
    needed: int | None = Field(description="how many of them are enough")
    alive: int | None = Field(description="those whose node is not known to be dead")
    missing: Gaps


class NodeRow(Row):
    """A node and its machine."""

    name: str
    role: Role
    chain: Side
    level: Level
    head: int | None
    hash: str | None = Field(description="of its newest block")
    age: float | None = Field(description="seconds since its newest block was made")
    behind: int | None = Field(description="blocks that it lacks")
    peers: int | None = Field(description="on its own chain")
    version: str | None
    disk_free: int | None = Field(description="bytes, where its chain data are")
    disk_size: int | None
    clock_ahead: float | None = Field(description="seconds by which its clock is ahead of that of this computer")
    up_seconds: float | None = Field(
        default=None, description="seconds since its last start: since it opened its console; null unless it answers"
    )
    missing: Gaps


class OperatorRow(Row):
    """An operator of a pair on one chain."""

    chain: Side
    address: str
    registered: bool | None
    unlocked: bool | None
    counted: int | None = Field(description="transactions that its SCN counts")
    mined: int | None = Field(description="transactions that are in blocks")
    balance: str | None
    minimum: str | None
    days_left: float | None = Field(description="for which its coins last, at the fees that the settings expect")
    missing: Gaps


class PairRow(Row):
    """A pair."""

    name: str
    en: str
    scn: str
    level: Level
    able: bool = Field(description="whether it can vote")
    connected: bool | None = Field(description="whether its SCN is connected to its EN, and to nothing else")
    registered: bool | None
    subscribed: bool | None
    anchoring: bool | None
    anchored: int | None = Field(description="the last block of the child chain that it has anchored")
    anchored_behind: int | None = Field(description="blocks of the child chain since then")
    pending: int | None = Field(description="transactions that wait for the parent chain")
    operators: tuple[OperatorRow, ...]
    missing: Gaps


class RequestRow(Row):
    """A request that is not handled."""

    nonce: int
    transaction: str
    age: float
    payable: bool
    why: str | None = Field(description="why it cannot be paid")


class DirectionRow(Row):
    """One way over the bridge, for coins or for one token."""

    direction: str
    source: Side
    target: Side
    token: str | None = Field(description="its name in the settings; null for coins")
    level: Level
    requested: int | None = Field(description="requests of everything, coins and tokens, in this direction")
    handled: int | None = Field(description="all requests before this number are handled")
    open: int | None = Field(description="requests from that number on; some of them may be handled")
    oldest: RequestRow | None = Field(description="the oldest open request")
    newer: RequestRow | None = Field(
        default=None, description="the oldest open one after the last that is handled, where that is not `oldest`"
    )
    fee: str | None = Field(description="what a transfer costs its user, where the contract has a receiver of fees")
    locked: bool | None = Field(description="whether no transfer can be requested")
    liquidity: str | None = Field(description="what the contract of the target holds of it")
    mints: bool | None = Field(description="whether that contract mints tokens instead")
    missing: Gaps


class ContractRow(Row):
    """The bridge contract of a chain."""

    chain: Side
    level: Level
    address: str
    owner: str | None
    operators: tuple[str, ...] | None
    threshold: int | None
    configuration_threshold: int | None
    running: bool | None
    coins_locked: bool | None
    fee_receiver: str | None
    balance: str | None
    minimum: str | None
    missing: Gaps


class Report(Row):
    """Everything."""

    schema_: Literal[1] = Field(default=SCHEMA, alias="schema")
    stack: str
    time: str = Field(description="UTC, ISO 8601")
    seconds: float = Field(description="how long the reading took")
    unfinished: bool = Field(description="whether a run works on the stack, or was cut off")
    verdict: VerdictRow
    findings: tuple[FindingRow, ...]
    chains: tuple[ChainRow, ...]
    nodes: tuple[NodeRow, ...]
    pairs: tuple[PairRow, ...]
    directions: tuple[DirectionRow, ...]
    contracts: tuple[ContractRow, ...]
