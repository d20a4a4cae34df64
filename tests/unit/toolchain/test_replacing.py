"""What `make replace` replaces, and what it refuses."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from components.chain.rpc import waiting
from components.domain.problems.chains import CHAIN_HALTED, NODE_BEHIND
from components.domain.problems.nodes import NODE_DOWN, NOT_SUBSCRIBED
from components.domain.problems.operations.machines import (
    CHAIN_WAITS_FOR_MACHINE,
    CHILD_CHAIN_LOST,
    OTHERS_UNHEALTHY,
    PARENT_CHAIN_LOST,
    TWO_MACHINES,
    UNKNOWN_MACHINE,
)
from components.domain.problems.problem import Problem
from components.watch.readings import Missing, Readings
from components.watch.targets import Targets
from tests.unit.fake_node import CHILD, PARENT, Clock
from tests.unit.watch import samples
from toolchain.ops.replace import PATIENCE, Refused, Stack

ROOT = Path(__file__).resolve().parents[3]
BOOT = "pulumi-python:dynamic/servicechain:Boot"
HEAD = "urn:pulumi:dev::servicechain-ha::"


def resource(type_: str, name: str, **outputs: object) -> dict[str, Any]:
    return {"urn": f"{HEAD}{type_}::{name}", "type": type_, "outputs": outputs}


def node(name: str, role: str, machine: str = "pulumi-python:dynamic/servicechain:LocalHost") -> list[dict[str, Any]]:
    login = {"node": name, "host": name, "private_key": "k", "host_key": "h", "ipc": "/srv/klay.ipc"}
    of_machine = f"{name}-boot" if machine == BOOT else name
    return [
        resource("pulumi-python:dynamic/servicechain:RunningNode", name, node=login, role=role, chain_id=3000.0),
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
    stack.require_spare("monitor", samples.readings())
    assert stack.pause("monitor", samples.readings()) is None
    on_aws = Stack.of(export(node("scn-1", "scn", BOOT), [resource(BOOT, "monitor-boot")]))
    assert on_aws.urn("monitor") == f"{HEAD}{BOOT}::monitor-boot", "with its boot goes the instance, and not its disk"


def test_the_bastion_that_the_stack_made_is_replaced_like_a_machine() -> None:
    stack = Stack.of(export(node("scn-1", "scn", BOOT), [resource(BOOT, "bastion-boot")]))
    assert stack.urn("bastion") == f"{HEAD}{BOOT}::bastion-boot"
    stack.require_spare("bastion", samples.readings())


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


@contextmanager
def refused(problem: Problem, *values: str) -> Iterator[None]:
    with pytest.raises(Refused, match=problem.code) as error:
        yield
    for value in values:
        assert value in str(error.value)


def bridge(*, registered: bool = True, machine: str = "pulumi-python:dynamic/servicechain:LocalHost") -> Stack:
    """Return a stack with two pairs and two further SCNs, each on a machine of its own."""
    resources = list(samples.export()["deployment"]["resources"])
    suffix = "-boot" if machine == BOOT else ""
    resources += [resource(machine, f"{name}{suffix}") for name in samples.NODES]
    if registered:
        contracts = {"child_bridge": samples.BRIDGES["child"], "parent_bridge": samples.BRIDGES["parent"]}
        resources += [
            resource(
                "pulumi-python:dynamic/servicechain:BridgeRegistration",
                f"{scn}-registration",
                node=samples.place(scn),
                **contracts,
            )
            for _, scn in samples.PAIRS.values()
        ]
    return Stack.of({"deployment": {"resources": resources}})


SILENT = Missing(NODE_DOWN("scn-3: no node listens"))
BEHIND = replace(samples.chain("child"), head=3)
IDLE = replace(samples.bridge("alpha"), subscribed=False)
DEAD: dict[str, Any] = {"chain": SILENT, "machine": SILENT}
EMPTY = replace(samples.bridge("beta"), peers=())


def looking(*found: Readings) -> tuple[Callable[[Targets], Readings], list[Readings]]:
    """Return a reader that returns one reading after the other, and the last one for ever, and what is left of them."""
    left = list(found)
    return lambda _targets: left.pop(0) if len(left) > 1 else left[0], left


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(waiting, "time", clock)
    return clock


@pytest.mark.usefixtures("clock")
def test_all_the_others_have_to_be_well_and_each_that_is_not_is_told() -> None:
    stack, nodes = bridge(), list(samples.NODES)
    stack.require_healthy(nodes, looking(samples.readings())[0])
    ill = samples.readings(nodes={"scn-3": DEAD, "scn-4": {"chain": BEHIND}, "scn-1": {"bridge": IDLE}})
    words = ("scn-3: no node listens", "scn-4: it is at block 3", f"scn-1: .*{NOT_SUBSCRIBED.code}")
    with refused(OTHERS_UNHEALTHY, *words[:2], "scn-1: the bridge contracts are registered but not subscribed"):
        stack.require_healthy(nodes, looking(ill)[0])
    stack.require_healthy(["parent", "scn-2", "alpha-en", "beta-en"], looking(ill)[0])


def test_a_pair_without_the_machine_that_is_replaced_does_not_have_to_serve() -> None:
    """With its EN dead an SCN has no main bridge; that is what the new machine is for."""
    dead_en = samples.readings(nodes={"beta-en": DEAD, "scn-2": {"bridge": EMPTY}})
    assert bridge().objections(dead_en, [name for name in samples.NODES if name != "beta-en"]) == []
    assert bridge().objections(dead_en, list(samples.NODES)) != []


def test_a_stack_whose_first_up_has_not_ended_has_no_bridge_that_could_be_served() -> None:
    idle = replace(samples.bridge("alpha"), registered=False, subscribed=False)
    found = samples.readings(nodes={"scn-1": {"bridge": idle}})
    assert bridge(registered=False).objections(found, list(samples.NODES)) == []
    assert bridge().objections(found, list(samples.NODES)) != []


def test_what_stops_no_node_refuses_nothing() -> None:
    poor = samples.readings(contracts={"child": {"coins_locked": True, "balance": 0}})
    assert bridge().objections(poor, list(samples.NODES)) == []


def test_no_machine_of_a_chain_that_makes_no_blocks_is_replaced() -> None:
    (found,) = bridge().objections(samples.readings(chains={"child": {"age": 300.0}}), ["scn-3"])
    assert CHAIN_HALTED.code in found.message.codes


def test_the_dead_machine_without_which_a_chain_stands_still_is_replaced() -> None:
    halted = samples.readings(nodes={"scn-3": DEAD}, chains={"child": {"age": 300.0}})
    others = [name for name in samples.NODES if name != "scn-3"]
    assert bridge().objections(halted, others) == []
    assert bridge().objections(halted, [*others, "scn-3"]) != [], "afterwards it has to make blocks"
    found = bridge().objections(halted, [name for name in samples.NODES if name != "alpha-en"])
    assert CHAIN_HALTED.code in [code for one in found for code in one.message.codes], "another one would not help"


def test_a_node_that_comes_back_is_waited_for_as_long_as_it_has_new_blocks(clock: Clock) -> None:
    """It takes longer than the patience with one that is stuck."""
    chain = samples.chain("child")
    late = [samples.readings(nodes={"scn-4": {"chain": replace(chain, head=i)}}) for i in range(1, 90)]
    look, left = looking(*late, samples.readings())
    begin = clock.now

    def slow(targets: Targets) -> Readings:
        clock.advance(10)
        return look(targets)

    assert bridge().require_healthy(["scn-4"], slow) is left[0]
    assert clock.now - begin > PATIENCE
    stuck = samples.readings(nodes={"scn-4": {"chain": replace(chain, head=7)}})
    begin = clock.now
    with refused(OTHERS_UNHEALTHY, "scn-4: ", "at block 7", NODE_BEHIND.code):
        bridge().require_healthy(["scn-4"], looking(stuck)[0])
    assert PATIENCE <= clock.now - begin < PATIENCE + 5


def test_a_dead_node_is_not_waited_for_because_others_have_new_blocks(clock: Clock) -> None:
    chain, begin = samples.chain("child"), clock.now
    endless = (
        samples.readings(nodes={"scn-3": DEAD, "scn-4": {"chain": replace(chain, head=100 + i)}}) for i in count()
    )
    with refused(OTHERS_UNHEALTHY, "scn-3: no node listens"):
        bridge().require_healthy(["scn-3", "scn-4"], lambda _targets: next(endless))
    assert clock.now - begin < PATIENCE + 5


@pytest.mark.parametrize("scns", [2, 3])
def test_a_chain_that_can_lose_no_data_keeps_them(scns: int) -> None:
    stack, found = Stack.of(export(node("parent", "validator"), *SCNS[:scns])), samples.readings()
    with refused(CHILD_CHAIN_LOST, "scn-1: ", f" {scns} of {scns} SCNs"):
        stack.require_spare("scn-1", found)
    stack.require_spare("parent", found)
    stack.require_spare("scn-1", samples.readings(nodes={"scn-1": DEAD}))
    bridge().require_spare("scn-1", found)
    on_aws = [node(f"scn-{i}", "scn", BOOT) for i in range(scns)]  # where disks stay
    Stack.of(export(*on_aws)).require_spare("scn-1", found)


def test_it_is_told_when_the_chain_waits_for_the_machine() -> None:
    stack, three = bridge(), {"council": frozenset(list(samples.SEATS.values())[:3])}
    assert stack.pause("scn-1", samples.readings()) is stack.pause("alpha-en", samples.readings()) is None
    found = samples.readings(chains={"child": three})
    pause = stack.pause("scn-1", found)
    assert pause
    assert CHAIN_WAITS_FOR_MACHINE.code in pause
    assert "until scn-1 is back: 3 of 3 validators" in pause
    assert "2 remain" in pause
    assert stack.pause("scn-4", found) is None, "it has no seat"


def test_a_dead_validator_is_not_subtracted_twice() -> None:
    dead = samples.readings(nodes={"scn-1": DEAD})
    assert bridge().pause("scn-1", dead) is None
    assert bridge().pause("scn-2", dead) is not None, "with two away, 2 of 4 remain"
