"""Versions of the nodes: their order, and which two can be a pair. The forks of the networks are in `forks`.

Sources: the code of v1.0.3, v2.2.1 and v2.2.2, where SCN and EN speak version 2 of the p2p protocol `servicechain`; the
release notes of v3.0.0, which keep kscn and the service chain. ENs of a newer major version than their SCN work: 2.2.1
with 1.0.3 was tried.
"""

import re
from typing import Final

BUILT: Final = "v1.0.3"
"""The version of the archives that `make setup` builds."""

Order = tuple[int, int, int, int, int]
"""Major, minor, patch, whether it is a release, and the number of the release candidate."""

_VERSION: Final = re.compile(r"v(\d{1,9})\.(\d{1,9})\.(\d{1,9})(?:-rc\.?(\d{1,9})|(-[^+]+))?(?:\+.*)?", re.ASCII)
_NAMED: Final = re.compile(r"(?:^|[/\s])(v\d+\.\d+\.\d+)(?=[-+/\s]|$)")
_PROTOCOLS: Final = {1: 2, 2: 2, 3: 2}
"""Version of the protocol `servicechain`, by the major version of Kaia. A new major version is added here."""


def order(version: str) -> Order | None:
    """Return what versions like v1.0.3 are compared by; None for a text that is no version.

    Release candidates (v2.2.2-rc.1) and other versions with a suffix come before the release of that number.
    """
    parsed = _VERSION.fullmatch(version)
    if not parsed:
        return None
    major, minor, patch, candidate, other = parsed.groups()
    return int(major), int(minor), int(patch), int(candidate is None and other is None), int(candidate or 0)


def at_least(version: str, since: str) -> bool:
    """Return whether a version is `since` or a later one; False if one of them is no version."""
    one, other = order(version), order(since)
    return one is not None and other is not None and one >= other


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
    parsed = order(version)
    return _PROTOCOLS.get(parsed[0]) if parsed else None


def mismatch(ken_version: str, kscn_version: str) -> str | None:
    """Return why an EN and an SCN of these versions cannot be a pair; None if they can, or if that is not known."""
    en, scn = bridge_protocol(ken_version), bridge_protocol(kscn_version)
    if ken_version == kscn_version or en is None or scn is None or en == scn:
        return None
    return (
        f"ken {ken_version} and kscn {kscn_version}: they speak versions {en} and {scn} of the bridge protocol; use "
        "equal versions"
    )
