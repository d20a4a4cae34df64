"""Configurations to run the program with: the example stacks as they are, and variations of a stack on AWS."""

from typing import Any

import yaml

from components.settings.sentences import NAMESPACE
from tests.examples import committed

SEED, DIGEST = "1f" * 32, "ab" * 32

ZONES = {
    "subnet-0000000a": "ap-northeast-2a",
    "subnet-0000000c": "ap-northeast-2c",
    "subnet-0000000b": "ap-northeast-2b",
}
"""Subnets of a VPC that exists."""
VPC = "vpc-00000001"


def example(name: str) -> dict[str, Any]:
    """Return the configuration of an example stack as it is committed, with what a user has to put in."""
    config = yaml.safe_load(committed(name))["config"]
    found = {key.removeprefix(f"{NAMESPACE}:"): value for key, value in config.items()}
    found.pop("identitySeedFile", None)
    for archive in found.get("packages", {}).values():
        assert set(archive["sha256"]) == {"0"}, "an example names no archive that its user has not checked"
        archive["sha256"] = DIGEST
    return {**found, "identitySeed": SEED}


def aws(count: int = 2, *, existing: bool = False, **changed: Any) -> dict[str, Any]:
    """Return a stack with a private parent chain on AWS; top-level keys of the configuration can be changed."""
    scns = max(count, 4)
    return {
        "target": "aws",
        "identitySeed": SEED,
        "parentChain": {"network": "private", "chainId": 2020},
        "serviceChain": {"chainId": 3000, "nodes": scns},
        "pairs": [{"name": f"pair-{i + 1}", "scn": f"scn-{i + 1}"} for i in range(count)],
        "packages": {
            program: {"url": f"https://archives.test/{program}-v1.0.3.tar.gz", "sha256": DIGEST}
            for program in ("ken", "kscn", "kcn")
        },
        "aws": section(existing=existing),
        **changed,
    }


def section(*, existing: bool = False, **changed: Any) -> dict[str, Any]:
    """Return the `aws` section of a stack."""
    new = {"cidr": "10.40.0.0/16", "zones": sorted(ZONES.values())}
    old = {"vpc": VPC, "privateSubnets": list(ZONES)}
    return {
        "region": "ap-northeast-2",
        "network": old if existing else new,
        "ssh": {"from": ["203.0.113.0/24"]},
        **changed,
    }
