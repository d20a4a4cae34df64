"""The `aws` plugin of the tests: which resource is made by what."""

import json
from collections.abc import Mapping

from tests.aws.plugin import (
    addresses,
    alarms,
    backups,
    firewall,
    logs,
    lookups,
    machines,
    network,
    roles,
    routes,
    rules,
    storage,
)
from tests.aws.plugin.api import AwsKind, Cloud
from tests.aws.plugin.kind import Function, Kind
from tests.aws.plugin.server import Plugin, serve
from tests.aws.plugin.values import Properties

__all__ = ["VERSION", "main"]

VERSION = "7.51.1"
"""Of the official plugin whose place this one takes."""

_KINDS: Mapping[str, type[AwsKind]] = {
    "aws:cloudwatch/metricAlarm:MetricAlarm": alarms.MetricAlarm,
    "aws:cloudwatch/logGroup:LogGroup": logs.LogGroup,
    "aws:dlm/lifecyclePolicy:LifecyclePolicy": backups.LifecyclePolicy,
    "aws:ebs/volume:Volume": storage.Volume,
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": firewall.DefaultSecurityGroup,
    "aws:ec2/eip:Eip": addresses.Eip,
    "aws:ec2/flowLog:FlowLog": logs.FlowLog,
    "aws:ec2/instance:Instance": machines.Instance,
    "aws:ec2/internetGateway:InternetGateway": network.InternetGateway,
    "aws:ec2/natGateway:NatGateway": addresses.NatGateway,
    "aws:ec2/networkInterface:NetworkInterface": addresses.NetworkInterface,
    "aws:ec2/route:Route": routes.Route,
    "aws:ec2/routeTable:RouteTable": routes.RouteTable,
    "aws:ec2/routeTableAssociation:RouteTableAssociation": routes.RouteTableAssociation,
    "aws:ec2/securityGroup:SecurityGroup": firewall.SecurityGroup,
    "aws:ec2/subnet:Subnet": network.Subnet,
    "aws:ec2/volumeAttachment:VolumeAttachment": storage.VolumeAttachment,
    "aws:ec2/vpc:Vpc": network.Vpc,
    "aws:ec2/vpcSecurityGroupRulesExclusive:VpcSecurityGroupRulesExclusive": rules.VpcSecurityGroupRulesExclusive,
    "aws:ec2transitgateway/instanceState:InstanceState": machines.InstanceState,
    "aws:iam/instanceProfile:InstanceProfile": roles.InstanceProfile,
    "aws:iam/role:Role": roles.Role,
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": roles.RolePolicyAttachment,
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": rules.SecurityGroupEgressRule,
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": rules.SecurityGroupIngressRule,
}


def main() -> None:
    """Serve the engine."""
    # The last two are what the SDK always sends, with its own defaults.
    settings = frozenset(
        {"region", "allowedAccountIds", "version", "skipCredentialsValidation", "skipRegionValidation"}
    )
    serve(Plugin("aws", VERSION, settings, frozenset({"region"}), _connect))


def _connect(settings: Properties) -> tuple[Mapping[str, Kind], Mapping[str, Function]]:
    cloud = Cloud(settings.get("region"))
    if "allowedAccountIds" in settings:  # settings other than text come as JSON
        cloud.refuse_other_accounts(json.loads(settings["allowedAccountIds"]))
    return {token: kind(cloud) for token, kind in _KINDS.items()}, lookups.functions(cloud)
