"""What a stack needs of its account of AWS, checked before the first resource: each finding names the setting."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from components.domain.problems.aws.account import NO_IMAGE, OTHER_ACCOUNT
from components.domain.problems.hosts import WRONG_SUBNETS
from components.domain.problems.problem import Message
from components.domain.problems.settings import AWS_NETWORK
from components.hosts.aws.account import snapshots
from components.hosts.aws.account.account import AwsAccount, AwsRefusal
from components.hosts.aws.tags import Tags
from components.settings.sections.aws import Aws
from components.settings.sentences import at
from components.topology.checks import stops
from components.topology.machine import Machine

ARCHITECTURE, ROOT_DISK = "x86_64", "ebs"
"""Of the images that machines can start from."""


def problems(account: AwsAccount, settings: Aws, machines: Sequence[Machine], tags: Tags) -> list[Message]:
    """Return a message for each thing that is missing in the account, and for an edit that stops too many machines.

    Without a login there is one message only. `tags`: of the stack, by which its machines are found.
    """
    try:
        number = str(account.ask("sts", "get_caller_identity")["Account"])
    except AwsRefusal as refusal:
        return [refusal.message]
    if settings.account not in (None, number):
        words = f"the credentials are of account {number}, and this stack may only use {settings.account}"
        return [at("aws.account", OTHER_ACCOUNT(f"{words}; log in to that account, or correct the setting"))]
    checks: Sequence[Callable[[AwsAccount, Aws], Iterator[Message]]] = (_zones, _subnets, _images)
    found: list[Message] = []
    for check in checks:
        try:
            found += check(account, settings)
        except AwsRefusal as refusal:
            found.append(refusal.message)
    try:
        found += snapshots.problems(account, machines, tags)
    except AwsRefusal as refusal:
        found.append(refusal.message)
    with suppress(AwsRefusal):  # the rest of a preview does without these permissions
        found += stops.problems(machines, _running(account, machines, settings, tags), settings.kms_key)
    return found


def _zones(account: AwsAccount, settings: Aws) -> Iterator[Message]:
    """Name the zones of a new VPC that this account does not have. What is called a or b differs between accounts."""
    if not settings.network.new:
        return
    try:
        answer = account.ask("ec2", "describe_availability_zones")["AvailabilityZones"]
    except AwsRefusal:  # the rest of the program does without this permission
        return
    known = sorted(str(zone["ZoneName"]) for zone in answer if zone.get("State", "available") == "available")
    for zone in settings.network.zones:
        if zone not in known:
            words = f"this account has no zone {zone}; choose from {', '.join(known)}"
            yield at("aws.network.zones", AWS_NETWORK(words))


def _subnets(account: AwsAccount, settings: Aws) -> Iterator[Message]:
    network = settings.network
    wanted = [*network.private_subnets, *network.public_subnets]
    if network.new or not wanted:
        return
    answer = account.ask("ec2", "describe_subnets", Filters=[{"Name": "subnet-id", "Values": wanted}])
    known = {str(subnet["SubnetId"]) for subnet in answer["Subnets"]}
    for kind, ids in (("private", network.private_subnets), ("public", network.public_subnets)):
        for subnet in ids:
            if subnet not in known:
                words = f"there is no {subnet} in {settings.region} of this account; name a subnet of {network.vpc}"
                yield at(f"aws.network.{kind}Subnets", WRONG_SUBNETS(words))


def _images(account: AwsAccount, settings: Aws) -> Iterator[Message]:
    image = settings.image
    filters: list[dict[str, Any]] = [
        {"Name": "name", "Values": [image.name]},
        {"Name": "architecture", "Values": [ARCHITECTURE]},
    ]
    answer = account.ask("ec2", "describe_images", Owners=[image.owner], Filters=filters)["Images"]
    if not any(one.get("RootDeviceType") == ROOT_DISK for one in answer):
        words = (
            f"account {image.owner} has no image of this name for amd64 in {settings.region}: {image.name!r}; correct "
            "aws.image.owner and aws.image.name"
        )
        yield at("aws.image.name", NO_IMAGE(words))


def _running(account: AwsAccount, machines: Sequence[Machine], settings: Aws, tags: Tags) -> Mapping[str, stops.Live]:
    """Return the machines of the stack that run, by name. Raises AwsRefusal."""
    found = {tags.name_in(one["Tags"]): one for one in account.running if tags.are_in(one.get("Tags", ()))}
    if not found:
        return {}
    own = [address["Tags"] for address in account.addresses if tags.are_in(address.get("Tags", ()))]
    public = {tags.name_in(one) for one in own}
    with_key = settings.kms_key or any(machine.size.kms_key for machine in machines)
    keys = _root_keys(account, found) if with_key else {}
    return {
        name: stops.Live(str(one["InstanceType"]), public_address=name in public, root_key=keys.get(name))
        for name, one in found.items()
    }


def _root_keys(account: AwsAccount, instances: Mapping[str, Mapping[str, Any]]) -> Mapping[str, str]:
    """Return the KMS key of the root disk of each machine, where it has one. Raises AwsRefusal."""
    disks = {
        str(disk["Ebs"]["VolumeId"]): name
        for name, one in instances.items()
        for disk in one["BlockDeviceMappings"]
        if disk["DeviceName"] == one["RootDeviceName"]
    }
    wanted = [{"Name": "volume-id", "Values": [*disks]}]
    volumes = account.ask("ec2", "describe_volumes", Filters=wanted)["Volumes"]
    return {disks[one["VolumeId"]]: str(one["KmsKeyId"]) for one in volumes if one.get("KmsKeyId")}
