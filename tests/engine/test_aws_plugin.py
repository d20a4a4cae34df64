"""The test-only `aws` plugin under the real engine: what the official one does where it matters, on moto."""

import base64
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.aws.moto import Moto, moto
from tests.aws.sample.stack import OWNER, SECRET, SampleStack
from tests.aws.tested import unchanged
from tests.run import Failed

pytestmark = pytest.mark.skipif(unchanged(), reason="unchanged since it was tested; make imitation runs these")


@pytest.fixture(scope="module")
def server() -> Iterator[Moto]:
    with moto() as running:
        yield running


@pytest.fixture
def cloud(server: Moto) -> Moto:
    server.reset()
    server.register_image(OWNER, "ubuntu-older", datetime(2025, 1, 1, tzinfo=UTC))
    server.register_image(OWNER, "ubuntu-newer", datetime(2026, 1, 1, tzinfo=UTC))
    server.register_image("111111111111", "ubuntu-of-another", datetime(2026, 2, 1, tzinfo=UTC))
    return server


@pytest.fixture
def ec2(cloud: Moto) -> Iterator[Any]:
    client = cloud.client()
    yield client
    client.close()


@pytest.fixture
def stack(tmp_path: Path, cloud: Moto) -> SampleStack:
    return SampleStack(tmp_path, cloud)


def stack_of(folder: Path, cloud: Moto, resource: str) -> SampleStack:
    """Return a stack of a program with one resource."""
    program = folder / "program"
    program.mkdir()
    (program / "__main__.py").write_text(
        "import pulumi\nimport pulumi_aws as aws\n"
        f"provider = aws.Provider('aws', region='{cloud.region}')\n"
        "opts, asking = pulumi.ResourceOptions(provider=provider), pulumi.InvokeOptions(provider=provider)\n"
        f"aws.{resource}\n"
    )
    return SampleStack(folder, cloud, program)


def test_a_whole_life(stack: SampleStack, cloud: Moto, ec2: Any, tmp_path: Path) -> None:
    stack.configure(account="210987654321")
    with pytest.raises(Failed, match="AWS account ID not allowed: 123456789012"):
        stack.preview()
    stack.configure()
    planned = stack.preview(diff=True)
    assert {step.verb for step in planned.steps} == {"create"}
    assert cloud.leftovers() == []
    assert 'imageName : "ubuntu-newer"' in planned.text.replace("  ", " ").replace("  ", " ")

    made = stack.up()
    assert made.changes == planned.changes
    assert not made.errors
    outputs = stack.outputs()
    assert (outputs["address"][:7], outputs["natAddress"]) == ("10.9.1.", "10.9.0.9")
    assert _profile(ec2, outputs) == outputs["profile"]
    assert (outputs["subnetZone"], outputs["vpcBlock"]) == (f"{cloud.region}b", "10.9.0.0/16")
    written = "".join(path.read_text() for path in (tmp_path / "state").rglob("*.json"))
    assert outputs["instance"] in written
    assert base64.b64encode(SECRET.encode()).decode() not in written + made.text

    assert stack.up().changes == stack.refresh().changes == {}
    assert stack.destroy().changes == {"delete": planned.changes["create"]}
    assert cloud.leftovers() == []
    assert stack.destroy().changes == {}


def test_drift_is_seen_and_mended(stack: SampleStack, cloud: Moto, ec2: Any) -> None:
    stack.up()
    outputs = stack.outputs()
    machine, volume, group = outputs["instance"], outputs["volume"], outputs["group"]
    ec2.detach_volume(VolumeId=volume, InstanceId=machine)
    rules = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [group]}])["SecurityGroupRules"]
    ssh = next(rule["SecurityGroupRuleId"] for rule in rules if rule.get("Description") == "ssh")
    ec2.revoke_security_group_ingress(GroupId=group, SecurityGroupRuleIds=[ssh])
    ec2.create_tags(Resources=[outputs["vpc"]], Tags=[{"Key": "Project", "Value": "another"}])
    ec2.modify_instance_attribute(InstanceId=machine, InstanceType={"Value": "m6i.2xlarge"})
    ec2.modify_volume(VolumeId=volume, Size=150)
    default = ec2.describe_security_groups(
        Filters=[{"Name": "vpc-id", "Values": [outputs["vpc"]]}, {"Name": "group-name", "Values": ["default"]}]
    )["SecurityGroups"][0]["GroupId"]
    for one in (default, group):
        ec2.authorize_security_group_ingress(GroupId=one, IpProtocol="tcp", FromPort=1, ToPort=2, CidrIp="0.0.0.0/0")
    ec2.stop_instances(InstanceIds=[machine])
    _spoil_the_backup(cloud, outputs)
    ec2.delete_flow_logs(FlowLogIds=[one["FlowLogId"] for one in ec2.describe_flow_logs()["FlowLogs"]])

    assert stack.refresh().changes == {"delete": 4, "update": 8}
    stack.configure(size=200, kept=14)  # a disk cannot shrink
    assert stack.up().changes == {"create": 4, "update": 8}
    assert stack.up().changes == stack.refresh().changes == {}
    assert ec2.describe_security_groups(GroupIds=[default])["SecurityGroups"][0]["IpPermissions"] == []
    live = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]["IpPermissions"]
    assert {one["FromPort"] for one in live} == {22, 32323}
    running = ec2.describe_instances(InstanceIds=[machine])["Reservations"][0]["Instances"][0]
    assert running["State"]["Name"] == "running"
    found = ec2.describe_volumes(VolumeIds=[volume])["Volumes"][0]
    assert (found["Size"], found["Attachments"][0]["InstanceId"]) == (200, machine)

    ec2.detach_volume(VolumeId=volume, InstanceId=machine)
    ec2.terminate_instances(InstanceIds=[machine])
    assert stack.refresh().changes["delete"] == 3
    stack.up()
    again = stack.outputs()
    assert again["instance"] != machine
    assert {name: again[name] for name in ("volume", "interface", "address")} == {
        name: outputs[name] for name in ("volume", "interface", "address")
    }
    stack.destroy()
    assert cloud.leftovers() == []


def _profile(ec2: Any, outputs: dict[str, Any]) -> str:
    """Return the name of the machine's instance profile, empty for none."""
    (held,) = ec2.describe_instances(InstanceIds=[outputs["instance"]])["Reservations"]
    return str(held["Instances"][0].get("IamInstanceProfile", {}).get("Arn", "").rpartition("/")[2])


def _spoil_the_backup(cloud: Moto, outputs: dict[str, Any]) -> None:
    """Take the policy from the role, and let the service make snapshots at another time."""
    iam, lifecycles = cloud.client("iam"), cloud.client("dlm")
    (attached,) = iam.list_attached_role_policies(RoleName=outputs["role"])["AttachedPolicies"]
    iam.detach_role_policy(RoleName=outputs["role"], PolicyArn=attached["PolicyArn"])
    details = lifecycles.get_lifecycle_policy(PolicyId=outputs["lifecycle"])["Policy"]["PolicyDetails"]
    details["Schedules"][0]["CreateRule"]["Times"] = ["12:00"]
    lifecycles.update_lifecycle_policy(PolicyId=outputs["lifecycle"], PolicyDetails=details)
    logs = cloud.client("logs")
    (group,) = logs.describe_log_groups()["logGroups"]
    logs.put_retention_policy(logGroupName=group["logGroupName"], retentionInDays=1)
    for client in (iam, lifecycles, logs):
        client.close()


def test_what_the_official_provider_does_not_see_stays(stack: SampleStack, cloud: Moto, ec2: Any) -> None:
    stack.configure(lenient=True)
    stack.up()
    outputs = stack.outputs()
    default = ec2.describe_security_groups(
        Filters=[{"Name": "vpc-id", "Values": [outputs["vpc"]]}, {"Name": "group-name", "Values": ["default"]}]
    )["SecurityGroups"][0]["GroupId"]
    ec2.authorize_security_group_ingress(GroupId=default, IpProtocol="tcp", FromPort=1, ToPort=2, CidrIp="0.0.0.0/0")
    assert stack.refresh().changes.get("update", 0) == stack.up().changes.get("update", 0) == 0
    ec2.terminate_instances(InstanceIds=[outputs["instance"]])
    with pytest.raises(Failed, match="IncorrectInstanceState"):
        stack.destroy()
    stack.refresh()
    stack.destroy()
    assert cloud.leftovers() == []


def test_a_machine_is_replaced_and_keeps_disk_and_address(stack: SampleStack, cloud: Moto, ec2: Any) -> None:
    stack.up()
    before = stack.outputs()
    changed = {"type": "m6i.xlarge", "size": 120, "tags": {"More": "yes"}, "from": "198.51.100.0/24"}
    stack.configure(**changed, secret="more", keep=True)
    in_place = stack.up()
    assert "replace" not in in_place.changes
    assert stack.outputs() == before
    assert stack.refresh().changes == {}
    assert stack.preview().changes == {}
    for powerless, profile in ((True, ""), (False, before["profile"])):
        stack.configure(**changed, secret="more", keep=True, powerless=powerless)
        assert stack.up().changes == {"update": 1}
        assert _profile(ec2, before) == profile

    newest = cloud.register_image(OWNER, "ubuntu-newest", datetime(2026, 3, 1, tzinfo=UTC))
    planned = stack.preview()
    assert {step.name for step in planned.steps if step.verb == "replace"} == {"machine", "data", "running"}
    stack.up()
    after = stack.outputs()
    assert after["instance"] != before["instance"]
    assert [after[name] for name in ("volume", "interface", "address")] == [
        before[name] for name in ("volume", "interface", "address")
    ]
    machine = ec2.describe_instances(InstanceIds=[after["instance"]])["Reservations"][0]["Instances"][0]
    assert machine["ImageId"] == newest
    assert machine["Placement"]["AvailabilityZone"] == f"{cloud.region}b"
    assert stack.up().changes == {}

    stack.configure(**changed, secret="another")  # and userDataReplaceOnChange
    assert "replace" in stack.preview().changes
    stack.destroy()
    assert cloud.leftovers() == []


def test_a_protected_machine_stays(stack: SampleStack, cloud: Moto) -> None:
    stack.configure(protected=True)
    stack.up()
    machine = stack.outputs()["instance"]
    with pytest.raises(Failed, match="OperationNotPermitted"):
        stack.destroy()
    assert f"Instance {machine} is still there" in cloud.leftovers()
    stack.configure(protected=True, force=True)
    stack.up()
    assert stack.outputs()["instance"] == machine
    stack.destroy()
    assert cloud.leftovers() == []


def test_a_failed_up_can_be_destroyed(stack: SampleStack, cloud: Moto) -> None:
    stack.configure(image="ami-0123456789abcdef0")
    with pytest.raises(Failed, match="couldn't find resource"):
        stack.up()
    assert cloud.leftovers() != []
    stack.destroy()
    assert cloud.leftovers() == []


def test_what_is_half_made_is_in_the_state(tmp_path: Path, cloud: Moto) -> None:
    nowhere = stack_of(
        tmp_path, cloud, "ec2.Eip('a', domain='vpc', network_interface='eni-0123456789abcdef0', opts=opts)"
    )
    with pytest.raises(Failed, match=r"InvalidNetworkInterfaceID\.NotFound"):
        nowhere.up()
    assert len(cloud.leftovers()) == 1
    nowhere.destroy()
    assert cloud.leftovers() == []


@pytest.mark.parametrize(
    ("resource", "sentence"),
    [
        ("ec2.Vpc('a', cidr_block='10.0.0.0/16', instance_tenancy='default', opts=opts)", "instanceTenancy is nothing"),
        (
            "ec2.Instance('a', ami='b', instance_type='c', root_block_device={'iops': 5}, opts=opts,"
            " primary_network_interface={'network_interface_id': 'eni-1'})",
            "rootBlockDevice.iops is nothing",
        ),
        ("s3.Bucket('a', opts=opts)", "aws:s3/bucket:Bucket is no resource"),
        ("ec2.get_ami(owners=['self'], name_regex='a', opts=asking)", "nameRegex is nothing"),
    ],
)
def test_nothing_is_ignored(tmp_path: Path, cloud: Moto, resource: str, sentence: str) -> None:
    with pytest.raises(Failed) as failure:
        stack_of(tmp_path, cloud, resource).preview()
    assert f"{sentence} that this test plugin knows" in failure.value.run.text
