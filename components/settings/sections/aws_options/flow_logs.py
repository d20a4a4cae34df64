"""The section `aws.flowLogs`: a record of the connections in the VPC that the stack makes.

The days are those of PutRetentionPolicy, as botocore 1.44.8 has them.
"""

from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from components.domain.problems.settings import OUT_OF_RANGE, UNNEEDED_KEY
from components.settings.values.types import Form, Section, Whole, json_schema

RETENTION_DAYS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
DEFAULT_DAYS = 30


def _retention(value: int) -> int:
    if value not in RETENTION_DAYS:
        near = min(RETENTION_DAYS, key=lambda days: abs(days - value))
        raise ValueError(OUT_OF_RANGE(f"CloudWatch does not keep logs for {value} days; write for example {near}"))
    return value


Days = Annotated[
    Whole,
    AfterValidator(_retention),
    json_schema("integer", "whole number of days that CloudWatch allows", enum=list(RETENTION_DAYS)),
]
Bucket = Annotated[
    str,
    Form(
        "ARN of an S3 bucket", r"arn:aws[a-z-]*:s3:::[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[\w./-]*)?", "arn:aws:s3:::logs"
    ),
]


class FlowLogsSettings(Section):
    """A record of all connections in the new VPC, accepted and rejected: addresses, ports, bytes; no content."""

    keep_days: Days | None = Field(default=None, examples=[90])
    """How many days a log group of CloudWatch keeps it; 30, if no bucket is given either."""
    bucket: Bucket | None = None
    """An existing bucket that takes it instead, with its own rules for how long. A path can follow."""

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if self.keep_days is not None and self.bucket is not None:
            raise ValueError(UNNEEDED_KEY("a bucket has its own rules for how long it keeps logs; remove keepDays"))
        return self
