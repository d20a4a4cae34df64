"""The stacks whose states of version 1 are kept: as small as can be, with all kinds of resources of their targets.

They are written out here, and not taken from the examples, which may change.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.program.stacks import DIGEST, SEED

FOLDER = Path(__file__).parent
PASSPHRASE = "test"
"""Of all states. There is no key in them but what follows from the seed of all tests."""

LOCAL: Mapping[str, Any] = {
    "target": "local",
    "identitySeed": SEED,
    "parentChain": {"network": "private", "chainId": 2020},
    "serviceChain": {"chainId": 3000, "nodes": ["scn-1"]},
    "pairs": [{"name": "alpha", "scn": "scn-1"}],
    "anchoring": {"period": 5},
    "bridge": {"threshold": 1},
    "tokens": [{"name": "play", "kind": "erc20", "development": True}],
    "monitoring": {"enabled": False},
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
EXISTING: Mapping[str, Any] = {
    "target": "existing",
    "identitySeed": SEED,
    "parentChain": {
        "network": "private",
        "chainId": 2020,
        "genesis": "tests/state/parent-chain/genesis.json",
        "staticNodes": [f"kni://{'1f' * 64}@192.0.2.10:32323?discport=0&type=en"],
    },
    "serviceChain": {"chainId": 3003, "nodes": ["scn-1"]},
    "pairs": [{"name": "alpha", "scn": "scn-1"}],
    "bridge": {"threshold": 1},
    "existing": {
        "user": "ubuntu",
        "hosts": {
            "alpha-en": {
                "address": "192.0.2.11",
                "hostKey": f"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{'A' * 42}B",
                "node": {"data": "/var/kend/data", "conf": "/etc/kend/conf/kend.conf"},
            },
            "scn-1": {"address": "192.0.2.21", "hostKey": f"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{'A' * 42}C"},
        },
    },
}
"""An EN that exists already, and an SCN on a machine that does."""
STACKS = {"local": LOCAL, "aws": AWS, "existing": EXISTING}


def path_of(name: str) -> Path:
    """Return the file of a state."""
    return FOLDER / f"{name}.json"
