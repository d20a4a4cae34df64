"""Node: one running node on a host, made of a package, conf values, files and a start.

Knows nothing of what the node is for.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import pulumi
from pulumi_command import remote

from components.hosts.host import Host
from components.nodes.conf import Conf
from components.nodes.files import Layout, alone, install, unpacks_once
from components.nodes.package import Package
from components.nodes.service import service

DEADLINE = "10m"
"""For one command; the longest are fetching a package, and a start whose stop takes its 120 s."""


@dataclass(frozen=True)
class File:
    """A file on the node's machine."""

    name: str
    """For the resource name."""
    path: pulumi.Input[str]
    content: pulumi.Input[str]
    mode: str = "0644"
    restarts: bool = False
    """The node reads it only when it starts."""


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
    ) -> None:
        """`values` are those of the node's conf; `genesis` is None for a node of a network that its program knows.

        Raises PackageError and ValueError when the node's service cannot be written (see `service`).
        """
        super().__init__("servicechain:node:Node", host.name, None, opts)
        self.host = host
        self.name = host.name
        self.version = package.version
        self.layout = Layout(host.root, package)
        self._service = service(host.service, self.layout, host.name, values)
        self.restart_command = alone(self.layout, self._service.commands["start"])
        self._versions = [host.instance, package.digest]
        unpacked = self._unpack(package)
        # With the digest, because unpacking puts the packaged conf back in its place.
        written = [self._file(self._settings(), unpacked, self._versions)]
        written += [self._file(file, unpacked, [host.instance]) for file in files]
        contents = [self._service.content, *(file.content for file in files if file.restarts)]
        self._runs: pulumi.Output[str] = pulumi.Output.all(package.digest, *contents).apply(_digest)
        self.prepared: Sequence[pulumi.Resource] = written
        """What has to be there before the node starts."""
        if genesis is not None:
            written.append(self._file(File("genesis.json", self.layout.genesis, genesis), unpacked, [host.instance]))
            init = self._service.commands["init"]
            self.prepared = [self._command("init", init, triggers=self._versions, depends_on=written)]
        self.register_outputs({"address": host.address})

    def launch(self, after: Sequence[pulumi.Resource] = ()) -> Mapping[str, pulumi.Input[object]]:
        """Start the node on a machine where it never ran; return what a RunningNode is told of it.

        `after`: what has to be there first, such as the nodes that this one dials. Validators of a chain are to start
        within a second of each other: each waits 10 s for a proposer that it does not hear (Istanbul round change).
        So all first starts go at once, and every later one, which is a restart, is RunningNode's: one at a time.
        """
        self.running = self._command(
            "start",
            self._service.commands["start"],
            update=":",
            triggers=[self.host.instance],
            depends_on=[*self.prepared, *after],
        )
        return {
            "node": self.endpoint,
            "started": self.running.id,
            "start": self.restart_command,
            "runs": self._runs,
        }

    @cached_property
    def endpoint(self) -> pulumi.Output[Mapping[str, object]]:
        """Return where the node's console is, as chain/ wants it. A secret: it holds the SSH key."""
        own = {"node": self.name, "ipc": self.layout.ipc}
        return self.host.ssh.login.apply(lambda login: {**login, **own})

    def _settings(self) -> File:
        return File(self._service.name, self._service.path, self._service.content)

    def _unpack(self, package: Package) -> pulumi.Resource:
        before = list(self.host.depends_on)
        if package.archive:
            copy = remote.CopyToRemote(
                f"{self.name}-package",
                connection=self.host.ssh.connection,
                source=pulumi.FileAsset(str(package.archive)),
                remote_path=self.layout.archive,
                triggers=self._versions,
                opts=pulumi.ResourceOptions(parent=self, depends_on=before),
            )
            before = [copy]
        return self._command("unpack", self._unpacking(), triggers=self._versions, depends_on=before)

    def _unpacking(self) -> pulumi.Input[str]:
        again, once = self._service.commands["unpack"], self._service.commands.get("unpack once")
        if once is None:
            return again
        instance = pulumi.Output.from_input(self.host.instance)
        return instance.apply(lambda known: once if unpacks_once(known) else again)

    def _file(self, file: File, unpacked: pulumi.Resource, triggers: Sequence[pulumi.Input[str]]) -> pulumi.Resource:
        return self._command(
            file.name,
            pulumi.Output.from_input(file.path).apply(lambda path: install(path, file.mode, self._owner(path))),
            stdin=file.content,
            triggers=triggers,
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
        triggers: Sequence[pulumi.Input[str]],
        depends_on: Sequence[pulumi.Resource],
        stdin: pulumi.Input[str] | None = None,
        update: str | None = None,
    ) -> remote.Command:
        return remote.Command(
            f"{self.name}-{name}",
            connection=self.host.ssh.connection,
            create=create,
            update=update,
            stdin=stdin,
            triggers=list(triggers),
            logging=remote.Logging.NONE if stdin is not None else None,
            add_previous_output_in_env=False,
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=list(depends_on),
                custom_timeouts=pulumi.CustomTimeouts(create=DEADLINE, update=DEADLINE),
            ),
        )


def _digest(contents: Sequence[str]) -> str:
    return hashlib.sha256("\0".join(contents).encode()).hexdigest()[:16]
