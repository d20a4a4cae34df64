"""Node: one running node on a host, made of a package, files and a start. Knows nothing of what the node is for."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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
    """A node. `started` changes with every start."""

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
        self.restart_command = scripts(self.layout)["restart"]
        unpacked = self._unpack(package)
        written = [self._file(file, unpacked) for file in (*files, File("genesis.json", self.layout.genesis, genesis))]
        contents = [file.content for file in files if file.restarts]
        start = self._command(
            "start",
            scripts(self.layout)["start"],
            triggers=[host.instance, package.digest, pulumi.Output.all(*contents).apply(_digest)],
            depends_on=written,
        )
        self.start = start
        self.started: pulumi.Output[str] = start.id
        self.register_outputs({"address": host.address, "started": start.id})

    @property
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
            connection=self.host.ssh.connection(),
            source=pulumi.FileAsset(str(package.archive)),
            remote_path=remote_path,
            triggers=triggers,
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(self.host.depends_on)),
        )
        return self._command("unpack", scripts(self.layout)["unpack"], triggers=triggers, depends_on=[copy])

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
            connection=self.host.ssh.connection(),
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
