"""The network of the machines: a new VPC, or subnets of an existing one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Network

import pulumi
from pulumi_aws import ec2

from components.domain.addresses import ANYWHERE
from components.domain.problems.hosts import WRONG_SUBNETS
from components.hosts.aws.tags import Tags
from components.settings.sections.aws import NetworkSettings as Settings
from components.topology import subnets


@dataclass(frozen=True)
class Subnets:
    """One subnet in each zone."""

    ids: Mapping[str, pulumi.Input[str]]
    """Keyed by zone."""
    cidrs: Mapping[str, IPv4Network] | None = None
    """Keyed by zone; None if others assign addresses there too, so that AWS has to choose them."""

    def id_in(self, zone: pulumi.Output[str]) -> pulumi.Output[str]:
        """Return the id of the subnet in a zone."""
        return pulumi.Output.all(zone=zone, ids=pulumi.Output.from_input(self.ids)).apply(
            lambda known: str(known["ids"][known["zone"]])
        )


@dataclass(frozen=True)
class Vpc:
    """What machines need of their network."""

    vpc: pulumi.Input[str]
    zones: Sequence[str]
    private: Subnets
    public: Subnets
    ways_out: Sequence[pulumi.Resource] = field(default_factory=tuple)
    """What has to exist before a machine can open a connection to the internet."""


def existing(settings: Settings, invoke: pulumi.InvokeOptions) -> Vpc:
    """Look up the subnets of an existing VPC. Raises pulumi.RunError if one belongs to another VPC."""
    private, public = (_look_up(settings, ids, invoke) for ids in (settings.private_subnets, settings.public_subnets))
    if lacking := [zone for zone in private.ids if public.ids and zone not in public.ids]:
        zones = ", ".join(lacking)
        msg = f"there are public subnets, but none in {zones}: list one in each zone that has a private subnet"
        raise pulumi.RunError(WRONG_SUBNETS(msg))
    return Vpc(str(settings.vpc), list(private.ids), private, public)


def _look_up(settings: Settings, ids: Sequence[str], invoke: pulumi.InvokeOptions) -> Subnets:
    by_zone: dict[str, pulumi.Input[str]] = {}
    for id_ in ids:
        found = ec2.get_subnet(id=id_, opts=invoke)
        if found.vpc_id != settings.vpc:
            msg = f"{id_} belongs to {found.vpc_id} and not to {settings.vpc}: name subnets of one VPC"
            raise pulumi.RunError(WRONG_SUBNETS(msg))
        if found.availability_zone in by_zone:
            zone = found.availability_zone
            msg = f"{id_} and {by_zone[zone]} are both in {zone}: name one subnet per zone"
            raise pulumi.RunError(WRONG_SUBNETS(msg))
        by_zone[found.availability_zone] = id_
    return Subnets(by_zone)


class NewNetwork(pulumi.ComponentResource):
    """A VPC with a private and a public subnet per zone. `way_out`: whether private ones reach the internet."""

    def __init__(
        self,
        settings: Settings,
        tags: Tags,
        *,
        way_out: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("servicechain:aws:Network", "network", None, opts)
        self._tags = tags
        self._mine = pulumi.ResourceOptions(parent=self)
        cidr = IPv4Network(str(settings.cidr))
        self._vpc = ec2.Vpc(
            "vpc",
            cidr_block=str(cidr),
            enable_dns_hostnames=True,
            enable_dns_support=True,
            tags=tags.of("vpc"),
            opts=self._mine,
        )
        # A machine in this VPC without a group of its own cannot connect or be connected to. Without the empty lists,
        # the provider does not look at rules that somebody adds.
        ec2.DefaultSecurityGroup(
            "default-group",
            vpc_id=self._vpc.id,
            ingress=[],
            egress=[],
            tags=tags.of("default"),
            opts=self._mine,
        )
        gateway = ec2.InternetGateway("gateway", vpc_id=self._vpc.id, tags=tags.of("gateway"), opts=self._mine)
        private = {zone: subnets.private(cidr, zone) for zone in settings.zones}
        self._public = {zone: subnets.public(cidr, zone) for zone in settings.zones}
        made = {kind: self._subnets(kind, cidrs) for kind, cidrs in (("private", private), ("public", self._public))}
        outside = self._routes("public", made["public"], {"gateway_id": gateway.id})
        ways_out: list[pulumi.Resource] = [outside]
        if way_out:
            gates = settings.zones if settings.nat == "zone" else settings.zones[:1]
            nats = {zone: self._nat(zone, made["public"][zone], outside) for zone in gates}
        for zone, subnet in made["private"].items():
            via = {"nat_gateway_id": nats.get(zone, next(iter(nats.values()))).id} if way_out else None
            route = self._routes(f"private-{zone}", {zone: subnet}, via)
            ways_out.append(route)
        self.network = Vpc(
            self._vpc.id,
            settings.zones,
            Subnets({zone: subnet.id for zone, subnet in made["private"].items()}, private),
            Subnets({zone: subnet.id for zone, subnet in made["public"].items()}, self._public),
            ways_out,
        )
        self.register_outputs({"vpc": self._vpc.id})

    def _subnets(self, kind: str, cidrs: Mapping[str, IPv4Network]) -> dict[str, ec2.Subnet]:
        return {
            zone: ec2.Subnet(
                f"{kind}-{zone}",
                vpc_id=self._vpc.id,
                cidr_block=str(cidr),
                availability_zone=zone,
                map_public_ip_on_launch=False,
                tags=self._tags.of(f"{kind}-{zone}"),
                opts=self._mine,
            )
            for zone, cidr in cidrs.items()
        }

    def _nat(self, zone: str, subnet: ec2.Subnet, outside: pulumi.Resource) -> ec2.NatGateway:
        address = ec2.Eip(f"nat-{zone}", domain="vpc", tags=self._tags.of(f"nat-{zone}"), opts=self._mine)
        return ec2.NatGateway(
            f"nat-{zone}",
            allocation_id=address.id,
            subnet_id=subnet.id,
            private_ip=subnets.gateway(self._public[zone]),
            tags=self._tags.of(f"nat-{zone}"),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[outside]),
        )

    def _routes(
        self, name: str, members: Mapping[str, ec2.Subnet], via: Mapping[str, pulumi.Output[str]] | None
    ) -> pulumi.Resource:
        """Make a route table for subnets; return what has to exist before its routes are used."""
        table = ec2.RouteTable(name, vpc_id=self._vpc.id, tags=self._tags.of(name), opts=self._mine)
        for zone, subnet in members.items():
            ec2.RouteTableAssociation(
                f"{name}-{zone}" if len(members) > 1 else name,
                subnet_id=subnet.id,
                route_table_id=table.id,
                opts=self._mine,
            )
        if via is None:
            return table
        return ec2.Route(name, route_table_id=table.id, destination_cidr_block=ANYWHERE, opts=self._mine, **via)
