"""Rules between the values of a stack on AWS, or on a public parent chain. See rules.py."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, get_args

from pydantic import TypeAdapter, ValidationError

from components.machines import machines
from components.nodes.protocol import mismatch, too_old_for
from components.settings.aws import Machine, NamedCidr, Region, Subnet, Zone
from components.settings.model import Settings
from components.settings.packages import Archive, Packages, SomeArchive
from components.settings.parent import PUBLIC_CHAINS
from components.settings.sentences import at
from components.settings.types import shown
from components.sizes import Role, merged
from components.traffic import flows, way_out

ADDRESS_QUOTA = 5
"""Public addresses that a new AWS account may have in a region."""
NAME_TAG, OWN_TAGS = "Name", "servicechain-ha:"
MOST_TAGS = 40
"""AWS takes 50 on one thing; some are the program's."""
IOPS_A_MIB, IOPS_A_GIB = 4, 500
"""Of gp3: at least so many for a MiB/s, at most so many for a GiB."""

Raw = Mapping[str, Any]


def problems(raw: Raw) -> Iterator[str]:
    """Return a sentence for all values that do not go together. What is wrong in itself, the model tells."""
    target, parent, aws = raw.get("target", "local"), _section(raw, "parentChain"), _section(raw, "aws")
    network = next((name for name in PUBLIC_CHAINS if name == parent.get("network")), "private")
    if network in PUBLIC_CHAINS:
        yield from _public(parent, network, target)
    yield from _packages(_section(raw, "packages"), target, network, own=parent.get("genesis") is None)
    if target == "aws" and raw.get("aws") is None:
        yield at("aws", "is missing; target aws needs to know its region, network and who may log in by ssh")
    if isinstance(aws.get("network"), Mapping):
        yield from _network(aws, aws["network"])
    yield from _access(aws)
    yield from _machines(raw, aws, public=network in PUBLIC_CHAINS)
    yield from _tags(_section(aws, "tags"))


def warnings(settings: Settings) -> Iterator[str]:
    """Return what is allowed on AWS and yet should be known."""
    aws = settings.aws
    if settings.target != "aws" or aws is None:
        return
    zones = len(aws.network.zones or aws.network.private_subnets)
    pairs, scns = len(settings.pairs), len(settings.service_chain.nodes)
    if pairs > 1 and zones < pairs:
        yield f"{pairs} pairs in {zones} zone(s): pairs share a zone, and one lost zone takes more than one pair along"
    lost = -(-scns // zones)
    if scns >= 4 and lost > scns // 3:
        yield (
            f"{scns} SCNs in {zones} zone(s): a lost zone takes up to {lost} of them, and the child chain stops until "
            f"it is back; {_enough(scns, zones)}"
        )
    wanted = machines(settings)
    public = sum(machine.size.public_address for machine in wanted)
    gates = 1 if aws.network.nat == "one" else zones
    gates = gates if aws.network.new and way_out(wanted, flows(settings, aws)) else 0
    if (count := public + gates + aws.own_bastion) > ADDRESS_QUOTA:
        yield (
            f"{count} public addresses are needed (ENs {public}, NAT gateways {gates}, bastion "
            f"{int(aws.own_bastion)}); a new account may have {ADDRESS_QUOTA} in a region"
        )


def _enough(scns: int, zones: int) -> str:
    # The quorum of n validators is two thirds of them, rounded up (node-behaviour 7), so a third may be lost.
    fitting = next((more for more in range(scns, scns + 25) if -(-more // zones) <= more // 3), None)
    return f"{fitting} SCNs in {zones} zones survive that" if fitting else "SCNs in 3 or more zones can survive that"


def _public(parent: Raw, network: str, target: object) -> Iterator[str]:
    chain_id = PUBLIC_CHAINS[network]
    if parent.get("chainId", chain_id) != chain_id:
        yield at("parentChain.chainId", f"{network} has the chain id {chain_id}; leave this key out")
    for key in ("unitPrice", "balances"):
        if key in parent:
            yield at(f"parentChain.{key}", f"{network} is a public chain, which has its own; leave this key out")
    if target == "local":
        yield at("target", f"hosts on this computer have no way out to {network}; write aws, or network: private")


def _packages(raw: Raw, target: object, network: str, *, own: bool) -> Iterator[str]:
    found = {name: _archive(raw, name) for name in ("ken", "kscn", *(["kcn"] if own and network == "private" else []))}
    for program, archive in found.items():
        where = f"packages.{program}"
        if target == "local" and archive and archive.url:
            yield at(where, "hosts on this computer have no way out to take an archive from an address; name a file")
        if target == "aws" and archive and not archive.sha256:
            yield at(
                f"{where}.sha256",
                f"is missing; write what `sha256sum {shown(archive.file)}` prints, so that no other runs",
            )
    ken, kscn = found["ken"], found["kscn"]
    pair = mismatch(ken.version, kscn.version) if ken and kscn else None
    old = too_old_for(network, ken.version) if ken else None
    yield from (at("packages", reason) for reason in (pair, old) if reason)


def _network(aws: Raw, network: Raw) -> Iterator[str]:
    where, zones = "aws.network", network.get("zones", [])
    private, public = (network.get(f"{kind}Subnets", []) for kind in ("private", "public"))
    if network.get("vpc") is not None:
        for key in ("cidr", "zones"):
            if network.get(key):
                yield at(f"{where}.{key}", "the vpc that is named has its own; leave this key out")
        if isinstance(private, list) and len(private) < 2:
            yield at(f"{where}.privateSubnets", "list 2 or more, each in a zone of its own")
        for subnet, times in _repeated([*_good(Subnet, private), *_good(Subnet, public)]):
            yield at(where, f"{subnet} is listed {times} times; list it once")
        return
    if network.get("cidr") is None:
        yield at(where, "name the cidr of a VPC to make, for example 10.40.0.0/16, or the vpc that exists")
    if isinstance(zones, list) and len(zones) < 2:
        yield at(f"{where}.zones", f"{len(zones)} zone(s); list 2 or more, one for each pair where there are")
    if private or public:
        yield at(where, "subnets are listed without their vpc; name it, or leave them out")
    for zone in _good(Zone, zones):
        for region in _good(Region, [aws.get("region")]):
            if zone[:-1] != region:
                yield at(f"{where}.zones", f"{zone} is not a zone of {region}; write for example {region}a")
    for zone, times in _repeated(_good(Zone, zones)):
        yield at(f"{where}.zones", f"{zone} is listed {times} times; list it once")


def _access(aws: Raw) -> Iterator[str]:
    for port in ("ssh", "rpc", "metrics"):
        networks = _section(aws, port).get("from")
        for network, times in _repeated(_good(NamedCidr, networks)):
            yield at(f"aws.{port}.from", f"{network} is listed {times} times; list it once")
        if port == "ssh" and networks == []:
            yield at("aws.ssh.from", "nobody may log in, and this program has to; list the network that it runs in")


def _machines(raw: Raw, aws: Raw, *, public: bool) -> Iterator[str]:
    places: list[tuple[str, Role, Raw]] = [(f"aws.{role}", role, _section(aws, role)) for role in get_args(Role)]
    pairs = raw.get("pairs")
    for index, pair in enumerate(pairs if isinstance(pairs, list) else []):
        own = _section(pair, "machines") if isinstance(pair, Mapping) else {}
        places += [(f"pairs[{index}].machines.{role}", role, _section(own, role)) for role in ("en", "scn")]
    network = _section(aws, "network")
    for where, role, given in places:
        machine, of_role = (_parsed(TypeAdapter(Machine), one) for one in (given, _section(aws, role)))
        if not machine or not of_role:
            continue
        if machine.public_address and role != "en":
            yield at(f"{where}.publicAddress", "only ENs have peers on the internet; leave this key out")
        elif machine.public_address and network.get("vpc") is not None and not network.get("publicSubnets"):
            yield at(f"{where}.publicAddress", "needs a public subnet; list some in aws.network.publicSubnets")
        size = merged(role, [of_role, machine], public=public)
        needed = size.throughput * IOPS_A_MIB
        if (machine.throughput or machine.iops) and size.iops < needed:
            yield at(where, f"throughput {size.throughput} needs iops {needed} or more; gp3 gives a quarter for each")
        needed = -(-size.iops // IOPS_A_GIB)
        if (machine.iops or machine.data_gib) and size.data_gib < needed:
            yield at(where, f"iops {size.iops} needs dataGib {needed} or more; gp3 gives {IOPS_A_GIB} for each")


def _tags(tags: Raw) -> Iterator[str]:
    for key in tags:
        if key == NAME_TAG or key.startswith(OWN_TAGS):
            yield at("aws.tags", f"{shown(key)} is set by the program; choose another key")
    if len(tags) > MOST_TAGS:
        yield at("aws.tags", f"{len(tags)} tags; AWS takes 50 on one thing, so list {MOST_TAGS} or fewer")


# -- of what is wrong in itself the model tells, and the rules between values pass over it --


def _section(raw: Raw, name: str) -> Raw:
    section = raw.get(name)
    return section if isinstance(section, Mapping) else {}


def _good(kind: Any, values: object) -> list[str]:
    adapter: TypeAdapter[str] = TypeAdapter(kind)
    return [good for value in (values if isinstance(values, list) else []) if (good := _parsed(adapter, value))]


def _archive(raw: Raw, program: str) -> Archive | None:
    archive: Archive | None = Packages.model_fields[program].default
    return _parsed(TypeAdapter(SomeArchive), raw[program]) if program in raw else archive


def _parsed(adapter: TypeAdapter[Any], value: object) -> Any:
    try:
        return adapter.validate_python(value)
    except ValidationError:
        return None


def _repeated(values: list[str]) -> list[tuple[str, int]]:
    return [(value, count) for value, count in Counter(values).items() if count > 1]
