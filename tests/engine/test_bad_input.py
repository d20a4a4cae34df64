"""Bad input stops at preview, before any resource, with every problem in a sentence."""

import os
from pathlib import Path

import pytest

from tests.run import Failed
from tests.stack import Settings, Stack, settings

TWO = settings()["pairs"]
BRIDGE = {"threshold": 1}


def refused(folder: Path, config: Settings) -> Failed:
    with pytest.raises(Failed) as failure:
        Stack(folder, config).preview()
    return failure.value


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"pairs": []}, "servicechain-ha:pairs: there is no pair"),
        ({"bridge": {"threshold": 0}}, "servicechain-ha:bridge.threshold: 0 would let transfers pass without a vote"),
        (
            {"bridge": {"threshold": 3}},
            "servicechain-ha:bridge.threshold: 3 votes are impossible with 2 pair(s)",
        ),
        (
            {"serviceChain": {"chainId": 2020, "nodes": 4}},
            "servicechain-ha:serviceChain.chainId: 2020 is the id of the",
        ),
        ({"bridges": BRIDGE}, "servicechain-ha:bridges: there is no such key; did you mean 'bridge'?"),
        ({"target": "locl"}, "servicechain-ha:target: write"),
    ],
)
def test_one_problem(tmp_path: Path, changed: Settings, sentence: str) -> None:
    failed = refused(tmp_path, settings(**changed))
    assert sentence in failed.run.text
    assert "Traceback" not in failed.run.text
    assert [step.type for step in failed.run.steps] in ([], ["Stack"])


def test_all_problems_at_once(tmp_path: Path) -> None:
    key = "f" * 63
    failed = refused(
        tmp_path,
        settings(
            pairs=[{"name": "Alpha", "scn": "scn-1"}, {"name": "b", "scn": "scn-1"}, {"name": "b", "scn": "snc-2"}],
            anchoring={"period": 0},
            bridge={"threshold": 13, "parentOwnerKey": key},
        ),
    )
    assert "7 problems in the configuration of this stack" in failed.run.text
    for part in (
        "'Alpha' is not a name",
        "anchoring.period: 0",
        "parentOwnerKey: this is not a private key",
        "'b' is used 2",
    ):
        assert part in failed.run.text
    assert key not in failed.run.text


def test_missing_seed_file(tmp_path: Path) -> None:
    failed = refused(tmp_path, settings(identitySeed="four words of nonsense"))
    assert "servicechain-ha:identitySeed: this is not a seed" in failed.run.text
    assert "nonsense" not in failed.run.text


def test_what_is_allowed_with_a_warning(tmp_path: Path) -> None:
    config = settings(pairs=TWO[:1], serviceChain={"chainId": 3000, "nodes": 3})
    warnings = "\n".join(Stack(tmp_path, config).preview().warnings)
    assert "1 pair is a single point of failure" in warnings
    assert "3 SCN(s): the child chain stops when one is lost" in warnings


def test_threshold_of_all_pairs_is_warned_about(tmp_path: Path) -> None:
    warnings = "\n".join(Stack(tmp_path, settings(bridge={"threshold": 2})).preview().warnings)
    assert "threshold 2 of 2 pairs has no fault tolerance" in warnings


def test_garbage_in_every_file_that_is_named_is_told_at_once(tmp_path: Path) -> None:
    """Under the real engine, with what would be waited for without an end, or crash a parser."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "deep").write_text("[" * 200_000)
    (tmp_path / "binary").write_bytes(bytes(range(256)))
    failed = refused(
        tmp_path,
        settings(
            packages={"ken": {"file": str(tmp_path / "pipe"), "version": "v1.0.3"}},
            bridge={
                "artifact": str(tmp_path / "deep"),
                "parentOwner": {"keystore": str(tmp_path / "binary"), "password": "hush"},
                "childOwner": {"keystore": str(tmp_path), "passwordFile": "/dev/zero"},
            },
        ),
    )
    for sentence in (
        f"node package {tmp_path}/pipe: it is a named pipe, not a file; run `make setup`",
        "it is not readable JSON: it is nested too deeply",
        f"bridge.parentOwner.keystore: {tmp_path}/binary cannot be read (it is not a text file)",
        f"bridge.childOwner.keystore: {tmp_path} cannot be read (it is a folder)",
    ):
        assert sentence in failed.run.text
    assert "Traceback" not in failed.run.text
    assert [step.type for step in failed.run.steps] in ([], ["Stack"])
