"""What is asked before a stack is destroyed. Pure: states are written down here."""

import io
from pathlib import Path
from typing import Any

import pytest

from components.domain.problems.operations.state import (
    MAYBE_CLAIMED,
    MAYBE_IN_THE_CLOUD,
    NOT_DISPOSABLE,
    SEED_LOST,
    STACK_PROTECTED,
)
from toolchain.ops import remains

CLOUD = "urn:pulumi:s::p::aws:ec2/instance:Instance::scn-1"


def test_nothing_is_destroyed_while_anything_is_protected() -> None:
    assert remains.protected({"resources": [{"urn": CLOUD, "type": "t"}]}) == []
    (objection,) = remains.protected({"resources": [{"urn": CLOUD, "type": "t", "protect": True}]})
    assert STACK_PROTECTED.code in objection
    assert "scn-1" in objection


def pending(operation: str, type_: str) -> dict[str, Any]:
    return {"pending_operations": [{"type": operation, "resource": {"urn": CLOUD, "type": type_}}]}


def test_what_a_cloud_may_have_made_is_not_forgotten() -> None:
    (objection,) = remains.unaccounted(pending("creating", "aws:ec2/instance:Instance"))
    assert MAYBE_IN_THE_CLOUD.code in objection
    assert "scn-1 (aws:ec2/instance:Instance)" in objection
    assert remains.unaccounted(pending("deleting", "aws:ec2/instance:Instance")) == []
    assert remains.unaccounted(pending("creating", "command:remote:Command")) == []
    assert remains.unaccounted({}) == []


def test_a_claim_that_no_state_holds_is_told_before_it_is_forgotten() -> None:
    begun = pending("creating", remains.CLAIM)
    assert remains.unseen(begun) == []
    (objection,) = remains.unaccounted(begun)
    assert MAYBE_CLAIMED.code in objection
    assert "scn-1" in objection
    urn = begun["pending_operations"][0]["resource"]["urn"]
    assert remains.unaccounted({**begun, "resources": [{"urn": urn}]}) == []


@pytest.mark.parametrize(
    "config",
    [
        {"servicechain-ha:parentChain": {"network": "mainnet"}},
        {"servicechain-ha:parentChain": "mainnet"},
        {"servicechain-ha:parentChain": {"chainId": 8217}},
        {"servicechain-ha:protection": True},
        {"servicechain-ha:protection": "true"},
    ],
)
def test_what_is_declared_as_lasting_is_not_disposable(config: dict[str, Any]) -> None:
    (objection,) = remains.disposable({}, config)
    assert NOT_DISPOSABLE.code in objection
    assert "in its settings" in objection


def test_a_stack_on_mainnet_is_not_disposable_whatever_its_settings_say() -> None:
    stack = {"urn": "u", "type": "pulumi:pulumi:Stack", "outputs": {"parentChain": {"chainId": 8217}}}
    (objection,) = remains.disposable({"resources": [stack]}, {})
    assert NOT_DISPOSABLE.code in objection
    assert "in its state" in objection


def test_a_test_stack_is_disposable() -> None:
    config = {"servicechain-ha:parentChain": {"network": "kairos"}, "servicechain-ha:protection": False}
    assert remains.disposable({"resources": None}, config) == []


@pytest.mark.parametrize("text", ["config: [", "- one", "config: [one]", "\udcff"])
def test_a_stack_whose_settings_cannot_be_read_is_not_disposable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    file = tmp_path / "Pulumi.pr.yaml"
    file.write_bytes(text.encode(errors="surrogateescape"))
    monkeypatch.setattr("sys.stdin", io.StringIO("{}"))
    assert remains.main("disposable", str(file)) == 1
    assert NOT_DISPOSABLE.code in capsys.readouterr().err
    monkeypatch.setattr("sys.stdin", io.StringIO("{}"))
    assert remains.main("seedless", str(file), "seed") == 0, "what is wrong with them is for the program to say"


def test_a_stack_that_has_keys_gets_no_other_seed(tmp_path: Path) -> None:
    keys = {"resources": [{"urn": "u", "type": remains.ACCOUNT}]}
    file = str(tmp_path / "seed")
    settings = {"servicechain-ha:identitySeedFile": file}
    (objection,) = remains.seedless(keys, settings, file)
    assert SEED_LOST.code in objection
    assert file in objection
    assert remains.seedless({"resources": []}, settings, file) == [], "a new stack"
    assert remains.seedless(keys, {"servicechain-ha:identitySeed": {"secure": "v1:x"}}, file) == []
    assert remains.seedless(keys, settings, str(tmp_path / "other")) == [], "it is read from elsewhere"
