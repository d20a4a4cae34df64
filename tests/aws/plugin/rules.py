"""Who may speak with whom: the rules of security groups."""

from typing import Any, ClassVar

from tests.aws.plugin.api import AwsKind, tagged
from tests.aws.plugin.firewall import referenced, revoke
from tests.aws.plugin.values import Properties

__all__ = ["SecurityGroupEgressRule", "SecurityGroupIngressRule", "VpcSecurityGroupRulesExclusive"]


class _Rule(AwsKind):
    """A rule of a group."""

    resource_type = "security-group-rule"
    inputs = dict.fromkeys(
        (
            *("securityGroupId", "ipProtocol", "fromPort", "toPort", "cidrIpv4", "cidrIpv6"),
            *("referencedSecurityGroupId", "description", "tags"),
        )
    )
    required = ("securityGroupId", "ipProtocol")
    outputs = ("arn", "tagsAll", "securityGroupRuleId")
    replaced_by = ("securityGroupId",)
    direction: ClassVar[str]

    def problems(self, inputs: Properties) -> list[tuple[str, str]]:
        """Say so, too, when there is not one peer."""
        found = super().problems(inputs)
        if len(inputs.keys() & {"cidrIpv4", "cidrIpv6", "referencedSecurityGroupId"}) != 1:
            found.append(("cidrIpv4", "or cidrIpv6 or referencedSecurityGroupId has to be given, one of them"))
        return found

    def create(self, inputs: Properties) -> str:
        """Make it."""
        described = {"Description": inputs["description"]} if "description" in inputs else {}
        peers = [
            ("cidrIpv4", "IpRanges", "CidrIp"),
            ("cidrIpv6", "Ipv6Ranges", "CidrIpv6"),
            ("referencedSecurityGroupId", "UserIdGroupPairs", "GroupId"),
        ]
        ports = {"FromPort": inputs.get("fromPort"), "ToPort": inputs.get("toPort")}
        permission = {
            "IpProtocol": inputs["ipProtocol"],
            **{name: port for name, port in ports.items() if port is not None},
            **{listed: [{key: inputs[name], **described}] for name, listed, key in peers if name in inputs},
        }
        made = self.ec2(
            f"authorize_security_group_{self.direction}",
            GroupId=inputs["securityGroupId"],
            IpPermissions=[permission],
            TagSpecifications=self.tags(inputs),
        )
        return str(made["SecurityGroupRules"][0]["SecurityGroupRuleId"])

    def read(self, identity: str, inputs: Properties) -> Properties | None:
        """Describe it."""
        rule = self.ec2("describe_security_group_rules", SecurityGroupRuleIds=[identity])["SecurityGroupRules"][0]
        # EC2 tells -1 where there are no ports to tell.
        ports = {"fromPort": rule["FromPort"], "toPort": rule["ToPort"]}
        return {
            "arn": self.cloud.arn("", self.resource_type, identity),
            **tagged(rule),
            "securityGroupRuleId": identity,
            "securityGroupId": rule["GroupId"],
            "ipProtocol": rule["IpProtocol"],
            **{name: port for name, port in ports.items() if port != -1 or name in inputs},
            "cidrIpv4": rule.get("CidrIpv4"),
            "cidrIpv6": rule.get("CidrIpv6"),
            "referencedSecurityGroupId": referenced(rule),
            "description": rule.get("Description") or None,
        }

    def update(self, identity: str, old: Properties, new: Properties) -> None:
        """Change it in place."""
        names = {
            "ipProtocol": "IpProtocol",
            "fromPort": "FromPort",
            "toPort": "ToPort",
            "cidrIpv4": "CidrIpv4",
            "cidrIpv6": "CidrIpv6",
            "referencedSecurityGroupId": "ReferencedGroupId",
            "description": "Description",
        }
        rule = {"SecurityGroupRuleId": identity, "SecurityGroupRule": {names[n]: new[n] for n in names if n in new}}
        self.ec2("modify_security_group_rules", GroupId=new["securityGroupId"], SecurityGroupRules=[rule])
        self.retag(identity, old, new)

    def delete(self, identity: str, inputs: Properties) -> None:
        """Remove it."""
        rule = {"GroupId": inputs["securityGroupId"], "SecurityGroupRuleId": identity}
        self.read(identity, inputs)  # says Gone in the one way
        revoke(self.cloud, [{**rule, "IsEgress": self.direction == "egress"}])


class SecurityGroupIngressRule(_Rule):
    """What may come in."""

    direction = "ingress"


class SecurityGroupEgressRule(_Rule):
    """What may go out."""

    direction = "egress"


class VpcSecurityGroupRulesExclusive(AwsKind):
    """That a group has the rules of the program and no others."""

    inputs = dict.fromkeys(("securityGroupId", "ingressRuleIds", "egressRuleIds"))
    required = ("securityGroupId", "ingressRuleIds", "egressRuleIds")
    replaced_by = ("securityGroupId",)

    def create(self, inputs: Properties) -> str:
        """Find the group."""
        return str(inputs["securityGroupId"])

    def complete(self, identity: str, inputs: Properties) -> None:
        """Take away all rules but those of the program."""
        kept = {*inputs["ingressRuleIds"], *inputs["egressRuleIds"]}
        revoke(self.cloud, [rule for rule in self._rules(identity) if rule["SecurityGroupRuleId"] not in kept])

    def read(self, identity: str, inputs: Properties) -> Properties | None:  # noqa: ARG002
        """List the rules of the group."""
        self.ec2("describe_security_groups", GroupIds=[identity])  # says Gone in the one way
        ids = {
            egress: sorted(rule["SecurityGroupRuleId"] for rule in self._rules(identity) if rule["IsEgress"] == egress)
            for egress in (False, True)
        }
        return {"securityGroupId": identity, "ingressRuleIds": ids[False], "egressRuleIds": ids[True]}

    def update(self, identity: str, old: Properties, new: Properties) -> None:  # noqa: ARG002
        """Take away what is not of the program again."""
        self.complete(identity, new)

    def delete(self, identity: str, inputs: Properties) -> None:
        """Leave the group as it is."""

    def _rules(self, identity: str) -> list[dict[str, Any]]:
        filters = [{"Name": "group-id", "Values": [identity]}]
        found: list[dict[str, Any]] = self.ec2("describe_security_group_rules", Filters=filters)["SecurityGroupRules"]
        return found
