"""Configurations that are allowed: what they mean, and what is warned about."""

import json
from pathlib import Path

import pytest
import yaml

from components.domain.problems.problem import Problem
from components.domain.problems.settings import FEW_SCNS, NO_SPARE_VOTE, SEED_FILE, SINGLE_PAIR
from components.settings.model import BridgeSettings
from components.settings.sentences import NAMESPACE
from components.stack.load import _of_project, _raw
from components.topology.checks.configuration import BadSettings, read, warnings
from tests.examples import committed
from tests.unit.samples import DAY, SEED, pairs, raw

COIN = 1_000_000_000_000_000_000


def test_what_is_not_configured_has_a_default() -> None:
    settings = read({key: raw()[key] for key in ("identitySeed", "parentChain", "serviceChain", "pairs")})
    assert settings.target == "local"
    assert settings.parent_chain.unit_price == 25
    assert settings.bridge.threshold == 1
    assert settings.bridge.liquidity == 1000 * COIN
    assert settings.bridge.max_gas_price is None
    assert (settings.anchoring.enabled, settings.anchoring.period) == (True, 10)
    assert settings.recovery.interval == 5


def test_the_committed_development_stack_is_good() -> None:
    config = yaml.safe_load(committed("dev"))["config"]
    assert config.pop("servicechain-ha:identitySeedFile") == ".state/dev/identity-seed"
    values = {key.removeprefix("servicechain-ha:"): value for key, value in config.items()}
    settings = read({**values, "identitySeed": SEED})
    assert [(pair.name, pair.scn, pair.en) for pair in settings.pairs] == [
        ("alpha", "scn-1", "alpha-en"),
        ("beta", "scn-2", "beta-en"),
    ]
    assert settings.service_chain.nodes == ["scn-1", "scn-2", "scn-3", "scn-4"]
    assert warnings(settings, DAY) == []


def test_a_number_of_scns_names_them() -> None:
    assert read(raw(serviceChain__nodes=4)).service_chain.nodes == ["scn-1", "scn-2", "scn-3", "scn-4"]


def test_a_pair_overrides_only_what_it_says_of_anchoring() -> None:
    config = raw(anchoring={"period": 60, "enabled": False}, pairs=pairs(3))
    config["pairs"][1]["anchoring"] = {"enabled": True}
    config["pairs"][2]["anchoring"] = {"period": 7}
    settings = read(config)
    found = [(a.enabled, a.period) for a in map(settings.anchoring_of, settings.pairs)]
    assert found == [(False, 60), (True, 60), (False, 7)]


@pytest.mark.parametrize(
    ("coins", "peb"),
    [
        (1000, 1000 * COIN),
        (0, 0),
        (0.5, 500_000_000_000_000_000),
        ("0.000000000000000001", 1),
        ("12345678901.123456789012345678", 12345678901123456789012345678),  # more digits than Decimal's default
        (1e22, 10**40),
    ],
)
def test_coins_become_peb_to_the_last_digit(coins: object, peb: int) -> None:
    assert BridgeSettings.model_validate({"operatorBalance": coins}).operator_balance == peb


@pytest.mark.parametrize("key", ["0x" + "4A" * 32, "4a" * 32])
def test_a_key_may_be_written_with_and_without_0x(key: str) -> None:
    found = read(raw(bridge__parentOwnerKey=key)).bridge.parent_owner_key
    assert found is not None
    assert found.get_secret_value() == "4a" * 32


@pytest.mark.parametrize(
    "address",  # the vectors of EIP-55, then its forms without a checksum
    [
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
        "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
        "0x52908400098527886E0F7030069857D2E4169EE7",
        "0xde709f2102306220921060314715629080e2fb77",
    ],
)
def test_addresses_pass_with_a_right_checksum_or_without_one(address: str) -> None:
    assert read(raw(parentChain__balances={address: 5})).parent_chain.balances == {address: 5 * COIN}


@pytest.mark.parametrize(
    ("pair_count", "threshold", "scns", "expected"),
    [
        (2, 1, 4, []),
        (3, 2, 4, []),
        (12, 11, 12, []),
        (1, 1, 4, [(SINGLE_PAIR, "1 pair")]),
        (2, 2, 4, [(NO_SPARE_VOTE, "a threshold of 1 or less")]),
        (3, 3, 4, [(NO_SPARE_VOTE, "a threshold of 2 or less")]),
        (2, 1, 3, [(FEW_SCNS, "3 SCN(s)")]),
        (1, 1, 1, [(SINGLE_PAIR, "1 pair"), (FEW_SCNS, "1 SCN(s)")]),
        (2, 2, 2, [(NO_SPARE_VOTE, "a threshold of 1 or less"), (FEW_SCNS, "2 SCN(s)")]),
    ],
)
def test_what_is_allowed_and_weak_is_warned_about(
    pair_count: int, threshold: int, scns: int, expected: list[tuple[Problem, str]]
) -> None:
    config = raw(pairs=pairs(pair_count), bridge__threshold=threshold, serviceChain__nodes=scns)
    for warning, (problem, words) in zip(warnings(read(config), DAY), expected, strict=True):
        assert warning.endswith(f" [{problem.code}]")
        assert words in warning


def test_pulumis_text_becomes_values_and_other_projects_keys_stay_out() -> None:
    assert _raw(
        {
            "servicechain-ha:target": "local",
            "servicechain-ha:identitySeed": "1" * 64,
            "servicechain-ha:pairs": '[{"name": "a", "scn": "b"}]',
            "servicechain-ha:bridge": '{"threshold": 1}',
            "aws:region": "eu-west-1",
        }
    ) == {
        "target": "local",
        "identitySeed": "1" * 64,
        "pairs": [{"name": "a", "scn": "b"}],
        "bridge": {"threshold": 1},
    }


def test_the_seed_is_read_from_its_file_unless_it_is_given(tmp_path: Path) -> None:
    file = tmp_path / "seed"
    file.write_text(f"{SEED}\n")
    named = {"servicechain-ha:identitySeedFile": str(file)}
    assert _raw(named) == {"identitySeed": SEED}
    assert _raw({**named, "servicechain-ha:identitySeed": "ab" * 32}) == {"identitySeed": "ab" * 32}


@pytest.mark.parametrize("file", [".state/dev/identity-seed", "/srv/bridge/.state/dev/identity-seed"])
def test_the_seed_of_another_stack_is_refused(file: str) -> None:
    """A copy of the example names it, and would share all local machines with the stack that it was copied from."""
    config = {"servicechain-ha:identitySeedFile": file, "servicechain-ha:target": "moon"}
    with pytest.raises(BadSettings) as caught:
        _of_project(config, NAMESPACE, "mine")
    first, *others = caught.value.problems
    assert first.startswith("servicechain-ha:identitySeedFile: ")
    assert first.endswith(f"[{SEED_FILE.code}]")
    assert "write .state/mine/identity-seed" in first
    assert any("servicechain-ha:target: " in other for other in others)


@pytest.mark.parametrize(("stack", "more"), [("dev", {}), ("mine", {"servicechain-ha:identitySeed": SEED})])
def test_a_seed_of_its_own_is_taken(stack: str, more: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / ".state/dev/identity-seed"
    file.parent.mkdir(parents=True)
    file.write_text(SEED)
    texts = {f"servicechain-ha:{key}": json.dumps(value) for key, value in raw().items() if key != "identitySeed"}
    named = {**texts, "servicechain-ha:identitySeedFile": str(file), **more}
    assert _of_project(named, NAMESPACE, stack).identity_seed.get_secret_value() == SEED


def test_the_seed_is_read_from_a_file_of_its_owner(tmp_path: Path) -> None:
    file = tmp_path / "seed"
    file.write_text(f"{SEED}\n")
    for mode in (0o600, 0o640):
        file.chmod(mode)
        assert _raw({"servicechain-ha:identitySeedFrom": str(file)}) == {"identitySeed": SEED}
