"""Roles of IAM that services of AWS take to work for a stack."""

import json
from typing import NamedTuple

import pulumi
from pulumi_aws import iam

from components.hosts.aws.tags import Tags


class ServiceRole(NamedTuple):
    """A role, and what gives it its rights. What uses the role depends on both."""

    name: pulumi.Output[str]
    arn: pulumi.Output[str]
    allowed: iam.RolePolicyAttachment


def service_role(
    name: str, service: str, policy: str, what_for: str, *, region: str, tags: Tags, opts: pulumi.ResourceOptions
) -> ServiceRole:
    """Create a role that one service may take, with a policy of AWS, named by the end of its ARN.

    Its path names the stack, so that policies can name all of its roles.
    """
    taken_by = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    role = iam.Role(
        name,
        path=path(tags),
        assume_role_policy=json.dumps({"Version": "2012-10-17", "Statement": [taken_by]}),
        description=f"{tags.stack}: {what_for}",
        tags=tags.of(name),
        opts=opts,
    )
    arn = f"arn:{partition(region)}:iam::aws:{policy}"
    allowed = iam.RolePolicyAttachment(name, role=role.name, policy_arn=arn, opts=opts)
    return ServiceRole(role.name, role.arn, allowed)


def path(tags: Tags) -> str:
    """Return the path of all that the stack has in IAM."""
    return f"/servicechain-ha/{tags.stack}/"


def partition(region: str) -> str:
    """Return the partition of a region, the second part of an ARN."""
    return {"cn": "aws-cn", "us-gov": "aws-us-gov"}.get(region.rpartition("-")[0].rpartition("-")[0], "aws")
