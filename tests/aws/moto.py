"""An AWS for tests: moto's server in this process, on a free port of loopback, with the manners of EC2.

with moto() as cloud:
    cloud.register_image("099720109477", "ubuntu-24.04", datetime(2026, 1, 1, tzinfo=UTC))
    stack = Stack(tmp_path, settings(...), environment=cloud.environment)
    ...
    assert cloud.leftovers() == []
"""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.ec2.models import ec2_backends
from moto.ec2.models.amis import Ami
from moto.ec2.utils import random_ami_id
from moto.moto_api._internal.models import moto_api_backend
from moto.server import ThreadedMotoServer

from tests.aws import dlm, recorder
from tests.aws.manners_keys import manners as keys
from tests.aws.manners_machines import manners as machines
from tests.aws.manners_networks import manners as networks
from tests.aws.manners_roles import manners as roles

__all__ = ["PLUGIN", "Moto", "moto"]

PLUGIN = Path(__file__).resolve().parent / "bin/pulumi-resource-aws"
"""What the engine starts."""

_SNAPSHOT_OF_IMAGE = "Auto-created snapshot for AMI"


class Moto:
    """A running server: one account, one region."""

    def __init__(self, port: int, region: str) -> None:
        self.region = region
        self.endpoint = f"http://127.0.0.1:{port}"
        self._credentials = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}  # what moto calls it
        self._at_first: set[tuple[str, str]] = set()
        self.reset()

    @property
    def environment(self) -> dict[str, str]:
        """Return what Pulumi's engine has to have in its environment to find the plugin, and the plugin this server."""
        return {
            **self._credentials,
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_EC2_METADATA_DISABLED": "true",
            # A developer's own profiles are none of a test's business.
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "PATH": os.pathsep.join([str(PLUGIN.parent), str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
            "PULUMI_IGNORE_AMBIENT_PLUGINS": "false",
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    def client(self, service: str = "ec2") -> Any:
        """Return a boto3 client, to look at and change things behind the program's back. Close it after use."""
        return boto3.client(
            service,
            region_name=self.region,
            endpoint_url=self.endpoint,
            config=Config(user_agent_extra=recorder.BY_HAND),
            aws_access_key_id=self._credentials["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=self._credentials["AWS_SECRET_ACCESS_KEY"],
        )

    def register_image(self, owner: str, name: str, created: datetime, architecture: str = "x86_64") -> str:
        """Add a public image of some account, as it was made then. Return its id."""
        backend = ec2_backends[DEFAULT_ACCOUNT_ID][self.region]
        image = Ami(
            backend,
            random_ami_id(),
            name=name,
            owner_id=owner,
            public=True,
            virtualization_type="hvm",
            architecture=architecture,
            creation_date=created,
            root_device_type="ebs",
            region_name=f"{self.region}a",
        )
        backend.amis[image.id] = image
        return str(image.id)

    def reset(self) -> None:
        """Make it a fresh account: images are gone too."""
        moto_api_backend.reset()
        self._at_first = self._there()

    def leftovers(self) -> list[str]:
        """Return what there is that a fresh account has not, as sentences."""
        return [f"{kind} {identity} is still there" for kind, identity in sorted(self._there() - self._at_first)]

    def _there(self) -> set[tuple[str, str]]:
        """Return kinds and ids of all that costs or blocks something."""
        with ExitStack() as clients:
            ec2, cloudwatch, iam, lifecycles, logs = (
                clients.enter_context(_closing(self.client(name)))
                for name in ("ec2", "cloudwatch", "iam", "dlm", "logs")
            )
            instances = [one for held in ec2.describe_instances()["Reservations"] for one in held["Instances"]]
            gateways = ec2.describe_nat_gateways()["NatGateways"]
            snapshots = ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"]
            found = {
                "InstanceId": [one for one in instances if one["State"]["Name"] != "terminated"],
                "NatGatewayId": [one for one in gateways if one["State"] != "deleted"],
                "SnapshotId": [
                    one for one in snapshots if not one.get("Description", "").startswith(_SNAPSHOT_OF_IMAGE)
                ],
                "VolumeId": ec2.describe_volumes()["Volumes"],
                "NetworkInterfaceId": ec2.describe_network_interfaces()["NetworkInterfaces"],
                "AllocationId": ec2.describe_addresses()["Addresses"],
                "InternetGatewayId": ec2.describe_internet_gateways()["InternetGateways"],
                "RouteTableId": ec2.describe_route_tables()["RouteTables"],
                "NetworkAclId": ec2.describe_network_acls()["NetworkAcls"],
                "SecurityGroupRuleId": ec2.describe_security_group_rules()["SecurityGroupRules"],
                "GroupId": ec2.describe_security_groups()["SecurityGroups"],
                "SubnetId": ec2.describe_subnets()["Subnets"],
                "VpcId": ec2.describe_vpcs()["Vpcs"],
                "AlarmName": cloudwatch.describe_alarms()["MetricAlarms"],
                "InstanceProfileName": iam.list_instance_profiles()["InstanceProfiles"],
                "RoleName": iam.list_roles()["Roles"],
                "FlowLogId": ec2.describe_flow_logs()["FlowLogs"],
                "logGroupName": logs.describe_log_groups()["logGroups"],
                "PolicyId": lifecycles.get_lifecycle_policies()["Policies"],
            }
        return {(name.removesuffix("Id").removesuffix("Name"), one[name]) for name in found for one in found[name]}


@contextmanager
def moto(region: str = "eu-central-1") -> Iterator[Moto]:
    """Run a server as long as the context lasts."""
    log = logging.getLogger("werkzeug")  # it would tell of every request
    level = log.level
    log.setLevel(logging.WARNING)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    # Thousands of images of Amazon's would take seconds with every reset.
    with (
        pytest.MonkeyPatch.context() as environment,
        keys.applied(),
        machines.applied(),
        networks.applied(),
        roles.applied(),
        dlm.applied(),
        recorder.applied(),
    ):
        environment.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
        server.start()
        try:
            yield Moto(server.get_host_and_port()[1], region)
        finally:
            server.stop()
            moto_api_backend.reset()
            log.setLevel(level)


@contextmanager
def _closing(client: Any) -> Iterator[Any]:
    try:
        yield client
    finally:
        client.close()
