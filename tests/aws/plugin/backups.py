"""Policies of Amazon Data Lifecycle Manager."""

from typing import Any, ClassVar

from tests.aws.plugin.api import AwsKind, pairs
from tests.aws.plugin.values import Properties

__all__ = ["LifecyclePolicy"]


class LifecyclePolicy(AwsKind):
    """A policy that makes snapshots of volumes, and deletes them."""

    inputs: ClassVar = {
        **dict.fromkeys(("description", "executionRoleArn", "state", "tags")),
        "policyDetails": {
            "resourceTypes": None,
            "targetTags": None,
            "schedules": [
                {
                    "name": None,
                    "copyTags": None,
                    "createRule": dict.fromkeys(("interval", "intervalUnit", "times")),
                    "retainRule": dict.fromkeys(("count", "interval", "intervalUnit")),
                }
            ],
        },
    }
    required = ("description", "executionRoleArn", "policyDetails")
    outputs = ("arn", "tagsAll")

    def create(self, inputs: Properties) -> str:
        """Make it."""
        made = self.cloud.dlm("create_lifecycle_policy", **_asked(inputs), Tags=inputs.get("tags"))
        return str(made["PolicyId"])

    def read(self, identity: str, inputs: Properties) -> Properties | None:  # noqa: ARG002
        """Describe it."""
        found = self.cloud.dlm("get_lifecycle_policy", PolicyId=identity)["Policy"]
        details = found["PolicyDetails"]
        return {
            "description": found["Description"],
            "executionRoleArn": found["ExecutionRoleArn"],
            "state": found["State"],
            "policyDetails": {
                "resourceTypes": details["ResourceTypes"],
                "targetTags": {tag["Key"]: tag["Value"] for tag in details["TargetTags"]},
                "schedules": [_found(schedule) for schedule in details["Schedules"]],
            },
            "tags": found.get("Tags", {}),
            "tagsAll": found.get("Tags", {}),
            "arn": found["PolicyArn"],
        }

    def update(self, identity: str, old: Properties, new: Properties) -> None:
        """Change all but the tags with one call, as the official provider does, and then those."""
        if _asked(old) != _asked(new):
            self.cloud.dlm("update_lifecycle_policy", PolicyId=identity, **_asked(new))
        before, after = old.get("tags", {}), new.get("tags", {})
        if before == after:
            return
        arn = self.cloud.dlm("get_lifecycle_policy", PolicyId=identity)["Policy"]["PolicyArn"]
        if lost := [name for name in before if name not in after]:
            self.cloud.dlm("untag_resource", ResourceArn=arn, TagKeys=lost)
        if after:
            self.cloud.dlm("tag_resource", ResourceArn=arn, Tags=after)

    def delete(self, identity: str, inputs: Properties) -> None:  # noqa: ARG002
        """Remove it; the snapshots stay."""
        self.cloud.dlm("delete_lifecycle_policy", PolicyId=identity)


def _asked(inputs: Properties) -> dict[str, Any]:
    details = inputs["policyDetails"]
    return {
        "Description": inputs["description"],
        "ExecutionRoleArn": inputs["executionRoleArn"],
        "State": inputs.get("state", "ENABLED"),
        "PolicyDetails": {
            "PolicyType": "EBS_SNAPSHOT_MANAGEMENT",
            "ResourceTypes": details["resourceTypes"],
            "TargetTags": pairs(details["targetTags"]),
            "Schedules": [_schedule(one) for one in details["schedules"]],
        },
    }


def _schedule(given: Properties) -> dict[str, Any]:
    made, kept = given["createRule"], given["retainRule"]
    retained = {"Count": kept.get("count"), "Interval": kept.get("interval"), "IntervalUnit": kept.get("intervalUnit")}
    return {
        "Name": given["name"],
        "CopyTags": given.get("copyTags", False),
        "CreateRule": {
            "Interval": made["interval"],
            "IntervalUnit": made.get("intervalUnit", "HOURS"),
            **({"Times": [made["times"]]} if "times" in made else {}),
        },
        "RetainRule": {name: value for name, value in retained.items() if value is not None},
    }


def _found(live: dict[str, Any]) -> Properties:
    made, kept = live["CreateRule"], live["RetainRule"]
    retained = {"count": kept.get("Count"), "interval": kept.get("Interval"), "intervalUnit": kept.get("IntervalUnit")}
    return {
        "name": live["Name"],
        "copyTags": live["CopyTags"],
        "createRule": {
            "interval": made["Interval"],
            "intervalUnit": made["IntervalUnit"],
            **({"times": made["Times"][0]} if made.get("Times") else {}),
        },
        "retainRule": {name: value for name, value in retained.items() if value is not None},
    }
