"""What the program asks of EC2 for each machine."""

from functools import cache

import pytest

from components.dynamic.secrets.ssh_key import public_key
from tests.program.mocked import IMAGE, made, run, volume_id
from tests.program.program import Asked, Program
from tests.program.stacks import VPC, ZONES, aws, example, section

KEY = public_key("2c" * 32)
"""Of a bastion that exists."""
TAGGABLE = {
    "DefaultSecurityGroup", "Eip", "Instance", "InternetGateway", "MetricAlarm", "NatGateway", "NetworkInterface",
    "RouteTable", "SecurityGroup", "SecurityGroupEgressRule", "SecurityGroupIngressRule", "Subnet", "Volume", "Vpc",
}  # fmt: skip
UNTAGGABLE = {
    "InstanceState", "Route", "RouteTableAssociation", "VolumeAttachment", "VpcSecurityGroupRulesExclusive",
}  # fmt: skip


@cache
def stack(count: int, *, existing: bool) -> Program:
    config = aws(count, existing=existing, protection=not existing)
    return run(config, zones=ZONES if existing else None, vpc=VPC if existing else "")


@pytest.fixture(params=[2, 3, pytest.param(6, marks=pytest.mark.nightly)])
def program(request: pytest.FixtureRequest) -> Program:
    return stack(request.param, existing=False)


@pytest.fixture(params=[2, 3, pytest.param(6, marks=pytest.mark.nightly)])
def in_existing_vpc(request: pytest.FixtureRequest) -> Program:
    return stack(request.param, existing=True)


def test_every_instance_is_locked_down(program: Program) -> None:
    for instance in program.of("Instance").values():
        asked = instance.inputs
        assert asked["metadataOptions"] == {
            "httpEndpoint": "enabled",
            "httpTokens": "required",
            "httpPutResponseHopLimit": 1,
        }
        assert asked["rootBlockDevice"]["encrypted"] is True
        assert asked["disableApiTermination"] is True
        assert asked["ami"] == IMAGE
        assert "iamInstanceProfile" not in asked, "the nodes use nothing of AWS"
        assert "associatePublicIpAddress" not in asked
        assert instance.options["protect"] is True
        assert instance.options["deleteBeforeReplace"] is True, "a node key must never run twice"


def test_everything_is_made_in_the_region_that_is_named(program: Program) -> None:
    used = {str(one.options.get("provider")) for one in program.resources if one.type.startswith("aws:")}
    assert all("pulumi:providers:aws::aws::" in provider for provider in used)
    assert program.one("aws", "aws").inputs["region"] == "ap-northeast-2"


def test_every_node_has_a_disk_that_outlives_it(program: Program) -> None:
    nodes = set(program.of("Node"))
    assert {name.removesuffix("-data") for name in program.of("Volume")} == nodes
    for name, volume in program.of("Volume").items():
        assert (volume.inputs["type"], volume.inputs["encrypted"]) == ("gp3", True)
        assert volume.options["protect"] is True
        attachment = program.one("VolumeAttachment", name).inputs
        assert attachment["volumeId"] == volume_id(name)
        assert attachment["stopInstanceBeforeDetaching"] is True
        assert volume_id(name) in program.one("Command", f"{name}-volume").inputs["create"]


def test_every_instance_has_an_interface_that_outlives_it(program: Program) -> None:
    for name, instance in program.of("Instance").items():
        interface = f"{name.removesuffix('-instance')}-interface"
        assert instance.inputs["primaryNetworkInterface"] == {"networkInterfaceId": f"{interface}.id"}
        assert len(program.one("NetworkInterface", interface).inputs["securityGroups"]) <= 5, "more EC2 does not take"
    addresses = [one.inputs["privateIps"][0] for one in program.of("NetworkInterface").values()]
    assert len(set(addresses)) == len(addresses)


def test_a_stopped_instance_is_drift(program: Program) -> None:
    wanted = {one.inputs["instanceId"]: one.inputs["state"] for one in program.of("InstanceState").values()}
    assert wanted == {f"{name}.id": "running" for name in program.of("Instance")}


def test_a_disk_goes_with_its_instance_without_a_stop(program: Program) -> None:
    for name, attachment in program.of("VolumeAttachment").items():
        instance = f"{name.removesuffix('-data')}-instance"
        assert attachment.options["deletedWith"].endswith(f"::{instance}")


def test_a_rule_that_is_not_of_the_program_is_drift(program: Program) -> None:
    default = program.one("DefaultSecurityGroup", "default-group").inputs
    assert (default["ingress"], default["egress"]) == ([], [])
    wanted = {name: (set[str](), set[str]()) for name in program.of("SecurityGroup")}
    for place, kind in enumerate(("SecurityGroupIngressRule", "SecurityGroupEgressRule")):
        for name, rule in program.of(kind).items():
            wanted[rule.inputs["securityGroupId"].removesuffix(".id")][place].add(f"{name}.id")
    found = {
        one.inputs["securityGroupId"].removesuffix(".id"): (
            set(one.inputs["ingressRuleIds"]),
            set(one.inputs["egressRuleIds"]),
        )
        for one in program.of("VpcSecurityGroupRulesExclusive").values()
    }
    assert found == wanted


def test_disk_and_machine_are_in_one_zone(program: Program) -> None:
    zone_of = program.one("Placement", "placement").inputs["zone_of"]
    for name in program.of("Node"):
        assert program.one("Volume", f"{name}-data").inputs["availabilityZone"] == zone_of[name]
        assert program.one("NetworkInterface", f"{name}-interface").inputs["subnetId"] == f"private-{zone_of[name]}.id"


@pytest.mark.parametrize("existing", [False, True])
def test_everything_is_tagged(*, existing: bool) -> None:
    for asked in stack(3, existing=existing).resources:
        kind = asked.type.rpartition(":")[2]
        if asked.type.startswith("aws:"):
            assert kind in TAGGABLE | UNTAGGABLE, f"{kind} is new: say whether it takes tags"
        if asked.type.startswith("aws:") and kind in TAGGABLE:
            assert asked.inputs["tags"]["servicechain-ha:stack"] == "test", asked.name
            assert asked.inputs["tags"]["Name"].startswith("test-"), asked.name


def test_only_the_bastion_and_the_ways_out_have_public_addresses(program: Program) -> None:
    assert set(program.of("Eip")) == {"bastion-public-address", *(f"nat-{zone}" for zone in ZONES.values())}


def test_an_existing_vpc_is_used_and_not_changed(in_existing_vpc: Program) -> None:
    made = {one.type.rpartition(":")[2] for one in in_existing_vpc.resources if one.type.startswith("aws:")}
    assert made == {
        "Instance", "InstanceState", "MetricAlarm", "NetworkInterface", "SecurityGroup", "SecurityGroupEgressRule",
        "SecurityGroupIngressRule", "Volume", "VolumeAttachment", "VpcSecurityGroupRulesExclusive",
    }  # fmt: skip
    assert {one.inputs["vpcId"] for one in in_existing_vpc.of("SecurityGroup").values()} == {VPC}
    assert {one.inputs["subnetId"] for one in in_existing_vpc.of("NetworkInterface").values()} <= set(ZONES)
    assert all("privateIps" not in one.inputs for one in in_existing_vpc.of("NetworkInterface").values())


def test_a_pair_has_machines_of_its_own_size() -> None:
    own = {"en": {"instanceType": "r6i.4xlarge", "dataGib": 6000}}
    config = example("kairos")
    config["pairs"][0]["machines"] = own
    program = run(config)

    def sizes(name: str) -> tuple[str, float]:
        instance, volume = program.one("Instance", f"{name}-instance"), program.one("Volume", f"{name}-data")
        return instance.inputs["instanceType"], volume.inputs["size"]

    assert sizes("alpha-en") == ("r6i.4xlarge", 6000)
    assert sizes("beta-en") == ("r6i.2xlarge", 5000)
    assert sizes("scn-1") == ("m6i.xlarge", 200)


def test_an_en_with_a_public_address_is_in_a_public_subnet_and_can_be_dialled() -> None:
    config = example("kairos")
    config["pairs"][1]["machines"] = {"en": {"publicAddress": True}}
    program = run(config)
    zone = program.one("Placement", "placement").inputs["zone_of"]["beta-en"]
    assert program.one("NetworkInterface", "beta-en-interface").inputs["subnetId"] == f"public-{zone}.id"
    assert program.one("Eip", "beta-en-public-address").inputs["networkInterface"] == "beta-en-interface.id"
    assert "alpha-en-public-address" not in program.of("Eip")
    assert f"{program.outputs['pairs']['beta']['en']['address']}:50505" in program.outputs["pairs"]["beta"]["en"]["kni"]


def test_volumes_are_encrypted_with_the_key_that_is_named() -> None:
    key = "arn:aws:kms:ap-northeast-2:123456789012:key/0a1b"
    program = run(aws(aws=section(kmsKey=key)))
    assert {one.inputs["kmsKeyId"] for one in program.of("Volume").values()} == {key}
    assert {one.inputs["rootBlockDevice"]["kmsKeyId"] for one in program.of("Instance").values()} == {key}
    other = f"{key}{key[-4:]}"
    program = run(aws(aws=section(kmsKey=key, machines={"scn-4": {"kmsKey": other}})))
    assert program.one("Volume", "scn-4-data").inputs["kmsKeyId"] == other
    assert program.one("Instance", "scn-4-instance").inputs["rootBlockDevice"]["kmsKeyId"] == other
    assert {one.inputs["kmsKeyId"] for one in program.of("Volume").values()} == {key, other}


def test_each_machine_has_alarms_which_are_sent_where_somebody_listens() -> None:
    topic = "arn:aws:sns:ap-northeast-2:123456789012:pager"
    silent, program = made(aws()).of("MetricAlarm"), run(aws(aws=section(alarmTopic=topic)))
    alarms, nodes = program.of("MetricAlarm"), {*program.of("Node")}
    of_nodes = {f"{node}-{what}" for node in nodes for what in ("broken", "busy", "stalled")}
    assert alarms.keys() == silent.keys() == {*of_nodes, "bastion-broken", "bastion-busy"}
    assert all(one.inputs["alarmActions"] == one.inputs["okActions"] == [topic] for one in alarms.values())
    assert not [one for one in silent.values() if {"alarmActions", "okActions"} & one.inputs.keys()]


def test_only_an_alarm_about_a_broken_machine_counts_what_is_not_reported_and_it_waits_for_a_new_machine() -> None:
    """EC2 reports the first status of a new machine after two to three minutes."""
    for name, one in made(aws()).of("MetricAlarm").items():
        broken = name.endswith("-broken")
        assert one.inputs["treatMissingData"] == ("breaching" if broken else "notBreaching")
        assert one.inputs["period"] * one.inputs["evaluationPeriods"] >= 300


def test_nothing_is_protected_unless_asked_for() -> None:
    program = made(aws())
    assert not [one for one in program.resources if one.options.get("protect")]
    assert {one.inputs["disableApiTermination"] for one in program.of("Instance").values()} == {False}


def protected(program: Program) -> set[str]:
    return {one.type.rpartition(":")[2] for one in program.resources if one.options.get("protect")}


def test_mainnet_protects_keys_data_and_machines_by_default() -> None:
    config = example("mainnet")
    del config["protection"]
    assert protected(run(config)) == {
        *("Account", "Bridge", "BridgeContract", "BridgeOperator", "BridgeRegistration", "BridgeSlot", "Funding"),
        *("ConfigurationThreshold", "OperatorThreshold", "OtherOperators", "Liquidity", "Resilience"),
        *("TransferFees", "TransferProof", "Voters"),
        *("Boot", "Eip", "FirstLogin", "Instance", "Machine", "NetworkInterface", "Placement", "SshKey", "Volume"),
        "VolumeAttachment",
    }


def commands(program: Program, host: str) -> list[Asked]:
    return [one for one in program.of("Command").values() if one.name.startswith(host)]


def test_nodes_are_reached_through_the_bastion_with_pinned_keys() -> None:
    program = made(aws())
    key = program.one("SshKey", "scn-1").inputs["public_key"]
    for command in commands(program, "scn-1"):
        connection = command.inputs["connection"]
        assert connection["hostKey"] == key
        assert connection["host"] == program.one("NetworkInterface", "scn-1-interface").inputs["privateIps"][0]
        assert connection["proxy"]["host"] == "bastion-public-address.publicIp"
        assert connection["proxy"]["hostKey"] == program.one("SshKey", "bastion").inputs["public_key"]


def test_a_bastion_that_exists_is_used() -> None:
    own = {"from": ["10.0.0.5/32"], "bastion": {"host": "10.0.0.5", "hostKey": KEY}}
    program = run(aws(existing=True, aws=section(existing=True, ssh=own)), zones=ZONES, vpc=VPC)
    assert "bastion-instance" not in program.of("Instance")
    proxies = [one.inputs["connection"]["proxy"] for one in commands(program, "scn-1")]
    assert {(proxy["host"], proxy["hostKey"]) for proxy in proxies} == {("10.0.0.5", KEY)}


def test_a_final_snapshot_is_taken_where_the_settings_say_so_and_waited_for() -> None:
    volumes = run(aws(2, aws=section(finalSnapshot=True))).of("Volume")
    assert all(volume.inputs["finalSnapshot"] is True for volume in volumes.values())
    assert {volume.options["customTimeouts"]["delete"] for volume in volumes.values()} == {"24h"}
    for volume in run(aws(2)).of("Volume").values():
        assert "finalSnapshot" not in volume.inputs, "volumes of stacks that exist stay as they are"
        assert "customTimeouts" not in volume.options
