"""What the program asks for where tokens are configured: by name, in a safe order, and nothing beside it."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.program.mocked import made, run
from tests.program.program import Program
from tests.program.stacks import aws

REAL = {"name": "gold", "kind": "erc20", "parent": "0x" + "1a" * 20, "child": "0x" + "2b" * 20}
PLAY = {"name": "play", "kind": "erc721", "development": True}
MORE = {"name": "play-on", "kind": "erc20", "development": True}
KINDS = ("NodeToken", "TokenRegistration", "DevelopmentToken")


@pytest.fixture(scope="module")
def program() -> Program:
    return run(aws(tokens=[REAL, PLAY]))


def own(*names: str, pairs: tuple[str, ...] = ("pair-1", "pair-2")) -> set[tuple[str, str]]:
    """Return the resources of tokens with addresses."""
    return {
        *(("NodeToken", f"{name}/{pair}") for name in names for pair in pairs),
        *(("TokenRegistration", f"{name}-{chain}-registration") for name in names for chain in ("parent", "child")),
    }


def developed(name: str) -> set[tuple[str, str]]:
    return {*own(name), *(("DevelopmentToken", f"{name}-on-{chain}") for chain in ("parent", "child"))}


def asked(program: Program) -> set[tuple[str, str]]:
    return {(kind, name) for kind in KINDS for name in program.of(kind)}


def test_a_token_is_asked_for_on_both_chains_and_on_each_scn(program: Program) -> None:
    assert asked(program) == {*own("gold"), *developed("play")}
    for chain, other in (("parent", "child"), ("child", "parent")):
        inputs = program.one("TokenRegistration", f"gold-{chain}-registration").inputs
        assert (inputs["bridge"], inputs["other_bridge"]) == (f"{chain}-bridge.address", f"{other}-bridge.address")
        assert (inputs["token"], inputs["counterpart"]) == (REAL[chain], REAL[other])
        inputs = program.one("TokenRegistration", f"play-{chain}-registration").inputs
        assert (inputs["token"], inputs["counterpart"]) == (f"play-on-{chain}.address", f"play-on-{other}.address")


def test_the_supply_of_a_development_token_is_on_the_parent_chain(program: Program) -> None:
    tokens = {chain: program.one("DevelopmentToken", f"play-on-{chain}").inputs for chain in ("parent", "child")}
    assert {chain: (one["supply"], one["bridge"]) for chain, one in tokens.items()} == {
        "parent": ("16", "parent-bridge.address"),
        "child": ("0", "child-bridge.address"),
    }
    assert {one["artifact"] for one in tokens.values()} == {".build/tokens/erc721.json"}


def test_a_registration_comes_after_all_that_its_removal_needs(program: Program) -> None:
    """Pulumi undoes in the other order: deregistered on both chains first, forgotten by the SCNs then."""
    for name in program.of("TokenRegistration"):
        options = program.one("TokenRegistration", name).options
        before = {urn.rpartition("::")[2] for urn in options["dependencies"]}
        token = name.split("-")[0]
        assert {"scn-1-registration", "scn-2-registration"} <= before
        assert {"parent-threshold", "child-threshold"} <= before
        assert sources(options, "token") == sources(options, "counterpart") == {f"{token}/pair-2"}
        options = program.one("NodeToken", f"{token}/pair-2").options
        assert sources(options, "parent_token") == sources(options, "child_token") == {f"{token}/pair-1"}


def sources(options: Mapping[str, Any], field: str) -> set[str]:
    """Return the resources that an input comes from: when they are replaced, so is this one, and it goes first."""
    return {urn.rpartition("::")[2] for urn in options["propertyDependencies"][field]["urns"]}


def test_a_token_that_is_added_at_any_place_touches_no_other(program: Program) -> None:
    proofs = {("TokenProof", f"play-on-{way}-proof") for way in ("parent-to-child", "child-to-parent")}
    made = developed("play-on") | proofs
    for tokens in ([MORE, REAL, PLAY], [REAL, MORE, PLAY], [PLAY, REAL, MORE]):
        assert program.touched_by(run(aws(tokens=tokens), before=program)) == made
    assert program.touched_by(run(aws(tokens=[PLAY]), before=program)) == own("gold")


def test_a_pair_that_is_added_learns_the_tokens_and_touches_no_registration(program: Program) -> None:
    touched = program.touched_by(run(aws(3, tokens=[REAL, PLAY]), before=program))
    assert {one for one in touched if one[0] in KINDS} == {("NodeToken", "gold/pair-3"), ("NodeToken", "play/pair-3")}


def test_outputs_name_both_addresses(program: Program) -> None:
    assert program.outputs["tokens"] == {
        "gold": {key: REAL[key] for key in ("kind", "parent", "child")},
        "play": {"kind": "erc721", "parent": "play-on-parent.address", "child": "play-on-child.address"},
    }


def test_nothing_is_there_without_tokens() -> None:
    program = made(aws())
    assert asked(program) == set()
    assert "Tokens" not in {one.type.rpartition(":")[2] for one in program.resources}
    assert "tokens" not in program.outputs


def test_tokens_are_protected_with_the_rest() -> None:
    program = run(aws(tokens=[REAL, PLAY], protection=True))
    parts: list[Any] = [one for kind in (*KINDS, "Tokens") for one in program.of(kind).values()]
    assert all(one.options["protect"] is True for one in parts)
