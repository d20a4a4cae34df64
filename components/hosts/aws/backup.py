"""Snapshots of data volumes at set times, which Amazon Data Lifecycle Manager makes and deletes.

It finds the volumes by their tag, and needs a role. The role has the policy of AWS for this service: whoever brings the
stack up may then attach that policy, and need not be allowed to write policies.
"""

from collections.abc import Mapping

import pulumi
from pulumi_aws import dlm

from components.hosts.aws.roles import service_role
from components.hosts.aws.tags import Tags
from components.settings.sections.aws_options.backup import DEFAULT_KEPT, BackupSettings

SERVICE = "dlm.amazonaws.com"
POLICY = "policy/service-role/AWSDataLifecycleManagerServiceRole"
"""Makes, tags and deletes snapshots (version 10 of it, looked up on 2026-11-30). It has no permission of KMS: a key of
your own has to allow the role, see docs/aws/key-disks.json."""
SCHEDULE = "data volumes"
"""Never changed: the service deletes only the snapshots of the schedule of this name."""


class Backup:
    """The backup of a stack; nothing where the settings have none."""

    def __init__(
        self,
        settings: BackupSettings | None,
        region: str,
        tags: Tags,
        *,
        protect: bool,
        opts: pulumi.ResourceOptions,
    ) -> None:
        self._roles, self._tags = settings.roles if settings else (), tags
        if settings:
            _Schedule(
                settings, region, tags, pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(protect=protect))
            )

    def tags_of(self, role: str) -> Mapping[str, str]:
        """Return what the data volume of a machine of this role is found by; nothing if it is not backed up."""
        return self._tags.of_backup if role in self._roles else {}


class _Schedule(pulumi.ComponentResource):
    def __init__(self, settings: BackupSettings, region: str, tags: Tags, opts: pulumi.ResourceOptions) -> None:
        super().__init__("servicechain:aws:Backup", "backup", None, opts)
        mine = pulumi.ResourceOptions(parent=self)
        what_for = "snapshots of data volumes"
        role = service_role("backup", SERVICE, POLICY, what_for, region=region, tags=tags, opts=mine)
        # The service refuses to change from one kind to the other: each is a policy of its own.
        by_age = settings.keep_days is not None
        kept = (
            dlm.LifecyclePolicyPolicyDetailsScheduleRetainRuleArgs(interval=settings.keep_days, interval_unit="DAYS")
            if by_age
            else dlm.LifecyclePolicyPolicyDetailsScheduleRetainRuleArgs(count=settings.keep_count or DEFAULT_KEPT)
        )
        dlm.LifecyclePolicy(
            "backup-by-age" if by_age else "backup-by-count",
            # Its characters are limited: no name of a stack.
            description="Snapshots of the data volumes of a bridge",
            execution_role_arn=role.arn,
            state="ENABLED",
            policy_details=dlm.LifecyclePolicyPolicyDetailsArgs(
                resource_types=["VOLUME"],
                target_tags=tags.of_backup,
                schedules=[
                    dlm.LifecyclePolicyPolicyDetailsScheduleArgs(
                        name=SCHEDULE,
                        copy_tags=True,
                        create_rule=dlm.LifecyclePolicyPolicyDetailsScheduleCreateRuleArgs(
                            interval=settings.interval_hours, interval_unit="HOURS", times=settings.start_time
                        ),
                        retain_rule=kept,
                    )
                ],
            ),
            tags=tags.of("backup"),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[role.allowed]),
        )
        self.register_outputs({})
