"""The report on a drill in its stable form. Pure.

It is what `--json FILE` writes. docs/drill.schema.json is its schema, made from these models. Within one `schema`
number, fields are added and never renamed or removed. Amounts are decimal strings, in peb or in the smallest unit of a
token; times are in seconds.
"""

from collections.abc import Sequence
from typing import Final, Literal

from pydantic import Field

from components.watch.judging.finding import Level
from components.watch.report import Row
from toolchain.ops.drill.fault import Kind
from toolchain.ops.drill.transfers import Sum

SCHEMA: Final = 1


class StoppedRow(Row):
    """Something that was wrong during a fault, as `make status` reports it."""

    subject: str = Field(description="a node, a pair, a chain (`parent chain`) or a direction (`child to parent`)")
    level: Level
    codes: tuple[str, ...] = Field(description="as in docs/errors.md")
    text: str
    after: float = Field(description="seconds from the beginning of the fault until it was seen")


class TransfersRow(Row):
    """Transfers of one direction and asset."""

    direction: str
    asset: str = Field(description="`coins`, or the name of a token in the settings")
    sent: int
    arrived: int = Field(description="recipients that hold exactly what was sent to them")
    wrong: int = Field(description="recipients that hold another amount")
    amount: str = Field(description="sent in total")
    longest_wait: float | None = Field(description="null if nothing has arrived")


class AlertRow(Row):
    """An alert that fired because of a fault."""

    name: str
    labels: dict[str, str]
    after: float = Field(description="seconds from the beginning of the fault until it was seen to fire")


class FaultRow(Row):
    """One fault."""

    kind: Kind
    subject: str
    nodes: tuple[str, ...]
    pairs: tuple[str, ...] = Field(description="pairs that could not vote meanwhile")
    began: str = Field(description="UTC, ISO 8601")
    lasted: float = Field(description="seconds until it was undone")
    recovered: float | None = Field(description="seconds from then until the bridge was healthy; null if it was not")
    worst: Level = Field(description="the worst verdict on the whole bridge meanwhile")
    stopped: tuple[StoppedRow, ...]
    continued: tuple[str, ...] = Field(description="pairs, chains and directions that worked all the time")
    transfers: tuple[TransfersRow, ...]
    alerts: tuple[AlertRow, ...] | None = Field(description="null if the stack has no monitor, or it did not answer")
    problems: tuple[str, ...] = Field(description="what went wrong: the drill fails; empty if the bridge survived")


class SkippedRow(Row):
    """A fault or an asset that was left out."""

    what: str
    why: str
    codes: tuple[str, ...]


class DrillReport(Row):
    """Everything."""

    schema_: Literal[1] = Field(default=SCHEMA, alias="schema")
    stack: str
    time: str = Field(description="UTC, ISO 8601")
    seconds: float
    seed: int | None = Field(description="of a soak, which repeats it; null for a drill")
    passed: bool
    interrupted: bool = Field(description="whether somebody ended it early")
    faults: tuple[FaultRow, ...]
    skipped: tuple[SkippedRow, ...]
    transfers: tuple[TransfersRow, ...] = Field(description="of the whole drill, read again at its end")
    problems: tuple[str, ...] = Field(description="of the drill as a whole")


def transfer_rows(found: Sequence[Sum]) -> tuple[TransfersRow, ...]:
    """Return the rows of some sums."""
    return tuple(
        TransfersRow(
            direction=one.direction,
            asset=one.asset,
            sent=one.sent,
            arrived=one.arrived,
            wrong=one.wrong,
            amount=str(one.amount),
            longest_wait=None if one.longest is None else round(one.longest, 1),
        )
        for one in found
    )
