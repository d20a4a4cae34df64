"""The workflows. What a linter can say of them, toolchain/lint says."""

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.settings.sentences import NAMESPACE
from components.topology.checks.configuration import read
from tests.examples import committed
from tests.program.stacks import SEED
from tests.stack import ROOT

WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))


def jobs(file: Path) -> list[dict[str, Any]]:
    return list(yaml.safe_load(file.read_text())["jobs"].values())


def test_each_action_is_pinned_by_one_commit_and_says_its_version() -> None:
    found: dict[str, set[str]] = {}
    for file in WORKFLOWS:
        for line in re.findall(r"uses: (.*)", file.read_text()):
            pin = re.fullmatch(r"([\w./-]+)@([0-9a-f]{40} # v\d+\.\d+\.\d+)", line)
            assert pin, f"{file.name}: {line}"
            found.setdefault(pin[1], set()).add(pin[2])
    assert all(len(pins) == 1 for pins in found.values()), found


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.stem)
def test_a_workflow_gives_away_nothing_by_itself(file: Path) -> None:
    text = file.read_text()
    assert yaml.safe_load(text)["permissions"] == {}
    assert not re.search(r"^ *pull_request_target:", text, re.MULTILINE)
    for job in jobs(file):
        assert (
            job["permissions"].items()
            <= {"contents": "read", "id-token": "write", "pull-requests": "write", "issues": "write"}.items()
        )
        assert "secrets." not in str({key: value for key, value in job.items() if key != "steps"})
        for step in job["steps"]:
            assert "${{" not in step.get("run", ""), "an expression would become code of the shell"
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False


def test_secrets_reach_the_one_step_that_needs_them() -> None:
    named = {
        (file.stem, step["name"])
        for file in WORKFLOWS
        for job in jobs(file)
        for step in job["steps"]
        if "secrets." in str(step)
    }
    assert named == {
        ("teardown", "Down"),
        ("drift", "Refresh, without a change of the state"),
        ("drift", "Status"),
        ("drift", "Publish the state without its secrets"),
    }


def test_a_preview_of_a_pull_request_has_no_secret() -> None:
    """Its code is that of whoever opened it."""
    text = (ROOT / ".github/workflows/preview.yml").read_text()
    assert "secrets." not in text
    assert "PULUMI_BACKEND_URL" not in text, "the state itself"
    (preview,) = [
        step for job in yaml.safe_load(text)["jobs"].values() for step in job["steps"] if step.get("name") == "Preview"
    ]
    assert 'SEEDLESS="$seedless"' in preview["run"]


@pytest.mark.parametrize("status", [0, 1])
def test_a_preview_is_compared_with_what_may_be_compared(tmp_path: Path, status: int) -> None:
    """What refuses a preview is in the comment, so it is in the output of this step."""
    (tmp_path / "make").write_text('#!/bin/sh\necho "$@"\n')
    (tmp_path / "toolchain").mkdir()
    (tmp_path / "toolchain/run").write_text(f'#!/bin/sh\necho "asked $4 $5" >&2\necho new\nexit {status}\n')
    for tool in ("make", "toolchain/run"):
        (tmp_path / tool).chmod(0o755)
    env = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "STACK": "s", "RUNNER_TEMP": str(tmp_path)}
    assert _ran("preview", "Preview", tmp_path, **env, PUBLIC_STATES="s3://copies") == status
    plan = (tmp_path / "plan").read_text()
    assert plan.startswith("asked s s3://copies\n")
    assert ("SEEDLESS=new" in plan) is (status == 0)
    checkout = next(
        step
        for job in jobs(ROOT / ".github/workflows/preview.yml")
        for step in job["steps"]
        if "checkout@" in str(step.get("uses"))
    )
    assert checkout["with"]["fetch-depth"] == 2, "the base tells whether the pull request introduces the stack"


def test_a_job_with_credentials_waits_in_an_environment() -> None:
    """A secret of the repository, or a token for AWS without an environment, is for whoever opens a pull request."""
    found = {
        (file.stem, job.get("environment"))
        for file in WORKFLOWS
        for job in jobs(file)
        if "secrets." in str(job["steps"]) or "id-token" in job["permissions"]
    }
    assert found == {("preview", "preview"), ("teardown", "teardown"), ("drift", "drift")}


@pytest.mark.parametrize(("drill", "status"), [(0, 0), (3, 0), (0, 4), (3, 4)])
def test_the_status_of_a_bridge_is_posted_also_after_a_drill_that_fails(
    tmp_path: Path, drill: int, status: int
) -> None:
    made = tmp_path / "make"
    made.write_text(
        f"#!/bin/sh\necho this is $2\ncase $2 in drill) exit {drill};; status) exit {status};; up) exit 0;; esac\n"
    )
    (tmp_path / "sudo").write_text('#!/bin/sh\nshift\nexec "$@"\n')
    for tool in (made, tmp_path / "sudo"):
        tool.chmod(0o755)
    path = f"{tmp_path}:{os.environ['PATH']}"
    done = _ran("bridge", "Up, drill, status", tmp_path, PATH=path, STACK="pr-1", RUNNER_TEMP=str(tmp_path))
    assert (done == 0) is (drill == status == 0)
    assert (tmp_path / "report").read_text() == "this is drill\nthis is status\n"


@pytest.mark.parametrize("workflow", ["bridge", "nightly"])
def test_a_drill_has_a_token_to_send(tmp_path: Path, workflow: str) -> None:
    (tmp_path / "Pulumi.dev.yaml").write_text(committed("dev"))
    assert _ran(workflow, "Take the settings of the development stack, with a token", tmp_path, STACK="pr-1") == 0
    config = yaml.safe_load((tmp_path / "Pulumi.pr-1.yaml").read_text())["config"]
    seed = config.pop(f"{NAMESPACE}:identitySeedFile")
    settings = read(
        {key.removeprefix(f"{NAMESPACE}:"): value for key, value in config.items()} | {"identitySeed": SEED}
    )
    assert [(token.kind, token.development) for token in settings.tokens] == [("erc20", True)]
    assert seed == ".state/pr-1/identity-seed"


def _ran(workflow: str, step: str, folder: Path, **environment: str) -> int:
    """Run a step of a workflow as GitHub does; return its exit status."""
    steps = [one for job in jobs(ROOT / f".github/workflows/{workflow}.yml") for one in job["steps"]]
    (script,) = [one["run"] for one in steps if one.get("name") == step]
    env = {**os.environ, **environment}
    return subprocess.run(["bash", "-eo", "pipefail", "-c", script], env=env, cwd=folder, check=False).returncode


@pytest.mark.parametrize("name", ["pr-12", "nightly", "a"])
def test_the_teardown_takes_names_of_stacks(name: str) -> None:
    assert _checked(name) == 0


@pytest.mark.parametrize("name", ["", "-x", "a b", "$(id)", "org/project/prod", "a;id", "x" * 40, "a\nb"])
def test_the_teardown_takes_nothing_else(name: str) -> None:
    assert _checked(name) != 0


def _checked(name: str) -> int:
    (job,) = jobs(ROOT / ".github/workflows/teardown.yml")
    script = next(step["run"] for step in job["steps"] if step.get("name") == "Check the name")
    env = {**os.environ, "STACK": name}
    return subprocess.run(
        ["bash", "-eo", "pipefail", "-c", script], env=env, capture_output=True, check=False
    ).returncode


def test_no_update_is_proposed_that_cannot_be_built() -> None:
    """Later versions of the module do not contain the language host."""
    updates = yaml.safe_load((ROOT / ".github/dependabot.yml").read_text())["updates"]
    (language,) = [
        one for one in updates if "/toolchain/language" in (one.get("directory"), *one.get("directories", ()))
    ]
    (tool,) = re.findall(r"^tool (\S+)$", (ROOT / "toolchain/language/go.mod").read_text(), re.MULTILINE)
    ignored = [one["dependency-name"] for one in language["ignore"]]
    assert [one for one in ignored if tool.startswith(f"{one}/")]
