"""Security groups: for each flow, a rule at both ends that belong to the stack, and nothing else.

A rule that somebody adds by hand is drift: a refresh finds it, and the next up removes it.
"""

from collections.abc import Sequence

import pulumi
from pulumi_aws import ec2, vpc

from components.hosts.aws.tags import Tags
from components.topology.machine import Flow, Group, Outside, Ports

_Id = pulumi.Input[str]
_Rule = vpc.SecurityGroupIngressRule | vpc.SecurityGroupEgressRule


class Firewall(pulumi.ComponentResource):
    """The groups of all machines, with the rules between them."""

    def __init__(
        self,
        flows: Sequence[Flow],
        groups: Sequence[Group],
        vpc_id: pulumi.Input[str],
        tags: Tags,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("servicechain:aws:Firewall", "firewall", None, opts)
        self._tags = tags
        mine = pulumi.ResourceOptions(parent=self)
        self._groups = {
            group.name: ec2.SecurityGroup(
                group.name,
                description=f"{tags.stack}: {group.name}",
                vpc_id=vpc_id,
                tags=tags.of(group.name),
                opts=mine,
            )
            for group in groups
        }
        self.rules: list[pulumi.Resource] = []
        """What has to exist before machines can connect to each other."""
        own: dict[str, tuple[list[_Id], list[_Id]]] = {group.name: ([], []) for group in groups}
        for flow in flows:
            if isinstance(flow.target, Group):
                rule = self._rule(vpc.SecurityGroupIngressRule, flow.target, "from", flow.source, flow)
                own[flow.target.name][0].append(rule.id)
            if isinstance(flow.source, Group):
                rule = self._rule(vpc.SecurityGroupEgressRule, flow.source, "to", flow.target, flow)
                own[flow.source.name][1].append(rule.id)
        for name, (ingress, egress) in own.items():
            ec2.VpcSecurityGroupRulesExclusive(
                f"{name}-rules",
                security_group_id=self._groups[name].id,
                ingress_rule_ids=ingress,
                egress_rule_ids=egress,
                opts=mine,
            )
        self.register_outputs({})

    def ids(self, groups: Sequence[Group]) -> list[pulumi.Output[str]]:
        """Return the ids of groups."""
        return [self._groups[group.name].id for group in groups]

    def _rule(self, kind: type[_Rule], own: Group, way: str, peer: Group | Outside, flow: Flow) -> _Rule:
        name = f"{own.name}-{way}-{_name(peer)}-{_ports(flow.ports)}"
        rule = kind(
            name,
            security_group_id=self._groups[own.name].id,
            cidr_ipv4=_cidr(peer),
            referenced_security_group_id=self._id(peer),
            ip_protocol=flow.ports.protocol,
            from_port=flow.ports.first,
            to_port=flow.ports.last,
            description=flow.why,
            tags=self._tags.of(name),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.rules.append(rule)
        return rule

    def _id(self, end: Group | Outside) -> pulumi.Output[str] | None:
        return self._groups[end.name].id if isinstance(end, Group) else None


def _cidr(end: Group | Outside) -> str | None:
    return end.cidr if isinstance(end, Outside) else None


def _name(end: Group | Outside) -> str:
    return end.name if isinstance(end, Group) else end.cidr


def _ports(ports: Ports) -> str:
    return f"{ports.protocol}-{ports.first}" + ("" if ports.last == ports.first else f"-{ports.last}")
