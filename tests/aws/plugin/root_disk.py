"""The disk that a machine starts from, and that goes with it."""

from typing import Any

from tests.aws.plugin.api import AwsKind, tagged
from tests.aws.plugin.values import Properties

__all__ = ["SHAPE", "change", "described", "mapping", "needs_another"]

SHAPE = dict.fromkeys(("encrypted", "volumeType", "volumeSize", "kmsKeyId", "deleteOnTermination", "tags"))


def mapping(image: Properties, disk: Properties) -> Properties:
    """Return what to ask for at the creation: what the image has, but for what is given."""
    default = image["BlockDeviceMappings"][0]["Ebs"]
    ebs = {
        "VolumeSize": disk.get("volumeSize", default["VolumeSize"]),
        "VolumeType": disk.get("volumeType", default["VolumeType"]),
        "DeleteOnTermination": disk.get("deleteOnTermination", True),
        "Encrypted": disk.get("encrypted", False),
        "KmsKeyId": disk.get("kmsKeyId"),
    }
    return {"DeviceName": image["RootDeviceName"], "Ebs": {name: v for name, v in ebs.items() if v is not None}}


def needs_another(old: Properties, new: Properties) -> bool:
    """Say whether a disk cannot become what is wished: one is encrypted from its beginning."""
    return any(old.get(name) != new.get(name) for name in ("encrypted", "kmsKeyId"))


def described(kind: AwsKind, instance: Properties) -> Properties | None:
    """Return the properties of the root disk of a machine that was described."""
    link = _link(instance)
    if link is None:
        return None
    volume = kind.ec2("describe_volumes", VolumeIds=[link["VolumeId"]])["Volumes"][0]
    return {
        "deviceName": instance["RootDeviceName"],
        "volumeId": link["VolumeId"],
        "encrypted": volume["Encrypted"],
        "volumeType": volume["VolumeType"],
        "volumeSize": volume["Size"],
        "kmsKeyId": volume.get("KmsKeyId"),
        "deleteOnTermination": link["DeleteOnTermination"],
        "tags": tagged(volume)["tags"],
    }


def change(kind: AwsKind, instance: Properties, old: Properties, new: Properties) -> None:
    """Change what can be changed: size, type, tags, and whether it goes with its machine."""
    link = _link(instance)
    if link is None:
        return
    names = {"volumeSize": "Size", "volumeType": "VolumeType"}
    if modified := {names[name]: new[name] for name in names if name in new and old.get(name) != new[name]}:
        kind.ec2("modify_volume", VolumeId=link["VolumeId"], **modified)
    if old.get("deleteOnTermination", True) != (value := new.get("deleteOnTermination", True)):
        disk: dict[str, Any] = {"DeviceName": instance["RootDeviceName"], "Ebs": {"DeleteOnTermination": value}}
        kind.ec2("modify_instance_attribute", InstanceId=instance["InstanceId"], BlockDeviceMappings=[disk])
    kind.retag(link["VolumeId"], old, new)


def _link(instance: Properties) -> Properties | None:
    links = instance["BlockDeviceMappings"]
    return next((link["Ebs"] for link in links if link["DeviceName"] == instance["RootDeviceName"]), None)
