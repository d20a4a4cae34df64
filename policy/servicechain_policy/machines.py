"""Policies of machines on AWS, and of resources that cannot be recreated."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from components.domain.networks import CHAIN_IDS, MAINNET
from components.domain.problems.policies import DISK_NOT_ENCRYPTED, METADATA_WITHOUT_TOKEN, NOT_PROTECTED

from .resources import UNKNOWN, Resource, Violation, by_chain, of


def volumes_are_encrypted(resource: Resource) -> Iterator[Violation]:
    """Refuse an unencrypted disk: it holds keys of the node."""
    if resource.kind == "Volume" and resource.type.startswith("aws:") and _off(resource.props.get("encrypted")):
        yield Violation(resource, DISK_NOT_ENCRYPTED("the volume is not encrypted; set encrypted to true"))
    for disk in _disks(resource):
        if _off(disk.get("encrypted")):
            sentence = "a disk of the instance is not encrypted; set encrypted to true on each disk"
            yield Violation(resource, DISK_NOT_ENCRYPTED(sentence))


def metadata_asks_for_a_token(resource: Resource) -> Iterator[Violation]:
    """Refuse a metadata service that answers requests without a token (IMDSv1)."""
    if resource.type not in {"aws:ec2/instance:Instance", "aws:ec2/launchTemplate:LaunchTemplate"}:
        return
    options = resource.props.get("metadataOptions")
    told = options if isinstance(options, Mapping) else {}
    if options is UNKNOWN or told.get("httpEndpoint") == "disabled" or told.get("httpTokens") in {"required", UNKNOWN}:
        return
    sentence = "the metadata service accepts requests without a token; set httpTokens to required"
    yield Violation(resource, METADATA_WITHOUT_TOKEN(sentence))


def mainnet_is_protected(resources: Sequence[Resource]) -> Iterator[Violation]:
    """Refuse unprotected identities, data volumes and claims of a bridge to mainnet."""
    if CHAIN_IDS[MAINNET] not in by_chain(resources, "BridgeContract"):
        return
    volumes = [one for one in resources if one.type == "aws:ebs/volume:Volume"]
    kept = {
        "an identity": of(resources, "Account"),
        "a data volume": volumes,
        "a claim on a machine with the node's data": of(resources, "ExistingHost"),
    }
    for what, one in ((what, one) for what, found in kept.items() for one in found):
        if not one.protect:
            sentence = f"{one.name} is {what} of a bridge to mainnet and is not protected; set protection to true"
            yield Violation(one, NOT_PROTECTED(sentence))


def _disks(resource: Resource) -> Iterator[Mapping[str, Any]]:
    if resource.type != "aws:ec2/instance:Instance":
        return
    root = resource.props.get("rootBlockDevice")
    if root is None:
        yield {}  # EC2 creates one, with the account's default
    elif isinstance(root, Mapping):
        yield root
    more = resource.props.get("ebsBlockDevices")
    yield from (one for one in (more if isinstance(more, list) else ()) if isinstance(one, Mapping))


def _off(value: Any) -> bool:
    return value is not True and value is not UNKNOWN
