"""Where each machine is: decided when it is first seen, known in previews, and held whatever is listed later."""

from ipaddress import IPv4Address, IPv4Network
from typing import Any

import pulumi
import pytest
from pulumi.output import UNKNOWN

from components.domain.problems.aws.snapshots import DATA_LEAVES
from components.domain.problems.settings import FULL_SUBNET, LOST_ZONE
from components.dynamic.base import PROVIDER_KEY, Props
from components.dynamic.machines.placement import PlacementProvider
from components.topology import subnets
from components.topology.checks.configuration import read
from components.topology.machines import machines
from tests.unit.samples import Raw, aws_raw, pairs

VPC = IPv4Network("10.40.0.0/16")
ZONES = ["ap-northeast-2a", "ap-northeast-2b", "ap-northeast-2c"]


def listed(config: Raw, *, addresses: bool = True) -> list[Props]:
    cidrs = {"subnets": {zone: str(subnets.private(VPC, zone)) for zone in ZONES}} if addresses else {}
    found = machines(read(config))
    return [{"name": one.name, "role": one.role, "unit": one.unit, **cidrs} for one in found]


def asked(config: Raw, zones: list[str] | None = None, **changes: Any) -> Props:
    """Return the inputs of a program's run, as Pulumi hands them over."""
    return {"machines": listed(config), "zones": zones or ZONES, "zone_of": None, "address_of": None, **changes}


def check(olds: Props, news: Props) -> Props:
    result = PlacementProvider().check(olds, news)
    assert not result.failures
    return dict(result.inputs)


def refused(olds: Props, news: Props) -> list[str]:
    return [failure.reason for failure in PlacementProvider().check(olds, news).failures or []]


FIRST = check({}, asked(aws_raw()))


def test_everybody_is_placed_before_anything_exists() -> None:
    assert {name: zone[-1] for name, zone in FIRST["zone_of"].items()} == {
        "parent": "a",
        "scn-1": "a",
        "scn-2": "b",
        "scn-3": "c",
        "scn-4": "a",
        "pair-1-en": "a",
        "pair-2-en": "b",
    }
    assert FIRST["address_of"].keys() == FIRST["zone_of"].keys()
    for name, address in FIRST["address_of"].items():
        assert IPv4Address(address) in subnets.private(VPC, FIRST["zone_of"][name])


def test_what_was_decided_is_in_the_outputs_and_under_one_id() -> None:
    made = PlacementProvider().create({**FIRST, PROVIDER_KEY: "pickle"})
    assert (made.id, made.outs) == ("placement", FIRST)


@pytest.mark.parametrize("absent", [{}, {"zone_of": None, "address_of": None}])
def test_the_same_machines_change_nothing(absent: Props) -> None:
    news = {"machines": listed(aws_raw()), "zones": ZONES, **absent}
    again = check({**FIRST, PROVIDER_KEY: "pickle"}, {**news, PROVIDER_KEY: "another pickle"})
    assert again == FIRST
    assert not PlacementProvider().diff("placement", FIRST, again).changes


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_pair_that_is_added_anywhere_is_an_update_that_moves_nobody(place: int) -> None:
    names = ["scn-1", "scn-2", "scn-3", "scn-4"]
    listed_pairs = pairs(2)
    listed_pairs.insert(place, {"name": "new", "scn": "scn-0"})
    second = check(FIRST, asked(aws_raw(pairs=listed_pairs, serviceChain__nodes=["scn-0", *names])))
    difference = PlacementProvider().diff("placement", FIRST, second)
    assert (difference.changes, difference.replaces) == (True, [])
    for decisions in ("zone_of", "address_of"):
        assert FIRST[decisions].items() < second[decisions].items()
    assert second["zone_of"]["new-en"] == second["zone_of"]["scn-0"] == "ap-northeast-2c"
    assert PlacementProvider().update("placement", FIRST, second).outs == second


def test_a_pair_that_is_removed_is_forgotten_and_nobody_takes_its_place() -> None:
    second = check(FIRST, asked(aws_raw(pairs=pairs(1)), final_snapshot=False))
    assert FIRST["zone_of"].items() - second["zone_of"].items() == {("pair-2-en", "ap-northeast-2b")}
    assert second["address_of"].items() < FIRST["address_of"].items()


def test_a_refresh_reports_what_was_decided() -> None:
    known = PlacementProvider().read("placement", {**FIRST, PROVIDER_KEY: "pickle"})
    assert (known.id, known.outs, known.inputs) == ("placement", FIRST, FIRST)
    assert check(dict(known.inputs or {}), asked(aws_raw())) == FIRST


def test_without_subnets_addresses_are_left_to_the_cloud() -> None:
    found = check({}, asked(aws_raw(), machines=listed(aws_raw(), addresses=False)))
    assert found["address_of"] == {}
    assert found["zone_of"] == FIRST["zone_of"]


def test_a_zone_that_machines_are_in_cannot_be_taken_away() -> None:
    (said,) = refused(FIRST, asked(aws_raw(), ["ap-northeast-2a", "ap-northeast-2c"]))
    assert said.startswith("scn-2 is in ap-northeast-2b, ")
    assert LOST_ZONE.code in said


def test_a_zone_that_is_added_first_moves_nobody() -> None:
    olds = check({}, asked(aws_raw(), ZONES[1:]))
    second = check(olds, asked(aws_raw()))
    assert second["zone_of"] == olds["zone_of"]
    assert second["address_of"] == olds["address_of"]


def test_a_subnet_that_is_full_is_told() -> None:
    small = {zone: str(subnets.public(IPv4Network("10.40.0.0/20"), zone)) for zone in ZONES}
    many = [{"name": f"en-{i}", "role": "en", "unit": f"en-{i}", "subnets": small} for i in range(16)]
    (said,) = refused({}, asked(aws_raw(), machines=many))
    assert all(value in said for value in ("10.40.8.0/28", "en-15", FULL_SUBNET.code))
    assert not refused({}, asked(aws_raw(), machines=many[:15]))


@pytest.mark.parametrize(
    ("news", "property_"),
    [
        ({"machines": 1.0, "zones": ZONES}, "machines"),
        ({"machines": [{"name": "a", "role": "en"}], "zones": ZONES}, "machines.0.unit"),
        ({"machines": []}, "zones"),
    ],
)
def test_inputs_of_a_wrong_form_are_failures_of_their_property(news: Props, property_: str) -> None:
    failures = PlacementProvider().check({}, news).failures or []
    assert [failure.property for failure in failures] == [property_]


@pytest.mark.parametrize("olds", [{}, FIRST])
def test_with_inputs_that_are_not_known_yet_nothing_is_decided(olds: Props) -> None:
    found = check(olds, asked(aws_raw(), machines=UNKNOWN))
    assert (found["zone_of"], found["address_of"]) == (UNKNOWN, UNKNOWN)
    assert pulumi.contains_unknowns(found)
    assert PlacementProvider().diff("placement", olds, found).changes


@pytest.mark.parametrize("decided", [None, True, False])
def test_a_preview_says_whose_data_are_kept(decided: bool | None, capfd: pytest.CaptureFixture[str]) -> None:  # noqa: FBT001
    three = check({}, asked(aws_raw(pairs=pairs(3))))
    check(three, asked(aws_raw(), final_snapshot=decided))
    said = capfd.readouterr().err
    kept = decided is not False
    assert (DATA_LEAVES.code in said) is kept
    assert ("of pair-3-en is deleted" in said) is kept, "an SCN that leaves its pair stays"


def test_of_a_bastion_and_a_monitor_nothing_is_kept(capfd: pytest.CaptureFixture[str]) -> None:
    machines = [*listed(aws_raw()), *({"name": one, "role": one, "unit": one} for one in ("bastion", "monitor"))]
    before = check({}, asked(aws_raw(), machines=machines))
    check(before, asked(aws_raw()))
    assert capfd.readouterr().err == ""


def test_what_was_never_said_changes_nothing() -> None:
    without = {name: value for name, value in FIRST.items() if name != "final_snapshot"}
    again = check(without, asked(aws_raw()))
    assert not PlacementProvider().diff("placement", without, again).changes
