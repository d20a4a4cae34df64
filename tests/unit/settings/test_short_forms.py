"""Settings in short: what they stand for, and what is refused."""

from typing import Any

import pytest

from components.domain.problems.problem import Problem
from components.domain.problems.settings import (
    DUPLICATE,
    IMPOSSIBLE_THRESHOLD,
    TARGET_OUT_OF_REACH,
    UNKNOWN_KEY,
    UNKNOWN_NAME,
    WRONG_FORM,
)
from components.settings.sentences import NAMESPACE
from components.settings.short_forms import written_out
from components.stack.load import _of_project, _raw
from components.topology.checks.configuration import BadSettings, read, warnings
from tests.unit.samples import DAY, SEED, pairs, problems, raw, tells

ANSWERS: dict[str, Any] = {"parentChain": "private", "serviceChain": 3000, "pairs": "alpha, beta", "threshold": 1}
"""The default answers to `pulumi new`."""


def short(**changed: Any) -> dict[str, Any]:
    return {"identitySeed": SEED, **ANSWERS, **changed}


def test_answers_are_a_whole_configuration() -> None:
    settings = read(short(pairs=" alpha,beta ,gamma", threshold=2, serviceChain=4004))
    assert (settings.parent_chain.network, settings.parent_chain.chain_id) == ("private", 2020)
    assert settings.service_chain.chain_id == 4004
    assert [(pair.name, pair.scn) for pair in settings.pairs] == [
        ("alpha", "alpha-scn"),
        ("beta", "beta-scn"),
        ("gamma", "gamma-scn"),
    ]
    assert settings.service_chain.nodes == ["alpha-scn", "beta-scn", "gamma-scn", "spare-1", "spare-2"]
    assert settings.bridge.threshold == 2


def test_the_default_answers_need_no_warning() -> None:
    assert warnings(read(short()), DAY) == []


def test_they_arrive_as_text() -> None:
    asked = {f"servicechain-ha:{key}": str(value) for key, value in ANSWERS.items()}
    assert _raw({**asked, "servicechain-ha:identitySeed": SEED}) == short()


def test_a_pair_that_goes_touches_no_other_scn() -> None:
    before, after = (read(short(pairs=names)) for names in ("alpha, beta, gamma", "beta, gamma"))
    assert after.pairs == before.pairs[1:]
    assert after.service_chain.nodes == before.service_chain.nodes[1:]


def test_each_stands_beside_what_is_written_out() -> None:
    settings = read(raw(bridge={"liquidity": 5}, threshold=2, pairs=pairs(3), serviceChain=3000))
    assert (settings.bridge.threshold, settings.bridge.liquidity) == (2, 5 * 10**18)
    assert settings.service_chain.nodes == ["scn-1", "scn-2", "scn-3", "spare-1", "spare-2"]
    assert read(raw(threshold=1)).bridge.threshold == 1  # given twice, and the same


def test_the_same_written_out_is_the_same() -> None:
    scns = ["alpha-scn", "beta-scn", "spare-1", "spare-2"]
    long = {
        "parentChain": {"network": "private", "chainId": 2020},
        "serviceChain": {"chainId": 3000, "nodes": scns},
        "pairs": [{"name": "alpha", "scn": "alpha-scn"}, {"name": "beta", "scn": "beta-scn"}],
        "bridge": {"threshold": 1},
    }
    assert read({"identitySeed": SEED, **long}) == read(short())


def test_what_is_written_out_stays_as_it_is() -> None:
    assert written_out(raw()) == raw()


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        (raw(threshold=2, pairs=pairs(3)), [("threshold", DUPLICATE, "2 is for bridge.threshold, which is 1")]),
        (short(threshold=3), [("bridge.threshold", IMPOSSIBLE_THRESHOLD, "2 pair(s)")]),
        (short(threshold="two"), [("bridge.threshold", WRONG_FORM, "'two'")]),
        (short(pairs="alpha, Beta"), [("pairs[1].name", WRONG_FORM, "'Beta'")]),
        (short(pairs="alpha beta"), [("pairs[0].name", WRONG_FORM, "'alpha beta'")]),
        (short(pairs="alpha,"), [("pairs[1].name", WRONG_FORM, "''")]),
        (short(pairs=2), [("pairs", WRONG_FORM, "list")]),
        (short(serviceChain="main"), [("serviceChain.chainId", WRONG_FORM, "'main'")]),
        (short(parentChain="baobab"), [("parentChain.network", WRONG_FORM, "'mainnet'")]),
        (short(parentChain="kairos"), [("target", TARGET_OUT_OF_REACH, "kairos")]),
        (raw(pairs="alpha"), [("pairs[0].scn", UNKNOWN_NAME, "'alpha-scn'")]),
    ],
)
def test_what_cannot_be_meant_is_refused(config: dict[str, Any], expected: list[tuple[str, Problem, str]]) -> None:
    assert tells(problems(config), *expected), problems(config)


def test_keys_of_a_project_with_another_name_are_refused_with_the_right_one() -> None:
    config = {f"servicechain-ha:{key}": str(value) for key, value in {**short(), "threshold": 3}.items()}
    with pytest.raises(BadSettings) as caught:
        _of_project({**config, "mine:identitySeed": SEED, "aws:region": "moon"}, "mine", "dev")
    stray, other = caught.value.problems
    assert stray.startswith("mine:identitySeed: ")
    assert stray.endswith(f"[{UNKNOWN_KEY.code}]")
    assert "set servicechain-ha:identitySeed" in stray
    assert SEED not in stray
    assert IMPOSSIBLE_THRESHOLD.code in other
    assert _of_project({**config, "servicechain-ha:threshold": "1"}, "mine", "dev").bridge.threshold == 1


@pytest.mark.parametrize(
    "namespace", ["servicechain", "servicechain_ha", "Servicechain-HA", "servicechan-ha", "service-chain-ha"]
)
def test_a_misspelled_namespace_is_refused_with_the_right_one(namespace: str) -> None:
    """Pulumi keeps the keys of any namespace, so a threshold of 2 would be one of 1."""
    config = {f"servicechain-ha:{key}": str(value) for key, value in short().items()}
    with pytest.raises(BadSettings) as caught:
        _of_project({**config, f"{namespace}:threshold": "2", "servicechain-ha:threshold": "1"}, NAMESPACE, "dev")
    (problem,) = caught.value.problems
    assert problem.startswith(f"{namespace}:threshold: ")
    assert problem.endswith(f"[{UNKNOWN_KEY.code}]")
    assert "servicechain-ha:threshold" in problem


@pytest.mark.parametrize("namespace", ["aws", "pulumi", "kaia", "chain", "service"])
def test_other_namespaces_are_left_alone(namespace: str) -> None:
    config = {f"servicechain-ha:{key}": str(value) for key, value in short().items()}
    assert _of_project({**config, f"{namespace}:threshold": "2"}, NAMESPACE, "dev")
