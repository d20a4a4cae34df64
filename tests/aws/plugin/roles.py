"""Roles of IAM, the policies that they have, and the profiles by which machines take them."""

import json

from tests.aws.plugin.api import AwsKind, Cloud, pairs, tagged
from tests.aws.plugin.values import Properties

__all__ = ["InstanceProfile", "Role", "RolePolicyAttachment"]


class Role(AwsKind):
    """A role. Its name is its id."""

    inputs = dict.fromkeys(("name", "path", "assumeRolePolicy", "description", "tags"))
    required = ("assumeRolePolicy",)
    outputs = ("arn", "uniqueId", "tagsAll")
    replaced_by = ("name", "path")
    named = True

    def create(self, inputs: Properties) -> str:
        """Make it."""
        self.cloud.iam(
            "create_role",
            RoleName=inputs["name"],
            Path=inputs.get("path"),
            AssumeRolePolicyDocument=inputs["assumeRolePolicy"],
            Description=inputs.get("description"),
            Tags=pairs(inputs["tags"]) if inputs.get("tags") else None,
        )
        return str(inputs["name"])

    def read(self, identity: str, inputs: Properties) -> Properties | None:
        """Describe it. The same document in other words is the one that was given."""
        found = self.cloud.iam("get_role", RoleName=identity)["Role"]
        for operation in ("list_role_policies", "list_attached_role_policies"):
            self.cloud.iam(operation, RoleName=identity)
        trusted, given = found["AssumeRolePolicyDocument"], inputs.get("assumeRolePolicy")
        return {
            "name": found["RoleName"],
            "path": found["Path"],
            "assumeRolePolicy": given if given and json.loads(given) == trusted else json.dumps(trusted),
            "description": found.get("Description"),
            "arn": found["Arn"],
            "uniqueId": found["RoleId"],
            **tagged(found),
        }

    def update(self, identity: str, old: Properties, new: Properties) -> None:
        """Change who may take it, its description and its tags."""
        if old["assumeRolePolicy"] != new["assumeRolePolicy"]:
            self.cloud.iam("update_assume_role_policy", RoleName=identity, PolicyDocument=new["assumeRolePolicy"])
        if old.get("description") != new.get("description"):
            self.cloud.iam("update_role", RoleName=identity, Description=new.get("description", ""))
        _retag(self.cloud, "role", {"RoleName": identity}, old, new)

    def delete(self, identity: str, inputs: Properties) -> None:  # noqa: ARG002
        """Remove it, unless it still has policies, which the official provider looks for."""
        self.cloud.iam("list_instance_profiles_for_role", RoleName=identity)
        self.cloud.iam("delete_role", RoleName=identity)


class RolePolicyAttachment(AwsKind):
    """A policy of AWS or of the account that a role has."""

    inputs = dict.fromkeys(("role", "policyArn"))
    required = ("role", "policyArn")
    replaced_by = ("role", "policyArn")

    def create(self, inputs: Properties) -> str:
        """Attach it."""
        self.cloud.iam("attach_role_policy", RoleName=inputs["role"], PolicyArn=inputs["policyArn"])
        return f"{inputs['role']}/{inputs['policyArn']}"

    def read(self, identity: str, inputs: Properties) -> Properties | None:  # noqa: ARG002
        """Find it at its role."""
        found = self.cloud.iam("list_attached_role_policies", RoleName=inputs["role"])["AttachedPolicies"]
        there = inputs["policyArn"] in {one["PolicyArn"] for one in found}
        return {"role": inputs["role"], "policyArn": inputs["policyArn"]} if there else None

    def update(self, identity: str, old: Properties, new: Properties) -> None:
        """Do nothing: every change is a replacement."""

    def delete(self, identity: str, inputs: Properties) -> None:  # noqa: ARG002
        """Detach it."""
        self.cloud.iam("detach_role_policy", RoleName=inputs["role"], PolicyArn=inputs["policyArn"])


class InstanceProfile(AwsKind):
    """A profile with one role. Its name is its id."""

    inputs = dict.fromkeys(("name", "path", "role", "tags"))
    required = ("role",)
    outputs = ("arn", "uniqueId", "tagsAll")
    replaced_by = ("name", "path")
    named = True

    def create(self, inputs: Properties) -> str:
        """Make it."""
        self.cloud.iam(
            "create_instance_profile",
            InstanceProfileName=inputs["name"],
            Path=inputs.get("path"),
            Tags=pairs(inputs["tags"]) if inputs.get("tags") else None,
        )
        return str(inputs["name"])

    def complete(self, identity: str, inputs: Properties) -> None:
        """Put the role into it."""
        self.cloud.iam("add_role_to_instance_profile", InstanceProfileName=identity, RoleName=inputs["role"])

    def read(self, identity: str, inputs: Properties) -> Properties | None:  # noqa: ARG002
        """Describe it."""
        found = self.cloud.iam("get_instance_profile", InstanceProfileName=identity)["InstanceProfile"]
        return {
            "name": found["InstanceProfileName"],
            "path": found["Path"],
            "role": next((role["RoleName"] for role in found["Roles"]), None),
            "arn": found["Arn"],
            "uniqueId": found["InstanceProfileId"],
            **tagged(found),
        }

    def update(self, identity: str, old: Properties, new: Properties) -> None:
        """Change its role and its tags."""
        if old.get("role") != new["role"]:
            if old.get("role"):
                self._without(identity, old["role"])
            self.complete(identity, new)
        _retag(self.cloud, "instance_profile", {"InstanceProfileName": identity}, old, new)

    def delete(self, identity: str, inputs: Properties) -> None:
        """Remove it, without its role."""
        self._without(identity, inputs["role"])
        self.cloud.iam("delete_instance_profile", InstanceProfileName=identity)

    def _without(self, identity: str, role: str) -> None:
        self.cloud.iam("remove_role_from_instance_profile", InstanceProfileName=identity, RoleName=role)


def _retag(cloud: Cloud, kind: str, name: Properties, old: Properties, new: Properties) -> None:
    """Change the tags of something of IAM from those of old to those of new properties."""
    before, after = old.get("tags", {}), new.get("tags", {})
    if lost := [tag for tag in before if tag not in after]:
        cloud.iam(f"untag_{kind}", **name, TagKeys=lost)
    if after and before != after:
        cloud.iam(f"tag_{kind}", **name, Tags=pairs(after))
