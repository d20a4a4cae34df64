"""Disks that outlive machines."""

from tests.aws.plugin.api import AwsKind, pairs, tagged
from tests.aws.plugin.kind import Gone
from tests.aws.plugin.values import Properties

__all__ = ["Volume", "VolumeAttachment"]


class Volume(AwsKind):
    """A disk in one availability zone."""

    resource_type = "volume"
    inputs = dict.fromkeys(
        (
            *("availabilityZone", "size", "type", "iops", "throughput", "encrypted", "kmsKeyId", "snapshotId"),
            *("finalSnapshot", "tags"),
        )
    )
    required = ("availabilityZone",)
    outputs = (
        *("arn", "tagsAll", "size", "type", "iops", "throughput", "encrypted", "kmsKeyId", "snapshotId"),
        "createTime",
    )
    replaced_by = ("availabilityZone", "encrypted", "kmsKeyId", "snapshotId")
    unread = ("finalSnapshot",)

    def create(self, inputs: Properties) -> str:
        """Make it."""
        made = self.ec2(
            "create_volume",
            AvailabilityZone=inputs["availabilityZone"],
            Size=inputs.get("size"),
            VolumeType=inputs.get("type"),
            Iops=inputs.get("iops"),
            Throughput=inputs.get("throughput"),
            Encrypted=inputs.get("encrypted"),
            KmsKeyId=inputs.get("kmsKeyId"),
            SnapshotId=inputs.get("snapshotId"),
            TagSpecifications=self.tags(inputs),
        )
        return str(made["VolumeId"])

    def read(self, identity: str, inputs: Properties) -> Properties | None:  # noqa: ARG002
        """Describe it."""
        volume = self.ec2("describe_volumes", VolumeIds=[identity])["Volumes"][0]
        return {
            "arn": self.cloud.arn("", self.resource_type, identity),
            **tagged(volume),
            "availabilityZone": volume["AvailabilityZone"],
            "size": volume["Size"],
            "type": volume["VolumeType"],
            "iops": volume.get("Iops"),
            "throughput": volume.get("Throughput"),
            "encrypted": volume["Encrypted"],
            "kmsKeyId": volume.get("KmsKeyId"),
            "snapshotId": volume.get("SnapshotId") or "",
            "createTime": volume["CreateTime"].isoformat(),
        }

    def update(self, identity: str, old: Properties, new: Properties) -> None:
        """Set size, type, speed, and tags."""
        names = {"size": "Size", "type": "VolumeType", "iops": "Iops", "throughput": "Throughput"}
        modified = {names[name]: new[name] for name in names if name in new and old.get(name) != new[name]}
        if modified:
            self.ec2("modify_volume", VolumeId=identity, **modified)
        self.retag(identity, old, new)

    def delete(self, identity: str, inputs: Properties) -> None:
        """Remove it, and keep a snapshot of it if so wished."""
        if inputs.get("finalSnapshot"):
            tags = [{"ResourceType": "snapshot", "Tags": pairs(inputs["tags"])}] if inputs.get("tags") else None
            self.ec2("create_snapshot", VolumeId=identity, TagSpecifications=tags)
        self.ec2("delete_volume", VolumeId=identity)


class VolumeAttachment(AwsKind):
    """A disk at a machine."""

    inputs = dict.fromkeys(("deviceName", "volumeId", "instanceId", "stopInstanceBeforeDetaching"))
    required = ("deviceName", "volumeId", "instanceId")
    replaced_by = ("deviceName", "volumeId", "instanceId")
    unread = ("stopInstanceBeforeDetaching",)

    def create(self, inputs: Properties) -> str:
        """Put it there, unless it is there already."""
        if self.read("", inputs) is None:
            self.ec2(
                "attach_volume",
                Device=inputs["deviceName"],
                VolumeId=inputs["volumeId"],
                InstanceId=inputs["instanceId"],
            )
        return f"vai-{inputs['volumeId']}-{inputs['instanceId']}"

    def read(self, identity: str, inputs: Properties) -> Properties | None:  # noqa: ARG002
        """Find it at its disk."""
        volume = self.ec2("describe_volumes", VolumeIds=[inputs["volumeId"]])["Volumes"][0]
        for link in volume["Attachments"]:
            if link["InstanceId"] == inputs["instanceId"]:
                return {
                    "deviceName": link["Device"],
                    "volumeId": inputs["volumeId"],
                    "instanceId": link["InstanceId"],
                }
        return None

    def update(self, identity: str, old: Properties, new: Properties) -> None:
        """Do nothing: what can change without a replacement matters at the end only."""

    def delete(self, identity: str, inputs: Properties) -> None:
        """Take it away; if so wished, stop the machine before, whatever became of it."""
        if inputs.get("stopInstanceBeforeDetaching"):
            self.ec2("stop_instances", InstanceIds=[inputs["instanceId"]])
        if self.read(identity, inputs) is None:
            raise Gone(identity)
        self.ec2("detach_volume", VolumeId=inputs["volumeId"], InstanceId=inputs["instanceId"])
