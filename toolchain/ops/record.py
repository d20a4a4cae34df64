"""The record of the last healthy up, for make rollback, when the secrets of a stack get another provider. Pure.

usage: python -m toolchain.ops.record add SETTINGS RECORD
       python -m toolchain.ops.record take BEFORE AFTER RECORD
       python -m toolchain.ops.record key

`add` writes the secrets of the record that the settings do not have into them, so that Pulumi encrypts all of them with
one key again; it fails, and changes nothing, if they are not kept with one key now. `take` prints the record as it is
after that: BEFORE and AFTER are those settings. A secret that both have stays the same in both. `key` prints the key
that the settings have meanwhile.
"""

import re
import sys
from collections.abc import Mapping
from pathlib import Path

import yaml

from components.settings.sentences import NAMESPACE
from toolchain.ops.public_settings import CRYPTO, encrypted

KEY = f"{NAMESPACE}-record:secrets"
"""Under which the settings have them meanwhile."""
_DATA_KEYS = ("encryptionsalt", "encryptedkey")


def added(settings: str, record: str) -> str | None:
    """Return settings with the secrets of a record; None if these are kept with another key."""
    mine, its = _crypto(settings), _crypto(record)
    ours = {ciphertext for _, ciphertext in encrypted(yaml.compose(settings))}
    if ours and any(mine.get(name) != its.get(name) for name in _DATA_KEYS):
        return None
    others = sorted({ciphertext for _, ciphertext in encrypted(yaml.compose(record))} - ours)
    if not ours:
        settings = _with_crypto(settings, {**mine, **{name: its[name] for name in _DATA_KEYS if name in its}})
    line = f"{KEY}: [{', '.join(f'{{secure: {one}}}' for one in others)}]"
    config = next((value for key, value in _entries(settings) if key.value == "config"), None)
    if not isinstance(config, yaml.MappingNode):
        return f"{re.sub('(?m)^config:.*', '', settings).rstrip()}\nconfig:\n  {line}\n"
    if config.flow_style:
        place = config.start_mark.index + 1
        return f"{settings[:place]}{line}{', ' if config.value else ''}{settings[place:]}"
    first = config.value[0][0].start_mark
    return f"{settings[: first.index]}{line}\n{' ' * first.column}{settings[first.index :]}"


def _entries(settings: str) -> list[tuple[yaml.Node, yaml.Node]]:
    root = yaml.compose(settings)
    return root.value if isinstance(root, yaml.MappingNode) else []


def taken(before: str, after: str, record: str) -> str:
    """Return a record with its secrets as the settings have them after the change."""
    now = dict(encrypted(yaml.compose(after)))
    for path, ciphertext in encrypted(yaml.compose(before)):
        record = record.replace(ciphertext, now[path])
    return _with_crypto(record, _crypto(after))


def _crypto(settings: str) -> dict[str, str]:
    """Return the lines that say how secrets are kept, by their keys."""
    lines = {line.partition(":")[0]: line for line in settings.splitlines()}
    return {name: lines[name] for name in CRYPTO if name in lines}


def _with_crypto(settings: str, lines: Mapping[str, str]) -> str:
    kept = [line for line in settings.splitlines() if line.partition(":")[0] not in CRYPTO]
    return "\n".join([*kept, *lines.values(), ""])


def main(question: str, *files: str) -> int:
    """Answer one question."""
    if question == "key":
        print(KEY)
        return 0
    first, *others = (Path(one).read_text() for one in files)
    if question == "take":
        print(taken(first, *others), end="")
        return 0
    text = added(first, *others)
    if text is None:
        return 1
    Path(files[0]).write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
