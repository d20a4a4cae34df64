"""Which files a node has, where they are, and which user owns them. Pure."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from components.kaia.package import Package

SERVICE_USER = "kaia"
"""The user that runs the nodes on machines with systemd."""
SERVICE_ID = 505
"""The id of that user and its group, the same on all machines, because a data volume outlives a machine.

In the middle of the range of system users: tools assign ids from 999 down or from 100 up.
"""


@dataclass(frozen=True)
class Release:
    """An unpacked package, by the path of its folder or of a link to it."""

    folder: str
    package: Package

    @property
    def binary(self) -> str:
        """Return the path of the node's program."""
        return f"{self.folder}/bin/{self.package.program}"

    @property
    def daemon(self) -> str:
        """Return the path of the daemon script."""
        return f"{self.folder}/bin/{self.package.daemon}"

    @property
    def conf(self) -> str:
        """Return the path of the conf file that the daemon script reads."""
        return f"{self.folder}/conf/{self.package.daemon}.conf"


@dataclass(frozen=True)
class Layout:
    """The paths of a node's files on its machine."""

    root: str
    package: Package

    @property
    def release(self) -> Release:
        """Return the unpacked package. Raises PackageError."""
        return Release(f"{self.root}/{self.package.release}", self.package)

    @property
    def next(self) -> Release:
        """Return the release that was unpacked last, with which the node is started next."""
        return Release(f"{self.root}/next", self.package)

    @property
    def current(self) -> Release:
        """Return the release with which the node was last started."""
        return Release(f"{self.root}/current", self.package)

    @property
    def archive(self) -> str:
        """Return the path of the archive, which is removed once it is unpacked. Raises PackageError."""
        return f"{self.root}/{self.package.file_name}"

    @property
    def unit(self) -> str:
        """Return the name of the systemd unit."""
        return f"{self.package.daemon}.service"

    @property
    def unit_file(self) -> str:
        """Return the path of the systemd unit."""
        return f"/etc/systemd/system/{self.unit}"

    @property
    def data(self) -> str:
        """Return the data directory."""
        return f"{self.root}/data"

    @property
    def former_data(self) -> str:
        """Return how the paths of copies of the data begin; the version that wrote them follows."""
        return f"{self.data}.before-"

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
        """Return the path of the node's private key."""
        return f"{self.data}/klay/nodekey"

    @property
    def static_nodes(self) -> str:
        """Return the path of the list of peers to dial."""
        return f"{self.data}/static-nodes.json"

    @property
    def main_bridges(self) -> str:
        """Return the path of the list of main bridges to dial."""
        return f"{self.data}/main-bridges.json"

    def operator(self, chain: str, address: str) -> "OperatorFiles":
        """Return the paths of the keystore and password of the `parent` or `child` operator."""
        folder = PurePosixPath(self.data) / f"{chain}_bridge_account"
        return OperatorFiles(keystore=str(folder / f"keystore-{address.lower()}"), password=str(folder / address))


@dataclass(frozen=True)
class OperatorFiles:
    """An operator account on an SCN: a keystore, and a password file named after the checksummed address."""

    keystore: str
    password: str


def json_list(items: Sequence[str]) -> str:
    """Return a JSON array, the format of static-nodes.json and main-bridges.json."""
    return json.dumps(list(items), indent=2) + "\n"


def main_bridges(kni: str) -> str:
    """Return main-bridges.json with the EN of the pair.

    Never more than one: with two entries both may connect, and the SCN then talks to one of them at random.
    """
    return json_list([kni])
