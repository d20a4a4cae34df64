"""Log groups of CloudWatch, and flow logs of a VPC."""

import uuid

from tests.aws.plugin.api import AwsKind, tagged
from tests.aws.plugin.kind import Refused
from tests.aws.plugin.values import Properties

__all__ = ["FlowLog", "LogGroup"]

_DAYS = {1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653}


class LogGroup(AwsKind):
    """A log group. Its name is its id."""

    inputs = dict.fromkeys(("namePrefix", "retentionInDays", "tags"))
    required = ("namePrefix",)
    outputs = ("arn", "name", "tagsAll")
    replaced_by = ("namePrefix",)
    unread = ("namePrefix",)

    def problems(self, inputs: Properties) -> list[tuple[str, str]]:
        """Return what is wrong: the provider knows how long logs can be kept."""
        days = inputs.get("retentionInDays", 1)
        wrong = [] if days in _DAYS or not isinstance(days, int) else [("retentionInDays", f"{days} is not possible")]
        return super().problems(inputs) + wrong

    def create(self, inputs: Properties) -> str:
        """Make it, with a name that begins as wished."""
        name = f"{inputs['namePrefix']}{uuid.uuid4().hex[:12]}"
        self.cloud.logs("create_log_group", logGroupName=name, tags=inputs.get("tags"))
        return name

    def complete(self, identity: str, inputs: Properties) -> None:
        """Say how long it keeps logs."""
        self._keep(identity, inputs)

    def read(self, identity: str, inputs: Properties) -> Properties | None:  # noqa: ARG002
        """Describe it."""
        found = self.cloud.logs("describe_log_groups", logGroupNamePrefix=identity)["logGroups"]
        if not found:
            return None
        arn = found[0]["arn"].removesuffix(":*")
        tags = self.cloud.logs("list_tags_for_resource", resourceArn=arn)["tags"]
        return {
            "name": identity,
            "retentionInDays": found[0].get("retentionInDays"),
            "arn": arn,
            "tags": tags,
            "tagsAll": tags,
        }

    def update(self, identity: str, old: Properties, new: Properties) -> None:
        """Change how long it keeps logs, and its tags."""
        self._keep(identity, new)
        before, after = old.get("tags", {}), new.get("tags", {})
        arn = (self.read(identity, new) or {}).get("arn")
        if lost := [name for name in before if name not in after]:
            self.cloud.logs("untag_resource", resourceArn=arn, tagKeys=lost)
        if after and before != after:
            self.cloud.logs("tag_resource", resourceArn=arn, tags=after)

    def delete(self, identity: str, inputs: Properties) -> None:  # noqa: ARG002
        """Remove it, with all that is in it."""
        self.cloud.logs("delete_log_group", logGroupName=identity)

    def _keep(self, identity: str, inputs: Properties) -> None:
        if "retentionInDays" in inputs:
            days = inputs["retentionInDays"]
            self.cloud.logs("put_retention_policy", logGroupName=identity, retentionInDays=days)


class FlowLog(AwsKind):
    """Flow logs of a VPC."""

    resource_type = "vpc-flow-log"
    inputs = dict.fromkeys(("vpcId", "trafficType", "logDestinationType", "logDestination", "iamRoleArn", "tags"))
    required = ("vpcId",)
    outputs = ("arn", "tagsAll")
    replaced_by = ("vpcId", "trafficType", "logDestinationType", "logDestination", "iamRoleArn")

    def create(self, inputs: Properties) -> str:
        """Make them. The answer lists what EC2 could not make."""
        made = self.ec2(
            "create_flow_logs",
            ResourceIds=[inputs["vpcId"]],
            ResourceType="VPC",
            TrafficType=inputs.get("trafficType"),
            LogDestinationType=inputs.get("logDestinationType"),
            LogDestination=inputs.get("logDestination"),
            DeliverLogsPermissionArn=inputs.get("iamRoleArn"),
            TagSpecifications=self.tags(inputs),
        )
        if made.get("Unsuccessful"):
            raise Refused(made["Unsuccessful"][0]["Error"]["Message"])
        return str(made["FlowLogIds"][0])

    def read(self, identity: str, inputs: Properties) -> Properties | None:  # noqa: ARG002
        """Describe them."""
        found = self.ec2("describe_flow_logs", FlowLogIds=[identity])["FlowLogs"]
        if not found:
            return None
        return {
            "vpcId": found[0]["ResourceId"],
            "trafficType": found[0]["TrafficType"],
            "logDestinationType": found[0]["LogDestinationType"],
            "logDestination": found[0].get("LogDestination"),
            "iamRoleArn": found[0].get("DeliverLogsPermissionArn"),
            "arn": self.cloud.arn("", self.resource_type, identity),
            **tagged(found[0]),
        }

    def update(self, identity: str, old: Properties, new: Properties) -> None:
        """Change the tags: all else is a replacement."""
        self.retag(identity, old, new)

    def delete(self, identity: str, inputs: Properties) -> None:  # noqa: ARG002
        """Remove them; what was written stays."""
        self.ec2("delete_flow_logs", FlowLogIds=[identity])
