"""Snapshots of the data volumes of machines that leave a stack on AWS, made before the volumes are deleted."""

import sys
from collections.abc import Mapping, Sequence
from typing import Any

from components.domain.problems.aws.snapshots import DATA_LEAVES, NO_FINAL_SNAPSHOT
from components.domain.problems.problem import CodedError
from components.dynamic.base import Part

POLL_SECONDS = 15
ROUNDS = 24 * 3600 // POLL_SECONDS
"""A day: as long as the `aws` plugin gets for a snapshot when it deletes a volume."""
_OF_AWS = "aws:"
"""Begins tags that nobody else may set."""


class NoSnapshot(CodedError):
    """The data of a machine that leaves cannot be kept."""


class DataVolumes(Part):
    """How to find the data volumes of a stack."""

    region: str
    tags: dict[str, str]
    """Tags of all that is the stack's."""
    name: str
    """The tag Name of a data volume, with {} in the place of its machine."""


def make(volumes: DataVolumes, machines: Sequence[str]) -> None:
    """Make a snapshot of the data volume of each machine, with the tags of the volume, and wait until all are complete.

    Raises NoSnapshot if a volume is not found, or AWS does not make a snapshot.
    """
    # Half a second, and only for a machine that leaves.
    import boto3.session
    from botocore.exceptions import BotoCoreError, ClientError

    ec2 = boto3.session.Session(region_name=volumes.region).client("ec2")
    try:
        found = [one for machine in machines for one in _of(ec2, volumes, machine)]
        made = [_snapshot(ec2, volume) for volume in found]
        rounds = {"Delay": POLL_SECONDS, "MaxAttempts": ROUNDS}
        ec2.get_waiter("snapshot_completed").wait(SnapshotIds=made, WaiterConfig=rounds)
    except (ClientError, BotoCoreError) as error:
        words = " ".join(str(error).split())
        raise NoSnapshot(
            NO_FINAL_SNAPSHOT(f"the data volumes of {', '.join(machines)} are not deleted: {words}")
        ) from None
    finally:
        ec2.close()


def _of(ec2: Any, volumes: DataVolumes, machine: str) -> Sequence[Mapping[str, Any]]:
    name = volumes.name.format(machine)
    tags = {"Name": name, **volumes.tags}
    filters = [{"Name": f"tag:{key}", "Values": [value]} for key, value in tags.items()]
    found: Sequence[Mapping[str, Any]] = ec2.describe_volumes(Filters=filters)["Volumes"]
    if not found:
        words = f"{machine}: no volume in {volumes.region} has the tags of its data volume, {name}; nothing is deleted"
        raise NoSnapshot(NO_FINAL_SNAPSHOT(words))
    return found


def _snapshot(ec2: Any, volume: Mapping[str, Any]) -> str:
    tags = [tag for tag in volume["Tags"] if not tag["Key"].startswith(_OF_AWS)]
    name = next(tag["Value"] for tag in tags if tag["Key"] == "Name")
    made = ec2.create_snapshot(
        VolumeId=volume["VolumeId"],
        Description=f"{name}, before its deletion",
        TagSpecifications=[{"ResourceType": "snapshot", "Tags": tags}],
    )
    print(DATA_LEAVES(f"{name}: {made['SnapshotId']} is begun, and this run waits for it"), file=sys.stderr)
    return str(made["SnapshotId"])
