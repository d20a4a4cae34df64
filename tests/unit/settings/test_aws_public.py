"""Below a public parent chain, and what a stack on AWS is warned about; sizes and protection."""

from typing import Any

import pytest

from components.topology.checks.configuration import read, warnings
from components.topology.machine import Size
from components.topology.sizes import PRIVATE_EN, PUBLIC_EN, SCN, VALIDATOR, size
from tests.unit.samples import VPC, Raw, archive, aws_raw, begins, kairos_raw, pairs, problems, raw


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        (
            kairos_raw(parentChain__chainId=8217),
            "parentChain.chainId: kairos has the chain id 1001",
        ),
        (
            kairos_raw(parentChain__unitPrice=25),
            "parentChain.unitPrice: kairos is a public chain, which has its own",
        ),
        (
            kairos_raw(parentChain={"network": "mainnet", "balances": {}}),
            "parentChain.balances: mainnet is a public chain, which has its own",
        ),
        (
            kairos_raw(serviceChain__chainId=1001),
            "serviceChain.chainId: 1001 is the id of the parent chain",
        ),
        (
            kairos_raw(packages__ken=archive("ken", "v2.2.0"), packages__kscn=archive("kscn", "v2.2.0")),
            "packages: ken v2.2.0: it does not know the forks Prague and Osaka of kairos",
        ),
    ],
)
def test_what_does_not_go_with_a_public_parent_chain_is_told(config: Raw, sentence: str) -> None:
    assert begins(problems(config), sentence)


def test_a_public_parent_chain_needs_hosts_with_a_way_out() -> None:
    config = kairos_raw(target="local", packages={p: f"{p}-v2.2.1.tar.gz" for p in ("ken", "kscn")})
    assert begins(problems(config), "target: hosts on this computer cannot reach kairos")


@pytest.mark.parametrize(("network", "chain_id"), [("kairos", 1001), ("mainnet", 8217)])
def test_a_public_network_has_its_own_chain_id(network: str, chain_id: int) -> None:
    parent = read(kairos_raw(parentChain={"network": network})).parent_chain
    assert (parent.chain_id, parent.public) == (chain_id, True)


@pytest.mark.parametrize(("network", "protected"), [("kairos", False), ("mainnet", True)])
def test_only_mainnet_is_protected_unless_it_is_said(network: str, protected: object) -> None:
    config = kairos_raw(parentChain={"network": network})
    assert read(config).protected is protected
    assert [read({**config, "protection": flag}).protected for flag in (True, False)] == [True, False]


def test_a_private_chain_is_not_protected_unless_it_is_said() -> None:
    assert [read(raw()).protected, read(raw(protection=True)).protected] == [False, True]
    assert problems(raw(protection="yes")) == ["protection: 'yes' is neither true nor false"]


# -- sizes ---------------------------------------------------------------------------------------------------


def test_a_role_has_a_size_by_its_parent_chain() -> None:
    private, public = read(aws_raw()), read(kairos_raw())
    assert [size(private, role) for role in ("en", "scn", "validator")] == [PRIVATE_EN, SCN, VALIDATOR]
    assert [size(public, "en"), size(public, "scn")] == [PUBLIC_EN, SCN]
    assert size(read(raw()), "en") == PRIVATE_EN


@pytest.mark.parametrize("one", [PRIVATE_EN, PUBLIC_EN, SCN, VALIDATOR])
def test_every_default_size_is_one_that_gp3_takes(one: Size) -> None:
    assert 3000 <= one.iops <= min(16000, 500 * one.data_gib)
    assert 125 <= one.throughput <= min(1000, one.iops // 4)


@pytest.mark.parametrize(
    ("role", "pair", "expected"),
    [
        ({}, {}, PUBLIC_EN),
        ({"dataGib": 6000}, {}, Size("r6i.2xlarge", 6000, 8000, 500)),
        ({}, {"dataGib": 6000}, Size("r6i.2xlarge", 6000, 8000, 500)),
        ({"dataGib": 6000, "iops": 9000}, {"iops": 10000}, Size("r6i.2xlarge", 6000, 10000, 500)),
        ({"instanceType": "r7i.4xlarge"}, {"instanceType": None}, Size("r7i.4xlarge", 5000, 8000, 500)),
        ({"publicAddress": True}, {}, Size("r6i.2xlarge", 5000, 8000, 500, public_address=True)),
        ({"publicAddress": True}, {"publicAddress": False}, PUBLIC_EN),
        ({"publicAddress": False}, {"publicAddress": True}, Size("r6i.2xlarge", 5000, 8000, 500, public_address=True)),
    ],
)
def test_a_pair_comes_before_its_role_and_the_role_before_the_default(role: Raw, pair: Raw, expected: Size) -> None:
    config = kairos_raw(aws__en=role, pairs=[{**one, "machines": {"en": pair}} for one in pairs(2)])
    settings = read(config)
    assert size(settings, "en", settings.pairs[1].machines.en) == expected
    assert size(settings, "scn", settings.pairs[1].machines.scn) == SCN


# -- warnings ------------------------------------------------------------------------------------------------


def in_zones(count: int, pair_count: int = 2, scns: int = 9, **changes: Any) -> Raw:
    zones = [f"ap-northeast-2{letter}" for letter in "abcdefgh"[:count]]
    return aws_raw(aws__network__zones=zones, pairs=pairs(pair_count), serviceChain__nodes=scns, **changes)


def shared(pair_count: int, zones: int) -> str:
    return f"{pair_count} pairs in {zones} zone(s): pairs share a zone, so one lost zone can stop more than one pair"


def stops(scns: int, zones: int, lost: int, advice: str) -> str:
    return (
        f"{scns} SCNs in {zones} zone(s): a lost zone stops up to {lost} of them, and the child chain stops until it "
        f"is back; {advice}"
    )


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        (in_zones(3), []),
        (in_zones(3, pair_count=4), [shared(4, 3)]),
        (in_zones(3, scns=4), [stops(4, 3, 2, "6 SCNs in 3 zones survive that")]),
        (in_zones(3, scns=6), []),
        (in_zones(3, scns=7), [stops(7, 3, 3, "9 SCNs in 3 zones survive that")]),
        (in_zones(4, scns=4), []),
        (in_zones(4, scns=5), [stops(5, 4, 2, "6 SCNs in 4 zones survive that")]),
        (in_zones(2, scns=4), [stops(4, 2, 2, "SCNs in 3 or more zones can survive that")]),
        (in_zones(3, aws__network={**VPC, "privateSubnets": [f"subnet-0000000{i}" for i in range(3)]}), []),
        (in_zones(3, target="local", scns=4, packages={}), []),
    ],
)
def test_what_a_lost_zone_takes_along_is_warned_about(config: Raw, expected: list[str]) -> None:
    assert warnings(read(config)) == expected


def addresses(config: Raw) -> list[str]:
    return [warning for warning in warnings(read(config)) if "public addresses" in warning]


def quota(count: int, ens: int, gates: int, bastion: int) -> list[str]:
    return [
        f"{count} public addresses are needed (ENs {ens}, NAT gateways {gates}, bastion {bastion}); a new account may "
        "have 5 in a region"
    ]


def public_zones(count: int, **changes: Any) -> Raw:
    zones = [f"ap-northeast-2{letter}" for letter in "abcdefgh"[:count]]
    return kairos_raw(aws__network__zones=zones, **changes)


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        (in_zones(8), []),  # nobody needs a way out, so there are no gateways
        (public_zones(4), []),
        (public_zones(5), quota(6, 0, 5, 1)),
        (public_zones(8, aws__network__nat="one"), []),
        (public_zones(3, aws__en__publicAddress=True), quota(6, 2, 3, 1)),
        (public_zones(4, aws__en__publicAddress=True, aws__network__nat="one"), []),
        (kairos_raw(aws__network=VPC, pairs=pairs(4)), []),
    ],
)
def test_more_public_addresses_than_a_new_account_has_are_warned_about(config: Raw, expected: list[str]) -> None:
    assert addresses(config) == expected
