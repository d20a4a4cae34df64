"""A preview before anything exists: the whole plan, and nothing touched."""

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from components.domain.problems.packages import PAST_FORK_UNKNOWN, STOPPED_AT_FORK
from components.domain.seed import derive
from components.dynamic.secrets.ssh_key import public_key
from tests.run import Failed, Run
from tests.stack import Settings, Stack, settings
from toolchain.github.plan_calls import calls

Preview = Callable[[Settings], Run]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Stack:
    return Stack(tmp_path_factory.mktemp("preview"), settings())


@pytest.fixture(scope="module")
def plan(stack: Stack) -> Iterator[Run]:
    yield stack.preview(diff=True)
    assert traces(stack) == []


def traces(stack: Stack) -> list[str]:
    """Return what there is of a stack's network on this machine: interfaces and folders."""
    links = subprocess.run(["ip", "-brief", "link"], capture_output=True, text=True, check=True).stdout
    return [line for line in links.splitlines() if stack.network_id in line] + [
        str(path) for path in Path("/var/lib/servicechain-ha").glob(f"{stack.network_id}*")
    ]


def full_preview(stack: Stack) -> str:
    """Return a preview with every value in full, which the Automation API has no option for."""
    workspace = stack.automation.workspace
    options = ["--diff", "--show-full-output", "--color", "never", "--non-interactive", "--stack", stack.name]
    environment = {**workspace.env_vars, "PULUMI_HOME": str(workspace.pulumi_home)}
    return workspace.pulumi_command.run(["preview", *options], str(stack.folder), environment).stdout


def test_everything_is_planned(plan: Run) -> None:
    made = {(step.type.rpartition(":")[2], step.name) for step in plan.steps if step.verb == "create"}
    assert {
        ("LocalHost", host) for host in ("parent", "alpha-en", "beta-en", "scn-1", "scn-2", "scn-3", "scn-4")
    } <= made
    for chain in ("parent", "child"):
        assert ("BridgeContract", f"{chain}-bridge") in made
        assert ("OperatorThreshold", f"{chain}-threshold") in made
        assert {("BridgeOperator", f"{scn}-{chain}-vote") for scn in ("scn-1", "scn-2")} <= made
    assert {("BridgeRegistration", f"{scn}-registration") for scn in ("scn-1", "scn-2")} <= made
    assert {step.verb for step in plan.steps} == {"create"}


def test_the_comment_on_it_names_calls_and_payers(plan: Run) -> None:
    found = "\n".join(calls(plan.text.splitlines()))
    for chain in ("parent", "child"):
        (head,) = re.findall(rf"^{chain} chain \d+: .*0x[0-9a-fA-F]{{40}}$", found, re.MULTILINE)
        below = found.partition(head)[2]
        assert f"  1 x create BridgeContract: {chain}-bridge\n" in below
        assert f"  2 x create BridgeOperator: scn-1-{chain}-vote, scn-2-{chain}-vote\n" in below
    assert "  4 x create ChildValidator: " in found


def test_operators_and_knis_are_known(plan: Run) -> None:
    assert len(set(re.findall(r"parentOperator *: \"(0x[0-9a-fA-F]{40})\"", plan.text))) == 2
    assert len(set(re.findall(r"childOperator *: \"(0x[0-9a-fA-F]{40})\"", plan.text))) == 2
    assert "2 pairs, threshold 1: survives the loss of 1 pair, no hostile operator" in plan.text


def test_file_contents_are_shown_but_no_secret(stack: Stack) -> None:
    shown = full_preview(stack)
    assert re.search(r"kni://[0-9a-f]{128}@100\.\d+\.\d+\.\d+:50505\?discport=0", shown)
    for line in (
        "SC_MAIN_BRIDGE=1",
        "SC_SUB_BRIDGE=1",
        "SC_PARENT_CHAIN_ID=2020",
        "SC_ANCHORING=1",
        "SC_ANCHORING_PERIOD=5",
    ):
        assert line in shown
    assert re.search(r"chainId *: 3000", shown)
    assert_no_secret(shown, stack)


def test_no_secret_is_shown(plan: Run, stack: Stack) -> None:
    assert_no_secret(plan.text, stack)


def assert_no_secret(text: str, stack: Stack) -> None:
    labels = ["node/scn-1", "operator/scn-1/parent", "operator/scn-1/child", "owner/parent", "ssh-client"]
    for secret in (stack.seed, stack.passphrase, *(derive(stack.seed, label) for label in labels)):
        assert secret not in text
    assert "PRIVATE KEY" not in text


def test_resources_follow_the_names_of_pairs(preview: Preview, plan: Run) -> None:
    """A pair added in front adds resources of its own, and no other is named anew."""
    pairs = [{"name": "gamma", "scn": "scn-3"}, *settings()["pairs"]]
    more = {(step.type, step.name) for step in preview(settings(pairs=pairs)).steps}
    fewer = {(step.type, step.name) for step in plan.steps}
    assert fewer < more
    assert all("gamma" in name or "scn-3" in name for _, name in more - fewer)


def test_a_preview_does_not_depend_on_the_run(stack: Stack, plan: Run) -> None:
    """What is shown is what will be: a second preview shows the same keys and addresses."""
    again = stack.preview(diff=True)
    addresses = re.compile(r"0x[0-9a-fA-F]{40}|kni://\S+|ssh-ed25519 \S+")
    assert set(addresses.findall(again.text)) == set(addresses.findall(plan.text))


def test_state_of_a_previewed_stack_is_empty(stack: Stack, plan: Run) -> None:
    assert plan.steps
    assert json.loads(stack.state)["deployment"].get("resources", []) == []


def test_a_new_en_that_its_network_would_leave_behind_is_refused_before_any_machine(tmp_path: Path) -> None:
    names = ["alpha-en", "beta-en", "scn-1", "scn-2", "scn-3", "scn-4"]
    hosts = {name: {"address": f"192.0.2.{i}", "hostKey": public_key("3d" * 32)} for i, name in enumerate(names, 11)}
    packages = {
        program: {"url": f"https://archives.test/{program}-{version}.tar.gz", "sha256": "ab" * 32}
        for program, version in (("ken", "v2.2.1"), ("kscn", "v1.0.3"))
    }
    existing = {"user": "ubuntu", "hosts": hosts, "diskGib": 50}
    config = settings(target="existing", parentChain={"network": "mainnet"}, packages=packages, existing=existing)
    with pytest.raises(Failed) as failure:
        Stack(tmp_path, config).preview()
    run = failure.value.run
    assert "Traceback" not in run.text
    assert run.lines(PAST_FORK_UNKNOWN, "-en: ken v2.2.1", "Osaka", "213,333,000", "v2.2.2 or newer")
    assert [one for one in run.warnings if STOPPED_AT_FORK.code in one]
    kinds = {step.type for step in run.steps}
    assert kinds.isdisjoint({"HostPreflight", "ExistingHost", "Command", "CopyToRemote", "RunningNode"})
