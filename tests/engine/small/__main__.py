"""The first step of the program, settings and keys, and nothing that runs: for tests of what is around a stack.

An up waits as long as there is a file `hold`.
"""

import time
from pathlib import Path

import pulumi

from components.stack import load
from components.stack.identities import Identities

config = load.load()
identities = Identities(config.identity_seed.get_secret_value(), protect=config.protected)
for pair in config.pairs:
    identities.node(pair.en)
    identities.operators(pair.scn)
while Path("hold").exists() and not pulumi.runtime.is_dry_run():
    time.sleep(0.05)
pulumi.export("network", identities.network_id)
pulumi.export("key", identities.owner("parent", None).private_key)
