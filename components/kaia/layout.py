"""Which files a node has, where, and who may read them. Pure: contents are given, nothing is written here."""

import json
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from components.kaia.package import Package

SERVICE_USER = "kaia"
"""Whom the nodes run as on machines with systemd."""
SERVICE_ID = 505
"""Its number and its group's, the same on all machines: files on a data volume outlive the machine that made the user.

In the middle of the numbers of system users (up to 999), which tools give away from 999 down or from 100 up.
"""

STOPPING = {"ken": 1200}
"""Quarters of a second in which a node may write its data down before it is killed, by program. An EN is large; an SCN
that takes more than a minute waits for itself, and its chain for it."""
OPENING = 4800
"""Quarters of a second in which a node that lives may open its console: a large one looks through its data first."""

ALONE_SECONDS = 90
"""Of patience with what an earlier run has begun on a machine: the stop of a node, and its start."""


@dataclass(frozen=True)
class Layout:
    """Where things are on a node's machine."""

    root: str
    package: Package

    @property
    def home(self) -> str:
        """Return the folder of the unpacked package."""
        return f"{self.root}/{self.package.folder}"

    @property
    def archive(self) -> str:
        """Return where the package is until it is unpacked."""
        return f"{self.root}/{self.package.file_name}"

    @property
    def binary(self) -> str:
        """Return the path of the node's program."""
        return f"{self.home}/bin/{self.package.program}"

    @property
    def unit(self) -> str:
        """Return the name of the systemd unit."""
        return f"{self.package.daemon}.service"

    @property
    def unit_file(self) -> str:
        """Return the path of the systemd unit."""
        return f"/etc/systemd/system/{self.unit}"

    @property
    def conf(self) -> str:
        """Return the path of the conf that the daemon script reads."""
        return f"{self.home}/conf/{self.package.daemon}.conf"

    @property
    def daemon(self) -> str:
        """Return the path of the daemon script."""
        return f"{self.home}/bin/{self.package.daemon}"

    @property
    def data(self) -> str:
        """Return the data directory."""
        return f"{self.root}/data"

    @property
    def ipc(self) -> str:
        """Return the path of the IPC socket."""
        return f"{self.data}/klay.ipc"

    @property
    def genesis(self) -> str:
        """Return the path of the genesis file."""
        return f"{self.root}/genesis.json"

    @property
    def node_key(self) -> str:
        """Return the path of the node key."""
        return f"{self.data}/klay/nodekey"

    @property
    def static_nodes(self) -> str:
        """Return the path of the list of nodes to connect to."""
        return f"{self.data}/static-nodes.json"

    @property
    def main_bridges(self) -> str:
        """Return the path of the list of main bridges to connect to."""
        return f"{self.data}/main-bridges.json"

    def operator(self, chain: str, address: str) -> "OperatorFiles":
        """Return where the keystore and password of the `parent` or `child` operator are."""
        folder = PurePosixPath(self.data) / f"{chain}_bridge_account"
        return OperatorFiles(keystore=str(folder / f"keystore-{address.lower()}"), password=str(folder / address))


@dataclass(frozen=True)
class OperatorFiles:
    """An operator account on an SCN: one keystore, and a password file named by the checksummed address."""

    keystore: str
    password: str


def json_list(items: Sequence[str]) -> str:
    """Return a JSON array, as static-nodes.json and main-bridges.json are."""
    return json.dumps(list(items), indent=2) + "\n"


def main_bridges(kni: str) -> str:
    """Return main-bridges.json with the one EN of the pair.

    Never more: with two, both may connect, and the SCN then talks to one at random (node-behaviour 1).
    """
    return json_list([kni])


def install(path: str, mode: str, owner: str | None = None) -> str:
    """Return the command that writes its standard input to a file, complete or not at all.

    A file that has this content, mode and owner already is left alone: its time tells whether the node has read it.
    The command runs as the `owner` and not as root, so that no link in the owner's folders leads it elsewhere.
    """
    folder, file = shlex.quote(str(PurePosixPath(path).parent)), shlex.quote(path)
    new = shlex.quote(f"{path}.new")
    seen = '[ -f "$1" ] && ! [ -L "$1" ] && stat -c "%u %g %a" "$1" && sha256sum <"$1"'
    same = f'[ "$(look {new})" = "$(look {file})" ]'
    place = f"{{ look() {{ {seen}; }}; if {same}; then rm {new}; else mv {new} {file}; fi; }}"
    text = f"umask 077 && mkdir -p {folder} && cat >{new} && chmod {mode} {new} && {place}"
    return f"{run_as(owner)} sh -c {shlex.quote(text)}" if owner else text


def run_as(user: str) -> str:
    """Return what to put before a command so that it runs as this user, without any rights of root."""
    return f"setpriv --reuid={user} --regid={user} --clear-groups --no-new-privs --inh-caps=-all --"


def scripts(layout: Layout) -> Mapping[str, str]:
    """Return the commands of a node's life with the daemon script.

    unpack, init, start, which stops it first, and restart, which does the same and has more patience. `begin` throws
    the chain's data away and begins again: for a node that holds nothing but a first block.
    """
    package, daemon = layout.package, layout.daemon
    archive = shlex.quote(layout.archive)
    pid_file = f"{layout.data}/{package.daemon}.pid"
    pid = f'"$(cat {pid_file})"'

    def stopped(patience: int) -> str:
        """Return the stop, with so many quarters of a second for it."""
        return (
            # The script's own stop waits 10 s and then kills; a killed node rewinds its chain, so wait before that.
            f"if [ -s {pid_file} ] && kill {pid} 2>/dev/null; then "
            f"for _ in $(seq {patience}); do kill -0 {pid} 2>/dev/null || break; sleep 0.25; done; "
            f"{daemon} stop >/dev/null; fi; rm -f {pid_file}\nrm -f {layout.ipc}\n"
        )

    def started(patience: int) -> str:
        """Return the start, with so many quarters of a second until the console is there."""
        return (
            f"{daemon} start && for _ in $(seq {patience}); do [ -S {layout.ipc} ] && exit 0; "
            f"kill -0 {pid} 2>/dev/null || break; sleep 0.25; done; "
            f"echo 'the node did not open its console {layout.ipc}; the end of its log:' >&2; "
            f"tail -n 15 {layout.data}/logs/{package.daemon}.out >&2; exit 1"
        )

    init = (
        f"[ -d {layout.data}/klay/chaindata ] || {layout.binary} init "
        f"--datadir {layout.data} {layout.genesis} >{layout.root}/init.log 2>&1 || "
        f"{{ tail -n 5 {layout.root}/init.log >&2; exit 1; }}"
    )
    unpack = f"tar -xzf {archive} -C {layout.root} && rm -f {archive}"
    return {
        # The archive is gone when this is the second time, as after a connection that was lost.
        "unpack": f"if [ -f {archive} ]; then {unpack}; else [ -x {layout.binary} ]; fi",
        "init": init,
        "start": stopped(240) + started(120),
        "restart": stopped(STOPPING.get(package.program, 240)) + started(OPENING),
        "begin": f"{stopped(240)}rm -rf {layout.data}/klay/chaindata\n{init}\n{started(OPENING)}",
    }


def alone(layout: Layout, command: str) -> str:
    """Return the command as it runs on a machine where it may be running already.

    What a killed run, or a lost connection, has begun on a machine goes on there. Two that start a node at once would
    both find it stopped.
    """
    return f"""\
exec 9>{shlex.quote(f"{layout.root}/.alone")}
flock -w {ALONE_SECONDS} 9 || {{
    echo 'what an earlier run began on this machine still runs there after {ALONE_SECONDS} s; run again later' >&2
    exit 1
}}
# Without the lock, which would else be the node's as long as it runs.
(
{command}
) 9>&-"""
