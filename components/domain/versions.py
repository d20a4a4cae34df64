"""Which versions of the nodes work together: the two nodes of a pair, and an EN with a public network.

From the sources of v1.0.3 and v2.2.1: SCN and EN of both speak version 2 of the p2p protocol `servicechain`, and the
public networks have activated forks that only v2.2.1 and newer know.
"""

import re
from typing import Final

BUILT: Final = "v1.0.3"
"""The version of the archives that `make setup` builds."""

_VERSION: Final = re.compile(r"v(\d+)\.(\d+)\.(\d+)(-.+)?")
_NAMED: Final = re.compile(r"(?:^|[/\s])(v\d+\.\d+\.\d+)(?=[-+/\s]|$)")
_PROTOCOLS: Final = {1: 2, 2: 2}
"""Version of the protocol `servicechain`, by the major version of Kaia."""
_PUBLIC_SINCE: Final = (2, 2, 1)
"""The first version that knows the forks Prague and Osaka of Kairos and mainnet."""


def version_in(text: str) -> str | None:
    """Return the version like v1.0.3 that a node tells, without what follows it; None if there is none.

    `text`: the answer to web3_clientVersion (`Klaytn/v1.0.3/linux-amd64/go1.22.1`), what the program prints of itself
    (`Kaia v1.0.3`), or a version alone. A node may have a name of its own in front of its version. It never tells
    whether it is a release candidate, and of some builds the commit (params/version.go of v1.0.3 and v2.2.1).
    """
    found = _NAMED.findall(text)
    return str(found[-1]) if found else None


def bridge_protocol(version: str) -> int | None:
    """Return which version of the protocol `servicechain` a node like v1.0.3 speaks; None if that is not known."""
    parsed = _VERSION.fullmatch(version)
    return _PROTOCOLS.get(int(parsed[1])) if parsed else None


def mismatch(ken_version: str, kscn_version: str) -> str | None:
    """Return why an EN and an SCN of these versions cannot be a pair; None if they can."""
    if ken_version == kscn_version:
        return None
    en, scn = bridge_protocol(ken_version), bridge_protocol(kscn_version)
    pair = f"ken {ken_version} and kscn {kscn_version}"
    if en is None or scn is None:
        unknown = ken_version if en is None else kscn_version
        return f"{pair}: the version of the bridge protocol is not known for {unknown}; use equal versions"
    if en != scn:
        return f"{pair}: they speak versions {en} and {scn} of the bridge protocol; use equal versions"
    return None


def too_old_for(network: str, version: str) -> str | None:
    """Return why an EN of this version cannot follow the network; None if it can."""
    if network == "private":
        return None
    parsed = _VERSION.fullmatch(version)
    needed = "v" + ".".join(map(str, _PUBLIC_SINCE))
    if not parsed:
        return f"ken {version}: whether this version can follow {network} is not known; use {needed} or newer"
    numbers = (int(parsed[1]), int(parsed[2]), int(parsed[3]))
    if numbers > _PUBLIC_SINCE or (numbers == _PUBLIC_SINCE and not parsed[4]):
        return None
    return f"ken {version}: it does not know the forks Prague and Osaka of {network}; use {needed} or newer"
