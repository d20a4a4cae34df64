"""The whole program for AWS under the real engine, with an EC2 that is moto's.

Nobody answers to SSH there, so an up leaves out the first logins and all that comes after them: what is made is
the network, the firewall and the machines. Previews are of everything.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from components.domain.seed import derive
from tests.aws.moto import Moto, moto
from tests.engine.policies import held, pack
from tests.program.stacks import aws, example
from tests.run import Failed, Run
from tests.stack import Stack

CANONICAL = "099720109477"
IMAGE = "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-{}"


class AwsStack(Stack):
    """A stack of which everything up to the machines can be brought up."""

    def __init__(self, folder: Path, cloud: Moto, config: dict[str, Any]) -> None:
        config.pop("identitySeed")
        super().__init__(folder, config, environment=cloud.environment)

    def machines(self, **options: Any) -> Run:
        """Bring up whatever needs no login."""
        return self.up(exclude=["**:FirstLogin::**"], exclude_dependents=True, **options)

    def urn(self, name: str) -> str:
        """Return the URN of a resource of an unmistakable name."""
        return next(str(one["urn"]) for one in self.resources() if str(one["urn"]).endswith(f"::{name}"))

    def instance(self, host: str) -> dict[str, Any]:
        """Return what makes up a machine: its instance, image, address and disk."""
        found = {str(one["urn"]).rpartition("::")[2]: one for one in self.resources() if one["type"].startswith("aws:")}
        instance, attachment = (
            found[f"{host}-instance"],
            next(
                one
                for one in self.resources()
                if one["type"].endswith(":VolumeAttachment") and str(one["urn"]).endswith(f"::{host}-data")
            ),
        )
        return {
            "id": instance["id"],
            "image": instance["outputs"]["ami"],
            "address": instance["outputs"]["privateIp"],
            "disk": attachment["outputs"]["volumeId"],
        }


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


def made(run: Run, type_: str) -> set[str]:
    return {step.name for step in run.steps if step.type == type_ and step.verb == "create"}


@pytest.mark.parametrize(
    ("name", "pairs", "scns"), [("kairos", ["alpha", "beta"], 4), ("mainnet", ["alpha", "beta", "gamma"], 6)]
)
def test_an_example_is_previewed_in_full(tmp_path: Path, cloud: Moto, name: str, pairs: list[str], scns: int) -> None:
    stack = AwsStack(tmp_path, cloud, example(name))
    plan = stack.preview(diff=True, policy_packs=[pack()])
    assert held(plan)
    nodes = {f"{pair}-en" for pair in pairs} | {f"scn-{i + 1}" for i in range(scns)}
    paired = {f"scn-{i + 1}" for i in range(len(pairs))}
    assert {step.verb for step in plan.steps} == {"create"}
    assert made(plan, "Instance") == {f"{node}-instance" for node in nodes | {"bastion"}}
    assert made(plan, "RunningNode") == nodes
    assert made(plan, "BridgeOperator") == {f"{scn}-{chain}-vote" for scn in paired for chain in ("parent", "child")}
    assert made(plan, "BridgeRegistration") == {f"{scn}-registration" for scn in paired}
    assert "@10.4" in plan.text, "KNIs are known before any machine exists"
    assert cloud.leftovers() == []
    for secret in (stack.seed, derive(stack.seed, "node/scn-1"), "PRIVATE KEY"):
        assert secret not in plan.text


def test_a_whole_life(tmp_path: Path, cloud: Moto) -> None:
    stack = AwsStack(tmp_path, cloud, aws(2))
    up = stack.machines()
    assert len(made(up, "Instance")) == 8
    assert stack.machines().changes == {}
    assert stack.refresh().changes == {}
    for secret in (stack.seed, derive(stack.seed, "ssh-client"), "PRIVATE KEY", "cloud-config"):
        assert secret not in stack.state + up.text
    assert set(stack.destroy().changes) == {"delete"}
    assert cloud.leftovers() == []
    assert stack.destroy().changes == {}


def test_a_newer_image_is_taken_by_the_machine_that_asks_for_it(tmp_path: Path, cloud: Moto) -> None:
    stack = AwsStack(tmp_path, cloud, aws(2))
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
    stack.destroy()
    assert cloud.leftovers() == []


def test_a_machine_that_was_lost_comes_back_with_its_disk_and_address(tmp_path: Path, cloud: Moto, ec2: Any) -> None:
    stack = AwsStack(tmp_path, cloud, aws(2))
    stack.machines()
    before = stack.instance("scn-2")
    ec2.terminate_instances(InstanceIds=[before["id"]])
    stack.refresh()
    mended = {step.name for step in stack.machines().steps if step.verb == "create"}
    assert mended == {"scn-2-instance", "scn-2-data"}, "the instance, and that its disk is attached"
    after = stack.instance("scn-2")
    assert after["id"] != before["id"]
    assert {key: after[key] for key in ("image", "address", "disk")} == {
        key: before[key] for key in ("image", "address", "disk")
    }
    stack.destroy()
    assert cloud.leftovers() == []


def test_a_stack_that_is_half_gone_is_torn_down(tmp_path: Path, cloud: Moto, ec2: Any) -> None:
    stack = AwsStack(tmp_path, cloud, aws(2))
    stack.machines()
    lost = [stack.instance(host)["id"] for host in ("scn-1", "pair-1-en", "parent")]
    ec2.terminate_instances(InstanceIds=lost)
    for rule in ec2.describe_security_group_rules()["SecurityGroupRules"][:5]:
        if not rule["IsEgress"]:
            ec2.revoke_security_group_ingress(
                GroupId=rule["GroupId"], SecurityGroupRuleIds=[rule["SecurityGroupRuleId"]]
            )
    stack.destroy()
    assert cloud.leftovers() == []
    assert stack.destroy().changes == {}


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
