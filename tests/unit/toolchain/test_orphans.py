"""Machines on AWS of a stack that has no state here: found by their tags, and only those of this stack."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from components.domain.problems.operations.state import RUNS_WITHOUT_STATE
from components.hosts.aws.account.account import AwsAccount
from components.hosts.aws.tags import Tags
from tests.stack import ROOT
from toolchain.ops.orphans import main

PROJECT = "servicechain-ha"


def machine(identity: str, project: str, stack: str, name: str) -> dict[str, Any]:
    tags = Tags(project, stack, {}).of(name)
    return {"InstanceId": identity, "Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "Pulumi.yaml").write_text(f"name: {PROJECT}\n")
    file = tmp_path / "Pulumi.mine.yaml"
    file.write_text(yaml.safe_dump({"config": {f"{PROJECT}:target": "aws", f"{PROJECT}:aws": {"region": "eu-west-1"}}}))
    return file


def runs(monkeypatch: pytest.MonkeyPatch, *machines: dict[str, Any]) -> None:
    monkeypatch.setattr(AwsAccount, "running", property(lambda _self: machines))


def test_machines_of_the_stack_are_named(
    settings: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    runs(monkeypatch, machine("i-2", PROJECT, "mine", "scn-1"), machine("i-1", PROJECT, "mine", "alpha-en"))
    assert main("mine", settings) == 1
    said = capsys.readouterr().err
    assert RUNS_WITHOUT_STATE.code in said
    assert "alpha-en (i-1), scn-1 (i-2) in eu-west-1" in said


def test_those_of_others_are_none_of_its_business(
    settings: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    others = machine("i-1", PROJECT, "yours", "scn-1"), machine("i-2", "other", "mine", "scn-1"), {"InstanceId": "i-3"}
    runs(monkeypatch, *others)
    assert main("mine", settings) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("text", ["", "config: [", "config: {servicechain-ha:target: local}", "config: {a: 1}"])
def test_other_stacks_and_bad_settings_ask_nothing(settings: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    def asked(_self: AwsAccount) -> None:
        pytest.fail("AWS was asked")

    monkeypatch.setattr(AwsAccount, "running", property(asked))
    settings.write_text(text)
    assert main("mine", settings) == 0
    assert main("mine", settings.with_name("absent")) == 0


def test_without_credentials_it_says_nothing(settings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    assert main("mine", settings) == 0


def test_the_project_has_a_name() -> None:
    assert yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["name"] == PROJECT
