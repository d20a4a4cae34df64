"""Hosts on EC2: a network, a firewall, a bastion if one is needed, and a machine for each node."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import pulumi
import pulumi_aws as aws
from pulumi_command import remote

from components.dynamic.machines.first_login import FirstLogin
from components.dynamic.machines.placement import Placement
from components.dynamic.secrets.ssh_key import SshKey
from components.hosts.aws import data_volume, session_manager
from components.hosts.aws.account.images import Images
from components.hosts.aws.backup import Backup
from components.hosts.aws.firewall import Firewall
from components.hosts.aws.flow_logs import FlowLogs
from components.hosts.aws.machine import Common, Instance, newest
from components.hosts.aws.network import NewNetwork, Subnets, Vpc, existing
from components.hosts.aws.tags import DATA_VOLUME, NAME, Tags
from components.hosts.host import Host, Ssh
from components.settings.sections.aws import Aws
from components.topology.bastion import BASTION_MACHINE
from components.topology.data_holders import Holding
from components.topology.flows import BASTION
from components.topology.machine import Flow
from components.topology.machine import Machine as Wanted

ROOT = "/srv"
"""Where the data volume is mounted, which holds everything of the node."""
USER = "root"
"""Only root and the node's user can open the console socket. Root logs in with a key, in no other way."""


class AwsHosts(pulumi.ComponentResource):
    """The machines of a stack on EC2; `host` makes them."""

    def __init__(
        self,
        settings: Aws,
        machines: Sequence[Wanted],
        flows: Sequence[Flow],
        *,
        way_out: bool,
        protect: bool,
        seed_for: Callable[[str], pulumi.Output[str]],
        holdings: Mapping[str, Holding],
        after: Sequence[pulumi.Resource] = (),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`way_out`: whether a private machine opens connections to the internet.

        `after`: what has to exist before anything on AWS, so the provider of all of it waits. The rest as for local
        hosts.
        """
        provider = aws.Provider(
            "aws",
            region=settings.region,
            allowed_account_ids=None if settings.account is None else [settings.account],
            opts=pulumi.ResourceOptions(depends_on=list(after)),
        )
        super().__init__(
            "servicechain:aws:Hosts",
            "aws",
            None,
            pulumi.ResourceOptions.merge(pulumi.ResourceOptions(providers={"aws": provider}), opts),
        )
        # With the provider, because the parent of a machine can be a component without it.
        self._mine = pulumi.ResourceOptions(parent=self, providers={"aws": provider})
        self._machines = {machine.name: machine for machine in machines}
        self._kept, self._seed_for, self._holdings = protect, seed_for, holdings
        tags = Tags(pulumi.get_project(), pulumi.get_stack(), settings.tags)
        invoke = pulumi.InvokeOptions(provider=provider)
        self._network = self._find_network(settings, tags, way_out=way_out, invoke=invoke)
        if settings.flow_logs:
            FlowLogs(settings.flow_logs, self._network.vpc, settings.region, tags, self._mine)
        groups = {group.name: group for machine in machines for group in machine.groups}
        if settings.own_bastion:
            groups[BASTION.name] = BASTION
        self._firewall = Firewall(flows, list(groups.values()), self._network.vpc, tags, self._mine)
        self._client = SshKey("aws-client", seed=seed_for("ssh-client"), opts=self._mine)
        self._common = Common(
            newest(settings.image, invoke),
            Images(settings.region),
            self._client.public_key,
            settings.kms_key,
            protect,
            bool(settings.final_snapshot),
            settings.alarm_topic,
            session_manager.instance_profile(settings.region, tags, self._mine) if settings.session_manager else None,
            tags,
        )
        self._backup = Backup(settings.backup, settings.region, tags, protect=protect, opts=self._mine)
        bastion = [BASTION_MACHINE] if settings.own_bastion else []
        self._placement = self._place([*machines, *bastion], settings, tags)
        self._bastion = self._make_bastion() if settings.own_bastion else self._given_bastion(settings)
        self.register_outputs({})

    @property
    def access(self) -> Mapping[str, pulumi.Input[str]]:
        """Return the user, its public key, and the bastion if there is one."""
        way = {"bastion": self._bastion.host} if self._bastion else {}
        return {"user": USER, "publicKey": self._client.public_key, **way}

    def host(self, name: str, opts: pulumi.ResourceOptions | None = None) -> Host:
        """Return the machine of that name, one of `machines`, after the first login and with its disk mounted."""
        opts = pulumi.ResourceOptions.merge(self._mine, opts)
        wanted = self._machines[name]
        machine = self._machine(wanted, opts)
        if wanted.size.public_address:
            machine.public_address()
        volume, attachment = machine.data_volume(wanted.size, self._zone(wanted), self._backup.tags_of(wanted.role))
        made_from = volume.snapshot_id if wanted.size.data_snapshot else None
        ssh, login = self._log_in(name, machine.address, machine, self._bastion, [attachment])
        mounted = remote.Command(
            f"{name}-data-volume",
            connection=ssh.connection,
            create=_ready_for_a_node(attachment.volume_id, made_from),
            triggers=[login.instance, str(wanted.size.data_gib)],
            add_previous_output_in_env=False,
            opts=pulumi.ResourceOptions(
                # Run again when the disk has grown.
                parent=machine,
                protect=False,
                custom_timeouts=pulumi.CustomTimeouts(create="10m"),
            ),
        )
        return Host(
            name=name,
            address=machine.address,
            ssh=ssh,
            root=ROOT,
            instance=login.instance,
            depends_on=(mounted,),
            service="systemd",
        )

    def _find_network(self, settings: Aws, tags: Tags, *, way_out: bool, invoke: pulumi.InvokeOptions) -> Vpc:
        if settings.network.new:
            return NewNetwork(settings.network, tags, way_out=way_out, opts=self._mine).network
        return existing(settings.network, invoke)

    def _subnets(self, wanted: Wanted) -> Subnets:
        return self._network.public if wanted.size.public_address else self._network.private

    def _place(self, machines: Sequence[Wanted], settings: Aws, tags: Tags) -> Placement:
        listed: list[dict[str, object]] = []
        for machine in machines:
            cidrs = self._subnets(machine).cidrs
            known = {"subnets": {zone: str(cidr) for zone, cidr in cidrs.items()}} if cidrs else {}
            listed.append({"name": machine.name, "role": machine.role, "unit": machine.unit, **known})
        opts = pulumi.ResourceOptions.merge(self._mine, pulumi.ResourceOptions(protect=self._kept))
        volumes = {"region": settings.region, "tags": tags.of_stack, "name": tags.of(f"{{}}{DATA_VOLUME}")[NAME]}
        zones = list(self._network.zones)
        return Placement("placement", listed, zones, settings.final_snapshot, volumes, opts)

    def _given_bastion(self, settings: Aws) -> Ssh | None:
        given = settings.ssh.bastion
        if given is None:
            return None
        return Ssh(given.host, given.user, self._client.private_key, given.host_key, given.port)

    def _make_bastion(self) -> Ssh:
        machine = self._machine(BASTION_MACHINE, self._mine)
        ssh, login = self._log_in(BASTION.name, machine.public_address(), machine, None, [])
        # Connections through it have to wait until it has the host key that is pinned.
        settled = pulumi.Output.all(ssh.host_key, login.instance).apply(lambda known: str(known[0]))
        return replace(ssh, host_key=settled)

    def _machine(self, wanted: Wanted, opts: pulumi.ResourceOptions) -> Instance:
        subnets = self._subnets(wanted)
        placement = self._placement
        return Instance(
            wanted.name,
            wanted.size,
            self._common,
            subnet=subnets.id_in(self._zone(wanted)),
            address=placement.address_of.apply(lambda known: known[wanted.name]) if subnets.cidrs else None,
            groups=self._firewall.ids(wanted.groups),
            opts=opts,
        )

    def _zone(self, wanted: Wanted) -> pulumi.Output[str]:
        return self._placement.zone_of.apply(lambda known: known[wanted.name])

    def _log_in(
        self,
        name: str,
        address: pulumi.Input[str],
        machine: Instance,
        bastion: Ssh | None,
        after: Sequence[pulumi.Resource],
    ) -> tuple[Ssh, FirstLogin]:
        opts = pulumi.ResourceOptions(parent=machine)
        key = SshKey(name, seed=self._seed_for(f"ssh-host/{name}"), opts=opts)
        ssh = Ssh(address, USER, self._client.private_key, key.public_key, proxy=bastion)
        login = FirstLogin(
            name,
            login=ssh.login,
            one_time_host_key=machine.boot.host_key,
            host_private_key=key.private_key,
            machine=machine.instance.id,
            holding=self._holdings.get(name),
            opts=pulumi.ResourceOptions.merge(
                opts,
                pulumi.ResourceOptions(
                    depends_on=[machine.running, *self._firewall.rules, *self._network.ways_out, *after]
                ),
            ),
        )
        return ssh, login


def _ready_for_a_node(volume: pulumi.Output[str], made_from: pulumi.Output[str] | None) -> pulumi.Output[str]:
    """Return the command that prepares the disk. `made_from`: the snapshot that it was made from, empty for none."""

    def command(known: Sequence[str]) -> str:
        return f"({data_volume.time_sync()}) && {data_volume.command(known[0], ROOT, known[1])}"

    return pulumi.Output.all(volume, "" if made_from is None else made_from).apply(command)
