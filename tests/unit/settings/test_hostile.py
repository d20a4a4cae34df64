"""Whatever YAML and Pulumi can hand over: sentences come out, never a traceback."""

import re
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from components.domain.problems.problem import Message
from components.domain.problems.settings import SEED_FILE, UNNEEDED_KEY, WRONG_FORM
from components.stack.load import _raw
from components.topology.checks.configuration import BadSettings, read, warnings
from components.topology.checks.versions import refusals
from components.topology.machine import Machine
from components.topology.machines import machines
from tests.unit.samples import DAY, SEED, VPC, Raw, aws_raw, kairos_raw, raw

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["scn-1", "pair-1", "0x" + "11" * 20, "4a" * 32, "1e999999", "sNaN", "2024-01-01", "10.0.0.0/22"])
    | st.sampled_from(["0.0.0.0/0", "10.0.0.0/16", "ap-northeast-2a", "a\nb", "vpc-00000000", "subnet-00000000", "aws"])
    | st.sampled_from(["mainnet", "m6i.large", "https://a/ken-v9.9.9", "ken-v0.0.0", "Name", 3000, 1000, 16000])
)
yaml_values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5) | st.just("name"), inner, max_size=3)
    ),
    max_leaves=6,
)
paths = st.sampled_from(
    [
        *((key,) for key in raw()),
        *(("bridge", key) for key in ("threshold", "liquidity", "parentOwnerKey", "artifact", "x")),
        *(
            ("parentChain", key)
            for key in (
                "chainId",
                "network",
                "unitPrice",
                "balances",
                "genesis",
                "staticNodes",
                "referenceRpc",
                "syncHours",
            )
        ),
        ("serviceChain", "nodes"),
        ("pairs", 0),
        ("pairs", 1, "name"),
        ("pairs", 1, "scn"),
        ("pairs", 1, "anchoring"),
        ("anchoring", "enabled"),
        ("local",),
        ("recovery",),
    ]
)
GOOD = raw()
BASTION = {
    "host": "10.0.0.5",
    "port": 22,
    "user": "ec2-user",
    "hostKey": f"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{'a' * 43}",
}
MACHINES = {role: {"iops": 3000, "throughput": 125, "dataGib": 100, "publicAddress": False} for role in ("en", "scn")}
AWS: Raw = aws_raw(
    protection=True,
    aws__account="123456789012",
    aws__network=VPC | {"publicSubnets": []},
    aws__image={"owner": "self", "name": "ubuntu-*"},
    aws__ssh={"from": ["10.0.0.0/8"], "bastion": BASTION},
    aws__rpc={"from": []},
    aws__metrics={"from": ["10.0.0.0/8"]},
    aws__tags={"team": "x"},
    **{f"aws__{role}": machine for role, machine in MACHINES.items()},
)
AWS["pairs"][0]["machines"] = MACHINES
FORK = {"network": "kairos", "name": "Kyoto", "block": 300_000_000, "expected": "2029-01-01", "since": "v4.0.0"}
KAIROS = kairos_raw(
    aws__validator={"instanceType": "m6i.large"}, aws__network__nat="one", packages__forks=[FORK, {**FORK, "name": "X"}]
)


def places(config: Any) -> list[tuple[Any, ...]]:
    """Return the way to every value in a configuration."""
    inner = config.items() if isinstance(config, dict) else enumerate(config) if isinstance(config, list) else ()
    return [way for key, value in inner for way in [(key,), *((key, *rest) for rest in places(value))]]


@pytest.mark.parametrize("good", [GOOD, AWS, KAIROS])
def test_what_is_made_hostile_was_good(good: Raw) -> None:
    check(good, {("bridge", "threshold"): 2})
    assert read(good)


@given(st.dictionaries(paths, yaml_values, min_size=1, max_size=3))
@example({("serviceChain", "nodes"): [[1]]})
def test_no_value_anywhere_makes_a_traceback(changes: dict[tuple[Any, ...], Any]) -> None:
    check(GOOD, changes)


@settings(max_examples=300)
@given(st.dictionaries(st.sampled_from(places(AWS)), yaml_values, min_size=1, max_size=3))
@example({("aws",): None})
@example({("aws", "network"): {}})
@example({("aws", "network", "zones"): ["a\nb", "a\nb", None, {}]})
@example({("aws", "tags"): {"Name": "a\nb", "servicechain-ha:": "a\nb"}})
@example({("pairs", 0, "machines"): [1]})
@example({("pairs", 0, "packages"): {"ken": {"file": "a\nb"}, "kscn": None}, ("packages",): [1]})
@example({("pairs", 0): {"packages": {"ken": 1}}})
def test_no_value_anywhere_on_aws_makes_a_traceback(changes: dict[tuple[Any, ...], Any]) -> None:
    check(AWS, changes)


@settings(max_examples=300)
@given(st.dictionaries(st.sampled_from(places(KAIROS)), yaml_values, min_size=1, max_size=3))
@example({("packages", "ken"): {"file": "a\nb"}})
@example({("packages", "ken", "url"): "https://a/\n"})
@example({("parentChain", "network"): "moon\n"})
@example({("parentChain", "network"): ["kairos"]})
@example({("packages", "forks", 0, "block"): 2**53, ("packages", "forks", 1, "expected"): None})
@example({("packages", "forks", 0, "block"): 2 * 10**9, ("packages", "forks", 0, "expected"): None})
@example({("packages", "forks", 0, "expected"): "0001-01-01", ("packages", "forks", 1, "expected"): "9999-12-31"})
@example({("packages", "forks", 0, "name"): "osaka", ("packages", "forks", 1, "name"): "OSAKA"})
def test_no_value_anywhere_below_a_public_chain_makes_a_traceback(changes: dict[tuple[Any, ...], Any]) -> None:
    check(KAIROS, changes)


def check(good: Raw, changes: dict[tuple[Any, ...], Any]) -> None:
    config: Any = deepcopy(good)
    for path in sorted(changes, key=len, reverse=True):  # a section is replaced after what is in it
        place: Any = config
        for part in path[:-1]:
            place = place[part]
        place[path[-1]] = changes[path]
    try:
        found = read(config)
    except BadSettings as error:
        sentences = error.problems
    else:
        sentences = [*warnings(found, DAY), *refusals(found, DAY).values()]
        assert 1 <= found.bridge.threshold <= len(found.pairs) <= len(found.service_chain.nodes)
        assert found.target == "local" or found.aws
        assert all(isinstance(machine, Machine) for machine in machines(found))
        sentences = [Message(f"servicechain-ha:x: {sentence}") for sentence in sentences]
    assert all(
        re.fullmatch(r"servicechain-ha:\S[^\n]*: \S[^\n]* \[SCH-(1\d\d|30[6-9])\]", problem) for problem in sentences
    )


@given(st.text(max_size=12) | st.from_regex(r"[\[{].{0,8}") | st.from_regex(r"-*[0-9]{1,25}"))
@example("")
@example("[not json")
@example("--5")
@example("²")
def test_no_text_from_pulumi_makes_a_traceback(text: str) -> None:
    found = _raw({"servicechain-ha:target": text})
    assert set(found) == {"target"}


@pytest.mark.parametrize("name", ["nowhere/seed", ".", "\0", "7", "[1]", ""])
def test_a_seed_file_that_cannot_be_read_is_told_with_all_other_problems(name: str, tmp_path: Path) -> None:
    named = name if name in ("\0", "7", "[1]", "") else str(tmp_path / name)
    with pytest.raises(BadSettings) as caught:
        _raw({"servicechain-ha:identitySeedFile": named, "servicechain-ha:target": "moon"})
    first, *others = caught.value.problems
    assert first.startswith("servicechain-ha:identitySeedFile: ")
    assert first.endswith(f" [{SEED_FILE.code}]")
    assert "`make up`" in first
    assert any(other.startswith("servicechain-ha:target: ") and WRONG_FORM.code in other for other in others)
    assert not any("identitySeed:" in problem for problem in others)


def test_a_seed_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    (tmp_path / "seed").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadSettings, match=rf"it is not a text file.* \[{SEED_FILE.code}\]"):
        _raw({"servicechain-ha:identitySeedFile": str(tmp_path / "seed")})


@pytest.mark.parametrize("mode", [0o604, 0o602])
def test_a_seed_that_everybody_can_read_or_change_is_told(tmp_path: Path, mode: int) -> None:
    (tmp_path / "seed").write_text(SEED)
    (tmp_path / "seed").chmod(mode)
    with pytest.raises(BadSettings, match=rf"identitySeedFrom: .*chmod 600.* \[{SEED_FILE.code}\]"):
        _raw({"servicechain-ha:identitySeedFrom": str(tmp_path / "seed")})


@pytest.mark.parametrize("name", ["nowhere/seed", ".", "\0", "7", "[1]", "", SEED])
def test_a_source_of_the_seed_that_cannot_be_read_is_told_with_all_other_problems(name: str) -> None:
    with pytest.raises(BadSettings) as caught:
        _raw({"servicechain-ha:identitySeedFrom": name, "servicechain-ha:target": "moon"})
    first, *others = caught.value.problems
    assert first.startswith("servicechain-ha:identitySeedFrom: ")
    assert first.endswith(f" [{SEED_FILE.code}]")
    assert SEED not in str(caught.value)
    assert any(other.startswith("servicechain-ha:target: ") and WRONG_FORM.code in other for other in others)
    assert not any("identitySeed:" in problem for problem in others)


def test_a_file_without_a_seed_is_told_and_not_shown(tmp_path: Path) -> None:
    (tmp_path / "seed").write_text(f"seed: {SEED}")
    (tmp_path / "seed").chmod(0o600)
    with pytest.raises(
        BadSettings, match=rf"identitySeedFrom: .*openssl rand -hex 32.* \[{SEED_FILE.code}\]"
    ) as caught:
        _raw({"servicechain-ha:identitySeedFrom": str(tmp_path / "seed")})
    assert SEED not in str(caught.value)


@pytest.mark.parametrize("other", ["identitySeed", "identitySeedFile"])
def test_a_seed_in_two_places_is_told(tmp_path: Path, other: str) -> None:
    for name in ("one", "other"):
        (tmp_path / name).write_text(SEED)
        (tmp_path / name).chmod(0o600)
    value = SEED if other == "identitySeed" else str(tmp_path / "other")
    with pytest.raises(BadSettings, match=rf"identitySeedFrom: .*{other}\b.* \[{UNNEEDED_KEY.code}\]"):
        _raw({"servicechain-ha:identitySeedFrom": str(tmp_path / "one"), f"servicechain-ha:{other}": value})
