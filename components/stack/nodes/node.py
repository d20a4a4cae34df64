"""Node: one running node on a host, made of a package, conf values, files and a start.

Knows nothing of what the node is for.
"""

import shlex
from collections.abc import Mapping, Sequence
from functools import cached_property

import pulumi
from pulumi_command import remote

from components.hosts.host import Host
from components.kaia.conf import Conf
from components.kaia.host_commands import alone, install
from components.kaia.launcher import service
from components.kaia.layout import Layout
from components.kaia.package import Package
from components.kaia.systemd_commands import end_of_other
from components.stack.nodes.watched_files import File, Watched

__all__ = ["File", "Node"]

DEADLINE = "10m"
"""For one command; the longest are fetching a package, and a start whose stop takes its 120 s."""


class Node(pulumi.ComponentResource):
    """A node: prepared by the constructor, and running once it is launched."""

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
    ) -> None:
        """`values` are those of the node's conf; `genesis` is None for a node of a network that its program knows.

        `network_id`: of a chain that others began, where a node of it has to be asked; it goes before that in `values`.

        Raises PackageError and ValueError when the node's service cannot be written (see `service`).
        """
        super().__init__("servicechain:node:Node", host.name, None, opts)
        self.host = host
        self.name = host.name
        self.version = package.version
        self.layout = Layout(host.root, package)
        self._service = service(host.service, self.layout, host.name, values)
        self._commands = {name: host.command(text) for name, text in self._service.commands.items()}
        self.restart_command = alone(self.layout, end_of_other(host.service, self.layout) + self._commands["restart"])
        self.begin_command = alone(self.layout, self._commands["begin"])
        """Has a node that holds nothing but a first block begin again, with the genesis.json that lies there now."""
        self._versions = [host.instance, package.digest]
        settings = File(self._service.name, self._service.path, self._content(values, network_id), restarts=True)
        first_block = [] if genesis is None else [File("genesis.json", self.layout.genesis, genesis)]
        self._watched = Watched(
            host,
            self.layout.ipc,
            [settings, *files, *first_block],
            self._owner,
            pulumi.ResourceOptions(parent=self),
        )
        self._runs = self._watched.digest(package.digest)
        unpacked = self._unpack(package)
        # With the digest, because unpacking puts the packaged conf back in its place.
        written = [self._file(settings, unpacked, self._versions)]
        written += [self._file(file, unpacked, [host.instance]) for file in files]
        self.prepared: Sequence[pulumi.Resource] = written
        """What has to be there before the node starts."""
        if genesis is not None:
            written += [self._file(file, unpacked, [host.instance]) for file in first_block]
            init = self._commands["init"]
            self.prepared = [self._command("init", init, triggers=self._versions, depends_on=written)]
        self.register_outputs({"address": host.address})

    def _content(self, values: Conf, network_id: pulumi.Output[int] | None) -> pulumi.Input[str]:
        """Return the conf or unit, as soon as the network id is known."""
        if network_id is None:
            return self._service.content
        kind, layout, name = self.host.service, self.layout, self.name
        return network_id.apply(lambda known: service(kind, layout, name, {**values, "NETWORK_ID": known}).content)

    def launch(self, after: Sequence[pulumi.Resource] = ()) -> Mapping[str, pulumi.Input[object]]:
        """Start the node on a machine where it never ran; return what a RunningNode is told of it.

        `after`: what has to be there first, such as the nodes that this one dials. Validators of a chain are to start
        within a second of each other: each waits 10 s for a proposer that it does not hear (Istanbul round change).
        So all first starts go at once, and every later one, which is a restart, is RunningNode's: one at a time.
        """
        self.running = self._command(
            "start",
            self._commands["start"],
            update=":",
            triggers=[self.host.instance],
            depends_on=[*self.prepared, *after],
        )
        return {
            "node": self.endpoint,
            "started": self.running.id,
            "start": self.restart_command,
            "begin": self.begin_command,
            "runs": self._runs,
        }

    @property
    def ipc(self) -> str:
        """Return the path of the IPC socket."""
        return self.layout.ipc

    @cached_property
    def endpoint(self) -> pulumi.Output[Mapping[str, object]]:
        """Return where the node's console is, as chain/ wants it. A secret: it holds the SSH key."""
        own = {"node": self.name, "ipc": self.layout.ipc}
        return self.host.ssh.login.apply(lambda login: {**login, **own})

    def _unpack(self, package: Package) -> pulumi.Resource:
        before = list(self.host.depends_on)
        if package.archive:
            copy = remote.CopyToRemote(
                f"{self.name}-package",
                connection=self.host.ssh.connection,
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
        return f"{self.host.uploads}/{package.file_name}" if self.host.uploads else self.layout.archive

    def _received(self, package: Package) -> str:
        """Return what puts the archive in its place; nothing where it arrives there."""
        if not package.archive or not self.host.uploads:
            return ""
        arrived, archive = shlex.quote(self._arrives(package)), shlex.quote(self.layout.archive)
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
        """Return whose a file is: what lies with the node's data is the node's, and all else is root's."""
        return self._service.owner if path.startswith(f"{self.layout.data}/") else None

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
            f"{self.name}-{name}",
            connection=self.host.ssh.connection,
            create=self.host.ssh.command(create),
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
