"""The settings of a stack without secrets, for previews by those who may not have them. Pure except for its input.

usage: python -m toolchain.ops.public_settings PUBLIC-STATE <SETTINGS

Prints the settings with a stand-in for each secret in them, as `toolchain.ops.public_state` wrote it down by the
ciphertext, and without the seed. A ciphertext that it does not know is that of a value which was set since: what
depends on it is shown as changed, and the place of the setting is printed.
"""

import hashlib
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from components.domain.problems.setup import MOVED_SEED, NEW_SECRET
from components.settings.sentences import NAMESPACE
from toolchain.ops.stand_ins import StandIns

CRYPTO = ("encryptionsalt", "encryptedkey", "secretsprovider")
"""Keys of a settings file that say how its secrets are kept."""
_SEEDS = tuple(f"{NAMESPACE}:{name}" for name in ("identitySeed", "identitySeedFile", "identitySeedFrom"))
_FORMS = {
    "OwnerKey": "aa" * 32,
    "privateKey": "-----BEGIN OPENSSH PRIVATE KEY-----",
    "referenceRpc": "https://unknown.invalid",
}
"""A value of the form of each kind of secret, by how the name of its setting ends."""

Path_ = tuple[str | int, ...]


def secrets_of(settings: str, config: Mapping[str, Any]) -> dict[str, str]:
    """Return the secrets in a settings file, by their ciphertexts.

    `config`: the same in the clear, as `pulumi config --show-secrets --json` prints it.
    """
    known = {key: told.get("objectValue", told.get("value")) for key, told in config.items()}
    return {
        ciphertext: str(_at(known, path[1:]))
        for path, ciphertext in encrypted(yaml.compose(settings))
        if path[0] == "config"
    }


def plain_of(settings: str) -> set[str]:
    """Return the texts in a settings file that are not encrypted."""
    return set(_plain(yaml.compose(settings)))


def seed_of(settings: str) -> str:
    """Return a digest of where the settings have the seed, by which another place or ciphertext is noticed."""
    root = yaml.compose(settings)
    config = next((value for key, value in root.value if key.value == "config"), None) if root else None
    held = {key.value: yaml.serialize(value) for key, value in config.value if key.value in _SEEDS} if config else {}
    return hashlib.sha256(json.dumps(held, sort_keys=True).encode()).hexdigest()


def without_secrets(settings: str, stand_ins: Mapping[str, str]) -> tuple[str, list[str]]:
    """Return settings with stand-ins, given by ciphertexts, and the places of secrets that have none.

    All other values are written as they were, with their quotes, because programs read YAML differently.
    """
    root = yaml.compose(settings)
    if root is None:
        return "config: {}\n", []
    root.value = [(key, value) for key, value in root.value if key.value not in CRYPTO]
    for key, value in root.value:
        if key.value == "config":
            value.value = [(name, one) for name, one in value.value if name.value not in _SEEDS]
    missing: list[str] = []

    def text(path: Path_, ciphertext: str) -> str:
        if ciphertext in stand_ins:
            return stand_ins[ciphertext]
        missing.append(".".join(map(str, path[1:])))
        form = next((form for name, form in _FORMS.items() if str(path[-1]).endswith(name)), "unknown")
        return StandIns().add(form)

    return str(yaml.serialize(_replaced(root, text), width=10**6)), missing


def _replaced(node: yaml.Node, text: Callable[[Path_, str], str], path: Path_ = ()) -> yaml.Node:
    """Return a node with a text in the place of each mapping that stands for a secret."""
    if isinstance(node, yaml.MappingNode):
        if ciphertext := _ciphertext(node):
            return yaml.ScalarNode("tag:yaml.org,2002:str", text(path, ciphertext), style='"')
        node.value = [(key, _replaced(value, text, (*path, key.value))) for key, value in node.value]
    elif isinstance(node, yaml.SequenceNode):
        node.value = [_replaced(value, text, (*path, number)) for number, value in enumerate(node.value)]
    return node


def _ciphertext(node: yaml.MappingNode) -> str | None:
    """Return what a mapping that stands for a secret holds."""
    return str(node.value[0][1].value) if [key.value for key, _ in node.value] == ["secure"] else None


def encrypted(node: yaml.Node | None, path: Path_ = ()) -> Iterator[tuple[Path_, str]]:
    """Yield the ciphertext of each secret, with its path."""
    if isinstance(node, yaml.MappingNode):
        if ciphertext := _ciphertext(node):
            yield path, ciphertext
            return
        for key, value in node.value:
            yield from encrypted(value, (*path, key.value))
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            yield from encrypted(value, (*path, number))


def _plain(node: yaml.Node | None) -> Iterator[str]:
    if isinstance(node, yaml.ScalarNode):
        yield node.value
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _plain(value)
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value not in ("secure", *_SEEDS):
                yield from _plain(value)


def _at(value: Any, path: Sequence[str | int]) -> Any:
    for part in path:
        value = value[part]
    return value


def main(public: str) -> int:
    """Print the settings."""
    found, settings = json.loads(Path(public).read_text()), sys.stdin.read()
    if found["seed"] is not None and found["seed"] != seed_of(settings):
        words = (
            "the settings have the identity seed in another place, or another one, than when the public state was made"
        )
        print(f"error: {MOVED_SEED(words)}", file=sys.stderr)
        return 1
    text, missing = without_secrets(settings, found["settings"])
    print(text, end="")
    for place in missing if found["seed"] is not None else ():  # of a new stack, each is new
        words = f"{place} was encrypted after the public state was made, so all that depends on it is shown as changed"
        print(f"warning: {NEW_SECRET(words)}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
