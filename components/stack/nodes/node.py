"""A node that this program makes: PreparedNode until it is launched, Node from then on.

It is made of a package, conf values, files and a start, and knows nothing of what the node is for.
"""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_command import remote

from components.hosts.host import Host
from components.kaia.conf import Conf
from components.kaia.genesis import forks_of
from components.kaia.host_commands import alone, install
from components.kaia.launcher import service
from components.kaia.layout import Layout
from components.kaia.package import Package
from components.kaia.systemd_commands import end_of_other
from components.stack.nodes.watched_files import File, Watched

__all__ = ["File", "Node", "PreparedNode"]

DEADLINE = "10m"
"""For one command; the longest are fetching a package, and a start whose stop takes its 120 s."""


@dataclass(frozen=True, eq=False)
class Node:
    """A node that has been started: what others may use of it."""

    host: Host
    resource: pulumi.Resource
    """The component that holds everything of the node."""
    running: pulumi.CustomResource
    """The first start. Its id changes when the machine is another one."""
    version: str
    ipc: str
    """The path of the IPC socket."""
    endpoint: pulumi.Output[Mapping[str, object]]
    """The console of the node, as chain/ takes it. A secret: it holds the SSH key."""
    restart_command: str
    version_command: str
    """Has the program on its disk print its version."""
    room_command: str | None
    """Fails if the restart would copy the data and there is no room for that; None if it copies none."""
    begin_command: str
    """Deletes the chain data and starts from genesis.json again: for a node that holds nothing but a first block."""
    runs: pulumi.Output[str]
    """A digest of everything that the node reads when it starts."""
    forks: pulumi.Output[dict[str, int]] | None
    """Those of its genesis.json; None if the settings say nothing about them."""

    @property
    def name(self) -> str:
        """Return the name of the node and of its machine."""
        return self.host.name

    def start_inputs(self) -> dict[str, pulumi.Input[object]]:
        """Return the inputs of a RunningNode and an UpdatedNode that come from the start of this node."""
        told: dict[str, pulumi.Input[object]] = {
            "node": self.endpoint,
            "start": self.restart_command,
            "begin": self.begin_command,
            "runs": self.runs,
        }
        return told if self.forks is None else {**told, "forks": self.forks}

    def package_inputs(self) -> dict[str, pulumi.Input[object]]:
        """Return the inputs of an UpdatedNode that come from the package."""
        told: dict[str, pulumi.Input[object]] = {
            "package_version": self.version,
            "version_command": self.version_command,
        }
        return {**told, "room": self.room_command} if self.room_command else told


def console_of(host: Host, ipc: str) -> pulumi.Output[Mapping[str, object]]:
    """Return the console of the node on a host, as chain/ takes it. A secret: it holds the SSH key."""
    own = {"node": host.name, "ipc": ipc}
    return host.ssh.login.apply(lambda login: {**login, **own})


class PreparedNode(pulumi.ComponentResource):
    """A node with its package and files on its machine. It can be used once it is launched."""

    def __init__(
        self,
        host: Host,
        package: Package,
        values: Conf,
        files: Sequence[File],
        genesis: pulumi.Input[str] | None,
        opts: pulumi.ResourceOptions | None = None,
        *,
        network_id: pulumi.Output[int] | None = None,
        keeps_data: bool = False,
        has_forks: bool = False,
    ) -> None:
        """Prepare it with the `values` of its conf and its files.

        `genesis`: None for a public network, whose genesis the node contains. `network_id`: of a chain that others
        began, read from one of its nodes; it replaces the one in `values`. `keeps_data`, `has_forks`: see
        `service`.

        Raises PackageError and ValueError when the node's service cannot be written (see `service`).
        """
        super().__init__("servicechain:node:Node", host.name, None, opts)
        self._host = host
        self._package_version = package.version
        self._layout = Layout(host.root, package)
        self._service = service(
            host.service, self._layout, host.name, values, keeps_data=keeps_data, has_forks=has_forks
        )
        self._commands = {name: host.command(text) for name, text in self._service.commands.items()}
        self._versions = [host.instance, package.digest]
        settings = File(self._service.name, self._service.path, self._content(values, network_id), restarts=True)
        self._forks = pulumi.Output.from_input(genesis).apply(forks_of) if genesis is not None and has_forks else None
        first_block = (
            [] if genesis is None else [File("genesis.json", self._layout.genesis, genesis, restarts=has_forks)]
        )
        self._watched = Watched(
            host,
            self._layout.ipc,
            [settings, *files, *first_block],
            self._owner,
            pulumi.ResourceOptions(parent=self),
        )
        self._runs = self._watched.digest(package.digest)
        unpacked = self._unpack(package)
        # Triggered by the digest too: each release on a machine without systemd has a conf of its own.
        written = [self._file(settings, unpacked, self._versions)]
        written += [self._file(file, unpacked, [host.instance]) for file in files]
        self.prepared: Sequence[pulumi.Resource] = written
        """What the start waits for."""
        if genesis is not None:
            written += [self._file(file, unpacked, [host.instance]) for file in first_block]
            init = self._commands["init"]
            self.prepared = [self._command("init", init, triggers=self._versions, depends_on=written)]
        self.register_outputs({"address": host.address})

    def _content(self, values: Conf, network_id: pulumi.Output[int] | None) -> pulumi.Input[str]:
        """Return the conf or unit, known when the network id is."""
        if network_id is None:
            return self._service.content
        kind, layout, name = self._host.service, self._layout, self._host.name
        return network_id.apply(lambda known: service(kind, layout, name, {**values, "NETWORK_ID": known}).content)

    def launch(self, after: Sequence[pulumi.Resource] = ()) -> Node:
        """Start the node on a machine where it never ran; return the running node.

        `after`: what the start waits for, such as the nodes that this one dials. The validators of a chain have to
        start within a second of each other, because each waits 10 s for a proposer that does not answer (Istanbul
        round change). So all first starts run at once; later ones are restarts, which RunningNode does one at a time.
        """
        host, layout = self._host, self._layout
        start = self._command(
            "start",
            self._commands["start"],
            update=":",
            triggers=[host.instance],
            depends_on=[*self.prepared, *after],
        )
        room = self._commands.get("room")
        return Node(
            host=host,
            resource=self,
            running=start,
            version=self._package_version,
            ipc=layout.ipc,
            endpoint=console_of(host, layout.ipc),
            restart_command=alone(layout, end_of_other(host.service, layout) + self._commands["restart"]),
            version_command=f"{shlex.quote(layout.release.binary)} version",
            room_command=alone(layout, room) if room else None,
            begin_command=alone(layout, self._commands["begin"]),
            runs=self._runs,
            forks=self._forks,
        )

    def _unpack(self, package: Package) -> pulumi.Resource:
        before = list(self._host.depends_on)
        if package.archive:
            copy = remote.CopyToRemote(
                f"{self._host.name}-package",
                connection=self._host.ssh.connection,
                source=pulumi.FileAsset(str(package.archive)),
                remote_path=self._arrives(package),
                triggers=self._versions,
                opts=pulumi.ResourceOptions(parent=self, depends_on=before),
            )
            before = [copy]
        return self._command(
            "unpack", self._received(package) + self._commands["unpack"], triggers=self._versions, depends_on=before
        )

    def _arrives(self, package: Package) -> str:
        return f"{self._host.uploads}/{package.file_name}" if self._host.uploads else self._layout.archive

    def _received(self, package: Package) -> str:
        """Return the command that moves the archive to its place; empty if it arrives there."""
        if not package.archive or not self._host.uploads:
            return ""
        arrived, archive = shlex.quote(self._arrives(package)), shlex.quote(self._layout.archive)
        return f"[ ! -e {arrived} ] || mv {arrived} {archive} || exit\n"

    def _file(self, file: File, unpacked: pulumi.Resource, triggers: Sequence[pulumi.Input[str]]) -> pulumi.Resource:
        return self._command(
            file.name,
            pulumi.Output.from_input(file.path).apply(lambda path: install(path, file.mode, self._owner(path))),
            stdin=file.content,
            triggers=self._watched.triggers(file, triggers),
            depends_on=[unpacked],
        )

    def _owner(self, path: str) -> str | None:
        """Return the owner of a file: the node's user inside the data folder, None (root) elsewhere."""
        return self._service.owner if path.startswith(f"{self._layout.data}/") else None

    def _command(
        self,
        name: str,
        create: pulumi.Input[str],
        *,
        triggers: pulumi.Input[Sequence[pulumi.Input[str]]],
        depends_on: Sequence[pulumi.Resource],
        stdin: pulumi.Input[str] | None = None,
        update: str | None = None,
    ) -> remote.Command:
        return remote.Command(
            f"{self._host.name}-{name}",
            connection=self._host.ssh.connection,
            create=self._host.ssh.command(create),
            update=update,
            stdin=stdin,
            triggers=triggers,
            logging=remote.Logging.NONE if stdin is not None else None,
            add_previous_output_in_env=False,
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=list(depends_on),
                custom_timeouts=pulumi.CustomTimeouts(create=DEADLINE, update=DEADLINE),
            ),
        )
