"""Plain Pulumi in a clone, with a CLI and python3 on PATH: nothing of the toolchain, and none of its variables.

Where `pulumi install` is left out, as it downloads packages for a minute, `.build/venv`, which it makes, is a link. A
user's CLI runs the Python in it; that of `make setup` has an older language host, which runs the python3 on PATH. Both
are the same here. `pulumi install` itself needs a user's CLI, such as the one that runners of GitHub have.
"""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from components.domain.problems.packages import PACKAGE_UNUSABLE
from components.domain.problems.settings import CONTRACT_FILE
from components.domain.seed import derive
from tests.engine.clone import SMALL, copied
from tests.run import lines
from tests.stack import ROOT

SYSTEM = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
SEED = derive("00" * 32, "plain")
PASSPHRASE = "correct horse"
PROGRAMS = ("ken", "kscn", "kcn")


OF_USERS = ("PIP_", "SSL_", "REQUESTS_", "HTTP_", "HTTPS_", "NO_PROXY")
"""Begin variables by which a user's pip finds its index."""


class Plain:
    """A clone after `pulumi install`, or before."""

    def __init__(self, folder: Path, *, installed: bool = True) -> None:
        self.folder = folder / "clone"
        copied(self.folder)
        self.settings = self.folder / "Pulumi.mine.yaml"
        build, tools, home = self.folder / ".build", folder / "tools", folder / "home"
        for one in (build, tools, home / ".pulumi"):
            one.mkdir(parents=True)
        python = ROOT / ".build/venv/bin/python3"
        if installed:
            (build / "venv").symlink_to(ROOT / ".build/venv")
        else:
            python = python.resolve()  # without any package
        for program in Path(shutil.which("pulumi") or "").parent.glob("pulumi*"):
            (tools / program.name).symlink_to(program)
        (tools / "python3").write_text(f'#!/bin/sh\nexec {python} "$@"\n')
        (tools / "python3").chmod(0o755)
        users = Path(os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi")
        (home / ".pulumi/plugins").symlink_to(users / "plugins")
        self.env = {
            **{name: value for name, value in os.environ.items() if name.upper().startswith(OF_USERS)},
            "HOME": str(home),
            "PULUMI_HOME": str(home / ".pulumi"),
            "PATH": f"{tools}:{SYSTEM}",
            "PULUMI_BACKEND_URL": home.as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        }

    def begin(self) -> None:
        """Make a stack with the settings of the development stack, as docs/getting-started.md says."""
        shutil.copy(self.folder / "Pulumi.dev.yaml", self.settings)
        self.ok("stack", "init", "mine")
        self.ok("config", "set", "--secret", "servicechain-ha:identitySeed", typed=SEED)
        self.ok("config", "rm", "servicechain-ha:identitySeedFile")

    def give(self) -> None:
        """Name what make builds in the settings."""
        built = ROOT / ".build"
        archives = {program: str(next((built / "packages").glob(f"{program}-*.tar.gz"))) for program in PROGRAMS}
        told = yaml.safe_load(self.settings.read_text())
        told["config"]["servicechain-ha:packages"] = {program: {"file": file} for program, file in archives.items()}
        told["config"]["servicechain-ha:bridge"] = {"artifact": str(built / "bridge/Bridge.json")}
        self.settings.write_text(yaml.safe_dump(told))

    def pulumi(self, *options: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command of Pulumi."""
        return subprocess.run(
            ["pulumi", "--non-interactive", *options],
            env=self.env,
            cwd=self.folder,
            input=typed,
            capture_output=True,
            text=True,
            check=False,
        )

    def ok(self, *options: str, typed: str = "") -> str:
        """Run one that has to succeed; return what it printed."""
        done = self.pulumi(*options, typed=typed)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture
def plain(tmp_path: Path) -> Plain:
    return Plain(tmp_path)


def test_packages_are_installed_where_the_program_is_run() -> None:
    project = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())
    assert project["runtime"] == {"name": "python", "options": {"virtualenv": ".build/venv"}}
    pins = [line for line in (ROOT / "requirements.txt").read_text().splitlines() if line and line[0] not in " #"]
    assert any(pin.startswith("pulumi==") for pin in pins), (
        "pulumi install reads this file in the folder of the project"
    )
    assert all("==" in pin for pin in pins)


@pytest.mark.nightly
@pytest.mark.skipif(
    Path(shutil.which("pulumi") or "").parent == ROOT / ".build/bin",
    reason="the language host of make setup does not know where the project wants its packages",
)
def test_what_pulumi_installs_is_enough(tmp_path: Path) -> None:
    """But for the plugins, which come from Pulumi's own server: those of this machine are used."""
    plain = Plain(tmp_path, installed=False)
    before = {one.name for one in plain.folder.iterdir()}
    plain.ok("install", "--no-plugins")
    assert {one.name for one in plain.folder.iterdir()} == before
    assert (plain.folder / ".build/venv/pyvenv.cfg").is_file()
    plain.begin()
    plain.give()
    assert "2 pairs, threshold 1: survives the loss of 1 pair" in plain.ok("preview")


def test_a_stack_of_its_own_is_previewed(plain: Plain) -> None:
    plain.begin()
    lacking = plain.pulumi("preview")
    told = lacking.stdout + lacking.stderr
    assert lacking.returncode != 0
    for program in PROGRAMS:
        assert lines(told, PACKAGE_UNUSABLE, program, "servicechain-ha:packages")
    assert lines(told, CONTRACT_FILE, "bridge.artifact")

    plain.give()
    plan = plain.ok("preview")
    assert "2 pairs, threshold 1: survives the loss of 1 pair" in plan
    assert SEED not in plan
    assert not (plain.folder / ".state").exists()
    assert [one.name for one in (plain.folder / ".build").iterdir()] == ["venv"], "nothing was built"


def test_a_stack_is_brought_up_and_destroyed(plain: Plain) -> None:
    """With a short program: the resources of the whole one are brought up in tests/network."""
    (plain.folder / "__main__.py").write_text(SMALL.read_text())
    plain.begin()
    plain.give()
    plain.ok("up", "--yes")
    plain.ok("preview", "--expect-no-changes")
    assert SEED not in plain.ok("stack", "export")
    plain.ok("destroy", "--yes")
    plain.ok("stack", "rm", "mine", "--yes")
