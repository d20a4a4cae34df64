"""What an account may lack for machines that do not run yet, with numbers."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from components.domain.problems.aws.account import LOW_QUOTA, NOT_OFFERED, SLOW_MACHINE
from components.topology.bastion import BASTION_MACHINE
from components.topology.checks.capacity import InstanceKind, Room, warnings
from components.topology.checks.configuration import read
from components.topology.checks.machines import PublicAddresses, public_addresses
from components.topology.machine import Machine, Size
from components.topology.machines import machines
from tests.program.stacks import example
from tests.unit.samples import aws_raw

ZONES = ["eu-central-1a", "eu-central-1b"]
KINDS = {
    "m6i.xlarge": InstanceKind(4, 156.25, 6000, 1250.0, 40000),
    "r6i.2xlarge": InstanceKind(8, 312.5, 12000, 1250.0, 40000),
    "t3.micro": InstanceKind(2, 10.875, 500, 260.625, 11800),
    "g5.xlarge": InstanceKind(4, 437.5, 15000, 437.5, 15000),
}
NOBODY = Room(KINDS, dict.fromkeys(KINDS, ZONES), (), 1000, 0, 100)
"""Room for everything."""
THREE = PublicAddresses(ens=0, gates=2, bastion=1)


def machine(name: str, kind: str = "m6i.xlarge", throughput: int = 125, iops: int = 3000) -> Machine:
    return Machine(name, "scn", name, Size(kind, 200, iops, throughput), [])


PAIR = [machine("scn-1"), machine("alpha-en", "r6i.2xlarge"), BASTION_MACHINE]


def told(wanted: Sequence[Machine] = PAIR, running: Any = None, addresses: PublicAddresses = THREE, **room: Any) -> Any:
    return list(warnings(wanted, running or {}, ZONES, addresses, replace(NOBODY, **room)))


def test_with_room_for_everything_nothing_is_said() -> None:
    assert told() == []


def test_vcpus_are_those_of_the_stack_and_of_others_in_the_region() -> None:
    assert told(vcpu_quota=14) == []
    (said,) = told(vcpu_quota=13)
    assert said.codes == (LOW_QUOTA.code,)
    assert "needs 14 vCPUs" in said
    assert "have 0" in said
    assert "may have 13" in said
    (said,) = told(vcpu_quota=32, others=["m6i.xlarge"] * 5)
    assert "have 20" in said
    assert "34 or more" in said
    assert told(vcpu_quota=14, others=["g5.xlarge"]) == [], "it has a quota of its own"


@pytest.mark.parametrize(("name", "vcpus", "gates"), [("kairos", 34, 1), ("mainnet", 50, 3)])
def test_what_the_examples_need(name: str, vcpus: int, gates: int) -> None:
    settings = read(example(name))
    assert settings.aws
    told_of = told([*machines(settings), BASTION_MACHINE], vcpu_quota=32)
    assert [one.codes for one in told_of] == [(LOW_QUOTA.code,), (SLOW_MACHINE.code,)]
    assert f"needs {vcpus} vCPUs" in told_of[0]
    assert str(public_addresses(settings, settings.aws)) == f"ENs 0, NAT gateways {gates}, bastion 1"


def test_addresses_are_those_of_the_stack_and_others() -> None:
    assert told(address_quota=5, other_addresses=2) == []
    (said,) = told(address_quota=5, other_addresses=3)
    assert said.codes == (LOW_QUOTA.code,)
    assert "needs 3 public addresses (ENs 0, NAT gateways 2, bastion 1)" in said
    assert "6 or more" in said


def test_a_type_that_a_zone_lacks_is_named_with_its_machines() -> None:
    (said,) = told(offered={**NOBODY.offered, "r6i.2xlarge": ["eu-central-1c", "eu-central-1b"]})  # type: ignore[dict-item]
    assert said.codes == (NOT_OFFERED.code,)
    assert "r6i.2xlarge (alpha-en)" in said
    assert "offered in eu-central-1a;" in said
    assert "eu-central-1b, eu-central-1c" in said
    (said,) = told(offered={**NOBODY.offered, "r6i.2xlarge": []})  # type: ignore[dict-item]
    assert "no zone" in said


def test_a_disk_that_is_faster_than_its_machine_is_named_once_for_all_machines_of_its_size() -> None:
    public = {"kind": "r6i.2xlarge", "throughput": 500, "iops": 8000}
    (said,) = told([machine("alpha-en", **public), machine("beta-en", **public), machine("scn-1")])  # type: ignore[arg-type]
    assert said.codes == (SLOW_MACHINE.code,)
    for value in ("alpha-en, beta-en", "298 MiB/s", "12000 IOPS", "1192 MiB/s", "500 MiB/s", "8000 IOPS"):
        assert value in said
    assert "scn-1" not in said
    (said,) = told([machine("scn-1", iops=6001)])
    assert "6001 IOPS" in said
    assert told([machine("scn-1", throughput=149, iops=6000)]) == []


def test_a_monitor_is_no_slow_machine_as_no_volume_is_slower_than_its_own() -> None:
    settings = read(aws_raw(monitoring={"enabled": True}))
    monitor = machines(settings)[-1]
    kinds = {**KINDS, "t3.small": InstanceKind(2, 21.75, 1000, 260.625, 11800)}
    room: dict[str, Any] = {"kinds": kinds, "offered": None}
    assert told([monitor], **room) == []
    (said,) = told([replace(monitor, size=replace(monitor.size, iops=3001))], **room)
    assert "monitor: t3.small" in said
    (said,) = told([replace(monitor, role="scn")], **room)
    assert said.codes == (SLOW_MACHINE.code,)
    (said,) = told([*machines(settings), BASTION_MACHINE], vcpu_quota=31, **room)
    assert "needs 32 vCPUs" in said


def test_machines_that_run_are_left_alone_unless_their_type_changes() -> None:
    nothing: dict[str, Any] = {"vcpu_quota": 0, "address_quota": 0, "offered": {}}
    running = {one.name: one.size.instance_type for one in PAIR}
    assert told(running=running, **nothing) == []
    said = told(running={**running, "scn-1": "m5.xlarge"}, **nothing)
    assert [one.codes for one in said] == [(LOW_QUOTA.code,), (LOW_QUOTA.code,), (NOT_OFFERED.code,)]


def test_what_could_not_be_read_is_not_judged() -> None:
    assert list(warnings(PAIR, {}, ZONES, THREE, Room())) == []
    assert told(vcpu_quota=1, others=None) == told(address_quota=1, other_addresses=None) == []
