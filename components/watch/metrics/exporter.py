"""The exporter: reads one node over its IPC socket and writes what it says in the text format of Prometheus.

    exporter.py CONFIG.json [--loop SECONDS]

It runs on the node's machine as the node's user, with Python 3.9 or later and its standard library only, and sends no
transaction. node_exporter serves the file from its folder of text files. A value that the node does not report is left
out, never zero; of a node that does not answer there is node_up 0. One run takes ten seconds at the most.
`subbridge_getBridgeInformation` is never asked: it changes the node's counters, and may hang.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from components.watch.metrics.exporter_contract import BridgeQuestions
from components.watch.metrics.exporter_ipc import (
    Questions,
    Silent,
    Told,
    best_of,
    listed,
    members,
    number,
    quorum,
)
from components.watch.metrics.exporter_requests import Newest
from components.watch.metrics.exporter_text import Samples, coins, write

DEADLINE = 10.0
"""Seconds of one run."""
STEP = 2.0
"""Seconds for each of the four messages before the search of requests, which has what is left."""
CHECKPOINT = 100
HASH_DIGITS = 12
"""48 bits: a float holds them exactly."""
COINS, NFT = 0, 2
"""Kinds of requests."""
VERSION = re.compile(r"(?:^|[/\s])v(\d+)\.(\d+)\.(\d+)(?=[-+/\s]|$)")
SIDES = ("parent", "child")

Config = dict[str, Any]


class Run:
    """One look at the node."""

    def __init__(self, config: Config) -> None:
        self._config, self._ipc, self._until = config, str(config["ipc"]), time.monotonic() + DEADLINE
        self.samples = Samples(config["series"])
        self._chain = self._head = 0
        self.memory = ""
        """What the next run needs to find the newest requests; "" where they were not looked for."""

    def read(self) -> str:
        """Read everything that the node reports; return why it does not answer, "" where it does."""
        self.samples.add("exporter_last_run_timestamp_seconds", int(time.time()))
        self._disk()
        try:
            unanswered = self._node()
        except Silent as error:
            self.samples.add("node_up", 0)
            return f"{error} [{error.code}]"
        for step in self._steps():
            try:
                unanswered += step()
            except Silent:  # noqa: PERF203 - of three
                unanswered += 1
        self.samples.add("exporter_unanswered_questions", unanswered)
        return ""

    def _steps(self) -> list[Callable[[], int]]:
        config = self._config
        steps = [self._blocks]
        if config["half"]:
            steps.append(self._half)
        if config["contract"]:
            steps.append(self._contract)
        return steps

    @property
    def _seconds(self) -> float:
        return max(0.1, min(STEP, self._until - time.monotonic()))

    def _disk(self) -> None:
        try:
            disk = os.statvfs(self._config["data"])
        except OSError:
            return
        self.samples.add("data_free_bytes", disk.f_bavail * disk.f_frsize)
        self.samples.add("data_size_bytes", disk.f_blocks * disk.f_frsize)

    def _node(self) -> int:
        asked, samples = Questions(), self.samples
        chain_id = asked.ask(number, "eth_chainId")
        height = asked.ask(number, "eth_blockNumber")
        version = asked.ask(str, "web3_clientVersion")
        asked.send(self._ipc, self._seconds)
        if chain_id.value is None or height.value is None:
            msg = "it does not report its chain"
            raise Silent(msg)
        self._chain, self._head = chain_id.value, height.value
        samples.add("node_up", 1)
        samples.add("node_process_start_time_seconds", started(asked.process))
        found = VERSION.findall(version.value or "")
        if found:
            major, minor, patch = map(int, found[-1])
            samples.add("node_info", 1, version=f"v{major}.{minor}.{patch}", chain_id=self._chain)
            samples.add("node_version_number", major * 10**6 + minor * 10**3 + patch)
        return asked.unanswered

    def _blocks(self) -> int:
        asked, samples = Questions(), self.samples
        newest = asked.block("latest")
        multiple = self._head - self._head % CHECKPOINT
        checkpoint = asked.block(multiple)
        peers = asked.ask(listed, "admin_peers")
        snapshot = asked.ask(lambda told: members(told["validators"]), "istanbul_getSnapshot", "latest", needed=False)
        validators = asked.ask(members, "istanbul_getValidators", "pending", needed=False)  # v2 has no snapshots
        asked.send(self._ipc, self._seconds)
        if newest.value:
            samples.add("head_block", newest.value[0])
            samples.add("head_timestamp_seconds", newest.value[2])
        if checkpoint.value:
            samples.add("checkpoint_block", checkpoint.value[0])
            samples.add("checkpoint_hash", int(checkpoint.value[1][2 : 2 + HASH_DIGITS], 16))
        samples.add("peers", None if peers.value is None else len(peers.value))
        best = Told(best_of)
        best.take({"result": peers.value})
        samples.add("best_peer_block", best.value)
        council = validators.value if snapshot.value is None else snapshot.value
        samples.add("validators", council)
        samples.add("validators_needed", None if council is None else quorum(council))
        return asked.unanswered + (council is None)

    def _half(self) -> int:
        """Read the half of a bridge that an SCN runs."""
        asked, samples, half = Questions(), self.samples, self._config["half"]
        peers = asked.ask(lambda told: [str(one["id"]) for one in listed(told)], "subbridge_peers")
        entry = asked.ask(lambda told: entry_of(listed(told), half), "subbridge_listBridge")
        memory = asked.ask(listed, "subbridge_getRegisteredOperators", half["child"], needed=False)
        counts = asked.ask(lambda told: {side: count_of(told, side) for side in SIDES}, "subbridge_getOperators")
        anchoring = asked.ask(lambda told: int(bool(told)), "subbridge_getAnchoring")
        period = asked.ask(number, "subbridge_getAnchoringPeriod")
        anchored = asked.ask(number, "subbridge_getLatestAnchoredBlockNumber")
        pending = asked.ask(number, "subbridge_txPendingCount")
        asked.send(self._ipc, self._seconds)
        if peers.value is not None:
            samples.add("scn_main_bridges", len(peers.value))
            right = int(half["main_bridge"] in peers.value) if half["main_bridge"] else None
            samples.add("scn_right_main_bridge", right)
        if entry.value is not None:
            registered, marked = entry.value
            samples.add("scn_registered", registered)
            samples.add("scn_subscribed", int(marked and memory.value is not None))
        samples.add("scn_anchoring", anchoring.value)
        samples.add("scn_anchoring_period_blocks", period.value)
        samples.add("scn_anchored_block", anchored.value)
        samples.add("scn_pending_transactions", pending.value)
        for side, (nonce, is_known, unlocked) in (counts.value or {}).items():
            samples.add("scn_operator_nonce", nonce, side=side)
            samples.add("scn_operator_nonce_known", is_known, side=side)
            samples.add("scn_operator_unlocked", unlocked, side=side)
        return asked.unanswered

    def _contract(self) -> int:
        config = self._config
        asked = BridgeQuestions(config["contract"], config["operators"])
        unanswered = asked.send(self._ipc, self._seconds, self.samples)
        return unanswered + (self._requests() if asked.requested.value else 0)

    def _requests(self) -> int:
        """Read the newest requests, with the help of what the last run has found."""
        contract = self._config["contract"]
        newest = Newest(contract["address"], self._chain, self._ipc, self._until)
        try:
            remembered = json.loads(memory_of(self._config["out"]).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            remembered = None
        found = newest.search(remembered, self._head)
        self.memory = json.dumps(newest.state(found))
        tokens = {token["address"]: token["name"] for token in contract["tokens"]}
        for back, one in enumerate(found.requests):
            self.samples.add("recent_request_nonce", one.nonce, back=back)
            self.samples.add("recent_request_timestamp_seconds", one.time, back=back)
            asset = "coins" if one.kind == COINS else tokens.get(one.token, one.token)
            amount = coins(one.amount) if one.kind == COINS else 1 if one.kind == NFT else one.amount
            self.samples.add("recent_request_amount", amount, back=back, asset=asset)
        return 0


def entry_of(journal: list[Any], half: Config) -> tuple[int, int]:
    """Return whether the journal has both contracts as a pair, and whether it has them marked as subscribed."""
    for one in journal:
        if all(half[side] and str(one[side + "Address"]).lower() == half[side] for side in SIDES):
            return 1, int(bool(one.get("subscribed")))
    return 0, 0


def count_of(told: Any, side: str) -> tuple[int, int, int]:
    """Return nonce, whether it is known, and whether the key is unlocked, of an operator."""
    one = told[side + "Operator"]
    return number(one["nonce"]), int(bool(one["isNonceSynced"])), int(bool(one["isUnlocked"]))


def started(process: int | None) -> float | None:
    """Return when a process was started (Unix time); None if that cannot be seen."""
    try:
        ticks = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[19]
        boot = re.search(r"^btime (\d+)$", Path("/proc/stat").read_text(encoding="utf-8"), re.MULTILINE)
        return int(boot[1]) + int(ticks) / os.sysconf("SC_CLK_TCK") if boot else None
    except (OSError, ValueError, LookupError):
        return None


def memory_of(out: str) -> Path:
    """Return the file beside `out` with what a run remembers."""
    return Path(out + ".cache")


def save(out: str, text: str, memory: str) -> None:
    """Write both files. Raises OSError where that of the series cannot be written.

    On a full disk the series come first: what is remembered makes way for them, and the next run finds it again.
    """
    try:
        write(out, text)
    except OSError:
        memory_of(out).unlink(missing_ok=True)
        write(out, text)
    if memory:
        with suppress(OSError):
            write(str(memory_of(out)), memory)


def once(config_file: str) -> str:
    """Read the node and write the files; return why the node does not answer, "" where it does."""
    config = json.loads(Path(config_file).read_text(encoding="utf-8"))
    run = Run(config)
    words = run.read()
    save(config["out"], run.samples.text(), run.memory)
    return f"{config['node']}: the node does not answer on {config['ipc']}: {words}" if words else ""


def repeat(config_file: str, seconds: float) -> None:
    """Run without end, and print each change of what is wrong."""
    said = ""
    while True:
        begin = time.monotonic()
        try:
            words = once(config_file)
        except Exception as error:  # noqa: BLE001 - the next run may succeed
            words = f"{type(error).__name__}: {error}"
        if words != said:
            print(words.replace("\n", " ") or "the node answers", file=sys.stderr, flush=True)
            said = words
        time.sleep(max(0.1, seconds - (time.monotonic() - begin)))


def main() -> int:
    """Run once, or without end."""
    parser = argparse.ArgumentParser(description="Write what a node says in the text format of Prometheus.")
    parser.add_argument("config")
    parser.add_argument("--loop", type=float, metavar="SECONDS")
    options = parser.parse_args()
    if options.loop:
        repeat(options.config, options.loop)
    try:
        once(options.config)
    except Exception as error:  # noqa: BLE001 - one line, not a stack of calls
        print(f"{type(error).__name__}: {error}".replace("\n", " "), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
