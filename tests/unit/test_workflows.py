"""The workflows, and what they leave to the toolchain. What a linter can say of them, toolchain/lint says."""

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.stack import ROOT
from toolchain.plan_comment import LIMIT, body, marker

WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
LOG = "https://example.org/log"


def jobs(file: Path) -> list[dict[str, Any]]:
    return list(yaml.safe_load(file.read_text())["jobs"].values())


# -- workflows ---------------------------------------------------------------------------------------------


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
        assert job["permissions"].items() <= {"contents": "read", "id-token": "write", "pull-requests": "write"}.items()
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
    assert named == {("preview", "Preview"), ("teardown", "Down")}


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


# -- the comment -------------------------------------------------------------------------------------------


def test_a_comment_begins_with_its_mark_and_ends_with_the_way_to_the_log() -> None:
    text = body("kairos", "success", LOG, "    + 3 to create")
    assert text.startswith(marker("kairos"))
    assert text.endswith(f"```text\n    + 3 to create\n```\n\n[Full log]({LOG})\n")
    assert "failed" in body("kairos", "failure", LOG, "")


def test_no_plan_breaks_out_of_its_fence() -> None:
    text = body("kairos", "success", LOG, "a\n```\n````\n@everybody")
    assert text.count("\n`````") == 2
    assert re.search(r"\n`````text\n(?s:.*)@everybody\n`````\n", text)


@pytest.mark.parametrize("letter", ["x", "é", "😀"])
def test_a_long_plan_is_cut_at_a_line_and_says_so(letter: str) -> None:
    text = body("kairos", "success", LOG, f"{letter * 99}\n" * 2000)
    assert LIMIT - 300 < len(text.encode("utf-16-le")) / 2 <= LIMIT
    assert f"\n{letter * 99}\n… the rest is in the log\n```\n" in text


def test_a_comment_has_no_colours_no_paths_of_the_runner_and_no_private_key() -> None:
    plan = (
        "==> Pulumi from PATH\n"
        "\x1b[32m+ create\x1b[0m /w/job/repo/.build/x in /w/job/repo\r\n/w/y\x07\n"
        "-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n-----END OPENSSH PRIVATE KEY-----"
    )
    text = body("kairos", "success", LOG, plan, ["/w", "/w/job/repo", ""])
    assert "```text\n+ create .build/x in .\ny\n[secret]\n```" in text


@pytest.mark.parametrize(("before", "calls"), [("", ["POST"]), ("77\n78", ["PATCH"])])
def test_there_is_one_comment_a_stack(tmp_path: Path, before: str, calls: list[str]) -> None:
    (tmp_path / "plan").write_text("nothing to do")
    gh = tmp_path / "gh"
    gh.write_text(
        f'#!/bin/sh\ncd {tmp_path}; echo "$@" >>calls\ncase $* in *--method*) cat >sent;; *) echo "{before}";; esac'
    )
    gh.chmod(0o755)
    env = {
        **os.environ,
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
        "GH_TOKEN": "t",
        "GITHUB_REPOSITORY": "o/r",
        "GITHUB_SERVER_URL": "https://example.org",
        "GITHUB_RUN_ID": "5",
        "PULL_REQUEST": "9",
    }
    subprocess.run([ROOT / "toolchain/comment", "kairos", "success", tmp_path / "plan"], env=env, check=True)
    made = [line for line in (tmp_path / "calls").read_text().splitlines() if "--method" in line]
    assert [line.split()[2] for line in made] == calls
    assert made[0].split()[3] == ("repos/o/r/issues/comments/77" if before else "repos/o/r/issues/9/comments")
    assert json.loads((tmp_path / "sent").read_text())["body"].startswith(marker("kairos"))
