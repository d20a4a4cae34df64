"""What the scripts of the toolchain say when they stop: a sentence with its code, as the program does."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from components.domain.problems.operations.state import CALLED_WRONGLY
from components.domain.problems.problem import Problem
from components.domain.problems.setup import FILE_MISSING

ROOT = Path(__file__).resolve().parents[3]


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, **environment}
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("words", ["it is lost", "it is lost:\n  because\n  of this", "it\nis [x] 100 %s"])
def test_a_script_marks_its_words_as_the_program_does(words: str) -> None:
    problem = Problem(899, "It is lost", "It was there.", "Find it.")
    done = run("bash", "-c", 'source toolchain/lib.sh; fail "$@"; echo more', "-", problem.code, *words.split(" "))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"error: {problem(words)}\n"


@pytest.mark.parametrize("command", [("up",), ("fly", "no-such-stack")])
def test_a_wrong_call_names_the_verbs(command: tuple[str, ...]) -> None:
    done = run("toolchain/stack", *command)
    assert done.returncode == 1
    assert CALLED_WRONGLY.code in done.stderr
    assert "up|preview|refresh" in done.stderr


@pytest.mark.parametrize("name", ["", "--diff", "organization/servicechain-ha/dev", "../dev", "my stack", "a" * 101])
@pytest.mark.parametrize("verb", ["up", "status"])
def test_what_is_no_name_of_a_stack_is_refused_before_anything_is_made(verb: str, name: str) -> None:
    done = run("toolchain/stack", verb, name)
    assert done.returncode == 1
    (told,) = done.stderr.splitlines()
    assert CALLED_WRONGLY.code in told
    assert f'"{name}"' in told


def test_an_empty_name_does_not_make_the_next_argument_the_name() -> None:
    done = run("make", "--dry-run", "up", "STACK=", "ARGS=--refresh")
    assert 'toolchain/stack up "" --refresh' in done.stdout


@pytest.mark.parametrize("verb", ["monitoring", "public"])
def test_a_folder_may_have_a_space_in_its_name(verb: str) -> None:
    done = run("make", "--dry-run", verb, "OUT=/tmp/my files")
    assert f'toolchain/stack {verb} "dev" "/tmp/my files"' in done.stdout


def test_everything_that_setup_misses_is_told_at_once() -> None:
    done = run("toolchain/setup", PULUMI_COMMAND_PLUGIN="/nowhere/plugin", BRIDGE_ARTIFACT="/nowhere/Bridge.json")
    assert done.returncode == 1
    told = [line for line in done.stderr.splitlines() if FILE_MISSING.code in line]
    assert [line.split()[1:4] for line in told] == [
        ["PULUMI_COMMAND_PLUGIN", "is", "/nowhere/plugin,"],
        ["BRIDGE_ARTIFACT", "is", "/nowhere/Bridge.json,"],
    ]
    assert all(line.startswith("error: ") for line in told)


@pytest.mark.parametrize("variables", ["", "HOME", "HOME PULUMI_HOME"])
def test_the_official_plugin_is_looked_for_without_a_home_too(variables: str) -> None:
    """A service of systemd has none."""
    look = f"unset {variables}; has_official_plugin true && echo there"
    done = run("bash", "-c", f"source toolchain/lib.sh; source toolchain/steps/plugin.sh; {look}")
    assert (done.returncode, done.stdout, done.stderr) == (0, "there\n", "")


@pytest.mark.parametrize("quote", ["", '"', "'"])
@pytest.mark.parametrize(
    ("settings", "needed"),
    [
        ({"target": "local"}, "nodes monitoring"),
        ({"target": "existing"}, "nodes"),
        ({"target": "local", "monitoring": "{enabled: false}"}, "nodes"),
        ({"target": "aws", "packages": "{ken: {url: https://a.test/ken.tar.gz}}"}, ""),
        ({"packages": "{ken: {file: ken.tar.gz}}", "monitoring": "{runbooks: https://a.test}"}, "nodes monitoring"),
    ],
)
def test_setup_reads_what_a_stack_needs_with_and_without_quotes(
    settings: dict[str, str], needed: str, quote: str, tmp_path: Path
) -> None:
    lines = (f"  {quote}servicechain-ha:{key}{quote}: {value}\n" for key, value in settings.items())
    (tmp_path / "settings").write_text("config:\n" + "".join(lines))
    ask = "needs_nodes && echo nodes; needs_monitoring && echo monitoring; true"
    steps = f"source toolchain/lib.sh; source toolchain/steps/prerequisites.sh; SETTINGS={tmp_path}/settings"
    done = run("bash", "-c", f"{steps}; {ask}", SETUP="")
    assert (done.returncode, done.stdout.split(), done.stderr) == (0, needed.split(), "")


def test_a_policy_pack_is_made_again_only_when_it_has_changed(tmp_path: Path) -> None:
    """Two runs in one checkout may start it at once."""
    for part in ("toolchain/lib.sh", "toolchain/policy/pack", "components/__init__.py", "policy/__main__.py"):
        (tmp_path / part).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / part, tmp_path / part)
    for part in ("components/domain", "policy/servicechain_policy"):
        shutil.copytree(ROOT / part, tmp_path / part)

    def made() -> tuple[int, str]:
        done = run(str(tmp_path / "toolchain/policy/pack"), PATH="/usr/bin:/bin")
        assert (done.returncode, done.stderr) == (0, "")
        folder = Path(done.stdout.strip())
        assert folder == tmp_path / ".build/policy", "a CLI of the system would need no copy"
        return folder.stat().st_ino, (folder / "servicechain_policy/fees.py").read_text()

    first = made()
    (tmp_path / ".build/policy/servicechain_policy/__pycache__").mkdir(exist_ok=True)
    assert made() == first
    fees = tmp_path / "policy/servicechain_policy/fees.py"
    fees.write_text(fees.read_text() + "# another limit\n")
    assert made()[1] == fees.read_text()
