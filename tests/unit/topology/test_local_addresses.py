"""Where local hosts live: subnets and addresses, as properties of names and ids."""

import random
from ipaddress import IPv4Network
from itertools import pairwise

import pytest

from components.domain.addresses import SHARED_RANGE
from components.topology.local_addresses import addresses, checked_subnet, default_subnet

SUBNET = IPv4Network("100.64.8.0/22")
TINY = IPv4Network("100.64.8.0/28")


def some_names(seed: int, count: int) -> list[str]:
    dice = random.Random(seed)  # noqa: S311 - not for secrets
    return [f"host-{number}" for number in dice.sample(range(10_000), count)]


@pytest.mark.parametrize("network", ["00000000", "ffffffff", "ab12cd34", "00000fff", "00001000"])
def test_the_subnet_of_a_network_is_a_22_in_the_shared_range(network: str) -> None:
    subnet = default_subnet(network)
    assert subnet.prefixlen == 22
    assert subnet.subnet_of(SHARED_RANGE)
    assert subnet == default_subnet(network)


def test_ids_spread_over_all_subnets() -> None:
    assert len({default_subnet(f"{number:08x}") for number in range(4096)}) == 4096


@pytest.mark.parametrize("seed", range(20))
def test_every_host_has_an_address_of_its_own_between_the_machine_and_the_broadcast(seed: int) -> None:
    for subnet, count in ((SUBNET, 200), (TINY, 13)):
        found = addresses(some_names(seed, count), subnet).values()
        assert len(set(found)) == count
        assert min(found) >= subnet.network_address + 2
        assert max(found) < subnet.broadcast_address


@pytest.mark.parametrize("seed", range(20))
def test_a_name_that_is_appended_moves_nobody(seed: int) -> None:
    names = some_names(seed, 13)
    steps = [addresses(names[:count], TINY) for count in range(len(names) + 1)]
    for fewer, more in pairwise(steps):
        assert fewer.items() <= more.items()


def test_the_address_follows_from_the_name_and_not_from_its_place_in_the_list() -> None:
    names = ["parent", "alpha-en", "alpha-scn", "beta-en"]
    assert addresses(names, SUBNET) == addresses(names[::-1], SUBNET)


def test_the_addresses_of_a_name_are_fixed_forever() -> None:
    """A change of the hash would replace every host of every stack."""
    found = addresses(["parent", "alpha-en"], SUBNET)
    assert {name: str(address) for name, address in found.items()} == {
        "parent": "100.64.10.242",
        "alpha-en": "100.64.11.65",
    }


def test_a_name_that_comes_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="same name"):
        addresses(["alpha", "alpha"], SUBNET)


def test_too_many_hosts_are_refused() -> None:
    with pytest.raises(ValueError, match="14 hosts do not fit into"):
        addresses(some_names(0, 14), TINY)


@pytest.mark.parametrize("subnet", ["10.1.0.0/16", "172.16.4.0/22", "192.168.7.0/26", "100.127.252.0/22"])
def test_private_subnets_pass(subnet: str) -> None:
    assert str(checked_subnet(subnet)) == subnet


@pytest.mark.parametrize(
    "subnet", ["8.8.8.0/22", "100.64.8.1/22", "10.0.0.0/8", "10.0.0.0/27", "100.128.0.0/22", "fd00::/64", "x"]
)
def test_other_subnets_are_refused(subnet: str) -> None:
    with pytest.raises(ValueError, match=f"{subnet} is not a private IPv4 network"):
        checked_subnet(subnet)
