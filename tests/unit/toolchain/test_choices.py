"""What the user provides in place of a build: it is remembered, and never replaced by a build unasked."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from components.domain.problems.setup import ARCHIVES_UNCLEAR, CHOICE_GONE, FILE_MISSING
from components.domain.versions import BUILT
from components.settings.sections.packages import BUILT_FOLDER, taken

ROOT = Path(__file__).resolve().parents[3]
NODES = ("ken", "kscn", "kcn")
VARIABLES = ("NODE_ARCHIVES", "BRIDGE_ARTIFACT", "PULUMI_COMMAND_PLUGIN")

SCRIPT = """
source toolchain/lib.sh
for step in choices prerequisites nodes archives plugin; do source "$TOOLS/steps/$step.sh"; done
needs_nodes() { [[ ${SETUP:-} != preview ]]; }
users_pulumi() { :; }
build_archives() { for node in "${NODES[@]}"; do echo built >"$1/$(archive_name "$node")"; done; say built nodes; }
extract_bridge() { echo built >"$1/Bridge.json"; say built bridge; }
install_plugin() { mkdir -p "$(plugin_in "$BUILD/pulumi-home")"; say "installed ${1##*/}"; }
build_plugin() { install_plugin built; }
problems=()
recall_choices
find_missing_files
((${#problems[@]} == 0)) || { printf 'error: %s\\n' "${problems[@]}" >&2; exit 1; }
set_up_command_plugin
set_up_bridge
! needs_nodes || set_up_nodes
"""
"""The steps of toolchain/setup that take a choice, with builds that take no time."""


@dataclass(frozen=True)
class Checkout:
    """A copy of the toolchain, with its own .build."""

    folder: Path

    def setup(self, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run the steps."""
        kept = {name: value for name, value in os.environ.items() if name not in VARIABLES}
        env = {**kept, **environment}
        return subprocess.run(
            ["bash", "-c", SCRIPT], cwd=self.folder, env=env, capture_output=True, text=True, check=False
        )

    @property
    def archives(self) -> dict[str, str]:
        """Return the content of the archives by name."""
        return {file.name: file.read_text() for file in (self.folder / BUILT_FOLDER).iterdir()}

    def give(self, *names: str) -> Path:
        """Make a folder with files; return it."""
        folder = self.folder / "given"
        folder.mkdir(exist_ok=True)
        for name in names:
            (folder / name).write_text(f"given as {name}")
        return folder


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    (tmp_path / "toolchain").mkdir()
    shutil.copy(ROOT / "toolchain/lib.sh", tmp_path / "toolchain")
    shutil.copytree(ROOT / "toolchain/steps", tmp_path / "toolchain/steps")
    return Checkout(tmp_path)


def lines(done: subprocess.CompletedProcess[str], word: str) -> list[str]:
    assert done.returncode == 0, done.stderr
    return [line for line in done.stderr.splitlines() if word in line]


def archives(version: str) -> list[str]:
    return [f"{node}-{version}-linux-amd64.tar.gz" for node in NODES]


OFFICIAL = archives("v2.2.1-0")
TAKEN = {f"{node}-v2.2.1-linux-amd64.tar.gz": f"given as {name}" for node, name in zip(NODES, OFFICIAL, strict=True)}
OURS = dict.fromkeys(archives(BUILT), "built\n")


def test_what_was_given_once_is_used_by_later_commands(checkout: Checkout) -> None:
    given = checkout.give(*OFFICIAL, "Bridge.json", "plugin", "README", "kspn-v2.2.1-0-linux-amd64.tar.gz")
    first = checkout.setup(
        NODE_ARCHIVES="given", BRIDGE_ARTIFACT="given/Bridge.json", PULUMI_COMMAND_PLUGIN=str(given / "plugin")
    )
    assert lines(first, "installed") == ["==> installed plugin"]
    for later in (checkout.setup(), checkout.setup(SETUP="preview"), checkout.setup()):
        assert lines(later, "==> built ") == lines(later, "installed") == []
    assert checkout.archives == TAKEN
    assert (checkout.folder / ".build/bridge/Bridge.json").read_text() == "given as Bridge.json"
    for done in (first, later):
        for name, path in zip(VARIABLES, ("", "/Bridge.json", "/plugin"), strict=True):
            (line,) = lines(done, f" {given}{path},")
            assert f"{name}=built" in line


@pytest.mark.parametrize("back", ["built", ""])
def test_a_choice_is_taken_back_in_words(checkout: Checkout, back: str) -> None:
    given = checkout.give(*OFFICIAL, "Bridge.json", "plugin")
    places = dict(zip(VARIABLES, (str(given), f"{given}/Bridge.json", f"{given}/plugin"), strict=True))
    checkout.setup(**places)
    done = checkout.setup(**dict.fromkeys(VARIABLES, back))
    told = [line.partition("no longer ")[2] for line in lines(done, "no longer ")]
    assert sorted(told) == sorted(places.values())
    assert checkout.archives == OURS
    later = checkout.setup()
    assert later.stderr == "==> command plugin: offline build (toolchain/command)\n"
    assert checkout.archives == OURS


def test_a_choice_is_changed(checkout: Checkout) -> None:
    checkout.setup(NODE_ARCHIVES=str(checkout.give(*OFFICIAL)))
    other = checkout.folder / "other"
    other.mkdir()
    for name in archives("v3.0.0"):
        (other / name).write_text("other")
    assert lines(checkout.setup(NODE_ARCHIVES="other"), f"{other}, from now on")
    assert lines(checkout.setup(), f"{other}, as before")
    assert checkout.archives == dict.fromkeys(archives("v3.0.0"), "other")


def test_what_is_remembered_and_gone_is_not_replaced_by_a_build(checkout: Checkout) -> None:
    given = checkout.give(*OFFICIAL, "Bridge.json", "plugin")
    places = dict(zip(VARIABLES, (str(given), f"{given}/Bridge.json", f"{given}/plugin"), strict=True))
    checkout.setup(**places)
    shutil.rmtree(given)
    for _ in range(2):
        done = checkout.setup()
        assert done.returncode == 1
        told = done.stderr.splitlines()
        assert len(told) == len(VARIABLES)
        for name, place in places.items():
            (line,) = [line for line in told if line.startswith(f"error: {name} was {place} before")]
            assert f"{name}=built" in line
            assert line.endswith(f"[{CHOICE_GONE.code}]")
    assert lines(checkout.setup(SETUP="preview", BRIDGE_ARTIFACT="built", PULUMI_COMMAND_PLUGIN="built"), "==> built ")


def test_nothing_that_cannot_be_used_is_remembered(checkout: Checkout) -> None:
    done = checkout.setup(NODE_ARCHIVES="nowhere", BRIDGE_ARTIFACT="nowhere/Bridge.json")
    assert done.returncode == 1
    assert [line.endswith(f"[{FILE_MISSING.code}]") for line in done.stderr.splitlines()] == [True, True]
    assert lines(checkout.setup(), "==> built nodes")


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (archives("v2.2.1")[:2], ["none of kcn"]),
        ([], ["none of ken", "none of kscn", "none of kcn"]),
        ([*OFFICIAL, "ken-v1.0.3-linux-amd64.tar.gz"], [f"ken-v1.0.3-linux-amd64.tar.gz {OFFICIAL[0]}"]),
        (archives("2.2.1"), ["none of ken", "none of kscn", "none of kcn"]),
        ([*OFFICIAL[:2], "kcn-v2.2.1-0-linux-arm64.tar.gz"], ["none of kcn"]),
    ],
)
def test_an_unclear_folder_is_refused_with_what_is_in_it(checkout: Checkout, names: list[str], told: list[str]) -> None:
    done = checkout.setup(NODE_ARCHIVES=str(checkout.give(*names)))
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.endswith(f"[{ARCHIVES_UNCLEAR.code}]")
    assert f"it has {'; '.join(told)}." in line
    assert not (checkout.folder / ".build").exists()


def test_versions_may_differ(checkout: Checkout) -> None:
    mixed = [archives("v2.2.1-0")[0], archives(BUILT)[1], archives("v3.0.0-rc.1-0")[2]]
    checkout.setup(NODE_ARCHIVES=str(checkout.give(*mixed)))
    assert taken([*checkout.archives]) == {
        "ken": {"file": f"{BUILT_FOLDER}/ken-v2.2.1-linux-amd64.tar.gz", "version": "v2.2.1"},
        "kcn": {"file": f"{BUILT_FOLDER}/kcn-v3.0.0-linux-amd64.tar.gz", "version": "v3.0.0"},
    }


OF_PAIR = '    - {name: a, scn: scn-1, packages: {ken: {url: "https://h/ken-v2.2.1"}}}'


@pytest.mark.parametrize(
    ("lines", "needed"),
    [
        (["  servicechain-ha:packages:", "    ken:", "      url: https://h/ken-v1.0.3"], False),
        (["  servicechain-ha:packages: {ken: {url: https://h/ken-v1.0.3}}"], False),
        (["  servicechain-ha:packages:", "    ken: ken-v1.0.3  # url: https://h/ken-v1.0.3"], True),
        (["  servicechain-ha:pairs:", OF_PAIR], True),
        (["  servicechain-ha:packages:", "    ken: ken-v1.0.3", "  servicechain-ha:pairs:", OF_PAIR], True),
        (None, True),
    ],
)
def test_nodes_are_built_unless_the_stack_downloads_them(
    lines: list[str] | None, *, needed: bool, tmp_path: Path
) -> None:
    settings = tmp_path / "settings"
    if lines is not None:
        settings.write_text("\n".join(["config:", *lines]))
    script = f'source toolchain/lib.sh; source "$TOOLS/steps/prerequisites.sh"; SETTINGS={settings}; needs_nodes'
    done = subprocess.run(["bash", "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (int(not needed), "")


def test_setup_builds_the_version_that_the_program_expects() -> None:
    script = 'source toolchain/lib.sh; source "$TOOLS/steps/nodes.sh"; echo "$NODE_VERSION"'
    done = subprocess.run(["bash", "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == f"{BUILT}\n"
    module = (ROOT / "toolchain/nodes/go.mod").read_text()
    assert f"\nrequire github.com/kaiachain/kaia {BUILT}\n" in module
