"""Forks of our own chains: whose genesis and whose restarts they change, and that nothing else does."""

import json
from typing import Any

import pytest

from components.domain.forks import lead
from components.dynamic.nodes import genesis
from components.dynamic.nodes.genesis import LiveChain
from components.kaia.genesis import forks_of
from tests.program.mocked import run
from tests.program.program import Program
from tests.program.stacks import SEED

SCNS = ["scn-1", "scn-2", "scn-3", "scn-4"]
ENS = ["alpha-en", "beta-en"]
CHAINS = {"serviceChain": (SCNS, "service-chain-genesis"), "parentChain": ([*ENS, "parent"], "parent-genesis")}
HEAD = 100
FORK = HEAD + lead(7) + 1


def private(**forks: dict[str, int]) -> dict[str, Any]:
    config: dict[str, Any] = {
        "identitySeed": SEED,
        "monitoring": {"enabled": False},
        "parentChain": {"network": "private", "chainId": 2020},
        "serviceChain": {"chainId": 3000, "nodes": SCNS},
        "pairs": [{"name": "alpha", "scn": "scn-1"}, {"name": "beta", "scn": "scn-2"}],
        "bridge": {"threshold": 1},
    }
    return {**config, **{chain: {**config[chain], "forks": blocks} for chain, blocks in forks.items()}}


@pytest.fixture(scope="module")
def before() -> Program:
    return run(private())


def changed(before: Program, after: Program, kind: str) -> set[str]:
    return {name for type_, name in before.touched_by(after) if type_ == kind}


@pytest.mark.parametrize("chain", CHAINS)
def test_a_fork_restarts_the_nodes_of_its_chain_with_it_and_no_other(
    before: Program, chain: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(genesis, "_chain", lambda _nodes: LiveChain(HEAD, {}, 1))
    nodes, name = CHAINS[chain]
    after = run(private(**{chain: {"kaia": FORK}}), before=before)
    assert changed(before, after, "Genesis") == {name}
    assert changed(before, after, "UpdatedNode") - set(nodes) <= {"alpha", "scn-1", "scn-2"}
    assert {one for one in nodes if _runs(before, one) != _runs(after, one)} == set(nodes)
    assert {one for one in {*SCNS, *ENS, "parent"} - {*nodes} if _runs(before, one) != _runs(after, one)} == set()
    for node in nodes:
        written = after.one("Command", f"{node}-genesis.json").inputs["stdin"]
        assert forks_of(written) == {
            **forks_of(before.one("Command", f"{node}-genesis.json").inputs["stdin"]),
            "kaia": FORK,
        }
        assert " init " in after.one("UpdatedNode", node).inputs["start"]
        assert after.one("UpdatedNode", node).inputs["forks"] == forks_of(written)
        assert after.one("RunningNode", node).inputs["forks"] == forks_of(written)
        assert " init " not in before.one("UpdatedNode", node).inputs["start"]


def _runs(program: Program, node: str) -> object:
    return program.one("UpdatedNode", node).inputs["runs"]


def test_a_new_chain_begins_with_its_forks(before: Program) -> None:
    made = run(private(serviceChain={"shanghai": 0, "cancun": 5, "kaia": 5}, parentChain={"kaia": 0}))
    assert forks_of(made.one("Command", "scn-4-genesis.json").inputs["stdin"])["cancun"] == 5
    assert forks_of(made.one("Command", "alpha-en-genesis.json").inputs["stdin"])["kaia"] == 0
    assert (
        "kaiaCompatibleBlock" not in json.loads(before.one("Command", "parent-genesis.json").inputs["stdin"])["config"]
    )


def test_the_consoles_through_which_a_chain_is_read_are_secret(before: Program) -> None:
    made = run(private(serviceChain={}))
    assert "nodes" in made.one("Genesis", "service-chain-genesis").options["additionalSecretOutputs"]
    assert made.one("UpdatedNode", "scn-4").inputs["forks"]
    assert "forks" not in made.one("UpdatedNode", "parent").inputs
    assert "forks" not in before.one("UpdatedNode", "scn-4").inputs
    assert not {"forks", "nodes", "restarts"} & before.one("Genesis", "service-chain-genesis").inputs.keys()
