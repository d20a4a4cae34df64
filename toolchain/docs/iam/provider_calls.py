"""What the official provider asks AWS for beyond what was recorded: the plugin of the tests is not that provider.

It reads more of each resource, and waits by reading. Two sources, neither of them a run against AWS: the lists of
Pike, a tool that knows the permissions of each resource of this provider (github.com/JamesWoolfenden/pike,
src/mapping/aws/resource, as of 2026-08-21), and the source of the provider (internal/service/ec2 in
github.com/hashicorp/terraform-provider-aws). Of Pike's lists, what belongs to inputs that this program never gives is
left out.
"""

from collections.abc import Mapping

READS: Mapping[str, tuple[str, ...]] = {
    "aws_instance": (
        "ec2:DescribeInstanceCreditSpecifications",  # of the type of the bastion
        "ec2:DescribeInstanceTypes",
        "ec2:DescribeTags",
    ),
    "aws_ebs_volume": (
        "ec2:DescribeSnapshots",
        "ec2:DescribeVolumeAttribute",
        "ec2:DescribeVolumesModifications",  # source: waits for a volume that grows
    ),
    "aws_eip": ("ec2:DescribeAddressesAttribute",),  # source: reads the domain name of each address
    "aws_vpc": ("ec2:DescribeAccountAttributes",),
}
"""By resource of the provider: what it reads."""

CHANGES: Mapping[str, tuple[str, ...]] = {
    "aws_cloudwatch_metric_alarm": ("cloudwatch:UntagResource",),
    # With tags, and with a role, what is made needs permissions that are no calls.
    "aws_dlm_lifecycle_policy": (
        *("dlm:TagResource", "dlm:UntagResource", "dlm:UpdateLifecyclePolicy"),
        "iam:PassRole",
    ),
    "aws_cloudwatch_log_group": ("logs:TagResource", "logs:UntagResource"),
    "aws_iam_instance_profile": ("iam:TagInstanceProfile", "iam:UntagInstanceProfile"),
    "aws_iam_role": ("iam:TagRole", "iam:UntagRole"),
    "aws_instance": ("ec2:ReplaceIamInstanceProfileAssociation",),
    "aws_network_interface": (
        "ec2:AssignPrivateIpAddresses",
        "ec2:ModifyNetworkInterfaceAttribute",
        "ec2:UnassignPrivateIpAddresses",
    ),
    "aws_route": ("ec2:ReplaceRoute",),
    "aws_route_table_association": ("ec2:ReplaceRouteTableAssociation",),
    "aws_subnet": ("ec2:ModifySubnetAttribute",),
    "aws_vpc_security_group_rule": ("ec2:ModifySecurityGroupRules",),  # source: another description of a rule
}
"""By resource of the provider: how it changes what exists, where the plugin of the tests had nothing to change."""


def reads() -> frozenset[str]:
    """Return all that it reads."""
    return frozenset(action for actions in READS.values() for action in actions)


def changes() -> frozenset[str]:
    """Return all further calls with which it changes something."""
    return frozenset(action for actions in CHANGES.values() for action in actions)
