"""make status and make trace on real nodes: healthy, without an EN, with ENs that hang, and the way of a transfer."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from components.chain.rpc.waiting import wait_for
from components.domain.problems.nodes import NO_SINGLE_EN, NODE_DOWN
from components.dynamic.machines.local_namespaces import BASE, keeper_of
from components.watch.report import Report
from components.watch.trace import TraceReport
from tests.network.looking import look
from tests.network.network import Network
from tests.stack import ROOT

DEADLINE = 120
"""Seconds until the bridge is healthy again: an SCN dials every 30 s, and a validator's turn may cost 10."""
BRISK = 20.0
"""Seconds for a look, while other tests want the same two cores. Alone: 1.5 s; 5.5 s with a node that hangs (3 s)
and an open request (1 s). A look without a deadline for a node that hangs takes minutes."""

PROMISED = 3.0
"""Seconds that make status may take for two pairs, while nothing else wants the processors."""
TRIES = 3
DEADLINE_PASSED = 3.5
"""Seconds for a reading in which machines say nothing: all get 3 s, at the same time."""


def asked(network: Network, program: str, *arguments: str) -> tuple[int, str, float]:
    """Return exit status, output and duration of a program on the stack, with the start of Python."""
    export = json.dumps({"deployment": network.stack.exported()})
    command = [sys.executable, "-m", f"toolchain.ops.{program}", "test", *arguments]
    begin = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, input=export, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return done.returncode, done.stdout, time.monotonic() - begin


def status(network: Network) -> Report:
    code, text, took = asked(network, "status", "--json")
    found = Report.model_validate_json(text)
    print(f"status: {found.verdict.level} after {took:.1f} s, of which {found.seconds:g} s for reading")
    assert (code, took < BRISK) == (found.verdict.exit_code, True)
    return found


def traced(network: Network, tx: str) -> tuple[int, Any]:
    code, text, took = asked(network, "trace", tx, "--json")
    print(f"trace: exit status {code} after {took:.1f} s")
    (row,) = TraceReport.model_validate_json(text).transfers
    return code, row


def fastest(network: Network) -> tuple[Report, float, float]:
    """Return the last of some looks, and the least time for a reading and for the command, by a free processor each."""
    looks = []
    for _ in range(TRIES):
        found, took = (one := look(network.stack)).report, one.seconds
        crowd = max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
        print(f"make status: {found.verdict.level}, {took:.1f} s, reading {found.seconds:g} s, load {crowd:.1f}")
        looks.append((found.seconds / crowd, took / crowd))
    return found, min(reading for reading, _ in looks), min(took for _, took in looks)


@contextmanager
def silent(network: Network, machines: Sequence[str]) -> Iterator[None]:
    """Have machines send nothing while the block runs, like dead ones: their connections are not closed."""
    keepers = [keeper_of(BASE / network.stack.network_id / name) for name in machines]
    spaces = [f"--net=/proc/{keeper.first_process()}/ns/net" for keeper in keepers if keeper]
    assert len(spaces) == len(machines)

    def rule(verb: str) -> None:
        for space in spaces:
            subprocess.run(["nsenter", space, "ip", "rule", verb, "pref", "1", "blackhole"], check=verb == "add")

    try:
        rule("add")
        yield
    finally:
        rule("del")


def wait_until_healthy(network: Network) -> Report:
    def probe() -> Report | str:
        found = status(network)
        return found if found.verdict.level == "healthy" else "; ".join(one.text for one in found.findings)

    return wait_for(probe, DEADLINE, interval=1)


def newest_request(network: Network, source: str) -> str:
    """Return the transaction of the last request on a chain."""
    from components.chain.transfers.requests import find, requested

    direction = network.direction(source)
    nonce = requested(direction) - 1
    return find(direction, [nonce])[nonce].transaction


def test_a_bridge_that_works_is_healthy(network: Network) -> None:
    found = wait_until_healthy(network)
    assert found.findings == ()
    assert found.verdict.healthy_pairs == ("alpha", "beta")
    assert [row.name for row in found.nodes] == ["parent", "alpha-en", "beta-en", "scn-1", "scn-2", "scn-3", "scn-4"]
    assert [row.missing for row in found.nodes if row.missing] == []
    assert [row.missing for row in found.pairs if row.missing] == []
    assert [(row.alive, row.validators, row.needed) for row in found.chains] == [(1, 1, 1), (4, 4, 3)]
    code, text, _ = asked(network, "status")
    assert (code, text.splitlines()[0].split(": ")[:2]) == (0, ["test", "healthy"])


def test_without_an_en_it_is_degraded_and_transfers_are_traced(network: Network) -> None:
    network.kill("alpha-en")
    try:
        found = status(network)
        network.send("child", 1).wait(DEADLINE)
        code, row = traced(network, newest_request(network, "child"))
    finally:
        network.start("alpha-en")
    assert (found.verdict.level, found.verdict.healthy_pairs, found.verdict.spare_pairs) == ("degraded", ("beta",), 0)
    assert ("alpha-en", (NODE_DOWN.code,)) in [(one.subject, one.codes) for one in found.findings]
    assert (code, row.paid, row.why) == (0, True, None)
    # The SCN of beta votes again, and that is refused, if it looks for open requests before it has seen the payment.
    first, *late = row.votes
    assert (first.pair, first.counted, row.payment.transaction) == ("beta", True, first.transaction)
    assert {(vote.pair, vote.counted) for vote in late} <= {("beta", False)}
    # Requested on the child chain, which the SCN of alpha reads without its EN.
    assert [(one.pair, one.scn, one.seen, one.why) for one in row.seen] == [
        ("alpha", "scn-1", True, None),
        ("beta", "scn-2", True, None),
    ]
    by_vote = traced(network, row.payment.transaction)[1]
    assert by_vote.transaction == row.transaction
    up = {one.name: one.up_seconds or 0 for one in wait_until_healthy(network).nodes}
    assert min(up, key=lambda name: up[name]) == "alpha-en"
    assert 0 < up["alpha-en"] < DEADLINE + BRISK


def test_a_look_takes_less_than_three_seconds(network: Network) -> None:
    wait_until_healthy(network)
    found, reading, command = fastest(network)
    assert found.verdict.level == "healthy"
    assert (reading < PROMISED, command < PROMISED) == (True, True)


@pytest.mark.nightly
def test_a_cut_link_is_told_before_the_nodes_notice(network: Network) -> None:
    address = network.pairs["alpha"]["scn"]["address"]
    seconds: dict[str, float] = {}
    network.run("alpha-en", f"ip route add blackhole {address}")
    begin = time.monotonic()
    try:
        while "listed" not in seconds and time.monotonic() - begin < DEADLINE:
            found = status(network)
            for one in found.findings:
                if one.codes == (NO_SINGLE_EN.code,):
                    by = "listed" if "0 main bridges" in one.text else "answered"
                    seconds.setdefault(by, time.monotonic() - begin)
                    assert found.verdict.healthy_pairs == ("beta",)
            time.sleep(1)
    finally:
        network.run("alpha-en", f"ip route del blackhole {address}")
    print(seconds)
    assert seconds["answered"] + 5 < seconds["listed"]
    wait_until_healthy(network)


def test_with_both_ens_hung_it_is_stopped_and_a_transfer_waits(network: Network) -> None:
    ens = [pair["en"]["name"] for pair in network.pairs.values()]
    signal = "kill -{} $(cat /srv/data/kend.pid)"
    try:
        for en in ens:
            network.run(en, signal.format("STOP"))
        sent = network.send("child", 1)
        found, (code, row) = status(network), traced(network, newest_request(network, "child"))
    finally:
        for en in ens:
            with suppress(Exception):
                network.run(en, signal.format("CONT"))
    assert (found.verdict.level, found.verdict.healthy_pairs) == ("stopped", ())
    assert {one.subject for one in found.findings} >= set(ens)
    assert (code, row.paid, row.payment, row.why, row.votes) == (1, False, None, None, ())
    assert [(one.seen, one.why) for one in row.seen] == [(True, None)] * 2
    sent.wait(DEADLINE)
    assert traced(network, row.transaction)[0] == 0
    wait_until_healthy(network)


def test_a_transaction_without_a_request_is_named(network: Network) -> None:
    export = json.dumps({"deployment": network.stack.exported()})
    command = [sys.executable, "-m", "toolchain.ops.trace", "test", "0x" + "12" * 32]
    done = subprocess.run(command, cwd=ROOT, input=export, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert "[SCH-589]" in done.stderr


def test_with_half_of_the_machines_dead_it_waits_for_one_deadline(network: Network) -> None:
    wait_until_healthy(network)
    dead = ("parent", "alpha-en", "beta-en", "scn-1")
    with silent(network, dead):
        found, reading, command = fastest(network)
    print(found.verdict.text)
    assert (found.verdict.level, found.verdict.exit_code, found.verdict.healthy_pairs) == ("stopped", 2, ())
    assert {one.subject for one in found.findings} >= {*dead}
    assert {row.name for row in found.nodes if row.head is not None} == {"scn-2", "scn-3", "scn-4"}
    assert reading < DEADLINE_PASSED
    assert command < DEADLINE_PASSED + 1
    wait_until_healthy(network)
