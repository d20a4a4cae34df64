"""`make upgrade`, `rollback` and `replace` around Pulumi: what they refuse, run and remember. Stack and nodes are fake.

A script takes the place of toolchain/run: it notes each command, and answers from files.
"""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from components.domain.problems.operations.state import NO_SETTINGS_FILE, NO_STACK, NOT_ALL_HEALTHY
from components.domain.problems.packages import NO_WAY_BACK, UPGRADE_REFUSED
from tests.unit.toolchain.scripts import executable, scripts

ROOT = Path(__file__).resolve().parents[3]
OLD = "config:\n  servicechain-ha:packages: {ken: ken-v1.0.3.tar.gz}\n"
NEW = "config:\n  servicechain-ha:tokens: []\n  servicechain-ha:packages: {ken: ken-v2.2.1.tar.gz}\n"
ILL = "scn-1: it does not answer"

RUN = """#!/usr/bin/env bash
echo "$*" >>calls
case "$*" in
*"stack select"*) [[ ! -e no-stack ]] || { echo "error: no stack named 'dev' found" >&2; exit 1; } ;;
*"stack export"*) echo '{}' ;;
*ops.look\\ problems) cat >/dev/null; cat ill 2>/dev/null || true; exit "$(cat look-status 2>/dev/null || echo 0)" ;;
*ops.upgrade\\ changes*) cat >/dev/null; cat "${@: -1}" >config-seen; cat changes 2>/dev/null || true ;;
*ops.upgrade\\ running*) cat >/dev/null; echo "$*" >running; exit "$(cat running-status 2>/dev/null || echo 0)" ;;
*ops.rollback*) shift; PYTHONPATH=$REAL exec "$PYTHON" "$@" ;;
*ops.replace*) cat >/dev/null; [[ $* == *back ]] || cat urns ;;
python*) cat >/dev/null ;;
*" config "*) [[ ! -e bad-settings ]] || { echo "error: invalid YAML file" >&2; exit 255; }; echo '{"config": 1}' ;;
*" up --yes "*)
    cp "${@: -1}" used
    mv ill-after ill 2>/dev/null || rm -f ill
    exit "$(cat up-status 2>/dev/null || echo 0)"
    ;;
esac
"""


@dataclass(frozen=True)
class Checkout:
    """A checkout with a fake stack called dev."""

    folder: Path

    def stack(self, verb: str, *options: str) -> subprocess.CompletedProcess[str]:
        """Do what make does after setup."""
        path = f"{self.folder}/bin:{os.environ['PATH']}"
        env = {**os.environ, "PATH": path, "REAL": str(ROOT), "PYTHON": sys.executable}
        command = ["toolchain/stack", verb, "dev", *options]
        return subprocess.run(command, cwd=self.folder, env=env, capture_output=True, text=True, check=False)

    def write(self, **files: str) -> None:
        """Write answers of the fake; an underscore is a dash."""
        for name, text in files.items():
            (self.folder / name.replace("_", "-")).write_text(text)

    def settings(self, text: str) -> None:
        """Write the user's settings."""
        self.settings_file.write_text(text)

    @property
    def settings_file(self) -> Path:
        """Return the user's settings."""
        return self.folder / "Pulumi.dev.yaml"

    @property
    def record(self) -> Path:
        """Return the file with the settings of the last healthy up."""
        return self.folder / ".state/dev/healthy.yaml"

    @property
    def calls(self) -> list[str]:
        """Return the commands of Pulumi that change something, without the settings that they are given."""
        told = [line.partition(" --stack ")[0] for line in (self.folder / "calls").read_text().splitlines()]
        return [line.partition(f" -C {self.folder} ")[2] for line in told if " --yes " in line]

    @property
    def ups(self) -> int:
        """Return how often Pulumi was told to bring the stack up."""
        return (self.folder / "calls").read_text().count(" up --yes ")

    @property
    def used(self) -> str:
        """Return the settings of the last up."""
        return (self.folder / "used").read_text()


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    scripts(tmp_path, RUN)
    (tmp_path / "bin").mkdir()
    executable(tmp_path / "bin/sleep", "#!/bin/sh\n")
    made = Checkout(tmp_path)
    made.settings(OLD)
    return made


def test_a_healthy_up_is_remembered(checkout: Checkout) -> None:
    assert checkout.stack("up").returncode == 0
    assert checkout.record.read_text() == OLD
    assert checkout.record.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("answers", [{"up_status": "1"}, {"ill_after": ILL}])
def test_another_up_is_not_remembered(checkout: Checkout, answers: dict[str, str]) -> None:
    checkout.stack("up")
    checkout.settings(NEW)
    checkout.write(**answers)
    done = checkout.stack("up")
    assert done.returncode == 1
    assert (NOT_ALL_HEALTHY.code in done.stderr) == ("ill_after" in answers)
    assert checkout.record.read_text() == OLD


@pytest.mark.parametrize("options", [["--target", "u"], ["--target=u"], ["-t", "u"], ["--diff", "--exclude=u"]])
def test_an_up_of_some_resources_is_not_remembered(checkout: Checkout, options: list[str]) -> None:
    assert checkout.stack("up", *options).returncode == 0
    assert not checkout.record.exists()
    checkout.stack("up", "--diff")
    assert checkout.record.exists()


def test_the_settings_of_the_up_are_remembered_not_those_of_a_later_edit(checkout: Checkout) -> None:
    run = checkout.folder / "toolchain/run"
    run.write_text(run.read_text().replace('cp "${@: -1}" used', f"echo '{NEW}' >Pulumi.dev.yaml"))
    assert checkout.stack("up").returncode == 0
    assert checkout.record.read_text() == OLD


@pytest.mark.parametrize("verb", ["up", "preview"])
def test_a_new_stack_needs_a_settings_file(checkout: Checkout, verb: str) -> None:
    """Else a misspelled name made a stack and a seed."""
    checkout.write(no_stack="")
    checkout.settings_file.rename(checkout.folder / "Pulumi.prod.yaml")
    done = checkout.stack(verb)
    assert done.returncode == 1
    assert NO_SETTINGS_FILE.code in done.stderr
    assert "prod" in done.stderr
    assert "stack init" not in (checkout.folder / "calls").read_text()
    assert not (checkout.folder / ".state").exists()


def test_a_stack_that_exists_needs_none(checkout: Checkout) -> None:
    checkout.settings_file.unlink()
    assert checkout.stack("preview").returncode == 0


@pytest.mark.parametrize("verb", ["upgrade", "rollback", "public", "monitoring", "down"])
def test_settings_that_pulumi_cannot_read_end_each(checkout: Checkout, verb: str) -> None:
    checkout.stack("up")
    checkout.write(bad_settings="")
    done = checkout.stack(verb, str(checkout.folder / "out"))
    assert done.returncode != 0
    assert done.stderr == "error: invalid YAML file\n"


@pytest.mark.parametrize("verb", ["upgrade", "rollback"])
def test_both_need_a_stack(checkout: Checkout, verb: str) -> None:
    checkout.write(no_stack="")
    done = checkout.stack(verb)
    assert done.returncode == 1
    assert NO_STACK.code in done.stderr


def test_nothing_is_upgraded_while_a_node_is_unhealthy(checkout: Checkout) -> None:
    checkout.write(ill=ILL, changes="scn-1: v1 -> v2\n")
    done = checkout.stack("upgrade")
    assert done.returncode == 1
    assert f"error: {ILL}" in done.stderr
    assert UPGRADE_REFUSED.code in done.stderr
    assert checkout.ups == 0


def test_a_look_that_fails_is_not_one_that_finds_nothing(checkout: Checkout) -> None:
    checkout.stack("up")
    checkout.write(look_status="3", changes="scn-1: v1 -> v2\n")
    assert checkout.stack("upgrade").returncode == 3
    assert checkout.ups == 1
    assert checkout.stack("rollback").returncode == 3
    assert checkout.ups == 1


def test_without_another_package_no_up_is_run(checkout: Checkout) -> None:
    done = checkout.stack("upgrade")
    assert (done.returncode, checkout.ups) == (0, 0)
    assert "nothing to upgrade" in done.stderr
    assert (checkout.folder / "config-seen").read_text() == '{"config": 1}\n'


def test_an_upgrade_tells_what_changes_and_looks_at_what_runs_then(checkout: Checkout) -> None:
    checkout.write(changes="alpha-en: v1.0.3 -> v2.2.1\nscn-1: v1.0.3 -> v2.2.1\n")
    done = checkout.stack("upgrade", "--diff")
    assert (done.returncode, checkout.ups) == (0, 1), done.stderr
    assert "    alpha-en: v1.0.3 -> v2.2.1\n    scn-1: v1.0.3 -> v2.2.1\n" in done.stderr
    assert "up --yes --diff" in (checkout.folder / "calls").read_text()
    assert (checkout.folder / "running").exists()
    assert checkout.record.exists()


@pytest.mark.parametrize("answers", [{"up_status": "1"}, {"ill_after": ILL}, {"running_status": "1"}])
def test_an_upgrade_that_is_not_complete_fails(checkout: Checkout, answers: dict[str, str]) -> None:
    checkout.write(changes="scn-1: v1 -> v2\n", **answers)
    assert checkout.stack("upgrade").returncode == 1
    assert checkout.ups == 1
    assert (checkout.folder / "running").exists() == ("running_status" in answers)


def test_without_a_record_there_is_no_way_back(checkout: Checkout) -> None:
    checkout.write(ill=ILL)
    done = checkout.stack("rollback")
    assert done.returncode == 1
    assert NO_WAY_BACK.code in done.stderr
    assert checkout.ups == 0


def failed(checkout: Checkout) -> None:
    """Leave the stack as after an upgrade that failed."""
    checkout.stack("up")
    checkout.settings(NEW)
    checkout.write(ill_after=ILL)
    assert checkout.stack("up").returncode == 1


def test_a_rollback_runs_up_with_the_former_packages(checkout: Checkout) -> None:
    failed(checkout)
    done = checkout.stack("rollback", "--diff")
    assert done.returncode == 0, done.stderr
    assert "ken-v1.0.3" in checkout.used
    assert "tokens" in checkout.used, "other settings are those of now"
    assert "line 3, packages.ken: ken-v2.2.1.tar.gz -> ken-v1.0.3.tar.gz" in done.stderr
    assert (checkout.folder / "Pulumi.dev.yaml").read_text() == NEW
    assert checkout.record.read_text() == checkout.used
    assert checkout.stack("up").returncode == 0
    assert checkout.used == NEW, "the next up goes forward again"


def test_a_rollback_fails_if_a_node_still_runs_something_else(checkout: Checkout) -> None:
    failed(checkout)
    checkout.write(running_status="1")
    assert checkout.stack("rollback").returncode == 1
    assert (checkout.folder / "running").exists()


def test_dead_nodes_are_looked_for_before_the_up_of_a_rollback(checkout: Checkout) -> None:
    failed(checkout)
    checkout.stack("rollback")
    calls = (checkout.folder / "calls").read_text().splitlines()[::-1]
    at = {word: next(i for i, call in enumerate(calls) if word in call) for word in ("ops.look stale", " up --yes ")}
    assert at["ops.look stale"] > at[" up --yes "], "they are reversed"


def test_a_rollback_that_leaves_a_node_unhealthy_fails(checkout: Checkout) -> None:
    failed(checkout)
    checkout.write(ill_after=ILL)
    done = checkout.stack("rollback")
    assert done.returncode == 1
    assert NOT_ALL_HEALTHY.code in done.stderr
    assert checkout.record.read_text() == OLD


def test_there_is_nothing_to_go_back_to_from_the_packages_of_the_record(checkout: Checkout) -> None:
    checkout.stack("up")
    done = checkout.stack("rollback")
    assert done.returncode == 1
    assert NO_WAY_BACK.code in done.stderr
    assert checkout.ups == 1


def test_with_the_packages_of_the_record_a_rollback_repairs(checkout: Checkout) -> None:
    checkout.stack("up")
    checkout.write(ill=ILL)
    done = checkout.stack("rollback")
    assert done.returncode == 0, done.stderr
    assert (checkout.ups, checkout.used) == (2, OLD)
    assert f"    {ILL}\n" in done.stderr


@pytest.mark.parametrize(
    ("urns", "before"), [("u", []), ("u\nv\nw", ["refresh --yes --skip-preview --target=v --target=w"])]
)
def test_what_a_machine_on_aws_may_have_lost_is_refreshed_before_it_is_replaced(
    checkout: Checkout, urns: str, before: list[str]
) -> None:
    checkout.write(urns=urns)
    done = checkout.stack("replace", "scn-1")
    assert done.returncode == 0, done.stderr
    assert checkout.calls == [*before, "up --yes --replace u"]
