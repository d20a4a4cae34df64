"""One machine on EC2: an instance that can be replaced, and what outlives it: its address, its data, its identity."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import cloudwatch, ebs, ec2

from components.dynamic.machines.boot import Boot
from components.hosts.aws.tags import Tags
from components.settings.sections.aws import Image
from components.topology.machine import Size

DEVICE = "/dev/sdf"
"""The name of the data volume in EC2; the machine itself finds it by the volume's id."""
ROOT_GIB = 30


@dataclass(frozen=True)
class Common:
    """What all machines of a stack have in common."""

    image: pulumi.Input[str]
    """The newest one. A machine keeps the image that it was made with."""
    authorized_key: pulumi.Input[str]
    """The public key that may log in."""
    kms_key: str | None
    protect: bool
    alarm_topic: str | None
    tags: Tags


class Instance(pulumi.ComponentResource):
    """An instance with an interface of its own and, for a node, a data volume.

    Interface and volume are separate resources: when the instance is replaced, the next one has the same address and
    data. The old instance is deleted first: two nodes must never run with the same key.
    """

    def __init__(
        self,
        name: str,
        instance_type: str,
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
        self._mine = pulumi.ResourceOptions(parent=self)
        self.boot = Boot(f"{name}-boot", image=common.image, authorized_key=common.authorized_key, opts=self._mine)
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
        self.instance = self._instance(instance_type)
        if common.alarm_topic:
            self._alarm("broken", "StatusCheckFailed", "Maximum", 60, 2, 1, common.alarm_topic)
            self._alarm("busy", "CPUUtilization", "Average", 300, 3, 90, common.alarm_topic)
        self.register_outputs({"address": self.address})

    def _instance(self, instance_type: str) -> ec2.Instance:
        common, tags = self._common, self._tags.of(self._host)
        return ec2.Instance(
            f"{self._host}-instance",
            ami=self.boot.image,
            instance_type=instance_type,
            primary_network_interface=ec2.InstancePrimaryNetworkInterfaceArgs(network_interface_id=self._interface.id),
            user_data=self.boot.user_data,
            user_data_replace_on_change=True,
            metadata_options=ec2.InstanceMetadataOptionsArgs(
                http_endpoint="enabled", http_tokens="required", http_put_response_hop_limit=1
            ),
            root_block_device=ec2.InstanceRootBlockDeviceArgs(
                encrypted=True,
                kms_key_id=common.kms_key,
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

    def data_volume(self, size: Size, zone: pulumi.Input[str]) -> ec2.VolumeAttachment:
        """Give the machine a disk that outlives it; return the attachment, which has its `volume_id`."""
        common = self._common
        volume = ebs.Volume(
            f"{self._host}-data",
            availability_zone=zone,
            size=size.data_gib,
            type="gp3",
            iops=size.iops,
            throughput=size.throughput,
            encrypted=True,
            kms_key_id=common.kms_key,
            tags=self._tags.of(f"{self._host}-data"),
            # A changed key would replace the disks of all machines by empty ones in one run.
            opts=pulumi.ResourceOptions.merge(self._mine, pulumi.ResourceOptions(ignore_changes=["kms_key_id"])),
        )
        return ec2.VolumeAttachment(
            f"{self._host}-data",
            device_name=DEVICE,
            volume_id=volume.id,
            instance_id=self.instance.id,
            # A mounted disk must not be detached from a running node.
            stop_instance_before_detaching=True,
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )

    def _alarm(
        self, what: str, metric: str, statistic: str, period: int, periods: int, threshold: int, topic: str
    ) -> None:
        """`period` is in seconds."""
        cloudwatch.MetricAlarm(
            f"{self._host}-{what}",
            namespace="AWS/EC2",
            metric_name=metric,
            dimensions={"InstanceId": self.instance.id},
            statistic=statistic,
            period=period,
            evaluation_periods=periods,
            threshold=threshold,
            comparison_operator="GreaterThanOrEqualToThreshold",
            treat_missing_data="breaching",
            alarm_description=f"{self._tags.stack}: {self._host} is {what}",
            alarm_actions=[topic],
            ok_actions=[topic],
            tags=self._tags.of(f"{self._host}-{what}"),
            opts=pulumi.ResourceOptions(parent=self, protect=False),
        )


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
