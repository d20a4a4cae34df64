"""`pulumi new` of this program, and what becomes of the answers. With the real CLI and engine.

Only the last step of `pulumi new`, the installation of Python packages, is left out: its Python always fails.
"""

import os
import subprocess
from pathlib import Path

import pytest
import yaml

from components.domain.problems.settings import MISSING_KEY, UNKNOWN_KEY
from tests.engine.clone import copied
from tests.run import lines
from tests.stack import ROOT


class Made:
    """A folder that `pulumi new` has filled, with a state of its own."""

    def __init__(self, folder: Path, *options: str) -> None:
        template, home, tools = (folder / name for name in ("template", "home", "tools"))
        copied(template)
        self.folder = folder / "made"
        for one in (self.folder, home, tools):
            one.mkdir()
        users = Path(os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi")
        (home / "plugins").symlink_to(users / "plugins")
        (tools / "python3").write_text("#!/bin/sh\nexit 1\n")
        (tools / "python3").chmod(0o755)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PULUMI_", "AWS_"))}
        self.env = {
            **kept,
            "PULUMI_HOME": str(home),
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_BACKEND_URL": home.as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": "p",
        }
        command = ["pulumi", "new", str(template), "--yes", "--stack", "dev", *options]
        asked = self._run(*command, PATH=f"{tools}:{os.environ['PATH']}")
        assert "Saved config" in asked.stdout, asked.stdout + asked.stderr
        (self.folder / ".build").symlink_to(ROOT / ".build")

    @property
    def config(self) -> dict[str, object]:
        """Return the settings in the file of the stack."""
        found: dict[str, object] = yaml.safe_load((self.folder / "Pulumi.dev.yaml").read_text())["config"]
        return found

    def set(self, key: str, value: str) -> None:
        """Do what a user does with Pulumi's CLI."""
        done = self._run("toolchain/run", "pulumi", "config", "set", key, value)
        assert done.returncode == 0, done.stderr

    def preview(self) -> subprocess.CompletedProcess[str]:
        """Do what make preview does after setup."""
        return self._run("toolchain/stack", "preview", "dev")

    def _run(self, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        env = {**self.env, **environment}
        return subprocess.run(command, env=env, cwd=self.folder, capture_output=True, text=True, check=False)


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return Made(tmp_path, "--name", "mine", "--config", "servicechain-ha:pairs=alpha, beta, gamma")


def test_the_answers_make_a_local_bridge_and_name_what_another_target_lacks(made: Made) -> None:
    project = yaml.safe_load((made.folder / "Pulumi.yaml").read_text())
    assert project["name"] == "mine"
    assert "template" not in project
    asked = ("target", "parentChain", "serviceChain", "pairs", "threshold")
    assert [made.config[f"servicechain-ha:{key}"] for key in asked] == [
        "local",
        "private",
        "3000",
        "alpha, beta, gamma",
        "1",
    ]

    done = made.preview()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 pairs, threshold 1: survives the loss of 2 pairs" in done.stdout
    assert all(f"{name}-scn" in done.stdout for name in ("alpha", "beta", "gamma"))
    assert (made.folder / ".state/dev/identity-seed").is_file()

    made.set("servicechain-ha:target", "aws")
    made.set("servicechain-ha:parentChain", "kairos")
    made.set("threshold", "2")  # Pulumi puts the name of the project in front
    done = made.preview()
    assert done.returncode == 1
    told = done.stdout + done.stderr
    assert lines(told, MISSING_KEY, "servicechain-ha:aws", "region")
    assert lines(told, UNKNOWN_KEY, "mine:threshold", "servicechain-ha:threshold")
