"""Reads the configuration of the stack: the only user of pulumi.Config."""

import difflib
import re
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pulumi

from components.domain.problems.accounts import SEED_SECRET
from components.domain.problems.problem import Message
from components.domain.problems.settings import SEED_FILE, UNKNOWN_KEY, UNNEEDED_KEY
from components.settings.model import Settings
from components.settings.sections.packages import BUILT_FOLDER, taken
from components.settings.sentences import NAMESPACE, at
from components.settings.values.types import hidden, shown
from components.stack import seedless
from components.topology.checks.configuration import BadSettings, read, warnings
from components.user_input import guard, seed_source, user_file
from components.user_input.user_file import UnusableFile

_SEED = "identitySeed"
_SEED_FILE = "identitySeedFile"
_SEED_FROM = "identitySeedFrom"
_ALIKE = 0.8
"""How much of a misspelled namespace is right."""
_SOME_SEED = seedless.SEED
"""Replaces a seed that cannot be read, so that all other problems are reported too. No key is made from it."""


def today() -> date:
    """Return the day, in UTC, that forks are compared with. Nothing that depends on it comes into a state."""
    return datetime.now(UTC).date()


def load() -> Settings:
    """Read the configuration of the stack and log its warnings.

    Raises pulumi.RunError with every problem; Pulumi prints its message without a traceback.
    """
    if told := seedless.known():
        seedless.tell(told)
    try:
        settings = _of_project(pulumi.runtime.config.get_config_env(), pulumi.get_project(), pulumi.get_stack())
    except BadSettings as error:
        raise pulumi.RunError(guard.printable(str(error))) from None
    for warning in warnings(settings, today()):
        pulumi.log.warn(warning)
    return settings


def settings_of(config: Mapping[str, str]) -> Settings:
    """Return the settings in a configuration as Pulumi passes it, with the namespace. Raises BadSettings."""
    return read(_raw(config, _built()))


def _of_project(config: Mapping[str, str], project: str, stack: str) -> Settings:
    """Return the settings of a stack. Raises BadSettings, also for keys of this program in another namespace.

    Pulumi puts the name of the project in front of a key without a namespace, and keeps the keys of all namespaces.
    """
    strays = [key for key in config if _astray(key.partition(":")[0], project)]
    problems = [*(_stray(*key.split(":", 1)) for key in strays), *_borrowed(config, stack)]
    if not problems:
        return settings_of(config)
    try:
        settings_of(config)
    except BadSettings as error:
        problems += error.problems
    raise BadSettings(problems)


def _astray(namespace: str, project: str) -> bool:
    """Tell whether a namespace is that of the project, or ours misspelled."""
    misspelled = difflib.get_close_matches(namespace.lower(), [NAMESPACE], cutoff=_ALIKE)
    return namespace != NAMESPACE and (namespace == project or bool(misspelled))


def _stray(namespace: str, key: str) -> Message:
    words = UNKNOWN_KEY(
        f"the settings of this program begin with {NAMESPACE}, whatever the project is called; set {NAMESPACE}:{key}, "
        f"and remove this with `pulumi config rm {namespace}:{key}`"
    )
    return Message(f"{namespace}:{key}: {words}")


def _borrowed(config: Mapping[str, str], stack: str) -> Iterator[Message]:
    """Yield a message if the seed is the one that make has made for another stack, as in a copy of its settings."""
    file = config.get(f"{NAMESPACE}:{_SEED_FILE}", "")
    *_, folder, owner, name = ("", "", "", *Path(file).parts)
    if (folder, name) == (".state", "identity-seed") and owner != stack and f"{NAMESPACE}:{_SEED}" not in config:
        words = f"with the seed of the stack {owner}, this one would have the same keys, and share its local machines"
        yield at(_SEED_FILE, SEED_FILE(f"{words}; write .state/{stack}/identity-seed"))


def _raw(config: Mapping[str, Any], built: Collection[str] = ()) -> dict[str, Any]:
    """Return the keys of this program. Pulumi passes every value as text, structures as JSON.

    `built`: the names of the archives that setup put in its folder.
    """
    prefix = f"{NAMESPACE}:"
    raw = {key.removeprefix(prefix): _value(value) for key, value in config.items() if key.startswith(prefix)}
    return _with_seed(_with_archives(raw, built))


def _value(text: str) -> Any:
    if text.startswith(("[", "{")):
        try:
            return user_file.parsed_text(text)
        except UnusableFile:  # not a structure: the rule of its key refuses the text
            return text
    number = re.fullmatch(r"-?[0-9]{1,18}", text)
    return {"true": True, "false": False}.get(text, int(text) if number else text)


def _with_archives(raw: dict[str, Any], built: Collection[str]) -> dict[str, Any]:
    """Name the archives that setup took from the user (NODE_ARCHIVES), where the settings name none."""
    given, known = raw.get("packages", {}), taken(built)
    return {**raw, "packages": {**known, **given}} if known and isinstance(given, Mapping) else raw


def _built() -> list[str]:
    """Return the names of the files that setup put in its folder."""
    return sorted(file.name for file in Path(BUILT_FOLDER).glob("*"))


def _with_seed(raw: dict[str, Any]) -> dict[str, Any]:
    """Read the seed from where the settings say that it is, so that they can be committed. Raises BadSettings."""
    file, source = raw.pop(_SEED_FILE, None), raw.pop(_SEED_FROM, None)
    if seedless.known():
        return {**raw, _SEED: _SOME_SEED}
    if source is not None:
        others = [setting for setting, value in ((_SEED, raw.get(_SEED)), (_SEED_FILE, file)) if value is not None]
        if others:
            twice = UNNEEDED_KEY(f"the seed is in {' and in '.join(others)} too; keep the one that is the stack's")
            raise _refused(raw, _SEED_FROM, twice)
        return {**raw, _SEED: _from_source(raw, source)}
    if _SEED in raw or file is None:
        return raw
    try:
        return {**raw, _SEED: user_file.text(file if isinstance(file, str) else "", user_file.KEY_BYTES).strip()}
    except UnusableFile as error:
        problem = SEED_FILE(
            f"{_shown(file)} cannot be read ({error}); `make up` makes it for a local stack; "
            f"or set {_SEED} with `openssl rand -hex 32 | pulumi config set --secret {NAMESPACE}:{_SEED}` instead"
        )
        raise _refused(raw, _SEED_FILE, problem) from error


def _from_source(raw: Mapping[str, Any], source: object) -> str:
    name = source if isinstance(source, str) else ""
    try:
        return seed_source.seed(name)
    except UnusableFile as error:
        problem = SEED_SECRET if seed_source.in_aws(name) else SEED_FILE
        raise _refused(raw, _SEED_FROM, problem(f"{_shown(source)} cannot be used: {error}")) from error


def _refused(raw: Mapping[str, Any], setting: str, problem: Message) -> BadSettings:
    """Return the error about the seed together with all other problems."""
    return BadSettings([at(setting, problem), *_problems({**raw, _SEED: _SOME_SEED})])


def _shown(name: object) -> str:
    return hidden(user_file.shown(name)) if isinstance(name, str) else shown(name)


def _problems(raw: Mapping[str, Any]) -> list[Message]:
    try:
        read(raw)
    except BadSettings as error:
        return error.problems
    return []
