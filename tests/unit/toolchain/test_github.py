"""What the workflows post to GitHub: comments on pull requests, and issues about drift."""

import json
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.stack import ROOT
from toolchain.github.comment import bridge, preview
from toolchain.github.drift_issue import Step, issue
from toolchain.github.markdown import LIMIT, marker
from toolchain.github.plan_summary import summary

LOG = "https://example.org/log"


def test_a_comment_begins_with_its_mark_and_ends_with_the_way_to_the_log() -> None:
    text = preview("kairos", "success", LOG, "    + 3 to create")
    assert text.startswith(marker("preview", "kairos"))
    assert text.endswith(f"```text\n    + 3 to create\n```\n\n</details>\n\n[Full log]({LOG})\n")
    assert "failed" in preview("kairos", "failure", LOG, "")


PLAN = """
    pulumi:pulumi:Stack: (same)
    +-pulumi-python:dynamic/servicechain:RunningNode: (replace)
    + pulumi-python:dynamic/servicechain:BridgeOperator: (create)
        [urn=urn:pulumi:s::p::servicechain:index:Bridge$pulumi-python:dynamic/servicechain:BridgeOperator::a-child-vote]
    + pulumi-python:dynamic/servicechain:BridgeOperator: (create)
        [urn=urn:pulumi:s::p::servicechain:index:Bridge$pulumi-python:dynamic/servicechain:BridgeOperator::b-child-vote]
    ~ pulumi-python:dynamic/servicechain:OperatorThreshold: (update)
        [urn=urn:pulumi:s::p::servicechain:index:Bridge$pulumi-python:dynamic/servicechain:OperatorThreshold::child-threshold]
        threshold: 2
    --outputs:--
  ~ fees     : {
      ~ perDay: "1" => "2"
    }
  + survives : "2 pairs" => "3 pairs"
Diagnostics:
  info: restarts in this order: alpha-en, scn-1; one at a time
  error: the threshold is too high [SCH-131]
"""


def test_a_comment_begins_with_what_a_reader_must_know() -> None:
    found = summary(PLAN)
    for line in (
        "error: the threshold is too high [SCH-131]",
        "restarts in this order: alpha-en, scn-1; one at a time",
        "  2 x create BridgeOperator: a-child-vote, b-child-vote",
        "  1 x update OperatorThreshold: child-threshold",
        '      ~ perDay: "1" => "2"',
        '  + survives : "2 pairs" => "3 pairs"',
    ):
        assert f"\n{line}\n" in found
    assert "RunningNode" not in found
    text = preview("kairos", "success", LOG, PLAN)
    assert text.index("restarts in") < text.index("<details>") < text.index("RunningNode") < text.index("</details>")
    assert summary("Resources:\n    80 unchanged") == ""


def test_a_plan_with_too_much_to_know_is_still_a_comment() -> None:
    text = preview("kairos", "success", LOG, "".join(f"error: {i:0200} [SCH-131]\n" for i in range(1000)))
    assert len(text.encode("utf-16-le")) / 2 <= LIMIT
    assert "</details>" in text


def test_no_plan_breaks_out_of_its_fence() -> None:
    text = preview("kairos", "success", LOG, "a\n```\n````\n@everybody")
    assert text.count("\n`````") == 2
    assert re.search(r"\n`````text\n(?s:.*)@everybody\n`````\n", text)


@pytest.mark.parametrize("letter", ["x", "é", "😀"])
def test_a_long_plan_is_cut_at_a_line_and_says_so(letter: str) -> None:
    text = preview("kairos", "success", LOG, f"{letter * 99}\n" * 2000)
    assert LIMIT - 300 < len(text.encode("utf-16-le")) / 2 <= LIMIT
    assert f"\n{letter * 99}\n… the rest is in the log\n```\n" in text


def test_a_comment_has_no_colours_no_paths_of_the_runner_and_no_private_key() -> None:
    plan = (
        "==> Pulumi from PATH\n"
        "\x1b[32m+ create\x1b[0m /w/job/repo/.build/x in /w/job/repo\r\n/w/y\x07\n"
        "-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n-----END OPENSSH PRIVATE KEY-----"
    )
    text = preview("kairos", "success", LOG, plan, ["/w", "/w/job/repo", ""])
    assert "```text\n+ create .build/x in .\ny\n[secret]\n```" in text


def test_a_comment_on_a_bridge_has_its_report_and_folds_its_up() -> None:
    text = bridge("pr-9", "failure", LOG, "created", "scn: 2 of 4 arrived\nstopped")
    assert text.startswith(marker("bridge", "pr-9"))
    assert "failed" in text
    assert text.index("2 of 4 arrived") < text.index("<details>") < text.index("created") < text.index("</details>")
    assert "<details>" in bridge("pr-9", "failure", LOG, "an up that failed has no report", "")


@pytest.fixture
def github(tmp_path: Path) -> Callable[..., list[tuple[str, str, dict[str, Any]]]]:
    """Return what runs a script beside a `gh` that finds the numbers it is given; it returns the calls that change."""
    gh = tmp_path / "gh"
    gh.write_text(
        f"""#!/bin/sh
cd {tmp_path}
case "$*" in
*--method*--input*) printf '%s %s ' "$3" "$4" >>calls; cat >>calls;;
*--method*) printf '%s %s {{"%s": 1}}\\n' "$3" "$4" "$6" >>calls;;
*) [ ! -e fails ] || exit 1; cat found;;
esac
"""
    )
    gh.chmod(0o755)

    def run(script: str, *arguments: str, found: str = "") -> list[tuple[str, str, dict[str, Any]]]:
        (tmp_path / "found").write_text(found)
        (tmp_path / "calls").write_text("")
        env = {
            **os.environ,
            "PATH": f"{tmp_path}:{os.environ['PATH']}",
            "GH_TOKEN": "t",
            "GITHUB_REPOSITORY": "o/r",
            "GITHUB_SERVER_URL": "https://example.org",
            "GITHUB_RUN_ID": "5",
            "PULL_REQUEST": "9",
        }
        subprocess.run(
            [ROOT / "toolchain/github" / script, *arguments], env=env, check=not (tmp_path / "fails").exists()
        )
        calls = (line.split(" ", 2) for line in (tmp_path / "calls").read_text().splitlines())
        return [(method, path.removeprefix("repos/o/r/issues"), json.loads(body)) for method, path, body in calls]

    return run


@pytest.mark.parametrize(
    ("found", "call"), [("", ("POST", "/9/comments")), ("77\n78\n", ("PATCH", "/comments/77"))], ids=["new", "again"]
)
def test_there_is_one_comment_per_stack(github: Any, tmp_path: Path, found: str, call: tuple[str, str]) -> None:
    (tmp_path / "plan").write_text("nothing to do")
    ((*made, sent),) = github("comment", "preview", "kairos", "success", str(tmp_path / "plan"), found=found)
    assert tuple(made) == call
    assert sent["body"].startswith(marker("preview", "kairos"))


# -- drift -------------------------------------------------------------------------------------------------

REPORT = json.dumps(
    {
        "verdict": {"text": "kairos: degraded: 1 of 2 pairs healthy"},
        "findings": [{"level": "degraded", "subject": "scn-1", "codes": ["SCH-332"], "text": "no main bridge"}],
    }
)
DRIFTED = """
    info: scn-2: anchoring is off, but on in its conf; the next up repairs it [SCH-334]
    info: scn-2: anchoring is off, but on in its conf; the next up repairs it [SCH-334]
 ~  aws:ec2:Instance scn-1-instance update
      + anchoring: "scn-2: anchoring is off, but on in its conf; the next up repairs it [SCH-334]"
error: no changes were expected but changes were proposed
"""


def test_an_issue_lists_what_was_found_once() -> None:
    found = issue("kairos", Step("failure", DRIFTED), Step("failure", REPORT), LOG)
    assert found
    known = found["body"].partition("<details>")[0]
    assert known.startswith(marker("drift", "kairos"))
    assert "kairos: degraded: 1 of 2 pairs healthy\ndegraded: scn-1: no main bridge [SCH-332]\n" in known
    assert known.count("\nscn-2: anchoring is off, but on in its conf; the next up repairs it [SCH-334]\n") == 1
    assert known.count("SCH-334") == 1
    assert "aws:ec2:Instance scn-1-instance update" in found["body"]


@pytest.mark.parametrize(
    ("refresh", "status"),
    [
        (Step("failure", "~ aws:ec2:Instance"), Step("success", REPORT)),
        (Step("failure", ""), Step("success", REPORT)),
        (Step("skipped", ""), Step("skipped", "")),
        (Step("success", ""), Step("failure", "error: no state")),
        (Step("success", ""), Step("cancelled", "")),
    ],
)
def test_a_stack_is_clean_only_if_both_commands_looked_and_found_nothing(refresh: Step, status: Step) -> None:
    found = issue("kairos", refresh, status, LOG)
    assert found
    assert "```text\n" in found["body"].partition("<details>")[0], "something is named"


def test_a_clean_stack_has_no_issue() -> None:
    assert issue("kairos", Step("success", "anything"), Step("success", REPORT), LOG) is None


def test_a_long_refresh_is_still_an_issue() -> None:
    long = "".join(f"info: scn-{i}: {'x' * 200} [SCH-334]\n" for i in range(1000))
    found = issue("kairos", Step("failure", long), Step("success", REPORT), LOG)
    assert found
    assert len(found["body"].encode("utf-16-le")) / 2 <= LIMIT


@pytest.mark.parametrize(
    ("outcome", "found", "calls"),
    [
        ("failure", "", [("POST", "")]),
        ("failure", "5\n", [("PATCH", "/5")]),
        ("success", "5\n6\n", [("POST", "/5/comments"), ("PATCH", "/5"), ("POST", "/6/comments"), ("PATCH", "/6")]),
        ("success", "", []),
    ],
)
def test_there_is_one_issue_per_stack_and_none_when_it_is_clean(
    github: Any, tmp_path: Path, outcome: str, found: str, calls: list[tuple[str, str]]
) -> None:
    (tmp_path / "refresh").write_text(DRIFTED)
    (tmp_path / "status").write_text(REPORT)
    files = (outcome, str(tmp_path / "refresh"), "success", str(tmp_path / "status"))
    made = github("drift", "kairos", *files, found=found)
    assert [(method, path) for method, path, _ in made] == calls
    if outcome == "failure":
        assert made[0][2]["body"].startswith(marker("drift", "kairos"))


def test_no_second_issue_is_opened_when_github_does_not_answer(github: Any, tmp_path: Path) -> None:
    (tmp_path / "fails").touch()
    assert github("drift", "kairos", "failure", "/none", "failure", "/none") == []
