"""Machines."""

import base64
from typing import Any

from tests.aws.plugin import root_disk
from tests.aws.plugin.api import AwsKind, tagged
from tests.aws.plugin.kind import Refused
from tests.aws.plugin.values import UNKNOWN, Properties

__all__ = ["Instance", "InstanceState"]

_METADATA = {
    "httpEndpoint": "HttpEndpoint",
    "httpTokens": "HttpTokens",
    "httpPutResponseHopLimit": "HttpPutResponseHopLimit",
    "instanceMetadataTags": "InstanceMetadataTags",
}
_STANDING_STILL = {"instanceType", "userData", "userDataBase64", "ebsOptimized"}
"""What can be changed only at a machine that does not run."""


class Instance(AwsKind):
    """A machine with an interface that was made apart."""

    resource_type = "instance"
    inputs = {  # noqa: RUF012 # the base says that it belongs to the class
        **dict.fromkeys(("ami", "instanceType", "userData", "userDataBase64", "userDataReplaceOnChange")),
        **dict.fromkeys(("disableApiTermination", "forceDestroy", "ebsOptimized", "monitoring", "tags")),
        "iamInstanceProfile": None,
        "instanceInitiatedShutdownBehavior": None,
        "primaryNetworkInterface": {"networkInterfaceId": None},
        "metadataOptions": _METADATA,
        "rootBlockDevice": root_disk.SHAPE,
        "maintenanceOptions": {"autoRecovery": None},
    }
    required = ("ami", "instanceType", "primaryNetworkInterface")
    outputs = (
        *("arn", "tagsAll", "availabilityZone", "privateIp", "privateDns", "subnetId", "instanceState"),
        *("primaryNetworkInterfaceId", "metadataOptions", "rootBlockDevice", "disableApiTermination", "ebsOptimized"),
        *("monitoring", "instanceInitiatedShutdownBehavior"),
    )
    replaced_by = ("ami", "primaryNetworkInterface")
    unread = ("userDataReplaceOnChange", "forceDestroy", "maintenanceOptions")

    def replacing(self, changed: Any, old: Properties, new: Properties) -> list[str]:
        """Replace it also for the encryption of its root disk, and for user data if so wished."""
        found = super().replacing(changed, old, new)
        if new.get("userDataReplaceOnChange"):
            found += [name for name in changed if name in {"userData", "userDataBase64"}]
        before, after = old.get("rootBlockDevice", {}), new.get("rootBlockDevice", {})
        if "rootBlockDevice" in changed and (after is UNKNOWN or root_disk.needs_another(before, after)):
            found.append("rootBlockDevice")
        return found

    def create(self, inputs: Properties) -> str:
        """Make it, with the root disk of its image."""
        images = self.ec2("describe_images", Filters=[{"Name": "image-id", "Values": [inputs["ami"]]}])["Images"]
        if not images:  # in the words of the official provider, which do not name it
            msg = "collecting instance settings: couldn't find resource"
            raise Refused(msg)
        (image,) = images
        made = self.ec2(
            "run_instances",
            MinCount=1,
            MaxCount=1,
            ImageId=inputs["ami"],
            InstanceType=inputs["instanceType"],
            NetworkInterfaces=[{"DeviceIndex": 0, **_capital(inputs["primaryNetworkInterface"])}],
            BlockDeviceMappings=[root_disk.mapping(image, inputs.get("rootBlockDevice", {}))],
            UserData=_user_data(inputs),
            MetadataOptions=_capital(inputs.get("metadataOptions", {})),
            MaintenanceOptions=_capital(inputs.get("maintenanceOptions", {})),
            Monitoring={"Enabled": inputs.get("monitoring", False)},
            IamInstanceProfile=_profile(inputs),
            EbsOptimized=inputs.get("ebsOptimized"),
            InstanceInitiatedShutdownBehavior=inputs.get("instanceInitiatedShutdownBehavior"),
            TagSpecifications=self.tags(inputs),
        )
        return str(made["Instances"][0]["InstanceId"])

    def complete(self, identity: str, inputs: Properties) -> None:
        """Protect it, which moto has no ear for at the creation, and mark its root disk."""
        if inputs.get("disableApiTermination"):
            self._modify(identity, DisableApiTermination={"Value": True})
        disk = inputs.get("rootBlockDevice", {})
        root_disk.change(self, self._found(identity), {**disk, "tags": {}}, disk)

    def read(self, identity: str, inputs: Properties) -> Properties | None:
        """Describe it. EC2 remembers a terminated one for a while."""
        found = self._found(identity)
        if found["State"]["Name"] in {"shutting-down", "terminated"}:
            return None
        interface = found["NetworkInterfaces"][0]["NetworkInterfaceId"]
        live = {
            "arn": self.cloud.arn("", self.resource_type, identity),
            **tagged(found),
            "ami": found["ImageId"],
            "instanceType": found["InstanceType"],
            "instanceState": found["State"]["Name"],
            "availabilityZone": found["Placement"]["AvailabilityZone"],
            "subnetId": found["SubnetId"],
            "privateIp": found["PrivateIpAddress"],
            "privateDns": found["PrivateDnsName"],
            "primaryNetworkInterfaceId": interface,
            "primaryNetworkInterface": {"networkInterfaceId": interface},
            "metadataOptions": {name: found["MetadataOptions"].get(api) for name, api in _METADATA.items()},
            "monitoring": found["Monitoring"]["State"] in {"enabled", "pending"},
            "iamInstanceProfile": found.get("IamInstanceProfile", {}).get("Arn", "").rpartition("/")[2] or None,
            "ebsOptimized": found["EbsOptimized"],
            "disableApiTermination": self._attribute(identity, "disableApiTermination"),
            "instanceInitiatedShutdownBehavior": self._attribute(identity, "instanceInitiatedShutdownBehavior"),
            "rootBlockDevice": root_disk.described(self, found),
        }
        text = self._attribute(identity, "userData") or ""
        if "userDataBase64" in inputs:
            live["userDataBase64"] = text
        elif "userData" in inputs or text:
            live["userData"] = base64.b64decode(text).decode()
        return live

    def update(self, identity: str, old: Properties, new: Properties) -> None:
        """Change what needs no new machine, and what needs one that stands still."""
        changed = {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
        if "disableApiTermination" in changed:
            self._modify(identity, DisableApiTermination={"Value": new.get("disableApiTermination", False)})
        if "instanceInitiatedShutdownBehavior" in changed:
            behaviour = new.get("instanceInitiatedShutdownBehavior", "stop")
            self._modify(identity, Attribute="instanceInitiatedShutdownBehavior", Value=behaviour)
        if "monitoring" in changed:
            verb = "monitor_instances" if new.get("monitoring") else "unmonitor_instances"
            self.ec2(verb, InstanceIds=[identity])
        if "iamInstanceProfile" in changed:
            self._give(identity, _profile(new))
        if "metadataOptions" in changed and "metadataOptions" in new:
            self.ec2("modify_instance_metadata_options", InstanceId=identity, **_capital(new["metadataOptions"]))
        if "rootBlockDevice" in changed:
            disks = old.get("rootBlockDevice", {}), new.get("rootBlockDevice", {})
            root_disk.change(self, self._found(identity), *disks)
        if changed & _STANDING_STILL:
            self._change_standing_still(identity, changed, new)
        self.retag(identity, old, new)

    def delete(self, identity: str, inputs: Properties) -> None:
        """Terminate it, also if it is protected when so wished."""
        if self._found(identity)["State"]["Name"] == "terminated":
            return
        if inputs.get("forceDestroy"):
            self._modify(identity, DisableApiTermination={"Value": False})
        self.ec2("terminate_instances", InstanceIds=[identity])

    # -- helpers -------------------------------------------------------------------------------------------

    def _found(self, identity: str) -> Properties:
        reservations = self.ec2("describe_instances", InstanceIds=[identity])["Reservations"]
        return dict(reservations[0]["Instances"][0])

    def _give(self, identity: str, profile: Properties | None) -> None:
        """Give a running machine another instance profile, or none."""
        here = [{"Name": "instance-id", "Values": [identity]}]
        listed = self.ec2("describe_iam_instance_profile_associations", Filters=here)["IamInstanceProfileAssociations"]
        held = [one["AssociationId"] for one in listed if one["State"] in {"associating", "associated"}]
        if profile is None:
            for one in held:
                self.ec2("disassociate_iam_instance_profile", AssociationId=one)
        elif held:
            self.ec2("replace_iam_instance_profile_association", AssociationId=held[0], IamInstanceProfile=profile)
        else:
            self.ec2("associate_iam_instance_profile", InstanceId=identity, IamInstanceProfile=profile)

    def _modify(self, identity: str, **attribute: Any) -> None:
        self.ec2("modify_instance_attribute", InstanceId=identity, **attribute)

    def _attribute(self, identity: str, name: str) -> Any:
        found = self.ec2("describe_instance_attribute", InstanceId=identity, Attribute=name)
        return found.get(name[0].upper() + name[1:], {}).get("Value")

    def _change_standing_still(self, identity: str, changed: set[str], new: Properties) -> None:
        running = self._found(identity)["State"]["Name"] == "running"
        if running:
            self.ec2("stop_instances", InstanceIds=[identity])
        if "instanceType" in changed:
            self._modify(identity, InstanceType={"Value": new["instanceType"]})
        if "ebsOptimized" in changed:
            self._modify(identity, EbsOptimized={"Value": new.get("ebsOptimized", False)})
        if changed & {"userData", "userDataBase64"}:
            self._modify(identity, UserData={"Value": _user_data(new) or b""})
        if running:
            self.ec2("start_instances", InstanceIds=[identity])


class InstanceState(AwsKind):
    """Whether a machine runs."""

    inputs = dict.fromkeys(("instanceId", "state", "force"))
    required = ("instanceId", "state")
    replaced_by = ("instanceId",)
    unread = ("force",)

    def create(self, inputs: Properties) -> str:
        """Find the machine."""
        return str(inputs["instanceId"])

    def complete(self, identity: str, inputs: Properties) -> None:
        """Start or stop it if it has another state."""
        live = self.read(identity, inputs)
        if live and live["state"] != inputs["state"]:
            verb = "start_instances" if inputs["state"] == "running" else "stop_instances"
            self.ec2(verb, InstanceIds=[identity])

    def read(self, identity: str, inputs: Properties) -> Properties | None:  # noqa: ARG002
        """Tell whether it runs. A terminated one is gone."""
        found = self.ec2("describe_instances", InstanceIds=[identity])["Reservations"][0]["Instances"][0]
        state = found["State"]["Name"]
        return None if state in {"shutting-down", "terminated"} else {"instanceId": identity, "state": state}

    def update(self, identity: str, old: Properties, new: Properties) -> None:  # noqa: ARG002
        """Start or stop it."""
        self.complete(identity, new)

    def delete(self, identity: str, inputs: Properties) -> None:
        """Leave the machine as it is."""


def _user_data(inputs: Properties) -> bytes | None:
    """Return the user data as boto3 wants it, which encodes it."""
    if "userDataBase64" in inputs:
        return base64.b64decode(inputs["userDataBase64"])
    text: str | None = inputs.get("userData")
    return text.encode() if text is not None else None


def _profile(inputs: Properties) -> Properties | None:
    return {"Name": inputs["iamInstanceProfile"]} if inputs.get("iamInstanceProfile") else None


def _capital(given: Properties) -> Properties:
    """Return an object as the API wants it: its names begin with capitals."""
    return {name[0].upper() + name[1:]: value for name, value in given.items()}
