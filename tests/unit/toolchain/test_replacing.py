"""What `make replace` replaces, and what it refuses."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from components.chain.errors import NotReady, Unreachable
from components.domain.problems.chains import NODE_BEHIND
from components.domain.problems.nodes import NODE_DOWN
from components.domain.problems.operations.machines import (
    CHAIN_WAITS_FOR_MACHINE,
    CHILD_CHAIN_LOST,
    OTHERS_UNHEALTHY,
    PARENT_CHAIN_LOST,
    TWO_MACHINES,
    UNKNOWN_MACHINE,
)
from components.domain.problems.problem import Problem
from tests.unit.fake_node import CHILD, PARENT
from toolchain.ops import replace
from toolchain.ops.replace import Refused, Stack

ROOT = Path(__file__).resolve().parents[3]
BOOT = "pulumi-python:dynamic/servicechain:Boot"
HEAD = "urn:pulumi:dev::servicechain-ha::"


def resource(type_: str, name: str, **outputs: object) -> dict[str, Any]:
    return {"urn": f"{HEAD}{type_}::{name}", "type": type_, "outputs": outputs}


def node(name: str, role: str, machine: str = "pulumi-python:dynamic/servicechain:LocalHost") -> list[dict[str, Any]]:
    login = {"node": name, "host": name, "private_key": "k", "host_key": "h", "ipc": "/srv/klay.ipc"}
    of_machine = f"{name}-boot" if machine == BOOT else name
    return [
        resource("pulumi-python:dynamic/servicechain:RunningNode", name, node=login, role=role),
        resource(machine, of_machine),
    ]


def export(*nodes: list[dict[str, Any]], serving: str = "") -> dict[str, Any]:
    resources = [one for each in nodes for one in each]
    if serving:
        login = {"node": serving}
        kind = "pulumi-python:dynamic/servicechain:BridgeRegistration"
        resources.append(
            resource(kind, f"{serving}-registration", node=login, child_bridge=CHILD, parent_bridge=PARENT)
        )
    return {"deployment": {"resources": resources}}


@pytest.mark.parametrize("pattern", ["pulumi-python:dynamic/servicechain:LocalHost::scn-{}", f"{BOOT}::scn-{{}}-boot"])
def test_an_up_replaces_no_two_machines(pattern: str) -> None:
    urns = [f"{HEAD}{pattern.format(i)}" for i in (1, 2)]
    command = [str(ROOT / "toolchain/stack"), "up", "no-such-stack", "--replace", urns[0], f"--replace={urns[1]}"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert run.stderr.startswith("error: ")
    assert TWO_MACHINES.code in run.stderr
    assert not (ROOT / ".state/no-such-stack").exists()


SCNS = [node(f"scn-{i}", "scn") for i in range(1, 5)]
ALL = export(node("parent", "validator"), *SCNS, node("alpha-en", "en"), serving="scn-1")


@pytest.mark.parametrize("name", ["scn-1", "alpha-en"])
def test_the_resource_of_a_local_machine_is_replaced(name: str) -> None:
    assert Stack.of(ALL).urn(name) == f"{HEAD}pulumi-python:dynamic/servicechain:LocalHost::{name}"


def test_the_monitor_is_replaced_whatever_the_chains_need() -> None:
    host = "pulumi-python:dynamic/servicechain:LocalHost"
    stack = Stack.of(export(node("parent", "validator"), node("scn-1", "scn"), [resource(host, "monitor")]))
    assert stack.urn("monitor") == f"{HEAD}{host}::monitor"
    stack.require_spare("monitor")
    assert stack.pause("monitor") is None
    on_aws = Stack.of(export(node("scn-1", "scn", BOOT), [resource(BOOT, "monitor-boot")]))
    assert on_aws.urn("monitor") == f"{HEAD}{BOOT}::monitor-boot", "with its boot goes the instance, and not its disk"


def test_the_bastion_that_the_stack_made_is_replaced_like_a_machine() -> None:
    stack = Stack.of(export(node("scn-1", "scn", BOOT), [resource(BOOT, "bastion-boot")]))
    assert stack.urn("bastion") == f"{HEAD}{BOOT}::bastion-boot"
    stack.require_spare("bastion")


def test_the_resource_of_a_machine_that_existed_is_the_claim_on_it() -> None:
    kind = "pulumi-python:dynamic/servicechain:ExistingHost"
    stack = Stack.of(export(node("scn-1", "scn", kind), node("scn-2", "scn", kind)))
    assert stack.urn("scn-1") == f"{HEAD}{kind}::scn-1"


def test_the_resource_of_a_machine_on_aws_is_its_boot() -> None:
    stack = Stack.of(export(node("scn-1", "scn", BOOT), node("scn-2", "scn", BOOT)))
    assert stack.urn("scn-1") == f"{HEAD}{BOOT}::scn-1-boot"


def test_what_ends_with_an_instance_is_refreshed_before_it_is_replaced() -> None:
    kinds = {
        "instance": "aws:ec2/instance:Instance",
        "data": "aws:ec2/volumeAttachment:VolumeAttachment",
        "running": "aws:ec2transitgateway/instanceState:InstanceState",
    }
    cloud = [resource(kind, f"scn-1-{part}") for part, kind in kinds.items()]
    others = [resource("aws:ebs/volume:Volume", "scn-1-data"), resource(kinds["instance"], "scn-2-instance")]
    stack = Stack.of(export(node("scn-1", "scn", BOOT), node("scn-2", "scn", BOOT), cloud, others))
    assert stack.instances["scn-1"] == [one["urn"] for one in cloud]
    assert Stack.of(ALL).instances["scn-1"] == []


@pytest.mark.parametrize(
    ("of", "name", "problem", "values"),
    [
        (ALL, "scn-9", UNKNOWN_MACHINE, ("'scn-9'", "alpha-en, parent, scn-1, ")),
        (ALL, "parent", PARENT_CHAIN_LOST, ("parent ",)),
        (export(node("scn-1", "scn"), node("alpha-en", "en")), "scn-1", CHILD_CHAIN_LOST, ("scn-1 is the only SCN",)),
        ({}, "scn-1", UNKNOWN_MACHINE, ("'scn-1'", "none", "make up")),
    ],
)
def test_what_would_be_lost_is_not_replaced(
    of: dict[str, Any], name: str, problem: Problem, values: tuple[str, ...]
) -> None:
    with refused(problem, *values):
        Stack.of(of).urn(name)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    world = SimpleNamespace(dead=set(), stuck=set(), live=True, council=4, apart={})

    class Node:
        """A console."""

        def __init__(self, at: Any) -> None:
            if at.node in world.dead:
                raise Unreachable(NODE_DOWN(f"{at.node}: no node listens"))
            self.node = at.node

        def close(self) -> None:
            """Do nothing."""

    def catch_up(console: Node) -> None:
        if console.node in world.stuck:
            raise NotReady(NODE_BEHIND(f"{console.node}: is at block 3"))

    monkeypatch.setattr(replace, "Console", Node)
    monkeypatch.setattr(replace, "wait_until_caught_up", catch_up)
    monkeypatch.setattr(replace, "settled_registration", lambda *_known: SimpleNamespace(live=world.live))
    seats = {f"scn-{i}" for i in range(1, 5)}
    monkeypatch.setattr(replace, "council", lambda _console: set(sorted(seats)[: world.council]))
    monkeypatch.setattr(replace, "living", lambda console: seats - world.dead - world.apart.get(console.node, set()))
    monkeypatch.setattr(replace, "node_address", lambda console: console.node)
    return world


@contextmanager
def refused(problem: Problem, *values: str) -> Iterator[None]:
    with pytest.raises(Refused, match=problem.code) as error:
        yield
    for value in values:
        assert value in str(error.value)


def test_all_the_others_have_to_be_well_and_each_that_is_not_is_told(world: SimpleNamespace) -> None:
    stack = Stack.of(ALL)
    stack.require_healthy(list(stack.nodes))
    world.dead, world.stuck, world.live = {"scn-3"}, {"alpha-en"}, False
    with refused(OTHERS_UNHEALTHY, "scn-3: no node listens", "alpha-en: is at block 3", "scn-1: it does not serve"):
        stack.require_healthy(list(stack.nodes))
    stack.require_healthy(["parent", "scn-2", "scn-4"])


@pytest.mark.parametrize("count", [2, 3])
def test_a_chain_that_can_lose_no_data_keeps_them(world: SimpleNamespace, count: int) -> None:
    stack = Stack.of(export(node("parent", "validator"), *SCNS[:count]))
    with refused(CHILD_CHAIN_LOST, "scn-1: ", f" {count} of {count} SCNs"):
        stack.require_spare("scn-1")
    stack.require_spare("parent")
    world.dead = {"scn-1"}
    stack.require_spare("scn-1")
    Stack.of(ALL).require_spare("scn-1")
    on_aws = [node(f"scn-{i}", "scn", BOOT) for i in range(count)]  # where disks stay
    Stack.of(export(*on_aws)).require_spare("scn-1")


def test_it_is_told_when_the_chain_waits_for_the_machine(world: SimpleNamespace) -> None:
    stack = Stack.of(ALL)
    assert stack.pause("scn-1") is stack.pause("alpha-en") is None
    world.council = 3
    pause = stack.pause("scn-1")
    assert pause
    assert CHAIN_WAITS_FOR_MACHINE.code in pause
    assert "until scn-1 is back: 3 of 3 validators" in pause
    assert "2 remain" in pause
    assert stack.pause("scn-4") is None


def test_validators_that_are_not_connected_to_each_other_yet_are_alive(world: SimpleNamespace) -> None:
    world.apart = {"scn-2": {"scn-3"}, "scn-3": {"scn-2"}}
    assert Stack.of(ALL).pause("scn-1") is None
