"""Local networks that no checkout reaches any more are found and removed; all others stay."""

import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from components.domain.problems.operations.networks import NETWORK_IN_USE, NO_SUCH_NETWORK
from components.dynamic.machines import local_namespaces as namespaces
from components.dynamic.machines.local_network import LocalNetworkProvider, folder_of, leg_of
from components.hosts.local_preflight import missing
from components.topology.local_addresses import default_subnet
from tests.run import lines
from tests.stack import ROOT

MAKE = """
import sys
from components.dynamic.machines.local_network import LocalNetworkProvider
LocalNetworkProvider().create({"network": sys.argv[1], "subnet": sys.argv[2]})
"""


@dataclass(frozen=True)
class Clone:
    """A checkout with a state of its own, and the network that it made."""

    place: Path
    state: Path
    network: str

    def remember(self) -> None:
        """Write a state that has the network, as Pulumi does."""
        stack = self.state / ".pulumi" / "stacks" / "servicechain-ha" / "dev.json"
        stack.parent.mkdir(parents=True)
        stack.write_text(f'{{"outputs": {{"network": "{self.network}"}}}}')

    @property
    def there(self) -> bool:
        """Tell whether the switch runs, and its interface and folder are there."""
        return namespaces.keeper_of(folder_of(self.network)) is not None and folder_of(self.network).is_dir()


@pytest.fixture
def clone(tmp_path: Path) -> Iterator[Clone]:
    """Yield a clone whose network was made by a process that has ended."""
    if missing():
        pytest.skip(" ".join(missing()))
    network = secrets.token_hex(4)
    place = tmp_path / "clones" / "first"
    shutil.copytree(ROOT / "components", place / "components", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "Pulumi.yaml", place)
    state = place / ".state"
    subnet = str(default_subnet(network))
    environment = {**os.environ, "PYTHONPATH": str(place), "PULUMI_BACKEND_URL": state.as_uri()}
    subprocess.run([sys.executable, "-c", MAKE, network, subnet], cwd=place, env=environment, check=True)
    try:
        yield Clone(place, state, network)
    finally:
        LocalNetworkProvider().delete("", {"network": network, "subnet": subnet})


def sweep(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "toolchain.ops.networks", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_network_whose_checkout_is_gone_is_removed_after_a_yes(clone: Clone) -> None:
    shutil.rmtree(clone.place)
    asked = sweep().stdout
    assert f"{clone.network}: 0 host(s), created from {clone.place}" in asked
    assert f"gone: {clone.place} is gone" in asked
    assert "Nothing was removed; YES=1 removes without asking." in asked
    assert clone.there
    named = sweep(clone.network, YES="1")  # by its name, for other networks of this machine are none of this test's
    assert f"{clone.network}: removed" in named.stdout
    assert not clone.there
    assert not folder_of(clone.network).exists()
    assert not Path(f"/sys/class/net/{leg_of(clone.network)}").exists()
    again = sweep(clone.network)
    assert again.returncode == 1
    assert lines(again.stderr, NO_SUCH_NETWORK, clone.network)


def test_a_network_that_a_stack_has_stays_wherever_its_checkout_is(clone: Clone) -> None:
    clone.remember()
    for verdict in ("in use: a stack in ", "in use: its checkout was moved to "):
        found = sweep(clone.network, YES="1")
        assert f"{clone.network}: 0 host(s), created from {clone.place}" in found.stdout
        assert verdict in next(line for line in found.stdout.splitlines() if line.startswith(clone.network))
        assert lines(found.stderr, NETWORK_IN_USE, f"error: {clone.network} ")
        assert clone.there
        if clone.place.exists():
            clone.place.rename(clone.place.parent.parent / "second")


def test_a_network_whose_state_is_gone_is_one_to_remove(clone: Clone) -> None:
    line = next(line for line in sweep().stdout.splitlines() if line.startswith(clone.network))
    assert line.endswith(f"gone: no stack of {clone.place} uses it: its state is gone")


def test_a_network_without_a_note_is_judged_by_what_runs(clone: Clone) -> None:
    (folder_of(clone.network) / ".made-by").unlink()
    line = next(line for line in sweep().stdout.splitlines() if line.startswith(clone.network))
    assert f"created from {clone.place}; unknown: {clone.place} exists" in line
    shutil.rmtree(clone.place)
    line = next(line for line in sweep().stdout.splitlines() if line.startswith(clone.network))
    assert line.endswith(f"gone: {clone.place} is gone")


def test_a_network_of_a_process_at_work_stays(clone: Clone) -> None:
    LocalNetworkProvider().read("", {"network": clone.network, "subnet": str(default_subnet(clone.network))})
    found = sweep(clone.network, YES="1")
    assert f"in use: process {os.getpid()} is working on it" in found.stdout
    assert clone.there
