"""A copy of a state without secrets, for previews by those who may not have them.

usage: pulumi stack export --show-secrets | python -m toolchain.ops.public_state of SETTINGS CONFIG FILE
       python -m toolchain.ops.public_state new FILE
       python -m toolchain.ops.public_state import FILE NEW-STACK STACK
       python -m toolchain.ops.public_state known FILE

`of` writes FILE, which has no secret: the state with a stand-in for each, and what follows from secrets and is none,
for components/stack/seedless. SETTINGS is the stack's settings file; CONFIG has the output of `pulumi config
--show-secrets --json`. `new` writes one of an empty state, for a stack that somebody says is new. `import` prints that
state for a stack whose export is in the file NEW-STACK, and `known` what the program needs.

A text within a secret stays as it is only if its name is in SHOWN, or if it is also outside of secrets. Everything else
gets a stand-in. So something new that is secret can make a preview show too much, and is never given away.
"""

import json
import os
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice, permutations
from pathlib import Path
from typing import Any

from components.domain.problems.operations.state import CALLED_WRONGLY
from components.domain.problems.problem import CodedError
from components.domain.problems.setup import PUBLIC_STATE
from components.stack.nodes.watched_files import again, digest_of
from components.watch.alerts.routing import WEBHOOK
from toolchain.ops.custody import readable
from toolchain.ops.public_settings import plain_of, secrets_of, seed_of
from toolchain.ops.stand_ins import StandIns
from toolchain.ops.state import by_name, in_the_clear, is_secret

FORMAT = 1
HIDDEN = frozenset(
    {
        *("private_key", "privateKey", "host_private_key", "seed", "password", "keystore", "stdin", "content"),
        *("user_data", "userData"),
    }
)
"""Names of what is always a secret within one."""
SHOWN = frozenset(
    {
        # a login and a console
        *("host", "port", "user", "host_key", "hostKey", "sudo", "dialErrorLimit", "perDialTimeout", "node", "ipc"),
        # who signs
        *("kind", "chain", "max_gas_price", "funding_minutes", "address", "key_id", "region", "password_file"),
        *("password_env",),
        # what a machine needs, and its files
        *("account", "disk_gib", "files", "folder", "number", "owner", "ports", "tools", "unit", "path"),
        *("mode", "digest"),
        *("restarts", "private"),
        # pairs, and what their nodes run
        *("name", "pair", "parent", "child", "adopted", "bridge", "chain_id", "parent_chain_id", "child_chain_id"),
        *("kni", "network", "partner", "runs"),
    }
)
"""Names of what is no secret, although it is in one value with a secret."""
_NETWORKS = (("Identities", "network_id"), ("LocalNetwork", "network"), ("ExistingHost", "owner"))
"""Types of resources, each with its output that is the id of the stack's network."""
_MOST = 50_000
"""Orders of the files of a node that are tried."""
_TEXTS = ("plaintext", "ciphertext")


class Refused(CodedError):
    """No public copy is made; the message says why, without any secret."""


class PublicState:
    """The copy of one state."""

    def __init__(self, export: Mapping[str, Any], secrets: Mapping[str, str], plain: Collection[str] = ()) -> None:
        """`secrets`: of the settings, by their ciphertexts; `plain`: the texts in the settings that are no secrets."""
        if hidden := readable(export):
            raise Refused(hidden[0])
        self._resources: list[dict[str, Any]] = list((export.get("deployment") or {}).get("resources") or ())
        self._time = str(((export.get("deployment") or {}).get("manifest") or {}).get("time") or "")
        self._secrets = secrets
        self._stand_ins = StandIns()
        self._receivers: dict[str, str] = {}
        self._clear = {*plain} | {text for _, text, inside in _texts(self._resources) if not inside}
        self._place = dict.fromkeys(secrets.values(), "the settings")
        for secret in secrets.values():
            self._stand_ins.add(secret)
        for resource in self._resources:
            for name, text, inside in _texts(resource):
                if inside and self._is_secret(name, text):
                    self._add(name, text)
                    self._place.setdefault(text, f"{str(resource['urn']).rpartition('::')[2]}.{name}")
        self._find_receivers()
        self._other = {**self._stand_ins.digests, **self._runs()}

    def known(self) -> dict[str, Any]:
        """Return what follows from secrets and is none, and the stand-ins of what is not in the state."""
        resources = [in_the_clear(one) for one in self.resources()]
        networks = [props.get(key) for type_, key in _NETWORKS for props in by_name(resources, f":{type_}").values()]
        return {
            "time": self._time,
            "empty": not resources,
            "network": next((one for one in networks if isinstance(one, str)), None),
            "accounts": sorted(by_name(resources, "servicechain:Account")),
            "owners": {chain: signer for chain, signer in _signers(resources) if signer.get("kind", "key") != "key"},
            "receivers": self._receivers,
        }

    def settings(self) -> dict[str, str]:
        """Return the stand-ins of secret settings, by their ciphertexts."""
        return {ciphertext: self._stand_ins.texts[secret] for ciphertext, secret in self._secrets.items()}

    def resources(self) -> list[dict[str, Any]]:
        """Return the resources of the state with stand-ins, which are marked as secrets where the secrets were."""
        found: list[dict[str, Any]] = _each(self._resources, self._text)
        return found

    def written(self, export: Mapping[str, Any], seed: str = "") -> str:
        """Return the file. Raises Refused if any secret is in it. `seed`: see public_settings.seed_of."""
        manifest = (export.get("deployment") or {}).get("manifest") or {}
        deployment = {"manifest": manifest, "resources": self.resources(), "metadata": {}}
        told = {"version": export.get("version"), "deployment": deployment}
        found = {"format": FORMAT, "export": told, "known": self.known(), "settings": self.settings(), "seed": seed}
        text = json.dumps(found, indent=1, sort_keys=True)
        if left := self._stand_ins.left_in(text):
            places = ", ".join(sorted({self._place.get(one, "a webhook") for one in left}))
            raise Refused(PUBLIC_STATE(f"secrets would be in the public state: {places}; nothing was written"))
        return text + "\n"

    def _is_secret(self, name: str, text: str) -> bool:
        return name in HIDDEN or not (name in SHOWN or text in self._clear)

    def _add(self, name: str, text: str) -> None:
        """Give a secret its stand-in. The configuration of Alertmanager has one part that is secret."""
        if name == "content" and (urls := _webhooks(text)) is not None:
            for url in urls:
                self._receivers[WEBHOOK] = self._stand_ins.add(url)
        else:
            self._stand_ins.add(text)

    def _find_receivers(self) -> None:
        for process in by_name(map(in_the_clear, self._resources), "servicechain:MonitoringProcess").values():
            for path, file in (process.get("secret_files") or {}).items():
                if (stand_in := self._stand_ins.texts.get(file.get("content", ""))) is not None:
                    self._receivers[path.rpartition("/")[2]] = stand_in

    def _text(self, name: str, text: str, *, inside: bool) -> str:
        texts = self._stand_ins.texts
        if inside and name == "content" and _webhooks(text) is not None:
            return self._stand_ins.within(text)
        if inside and text in texts and self._is_secret(name, text):
            return texts[text]
        return self._other.get(text, text)

    def _runs(self) -> dict[str, str]:
        """Return, by the digest of all that a node reads at its start, the same with stand-ins.

        The state does not tell in which order the files were read.
        """
        resources = [in_the_clear(one) for one in self._resources]
        commands, files = by_name(resources, "remote:Command"), by_name(resources, "servicechain:NodeFiles")
        texts, found = self._stand_ins.texts, {}
        for node, running in by_name(resources, "servicechain:RunningNode").items():
            watched = files.get(node) or {}
            read = [name for name, file in (watched.get("files") or {}).items() if file.get("restarts")]
            contents = {name: str((commands.get(f"{node}-{name}") or {}).get("stdin") or "") for name in read}
            triggers = (commands.get(f"{node}-unpack") or {}).get("triggers") or [""]
            runs = str(running.get("runs"))
            for order in islice(permutations(sorted(read, key=_usual)), _MOST):
                rest = again(watched.get("tokens"), order)
                if digest_of([str(triggers[-1]), *(contents[name] for name in order), *rest]) == runs:
                    shown = [texts.get(contents[name], contents[name]) for name in order]
                    found[runs] = digest_of([str(triggers[-1]), *shown, *rest])
                    break
        return found


def _usual(name: str) -> int:
    """Return the place at which a file is usually read; the conf is first, and has many names."""
    order = ("nodekey", "static-nodes.json", "main-bridges.json", *_OPERATORS, "genesis.json")
    return order.index(name) if name in order else -1


_OPERATORS = tuple(f"{chain}-{file}" for chain in ("parent", "child") for file in ("keystore", "password"))


def _webhooks(content: str) -> list[str] | None:
    """Return the URLs of webhooks in the configuration of Alertmanager; None for another text."""
    try:
        receivers = json.loads(content)["receivers"]
        return [str(one["url"]) for receiver in receivers for one in receiver.get("webhook_configs", ())]
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _signers(resources: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield chain and signer of the contracts' owners."""
    for chain in ("parent", "child"):
        signer = by_name(resources, "servicechain:BridgeContract").get(f"{chain}-bridge", {}).get("signer")
        if isinstance(signer, Mapping):
            yield chain, signer


def _held(secret: Mapping[str, Any]) -> str:
    """Return the key of what a secret holds. One inside another has it, in the clear, where others have ciphertext."""
    return "plaintext" if "plaintext" in secret else "ciphertext"


def _texts(value: Any, name: str = "", *, inside: bool = False) -> Iterator[tuple[str, str, bool]]:
    """Yield each text with the name of what it is, and whether it is within a secret."""
    if isinstance(value, dict):
        if is_secret(value):
            yield from _texts(json.loads(value[_held(value)]), name, inside=True)
        else:
            for key, inner in value.items():
                yield from _texts(inner, key, inside=inside)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner, name, inside=inside)
    elif isinstance(value, str):
        yield name, value, inside


def _each(value: Any, change: Callable[..., str], name: str = "", *, inside: bool = False) -> Any:
    """Return a value with each text changed."""
    if isinstance(value, dict):
        if is_secret(value):
            inner = _each(json.loads(value[_held(value)]), change, name, inside=True)
            return {**{key: value[key] for key in value if key not in _TEXTS}, _held(value): json.dumps(inner)}
        return {key: _each(inner, change, key, inside=inside) for key, inner in value.items()}
    if isinstance(value, list):
        return [_each(inner, change, name, inside=inside) for inner in value]
    return change(name, value, inside=inside) if isinstance(value, str) else value


def loaded(file: Path) -> Mapping[str, Any]:
    """Return what a file has. Raises Refused if it is no public copy of a state."""
    try:
        found = json.loads(file.read_text())
        if found["format"] == FORMAT:
            return dict(found)
    except (OSError, ValueError, KeyError, TypeError):
        pass
    raise Refused(PUBLIC_STATE(f"{file} is not a public state that this version reads; make it with `make public`"))


def new() -> str:
    """Return the file for a stack that has no state. It knows no seed and no secret of the settings."""
    known = PublicState({}, {}).known()
    export = {"version": 3, "deployment": {"manifest": {}, "resources": [], "metadata": {}}}
    return json.dumps({"format": FORMAT, "export": export, "known": known, "settings": {}, "seed": None})


def imported(found: Mapping[str, Any], new: Mapping[str, Any], stack: str) -> dict[str, Any]:
    """Return the public state for a new stack, which keeps secrets in its own way. Raises Refused."""
    kept = (new.get("deployment") or {}).get("secrets_providers")
    export = found["export"]
    names = {str(one["urn"]).split(":")[2] for one in export["deployment"]["resources"]} - {stack}
    if names:
        raise Refused(PUBLIC_STATE(f"the public state is that of {', '.join(sorted(names))}, not of {stack}"))
    return {**export, "deployment": {**export["deployment"], "secrets_providers": kept}}


def main(question: str, *arguments: str) -> int:
    """Answer one question."""
    try:
        if question == "of":
            settings, config, file = arguments
            export = json.load(sys.stdin)
            text = Path(settings).read_text()
            secrets = secrets_of(text, json.loads(Path(config).read_text() or "{}"))
            _write(Path(file), PublicState(export, secrets, plain_of(text)).written(export, seed_of(text)))
            return 0
        if question == "new":
            _write(Path(arguments[0]), new())
            return 0
        found = loaded(Path(arguments[0]))
        if question == "import":
            print(json.dumps(imported(found, json.loads(Path(arguments[1]).read_text()), arguments[2])))
        else:
            print(json.dumps(found["known"]))
    except Refused as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def _write(file: Path, text: str) -> None:
    new = file.with_name(f"{file.name}.new")
    try:
        new.write_text(text)
        os.replace(new, file)  # noqa: PTH105
    except OSError as error:
        with suppress(OSError):
            new.unlink()
        raise Refused(CALLED_WRONGLY(f"{file} cannot be written: {error.strerror}")) from error


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
