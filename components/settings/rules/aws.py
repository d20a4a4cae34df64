"""Rules between the values of a stack on AWS."""

from collections.abc import Iterator, Mapping
from typing import get_args

from pydantic import TypeAdapter

from components.domain.problems.problem import Message
from components.domain.problems.settings import (
    ACCESS,
    AWS_NETWORK,
    DUPLICATE,
    MISSING_KEY,
    OUT_OF_RANGE,
    UNNEEDED_KEY,
)
from components.domain.roles import MachineRole
from components.settings.model import Settings
from components.settings.rules.raw import Raw, good, items, parsed, repeated, section
from components.settings.sections.aws import KmsKey, NamedCidr, Region, Subnet, Topic, Zone
from components.settings.sentences import at
from components.settings.values.types import Name, shown

_NAME: TypeAdapter[str] = TypeAdapter(Name)
GROUP_ID = "sg-"
"""How the ids of security groups begin; CreateSecurityGroup refuses names that begin so."""
NAME_TAG, OWN_TAGS = "Name", "servicechain-ha:"
MOST_TAGS = 40
"""AWS allows 50 per resource; some are the program's."""


def problems(raw: Raw) -> Iterator[Message]:
    """Return a message for all values that do not fit together. The model reports what is wrong in itself."""
    target, aws = raw.get("target", Settings.model_fields["target"].default), section(raw, "aws")
    if target == "aws" and raw.get("aws") is None:
        yield at(
            "aws", MISSING_KEY("is missing; target aws needs to know its region, network and who may log in by ssh")
        )
    if isinstance(aws.get("network"), Mapping):
        yield from _network(aws, aws["network"])
    yield from _access(aws)
    yield from _regions(raw, aws)
    if target == "aws":
        yield from _groups(raw)
    yield from _tags(section(aws, "tags"))


def _network(aws: Raw, network: Raw) -> Iterator[Message]:
    where, zones = "aws.network", network.get("zones", [])
    private, public = (network.get(f"{kind}Subnets", []) for kind in ("private", "public"))
    if network.get("vpc") is not None:
        for key in ("cidr", "zones"):
            if network.get(key):
                yield at(f"{where}.{key}", UNNEEDED_KEY("an existing VPC has its own; remove this key"))
        if isinstance(private, list) and len(private) < 2:
            yield at(f"{where}.privateSubnets", AWS_NETWORK("list 2 or more, each in a zone of its own"))
        for subnet, times in repeated([*good(Subnet, private), *good(Subnet, public)]):
            yield at(where, DUPLICATE(f"{subnet} is listed {times} times; list it once"))
        return
    if network.get("cidr") is None:
        yield at(where, AWS_NETWORK("name the cidr of a VPC to make, for example 10.40.0.0/16, or the vpc that exists"))
    if isinstance(zones, list) and len(zones) < 2:
        yield at(f"{where}.zones", AWS_NETWORK(f"{len(zones)} zone(s); list 2 or more, if possible one for each pair"))
    if private or public:
        yield at(where, AWS_NETWORK("subnets are listed without their vpc; name it, or remove them"))
    for zone in good(Zone, zones):
        for region in good(Region, [aws.get("region")]):
            if zone[:-1] != region:
                yield at(
                    f"{where}.zones", AWS_NETWORK(f"{zone} is not a zone of {region}; write for example {region}a")
                )
    for zone, times in repeated(good(Zone, zones)):
        yield at(f"{where}.zones", DUPLICATE(f"{zone} is listed {times} times; list it once"))


def _access(aws: Raw) -> Iterator[Message]:
    for port in ("ssh", "rpc", "metrics"):
        networks = section(aws, port).get("from")
        for network, times in repeated(good(NamedCidr, networks)):
            yield at(f"aws.{port}.from", DUPLICATE(f"{network} is listed {times} times; list it once"))
        if port == "ssh" and networks == []:
            yield at(
                "aws.ssh.from", ACCESS("nobody may log in, but this program has to; list the network that it runs in")
            )


def _groups(raw: Raw) -> Iterator[Message]:
    """EC2 refuses names of security groups that begin as their ids do. Those of a pair begin with its name."""
    for index, pair in enumerate(items(raw.get("pairs"))):
        name = parsed(_NAME, pair.get("name")) if isinstance(pair, Mapping) else None
        if name and f"{name}-".startswith(GROUP_ID):
            words = f"{name!r} would begin the name of a security group with {GROUP_ID}, which EC2 keeps for ids"
            yield at(f"pairs[{index}].name", OUT_OF_RANGE(f"{words}; choose another name"))


def _regions(raw: Raw, aws: Raw) -> Iterator[Message]:
    """Name a key or a topic of another region: services use those of their own only."""
    named = [("aws.alarmTopic", Topic, aws.get("alarmTopic"))]
    named += [(f"{where}.kmsKey", KmsKey, given.get("kmsKey")) for where, given in _with_keys(raw, aws)]
    for region in good(Region, [aws.get("region")]):
        for where, kind, value in named:
            for arn in good(kind, [value]):
                if (other := arn.split(":")[3]) != region:
                    words = f"is in {other}, and the machines are in {region}; name one of {region}"
                    yield at(where, OUT_OF_RANGE(words))


def _with_keys(raw: Raw, aws: Raw) -> Iterator[tuple[str, Raw]]:
    """Return each section that can name a KMS key, with its path."""
    yield "aws", aws
    for role in get_args(MachineRole):
        yield f"aws.{role}", section(aws, role)
    for name in (machines := section(aws, "machines")):
        yield f"aws.machines.{name}", section(machines, name)
    for index, pair in enumerate(items(raw.get("pairs"))):
        own = section(pair, "machines") if isinstance(pair, Mapping) else {}
        for role in own:
            yield f"pairs[{index}].machines.{role}", section(own, role)


def _tags(tags: Raw) -> Iterator[Message]:
    for key in tags:
        if key == NAME_TAG or key.startswith(OWN_TAGS):
            yield at("aws.tags", OUT_OF_RANGE(f"{shown(key)} is set by the program; choose another key"))
    if len(tags) > MOST_TAGS:
        yield at(
            "aws.tags", OUT_OF_RANGE(f"{len(tags)} tags; AWS allows 50 per resource, so list {MOST_TAGS} or fewer")
        )
