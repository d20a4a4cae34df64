"""Who may speak with whom: security groups. Their rules are in `rules`."""

from collections.abc import Sequence
from typing import Any, ClassVar

from tests.aws.plugin.api import AwsKind, Cloud
from tests.aws.plugin.kind import Gone
from tests.aws.plugin.values import Properties

__all__ = ["DefaultSecurityGroup", "SecurityGroup", "referenced", "revoke"]

_DIRECTIONS = ("ingress", "egress")


class SecurityGroup(AwsKind):
    """A group whose rules are resources of their own."""

    resource_type = "security-group"
    inputs = dict.fromkeys(("name", "description", "vpcId", "revokeRulesOnDelete", "tags"))
    outputs: ClassVar[Sequence[str]] = ("arn", "ownerId", "tagsAll", "vpcId")
    replaced_by: ClassVar[Sequence[str]] = ("name", "description", "vpcId")
    unread: ClassVar[Sequence[str]] = ("revokeRulesOnDelete",)
    named = True

    def create(self, inputs: Properties) -> str:
        """Make it."""
        made = self.ec2(
            "create_security_group",
            GroupName=inputs["name"],
            Description=inputs.get("description", "Managed by Pulumi"),
            VpcId=inputs.get("vpcId"),
            TagSpecifications=self.tags(inputs),
        )
        return str(made["GroupId"])

    def complete(self, identity: str, inputs: Properties) -> None:  # noqa: ARG002
        """Take away the rule that lets everything out, with which AWS makes groups: the official provider does so."""
        revoke(self.cloud, self._rules(identity))

    def read(self, identity: str, inputs: Properties) -> Properties | None:  # noqa: ARG002
        """Describe it."""
        group = self.ec2("describe_security_groups", GroupIds=[identity])["SecurityGroups"][0]
        return {
            **self.common(identity, group),
            "name": group["GroupName"],
            "description": group["Description"],
            "vpcId": group["VpcId"],
        }

    def update(self, identity: str, old: Properties, new: Properties) -> None:
        """Set tags."""
        self.retag(identity, old, new)

    def delete(self, identity: str, inputs: Properties) -> None:
        """Remove it; if so wished, its rules before, and those of other groups that name it."""
        if inputs.get("revokeRulesOnDelete"):
            every = self.ec2("describe_security_group_rules")["SecurityGroupRules"]
            revoke(self.cloud, [rule for rule in every if identity in {rule["GroupId"], referenced(rule)}])
        self.ec2("delete_security_group", GroupId=identity)

    def _rules(self, identity: str) -> list[dict[str, Any]]:
        filters = [{"Name": "group-id", "Values": [identity]}]
        rules: list[dict[str, Any]] = self.ec2("describe_security_group_rules", Filters=filters)["SecurityGroupRules"]
        return rules


class DefaultSecurityGroup(SecurityGroup):
    """The group that AWS makes with a network, taken over: without rules nothing uses it by accident."""

    inputs = dict.fromkeys(("vpcId", "tags", *_DIRECTIONS))
    """Without a list of rules, rules are not looked at; an empty list is kept empty."""
    required = ("vpcId",)
    outputs = ("arn", "ownerId", "tagsAll", "name", "description", *_DIRECTIONS)
    replaced_by = ("vpcId",)
    unread = ()
    named = False

    def problems(self, inputs: Properties) -> list[tuple[str, str]]:
        """Refuse rules."""
        return super().problems(inputs) + [(name, "has no rules here") for name in _DIRECTIONS if inputs.get(name)]

    def create(self, inputs: Properties) -> str:
        """Find it."""
        filters = [
            {"Name": "vpc-id", "Values": [inputs["vpcId"]]},
            {"Name": "group-name", "Values": ["default"]},
        ]
        found = self.ec2("describe_security_groups", Filters=filters)["SecurityGroups"]
        if not found:
            msg = f"{inputs['vpcId']} has no default security group"
            raise Gone(msg)
        return str(found[0]["GroupId"])

    def complete(self, identity: str, inputs: Properties) -> None:
        """Take away all rules, and set tags."""
        super().complete(identity, inputs)
        self.retag(identity, {}, inputs)

    def read(self, identity: str, inputs: Properties) -> Properties | None:
        """Describe it with its rules, of which there should be none."""
        live = super().read(identity, inputs) or {}
        for direction in _DIRECTIONS:
            live[direction] = sorted(
                f"{rule['IpProtocol']} {rule['FromPort']}-{rule['ToPort']} "
                f"{rule.get('CidrIpv4') or rule.get('CidrIpv6') or referenced(rule)}"
                for rule in self._rules(identity)
                if rule["IsEgress"] == (direction == "egress")
            )
        return live

    def update(self, identity: str, old: Properties, new: Properties) -> None:
        """Take away rules in the directions that are to have none, and set tags."""
        wanted = {direction == "egress" for direction in _DIRECTIONS if direction in new}
        revoke(self.cloud, [rule for rule in self._rules(identity) if rule["IsEgress"] in wanted])
        self.retag(identity, old, new)

    def delete(self, identity: str, inputs: Properties) -> None:
        """Leave it: it goes with its network."""


def revoke(cloud: Cloud, rules: list[dict[str, Any]]) -> None:
    """Take rules away from their groups."""
    for rule in rules:
        direction = "egress" if rule["IsEgress"] else "ingress"
        identities = [rule["SecurityGroupRuleId"]]
        cloud.ec2(f"revoke_security_group_{direction}", GroupId=rule["GroupId"], SecurityGroupRuleIds=identities)


def referenced(rule: dict[str, Any]) -> str | None:
    """Return the group that a rule names as its peer."""
    found: str | None = (rule.get("ReferencedGroupInfo") or {}).get("GroupId")
    return found
