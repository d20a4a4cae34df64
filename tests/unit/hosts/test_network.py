"""Subnets of an existing VPC that do not fit together are refused, each with what is wrong."""

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import cast

import pulumi
import pytest

from components.domain.problems.hosts import WRONG_SUBNETS
from components.hosts.aws import network
from components.settings.sections.aws import NetworkSettings

FOUND: Mapping[str, tuple[str, str]] = {
    "subnet-a": ("vpc-1", "zone-a"),
    "subnet-a2": ("vpc-1", "zone-a"),
    "subnet-b": ("vpc-1", "zone-b"),
    "subnet-x": ("vpc-2", "zone-b"),
}


def look_up(monkeypatch: pytest.MonkeyPatch, private: Sequence[str], public: Sequence[str]) -> network.Vpc:
    def get_subnet(id: str, opts: object) -> SimpleNamespace:  # noqa: A002, ARG001 - the names of pulumi_aws
        vpc, zone = FOUND[id]
        return SimpleNamespace(vpc_id=vpc, availability_zone=zone)

    monkeypatch.setattr(network, "ec2", SimpleNamespace(get_subnet=get_subnet))
    settings = SimpleNamespace(vpc="vpc-1", private_subnets=private, public_subnets=public)
    return network.existing(cast(NetworkSettings, settings), pulumi.InvokeOptions())


def test_subnets_are_keyed_by_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    found = look_up(monkeypatch, ["subnet-a", "subnet-b"], [])
    assert (found.zones, found.private.ids) == (["zone-a", "zone-b"], {"zone-a": "subnet-a", "zone-b": "subnet-b"})


@pytest.mark.parametrize(
    ("private", "public", "named"),
    [
        (["subnet-a", "subnet-x"], [], ["subnet-x", "vpc-2", "vpc-1"]),
        (["subnet-a", "subnet-a2"], [], ["subnet-a2", "subnet-a ", "zone-a"]),
        (["subnet-a", "subnet-b"], ["subnet-a2"], ["zone-b"]),
    ],
)
def test_subnets_that_do_not_fit_are_named(
    monkeypatch: pytest.MonkeyPatch, private: list[str], public: list[str], named: list[str]
) -> None:
    with pytest.raises(pulumi.RunError, match=WRONG_SUBNETS.code) as refused:
        look_up(monkeypatch, private, public)
    assert all(value in str(refused.value) for value in named)
