"""What a month on AWS costs, with prices that are known, and what is said of those that are not."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from components.settings.model import Settings
from components.topology.checks.configuration import read
from components.topology.cost import US_EAST_1, PriceTable, shown
from components.topology.machines import machines
from tests.program.stacks import example
from tests.stack import ROOT
from tests.unit.samples import VPC, aws_raw

ROUND = PriceTable("ap-northeast-2", "today", {"m6i.xlarge": "1", "t3.micro": "0.1"}, "1", "0.1", "10", "2", "0.5", "1")
"""Prices that are easy to sum up."""


def cost(settings: Settings, prices: PriceTable = ROUND) -> dict[str, Any]:
    assert settings.aws
    return shown(settings, settings.aws, prices)


def test_each_part_is_counted() -> None:
    settings = read(aws_raw(aws__en={"iops": 4000, "throughput": 225}))
    wanted = machines(settings)
    ens = [one for one in wanted if one.role == "en"]
    gib = sum(one.size.data_gib + 30 for one in wanted) + 30
    found = cost(settings)
    assert found["instances"] == f"{730 * (len(wanted) + Decimal('0.1')):.2f}"
    assert found["disks"] == f"{gib + len(ens) * (1000 * Decimal('0.1') + 100 * 10):.2f}"
    assert Decimal(found["publicAddresses"]) == 730 * (1 + Decimal(found["natGateways"]) / (730 * 2))
    parts = [Decimal(found[name]) for name in ("instances", "disks", "natGateways", "publicAddresses")]
    assert Decimal(found["perMonth"]) == sum(parts)
    assert found["prices"] == "list prices of ap-northeast-2; today"


def test_a_monitor_is_counted_with_its_disks_and_its_way_out() -> None:
    without, found = (cost(read(aws_raw(**given)), US_EAST_1) for given in ({}, {"monitoring": {"enabled": True}}))
    more = {name: float(found[name]) - float(without[name]) for name in ("instances", "disks", "natGateways")}
    expected = {"instances": 730 * 0.0208, "disks": (30 + 30) * 0.08, "natGateways": 2 * 730 * 0.045}
    assert more == pytest.approx(expected, abs=0.011)


def test_what_is_not_known_is_named_and_not_guessed() -> None:
    settings = read(aws_raw(aws__scn__instanceType="m6i.32xlarge"))
    found = cost(settings)
    assert "m6i.32xlarge" in found["leftOut"]
    assert Decimal(found["instances"]) < Decimal(cost(read(aws_raw()))["instances"])
    elsewhere = cost(read(aws_raw()), US_EAST_1)
    assert "ap-northeast-2 costs more or less than us-east-1" in elsewhere["leftOut"]
    assert "us-east-1" in elsewhere["prices"]
    assert "m6i" not in elsewhere["leftOut"]


@pytest.mark.parametrize(("name", "gateways", "words"), [("kairos", 1, "45.00 USD"), ("mainnet", 3, "45.00 USD")])
def test_the_examples(name: str, gateways: int, words: str) -> None:
    settings = read(example(name))
    found = cost(settings, US_EAST_1)
    assert Decimal(found["natGateways"]) == gateways * 730 * Decimal("0.045")
    assert words in found["firstSync"]
    assert "alpha-en" in found["firstSync"]
    assert "instances without" not in found["leftOut"]
    documented = (f"`Pulumi.{name}.yaml`", f"{round(Decimal(found['perMonth'])):,} USD")
    text = " ".join((ROOT / "docs/aws.md").read_text().split())
    assert all(words in text for words in documented)


def test_the_first_synchronisation_is_paid_where_there_is_a_gateway() -> None:
    assert "nothing" in cost(read(aws_raw()))["firstSync"]
    raw = example("kairos")
    raw["aws"]["en"] = {**raw["aws"].get("en", {}), "publicAddress": True}
    assert "nothing" in cost(read(raw))["firstSync"]
    raw = example("kairos")
    raw["aws"]["network"] = VPC
    assert "existing network" in cost(read(raw))["firstSync"]
    assert cost(read(raw))["natGateways"] == "0.00"


def test_amounts_are_rounded_up_to_cents() -> None:
    tiny = replace(ROUND, hour={"m6i.xlarge": "0.0000001", "t3.micro": "0"})
    assert cost(read(aws_raw()), tiny)["instances"] == "0.01"
