"""The exporter: every series of a node that answers, and what is left of one that is dead, hangs or talks nonsense."""

import errno
import os
import shutil
import stat
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from components.domain.problems.nodes import CONSOLE_SILENT, NODE_DOWN
from components.watch.metrics import contract_series, exporter, exporter_series, exporter_text
from components.watch.reading.reader import read
from components.watch.readings import Missing, SubBridgeReading
from tests.metrics_file import Values
from tests.unit.watch.metrics.conftest import Watched
from tests.unit.watch.metrics.fake_ipc import START, Made
from tests.unit.watch.samples import COIN, OPERATORS, TOKENS, targets

STEP = 0.2
"""Seconds that a node of these tests has for a message."""
DEAD = {"exporter_last_run_timestamp_seconds", "node_up", "data_free_bytes", "data_size_bytes"}
"""The series of a node that does not answer."""
TIMES = {"exporter_last_run_timestamp_seconds", "node_process_start_time_seconds", "data_free_bytes", "data_size_bytes"}
"""Series whose values depend on the machine."""


def names(values: Values) -> set[str]:
    return {name.partition("{")[0] for name in values}


def told(values: Values, prefix: str) -> Values:
    return {name: value for name, value in values.items() if name.startswith(prefix)}


def test_every_series_of_the_scn_of_a_pair(scn: Watched) -> None:
    scn.ipc.chain.made = [Made(nonce, 100 + nonce) for nonce in range(7)]
    found = scn.values()
    assert (scn.words, names(found)) == (
        "",
        {one.name.removeprefix("servicechain_") for one in (*exporter_series.ALL, *contract_series.ALL)}
        - {"operator_minimum_coins"},  # no minimum is declared on the child chain
    )
    assert {name: value for name, value in found.items() if name not in TIMES | set(told(found, "recent"))} == {
        "node_up": 1,
        'node_info{version="v1.0.3",chain_id="3000"}': 1,
        "node_version_number": 1_000_003,
        "exporter_unanswered_questions": 0,
        "head_block": 250,
        "head_timestamp_seconds": START + 250,
        "checkpoint_block": 200,
        "checkpoint_hash": 0x00AB00000000,
        "peers": 1,
        "best_peer_block": 100,
        "validators": 4,
        "validators_needed": 3,
        "bridge_requested": 7,
        "bridge_handled": 7,
        "bridge_highest_handled": 6,
        "bridge_threshold": 1,
        "bridge_configuration_threshold": 1,
        "bridge_operators": 2,
        "bridge_running": 1,
        "bridge_coins_locked": 0,
        "bridge_balance_coins": 100,
        "bridge_minimum_coins": 500,
        "bridge_coin_fee_coins": 0,
        'bridge_token_locked{token="play"}': 0,
        'bridge_token_balance{token="play"}': 5,
        'bridge_token_registered{token="play"}': 1,
        "bridge_mints": 0,
        "bridge_unexpected_operators": 0,
        'bridge_operator_registered{operator="alpha"}': 1,
        'bridge_operator_registered{operator="beta"}': 1,
        "bridge_owner_as_declared": 1,
        "bridge_thresholds_as_declared": 1,
        "bridge_fees_as_declared": 1,
        'operator_balance_coins{operator="alpha"}': 100,
        'operator_balance_coins{operator="beta"}': 100,
        'operator_transactions_mined{operator="alpha"}': 10,
        'operator_transactions_mined{operator="beta"}': 10,
        "scn_main_bridges": 1,
        "scn_right_main_bridge": 1,
        "scn_registered": 1,
        "scn_subscribed": 1,
        "scn_anchoring": 1,
        "scn_anchoring_period_blocks": 5,
        "scn_anchored_block": 95,
        "scn_pending_transactions": 0,
        'scn_operator_nonce{side="parent"}': 10,
        'scn_operator_nonce{side="child"}': 10,
        'scn_operator_nonce_known{side="parent"}': 1,
        'scn_operator_nonce_known{side="child"}': 1,
        'scn_operator_unlocked{side="parent"}': 1,
        'scn_operator_unlocked{side="child"}': 1,
    }
    assert abs(found["exporter_last_run_timestamp_seconds"] - time.time()) < 10
    disk = shutil.disk_usage(scn.folder)
    assert found["data_size_bytes"] == disk.total
    assert found["data_free_bytes"] == pytest.approx(disk.free, rel=0.1)


def test_an_en_has_the_minimum_of_its_operators_and_nothing_of_an_scn(en: Watched) -> None:
    found = en.values()
    assert told(found, "scn_") == {}
    assert told(found, "operator_minimum_coins") == {
        'operator_minimum_coins{operator="alpha"}': 50,
        'operator_minimum_coins{operator="beta"}': 50,
    }


def test_a_node_whose_stack_has_no_bridge_yet_tells_only_of_itself(en: Watched) -> None:
    en.config |= {"contract": None, "operators": {}}
    found = en.values()
    assert names(found) == {one.name.removeprefix("servicechain_") for one in exporter_series.ALL} - names(
        dict.fromkeys(one.name.removeprefix("servicechain_") for one in exporter_series.ALL if "_scn_" in one.name)  # type: ignore[arg-type]
    )
    assert "eth_call" not in en.ipc.asked


def test_the_start_of_the_process_is_that_of_the_one_that_listens(scn: Watched) -> None:
    fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
    uptime = float(Path("/proc/uptime").read_text().split()[0])
    age = uptime - int(fields[19]) / os.sysconf("SC_CLK_TCK")
    assert scn.values()["node_process_start_time_seconds"] == pytest.approx(time.time() - age, abs=2)


@pytest.mark.parametrize("node", ["parent", "alpha-en", "scn-1", "scn-3"])
def test_it_reads_the_same_as_the_reader(watch: Callable[[str], Watched], node: str) -> None:
    watched = watch(node)
    watched.ipc.reach.answers[node]["eth_getBalance"] = hex(123 * COIN + 1)
    found, wanted = watched.values(), read(targets(), watched.ipc.reach)
    reading = wanted.nodes[node]
    assert not isinstance(reading.chain, Missing)
    contract = reading.chain.contract
    assert not isinstance(contract, Missing)
    assert (found["peers"], found["best_peer_block"]) == (reading.chain.peers, reading.chain.best)
    assert not isinstance(reading.chain.council, Missing)
    assert found["validators"] == len(reading.chain.council)
    side = "child" if node.startswith("scn") else "parent"
    (token,) = contract.tokens.values()
    assert not isinstance(token, Missing)
    assert [
        found[f"bridge_{name}"] for name in ("requested", "handled", "highest_handled", "threshold", "running", "mints")
    ] == [contract.requested, contract.lower, contract.upper, contract.threshold, contract.running, contract.mints]
    assert found["bridge_configuration_threshold"] == contract.configuration
    assert found["bridge_operators"] == len(contract.operators)
    assert found["bridge_balance_coins"] == contract.balance / COIN == 123
    assert found['bridge_token_balance{token="play"}'] == token.held
    for pair, operators in OPERATORS.items():
        account = reading.chain.accounts[operators[side]]  # type: ignore[index]
        assert not isinstance(account, Missing)
        assert found[f'operator_balance_coins{{operator="{pair}"}}'] == account.balance / COIN
        assert found[f'operator_transactions_mined{{operator="{pair}"}}'] == account.mined
    if isinstance(half := reading.bridge, SubBridgeReading):
        assert found["scn_main_bridges"] == len(half.peers)
        assert (found["scn_registered"], found["scn_subscribed"]) == (half.registered, half.subscribed)
        assert (found["scn_anchoring"], found["scn_anchored_block"]) == (half.anchoring, half.anchored)
        for one, count in half.operators.items():
            assert found[f'scn_operator_nonce{{side="{one}"}}'] == count.counted
            assert found[f'scn_operator_unlocked{{side="{one}"}}'] == count.unlocked
    assert ("scn_registered" in found) == (reading.bridge is not None)


def test_what_others_have_changed_is_told(scn: Watched) -> None:
    contract = scn.ipc.reach.contracts["child"]
    contract.owner = "0x" + "ee" * 20
    contract.operators = [OPERATORS["alpha"]["child"], "0x" + "ef" * 20]
    contract.thresholds = {0: 1, 1: 2}
    contract.fee, contract.fee_receiver = 2 * COIN, "0x" + "ed" * 20
    contract.running, contract.locked_coin, contract.tokens, contract.mode_mint_burn = False, True, {}, True
    found = scn.values()
    assert (found["bridge_owner_as_declared"], found["bridge_fees_as_declared"]) == (0, 0)
    assert (found["bridge_thresholds_as_declared"], found["bridge_configuration_threshold"]) == (0, 2)
    assert (found["bridge_operators"], found["bridge_unexpected_operators"]) == (2, 1)
    assert found['bridge_operator_registered{operator="alpha"}'] == 1
    assert found['bridge_operator_registered{operator="beta"}'] == 0
    assert (found["bridge_running"], found["bridge_coins_locked"], found["bridge_mints"]) == (0, 1, 1)
    assert (found["bridge_coin_fee_coins"], found['bridge_token_registered{token="play"}']) == (2, 0)


@pytest.mark.parametrize("fees", [{"receiver": "0x" + "ee" * 20}, {"coin": 1}, {"tokens": {TOKENS["child"]: 3}}])
def test_each_fee_is_compared(scn: Watched, fees: dict[str, object]) -> None:
    scn.config["contract"]["fees"] = {**scn.config["contract"]["fees"], **fees}
    assert scn.values()["bridge_fees_as_declared"] == 0


def test_what_is_not_declared_is_not_judged(scn: Watched) -> None:
    scn.config["contract"] |= {"threshold": None, "configuration": None, "fees": None, "minimum": None}
    scn.config["half"]["main_bridge"] = ""
    left = {"bridge_thresholds_as_declared", "bridge_fees_as_declared", "bridge_minimum_coins", "scn_right_main_bridge"}
    assert names(scn.values()) & left == set()
    scn.config["contract"]["threshold"] = 2
    assert scn.values()["bridge_thresholds_as_declared"] == 0


def test_an_scn_that_does_not_serve_its_contracts(scn: Watched) -> None:
    answers = scn.ipc.reach.answers["scn-1"]
    answers["subbridge_peers"] = [{"id": "cc" * 64}]
    del answers["subbridge_getRegisteredOperators"]
    found = scn.values()
    assert (found["scn_main_bridges"], found["scn_right_main_bridge"]) == (1, 0)
    assert (found["scn_registered"], found["scn_subscribed"]) == (1, 0)
    assert found["exporter_unanswered_questions"] == 0
    answers |= {"subbridge_listBridge": None, "subbridge_peers": None}
    found = scn.values()
    assert (found["scn_main_bridges"], found["scn_right_main_bridge"], found["scn_registered"]) == (0, 0, 0)


def test_the_method_that_changes_counters_is_never_called(scn: Watched) -> None:
    scn.values()
    assert "subbridge_listBridge" in scn.ipc.asked
    assert "subbridge_getBridgeInformation" not in scn.ipc.asked


def test_a_node_without_peers_and_without_snapshots(en: Watched) -> None:
    en.ipc.instead = {"admin_peers": None, "istanbul_getSnapshot": {"validators": ["0x1", "0x2"]}}
    found = en.values()
    assert (found["peers"], found["validators"], found["validators_needed"]) == (0, 2, 2)
    assert "best_peer_block" not in found
    en.ipc.refused = {"istanbul_getValidators"}
    en.ipc.instead = {"istanbul_getSnapshot": None}
    found = en.values()
    assert (names(found) & {"validators", "validators_needed"}, found["exporter_unanswered_questions"]) == (set(), 1)


def test_a_dead_node_is_down_and_nothing_else_is_told(scn: Watched) -> None:
    scn.config["ipc"] = str(scn.folder / "nobody.ipc")
    found = scn.values()
    assert (names(found), found["node_up"]) == (DEAD, 0)
    assert scn.words.startswith("scn-1: ")
    assert scn.words.endswith(f"[{NODE_DOWN.code}]")
    scn.config["ipc"] = scn.ipc.path
    assert (scn.values()["node_up"], scn.words) == (1, "")


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"nonsense\n",
        b"{}\n",
        b"7\n",
        b"[1]\n",
        b'[{"id":9}]\n',
        b'[{"id":0,"result":"0x"}]\n',
        b"\xff\xfe\n",
        None,
    ],
)
def test_a_node_that_talks_nonsense_is_down(
    scn: Watched, monkeypatch: pytest.MonkeyPatch, answer: bytes | None
) -> None:
    monkeypatch.setattr(exporter, "STEP", STEP)
    scn.ipc.raw = lambda _: answer
    found = scn.values()
    assert (names(found), found["node_up"]) == (DEAD, 0)


@pytest.mark.parametrize("trickles", [False, True])
def test_a_node_that_hangs_is_down_in_time(scn: Watched, monkeypatch: pytest.MonkeyPatch, *, trickles: bool) -> None:
    monkeypatch.setattr(exporter, "STEP", STEP)
    scn.ipc.hangs_at, scn.ipc.trickles = set() if trickles else {"eth_chainId"}, trickles
    begin = time.monotonic()
    found = scn.values()
    assert time.monotonic() - begin < STEP + 1
    assert (names(found), found["node_up"]) == (DEAD, 0)
    assert scn.words.endswith(f"[{CONSOLE_SILENT.code}]")


@pytest.mark.parametrize(
    ("method", "lost"),
    [
        ("admin_peers", {"head_block", "peers", "validators", "checkpoint_block"}),
        (
            "subbridge_peers",
            {one.name.removeprefix("servicechain_") for one in exporter_series.ALL if "_scn_" in one.name},
        ),
        ("eth_getLogs", {"recent_request_nonce", "recent_request_amount"}),
    ],
)
def test_one_message_that_hangs_takes_only_its_own_values(
    scn: Watched, monkeypatch: pytest.MonkeyPatch, method: str, lost: set[str]
) -> None:
    monkeypatch.setattr(exporter, "STEP", 1.0)  # on a busy machine the others take longer than STEP too
    monkeypatch.setattr(exporter, "DEADLINE", 4.0)
    scn.ipc.chain.made = [Made(0, 100)]
    usual = names(scn.values())
    scn.cache.unlink()
    scn.ipc.hangs_at = {method}
    begin = time.monotonic()
    found = scn.values()
    assert time.monotonic() - begin < 4.5
    assert lost <= usual
    assert lost & names(found) == set()
    assert found["exporter_unanswered_questions"] == 1
    assert found["node_up"] == 1


def test_a_run_has_one_deadline_for_all_messages(scn: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporter, "STEP", 1.0)
    monkeypatch.setattr(exporter, "DEADLINE", 1.2)
    scn.ipc.hangs_at = {"admin_peers", "subbridge_peers", "eth_call"}
    begin = time.monotonic()
    found = scn.values()
    assert time.monotonic() - begin < 2
    assert (found["node_up"], found["exporter_unanswered_questions"]) == (1, 3)


@pytest.mark.parametrize(
    ("method", "instead", "lost"),
    [
        ("web3_clientVersion", None, {"node_info", "node_version_number"}),
        ("admin_peers", 7, {"peers", "best_peer_block"}),
        ("eth_getBalance", "0xzz", {"bridge_balance_coins", "operator_balance_coins"}),
        ("eth_call", "0x", {"bridge_requested", "bridge_running", "bridge_operators", "bridge_owner_as_declared"}),
        ("subbridge_getOperators", {"parentOperator": 1}, {"scn_operator_nonce", "scn_operator_unlocked"}),
        ("subbridge_getAnchoringPeriod", None, {"scn_anchoring_period_blocks"}),
        ("subbridge_peers", [{}], {"scn_main_bridges", "scn_right_main_bridge"}),
        ("subbridge_listBridge", [{}], {"scn_registered", "scn_subscribed"}),
    ],
)
@pytest.mark.parametrize("refused", [True, False])
def test_what_is_not_answered_is_left_out(
    scn: Watched, method: str, instead: object, lost: set[str], *, refused: bool
) -> None:
    if refused:
        scn.ipc.refused = {method}
    else:
        scn.ipc.instead = {method: instead}
    found = scn.values()
    missing = found["exporter_unanswered_questions"]
    assert (lost & names(found), found["node_up"]) == (set(), 1)
    assert missing == 0 if method == "web3_clientVersion" and not refused else missing > 0


def test_the_file_is_whole_and_everybody_may_read_it(scn: Watched) -> None:
    former = os.umask(0o077)
    try:
        scn.values()
    finally:
        os.umask(former)
    assert stat.S_IMODE(scn.out.stat().st_mode) == 0o644
    inode = scn.out.stat().st_ino
    scn.values()
    assert scn.out.stat().st_ino != inode
    assert {one.name for one in scn.folder.iterdir()} == {
        "klay.ipc",
        "exporter.json",
        "servicechain.prom",
        "servicechain.prom.cache",
    }


def no_space(monkeypatch: pytest.MonkeyPatch, refuses: Callable[[str], bool]) -> None:
    """Let writing of some files fail as it does on a full disk."""
    real = exporter_text.write

    def write(path: str, text: str) -> None:
        if refuses(path):
            raise OSError(errno.ENOSPC, "No space left on device", path)
        real(path, text)

    monkeypatch.setattr(exporter, "write", write)


def test_what_cannot_be_remembered_does_not_end_the_run(scn: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    scn.ipc.chain.made = [Made(0, 100)]
    no_space(monkeypatch, lambda path: path.endswith(".cache"))
    found = scn.values()
    assert (scn.words, found["node_up"], found['recent_request_nonce{back="0"}']) == ("", 1, 0)
    assert not scn.cache.exists()


def test_on_a_full_disk_what_is_remembered_makes_way_for_the_series(
    scn: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    scn.ipc.chain.made = [Made(0, 100)]
    scn.values()
    scn.ipc.chain.head = 260
    no_space(monkeypatch, lambda path: scn.cache.exists())  # noqa: ARG005
    assert scn.values()["head_block"] == 260
    no_space(monkeypatch, lambda path: path.endswith(".prom"))
    with pytest.raises(OSError, match="No space left"):
        scn.values()


def test_a_draft_that_cannot_be_written_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("components.watch.metrics.exporter_text.os.fchmod", full)
    with pytest.raises(OSError, match="No space left"):
        exporter_text.write(str(tmp_path / "a.prom"), "text")
    assert list(tmp_path.iterdir()) == []


def test_whole_numbers_have_no_point_and_large_ones_are_not_cut(scn: Watched) -> None:
    scn.ipc.reach.contracts["child"].request_nonce = 2**60
    scn.values()
    lines = scn.out.read_text().splitlines()
    assert "servicechain_head_block 250" in lines
    assert f"servicechain_bridge_requested {float(2**60)!r}" in lines


def test_names_are_escaped(scn: Watched) -> None:
    scn.config["contract"]["tokens"][0]["name"] = 'a"b\\c\nd'
    scn.values()
    assert 'bridge_token_locked{token="a\\"b\\\\c\\nd"} 0' in scn.out.read_text()


@pytest.mark.skipif(not shutil.which("promtool"), reason="promtool is not installed")
def test_promtool_takes_the_file(scn: Watched) -> None:
    scn.ipc.chain.made = [Made(nonce, 100 + nonce, kind=nonce % 3) for nonce in range(20)]
    scn.values()
    command = ["promtool", "check", "metrics"]
    done = subprocess.run(command, input=scn.out.read_bytes(), capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
