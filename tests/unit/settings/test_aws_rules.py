"""Each rule between values of a stack on AWS or below a public chain, with its problem, and all of them at once."""

from typing import Any

import pytest

from components.domain.problems.problem import Problem
from components.domain.problems.settings import (
    ACCESS,
    AWS_NETWORK,
    DUPLICATE,
    MACHINE_SIZE,
    MISSING_KEY,
    OUT_OF_RANGE,
    UNKNOWN_NAME,
    UNNEEDED_KEY,
)
from components.topology.checks.configuration import read
from tests.unit.samples import VPC, Raw, aws_raw, kairos_raw, pairs, problems, raw, tells

ZONES = ["ap-northeast-2a", "ap-northeast-2b"]
SUBNETS = VPC["privateSubnets"]
KMS_KEY = "arn:aws:kms:{}:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
TOPIC = "arn:aws:sns:{}:123456789012:alarms"


def existing(**changes: Any) -> Raw:
    return aws_raw(aws__network={**VPC, **changes})


@pytest.mark.parametrize(
    ("config", "path", "problem", "value"),
    [
        (
            aws_raw(aws__network__zones=["ap-northeast-2a", "ap-northeast-1c"]),
            "aws.network.zones",
            AWS_NETWORK,
            "ap-northeast-1c",
        ),
        (aws_raw(aws__network__zones=ZONES[:1]), "aws.network.zones", AWS_NETWORK, "1 zone(s)"),
        (aws_raw(aws__network={"cidr": "10.40.0.0/16"}), "aws.network.zones", AWS_NETWORK, "0 zone(s)"),
        (aws_raw(aws__network__zones=[*ZONES, ZONES[0]]), "aws.network.zones", DUPLICATE, "ap-northeast-2a"),
        (aws_raw(aws__network={"zones": ZONES}), "aws.network", AWS_NETWORK, "10.40.0.0/16"),
        (aws_raw(aws__network__privateSubnets=SUBNETS), "aws.network", AWS_NETWORK, "subnets"),
        (aws_raw(aws__network__publicSubnets=SUBNETS), "aws.network", AWS_NETWORK, "subnets"),
        (existing(cidr="10.40.0.0/16"), "aws.network.cidr", UNNEEDED_KEY, ""),
        (existing(zones=ZONES), "aws.network.zones", UNNEEDED_KEY, ""),
        (existing(privateSubnets=SUBNETS[:1]), "aws.network.privateSubnets", AWS_NETWORK, "2 or more"),
        (existing(publicSubnets=SUBNETS[:1]), "aws.network", DUPLICATE, SUBNETS[0]),
        (
            aws_raw(aws__ssh__from=["203.0.113.7", "203.0.113.7/32"]),
            "aws.ssh.from",
            DUPLICATE,
            "203.0.113.7/32",
        ),
        (aws_raw(aws__rpc__from=["10.0.0.0/8"] * 3), "aws.rpc.from", DUPLICATE, "10.0.0.0/8 is listed 3 times"),
        (aws_raw(aws__ssh__from=[]), "aws.ssh.from", ACCESS, ""),
        (aws_raw(aws__scn__publicAddress=True), "aws.scn.publicAddress", UNNEEDED_KEY, ""),
        (aws_raw(aws__validator__publicAddress=True), "aws.validator.publicAddress", UNNEEDED_KEY, ""),
        (
            aws_raw(pairs=[{"name": "one", "scn": "scn-1", "machines": {"scn": {"publicAddress": True}}}]),
            "pairs[0].machines.scn.publicAddress",
            UNNEEDED_KEY,
            "",
        ),
        (
            aws_raw(aws__network=VPC, aws__en__publicAddress=True),
            "aws.en.publicAddress",
            AWS_NETWORK,
            "publicSubnets",
        ),
        (aws_raw(aws__en={"iops": 3000, "throughput": 751}), "aws.en", MACHINE_SIZE, "iops 3004"),
        (
            aws_raw(aws__scn__throughput=1000),  # with the default of 3000 IOPS
            "aws.scn",
            MACHINE_SIZE,
            "iops 4000",
        ),
        (
            aws_raw(
                aws__en={"iops": 4000, "throughput": 1000},
                pairs=[{"name": "one", "scn": "scn-1", "machines": {"en": {"iops": 3999}}}],
            ),
            "pairs[0].machines.en",
            MACHINE_SIZE,
            "iops 4000",
        ),
        (aws_raw(aws__validator={"iops": 16000, "dataGib": 31}), "aws.validator", MACHINE_SIZE, "dataGib 32"),
        (aws_raw(aws__monitor__publicAddress=True), "aws.monitor.publicAddress", UNNEEDED_KEY, ""),
        (aws_raw(aws__monitor__kmsKey=KMS_KEY.format("us-east-1")), "aws.monitor.kmsKey", OUT_OF_RANGE, "us-east-1"),
        (aws_raw(aws__tags={"Name": "x"}), "aws.tags", OUT_OF_RANGE, "'Name'"),
        (aws_raw(aws__tags={"servicechain-ha:stack": "x"}), "aws.tags", OUT_OF_RANGE, "'servicechain-ha:stack'"),
        (aws_raw(aws__tags={f"tag-{i}": "x" for i in range(41)}), "aws.tags", OUT_OF_RANGE, "41 tags"),
        (aws_raw(aws__kmsKey=KMS_KEY.format("us-east-1")), "aws.kmsKey", OUT_OF_RANGE, "us-east-1"),
        (aws_raw(aws__scn__kmsKey=KMS_KEY.format("us-east-1")), "aws.scn.kmsKey", OUT_OF_RANGE, "us-east-1"),
        (
            aws_raw(aws__machines={"scn-4": {"kmsKey": KMS_KEY.format("us-east-1")}}),
            "aws.machines.scn-4.kmsKey",
            OUT_OF_RANGE,
            "us-east-1",
        ),
        (
            aws_raw(pairs=[{"name": "a", "scn": "scn-1", "machines": {"en": {"kmsKey": KMS_KEY.format("us-east-1")}}}]),
            "pairs[0].machines.en.kmsKey",
            OUT_OF_RANGE,
            "us-east-1",
        ),
        (aws_raw(aws__machines={"scn-5": {}}), "aws.machines.scn-5", UNKNOWN_NAME, "scn-4"),
        (aws_raw(aws__machines={"monitor": {}}), "aws.machines.monitor", UNKNOWN_NAME, "scn-4"),
        (kairos_raw(aws__machines={"parent": {}}), "aws.machines.parent", UNKNOWN_NAME, "pair-2-en"),
        (
            aws_raw(aws__machines={"scn-4": {"publicAddress": True}}),
            "aws.machines.scn-4.publicAddress",
            UNNEEDED_KEY,
            "",
        ),
        (
            aws_raw(aws__machines={"pair-1-en": {"iops": 16000, "dataGib": 31}}),
            "aws.machines.pair-1-en",
            MACHINE_SIZE,
            "dataGib 32",
        ),
        (
            aws_raw(
                aws__machines={"one-en": {"iops": 4000}},
                pairs=[{"name": "one", "scn": "scn-1", "machines": {"en": {"iops": 3999}}}],
            ),
            "aws.machines.one-en",
            DUPLICATE,
            "pairs[0].machines.en",
        ),
        (aws_raw(aws__alarmTopic=TOPIC.format("us-east-1")), "aws.alarmTopic", OUT_OF_RANGE, "us-east-1"),
        (aws_raw(pairs=[{"name": "sg-a", "scn": "scn-1"}]), "pairs[0].name", OUT_OF_RANGE, "'sg-a'"),
        (aws_raw(pairs=[{"name": "sg", "scn": "scn-1"}]), "pairs[0].name", OUT_OF_RANGE, "'sg'"),
        (raw(target="aws", packages=aws_raw()["packages"]), "aws", MISSING_KEY, ""),
        (aws_raw(aws=None), "aws", MISSING_KEY, ""),
    ],
)
def test_a_broken_rule_between_values_is_told_in_one_sentence(
    config: Raw, path: str, problem: Problem, value: str
) -> None:
    assert tells(problems(config), (path, problem, value))


def test_an_empty_network_is_told() -> None:
    assert [problem.split(": ")[0] for problem in problems(aws_raw(aws__network={}))] == [
        "aws.network",
        "aws.network.zones",
    ]


@pytest.mark.parametrize(
    "config",
    [
        existing(),
        existing(publicSubnets=["subnet-0000000000000000c"]),
        aws_raw(aws__network={**VPC, "publicSubnets": ["subnet-0000000000000000c"]}, aws__en__publicAddress=True),
        aws_raw(aws__en={"iops": 4000, "throughput": 1000}),
        aws_raw(aws__scn__publicAddress=False, aws__tags={"Names": "x", "team": ""}),
        kairos_raw(parentChain__chainId=1001),
        kairos_raw(aws__en__throughput=1000, aws__en__iops=4000),
        aws_raw(aws__machines={"parent": {}, "scn-4": {"iops": 4000}, "pair-2-en": {"publicAddress": True}}),
        aws_raw(
            aws__machines={"one-en": {"iops": 4000}},
            pairs=[{"name": "one", "scn": "scn-1", "machines": {"scn": {"iops": 3999}}}],
        ),
        aws_raw(aws__rpc__from=["10.0.0.0/8"], aws__metrics__from=["10.0.0.0/8"]),
        raw(aws=aws_raw()["aws"]),
        raw(aws=aws_raw()["aws"], pairs=[{"name": "sg", "scn": "scn-1"}]),
        aws_raw(pairs=[{"name": "sga", "scn": "scn-1"}], serviceChain__nodes=["scn-1", "sg-1", "sg", "scn-4"]),
        aws_raw(aws__kmsKey=KMS_KEY.format("ap-northeast-2"), aws__alarmTopic=TOPIC.format("ap-northeast-2")),
    ],
)
def test_what_goes_together_passes(config: Raw) -> None:
    assert read(config).aws


def test_values_that_are_wrong_in_themselves_hide_no_rule() -> None:
    config = aws_raw(aws__region="Seoul", aws__scn__iops=1, aws__en__publicAddress=True, aws__tags={"Name": 1, "a": []})
    config["aws"]["network"] = {**VPC, "privateSubnets": [SUBNETS[0], 7, SUBNETS[0]], "cidr": "moon"}
    config["aws"]["ssh"] = {"from": [], "bastion": {"host": "10.0.0.5"}}
    config["packages"] = {"ken": 7, "kscn": {"file": "kscn-v1.0.3.tar.gz"}, "kcn": {"file": "/kcn"}}
    config["pairs"] = pairs(3)
    config["bridge"] = {"threshold": 9}
    assert sorted(problem.split(": ")[0] for problem in problems(config)) == [
        "aws.en.publicAddress",
        "aws.network",
        "aws.network.cidr",
        "aws.network.cidr",
        "aws.network.privateSubnets[1]",
        "aws.region",
        "aws.scn.iops",
        "aws.ssh.bastion.hostKey",
        "aws.ssh.from",
        "aws.tags",
        "aws.tags.Name",
        "aws.tags.a",
        "bridge.threshold",
        "packages.kcn",
        "packages.ken",
        "packages.kscn.sha256",
    ]
