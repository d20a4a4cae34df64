"""A good configuration, as Pulumi hands it over, and ways to make it a bad one."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest

from components.domain.problems.problem import Problem
from components.topology.checks.configuration import BadSettings, read

SEED = "1f" * 32
DAY = date(2026, 3, 1)
"""A day on which the versions of these samples know all forks that are past or near."""

Raw = dict[str, Any]
Expected = tuple[str, Problem, str]
"""What a message has to tell: the path of the key, the problem, and a value or word that it names."""


def raw(**changes: Any) -> Raw:
    """Return a good configuration; `bridge__threshold=2` sets one value of a section, `bridge=...` all of it."""
    names = ["scn-1", "scn-2", "scn-3", "scn-4"]
    good: Raw = {
        "identitySeed": SEED,
        "parentChain": {"chainId": 2020},
        "serviceChain": {"chainId": 3000, "nodes": names},
        "pairs": pairs(2),
        "anchoring": {"period": 10},
        "bridge": {"threshold": 1},
    }
    for path, value in changes.items():
        section, _, key = path.partition("__")
        if key:
            good.setdefault(section, {})[key] = value
        else:
            good[section] = value
    return good


def aws_raw(**changes: Any) -> Raw:
    """Return a good configuration of target aws; `aws__network__cidr=...` sets one value at any depth."""
    good = raw() | {
        "target": "aws",
        "packages": {program: archive(program, "v1.0.3") for program in ("ken", "kscn", "kcn")},
        "aws": {
            "region": "ap-northeast-2",
            "network": {"cidr": "10.40.0.0/16", "zones": ["ap-northeast-2a", "ap-northeast-2b"]},
            "ssh": {"from": ["203.0.113.7/32"]},
        },
    }
    for path, value in changes.items():
        *sections, key = path.split("__")
        place = good
        for section in sections:
            place = place.setdefault(section, {})
        place[key] = value
    return good


def kairos_raw(**changes: Any) -> Raw:
    """Return a good configuration of target aws below the public network Kairos, with archives by url."""
    packages = {program: archive(program, "v2.2.1", "url") for program in ("ken", "kscn")}
    return aws_raw(**{"parentChain": {"network": "kairos"}, "packages": packages, **changes})


KNI = f"kni://{'5c' * 64}@10.99.0.7:32323?discport=0&ntype=cn"
EXISTING: Raw = {"network": "private", "chainId": 2020, "genesis": "genesis.json", "staticNodes": [KNI]}
"""A private parent chain that exists."""


def archive(program: str, version: str, place: str = "file") -> Raw:
    start = "https://packages.example.com" if place == "url" else "/packages"
    return {place: f"{start}/{program}-{version}-linux-amd64.tar.gz", "sha256": "ab" * 32}


VPC = {
    "vpc": "vpc-0123456789abcdef0",
    "privateSubnets": ["subnet-0000000000000000a", "subnet-0000000000000000b"],
}
"""Instead of `aws.network`: one that exists."""


def pairs(count: int) -> list[Raw]:
    return [{"name": f"pair-{i + 1}", "scn": f"scn-{i + 1}"} for i in range(count)]


def tells(found: Iterable[str], *expected: Expected) -> bool:
    """Return whether there is one message for each that is expected, in this order."""
    return all(says(message, *one) for message, one in zip(found, expected, strict=True))


def says(message: str, path: str, problem: Problem, value: str) -> bool:
    """Return whether a message is about that key, has the code of that problem, and names the value."""
    start, end = f"{path}: ", f" [{problem.code}]"
    words = message.removeprefix(start).removesuffix(end)
    return message.startswith(start) and message.endswith(end) and value in words


def problems(config: Raw) -> list[str]:
    """Return what is wrong with a configuration, without the namespace in front of each path."""
    with pytest.raises(BadSettings) as caught:
        read(config)
    assert all(problem.startswith("servicechain-ha:") for problem in caught.value.problems)
    return [problem.removeprefix("servicechain-ha:") for problem in caught.value.problems]
