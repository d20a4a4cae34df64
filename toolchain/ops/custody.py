"""How the secrets of a stack are kept, from an export of its state. Pure except for reading its input.

usage: pulumi stack export | python -m toolchain.ops.custody kept|same [PROVIDER]
       pulumi stack export --show-secrets | python -m toolchain.ops.custody readable
       pulumi stack export | python -m toolchain.ops.custody empty
       python -m toolchain.ops.custody equal EXPORT OTHER-EXPORT

`kept` prints what keeps them. `same` fails if PROVIDER is not that, `readable` if a secret is not in the clear,
`empty` if there are resources, and `equal` if two exports with --show-secrets differ in what they hold.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from components.domain.problems.problem import Message
from components.domain.problems.setup import OTHER_PROVIDER, SECRETS_UNREADABLE, STATE_IN_THE_WAY, STATES_DIFFER
from toolchain.ops.state import is_secret


def provider(export: Mapping[str, Any]) -> str:
    """Return what keeps the secrets: a URL, or the type of a provider that has none; empty for a state without any."""
    told = (export.get("deployment") or {}).get("secrets_providers") or {}
    return str((told.get("state") or {}).get("url") or told.get("type") or "")


def same(export: Mapping[str, Any], wanted: str) -> list[Message]:
    """Return why the secrets are not kept as wanted."""
    kept = provider(export)
    if kept == wanted:
        return []
    return [
        OTHER_PROVIDER(
            f"the secrets of the stack are kept with {kept or 'no provider'} and not with {wanted}; "
            "make rekey changes that, or run this without SECRETS_PROVIDER"
        )
    ]


def readable(export: Mapping[str, Any]) -> list[Message]:
    """Return why not every secret of an export with --show-secrets can be read."""
    hidden = sum("plaintext" not in one for one in _secrets(export.get("deployment")))
    return [SECRETS_UNREADABLE(f"{hidden} secret(s) of the state cannot be read")] if hidden else []


def empty(export: Mapping[str, Any]) -> list[Message]:
    """Return why a state may not be overwritten."""
    resources = (export.get("deployment") or {}).get("resources") or []
    return [STATE_IN_THE_WAY(f"the state there has {len(resources)} resource(s)")] if resources else []


def equal(export: Mapping[str, Any], other: Mapping[str, Any]) -> list[Message]:
    """Return how the second state differs from the first in resources, secrets, or how these are kept."""
    found = readable(other)
    if provider(export) != provider(other):
        found.append(STATES_DIFFER(f"secrets are kept with {provider(other)}, and were with {provider(export)}"))
    before, after = (
        {str(held["urn"]): held for held in (one.get("deployment") or {}).get("resources") or ()}
        for one in (export, other)
    )
    differ = sorted(urn.rpartition("::")[2] for urn in {*before, *after} if before.get(urn) != after.get(urn))
    return found + ([STATES_DIFFER(f"resources differ: {', '.join(differ)}")] if differ else [])


def _secrets(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        if is_secret(value):
            yield value
        else:
            for inner in value.values():
                yield from _secrets(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _secrets(inner)


def main(question: str, *arguments: str) -> int:
    """Answer one question about the export on standard input, or about two files."""
    texts = [Path(one).read_text() for one in arguments] if question == "equal" else [sys.stdin.read()]
    export, *others = map(json.loads, texts)
    if question == "kept":
        print(provider(export))
        return 0
    answers = {"same": lambda: same(export, *arguments), "readable": lambda: readable(export)}
    answers |= {"empty": lambda: empty(export), "equal": lambda: equal(export, *others)}
    objections = answers[question]()
    for objection in objections:
        print(f"error: {objection}", file=sys.stderr)
    return int(bool(objections))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
