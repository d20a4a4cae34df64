"""The section `aws.backup`: snapshots of data volumes at set times, made by Amazon Data Lifecycle Manager.

Its limits are those of its API (CreateRule and RetainRule of CreateLifecyclePolicy, as botocore 1.44.8 has them).
"""

from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from components.domain.problems.settings import OUT_OF_RANGE, UNNEEDED_KEY
from components.domain.roles import Role
from components.settings.values.types import Form, Range, Section, Whole, json_schema

INTERVALS = (1, 2, 3, 4, 6, 8, 12, 24)
"""Hours from one snapshot to the next."""
MOST_KEPT, LONGEST_DAYS = 1_000, 36_500
"""Snapshots of each volume; days, which is the 100 years of the API."""
DEFAULT_KEPT = 7


def _interval(value: int) -> int:
    if value not in INTERVALS:
        known = ", ".join(map(str, INTERVALS[:-1]))
        raise ValueError(
            OUT_OF_RANGE(
                f"{value} is not an interval of Amazon Data Lifecycle Manager; write {known} or {INTERVALS[-1]} hours"
            )
        )
    return value


Hours = Annotated[
    Whole,
    AfterValidator(_interval),
    json_schema("integer", f"whole number: {', '.join(map(str, INTERVALS))}", enum=list(INTERVALS)),
]
Time = Annotated[str, Form("time of day, in quotes", r"([01][0-9]|2[0-3]):[0-5][0-9]", "03:00")]


class BackupSettings(Section):
    """Snapshots of the data volumes, each at its own moment. They outlive the stack: see docs/aws.md."""

    roles: list[Role] = Field(default=["en", "scn"], examples=[["scn"]])
    """Whose data volumes: `en`, `scn`, and `validator` for that of a private parent chain."""
    interval_hours: Hours = Field(default=24, examples=[12])
    """Hours from one snapshot of a volume to the next."""
    start_time: Time = Field(default="03:00", examples=["03:00"])
    """When the first snapshot of a day is begun, in UTC, within an hour from then."""
    keep_count: Annotated[Whole, Range(1, MOST_KEPT, "snapshots")] | None = Field(default=None, examples=[14])
    """How many snapshots of each volume are kept; 7, if keepDays is not given either."""
    keep_days: Annotated[Whole, Range(1, LONGEST_DAYS, "days")] | None = Field(default=None, examples=[30])
    """How many days each snapshot is kept, instead of a number of snapshots."""

    @model_validator(mode="after")
    def _one_way_to_keep(self) -> Self:
        if self.keep_count is not None and self.keep_days is not None:
            raise ValueError(UNNEEDED_KEY("snapshots are kept by number or by age; give keepCount or keepDays"))
        return self
