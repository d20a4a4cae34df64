"""Roles of IAM that services of AWS take to work for a stack."""

import json

import pulumi
from pulumi_aws import iam

from components.hosts.aws.tags import Tags


def service_role(name: str, service: str, what_for: str, tags: Tags, opts: pulumi.ResourceOptions) -> iam.Role:
    """Create a role that one service may take. Its path has the stack, so that policies can name all of its roles."""
    allowed = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return iam.Role(
        name,
        path=f"/servicechain-ha/{tags.stack}/",
        assume_role_policy=json.dumps({"Version": "2012-10-17", "Statement": [allowed]}),
        description=f"{tags.stack}: {what_for}",
        tags=tags.of(name),
        opts=opts,
    )


def partition(region: str) -> str:
    """Return the partition of a region, the second part of an ARN."""
    return {"cn": "aws-cn", "us-gov": "aws-us-gov"}.get(region.rpartition("-")[0].rpartition("-")[0], "aws")
