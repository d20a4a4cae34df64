"""`make upgrade` with the real Pulumi, on a state of version 1 whose machines are not there."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from components.domain.problems.operations.machines import MACHINE_SILENT
from components.domain.problems.packages import UPGRADE_REFUSED
from components.settings.sentences import NAMESPACE
from tests.engine.empty_stack import Empty
from tests.run import lines
from tests.state.stacks import AWS, PASSPHRASE, path_of

QUESTION = """
settings() { pulumi config --show-secrets --json --stack "$1" --config-file "$2" </dev/null; }
pulumi stack export --show-secrets --stack "$1" | python -m toolchain.ops.upgrade changes <(settings "$@")
"""
"""What toolchain/stack asks, once all nodes are healthy."""
KSCN = f"{NAMESPACE}:packages.kscn"


@pytest.fixture
def kept(empty: Empty, tmp_path: Path) -> Empty:
    """Return a stack with the kept state of a stack on AWS."""
    stack = replace(empty, env={**empty.env, "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE})
    file = tmp_path / "state.json"
    file.write_text(path_of("aws").read_text().replace("urn:pulumi:v1::", f"urn:pulumi:{empty.name}::"))
    done = run(stack, tmp_path, "stack", "import", "--file", str(file))
    assert done == "", done
    return stack


def run(stack: Empty, folder: Path, *words: str) -> str:
    """Run plain Pulumi; return what it says of what went wrong."""
    command = ["toolchain/run", "pulumi", "-C", str(folder), *words, "--stack", stack.name]
    done = stack.run(*command)
    return "" if done.returncode == 0 else done.stderr


def test_a_stack_whose_machines_do_not_answer_is_not_upgraded(kept: Empty) -> None:
    done = kept.run("toolchain/stack", "upgrade", kept.name)
    assert done.returncode == 1
    assert lines(done.stderr, UPGRADE_REFUSED, kept.name)
    for node in ("alpha-en", "scn-1"):
        assert lines(done.stderr, MACHINE_SILENT, node)


def test_settings_are_compared_as_pulumi_gives_them_to_the_program(kept: Empty, tmp_path: Path) -> None:
    file = tmp_path / "settings.yaml"
    config: dict[str, Any] = {f"{NAMESPACE}:{key}": value for key, value in AWS.items()}
    file.write_text(json.dumps({"config": config}))
    asked = ("toolchain/run", "bash", "-euo", "pipefail", "-c", QUESTION, "-", kept.name, str(file))
    same = kept.run(*asked)
    assert (same.returncode, same.stdout.strip()) == (0, ""), same.stderr
    for name, *value in (
        (f"{KSCN}.url", "--secret", "https://archives.test/kscn-v2.2.2.tar.gz"),
        (f"{KSCN}.version", "v2.2.2"),
    ):
        assert run(kept, tmp_path, "config", "set", "--config-file", str(file), "--path", name, *value) == ""
    other = kept.run(*asked)
    assert (other.returncode, other.stdout) == (0, "scn-1: v1.0.3 -> v2.2.2\n"), other.stderr
    assert "secure" in file.read_text()
