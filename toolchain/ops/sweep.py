"""Remove local hosts that a killed run left behind and that are not in the state. Silent if there are none.

usage: python -m toolchain.ops.sweep FILE-WITH-THE-IDENTITY-SEED
"""

import sys
from pathlib import Path

from components.domain.seed import network_id
from components.dynamic.machines.local_namespaces import LocalError
from components.dynamic.machines.local_network import LocalNetworkProvider
from components.topology.local_addresses import default_subnet


def main(seed_file: Path) -> int:
    """Remove the network of a seed, and every host on it."""
    network = network_id(seed_file.read_text().strip())
    try:
        LocalNetworkProvider().delete("", {"network": network, "subnet": str(default_subnet(network))})
    except LocalError as error:
        print(f"error: {network}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
