"""The whole program adopts a bridge in use, contracts and nodes, adds the second pair, and lets all of it go."""

import difflib
import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from components.chain.contracts.contract import require_state
from components.chain.nodes.journal import read_registration
from components.chain.rpc.console import Console
from components.chain.rpc.waiting import wait_for
from components.domain.kni import consensus_kni
from components.domain.ports import EN_PORT
from components.domain.problems.nodes import CONF_EDITED, NODE_DOWN, WRONG_BRIDGE_PEER
from components.dynamic.secrets import ssh_key
from tests.network.brownfield import CHILD, DATA, ENS, PARENT, SCNS, USER, Brownfield
from tests.stack import Settings, Stack, settings

pytestmark = pytest.mark.nightly

NODES = (*ENS, *SCNS)
NEW = "gamma-scn"
CHANGED = {
    "alpha-en": set(),
    "alpha-scn": set(),
    "beta-en": {"SC_MAIN_BRIDGE"},
    "beta-scn": {"SC_SUB_BRIDGE", "SC_PARENT_CHAIN_ID", "SC_ANCHORING", "SC_ANCHORING_PERIOD"},
}
"""Conf keys that become others."""


def host(field: Brownfield, name: str) -> dict[str, Any]:
    return {
        "address": field.network.address(name),
        "hostKey": ssh_key.public_key(field.network.seed(name)),
        "node": {"data": DATA, "conf": field.layout(name).release.conf},
        **field.who(name),
    }


def configured(field: Brownfield, folder: Path) -> Settings:
    """Return what a user writes: the places of the nodes, the contracts, and the owners' keys."""
    genesis = folder / "parent-genesis.json"
    genesis.write_text(field.disk("parent", field.layout("parent").genesis).read_text())
    validator = consensus_kni(field.public_key("parent"), field.network.address("parent"), EN_PORT)
    return settings(
        target="existing",
        parentChain={"chainId": PARENT, "genesis": str(genesis), "staticNodes": [validator]},
        serviceChain={"chainId": CHILD, "nodes": list(SCNS)},
        pairs=[{"name": "alpha", "scn": "alpha-scn"}, {"name": "beta", "scn": "beta-scn"}],
        anchoring={"period": 10},
        bridge={
            "parentBridge": field.bridges["parent"],
            "childBridge": field.bridges["child"],
            "parentOwnerKey": field.owner("parent").private_key,
            "childOwnerKey": field.owner("child").private_key,
        },
        existing={
            "privateKey": ssh_key.private_key(field.network.seed("client")),
            "hosts": {name: host(field, name) for name in NODES},
        },
    )


@pytest.fixture(scope="module")
def config(field: Brownfield, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Return the configuration, made once: the key in it is written differently each time."""
    return configured(field, tmp_path_factory.mktemp("chains"))


@pytest.fixture(scope="module")
def stack(field: Brownfield, config: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Yield a stack that owns nothing yet; at the end it owns nothing again."""
    stack = Stack(tmp_path_factory.mktemp("stack"), config)
    yield stack
    stack.destroy()
    field.network.down(NEW)


@pytest.fixture(scope="module")
def before(field: Brownfield) -> Mapping[str, tuple[str, str]]:
    """Return how the nodes were before there was a stack."""
    return {name: trace(field, name) for name in NODES}


@pytest.fixture(scope="module")
def voted(field: Brownfield) -> Mapping[str, set[str]]:
    """Return who voted then."""
    return operators(field)


def trace(field: Brownfield, name: str) -> tuple[str, str]:
    """Return the conf of a node, and what changes when it is restarted."""
    layout = field.layout(name)
    pid = field.disk(name, f"{DATA}/{layout.package.daemon}.pid")
    return field.disk(name, layout.release.conf).read_text(), pid.read_text()


def operators(field: Brownfield) -> dict[str, set[str]]:
    found = {}
    for chain, node in (("parent", "alpha-en"), ("child", "alpha-scn")):
        with closing(Console(field.endpoint(node))) as console:
            found[chain] = set(require_state(console, field.bridges[chain]).operators)
    return found


def live(field: Brownfield, scn: str) -> bool:
    with closing(Console(field.endpoint(scn))) as console:
        return read_registration(console, field.bridges["child"], field.bridges["parent"]).live


def anchored(field: Brownfield, scn: str) -> bool | str:
    with closing(Console(field.endpoint(scn))) as console:
        return bool(console.call("subbridge_getLatestAnchoredBlockNumber")) or f"{scn}: no anchor yet"


def changed_keys(old: str, new: str) -> set[str]:
    """Return the keys in the lines that are different."""
    lines = [line for line in difflib.ndiff(old.splitlines(), new.splitlines()) if line[0] in "+-"]
    return {line[2:].partition("=")[0] for line in lines}


def runs_as(field: Brownfield, name: str) -> str:
    daemon = field.layout(name).package.daemon
    return field.network.run(name, f"stat -c %U /proc/$(cat {DATA}/{daemon}.pid)").strip()


def validators(field: Brownfield) -> list[str]:
    with closing(Console(field.endpoint("alpha-scn"))) as console:
        return [str(one) for one in console.call("istanbul_getValidators", "latest")]


def test_the_second_pair_comes_to_a_bridge_in_use(
    field: Brownfield, stack: Stack, before: Mapping[str, tuple[str, str]], voted: Mapping[str, set[str]]
) -> None:
    preview = stack.preview()
    assert set(preview.changes) == {"create"}
    for name in ("alpha-en", "alpha-scn"):
        assert f"{name}: its files need no change" in preview.text
    for name, key, value in (("beta-en", "SC_MAIN_BRIDGE", "1"), ("beta-scn", "SC_SUB_BRIDGE", "1")):
        assert f"{name}: {key} in {field.layout(name).release.conf} is 0, and will be {value}" in preview.text
        assert f"{name}: it will be restarted for that, one node at a time" in preview.text
    assert set(stack.up().changes) == {"create"}
    for name in ("alpha-en", "alpha-scn"):
        assert trace(field, name) == before[name], "what works already is not touched"
    outputs = stack.outputs
    assert outputs["pairs"]["beta"]["en"]["kni"] == field.kni("beta-en")
    assert json.loads(field.disk("beta-scn", f"{DATA}/main-bridges.json").read_text()) == [field.kni("beta-en")]
    assert {name: changed_keys(before[name][0], trace(field, name)[0]) for name in NODES} == CHANGED
    owner = field.network.run("beta-scn", f"stat -c %U {DATA}/main-bridges.json").strip()
    assert owner == runs_as(field, "beta-scn") == runs_as(field, "beta-en") == USER
    for chain, found in operators(field).items():
        assert found == voted[chain] | {outputs["pairs"]["beta"][f"{chain}Operator"]}
    assert live(field, "alpha-scn")
    assert live(field, "beta-scn")
    wait_for(lambda: anchored(field, "beta-scn"), 90)
    assert stack.preview(expect_no_changes=True).steps == [], "a second plan is empty"
    assert stack.refresh(expect_no_changes=True).changes == {}
    assert stack.preview(expect_no_changes=True).steps == []


def test_what_people_did_meanwhile_is_reported_and_repaired(field: Brownfield, stack: Stack) -> None:
    conf = field.disk("beta-scn", field.layout("beta-scn").release.conf)
    conf.write_text(conf.read_text().replace("SC_ANCHORING_PERIOD=10", "SC_ANCHORING_PERIOD=99"))
    listed = field.disk("beta-scn", f"{DATA}/main-bridges.json")
    listed.write_text(f'["{field.kni("alpha-en")}"]')
    field.network.run("beta-en", f"{field.layout('beta-en').release.daemon} stop")
    run = stack.refresh()
    assert run.lines(
        CONF_EDITED, f"beta-scn: SC_ANCHORING_PERIOD in {field.layout('beta-scn').release.conf} is 99,", " 10 "
    )
    assert run.lines(CONF_EDITED, f"beta-scn: {DATA}/main-bridges.json", field.kni("alpha-en"), field.kni("beta-en"))
    assert run.lines(WRONG_BRIDGE_PEER, "beta-scn: ")
    assert run.lines(NODE_DOWN, "beta-en: ")
    repaired = [(step.verb, step.name) for step in stack.up().steps]
    assert sorted(repaired) == [("update", "beta-en"), ("update", "beta-scn"), ("update", "resilience")]
    assert json.loads(listed.read_text()) == [field.kni("beta-en")]
    assert "SC_ANCHORING_PERIOD=10\n" in conf.read_text()
    assert stack.preview(expect_no_changes=True).steps == []


def test_a_new_scn_joins_the_chain(field: Brownfield, stack: Stack, config: Settings, tmp_path: Path) -> None:
    field.network.up(NEW)
    genesis = tmp_path / "genesis.json"
    genesis.write_text(field.disk("alpha-scn", field.layout("alpha-scn").genesis).read_text())
    place = {"address": field.network.address(NEW), "hostKey": ssh_key.public_key(field.network.seed(NEW))}
    existing = config["existing"]
    hosts = {**existing["hosts"], NEW: {**place, "service": "daemon", "diskGib": 1}}
    chain = {"chainId": CHILD, "nodes": [*SCNS, NEW], "genesis": str(genesis)}
    stack.configure({**config, "serviceChain": chain, "existing": {**existing, "hosts": hosts}})
    changed = [step.name for step in stack.up().steps if step.verb != "create"]
    assert sorted(changed) == ["preflight", "service-chain-council"]
    assert len(validators(field)) == 3
    assert stack.preview(expect_no_changes=True).steps == []


def test_all_of_it_goes_and_the_first_pair_stays_in_use(
    field: Brownfield, stack: Stack, before: Mapping[str, tuple[str, str]], voted: Mapping[str, set[str]]
) -> None:
    stack.destroy()
    assert operators(field) == voted
    assert live(field, "alpha-scn")
    assert len(validators(field)) == 2
    for name in NODES:
        conf_now, runs = trace(field, name)
        assert conf_now == before[name][0]
        assert (runs == before[name][1]) == name.startswith("alpha")
        with closing(Console(field.endpoint(name))) as console:
            assert console.web3.eth.block_number > 0
    assert not list(field.disk("beta-scn", DATA).glob("*servicechain-ha*"))
