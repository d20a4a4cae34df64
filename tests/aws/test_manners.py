"""What EC2 refuses, moto refuses too while a test's server runs."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.aws.moto import Moto, moto


@pytest.fixture(scope="module")
def cloud() -> Iterator[Moto]:
    with moto() as running:
        yield running


@pytest.fixture
def ec2(cloud: Moto) -> Iterator[Any]:
    cloud.reset()
    client = cloud.client()
    yield client
    client.close()


@pytest.fixture
def subnet(ec2: Any) -> dict[str, str]:
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    found = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24", AvailabilityZone="eu-central-1b")
    return {"SubnetId": found["Subnet"]["SubnetId"], "VpcId": vpc}


def refused(code: str, operation: Any, **parameters: Any) -> None:
    with pytest.raises(ClientError) as refusal:
        operation(**parameters)
    assert refusal.value.response["Error"]["Code"] == code


def machine(cloud: Moto, ec2: Any, interface: str) -> str:
    image = cloud.register_image("111111111111", "image", datetime(2026, 1, 1, tzinfo=UTC))
    wanted: dict[str, Any] = {"NetworkInterfaces": [{"DeviceIndex": 0, "NetworkInterfaceId": interface}]}
    made = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, **wanted)
    refused("InvalidNetworkInterface.InUse", ec2.run_instances, ImageId=image, MinCount=1, MaxCount=1, **wanted)
    return str(made["Instances"][0]["InstanceId"])


def test_addresses(ec2: Any, subnet: dict[str, str]) -> None:
    where = {"SubnetId": subnet["SubnetId"]}
    first = ec2.create_network_interface(**where)["NetworkInterface"]["PrivateIpAddress"]
    assert first == "10.0.0.4"
    refused("InvalidIPAddress.InUse", ec2.create_network_interface, **where, PrivateIpAddress=first)
    for address in ("10.0.1.4", "10.0.0.3", "10.0.0.255"):
        refused("InvalidParameterValue", ec2.create_network_interface, **where, PrivateIpAddress=address)


def test_what_is_used_stays(cloud: Moto, ec2: Any, subnet: dict[str, str]) -> None:
    group, other = (
        ec2.create_security_group(GroupName=name, Description=name, VpcId=subnet["VpcId"])["GroupId"]
        for name in ("group", "other")
    )
    peers = {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, "UserIdGroupPairs": [{"GroupId": other}]}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[peers])
    made = ec2.create_network_interface(SubnetId=subnet["SubnetId"], Groups=[group])
    interface = made["NetworkInterface"]["NetworkInterfaceId"]
    instance = machine(cloud, ec2, interface)
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    ec2.associate_address(AllocationId=address, NetworkInterfaceId=interface)

    refused("InvalidParameterValue", ec2.delete_network_interface, NetworkInterfaceId=interface)
    refused("InvalidIPAddress.InUse", ec2.release_address, AllocationId=address)
    for one in (group, other):
        refused("DependencyViolation", ec2.delete_security_group, GroupId=one)
    refused("DependencyViolation", ec2.delete_subnet, SubnetId=subnet["SubnetId"])

    ec2.terminate_instances(InstanceIds=[instance])
    refused("IncorrectInstanceState", ec2.stop_instances, InstanceIds=[instance])
    ec2.delete_network_interface(NetworkInterfaceId=interface)
    ec2.delete_security_group(GroupId=group)
    ec2.delete_subnet(SubnetId=subnet["SubnetId"])
    refused("DependencyViolation", ec2.delete_vpc, VpcId=subnet["VpcId"])
    ec2.delete_security_group(GroupId=other)
    ec2.delete_vpc(VpcId=subnet["VpcId"])
    assert cloud.leftovers() == [f"Allocation {address} is still there"]


def test_disks(cloud: Moto, ec2: Any, subnet: dict[str, str]) -> None:
    interface = ec2.create_network_interface(SubnetId=subnet["SubnetId"])["NetworkInterface"]["NetworkInterfaceId"]
    where = {"InstanceId": machine(cloud, ec2, interface), "Device": "/dev/sdf"}
    elsewhere, here, third = (
        ec2.create_volume(AvailabilityZone=f"eu-central-1{zone}", Size=5)["VolumeId"] for zone in "abb"
    )
    refused("InvalidVolume.ZoneMismatch", ec2.attach_volume, **where, VolumeId=elsewhere)
    ec2.attach_volume(**where, VolumeId=here)
    refused("VolumeInUse", ec2.attach_volume, **where, VolumeId=here)
    refused("InvalidParameterValue", ec2.attach_volume, **where, VolumeId=third)
    refused("InvalidParameterValue", ec2.modify_volume, VolumeId=here, Size=4)
    refused("VolumeInUse", ec2.delete_volume, VolumeId=here)
    snapshot = ec2.create_snapshot(VolumeId=here)["SnapshotId"]
    made = {"AvailabilityZone": "eu-central-1b", "SnapshotId": snapshot}
    refused("InvalidParameterValue", ec2.create_volume, **made, Size=4)
    assert ec2.create_volume(**made, Size=6)["SnapshotId"] == snapshot
    ec2.delete_snapshot(SnapshotId=snapshot)
    refused("InvalidSnapshot.NotFound", ec2.create_volume, **made, Size=6)
