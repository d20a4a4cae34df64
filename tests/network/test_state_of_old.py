"""What an older version of the program has brought up, this version leaves as it is.

The older version is the newest commit of the main line that is half a day older than the last one: what stacks were
brought up with before the work at hand began. OLD_PROGRAM=commit takes another one. Skipped where the history of the
repository is not there.
"""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from components.hosts.local_preflight import missing
from tests.network.conftest import make_stack
from tests.network.network import CHAINS, Network
from tests.stack import ROOT, Stack, settings

pytestmark = pytest.mark.skipif(bool(missing()), reason=" ".join(missing()))

HALF_A_DAY = 12 * 3600

WITH_ALL = settings(
    serviceChain={"chainId": 3000, "nodes": ["scn-1"]},
    pairs=[{"name": "alpha", "scn": "scn-1"}],
    tokens=[{"name": f"my-{kind}", "kind": kind, "development": True} for kind in ("erc20", "erc721")],
)
"""The smallest stack with a resource of every kind that there is on machines of this computer."""

RECORDED = {("update", "BridgeRegistration"), ("update", "NodeToken")}
"""Of these the state gets the command of today with which a removal restarts the SCN. Nothing is run for that."""


def git(*command: str) -> bytes:
    # Under sudo the checkout is another user's.
    done = subprocess.run(["git", "-c", "safe.directory=*", *command], cwd=ROOT, capture_output=True, check=False)
    if done.returncode:
        pytest.skip(f"git has no history here: {done.stderr.decode().strip()}")
    return done.stdout


def older() -> str:
    """Return the commit whose program is the older one."""
    if given := os.environ.get("OLD_PROGRAM"):
        return given
    since = int(git("log", "-1", "--format=%ct")) - HALF_A_DAY
    found = git("rev-list", "-1", "--first-parent", f"--before={since}", "HEAD").decode().strip()
    if not found:
        pytest.skip("the history of this clone does not go back half a day: clone it whole")
    return found


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    """Yield a stack that the older program has brought up; it is destroyed by the present one."""
    commit, program = older(), tmp_path / "older"
    print(git("log", "-1", "--format=%h %cd %s", commit).decode())
    for folder in (program, own := tmp_path / "stack"):
        folder.mkdir()
    subprocess.run(["tar", "-x", "-C", program], input=git("archive", commit), check=True)
    (program / ".build").symlink_to(ROOT / ".build")
    with make_stack(own, WITH_ALL, program) as stack:
        stack.up()
        stack.run_program_of(ROOT)
        yield stack


def traces_of_work(network: Network) -> dict[str, object]:
    """Return what a restart or a transaction would change."""
    ids: dict[str, object] = {node: network.run(node, "pgrep -o 'k(en|scn|cn)$'") for node in network.endpoints}
    return ids | {name: network.nonce(name, owner.account().address) for name, owner in network.owners.items()}


def test_a_stack_of_an_older_program_is_left_as_it_is(stack: Stack) -> None:
    network = Network(stack)
    before = traces_of_work(network)
    assert before.keys() > set(CHAINS)
    kinds = {resource["type"].rpartition(":")[2] for resource in stack.resources()}
    run = stack.preview()
    touched = {(step.verb, step.type) for step in run.steps if step.verb != "create" or step.type in kinds}
    assert touched <= RECORDED
    stack.up()
    assert traces_of_work(network) == before
    assert stack.preview(expect_no_changes=True).steps == []
