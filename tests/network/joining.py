"""A stack on machines made by hand that joins a chain which others run."""

from pathlib import Path
from typing import Any

from components.dynamic.secrets import ssh_key
from tests.network.existing_hosts import local
from tests.network.lone_chain import CHAIN_ID, LoneChain
from tests.stack import Settings, settings

NAMES = ("alpha-en", "alpha-scn")


def joining(chain: LoneChain, folder: Path, bridge: dict[str, Any]) -> Settings:
    """Make two machines in the network of a chain, which reach its validator; return the settings of one pair."""
    (folder / "genesis.json").write_text(chain.first_block)
    hosts = {name: local(chain.network, name) for name in NAMES}
    return settings(
        target="existing",
        existing={
            "user": "root",
            "privateKey": ssh_key.private_key(chain.network.seed("client")),
            "diskGib": 1,
            "hosts": {name: {**host.settings, "service": "daemon"} for name, host in hosts.items()},
        },
        parentChain={
            "network": "private",
            "chainId": CHAIN_ID,
            "genesis": str(folder / "genesis.json"),
            "staticNodes": [chain.kni],
        },
        serviceChain={"chainId": 3000, "nodes": ["alpha-scn"]},
        pairs=[{"name": "alpha", "scn": "alpha-scn"}],
        bridge={"threshold": 1, "liquidity": 100, "operatorBalance": 20, "fundingMinutes": 0, **bridge},
    )
