"""What the program never asks for: one resource for each policy on resources, and one beside it that keeps to it."""

import pulumi
import pulumi_aws as aws
from pulumi_command import remote

here = pulumi.ResourceOptions(provider=aws.Provider("aws", region=pulumi.Config().require("region")))

for name, encrypted in (("good", True), ("bad", False)):
    aws.ebs.Volume(f"{name}-volume", availability_zone="ap-northeast-2a", size=20, encrypted=encrypted, opts=here)

for name, tokens in (("good", "required"), ("bad", "optional")):
    aws.ec2.Instance(
        f"{name}-instance",
        ami="ami-12345678",
        instance_type="t3.micro",
        primary_network_interface={"network_interface_id": "eni-12345678"},
        metadata_options={"http_tokens": tokens},
        root_block_device={"encrypted": True},
        opts=here,
    )

for name, network in (("good", "10.0.0.0/16"), ("bad", "0.0.0.0/0")):
    aws.vpc.SecurityGroupIngressRule(
        f"{name}-rule",
        security_group_id="sg-12345678",
        ip_protocol="tcp",
        from_port=8551,
        to_port=8551,
        cidr_ipv4=network,
        opts=here,
    )

for name, apis in (("good", "klay,eth"), ("bad", "klay,subbridge")):
    remote.Command(
        f"{name}-kscnd.service",
        connection={"host": "127.0.0.1"},
        create="cat",
        stdin=f"ExecStart=kscn \\\n    --rpc \\\n    --rpcapi {apis} \\\n    --rpcport 8551\n",
    )
