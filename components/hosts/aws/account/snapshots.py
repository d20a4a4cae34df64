"""The snapshots that data volumes shall be made from. A machine that has its volume needs its snapshot no more."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from components.domain.problems.aws.snapshots import UNFIT_SNAPSHOT
from components.domain.problems.problem import Message
from components.domain.roles import SIDE_OF
from components.hosts.aws.account.account import AwsAccount
from components.hosts.aws.tags import DATA_VOLUME, NAME, Tags
from components.topology.machine import Machine


def problems(account: AwsAccount, machines: Sequence[Machine], tags: Tags) -> Iterator[Message]:
    """Return a message for each new data volume that cannot be made from its snapshot. Raises AwsRefusal."""
    wanted = [machine for machine in machines if machine.size.data_snapshot]
    if not wanted:
        return
    there = _with_a_volume(account, wanted, tags)
    new = [machine for machine in wanted if machine.name not in there]
    if not new:
        return
    ids = sorted({str(machine.size.data_snapshot) for machine in new})
    # By a filter: of an id that is not there, the question itself would fail.
    answer = account.ask("ec2", "describe_snapshots", Filters=[{"Name": "snapshot-id", "Values": ids}])["Snapshots"]
    known = {str(one["SnapshotId"]): one for one in answer}
    roles = {machine.name: machine.role for machine in machines if machine.role in SIDE_OF}
    for machine in new:
        snapshot = str(machine.size.data_snapshot)
        why = _unfit(machine, known.get(snapshot), roles, tags, account.region)
        if why:
            yield UNFIT_SNAPSHOT(f"{machine.name}: its dataSnapshot {snapshot} {why}")


def _with_a_volume(account: AwsAccount, machines: Sequence[Machine], tags: Tags) -> Collection[str]:
    """Return the names of machines that have their data volume."""
    names = {tags.of(machine.name + DATA_VOLUME)[NAME]: machine.name for machine in machines}
    found = account.ask("ec2", "describe_volumes", Filters=[{"Name": f"tag:{NAME}", "Values": sorted(names)}])
    own = [one["Tags"] for one in found["Volumes"] if tags.are_in(one.get("Tags", ()))]
    return {tags.name_in(one).removesuffix(DATA_VOLUME) for one in own}


def _unfit(
    machine: Machine, snapshot: Mapping[str, Any] | None, roles: Mapping[str, str], tags: Tags, region: str
) -> str:
    """Return why the data volume of a machine cannot be made from a snapshot; empty if it can."""
    if snapshot is None:
        return f"is not in {region}, or not shared with this account; name one that is"
    if (state := snapshot.get("State")) != "completed":
        return f"is not complete ({state}); wait, or name another one"
    if (size := int(snapshot["VolumeSize"])) > machine.size.data_gib:
        return f"has {size} GiB, and the data volume {machine.size.data_gib}; write dataGib {size} or more"
    if tags.are_in(snapshot.get("Tags", ())):
        of = tags.name_in(snapshot["Tags"]).removesuffix(DATA_VOLUME)
        if of in roles and SIDE_OF[roles[of]] != SIDE_OF[machine.role]:
            return f"is of {of}, which has the other chain; name one of an {machine.role.upper()}"
    return ""
