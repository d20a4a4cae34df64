"""Nodes that exist already, in the configuration: good ones, and the problem of every bad one."""

from typing import Any

import pytest

from components.domain.problems.problem import Problem
from components.domain.problems.settings import MISSING_KEY, NO_VOTER, OTHER_PROGRAM, UNNEEDED_KEY, WRONG_FORM
from components.topology.checks.configuration import read
from tests.unit.samples import EXISTING, KNI, Raw, archive, problems, raw, says, tells

HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEe5Kn8Jx0kXVtIvqAvLwtKcjgZhWc8qPvQx7vFyQJkE"


def host(number: int, daemon: str, **changes: Any) -> Raw:
    node = {"data": f"/var/{daemon}/data", "conf": f"/etc/{daemon}/conf/{daemon}.conf"}
    return {"address": f"10.0.0.{number}", "hostKey": HOST_KEY, "node": node} | changes


def brownfield(**changes: Any) -> Raw:
    """Return a stack whose nodes exist; a change is of the host of that name, with _ for -."""
    hosts: Raw = {
        "alpha-en": host(1, "kend"),
        "beta-en": host(2, "kend"),
        "scn-1": host(3, "kscnd"),
        "scn-2": host(4, "kscnd"),
    }
    for name, change in changes.items():
        hosts[name.replace("_", "-")] |= change
    return raw(
        target="existing",
        parentChain=EXISTING,
        serviceChain={"chainId": 3000, "nodes": ["scn-1", "scn-2"]},
        pairs=[{"name": "alpha", "scn": "scn-1"}, {"name": "beta", "scn": "scn-2"}],
        existing={"hosts": hosts},
    )


def test_nodes_that_exist_are_adopted_by_their_places() -> None:
    settings = read(
        brownfield(scn_2={"node": {"data": "/data", "conf": "/etc/k.conf", "restart": "service k restart"}})
    )
    assert settings.existing
    assert [name for name in ("alpha-en", "scn-2", "parent") if settings.adopts(name)] == ["alpha-en", "scn-2"]
    node = settings.existing.hosts["scn-2"].node
    assert node
    assert (node.data, node.conf, node.restart) == ("/data", "/etc/k.conf", "service k restart")


def test_a_new_scn_joins_those_that_exist_by_their_genesis() -> None:
    config = brownfield(scn_2={"node": None})
    config["serviceChain"] |= {"genesis": "genesis.json", "staticNodes": [KNI]}
    settings = read(config)
    assert [settings.adopts(scn) for scn in ("scn-1", "scn-2")] == [True, False]


def test_nothing_is_adopted_elsewhere() -> None:
    assert not read(raw()).adopts("scn-1")


def test_a_node_that_exists_has_no_archive_of_its_pair() -> None:
    config = brownfield(scn_2={"node": None})
    config["serviceChain"] |= {"genesis": "genesis.json"}
    own = {program: archive(program, "v2.2.1") for program in ("ken", "kscn")}
    config["pairs"] = [{**pair, "packages": own} for pair in config["pairs"]]
    assert tells(
        problems(config),
        ("pairs[0].packages.ken", UNNEEDED_KEY, "alpha-en"),
        ("pairs[0].packages.kscn", UNNEEDED_KEY, "scn-1"),
        ("pairs[1].packages.ken", UNNEEDED_KEY, "beta-en"),
    )


def test_versions_are_not_compared_with_that_of_a_node_that_exists(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("components.domain.versions._PROTOCOLS", {1: 2, 3: 3})
    config = brownfield(scn_2={"node": None})
    config["serviceChain"] |= {"genesis": "genesis.json"}
    config["pairs"][1]["packages"] = {"kscn": archive("kscn", "v3.0.0")}
    assert read(config).archive_of("scn-2").archive.version == "v3.0.0"


@pytest.mark.parametrize(
    ("config", "path", "problem", "value"),
    [
        (
            brownfield(scn_1={"node": {"data": "data", "conf": "/etc/kscnd/conf/kscnd.conf"}}),
            "existing.hosts.scn-1.node.data",
            WRONG_FORM,
            "'data'",
        ),
        (
            brownfield(scn_1={"node": {"data": "/a/../b", "conf": "/etc/kscnd/conf/kscnd.conf"}}),
            "existing.hosts.scn-1.node.data",
            WRONG_FORM,
            "'/a/../b'",
        ),
        (
            brownfield(scn_1={"node": {"data": "/d", "conf": "/etc/kscnd/conf/kscnd.conf", "restart": "a\nb"}}),
            "existing.hosts.scn-1.node.restart",
            WRONG_FORM,
            "'a\\nb'",
        ),
        (
            brownfield(scn_1={"node": {"data": "/d", "conf": "/etc/mine.conf"}}),
            "existing.hosts.scn-1.node.restart",
            MISSING_KEY,
            "",
        ),
        (
            brownfield(alpha_en={"node": {"data": "/d", "conf": "/x/conf/kscnd.conf"}}),
            "existing.hosts.alpha-en.node.conf",
            OTHER_PROGRAM,
            "kscnd",
        ),
        (brownfield(scn_1={"root": "/srv/other"}), "existing.hosts.scn-1.root", UNNEEDED_KEY, ""),
        (brownfield() | {"parentChain": {"chainId": 2020}}, "parentChain.genesis", MISSING_KEY, "alpha-en"),
        (brownfield(scn_2={"node": None}), "serviceChain.genesis", MISSING_KEY, "existing.hosts.scn-2.node"),
        (
            brownfield() | {"serviceChain": {**brownfield()["serviceChain"], "forks": {}}},
            "serviceChain.forks",
            UNNEEDED_KEY,
            "",
        ),
        (raw(serviceChain__genesis="genesis.json"), "serviceChain.genesis", NO_VOTER, ""),
        (raw(serviceChain__networkId=203), "serviceChain.networkId", UNNEEDED_KEY, ""),
        (raw(serviceChain__staticNodes=[KNI]), "serviceChain.staticNodes", NO_VOTER, ""),
    ],
)
def test_a_bad_one_is_told(config: Raw, path: str, problem: Problem, value: str) -> None:
    assert any(says(message, path, problem, value) for message in problems(config))
