"""Policies of the KMS keys of a bridge: of its disks, of an owner of its contracts, and of its state. Pure.

The resource of a key policy is the key itself, which is written as *.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from toolchain.docs.iam.policies import VERSION

ADMINISTERS = (
    *("kms:CancelKeyDeletion", "kms:CreateAlias", "kms:DeleteAlias", "kms:DescribeKey", "kms:DisableKey"),
    *("kms:EnableKey", "kms:EnableKeyRotation", "kms:UpdateAlias"),
    *("kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListGrants", "kms:ListResourceTags", "kms:PutKeyPolicy"),
    *("kms:RevokeGrant", "kms:ScheduleKeyDeletion", "kms:TagResource", "kms:UntagResource", "kms:UpdateKeyDescription"),
)
"""For the account, whose own policies decide who does this. None of them uses the key."""
DISKS = (
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
)
"""What EC2 does with a key in the name of who makes a volume or starts a machine (Amazon EBS User Guide, Requirements
for Amazon EBS encryption). The program itself does not call KMS for disks."""
OWNER_READS, OWNER_SIGNS = "kms:GetPublicKey", "kms:Sign"
"""The calls with the key of an owner, recorded by tests/aws/test_kms.py."""
_VIA_EC2 = {"kms:ViaService": "ec2.REGION.amazonaws.com"}


def key_policies() -> Mapping[str, dict[str, Any]]:
    """Return the key policies by name."""
    grants = {"StringEquals": _VIA_EC2, "Bool": {"kms:GrantIsForAWSResource": "true"}}
    return {
        "key-disks": _document(
            _statement("Disks", ["up"], DISKS, {"StringEquals": _VIA_EC2}),
            _statement("GrantsToDisks", ["up"], ["kms:CreateGrant"], grants),
            _of_backup("Snapshots", DISKS, {"StringEquals": _VIA_EC2}),
            _of_backup("GrantsToSnapshots", ["kms:CreateGrant"], grants),
        ),
        "key-owner": _document(
            _statement("Address", ["preview", "up", "teardown"], [OWNER_READS]),
            _statement("Transactions", ["up", "teardown"], [OWNER_SIGNS]),
        ),
        "key-state": _document(
            _statement("Reads", ["drift", "up", "teardown"], ["kms:Decrypt"]),
            _statement("NewStacks", ["up"], ["kms:Encrypt"]),
        ),
    }


def _document(*statements: dict[str, Any]) -> dict[str, Any]:
    administration = {
        "Sid": "Administration",
        "Effect": "Allow",
        "Principal": {"AWS": ["arn:aws:iam::123456789012:root"]},
        "Action": list(ADMINISTERS),
        "Resource": ["*"],
    }
    return {"Version": VERSION, "Statement": [administration, *statements]}


def _of_backup(sid: str, actions: Sequence[str], condition: dict[str, Any]) -> dict[str, Any]:
    """Allow the role of aws.backup, whose name ends with random characters: a principal cannot be a pattern."""
    role = {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/servicechain-ha/STACK/backup-*"}}
    found = _statement(sid, [], actions, {**condition, **role})
    return {**found, "Principal": {"AWS": ["arn:aws:iam::123456789012:root"]}}


def _statement(sid: str, roles: Sequence[str], actions: Sequence[str], condition: Any = None) -> dict[str, Any]:
    principal = {"AWS": [f"arn:aws:iam::123456789012:role/bridge-{role}" for role in roles]}
    found = {"Sid": sid, "Effect": "Allow", "Principal": principal, "Action": list(actions), "Resource": ["*"]}
    return {**found, "Condition": condition} if condition else found
