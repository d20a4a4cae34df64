"""Session Manager of AWS Systems Manager: a shell for people on every machine, next to SSH.

Its agent on a machine takes the role of the instance and calls the service; nobody connects to the machine.
"""

import pulumi
from pulumi_aws import iam

from components.hosts.aws.roles import partition, path, service_role
from components.hosts.aws.tags import Tags

POLICY = "policy/AmazonSSMManagedInstanceCore"
"""What the agent needs. It also lets whoever has the role read all parameters of Systems Manager in the account."""
NAME = "session-manager"


def instance_profile(region: str, tags: Tags, opts: pulumi.ResourceOptions) -> pulumi.Output[str]:
    """Return the name of a new instance profile with which the agent of a machine may talk to the service."""
    service = service_of(region)
    role = service_role(NAME, service, POLICY, "Session Manager", region=region, tags=tags, opts=opts)
    profile = iam.InstanceProfile(
        NAME,
        path=path(tags),
        role=role.name,
        tags=tags.of(NAME),
        # An agent that finds no rights asks again only after half an hour.
        opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[role.allowed])),
    )
    return profile.name


def service_of(region: str) -> str:
    """Return the name of EC2 in the document that says who may take a role."""
    return "ec2.amazonaws.com" + (".cn" if partition(region) == "aws-cn" else "")
