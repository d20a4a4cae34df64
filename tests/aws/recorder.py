"""Which actions of AWS a server was asked for: what a policy of IAM has to allow to whoever asked.

with recorder.applied():
    ...
    recorder.taken()  # {"ec2:RunInstances", "sts:GetCallerIdentity"}
"""

from typing import Any

from moto.core.responses import BaseResponse

from tests.aws.manners import Manners

__all__ = ["BY_HAND", "applied", "taken"]

BY_HAND = "by-hand"
"""In the user agent of a test's own client, whose calls are not recorded."""

_PREFIXES = {"service-quotas": "servicequotas"}
"""What IAM calls a service, where it is not the name of its API."""
_asked: set[str] = set()
_manners = Manners()
applied = _manners.applied


def taken() -> frozenset[str]:
    """Return the actions since the last time, such as ec2:RunInstances."""
    found = frozenset(_asked)
    _asked.clear()
    return found


@_manners.instead_of(BaseResponse, "call_action")
def _record(original: Any, response: Any) -> Any:
    if BY_HAND not in response.headers.get("User-Agent", ""):
        service = str(response.service_name)
        _asked.add(f"{_PREFIXES.get(service, service)}:{response._get_action()}")  # moto has no other way
    return original(response)
