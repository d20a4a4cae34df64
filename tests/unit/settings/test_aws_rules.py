"""Each rule between values of a stack on AWS or below a public chain, with its sentence, and all of them at once."""

from typing import Any

import pytest

from components.topology.checks.configuration import read
from tests.unit.samples import VPC, Raw, aws_raw, begins, kairos_raw, pairs, problems, raw

ZONES = ["ap-northeast-2a", "ap-northeast-2b"]
TAKEN = "is set by the program; choose another key"
SUBNETS = VPC["privateSubnets"]


def existing(**changes: Any) -> Raw:
    return aws_raw(aws__network={**VPC, **changes})


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        (
            aws_raw(aws__network__zones=["ap-northeast-2a", "ap-northeast-1c"]),
            "aws.network.zones: ap-northeast-1c is not a zone of ap-northeast-2",
        ),
        (
            aws_raw(aws__network__zones=ZONES[:1]),
            "aws.network.zones: 1 zone(s)",
        ),
        (
            aws_raw(aws__network={"cidr": "10.40.0.0/16"}),
            "aws.network.zones: 0 zone(s)",
        ),
        (
            aws_raw(aws__network__zones=[*ZONES, ZONES[0]]),
            "aws.network.zones: ap-northeast-2a is listed 2 times",
        ),
        (
            aws_raw(aws__network={"zones": ZONES}),
            "aws.network: name the cidr of a VPC to make, for example 10.40.0.0/16, or the vpc that exists",
        ),
        (
            aws_raw(aws__network__privateSubnets=SUBNETS),
            "aws.network: subnets are listed without their vpc",
        ),
        (
            aws_raw(aws__network__publicSubnets=SUBNETS),
            "aws.network: subnets are listed without their vpc",
        ),
        (
            existing(cidr="10.40.0.0/16"),
            "aws.network.cidr: an existing VPC has its own",
        ),
        (existing(zones=ZONES), "aws.network.zones: an existing VPC has its own"),
        (
            existing(privateSubnets=SUBNETS[:1]),
            "aws.network.privateSubnets: list 2 or more, each in a zone of its own",
        ),
        (
            existing(publicSubnets=SUBNETS[:1]),
            f"aws.network: {SUBNETS[0]} is listed 2 times; list it once",
        ),
        (
            aws_raw(aws__ssh__from=["203.0.113.7", "203.0.113.7/32"]),
            "aws.ssh.from: 203.0.113.7/32 is listed 2 times",
        ),
        (
            aws_raw(aws__rpc__from=["10.0.0.0/8"] * 3),
            "aws.rpc.from: 10.0.0.0/8 is listed 3 times",
        ),
        (
            aws_raw(aws__ssh__from=[]),
            "aws.ssh.from: nobody may log in, but this program has to",
        ),
        (
            aws_raw(aws__scn__publicAddress=True),
            "aws.scn.publicAddress: only ENs have peers on the internet",
        ),
        (
            aws_raw(aws__validator__publicAddress=True),
            "aws.validator.publicAddress: only ENs have peers on the internet",
        ),
        (
            aws_raw(pairs=[{"name": "one", "scn": "scn-1", "machines": {"scn": {"publicAddress": True}}}]),
            "pairs[0].machines.scn.publicAddress: only ENs have peers on the internet",
        ),
        (
            aws_raw(aws__network=VPC, aws__en__publicAddress=True),
            "aws.en.publicAddress: needs a public subnet",
        ),
        (
            aws_raw(aws__en={"iops": 3000, "throughput": 751}),
            "aws.en: throughput 751 needs iops 3004 or more",
        ),
        (
            aws_raw(aws__scn__throughput=1000),  # with the default of 3000 IOPS
            "aws.scn: throughput 1000 needs iops 4000 or more",
        ),
        (
            aws_raw(
                aws__en={"iops": 4000, "throughput": 1000},
                pairs=[{"name": "one", "scn": "scn-1", "machines": {"en": {"iops": 3999}}}],
            ),
            "pairs[0].machines.en: throughput 1000 needs iops 4000 or more",
        ),
        (
            aws_raw(aws__validator={"iops": 16000, "dataGib": 31}),
            "aws.validator: iops 16000 needs dataGib 32 or more",
        ),
        (aws_raw(aws__tags={"Name": "x"}), f"aws.tags: 'Name' {TAKEN}"),
        (aws_raw(aws__tags={"servicechain-ha:stack": "x"}), f"aws.tags: 'servicechain-ha:stack' {TAKEN}"),
        (
            aws_raw(aws__tags={f"tag-{i}": "x" for i in range(41)}),
            "aws.tags: 41 tags",
        ),
        (
            raw(target="aws", packages=aws_raw()["packages"]),
            "aws: is missing",
        ),
        (
            aws_raw(aws=None),
            "aws: is missing",
        ),
    ],
)
def test_a_broken_rule_between_values_is_told_in_one_sentence(config: Raw, sentence: str) -> None:
    assert begins(problems(config), sentence)


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
        aws_raw(aws__rpc__from=["10.0.0.0/8"], aws__metrics__from=["10.0.0.0/8"]),
        raw(aws=aws_raw()["aws"]),
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
