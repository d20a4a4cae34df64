"""Node: one running node on a host, made of a package, files and a start. Knows nothing of what the node is for."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import pulumi
from pulumi_command import remote

from components.hosts.host import Host
from components.nodes.files import Layout, install, scripts
from components.nodes.package import Package


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
        files: Sequence[File],
        genesis: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("servicechain:node:Node", host.name, None, opts)
        self.host = host
        self.name = host.name
        self.layout = Layout(host.root, package)
        self._scripts = scripts(self.layout)
        self.restart_command = self._scripts["start"]
        self._versions = [host.instance, package.digest]
        unpacked = self._unpack(package)
        genesis_file = File("genesis.json", self.layout.genesis, genesis)
        written = [self._file(file, unpacked) for file in (*files, genesis_file)]
        self._read_at_start = pulumi.Output.all(*(file.content for file in files if file.restarts)).apply(_digest)
        self.prepared = self._command("init", self._scripts["init"], triggers=self._versions, depends_on=written)
        self.register_outputs({"address": host.address})

    def launch(self, after: Sequence[pulumi.Resource] = ()) -> pulumi.Output[str]:
        """Start the node; return what changes with every start.

        `after`: what has to be there first, such as the nodes that this one dials. Validators of a chain are to start
        within a second of each other: each waits 10 s for a proposer that it does not hear (Istanbul round change).
        """
        self.running = self._command(
            "start",
            self._scripts["start"],
            triggers=[*self._versions, self._read_at_start],
            depends_on=[self.prepared, *after],
        )
        return self.running.id

    @cached_property
    def endpoint(self) -> pulumi.Output[Mapping[str, object]]:
        """Return where the node's console is, as chain/ wants it. A secret: it holds the SSH key."""
        ssh = self.host.ssh
        return pulumi.Output.secret(
            pulumi.Output.from_input(
                {
                    "node": self.name,
                    "host": ssh.host,
                    "port": ssh.port,
                    "user": ssh.user,
                    "private_key": ssh.private_key,
                    "host_key": ssh.host_key,
                    "ipc": self.layout.ipc,
                }
            )
        )

    def _unpack(self, package: Package) -> pulumi.Resource:
        remote_path = f"{self.layout.root}/{package.archive.name}"
        triggers = [self.host.instance, package.digest]
        copy = remote.CopyToRemote(
            f"{self.name}-package",
            connection=self.host.ssh.connection,
            source=pulumi.FileAsset(str(package.archive)),
            remote_path=remote_path,
            triggers=triggers,
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(self.host.depends_on)),
        )
        return self._command("unpack", self._scripts["unpack"], triggers=triggers, depends_on=[copy])

    def _file(self, file: File, unpacked: pulumi.Resource) -> pulumi.Resource:
        return self._command(
            file.name,
            pulumi.Output.from_input(file.path).apply(lambda path: install(path, file.mode)),
            stdin=file.content,
            triggers=[self.host.instance],
            depends_on=[unpacked],
        )

    def _command(
        self,
        name: str,
        create: pulumi.Input[str],
        *,
        triggers: Sequence[pulumi.Input[str]],
        depends_on: Sequence[pulumi.Resource],
        stdin: pulumi.Input[str] | None = None,
    ) -> remote.Command:
        return remote.Command(
            f"{self.name}-{name}",
            connection=self.host.ssh.connection,
            create=create,
            stdin=stdin,
            triggers=list(triggers),
            logging=remote.Logging.NONE if stdin is not None else None,
            add_previous_output_in_env=False,
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=list(depends_on),
                custom_timeouts=pulumi.CustomTimeouts(create="3m", update="3m"),
            ),
        )


def _digest(contents: Sequence[str]) -> str:
    return hashlib.sha256("\0".join(contents).encode()).hexdigest()[:16]
