"""One machine on EC2: an instance that can be replaced, and what outlives it: its address, its data, its identity."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import ebs, ec2, ec2transitgateway

from components.dynamic.machines.boot import Boot
from components.hosts.aws.account.images import Images
from components.hosts.aws.alarms import BROKEN, BUSY, STALLED, Alarm, alarm
from components.hosts.aws.tags import DATA_VOLUME, Tags
from components.settings.sections.aws import Image
from components.topology.machine import ROOT_GIB, Size

DEVICE = "/dev/sdf"
"""The name of the data volume in EC2; the machine itself finds it by the volume's id."""


@dataclass(frozen=True)
class Common:
    """What all machines of a stack have in common."""

    image: pulumi.Input[str]
    """The newest one. A machine keeps the image that it was made with."""
    images: Images
    authorized_key: pulumi.Input[str]
    """The public key that may log in."""
    kms_key: str | None
    protect: bool
    final_snapshot: bool
    """Of data volumes that are deleted."""
    alarm_topic: str | None
    profile: pulumi.Input[str] | None
    """Name of the instance profile of all machines; None for none."""
    tags: Tags


class Instance(pulumi.ComponentResource):
    """An instance with an interface of its own and, for a node, a data volume.

    Interface and volume are separate resources: when the instance is replaced, the next one has the same address and
    data. The old instance is deleted first: two nodes must never run with the same key.
    """

    def __init__(
        self,
        name: str,
        size: Size,
        common: Common,
        *,
        subnet: pulumi.Input[str],
        address: pulumi.Input[str] | None,
        groups: Sequence[pulumi.Input[str]],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`address`: in the subnet; None lets AWS choose one."""
        # Everything: otherwise a destroy that stops at the instance has deleted its disk and rules before.
        protected = pulumi.ResourceOptions(protect=common.protect)
        super().__init__(
            "servicechain:aws:Machine", f"{name}-machine", None, pulumi.ResourceOptions.merge(opts, protected)
        )
        self._host, self._common, self._tags = name, common, common.tags
        self._kms_key = size.kms_key or common.kms_key
        self._mine = pulumi.ResourceOptions(parent=self)
        self.boot = Boot(f"{name}-boot", image=common.image, authorized_key=common.authorized_key, opts=self._mine)
        self.boot.image.apply(lambda image: common.images.look_for(name, image))
        self._interface = ec2.NetworkInterface(
            f"{name}-interface",
            subnet_id=subnet,
            private_ips=None if address is None else [address],
            security_groups=list(groups),
            description=f"{common.tags.stack}: {name}",
            tags=self._tags.of(name),
            opts=self._mine,
        )
        # A given address is known in previews, and with it every KNI.
        self.address = self._interface.private_ip if address is None else pulumi.Output.from_input(address)
        self.instance = self._instance(size.instance_type)
        self.running = ec2transitgateway.InstanceState(
            f"{name}-running",
            instance_id=self.instance.id,
            state="running",
            # The end of an instance needs no change of its state.
            opts=pulumi.ResourceOptions(parent=self, protect=False, deleted_with=self.instance),
        )
        """That the instance runs: a stopped one is drift, and the next up starts it."""
        for kind in (BROKEN, BUSY):
            self._alarm(kind, InstanceId=self.instance.id)
        self.register_outputs({"address": self.address})

    def _instance(self, instance_type: str) -> ec2.Instance:
        common, tags = self._common, self._tags.of(self._host)
        return ec2.Instance(
            f"{self._host}-instance",
            ami=self.boot.image,
            instance_type=instance_type,
            primary_network_interface=ec2.InstancePrimaryNetworkInterfaceArgs(network_interface_id=self._interface.id),
            iam_instance_profile=common.profile,
            user_data=self.boot.user_data,
            user_data_replace_on_change=True,
            metadata_options=ec2.InstanceMetadataOptionsArgs(
                http_endpoint="enabled", http_tokens="required", http_put_response_hop_limit=1
            ),
            root_block_device=ec2.InstanceRootBlockDeviceArgs(
                encrypted=True,
                kms_key_id=self._kms_key,
                volume_type="gp3",
                volume_size=ROOT_GIB,
                delete_on_termination=True,
                tags=tags,
            ),
            ebs_optimized=True,
            disable_api_termination=common.protect,
            instance_initiated_shutdown_behavior="stop",
            tags=tags,
            opts=pulumi.ResourceOptions(
                parent=self,
                delete_before_replace=True,
                # A node gets up to two minutes to stop; a large machine needs more for the rest.
                custom_timeouts=pulumi.CustomTimeouts(create="15m", update="20m", delete="20m"),
            ),
        )

    def public_address(self) -> pulumi.Output[str]:
        """Give the machine a public address, and return it."""
        return ec2.Eip(
            f"{self._host}-public-address",
            domain="vpc",
            network_interface=self._interface.id,
            tags=self._tags.of(self._host),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[self.instance]),
        ).public_ip

    def data_volume(
        self, size: Size, zone: pulumi.Input[str], more_tags: Mapping[str, str]
    ) -> tuple[ebs.Volume, ec2.VolumeAttachment]:
        """Give the machine a disk that outlives it; return it and the attachment, which has its `volume_id`."""
        volume = ebs.Volume(
            f"{self._host}-data",
            availability_zone=zone,
            size=size.data_gib,
            type="gp3",
            iops=size.iops,
            throughput=size.throughput,
            encrypted=True,
            kms_key_id=self._kms_key,
            snapshot_id=size.data_snapshot,
            # Volumes of stacks that never had the setting have no such input.
            final_snapshot=self._common.final_snapshot or None,
            tags={**self._tags.of(self._host + DATA_VOLUME), **more_tags},
            opts=pulumi.ResourceOptions.merge(
                self._mine,
                pulumi.ResourceOptions(
                    # A changed key would replace the disks of all machines by empty ones in one run. A snapshot is for
                    # machines that have no disk yet.
                    ignore_changes=["kms_key_id", "snapshot_id"],
                    # The provider waits until the snapshot is complete.
                    custom_timeouts=pulumi.CustomTimeouts(delete="24h") if self._common.final_snapshot else None,
                ),
            ),
        )
        self._alarm(STALLED, VolumeId=volume.id)
        attachment = ec2.VolumeAttachment(
            f"{self._host}-data",
            device_name=DEVICE,
            volume_id=volume.id,
            instance_id=self.instance.id,
            # A mounted disk must not be detached from a running node.
            stop_instance_before_detaching=True,
            # With its instance it is not detached: the end of the instance does that, after a shutdown. A stop before
            # would fail for an instance that somebody terminated.
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True, deleted_with=self.instance),
        )
        return volume, attachment

    def _alarm(self, kind: Alarm, **dimensions: pulumi.Input[str]) -> None:
        opts = pulumi.ResourceOptions(parent=self, protect=False)
        alarm(kind, self._host, dimensions, self._common.alarm_topic, self._tags, opts)


def newest(image: Image, invoke: pulumi.InvokeOptions) -> pulumi.Output[str]:
    """Return the id of the newest amd64 image of that owner and name. A machine keeps the one it was made with."""
    return ec2.get_ami_output(
        most_recent=True,
        owners=[image.owner],
        filters=[
            ec2.GetAmiFilterArgs(name="name", values=[image.name]),
            ec2.GetAmiFilterArgs(name="architecture", values=["x86_64"]),
            ec2.GetAmiFilterArgs(name="root-device-type", values=["ebs"]),
        ],
        opts=pulumi.InvokeOutputOptions(provider=invoke.provider),
    ).id
