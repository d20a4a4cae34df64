"""What a bridge survives, in words that a user reads in the outputs."""

import re
from collections.abc import Sequence

import pytest

from components.domain.problems.bridge import FEE_VOTES_LOW, FOREIGN_OPERATOR, OWNER_VOTES, PAIR_UNABLE, TOO_FEW_VOTES
from components.domain.problems.packages import VERSIONS_DIFFER
from components.topology.survival import Contract, VotingPair, planned, survives

PLANNED = [
    (1, 1, "1 pair, threshold 1: survives no loss of a pair, no hostile operator"),
    (2, 1, "2 pairs, threshold 1: survives the loss of 1 pair, no hostile operator"),
    (2, 2, "2 pairs, threshold 2: survives no loss of a pair, 1 hostile operator"),
    (3, 1, "3 pairs, threshold 1: survives the loss of 2 pairs, no hostile operator"),
    (3, 2, "3 pairs, threshold 2: survives the loss of 1 pair, 1 hostile operator"),
    (4, 3, "4 pairs, threshold 3: survives the loss of 1 pair, 2 hostile operators"),
    (12, 7, "12 pairs, threshold 7: survives the loss of 5 pairs, 6 hostile operators"),
    (12, 12, "12 pairs, threshold 12: survives no loss of a pair, 11 hostile operators"),
]
NAMES = ["alpha", "beta", "gamma"]


@pytest.mark.parametrize(("pairs", "threshold", "sentence"), PLANNED)
def test_what_pairs_and_threshold_survive(pairs: int, threshold: int, sentence: str) -> None:
    assert planned(pairs, threshold) == sentence


@pytest.mark.parametrize(("pairs", "threshold", "sentence"), PLANNED)
def test_a_bridge_that_is_as_declared_survives_what_was_planned(pairs: int, threshold: int, sentence: str) -> None:
    own = [pair(f"pair-{number}") for number in range(pairs)]
    names = [one.name for one in own]
    assert survives(own, [contract(chain, names, threshold) for chain in ("parent", "child")]) == sentence


def pair(name: str, *, able: bool = True) -> VotingPair:
    return VotingPair(name, {chain: f"{name} on {chain}" for chain in ("parent", "child")}, able)


def contract(
    chain: str,
    voting: Sequence[str] = NAMES,
    threshold: int = 2,
    configuration: int | None = None,
    owner: str = "Owner",
    others: Sequence[str] = (),
) -> Contract:
    operators = [*(f"{name.upper()} ON {chain}" for name in voting), *others]
    return Contract(chain, owner, operators, threshold, threshold if configuration is None else configuration)


@pytest.mark.parametrize(
    ("away", "parent", "child", "sentence"),
    [
        (
            ["beta"],
            {},
            {},
            "3 pairs, threshold 2: survives no loss of a pair, 1 hostile operator; "
            f"2 of 3 pairs can vote now, without beta [{PAIR_UNABLE.code}]",
        ),
        (
            ["beta", "gamma"],
            {},
            {},
            "3 pairs, threshold 2: pays no transfer out by the pairs alone, 1 hostile operator; "
            f"1 of 3 pairs can vote now, without beta, gamma [{PAIR_UNABLE.code}]; "
            f"on the parent chain 2 votes are needed and 1 of the pairs' are there [{TOO_FEW_VOTES.code}]; "
            f"on the child chain 2 votes are needed and 1 of the pairs' are there [{TOO_FEW_VOTES.code}]",
        ),
        (
            [],
            {"owner": "beta on parent"},
            {},
            "3 pairs, threshold 2: survives the loss of 1 pair, no hostile operator; "
            f"on the parent chain the owner beta on parent is an operator too, and can pass any vote "
            f"[{OWNER_VOTES.code}]",
        ),
        (
            [],
            {"owner": "Deployer", "others": ["deployer"]},
            {},
            "3 pairs, threshold 2: survives the loss of 1 pair, no hostile operator; "
            f"on the parent chain the owner Deployer is an operator too, and can pass any vote [{OWNER_VOTES.code}]; "
            f"on the parent chain 1 vote of operators that no pair owns [{FOREIGN_OPERATOR.code}]",
        ),
        (
            [],
            {"threshold": 3},
            {"others": ["x", "y"]},
            "3 pairs, threshold 3 on the parent chain and 2 on the child chain: survives no loss of a pair, "
            f"no hostile operator; on the child chain 2 votes of operators that no pair owns [{FOREIGN_OPERATOR.code}]",
        ),
        (
            [],
            {"configuration": 1},
            {},
            "3 pairs, threshold 2: survives the loss of 1 pair, no hostile operator; "
            f"on the parent chain a fee needs 1 vote alone [{FEE_VOTES_LOW.code}]",
        ),
        (
            [],
            {"voting": ["alpha", "gamma"]},
            {},
            "3 pairs, threshold 2: survives no loss of a pair, 1 hostile operator; "
            f"2 of 3 pairs can vote now, without beta [{PAIR_UNABLE.code}]",
        ),
    ],
)
def test_what_a_bridge_says_itself_counts(
    away: list[str], parent: dict[str, object], child: dict[str, object], sentence: str
) -> None:
    pairs = [pair(name, able=name not in away) for name in NAMES]
    contracts = [contract("parent", **parent), contract("child", **child)]  # type: ignore[arg-type]
    assert survives(pairs, contracts) == sentence


def version(name: str, en: str | None, scn: str | None) -> VotingPair:
    return VotingPair(name, pair(name).operators, able=True, en=en, scn=scn)


@pytest.mark.parametrize(
    ("versions", "told"),
    [
        ([("v1.0.3", "v1.0.3"), ("v1.0.3", "v1.0.3")], None),
        ([("v2.2.1", "v1.0.3"), ("v2.2.1", "v1.0.3")], None),
        ([(None, None), ("v1.0.3", "v1.0.3")], None),
        ([("v2.2.1", "v1.0.3"), ("v1.0.3", "v1.0.3")], "alpha EN v2.2.1, SCN v1.0.3; beta EN v1.0.3, SCN v1.0.3"),
        ([("v1.0.3", "v2.2.1"), ("v1.0.3", "v1.0.3")], "alpha EN v1.0.3, SCN v2.2.1; beta EN v1.0.3, SCN v1.0.3"),
        ([("v2.2.1", None), ("v1.0.3", "v1.0.3")], "alpha EN v2.2.1, SCN unknown; beta EN v1.0.3, SCN v1.0.3"),
    ],
)
def test_versions_that_differ_between_pairs_are_told(
    versions: list[tuple[str | None, str | None]], told: str | None
) -> None:
    pairs = [version(name, *one) for name, one in zip(NAMES, versions, strict=False)]
    contracts = [contract(chain, NAMES[:2], 1) for chain in ("parent", "child")]
    _, *reasons = survives(pairs, contracts).split("; ", 1)
    assert reasons == ([f"versions differ: {told} [{VERSIONS_DIFFER.code}]"] if told else [])


def test_no_number_is_negative() -> None:
    more = [contract(chain, ["alpha"], 3, others=["x", "y"]) for chain in ("parent", "child")]
    assert not re.search(r"\B-\d", survives([pair("alpha")], more))
    assert "-" not in planned(1, 3)
