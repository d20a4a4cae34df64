"""The stacks whose states of version 1 are kept: as small as can be, with all kinds of resources of their targets.

They are written out here, and not taken from the examples, which may change.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.program.stacks import DIGEST, SEED

FOLDER = Path(__file__).parent
PASSPHRASE = "test"
"""Of both states. There is no key in them but what follows from the seed of all tests."""

LOCAL: Mapping[str, Any] = {
    "target": "local",
    "identitySeed": SEED,
    "parentChain": {"network": "private", "chainId": 2020},
    "serviceChain": {"chainId": 3000, "nodes": ["scn-1"]},
    "pairs": [{"name": "alpha", "scn": "scn-1"}],
    "anchoring": {"period": 5},
    "bridge": {"threshold": 1},
    "tokens": [{"name": "play", "kind": "erc20", "development": True}],
}
AWS: Mapping[str, Any] = {
    "target": "aws",
    "identitySeed": SEED,
    "parentChain": {"network": "kairos"},
    "serviceChain": {"chainId": 3001, "nodes": ["scn-1"]},
    "pairs": [{"name": "alpha", "scn": "scn-1"}],
    "bridge": {"threshold": 1, "liquidity": 100},
    "packages": {
        name: {"url": f"https://archives.test/{archive}", "sha256": DIGEST}
        for name, archive in (
            ("ken", "ken-v2.2.1.tar.gz"),
            ("kscn", "kscn-v1.0.3.tar.gz"),
            ("chaindata", "data.tar.gz"),
        )
    },
    "aws": {
        "region": "ap-northeast-2",
        "network": {"cidr": "10.41.0.0/16", "zones": ["ap-northeast-2a", "ap-northeast-2c"], "nat": "one"},
        "ssh": {"from": ["203.0.113.0/24"]},
    },
}
STACKS = {"local": LOCAL, "aws": AWS}


def path_of(name: str) -> Path:
    """Return the file of a state."""
    return FOLDER / f"{name}.json"
