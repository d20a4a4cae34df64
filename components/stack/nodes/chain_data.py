"""The chain data that an EN starts with, if the settings name an archive of it."""

from dataclasses import replace
from pathlib import Path

import pulumi
from pulumi_command import remote

from components.dynamic.nodes.chaindata import ChainData
from components.hosts.host import Host
from components.kaia.layout import SERVICE_ID
from components.settings.model import Settings


def with_chain_data(host: Host, settings: Settings, opts: pulumi.ResourceOptions) -> Host:
    """Return the host with the chain data on its disk; the same host if no archive is named.

    The data has to be there before anything else of the node: a node with a first block has chain data already.
    """
    archive = settings.packages.chaindata
    if archive is None:
        return host
    before, source = list(host.depends_on), archive.url
    if source is None:
        source = f"{host.uploads or host.root}/chaindata.archive"
        copy = remote.CopyToRemote(
            f"{host.name}-chaindata",
            connection=host.ssh.connection,
            source=pulumi.FileAsset(str(Path(str(archive.file)).expanduser())),
            remote_path=source,
            triggers=[host.instance],
            opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=before)),
        )
        before = [copy]
    data = ChainData(
        f"{host.name}-chaindata",
        {
            "node": host.name,
            "login": host.ssh.login,
            "root": host.root,
            "instance": host.instance,
            "sha256": archive.sha256,
            "owner": f"{SERVICE_ID}:{SERVICE_ID}" if host.service == "systemd" else f"{host.ssh.becomes}:",
            "hours": settings.parent_chain.sync_hours,
            "source": source,
        },
        pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=before)),
    )
    return replace(host, depends_on=[*host.depends_on, data])
