"""The policies of one region, and what the service refuses in them."""

import re
from typing import Any, NoReturn

from moto.core.base_backend import BackendDict, BaseBackend
from moto.core.exceptions import JsonRESTError
from moto.iam.models import iam_backends
from moto.moto_api._internal import mock_random

__all__ = ["DlmBackend", "dlm_backends"]

Policy = dict[str, Any]
"""As the service describes one."""

_PLAIN = re.compile(r"[0-9A-Za-z _-]{1,500}")
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_INTERVALS = (1, 2, 3, 4, 6, 8, 12, 24)


class _Missing(JsonRESTError):
    code = 404

    def __init__(self, identity: str) -> None:
        super().__init__(error_type="ResourceNotFoundException", message=f"{identity} was not found.")


class DlmBackend(BaseBackend):
    """One region of an account."""

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.policies: dict[str, Policy] = {}

    def create(self, asked: Policy) -> str:
        """Keep a policy, and return its id."""
        identity = f"policy-0{mock_random.get_random_hex(16)}"
        arn = f"arn:{self.partition}:dlm:{self.region_name}:{self.account_id}:policy/{identity}"
        self._check(asked)
        self.policies[identity] = {**asked, "PolicyId": identity, "PolicyArn": arn, "Tags": asked.get("Tags", {})}
        return identity

    def update(self, identity: str, asked: Policy) -> None:
        """Change what is given."""
        known = self.find(identity)
        later = {**known, **asked}
        self._check(later)
        if _kinds(known) != _kinds(later):
            _refuse("The retention type of a schedule cannot be changed after the policy was created.")
        self.policies[identity] = later

    def find(self, identity: str) -> Policy:
        """Return a policy."""
        if identity not in self.policies:
            raise _Missing(identity)
        return self.policies[identity]

    def by_arn(self, arn: str) -> Policy:
        """Return the policy of that ARN."""
        return self.find(arn.rpartition("/")[2])

    def delete(self, identity: str) -> None:
        """Forget a policy."""
        self.find(identity)
        del self.policies[identity]

    def _check(self, policy: Policy) -> None:
        """Refuse what the service would refuse of the kind of policy that the program makes."""
        if not _PLAIN.fullmatch(policy["Description"]):
            _refuse("Description has characters other than letters, digits, spaces, - and _.")
        roles = iam_backends[self.account_id][self.partition].roles.values()
        if policy["ExecutionRoleArn"] not in {role.arn for role in roles}:
            _refuse(f"{policy['ExecutionRoleArn']} does not exist or cannot be assumed by dlm.amazonaws.com.")
        details = policy["PolicyDetails"]
        if details.get("ResourceTypes") not in (["VOLUME"], ["INSTANCE"]) or not details.get("TargetTags"):
            _refuse("A policy for snapshots needs one resource type and target tags.")
        for schedule in details["Schedules"]:
            _check_schedule(schedule)


def _check_schedule(schedule: dict[str, Any]) -> None:
    made, kept = schedule["CreateRule"], schedule["RetainRule"]
    if not _PLAIN.fullmatch(schedule["Name"]) or len(schedule["Name"]) > 120:
        _refuse("The name of a schedule has characters other than letters, digits, spaces, - and _.")
    if made.get("Interval") not in _INTERVALS or made.get("IntervalUnit") != "HOURS":
        _refuse(f"Interval has to be one of {_INTERVALS} hours.")
    if len(made.get("Times", ())) > 1 or not all(map(_TIME.fullmatch, made.get("Times", ()))):
        _refuse("Times has to be one time, as hh:mm.")
    if kept.keys() == {"Count"}:
        if not 1 <= kept["Count"] <= 1000:
            _refuse("Count has to be 1 to 1000.")
    elif kept.keys() != {"Interval", "IntervalUnit"} or kept["IntervalUnit"] != "DAYS" or kept["Interval"] > 36500:
        _refuse("RetainRule needs either Count, or Interval and IntervalUnit.")


def _kinds(policy: Policy) -> list[bool]:
    return ["Count" in schedule["RetainRule"] for schedule in policy["PolicyDetails"]["Schedules"]]


def _refuse(sentence: str) -> NoReturn:
    raise JsonRESTError(error_type="InvalidRequestException", message=sentence)


dlm_backends = BackendDict(DlmBackend, "dlm")
