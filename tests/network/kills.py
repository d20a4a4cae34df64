"""Runs of the engine of which a process gets SIGKILL: which one and when, by chance that can be repeated.

KILLS_SEED=number has the same victims killed after the same delays once more.
"""

import json
import os
import random
import re
import secrets
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.stack import Stack

VICTIMS = {
    "engine": "pulumi ",
    "language host": "pulumi-language-python ",
    "program": "pulumi-language-python-exec ",
    "provider": "-m pulumi.dynamic ",
    "command plugin": "pulumi-resource-command ",
}
"""What is in the command line of each, with a space after every word. The first one leads the session."""
WEIGHTS = {"engine": 5, "language host": 1, "program": 1, "provider": 4, "command plugin": 3}
"""How often each is chosen while it is there: what has a remote effect, and what writes the state, more often."""
EARLY = 0.1
"""Share of the kills that come before the first step, when the state is read and locked."""
STARTING_SECONDS = 3.0
"""That long the engine needs until its first step."""
PATIENCE = 20.0
"""Seconds for a run of which a part was killed to end by itself. It may wait for what now does not come: a user would
end it then, and so is it ended here."""
LONGEST = 300.0
"""Seconds for a run of which nothing was killed."""
PROVIDER_SECONDS = 20.0
"""For a provider to end after its engine; seen: 0.1, and more than 5 while two test runs had a host's disk removed."""

_STEP = re.compile(r"(creat|updat|delet|replac)(ing|ed) ")


class Stuck(AssertionError):
    """A run did not end, or failed although nobody killed anything."""


@dataclass
class Kills:
    """All that were done to a stack."""

    stack: Stack
    seed: int = field(default_factory=lambda: int(os.environ.get("KILLS_SEED") or secrets.randbits(32)))
    done: list[str] = field(default_factory=list)
    """A line for each kill."""
    _sessions: list[int] = field(default_factory=list)
    """Of all runs: the ids of their engines."""

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)  # noqa: S311 - not a secret
        print(f"KILLS_SEED={self.seed}")

    def run(self, verb: str, most: int, seconds: float) -> bool:
        """Begin to `up` or to `destroy` again and again, until a run ends well or `most` were killed.

        `seconds` is the mean time from the first step to the kill: short against the phase, so that all of it is
        gone through. Tells whether a run ended well. Raises Stuck.
        """
        return any(self._one(verb, seconds) for _ in range(most))

    def unlock(self) -> None:
        """Take away what a killed engine left beside the state, as toolchain/stack does."""
        bookkeeping = self.stack.folder / "state/.pulumi"
        for lock in (bookkeeping / "locks").rglob("*.json"):
            assert not Path(f"/proc/{json.loads(lock.read_text())['pid']}").exists()
            lock.unlink()
        for note in (bookkeeping / "stacks").rglob("*.attrs"):
            if not note.stat().st_size:
                note.unlink()

    # -- helpers -------------------------------------------------------------------------------------------

    def _one(self, verb: str, seconds: float) -> bool:
        self.unlock()
        log = self.stack.folder / f"run-{len(self._sessions)}-{verb}.log"
        early = self.chance.random() < EARLY
        delay = self.chance.uniform(0, STARTING_SECONDS) if early else self.chance.expovariate(1 / seconds)
        order = _shuffled(self.chance)
        with log.open("w") as out:
            leader = self._begin(verb, out.fileno())
        self._sessions.append(leader.pid)
        try:
            if not early:
                _wait_for_step(leader, log)
            killed = _wait(leader, delay) is None and self._kill(leader.pid, order)
            code = _wait(leader, PATIENCE if killed else LONGEST)
            if code is None:
                leader.kill()
                code = leader.wait()
                killed = killed and f"{killed}, and the engine {PATIENCE:.0f} s later"
            _see_the_provider_end(leader.pid)
        finally:
            if leader.poll() is None:
                leader.kill()
                leader.wait()
        if killed:
            since = "start" if early else "first step"
            self.done.append(
                f"{verb}: {killed}, {delay:.1f} s after its {since}, {log.read_text().count(' (')} steps told"
            )
            print(f"kill {len(self.done)}: {self.done[-1]}")
        if code == 0:
            return True
        if not killed:
            msg = f"{verb} failed by itself, or did not end, after {self.done[-3:]}:\n{log.read_text()[-6000:]}"
            raise Stuck(msg)
        return False

    def _begin(self, verb: str, out: int) -> "subprocess.Popen[bytes]":
        options = ["--yes", "--skip-preview", "--non-interactive", "--color=never", "--stack", self.stack.name]
        return subprocess.Popen(
            ["pulumi", verb, *options],
            cwd=self.stack.folder,
            env={**os.environ, **self.stack.environment},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )

    def _kill(self, session: int, order: list[str]) -> str:
        there = {name: pid for name in VICTIMS for pid in _members(session, name)}
        for victim in (name for name in order if name in there):
            with suppress(ProcessLookupError):  # it has just ended by itself
                os.kill(there[victim], signal.SIGKILL)
                return victim
        return ""

    def bury(self) -> None:
        """End what killed engines left of their plugins, which would end by themselves within 5 minutes."""
        for session in self._sessions:
            for name in VICTIMS:
                for pid in _members(session, name):
                    os.kill(pid, signal.SIGKILL)


def _see_the_provider_end(session: int) -> None:
    """Wait until no provider is at work. Raises Stuck."""
    deadline = time.monotonic() + PROVIDER_SECONDS
    while there := [pid for pid in _members(session, "provider") if _at_work(pid)]:
        if time.monotonic() > deadline:
            states = [Path(f"/proc/{pid}/stat").read_text() for pid in there]
            msg = f"the provider goes on though its engine is no more: {states}"
            raise Stuck(msg)
        time.sleep(0.02)


def _at_work(pid: int) -> bool:
    """Tell whether a provider has begun to load this program, which it does for its first resource.

    One that has not is idle and an orphan that does no harm: it is asked for nothing any more, and would end at once if
    it were, as its engine is gone.
    """
    try:
        return "pydantic_core" in Path(f"/proc/{pid}/maps").read_text()
    except OSError:  # it has just ended
        return False


def _shuffled(chance: random.Random) -> list[str]:
    """Return all kinds of victims, the likelier ones more often in front."""
    return sorted(WEIGHTS, key=lambda name: chance.random() ** (1 / WEIGHTS[name]), reverse=True)


def _wait(process: "subprocess.Popen[bytes]", seconds: float) -> int | None:
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        return None


def _wait_for_step(leader: "subprocess.Popen[bytes]", log: Path) -> None:
    while leader.poll() is None and not _STEP.search(log.read_text()):
        time.sleep(0.02)


def _members(session: int, kind: str) -> Iterator[int]:
    """Find the processes of one kind in a session: children of the engine, also when that is dead."""
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            state, _, _, of = (entry / "stat").read_text().rpartition(")")[2].split()[:4]
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        # Names are compared with those of the session alone, and the engine leads it.
        pid = int(entry.name)
        if int(of) == session and state != "Z" and VICTIMS[kind] in command and (kind == "engine") == (pid == session):
            yield pid
