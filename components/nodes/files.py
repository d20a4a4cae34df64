"""Which files a node has, where, and who may read them. Pure: contents are given, nothing is written here."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from components.nodes.package import Package


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


def install(path: str, mode: str) -> str:
    """Return the command that writes its standard input to a file, complete or not at all."""
    folder = PurePosixPath(path).parent
    return f"umask 077 && mkdir -p {folder} && cat >{path}.new && chmod {mode} {path}.new && mv {path}.new {path}"


def scripts(layout: Layout) -> Mapping[str, str]:
    """Return the commands of a node's life: unpack, init, and start, which stops it first."""
    package, daemon = layout.package, layout.daemon
    archive = f"{layout.root}/{package.archive.name}"
    pid_file = f"{layout.data}/{package.daemon}.pid"
    stop = (
        # The script's own stop waits 10 s and then kills; a killed node rewinds its chain, so wait before asking it.
        f"if [ -s {pid_file} ] && kill $(cat {pid_file}) 2>/dev/null; then "
        f"for _ in $(seq 240); do kill -0 $(cat {pid_file}) 2>/dev/null || break; sleep 0.25; done; "
        f"{daemon} stop >/dev/null; fi; rm -f {pid_file}"
    )
    start = (
        f"{daemon} start && for _ in $(seq 120); do [ -S {layout.ipc} ] && exit 0; "
        f"kill -0 $(cat {pid_file}) 2>/dev/null || break; sleep 0.25; done; "
        f"echo 'the node did not open its console {layout.ipc}; the end of its log:' >&2; "
        f"tail -n 15 {layout.data}/logs/{package.daemon}.out >&2; exit 1"
    )
    init = (
        f"[ -d {layout.data}/klay/chaindata ] || {layout.home}/bin/{package.program} init "
        f"--datadir {layout.data} {layout.genesis} >{layout.root}/init.log 2>&1 || "
        f"{{ tail -n 5 {layout.root}/init.log >&2; exit 1; }}"
    )
    return {
        "unpack": f"tar -xzf {archive} -C {layout.root} && rm {archive}",
        "init": init,
        "start": f"{stop}\nrm -f {layout.ipc}\n{start}",
    }
