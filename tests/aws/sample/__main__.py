"""One machine with a disk and an address that outlive it, in a network with a way out, an alarm, and a backup."""

import base64
import json
from typing import Any

import pulumi
import pulumi_aws as aws

config = pulumi.Config()
region = config.require("region")
tags = {"Project": "sample", **(config.get_object("tags") or {})}


def taken_by(service: str) -> str:
    """Return the document of a role that a service may take."""
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


provider = aws.Provider("aws", region=region, allowed_account_ids=[config.get("account") or "123456789012"])
here = pulumi.ResourceOptions(provider=provider)
asking = pulumi.InvokeOptions(provider=provider)

image = aws.ec2.get_ami(
    most_recent=True,
    owners=[config.require("owner")],
    filters=[{"name": "name", "values": ["ubuntu-*"]}, {"name": "architecture", "values": ["x86_64"]}],
    opts=asking,
)

vpc = aws.ec2.Vpc("vpc", cidr_block="10.9.0.0/16", enable_dns_hostnames=True, tags=tags, opts=here)
own: dict[str, Any] = {} if config.get_bool("lenient") else {"ingress": [], "egress": []}
aws.ec2.DefaultSecurityGroup("default", vpc_id=vpc.id, tags=tags, opts=here, **own)
gateway = aws.ec2.InternetGateway("gateway", vpc_id=vpc.id, tags=tags, opts=here)

public = aws.ec2.Subnet(
    "public",
    vpc_id=vpc.id,
    cidr_block="10.9.0.0/24",
    availability_zone=f"{region}b",
    map_public_ip_on_launch=False,
    tags=tags,
    opts=here,
)
private = aws.ec2.Subnet(
    "private", vpc_id=vpc.id, cidr_block="10.9.1.0/24", availability_zone=f"{region}b", tags=tags, opts=here
)
nat_address = aws.ec2.Eip("nat", domain="vpc", tags=tags, opts=here)
nat = aws.ec2.NatGateway(
    "nat", allocation_id=nat_address.allocation_id, subnet_id=public.id, private_ip="10.9.0.9", tags=tags, opts=here
)
for name, subnet, target in (
    ("public", public, {"gateway_id": gateway.id}),
    ("private", private, {"nat_gateway_id": nat.id}),
):
    table = aws.ec2.RouteTable(name, vpc_id=vpc.id, tags=tags, opts=here)
    aws.ec2.Route(name, route_table_id=table.id, destination_cidr_block="0.0.0.0/0", **target, opts=here)
    aws.ec2.RouteTableAssociation(name, subnet_id=subnet.id, route_table_id=table.id, opts=here)

group = aws.ec2.SecurityGroup(
    "nodes", description="nodes", vpc_id=vpc.id, revoke_rules_on_delete=True, tags=tags, opts=here
)
peers = aws.vpc.SecurityGroupIngressRule(
    "peers",
    security_group_id=group.id,
    ip_protocol="tcp",
    from_port=32323,
    to_port=32323,
    referenced_security_group_id=group.id,
    description="peers",
    tags=tags,
    opts=here,
)
ssh = aws.vpc.SecurityGroupIngressRule(
    "ssh",
    security_group_id=group.id,
    ip_protocol="tcp",
    from_port=22,
    to_port=22,
    cidr_ipv4=config.get("from") or "192.0.2.0/24",
    description="ssh",
    opts=here,
)
everybody: dict[str, Any] = {"out-4": {"cidr_ipv4": "0.0.0.0/0"}, "out-6": {"cidr_ipv6": "::/0"}}
out = [
    aws.vpc.SecurityGroupEgressRule(name, security_group_id=group.id, ip_protocol="-1", **peer, opts=here)
    for name, peer in everybody.items()
]
aws.ec2.VpcSecurityGroupRulesExclusive(
    "rules",
    security_group_id=group.id,
    ingress_rule_ids=[peers.id, ssh.id],
    egress_rule_ids=[rule.id for rule in out],
    opts=here,
)

interface = aws.ec2.NetworkInterface(
    "machine", subnet_id=private.id, security_groups=[group.id], description="machine", tags=tags, opts=here
)
aws.ec2.Eip("machine", domain="vpc", network_interface=interface.id, tags=tags, opts=here)
other = aws.ec2.NetworkInterface("other", subnet_id=private.id, private_ips=["10.9.1.77"], opts=here)

disk = aws.ebs.Volume(
    "data",
    availability_zone=private.availability_zone,
    size=config.get_int("size") or 100,
    type="gp3",
    iops=3000,
    throughput=250,
    encrypted=True,
    final_snapshot=False,
    tags=tags,
    opts=here,
)
profile = aws.iam.InstanceProfile(
    "machine",
    path="/sample/",
    role=aws.iam.Role(
        "machine",
        path="/sample/",
        assume_role_policy=taken_by("ec2.amazonaws.com"),
        opts=here,
    ).name,
    tags=tags,
    opts=here,
)
machine = aws.ec2.Instance(
    "machine",
    iam_instance_profile=None if config.get_bool("powerless") else profile.name,
    ami=config.get("image") or image.id,
    instance_type=config.get("type") or "m6i.large",
    primary_network_interface={"network_interface_id": interface.id},
    user_data_base64=pulumi.Output.secret(base64.b64encode(config.require("secret").encode()).decode()),
    user_data_replace_on_change=not config.get_bool("keep"),
    metadata_options={
        "http_endpoint": "enabled",
        "http_tokens": "required",
        "http_put_response_hop_limit": 1,
        "instance_metadata_tags": "disabled",
    },
    root_block_device={
        "encrypted": True,
        "volume_type": "gp3",
        "volume_size": 20,
        "delete_on_termination": True,
        "tags": tags,
    },
    disable_api_termination=config.get_bool("protected") or False,
    force_destroy=config.get_bool("force") or False,
    ebs_optimized=True,
    monitoring=True,
    maintenance_options={"auto_recovery": "default"},
    instance_initiated_shutdown_behavior="stop",
    tags=tags,
    opts=pulumi.ResourceOptions(provider=provider, delete_before_replace=True),
)
aws.ec2.VolumeAttachment(
    "data",
    device_name="/dev/sdf",
    volume_id=disk.id,
    instance_id=machine.id,
    stop_instance_before_detaching=True,
    opts=pulumi.ResourceOptions(
        provider=provider,
        delete_before_replace=True,
        deleted_with=None if config.get_bool("lenient") else machine,
    ),
)
aws.ec2transitgateway.InstanceState("running", instance_id=machine.id, state="running", opts=here)
aws.cloudwatch.MetricAlarm(
    "status",
    namespace="AWS/EC2",
    metric_name="StatusCheckFailed",
    dimensions={"InstanceId": machine.id},
    statistic="Maximum",
    period=60,
    evaluation_periods=2,
    threshold=1,
    comparison_operator="GreaterThanOrEqualToThreshold",
    alarm_actions=["arn:aws:sns:eu-central-1:123456789012:alarms"],
    ok_actions=[],
    treat_missing_data="breaching",
    alarm_description="the machine",
    tags=tags,
    opts=here,
)

role = aws.iam.Role(
    "backup",
    path="/sample/",
    assume_role_policy=taken_by("dlm.amazonaws.com"),
    description="snapshots",
    tags=tags,
    opts=here,
)
aws.iam.RolePolicyAttachment(
    "backup",
    role=role.name,
    policy_arn="arn:aws:iam::aws:policy/service-role/AWSDataLifecycleManagerServiceRole",
    opts=here,
)
lifecycle = aws.dlm.LifecyclePolicy(
    "backup",
    description="snapshots",
    execution_role_arn=role.arn,
    state="ENABLED",
    policy_details={
        "resource_types": ["VOLUME"],
        "target_tags": {"Project": "sample"},
        "schedules": [
            {
                "name": "daily",
                "copy_tags": True,
                "create_rule": {"interval": 24, "interval_unit": "HOURS", "times": "03:00"},
                "retain_rule": {"count": config.get_int("kept") or 7},
            }
        ],
    },
    tags=tags,
    opts=here,
)

aws.ec2.FlowLog(
    "flows",
    vpc_id=vpc.id,
    traffic_type="ALL",
    log_destination_type="cloud-watch-logs",
    log_destination=aws.cloudwatch.LogGroup(
        "flows", name_prefix="/sample/", retention_in_days=config.get_int("kept") or 7, tags=tags, opts=here
    ).arn,
    iam_role_arn=role.arn,
    tags=tags,
    opts=here,
)

pulumi.export("instance", machine.id)
pulumi.export("lifecycle", lifecycle.id)
pulumi.export("profile", profile.name)
pulumi.export("role", role.name)
pulumi.export("volume", disk.id)
pulumi.export("address", machine.private_ip)
pulumi.export("interface", interface.id)
pulumi.export("group", group.id)
pulumi.export("vpc", vpc.id)
pulumi.export("natAddress", nat.private_ip)
pulumi.export("imageName", image.name)
pulumi.export("subnetZone", aws.ec2.get_subnet_output(id=private.id, opts=asking).availability_zone)
pulumi.export("vpcBlock", aws.ec2.get_vpc_output(id=vpc.id, opts=asking).cidr_block)
