"""A machine with a real systemd, in namespaces and a control group of its own: its end is the end of all in it."""

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SCRIPT = Path(__file__).with_name("systemd_machine.sh")
SYSTEMD = Path("/lib/systemd/systemd")
KINDS = ("mount", "pid", "net", "uts", "ipc", "cgroup")
BOOT_SECONDS = 60.0
END_SECONDS = 15.0


def missing() -> str | None:
    """Return why no such machine can run here, or None."""
    if os.geteuid() != 0:
        return "a machine with systemd needs root"
    if not SYSTEMD.exists() or not shutil.which("systemctl"):
        return f"systemd is not installed: there is no {SYSTEMD}"
    absent = [tool for tool in ("curl", "ip", "nsenter", "pivot_root", "setpriv", "unshare") if not shutil.which(tool)]
    if absent:
        return f"not installed: {', '.join(absent)}"
    return None if _cgroup2() else "no cgroup2 is mounted on this machine"


def _cgroup2() -> Path | None:
    mounts = (line.split() for line in Path("/proc/mounts").read_text().splitlines())
    return next((Path(mount[1]) for mount in mounts if mount[2] == "cgroup2"), None)


KEPT = ("mnt", "net", "uts", "ipc")
"""Namespaces that outlive its systemd while somebody holds them: disks, with what is mounted, and network cards."""


@dataclass
class Machine:
    """A machine that is up."""

    pid: int
    """Of its systemd, as seen from outside."""
    volume: Path
    """What it has as /srv."""
    _boot_again: Callable[["Machine"], int]

    def loses_power_and_boots(self) -> None:
        """End all processes at once, and boot from the same disks; /run is a new one. Return when systemd is up."""
        self.pid = self._boot_again(self)

    def run(self, command: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command as a login over SSH would: as root, by the shell, with nothing of our environment."""
        spaces = ["--mount", "--pid", "--net", "--uts", "--ipc", "--cgroup", "--root", "--wd"]
        path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        return subprocess.run(
            [
                "nsenter",
                "--target",
                str(self.pid),
                *spaces,
                "env",
                "-i",
                "--chdir=/root",
                path,
                "HOME=/root",
                "sh",
                "-c",
                command,
            ],
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=200,
        )

    def ask(self, command: str) -> str:
        """Return what a command prints, without the end of its last line."""
        done = self.run(command)
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        return done.stdout.rstrip("\n")

    def show(self, unit: str, setting: str) -> str:
        """Return what systemd says of a unit."""
        return self.ask(f"systemctl show --value --property={setting} {unit}")

    def call(self, method: str, *params: object) -> Any:
        """Call the node over its IPC socket."""
        with socket.socket(socket.AF_UNIX) as ipc:
            ipc.settimeout(10)
            ipc.connect(f"/proc/{self.pid}/root/srv/data/klay.ipc")
            ipc.sendall(json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode() + b"\n")
            with ipc.makefile() as answers:
                return json.loads(answers.readline())["result"]

    @contextmanager
    def serving(self, folder: Path) -> Iterator[str]:
        """Serve the files of a folder of this computer on the machine's loopback; yield the address of the folder."""
        network = ["nsenter", f"--net=/proc/{self.pid}/ns/net", "setpriv", "--pdeathsig=KILL"]
        python = ["python3", "-m", "http.server", "--bind", "127.0.0.1", "--directory", str(folder), "8000"]
        with subprocess.Popen([*network, *python], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
            try:
                self.ask(
                    "curl --silent --retry 50 --retry-delay 0 --retry-connrefused --output /dev/null localhost:8000"
                )
                yield "http://127.0.0.1:8000"
            finally:
                server.kill()


@contextmanager
def machine(folder: Path, volume: Path) -> Iterator[Machine]:
    """Boot a machine that keeps its data in `volume`; afterwards nothing of it may be left."""
    cgroups = _cgroup2()
    assert cgroups
    group = cgroups / f"servicechain-test-{secrets.token_hex(4)}"
    root, log = folder / "root", folder / "systemd.log"
    root.mkdir()
    group.mkdir()
    # All in one: the namespaces end with `unshare`, and that ends with us.
    spaces = ["unshare", *(f"--{kind}" for kind in KINDS), "--fork", "--kill-child=KILL", "sh", str(SCRIPT)]
    with ExitStack() as running, log.open("w") as out:

        def started(command: Sequence[str], *files: int) -> int:
            words = ["sh", "-c", _JOIN, str(group), *command]
            keeper = subprocess.Popen(words, stdin=subprocess.DEVNULL, stderr=out, pass_fds=files)
            running.enter_context(keeper)
            running.callback(keeper.kill)  # before it is waited for
            return _booted(keeper, volume, log)

        def again(up: Machine) -> int:
            with ExitStack() as held:
                files = {kind: held.enter_context(Path(f"/proc/{up.pid}/ns/{kind}").open()).fileno() for kind in KEPT}
                os.kill(up.pid, signal.SIGKILL)  # and with it, all that is in the machine
                assert _take_away(group) == []
                group.mkdir()
                inside = [f"--{_OPTIONS.get(kind, kind)}=/proc/self/fd/{file}" for kind, file in files.items()]
                new = ["unshare", "--pid", "--cgroup", "--fork", "--kill-child=KILL", "sh", "-c", SCRIPT.read_text()]
                return started(["nsenter", *inside, *new], *files.values())

        try:
            yield Machine(started([*spaces, str(root), str(volume)]), volume, again)
        finally:
            running.close()
            remains = _take_away(group)
            root.rmdir()  # fails when something is mounted there
    assert remains == []
    assert str(folder) not in Path("/proc/mounts").read_text()


_JOIN = 'echo $$ >"$0/cgroup.procs" && exec setpriv --pdeathsig=KILL "$@"'
_OPTIONS = {"mnt": "mount"}
"""What nsenter calls a namespace, where it is not its name in /proc."""


def _booted(keeper: subprocess.Popen[bytes], volume: Path, log: Path) -> int:
    deadline = time.monotonic() + BOOT_SECONDS
    children = Path(f"/proc/{keeper.pid}/task/{keeper.pid}/children")
    while keeper.poll() is None and time.monotonic() < deadline:
        first = children.read_text().split()
        if first and Path(f"/proc/{first[0]}/comm").read_text() == "systemd\n":
            up = Machine(int(first[0]), volume, lambda _: 0)
            if up.run("systemctl is-system-running --wait").stdout.strip() in ("running", "degraded"):
                return up.pid
        time.sleep(0.1)
    msg = f"systemd did not come up:\n{log.read_text()}"
    raise AssertionError(msg)


def _take_away(group: Path) -> list[str]:
    """Remove the control group and those in it, as soon as their processes are gone; return what stays."""
    deadline = time.monotonic() + END_SECONDS
    while group.exists() and time.monotonic() < deadline:
        for inner, _, _ in os.walk(group, topdown=False):
            try:
                Path(inner).rmdir()
            except OSError:
                time.sleep(0.05)
    if not group.exists():
        return []
    return [f"{group} with the processes {group.joinpath('cgroup.procs').read_text().split()}"]
