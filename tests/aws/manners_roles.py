"""What IAM has and does, and moto does not."""

import json
from functools import cache
from typing import Any

from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.models import AWSManagedPolicy, IAMBackend

from tests.aws.manners import Manners

__all__ = ["manners"]

manners = Manners()
_ATTACHED = (
    *("AWSDataLifecycleManagerServiceRole", "AmazonAPIGatewayPushToCloudWatchLogs", "AmazonSSMManagedInstanceCore"),
)
"""Policies of AWS that roles of the program have. moto has no policy of AWS unless it loads them all."""


@manners.instead_of(IAMBackend, "_init_aws_policies")
def _have_the_policies_of_aws(_: Any, backend: Any) -> list[AWSManagedPolicy]:
    return [
        AWSManagedPolicy.from_data(name, backend.account_id, backend.region_name, _data()[name]) for name in _ATTACHED
    ]


@cache
def _data() -> dict[str, Any]:
    return {name: data for name, data in json.loads(aws_managed_policies_data).items() if name in _ATTACHED}
