"""The example stacks, as they are committed: each is a whole program, and lets through what it should and no more."""

from itertools import permutations

import pytest

from components.domain.forks import known
from tests.program.mocked import made, run
from tests.program.program import Program
from tests.program.reach import table
from tests.program.stacks import example

OFFICE = "203.0.113.0/24"
WORLD = "0.0.0.0/0"
PEERS = {"tcp 32323-32324", "udp 32323"}


@pytest.fixture(scope="module")
def kairos() -> Program:
    return made(example("kairos"))


@pytest.fixture(scope="module")
def mainnet() -> Program:
    return made(example("mainnet"))


def wanted(pairs: dict[str, str], scns: list[str], monitor: str | None) -> set[tuple[str, str, str]]:
    """Return who may reach whom on a public parent chain, with a bastion and archives by address."""
    ens = [f"{pair}-en" for pair in pairs]
    nodes = [*ens, *scns]
    return {
        (OFFICE, "bastion", "tcp 22"),
        *(("bastion", node, "tcp 22") for node in nodes),
        *((scn, f"{pair}-en", "tcp 50505") for pair, scn in pairs.items()),
        *((one, other, "tcp 22323") for one, other in permutations(scns, 2)),
        *((en, WORLD, ports) for en in ens for ports in PEERS),
        *((node, WORLD, "tcp 443") for node in nodes),
        *((monitor, node, "tcp 61001") for node in nodes if monitor),
    }


def test_kairos_lets_through_what_it_should(kairos: Program) -> None:
    pairs = {"alpha": "scn-1", "beta": "scn-2"}
    assert table(kairos) == wanted(pairs, [f"scn-{i}" for i in range(1, 5)], None)


def test_mainnet_lets_through_what_it_should(mainnet: Program) -> None:
    pairs = {"alpha": "scn-1", "beta": "scn-2", "gamma": "scn-3"}
    assert table(mainnet) == wanted(pairs, [f"scn-{i}" for i in range(1, 7)], "10.42.255.0/24")


def test_the_development_stack_asks_nothing_of_aws() -> None:
    assert not [one for one in run(example("dev")).resources if one.type.startswith(("aws:", "pulumi:providers:aws"))]


def test_no_machine_of_ours_is_part_of_a_public_chain(kairos: Program, mainnet: Program) -> None:
    for program in (kairos, mainnet):
        assert "parent" not in program.of("Node")
        assert set(program.of("Genesis")) == {"service-chain-genesis"}


def test_an_en_of_a_public_network_follows_it_by_name(kairos: Program, mainnet: Program) -> None:
    for program, flag in ((kairos, "--kairos"), (mainnet, "--mainnet")):
        unit = program.one("Command", "alpha-en-kend.service").inputs["stdin"]
        assert flag in unit
        assert "--networkid" not in unit
        assert "--mainbridge" in unit
        assert "alpha-en-init" not in program.of("Command")
        assert "alpha-en-static-nodes.json" not in program.of("Command")


def test_metrics_are_on_where_somebody_may_read_them(kairos: Program, mainnet: Program) -> None:
    for program, on in ((kairos, False), (mainnet, True)):
        for name in ("alpha-en-kend.service", "scn-4-kscnd.service"):
            assert ("--metrics" in program.one("Command", name).inputs["stdin"]) == on


@pytest.mark.parametrize("name", ["kairos", "mainnet"])
def test_versions_are_shown_and_know_every_fork(name: str, request: pytest.FixtureRequest) -> None:
    """A fork that is added to the table needs newer examples."""
    outputs = request.getfixturevalue(name).outputs
    pair = outputs["pairs"]["alpha"]
    assert pair["scn"]["version"] == "v1.0.3"
    newest = known(name)[-1]
    shown = {"name": newest.name, "block": newest.block, "since": newest.since}
    assert outputs["forks"] == {name: {pair["en"]["version"]: {"newest": shown, "lacks": []}}}


def test_each_node_is_compared_with_the_version_of_its_own_package(kairos: Program) -> None:
    nodes = {name: node.inputs for name, node in kairos.of("UpdatedNode").items()}
    told = {name: (node["package_version"], node["version_command"].rpartition("/")[2]) for name, node in nodes.items()}
    assert told["alpha-en"] == ("v3.0.0", "ken version")
    assert told["scn-1"] == ("v1.0.3", "kscn version")


def test_a_lost_zone_takes_one_pair_and_a_third_of_the_scns(mainnet: Program) -> None:
    zone_of = mainnet.one("Placement", "placement").inputs["zone_of"]
    assert [zone_of[f"{pair}-en"] for pair in ("alpha", "beta", "gamma")] == [f"ap-northeast-2{z}" for z in "abc"]
    assert all(zone_of[f"{pair}-en"] == zone_of[scn] for pair, scn in (("alpha", "scn-1"), ("gamma", "scn-3")))
    scns = [zone_of[f"scn-{i}"] for i in range(1, 7)]
    assert {scns.count(zone) for zone in scns} == {2}


def test_every_pair_knows_its_en_by_an_address_that_is_known_beforehand(mainnet: Program) -> None:
    for pair, scn in (("alpha", "scn-1"), ("beta", "scn-2"), ("gamma", "scn-3")):
        address = mainnet.one("NetworkInterface", f"{pair}-en-interface").inputs["privateIps"][0]
        text = mainnet.one("Command", f"{scn}-main-bridges.json").inputs["stdin"]
        assert text.count("kni://") == 1
        assert f"@{address}:50505?discport=0" in text
