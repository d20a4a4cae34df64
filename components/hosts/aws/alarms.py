"""Alarms about a machine: shown in the console of CloudWatch, and sent to a topic if there is one.

EC2 and EBS report these metrics by themselves. They do not know how full a disk is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import pulumi
from pulumi_aws import cloudwatch

from components.hosts.aws.tags import Tags


@dataclass(frozen=True)
class Alarm:
    """When a metric of a machine is an alarm."""

    what: str
    """What the machine is then; part of the alarm's name."""
    namespace: Literal["AWS/EC2", "AWS/EBS"]
    metric: str
    statistic: Literal["Average", "Maximum"]
    period: int
    """Seconds between two values."""
    periods: int
    """So many values in a row."""
    threshold: int
    """At least this value."""
    missing: Literal["breaching", "notBreaching"]
    """What a value counts as that was not reported."""


BROKEN = Alarm("broken", "AWS/EC2", "StatusCheckFailed", "Maximum", 60, 5, 1, "breaching")
"""A stopped instance reports nothing, which counts. A new one does so for two to three minutes, and is no alarm."""
BUSY = Alarm("busy", "AWS/EC2", "CPUUtilization", "Average", 300, 3, 90, "notBreaching")
STALLED = Alarm("stalled", "AWS/EBS", "VolumeStalledIOCheck", "Maximum", 60, 5, 1, "notBreaching")
"""The data volume completes no input or output."""


def alarm(
    kind: Alarm,
    host: str,
    dimensions: Mapping[str, pulumi.Input[str]],
    topic: str | None,
    tags: Tags,
    opts: pulumi.ResourceOptions,
) -> None:
    """Create an alarm of a machine. `topic`: the ARN that it is sent to, if any."""
    topics = [topic] if topic else None
    cloudwatch.MetricAlarm(
        f"{host}-{kind.what}",
        namespace=kind.namespace,
        metric_name=kind.metric,
        dimensions=dimensions,
        statistic=kind.statistic,
        period=kind.period,
        evaluation_periods=kind.periods,
        threshold=kind.threshold,
        comparison_operator="GreaterThanOrEqualToThreshold",
        treat_missing_data=kind.missing,
        alarm_description=f"{tags.stack}: {host} is {kind.what}",
        alarm_actions=topics,
        ok_actions=topics,
        tags=tags.of(f"{host}-{kind.what}"),
        opts=opts,
    )
