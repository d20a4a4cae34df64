"""Below a public parent chain, and what a stack on AWS is warned about; sizes and protection."""

from typing import Any

import pytest

from components.domain.problems.problem import Problem
from components.domain.problems.settings import (
    PUBLIC_ADDRESSES,
    SHARED_ZONE,
    TAKEN_CHAIN_ID,
    TARGET_OUT_OF_REACH,
    UNNEEDED_KEY,
    WRONG_FORM,
)
from components.settings.sections.aws import FASTEST_MIB, MOST_IOPS
from components.topology.checks.configuration import read, warnings
from components.topology.machine import Size
from components.topology.sizes import PRIVATE_EN, PUBLIC_EN, SCN, VALIDATOR, size
from tests.unit.samples import DAY, VPC, Raw, aws_raw, kairos_raw, pairs, problems, raw, tells


@pytest.mark.parametrize(
    ("config", "path", "problem", "value"),
    [
        (kairos_raw(parentChain__chainId=8217), "parentChain.chainId", UNNEEDED_KEY, "1001"),
        (kairos_raw(parentChain__unitPrice=25), "parentChain.unitPrice", UNNEEDED_KEY, ""),
        (kairos_raw(parentChain={"network": "mainnet", "balances": {}}), "parentChain.balances", UNNEEDED_KEY, ""),
        (kairos_raw(serviceChain__chainId=1001), "serviceChain.chainId", TAKEN_CHAIN_ID, "1001"),
    ],
)
def test_what_does_not_go_with_a_public_parent_chain_is_told(
    config: Raw, path: str, problem: Problem, value: str
) -> None:
    assert tells(problems(config), (path, problem, value))


def test_a_public_parent_chain_needs_hosts_with_a_way_out() -> None:
    config = kairos_raw(target="local", packages={p: f"{p}-v2.2.1.tar.gz" for p in ("ken", "kscn")})
    assert tells(problems(config), ("target", TARGET_OUT_OF_REACH, "kairos"))


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
    assert tells(problems(raw(protection="yes")), ("protection", WRONG_FORM, "'yes'"))


# -- sizes ---------------------------------------------------------------------------------------------------


def test_a_role_has_a_size_by_its_parent_chain() -> None:
    private, public = read(aws_raw()), read(kairos_raw())
    assert [size(private, role, "x") for role in ("en", "scn", "validator")] == [PRIVATE_EN, SCN, VALIDATOR]
    assert [size(public, "en", "x"), size(public, "scn", "x")] == [PUBLIC_EN, SCN]
    assert size(read(raw()), "en", "x") == PRIVATE_EN


@pytest.mark.parametrize("one", [PRIVATE_EN, PUBLIC_EN, SCN, VALIDATOR])
def test_every_default_size_is_one_that_gp3_takes(one: Size) -> None:
    assert 3000 <= one.iops <= min(MOST_IOPS, 500 * one.data_gib)
    assert 125 <= one.throughput <= min(FASTEST_MIB, one.iops // 4)


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
    assert size(settings, "en", "x", settings.pairs[1].machines.en) == expected
    assert size(settings, "scn", "x", settings.pairs[1].machines.scn) == SCN


# -- warnings ------------------------------------------------------------------------------------------------


def in_zones(count: int, pair_count: int = 2, scns: int = 9, **changes: Any) -> Raw:
    zones = [f"ap-northeast-2{letter}" for letter in "abcdefgh"[:count]]
    return aws_raw(aws__network__zones=zones, pairs=pairs(pair_count), serviceChain__nodes=scns, **changes)


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        (in_zones(3), []),
        (in_zones(3, pair_count=4), ["4 pairs in 3 zone(s)"]),
        (in_zones(3, scns=4), ["4 SCNs in 3 zone(s)", " up to 2", " 6 SCNs in 3 zones"]),
        (in_zones(3, scns=6), []),
        (in_zones(3, scns=7), ["7 SCNs in 3 zone(s)", " up to 3", " 9 SCNs in 3 zones"]),
        (in_zones(4, scns=4), []),
        (in_zones(4, scns=5), ["5 SCNs in 4 zone(s)", " up to 2", " 6 SCNs in 4 zones"]),
        (in_zones(2, scns=4), ["4 SCNs in 2 zone(s)", " up to 2", " SCNs in 3 or more zones"]),
        (in_zones(3, aws__network={**VPC, "privateSubnets": [f"subnet-0000000{i}" for i in range(3)]}), []),
        (in_zones(3, target="local", scns=4, packages={}), []),
    ],
)
def test_what_a_lost_zone_takes_along_is_warned_about(config: Raw, expected: list[str]) -> None:
    """`expected`: what the only warning names; nothing where there is none."""
    found = warnings(read(config), DAY)
    assert len(found) == bool(expected)
    for warning in found:
        assert warning.endswith(f" [{SHARED_ZONE.code}]")
        assert all(words in warning for words in expected)


def public_zones(count: int, **changes: Any) -> Raw:
    zones = [f"ap-northeast-2{letter}" for letter in "abcdefgh"[:count]]
    return kairos_raw(aws__network__zones=zones, **changes)


@pytest.mark.parametrize(
    ("config", "counted"),
    [
        (in_zones(8), None),  # nobody needs a way out, so there are no gateways
        (public_zones(4), None),
        (public_zones(5), "(ENs 0, NAT gateways 5, bastion 1)"),
        (public_zones(8, aws__network__nat="one"), None),
        (public_zones(3, aws__en__publicAddress=True), "(ENs 2, NAT gateways 3, bastion 1)"),
        (public_zones(4, aws__en__publicAddress=True, aws__network__nat="one"), None),
        (kairos_raw(aws__network=VPC, pairs=pairs(4)), None),
    ],
)
def test_more_public_addresses_than_a_new_account_has_are_warned_about(config: Raw, counted: str | None) -> None:
    found = [warning for warning in warnings(read(config), DAY) if PUBLIC_ADDRESSES.code in warning]
    assert len(found) == bool(counted)
    for warning in found:
        assert warning.startswith("6 ")
        assert str(counted) in warning
