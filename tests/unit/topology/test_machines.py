"""The machines of a stack: one for every node, with its pair, its size and its groups."""

import pytest

from components.topology.checks.configuration import read
from components.topology.machines import machines, node_machines
from components.topology.sizes import PRIVATE_EN, PUBLIC_EN, SCN, VALIDATOR
from tests.unit.samples import Raw, aws_raw, kairos_raw, pairs, raw

LISTED = [{"name": "alpha", "scn": "scn-1"}, {"name": "beta", "scn": "scn-3"}]


def test_the_machines_of_a_stack_with_a_private_parent_chain() -> None:
    found = machines(read(aws_raw(pairs=LISTED)))
    assert [(one.name, one.role, one.unit, [group.name for group in one.groups]) for one in found] == [
        ("parent", "validator", "parent", ["nodes", "validators"]),
        ("scn-1", "scn", "alpha", ["nodes", "scns", "alpha-scn"]),
        ("scn-2", "scn", "scn-2", ["nodes", "scns"]),
        ("scn-3", "scn", "beta", ["nodes", "scns", "beta-scn"]),
        ("scn-4", "scn", "scn-4", ["nodes", "scns"]),
        ("alpha-en", "en", "alpha", ["nodes", "ens", "alpha-en"]),
        ("beta-en", "en", "beta", ["nodes", "ens", "beta-en"]),
    ]
    assert [one.size for one in found] == [VALIDATOR, SCN, SCN, SCN, SCN, PRIVATE_EN, PRIVATE_EN]


def test_a_public_parent_chain_has_no_machine_of_ours() -> None:
    found = machines(read(kairos_raw(pairs=LISTED)))
    assert [one.name for one in found] == ["scn-1", "scn-2", "scn-3", "scn-4", "alpha-en", "beta-en"]
    assert [one.size for one in found] == [SCN] * 4 + [PUBLIC_EN] * 2


def test_a_local_stack_has_the_same_machines() -> None:
    assert [one.name for one in node_machines(read(raw()))] == [one.name for one in machines(read(aws_raw()))]


def test_a_pair_has_sizes_of_its_own() -> None:
    listed = [LISTED[0], LISTED[1] | {"machines": {"scn": {"dataGib": 321}, "en": {"instanceType": "c6i.large"}}}]
    found = {one.name: one.size for one in machines(read(aws_raw(pairs=listed, aws__scn__iops=3500)))}
    assert {name: one.data_gib for name, one in found.items() if one.data_gib == 321} == {"scn-3": 321}
    assert {name for name, one in found.items() if one.instance_type == "c6i.large"} == {"beta-en"}
    assert {name for name, one in found.items() if one.iops == 3500} == {"scn-1", "scn-2", "scn-3", "scn-4"}


def test_a_machine_has_a_size_of_its_own() -> None:
    own = {"scn-4": {"dataGib": 321}, "beta-en": {"publicAddress": True}, "parent": {"iops": 4000}}
    found = {one.name: one.size for one in machines(read(aws_raw(pairs=LISTED, aws__machines=own)))}
    assert {name for name, one in found.items() if one.data_gib == 321} == {"scn-4"}
    assert {name for name, one in found.items() if one.public_address} == {"beta-en"}
    assert {name for name, one in found.items() if one.iops == 4000} == {"parent"}


@pytest.mark.parametrize("config", [aws_raw(pairs=pairs(12), serviceChain__nodes=100), kairos_raw(pairs=pairs(1))])
def test_no_two_machines_have_one_name(config: Raw) -> None:
    names = [one.name for one in machines(read(config))]
    assert len(names) == len(set(names))
