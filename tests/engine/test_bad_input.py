"""Bad input stops at preview, before any resource, with every problem in a message: one preview for each place of it.

What is wrong in each setting, and how its message names it, is tested in tests/unit/settings; what may be in each file
that a setting names, in tests/unit/stack/test_preflight_garbage.py.
"""

import os
from pathlib import Path

import pytest

from components.domain.problems.accounts import KEY_FILE_UNREADABLE
from components.domain.problems.bridge import ARTIFACT_UNUSABLE
from components.domain.problems.packages import PACKAGE_UNUSABLE
from components.domain.problems.problem import Problem
from components.domain.problems.settings import (
    DUPLICATE,
    FEW_SCNS,
    IMPOSSIBLE_THRESHOLD,
    OUT_OF_RANGE,
    SINGLE_PAIR,
    TAKEN_CHAIN_ID,
    UNKNOWN_KEY,
    UNKNOWN_NAME,
    WRONG_FORM,
    WRONG_KEY,
)
from tests.engine.test_owner_keys import keystore
from tests.run import Failed, Run
from tests.stack import Settings, Stack, settings


def refused(folder: Path, config: Settings) -> Run:
    """Return what a preview said that ended before any resource, with messages alone."""
    with pytest.raises(Failed) as failure:
        Stack(folder, config).preview()
    run = failure.value.run
    assert "Traceback" not in run.text
    assert [step.type for step in run.steps] in ([], ["Stack"])
    return run


def test_settings_that_cannot_be_used_are_told_all_at_once(tmp_path: Path) -> None:
    key, words = "f" * 63, "four words of nonsense"
    run = refused(
        tmp_path,
        settings(
            identitySeed=words,
            serviceChain={"chainId": 2020, "nodes": 4},
            pairs=[{"name": "Alpha", "scn": "scn-1"}, {"name": "b", "scn": "scn-1"}, {"name": "b", "scn": "snc-2"}],
            anchoring={"period": 0},
            bridge={"threshold": 13, "parentOwnerKey": key},
            bridges={"threshold": 1},
        ),
    )
    told: list[tuple[Problem, str, str]] = [
        (WRONG_KEY, "identitySeed", ""),
        (TAKEN_CHAIN_ID, "serviceChain.chainId", "2020"),
        (WRONG_FORM, "pairs[0].name", "'Alpha'"),
        (DUPLICATE, "pairs", "'b'"),
        (DUPLICATE, "pairs", "'scn-1'"),
        (UNKNOWN_NAME, "pairs[2].scn", "'snc-2'"),
        (OUT_OF_RANGE, "anchoring.period", "0"),
        (IMPOSSIBLE_THRESHOLD, "bridge.threshold", "13"),
        (WRONG_KEY, "bridge.parentOwnerKey", ""),
        (UNKNOWN_KEY, "bridges", "'bridge'"),
    ]
    for problem, path, value in told:
        assert len(run.lines(problem, f"servicechain-ha:{path}: ", value)) == 1, path
    assert f"{len(told)} problems in " in run.text
    assert key not in run.text
    assert words not in run.text


def test_garbage_in_every_file_that_is_named_is_told_at_once(tmp_path: Path) -> None:
    """Under the real engine, with what would be waited for without an end, or crash a parser."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "deep").write_text("[" * 200_000)
    (tmp_path / "binary").write_bytes(bytes(range(256)))
    run = refused(
        tmp_path,
        settings(
            packages={"ken": {"file": str(tmp_path / "pipe"), "version": "v1.0.3"}},
            bridge={
                "artifact": str(tmp_path / "deep"),
                "parentOwner": {"keystore": str(tmp_path / "binary"), "password": "hush"},
                "childOwner": {"keystore": keystore(tmp_path), "passwordFile": "/dev/zero"},
            },
        ),
    )
    assert run.lines(PACKAGE_UNUSABLE, f"{tmp_path}/pipe")
    assert run.lines(ARTIFACT_UNUSABLE, f"{tmp_path}/deep")
    assert run.lines(KEY_FILE_UNREADABLE, "bridge.parentOwner.keystore", f"{tmp_path}/binary")
    assert run.lines(KEY_FILE_UNREADABLE, "bridge.childOwner.passwordFile", "/dev/zero")


def test_what_is_allowed_with_a_warning(tmp_path: Path) -> None:
    config = settings(pairs=settings()["pairs"][:1], serviceChain={"chainId": 3000, "nodes": 1})
    run = Stack(tmp_path, config).preview()
    assert {step.verb for step in run.steps} == {"create"}
    for problem, value in ((SINGLE_PAIR, "1 pair"), (FEW_SCNS, "1 SCN(s)")):
        (warning,) = (one for one in run.warnings if problem.code in one)
        assert value in warning
