"""The whole program for AWS under the real engine, with an EC2 that is moto's.

Nobody answers to SSH there, so an up leaves out the first logins and all that comes after them: what is made is
the network, the firewall and the machines. Previews are of everything.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from components.domain.problems.aws.account import (
    IMAGE_GONE,
    LOW_QUOTA,
    NO_IMAGE,
    OTHER_ACCOUNT,
    SLOW_MACHINE,
    STOPS_PAIRS,
)
from components.domain.problems.aws.snapshots import DATA_LEAVES, NO_FINAL_SNAPSHOT
from components.domain.problems.hosts import WRONG_SUBNETS
from components.domain.seed import derive
from tests.aws.moto import Moto, moto
from tests.engine.aws_stack import CANONICAL, IMAGE, AwsStack
from tests.engine.policies import advised, held, pack
from tests.program.stacks import aws, example, section
from tests.run import Failed, Run
from toolchain.ops.replace import ends_with

MONITORED = {"enabled": True, "allowed": ["10.42.255.0/24"]}


@pytest.fixture(scope="module")
def server() -> Iterator[Moto]:
    with moto(region="ap-northeast-2") as running:
        yield running


@pytest.fixture
def cloud(server: Moto) -> Moto:
    server.reset()
    server.register_image(CANONICAL, IMAGE.format(20260101), datetime(2026, 1, 1, tzinfo=UTC))
    return server


@pytest.fixture
def ec2(cloud: Moto) -> Iterator[Any]:
    client = cloud.client()
    yield client
    client.close()


NODES = ("pair-1-en", "pair-2-en", "scn-1", "scn-2", "scn-3", "scn-4")
"""ENs and SCNs of a stack of two pairs."""


def made(run: Run, type_: str) -> set[str]:
    return {step.name for step in run.steps if step.type == type_ and step.verb == "create"}


@pytest.mark.parametrize(
    ("name", "pairs", "scns"),
    [
        ("kairos", ["alpha", "beta"], 4),
        pytest.param("mainnet", ["alpha", "beta", "gamma"], 6, marks=pytest.mark.nightly),
    ],
)
def test_an_example_is_previewed_in_full(
    tmp_path: Path, cloud: Moto, ec2: Any, name: str, pairs: list[str], scns: int
) -> None:
    config, former = example(name), _snapshot(ec2)
    config["aws"]["machines"] = {"scn-4": {"dataSnapshot": former}}
    stack = AwsStack(tmp_path, cloud, config)
    plan = stack.preview(diff=True, policy_packs=[pack()])
    ec2.delete_snapshot(SnapshotId=former)
    assert held(plan)
    advice = "owner-keys-on-kairos"
    assert advised(plan) == ({(advice, "parent-bridge"), (advice, "child-bridge")} if name == "kairos" else set())
    nodes = {f"{pair}-en" for pair in pairs} | {f"scn-{i + 1}" for i in range(scns)}
    paired = {f"scn-{i + 1}" for i in range(len(pairs))}
    assert {step.verb for step in plan.steps} == {"create"}
    assert made(plan, "Instance") == {f"{node}-instance" for node in nodes | {"bastion"}}
    assert made(plan, "RunningNode") == nodes
    assert made(plan, "BridgeOperator") == {f"{scn}-{chain}-vote" for scn in paired for chain in ("parent", "child")}
    assert made(plan, "BridgeRegistration") == {f"{scn}-registration" for scn in paired}
    assert "@10.4" in plan.text, "KNIs are known before any machine exists"
    assert plan.lines(LOW_QUOTA, f"needs {8 * len(pairs) + 4 * scns + 2} vCPUs", "may have 32")
    assert plan.lines(SLOW_MACHINE, *(f"{pair}-en" for pair in pairs), "298 MiB/s", "500 MiB/s")
    assert cloud.leftovers() == []
    for secret in (stack.seed, derive(stack.seed, "node/scn-1"), "PRIVATE KEY"):
        assert secret not in plan.text


def test_what_the_account_lacks_is_told_with_its_settings_and_no_traceback(tmp_path: Path, cloud: Moto) -> None:
    subnets = ["subnet-0000000000000000a", "subnet-0000000000000000b"]
    own = section(image={"name": "moon-*"}, network={"vpc": "vpc-0123456789abcdef0", "privateSubnets": subnets})
    stack = AwsStack(tmp_path, cloud, aws(2, aws=own))
    with pytest.raises(Failed) as refused:
        stack.preview()
    run = refused.value.run
    assert run.lines(NO_IMAGE, "servicechain-ha:aws.image.name", "moon-*")
    assert all(run.lines(WRONG_SUBNETS, "servicechain-ha:aws.network.privateSubnets", one) for one in subnets)
    assert "Traceback" not in run.text
    config = aws(2, aws=section(account="210987654321"))
    config.pop("identitySeed")
    stack.configure(config)
    with pytest.raises(Failed) as other:
        stack.preview()
    assert other.value.run.lines(OTHER_ACCOUNT, "servicechain-ha:aws.account", "123456789012", "210987654321")
    assert "Traceback" not in other.value.run.text


def test_a_whole_life_with_changes_by_hand_and_losses(tmp_path: Path, cloud: Moto, ec2: Any) -> None:
    former = _snapshot(ec2)
    machines = {"scn-4": {"dataSnapshot": former}}
    own = section(backup={"keepCount": 3}, flowLogs={"keepDays": 14}, sessionManager=True, machines=machines)
    config = aws(2, aws=own, monitoring=MONITORED)
    stack = AwsStack(tmp_path, cloud, config)
    up = stack.machines()
    assert len(made(up, "Instance")) == 9
    assert "monitor-instance" in made(up, "Instance")
    disk = stack.instance("scn-4")["disk"]
    assert ec2.describe_volumes(VolumeIds=[disk])["Volumes"][0]["SnapshotId"] == former
    # A machine that has its disk needs no snapshot: neither the one that it began with nor another one.
    ec2.delete_snapshot(SnapshotId=former)
    own["machines"] = {one: {"dataSnapshot": "snap-0123456789abcdef0"} for one in ("scn-4", "pair-2-en")}
    stack.configure(config)
    assert _backed_up(cloud, ec2) == {f"test-{name}-data" for name in NODES}
    assert stack.machines().changes == stack.refresh().changes == {}
    for secret in (stack.seed, derive(stack.seed, "ssh-client"), "PRIVATE KEY", "cloud-config"):
        assert secret not in stack.state + up.text
    _change_by_hand_and_repair(stack, ec2)
    lost = [stack.instance(host)["id"] for host in ("scn-1", "pair-1-en", "parent")]
    ec2.terminate_instances(InstanceIds=lost)
    for rule in ec2.describe_security_group_rules()["SecurityGroupRules"][:5]:
        if not rule["IsEgress"]:
            ec2.revoke_security_group_ingress(
                GroupId=rule["GroupId"], SecurityGroupRuleIds=[rule["SecurityGroupRuleId"]]
            )
    assert set(stack.destroy().changes) == {"delete"}
    assert cloud.leftovers() == []
    assert stack.destroy().changes == {}


def _snapshot(ec2: Any) -> str:
    """Return the snapshot of a volume that is gone."""
    volume = ec2.create_volume(AvailabilityZone="ap-northeast-2b", Size=150)["VolumeId"]
    snapshot = str(ec2.create_snapshot(VolumeId=volume)["SnapshotId"])
    ec2.delete_volume(VolumeId=volume)
    return snapshot


def _backed_up(cloud: Moto, ec2: Any) -> set[str]:
    """Return the names of the volumes that the policy for snapshots finds."""
    lifecycles = cloud.client("dlm")
    (listed,) = lifecycles.get_lifecycle_policies()["Policies"]
    found = lifecycles.get_lifecycle_policy(PolicyId=listed["PolicyId"])["Policy"]["PolicyDetails"]
    lifecycles.close()
    assert found["Schedules"][0]["RetainRule"] == {"Count": 3}
    (tag,) = found["TargetTags"]
    volumes = ec2.describe_volumes(Filters=[{"Name": f"tag:{tag['Key']}", "Values": [tag["Value"]]}])["Volumes"]
    assert all(one["Encrypted"] for one in volumes)
    return {tag["Value"] for one in volumes for tag in one["Tags"] if tag["Key"] == "Name"}


def _change_by_hand_and_repair(stack: AwsStack, ec2: Any) -> None:
    """Open a port in three groups and stop a machine: a refresh has to see each, and an up to repair it."""
    stopped = stack.instance("scn-2")["id"]
    groups = ec2.describe_security_groups()["SecurityGroups"]
    vpc = next(one["VpcId"] for one in groups if one["GroupName"].startswith("nodes-"))
    opened = [
        one["GroupId"]
        for one in groups
        if one["VpcId"] == vpc and one["GroupName"].startswith(("nodes-", "default", "bastion-"))
    ]
    for group in opened:
        ec2.authorize_security_group_ingress(
            GroupId=group, IpProtocol="tcp", FromPort=8551, ToPort=8551, CidrIp="0.0.0.0/0"
        )
    ec2.stop_instances(InstanceIds=[stopped])
    assert len(opened) == 3
    assert stack.refresh().changes == {"update": 4}
    run = stack.machines()
    assert {step.name for step in run.steps} == {"nodes-rules", "bastion-rules", "default-group", "scn-2-running"}
    rules = ec2.describe_security_group_rules()["SecurityGroupRules"]
    assert not [one for one in rules if one["FromPort"] == 8551]
    live = ec2.describe_instances(InstanceIds=[stopped])["Reservations"][0]["Instances"][0]
    assert live["State"]["Name"] == "running"
    assert stack.machines().changes == stack.refresh().changes == {}


@pytest.mark.nightly
def test_a_newer_image_is_taken_by_the_machine_that_asks_for_it(tmp_path: Path, cloud: Moto) -> None:
    config = aws(2)
    stack = AwsStack(tmp_path, cloud, config)
    stack.machines()
    before = {host: stack.instance(host) for host in ("pair-1-en", "pair-2-en", "scn-1")}
    newer = cloud.register_image(CANONICAL, IMAGE.format(20260901), datetime(2026, 9, 1, tzinfo=UTC))
    assert stack.machines().changes == {}

    run = stack.machines(replace=[stack.urn("pair-1-en-boot")])
    after = {host: stack.instance(host) for host in before}
    assert after["pair-1-en"]["image"] == newer
    assert after["pair-1-en"]["id"] != before["pair-1-en"]["id"]
    for kept in ("address", "disk"):
        assert after["pair-1-en"][kept] == before["pair-1-en"][kept]
    assert {host: after[host] for host in ("pair-2-en", "scn-1")} == {
        host: before[host] for host in ("pair-2-en", "scn-1")
    }
    order = [step.verb for step in run.steps if step.name == "pair-1-en-instance"]
    assert order.index("delete-replaced") < order.index("create-replacement"), "a node key must never run twice"
    assert stack.machines().changes == {}
    _turn_the_monitor_on_and_off(stack, config, newer)
    stack.destroy()
    assert cloud.leftovers() == []


def _turn_the_monitor_on_and_off(stack: AwsStack, config: dict[str, Any], newest: str) -> None:
    hosts = ("parent", "scn-1", "pair-1-en", "pair-2-en")
    before = {host: stack.instance(host) for host in hosts}
    stack.configure({**config, "monitoring": MONITORED})
    assert made(stack.machines(), "Instance") == {"monitor-instance"}
    assert stack.machines().changes == stack.refresh().changes == {}
    monitor = stack.instance("monitor")
    assert monitor["image"] == newest
    stack.machines(replace=[stack.urn("monitor-boot")])
    again = stack.instance("monitor")
    assert again["id"] != monitor["id"]
    assert {key: again[key] for key in ("address", "disk")} == {key: monitor[key] for key in ("address", "disk")}
    stack.configure(config)
    assert not made(stack.machines(), "Instance")
    with pytest.raises(KeyError):
        stack.instance("monitor")
    assert {host: stack.instance(host) for host in hosts} == before


@pytest.mark.nightly
def test_a_machine_that_was_lost_comes_back_with_its_disk_and_address(tmp_path: Path, cloud: Moto, ec2: Any) -> None:
    stack = AwsStack(tmp_path, cloud, aws(2))
    stack.machines()
    before = stack.instance("scn-2")
    ec2.terminate_instances(InstanceIds=[before["id"]])
    gone = ends_with(stack.resources(), "scn-2")  # what make replace refreshes
    assert len(gone) == 3
    assert stack.refresh(target=gone).changes == {"delete": 3}
    ec2.deregister_image(ImageId=before["image"])
    newer = cloud.register_image(CANONICAL, IMAGE.format(20260901), datetime(2026, 9, 1, tzinfo=UTC))
    with pytest.raises(Failed, match="couldn't find resource") as lost:
        stack.machines()
    assert lost.value.run.lines(IMAGE_GONE, "scn-2:", before["image"])
    mended = {
        step.name for step in stack.machines(replace=[stack.urn("scn-2-boot")]).steps if step.verb.startswith("create")
    }
    assert mended == {"scn-2-boot", "scn-2-instance", "scn-2-data", "scn-2-running"}
    after = stack.instance("scn-2")
    assert after["id"] != before["id"]
    assert after["image"] == newer
    assert {key: after[key] for key in ("address", "disk")} == {key: before[key] for key in ("address", "disk")}
    stack.destroy()
    assert cloud.leftovers() == []


@pytest.mark.nightly
def test_an_edit_of_a_role_is_made_pair_by_pair(tmp_path: Path, cloud: Moto, ec2: Any) -> None:
    config = aws(2)
    stack = AwsStack(tmp_path, cloud, config)
    stack.machines()
    before = {host: stack.instance(host)["id"] for host in ("pair-1-en", "pair-2-en")}

    def configured(**changes: Any) -> None:
        stack.configure({**config, "aws": section(**changes)})

    for changes in ({"instanceType": "m6i.2xlarge"}, {"publicAddress": True}):
        configured(en=changes)
        with pytest.raises(Failed) as refused:
            stack.preview()
        assert refused.value.run.lines(STOPS_PAIRS, "aws.machines.pair-1-en", "pair-2-en")
        assert "Traceback" not in refused.value.run.text
    with pytest.raises(Failed):
        stack.machines()
    own: dict[str, Any] = {"instanceType": "m6i.2xlarge"}
    configured(machines={"pair-1-en": own})
    assert {step.name for step in stack.machines().steps} == {"pair-1-en-instance"}
    configured(machines={"pair-1-en": own, "pair-2-en": own})
    assert {step.name for step in stack.machines().steps} == {"pair-2-en-instance"}
    configured(en=own)
    assert stack.machines().changes == {}
    live = ec2.describe_instances(InstanceIds=[*before.values()])["Reservations"]
    assert {one["InstanceType"] for held in live for one in held["Instances"]} == {"m6i.2xlarge"}
    assert {host: stack.instance(host)["id"] for host in before} == before
    larger = {"scn-1": {"dataGib": 300}}
    configured(en=own, machines=larger, tags={"team": "bridge"})
    assert set(stack.machines().changes) == {"update"}
    configured(en=own, machines=larger, finalSnapshot=True)
    assert set(stack.machines().changes) == {"update"}
    configured(en=own, machines=larger, finalSnapshot=True, sessionManager=True)
    assert set(stack.machines().changes) == {"create", "update"}
    configured(en=own, machines=larger, finalSnapshot=True)
    assert set(stack.machines().changes) == {"delete", "update"}
    assert {host: stack.instance(host)["id"] for host in before} == before
    assert stack.machines().changes == {}
    stack.destroy()
    kept = ec2.describe_snapshots(Filters=[{"Name": "tag:servicechain-ha:stack", "Values": ["test"]}])["Snapshots"]
    assert sorted(cloud.leftovers()) == sorted(f"Snapshot {one['SnapshotId']} is still there" for one in kept)
    names = {tag["Value"] for one in kept for tag in one["Tags"] if tag["Key"] == "Name"}
    assert names == {f"test-{name}-data" for name in ("parent", *before, *(f"scn-{i}" for i in range(1, 5)))}


def test_data_of_machines_that_leave_are_kept_whatever_an_earlier_run_has_done(
    tmp_path: Path, cloud: Moto, ec2: Any
) -> None:
    config = aws(3)
    stack = AwsStack(tmp_path, cloud, config)
    stack.machines()
    disks = {host: stack.instance(host)["disk"] for host in ("pair-2-en", "pair-3-en")}
    two = aws(2, aws=section(finalSnapshot=True))
    for one in (config, two):
        one.pop("identitySeed", None)

    # The settings ask for it, but the run fails before any volume knows.
    stack.configure({**config, "aws": section(finalSnapshot=True)})
    stack.up(target=[stack.urn("placement")])
    assert "finalSnapshot" not in json.dumps([one for one in stack.resources() if one["type"].endswith(":Volume")])
    stack.configure(two)
    plan = stack.preview()
    assert plan.lines(DATA_LEAVES, "warning: ", "pair-3-en")
    assert _kept(ec2) == [], "a preview makes none"
    stack.machines()
    assert _kept(ec2) == [disks["pair-3-en"]]

    # Without the setting, and without a volume to keep: nothing else is deleted either.
    stack.configure({**two, "aws": section(), "pairs": two["pairs"][:1]})
    ec2.create_tags(Resources=[disks["pair-2-en"]], Tags=[{"Key": "Name", "Value": "another"}])
    with pytest.raises(Failed) as ended:
        stack.machines()
    assert ended.value.run.lines(NO_FINAL_SNAPSHOT, "pair-2-en")
    there = [one["VolumeId"] for one in ec2.describe_volumes()["Volumes"]]
    assert disks["pair-2-en"] in there
    ec2.create_tags(Resources=[disks["pair-2-en"]], Tags=[{"Key": "Name", "Value": "test-pair-2-en-data"}])
    stack.machines()
    assert disks["pair-2-en"] in _kept(ec2)
    assert disks["pair-2-en"] not in [one["VolumeId"] for one in ec2.describe_volumes()["Volumes"]]
    stack.destroy()


def _kept(ec2: Any) -> list[str]:
    """Return the volumes of which a snapshot of the stack is kept, one for each snapshot."""
    found = ec2.describe_snapshots(Filters=[{"Name": "tag:servicechain-ha:stack", "Values": ["test"]}])["Snapshots"]
    return sorted(str(one["VolumeId"]) for one in found)


@pytest.mark.nightly
def test_a_protected_stack_refuses_to_go_until_it_is_told(tmp_path: Path, cloud: Moto, ec2: Any) -> None:
    stack = AwsStack(tmp_path, cloud, aws(2, protection=True))
    stack.machines()
    with pytest.raises(Failed, match="protected"):
        stack.destroy()
    gone = {step.type for step in stack.machines().steps if step.verb == "create"}
    assert not gone & {"Instance", "Volume", "VolumeAttachment", "NetworkInterface", "Account", "Boot"}
    instance = stack.instance("scn-1")["id"]
    with pytest.raises(Exception, match="OperationNotPermitted"):
        ec2.terminate_instances(InstanceIds=[instance])
    config = aws(2, protection=False)
    config.pop("identitySeed")
    stack.configure(config)
    stack.machines()
    stack.destroy()
    assert cloud.leftovers() == []
