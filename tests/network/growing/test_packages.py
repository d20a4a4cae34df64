"""Other node packages on a bridge in use: the order, the proofs, what stops it, and the way back.

All archives hold the same node under another version, so each upgrade also warns that the node reports its old version.
"""

import re
import time
from pathlib import Path
from typing import Any

import pytest

from components.domain.problems.packages import PACKAGE_UNUSABLE
from tests.archives import archive_of
from tests.network.edited_program import edited_program
from tests.network.growing.changing import view
from tests.network.network import CHAINS, Network
from tests.network.repackaged import ENDS_AT_ONCE, HANGS, cut_off, repackaged
from tests.network.running import SETTINGS
from tests.network.traffic import traffic
from tests.run import lines
from tests.stack import ROOT, Failed

NEXT = "v1.0.4"
ORDER = ["alpha-en", "scn-1", "beta-en", "scn-2", "scn-3", "scn-4", "parent"]
PROGRAMS = ("ken", "kscn", "kcn")


@pytest.fixture
def network(network: Network) -> Network:
    """Return the network as it is now: tests before these rebuild machines."""
    return view(network.stack)


def processes(network: Network) -> dict[str, str]:
    """Return the process of each node; empty for one that is down."""
    return {node: network.run(node, "pgrep -o 'k(en|scn|cn)$' || true").strip() for node in network.endpoints}


def restarted(before: dict[str, str], after: dict[str, str]) -> set[str]:
    return {node for node in before if before[node] != after[node]}


def configure(network: Network, packages: dict[str, Any], beta: dict[str, Any] | None = None) -> None:
    """Set the packages of the stack, and others of pair beta."""
    pairs = [{**pair, "packages": beta} if beta and pair["name"] == "beta" else pair for pair in SETTINGS["pairs"]]
    network.stack.configure({**SETTINGS, "packages": packages, "pairs": pairs})


def impatient(folder: Path) -> Path:
    """Return a copy of the program that gives a node 5 s to open its console, where the program gives it 20 minutes."""
    patience = {"\nCONSOLE_POLLS = 4800\n": "\nCONSOLE_POLLS = 20\n"}
    return edited_program(folder, "components/kaia/host_commands.py", patience)


def works(network: Network) -> None:
    for source in CHAINS:
        network.send(source, 2).wait()


@pytest.mark.nightly
def test_a_damaged_archive_touches_nothing(network: Network, tmp_path: Path) -> None:
    before = processes(network)
    configure(network, {"kscn": cut_off(repackaged(tmp_path, "kscn", NEXT))})
    with pytest.raises(Failed) as caught:
        network.stack.up()
    assert lines(str(caught.value), PACKAGE_UNUSABLE, f"kscn-{NEXT}")
    assert processes(network) == before
    network.stack.configure(SETTINGS)
    network.stack.up()
    assert processes(network) == before
    assert network.stack.preview(expect_no_changes=True).steps == []


@pytest.mark.nightly
def test_an_en_that_does_not_come_back_stops_all_behind_it(network: Network, tmp_path: Path) -> None:
    before = processes(network)
    configure(network, {"ken": repackaged(tmp_path, "ken", NEXT, ENDS_AT_ONCE)})
    with traffic(network):
        for run in ("first", "next"):
            with pytest.raises(Failed) as caught:
                network.stack.up()
            assert restarted(before, after := processes(network)) == {"alpha-en"}, run
            assert not after["alpha-en"]
            assert "this release ends at once" in str(caught.value)
        network.stack.configure(SETTINGS)
        network.stack.up()
    assert restarted(before, after := processes(network)) == {"alpha-en"}
    assert all(after.values())
    assert network.stack.preview(expect_no_changes=True).steps == []


@pytest.mark.nightly
def test_an_scn_in_the_middle_stops_all_behind_it_and_the_way_back_is_the_old_setting(
    network: Network, tmp_path: Path
) -> None:
    (tmp_path / "beta").mkdir()
    before = processes(network)
    good = repackaged(tmp_path, "kscn", NEXT)
    configure(network, {"kscn": good}, {"kscn": repackaged(tmp_path / "beta", "kscn", "v1.0.5", ENDS_AT_ONCE)})
    with traffic(network):
        with pytest.raises(Failed):
            network.stack.up()
        upgraded = processes(network)
        assert restarted(before, upgraded) == {"scn-1", "scn-2"}
        assert upgraded["scn-1"]
        assert not upgraded["scn-2"]
        network.stack.configure(SETTINGS)
        network.stack.up()
    after = processes(network)
    assert restarted(before, after) == {"scn-1", "scn-2"}, "nobody else was touched"
    assert restarted(upgraded, after) == {"scn-1", "scn-2"}, "both run the old release again"
    assert all(after.values())
    assert network.stack.preview(expect_no_changes=True).steps == []
    works(network)


@pytest.mark.nightly
def test_an_scn_without_a_pair_that_opens_no_console_stops_all_behind_it(network: Network, tmp_path: Path) -> None:
    before = processes(network)
    old = {"kscn": {"file": str(archive_of("kscn"))}}
    pairs = [{**pair, "packages": old} for pair in SETTINGS["pairs"]]
    packages = {"kscn": repackaged(tmp_path, "kscn", NEXT, HANGS), "kcn": repackaged(tmp_path, "kcn", NEXT)}
    network.stack.configure({**SETTINGS, "packages": packages, "pairs": pairs})
    network.stack.run_program_of(impatient(tmp_path))
    with traffic(network, pauses=True):
        begin = time.monotonic()
        with pytest.raises(Failed) as caught:
            network.stack.up()
        print(f"the up ended after {time.monotonic() - begin:.0f} s")
        assert "this release waits" in str(caught.value)
        assert restarted(before, after := processes(network)) == {"scn-3"}
        assert not after["scn-3"]
        assert network.run("scn-3", "pgrep -x sleep").strip(), "it waits for its console"
        network.stack.run_program_of(ROOT)
        network.stack.configure(SETTINGS)
        network.stack.up()
    assert not network.run("scn-3", "pgrep -x sleep || true").strip()
    assert restarted(before, after := processes(network)) == {"scn-3"}
    assert all(after.values())
    assert network.stack.preview(expect_no_changes=True).steps == []


@pytest.mark.nightly
def test_the_last_node_that_does_not_come_back_is_the_only_one_to_go_back(network: Network, tmp_path: Path) -> None:
    before = processes(network)
    configure(network, {"kcn": repackaged(tmp_path, "kcn", NEXT, ENDS_AT_ONCE)})
    with pytest.raises(Failed) as caught:
        network.stack.up()
    assert "this release ends at once" in str(caught.value)
    assert not processes(network)["parent"]
    network.stack.configure(SETTINGS)
    network.stack.up()
    assert restarted(before, after := processes(network)) == {"parent"}
    assert all(after.values())
    assert network.stack.preview(expect_no_changes=True).steps == []
    works(network)


def test_all_nodes_are_upgraded_in_the_order_of_the_preview(network: Network, tmp_path: Path) -> None:
    before = processes(network)
    configure(network, {program: repackaged(tmp_path, program, NEXT) for program in PROGRAMS})
    preview = network.stack.preview()
    (order,) = {*re.findall(r"restarts in this order: ([^;]*);", preview.text)}
    assert order.split(", ") == ORDER
    begin = time.monotonic()
    with traffic(network, pauses=True) as sent:
        run = network.stack.up()
        print(f"7 nodes upgraded in {time.monotonic() - begin:.0f} s, while {len(sent)} transfers were sent")
    assert [step.name for step in run.steps if step.type == "UpdatedNode"] == ORDER
    assert restarted(before, processes(network)) == set(ORDER)
    healthy = [line.partition(": it is healthy again")[0] for line in run.text.splitlines() if "healthy again" in line]
    assert list(dict.fromkeys(line.rpartition(" ")[2] for line in healthy)) == ORDER
    for pair in ("alpha", "beta"):
        assert re.search(
            rf"pair {pair}: the transfer 0x\w+ .* arrived with its vote; .*; block \d+ is anchored", run.text
        )
    assert network.stack.preview(expect_no_changes=True).steps == []
    works(network)
