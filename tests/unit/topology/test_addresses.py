"""Addresses of machines in their subnets, and the subnets of a VPC."""

from ipaddress import IPv4Address, IPv4Network
from itertools import combinations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.domain.problems.settings import FULL_SUBNET
from components.topology import subnets
from components.topology.placement import FIRST_ADDRESS, addresses

LARGE, OTHER, TINY = map(IPv4Network, ("10.40.0.0/20", "10.40.16.0/20", "10.40.128.0/28"))

names = st.lists(st.from_regex(r"[a-z]{1,6}", fullmatch=True), unique=True, max_size=40)


@given(names, st.data())
def test_addresses_are_unique_and_inside_their_subnets(listed: list[str], data: st.DataObject) -> None:
    subnet_of = {name: data.draw(st.sampled_from([LARGE, OTHER, IPv4Network("10.40.32.0/26")])) for name in listed}
    found = addresses(listed, subnet_of, {})
    assert found == addresses(listed, subnet_of, found)
    assert len(set(found.values())) == len(listed) == len(found)
    for name, address in found.items():
        subnet = subnet_of[name]
        assert subnet.network_address + 10 <= IPv4Address(address) < subnet.broadcast_address


@given(names, st.randoms(use_true_random=False))
def test_an_address_is_held_wherever_others_are_added_or_removed(listed: list[str], dice: Random) -> None:
    subnet_of = dict.fromkeys([*listed, "a-1", "a-2"], IPv4Network("10.40.32.0/26"))
    held = addresses(listed, subnet_of, {})
    kept = [name for name in listed if dice.random() < 0.7]
    changed = ["a-1", *kept, "a-2"]
    dice.shuffle(changed)
    found = addresses(changed, subnet_of, held)
    assert found.keys() == set(changed)
    assert len(set(found.values())) == len(changed)
    assert {name: found[name] for name in kept} == {name: held[name] for name in kept}


def test_every_place_of_a_subnet_is_used_before_it_is_full() -> None:
    listed = [f"host-{i}" for i in range(5)]
    found = addresses(listed, dict.fromkeys(listed, TINY), {})
    assert sorted(found.values()) == [f"10.40.128.{i}" for i in range(10, 15)]
    with pytest.raises(ValueError, match=rf"^10\.40\.128\.0/28 .* one-more \[{FULL_SUBNET.code}\]$"):
        addresses([*listed, "one-more"], dict.fromkeys([*listed, "one-more"], TINY), found)


def test_a_machine_that_changes_its_subnet_gets_an_address_there() -> None:
    held = addresses(["a", "b"], {"a": LARGE, "b": LARGE}, {})
    found = addresses(["a", "b"], {"a": TINY, "b": LARGE}, held)
    assert found["b"] == held["b"]
    assert IPv4Address(found["a"]) in TINY


def test_the_addresses_of_a_name_are_fixed_forever() -> None:
    """A change of the hash would give the machines of a new stack other addresses than its twin's."""
    found = addresses(["parent", "alpha-en"], {"parent": LARGE, "alpha-en": LARGE}, {})
    assert found == {"parent": "10.40.1.237", "alpha-en": "10.40.9.216"}


# -- subnets -------------------------------------------------------------------------------------------------

VPCS = [IPv4Network(f"10.64.0.0/{prefix}") for prefix in range(16, 21)]
ALL_ZONES = [f"ap-northeast-2{letter}" for letter in "abcdefgh"]


@pytest.mark.parametrize("vpc", VPCS)
def test_subnets_never_overlap_and_are_inside_the_vpc(vpc: IPv4Network) -> None:
    parts = [part(vpc, zone) for zone in ALL_ZONES for part in (subnets.private, subnets.public)]
    assert len(parts) == 16
    assert all(part.subnet_of(vpc) for part in parts)
    assert not any(one.overlaps(other) for one, other in combinations(parts, 2))
    assert {part.prefixlen - vpc.prefixlen for part in parts} == {4, 8}
    assert max(part.prefixlen for part in parts) <= 28  # the smallest that AWS makes


@pytest.mark.parametrize("vpc", VPCS)
def test_a_nat_gateway_takes_an_address_that_no_machine_gets(vpc: IPv4Network) -> None:
    for zone in ALL_ZONES:
        public = subnets.public(vpc, zone)
        place = int(IPv4Address(subnets.gateway(public))) - int(public.network_address)
        assert 3 < place < FIRST_ADDRESS


def test_the_subnets_of_a_zone_follow_from_its_letter_alone() -> None:
    vpc = IPv4Network("10.40.0.0/16")
    expected = [(f"10.40.{16 * i}.0/20", f"10.40.{128 + i}.0/24") for i in range(8)]
    assert [(str(subnets.private(vpc, zone)), str(subnets.public(vpc, zone))) for zone in ALL_ZONES] == expected
    assert subnets.private(vpc, "us-east-1c") == subnets.private(vpc, "ap-northeast-2c")
