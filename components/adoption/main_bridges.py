"""main-bridges.json of an SCN: the one EN that it dials. Pure."""

import json
from collections.abc import Sequence

from components.domain.kni import node_id


def knis(text: str | None) -> list[str]:
    """Return the KNIs in main-bridges.json; empty where it is missing or not a list, as the node does."""
    try:
        found = json.loads(text or "[]")
    except ValueError:
        return []
    return [kni for kni in found if isinstance(kni, str)] if isinstance(found, list) else []


def same(one: str, other: str) -> bool:
    """Return whether two KNIs name the same node at the same address."""
    return _bare(one) == _bare(other)


def with_only(text: str | None, kni: str, connected: Sequence[str]) -> str:
    """Return the main-bridges.json with the EN of this KNI as the only one, unchanged if it is.

    `connected`: public keys of the main bridges that the SCN is connected to. An EN under another address is kept while
    it works: it may be the only address at which that SCN reaches it.
    """
    there = knis(text)
    if text is not None and len(there) == 1:
        works = node_id(there[0]) == node_id(kni) and list(connected) == [node_id(kni)]
        if works or same(there[0], kni):
            return text
    return json.dumps([kni], indent=2) + "\n"


def _bare(kni: str) -> str:
    return kni.split("?", 1)[0].lower()
