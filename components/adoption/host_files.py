"""The files of an existing node, read and changed through SSH to its machine."""

from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from posixpath import normpath

from components.adoption import commands as commands
from components.adoption import exposure
from components.adoption.commands import NodePlace
from components.adoption.conf_edit import ConfError, Wanted, restored, values_of, with_keys
from components.chain.errors import ChainError
from components.chain.rpc.endpoint import Endpoint
from components.chain.rpc.ipc_stream import run_on_host
from components.domain.problems.nodes import CONF_OF_OTHER_NODE

TIMEOUT = 30.0
"""Seconds for one command."""


@dataclass(frozen=True)
class FoundFiles:
    """What is on the machine."""

    conf: str
    conf_before: str | None
    """As it was before this program changed it; None when it never did."""
    main_bridges: str | None
    main_bridges_before: str | None
    """An empty text when there was none."""
    restart_due: bool
    values: Mapping[str, str]
    """Of the keys that were asked for, as bash has them."""


class UnusableFiles(ChainError):
    """The files are not those of a node that can be adopted. The message says what to correct."""


def read(node: Endpoint, place: NodePlace, keys: Sequence[str]) -> FoundFiles:
    """Read the files. Raises Unreachable, and UnusableFiles when they are those of another node."""
    asked = [*keys, "DATA_DIR", *exposure.KEYS]
    lines = run_on_host(node, commands.read(place, asked), TIMEOUT).split("\n")
    conf, conf_before, main_bridges, main_bridges_before, due = map(_content, lines[:5])
    with _usable(node, place):
        values = values_of(asked, _text(lines[5]))
    if words := _other_data(values["DATA_DIR"], place.data):
        raise UnusableFiles(CONF_OF_OTHER_NODE(_about(node, place, words)))
    return FoundFiles(conf or "", conf_before, main_bridges, main_bridges_before, due is not None, values)


def set_keys(node: Endpoint, place: NodePlace, found: FoundFiles, wanted: Wanted) -> bool:
    """Set keys of the conf; return whether something changed. Raises Unreachable and UnusableFiles."""
    with _usable(node, place):
        text = with_keys(found.conf, wanted, partial(_sourced, node, place, list(wanted)))
    return _write(node, place, place.conf, found.conf, text)


def set_main_bridges(node: Endpoint, place: NodePlace, found: FoundFiles, text: str) -> bool:
    """Write main-bridges.json; return whether it changed. Raises Unreachable."""
    return _write(node, place, place.main_bridges, found.main_bridges, text)


def restore(node: Endpoint, place: NodePlace, found: FoundFiles, wanted: Wanted) -> bool:
    """Restore both files, except what others changed since; return whether they changed.

    Raises Unreachable, and UnusableFiles when bash cannot source the conf.
    """
    changed = False
    if found.conf_before is not None:
        with _usable(node, place):
            text = restored(found.conf, found.conf_before, wanted, partial(_sourced, node, place, list(wanted)))
        changed = _write(node, place, place.conf, found.conf, text)
    if found.main_bridges_before is not None:
        if found.main_bridges_before:
            changed |= _write(node, place, place.main_bridges, found.main_bridges, found.main_bridges_before)
        elif found.main_bridges is not None:
            run_on_host(node, commands.unlink(place, place.main_bridges), TIMEOUT)
            changed = True
    return changed


def forget(node: Endpoint, place: NodePlace) -> None:
    """Remove the files of this program beside the node's own. Raises Unreachable."""
    run_on_host(node, commands.forget(place), TIMEOUT)


def _other_data(found: str, wanted: str) -> str | None:
    """Return in what the DATA_DIR of a conf differs from the folder of the settings, or None."""
    if found.startswith("/"):
        if normpath(found) == normpath(wanted):
            return None
        return f"its DATA_DIR is {found}, and not {wanted}, as in the settings"
    if not found:
        return f"its DATA_DIR is empty, and not {wanted}, as in the settings"
    why = "bash does not expand a ~ in quotes" if found.startswith("~") else "it depends on where the script is started"
    return f"its DATA_DIR is {found}, which is not an absolute path ({why}); write DATA_DIR={wanted} there"


def _write(node: Endpoint, place: NodePlace, path: str, old: str | None, new: str) -> bool:
    if old == new:
        return False
    run_on_host(node, commands.write(place, path), TIMEOUT, stdin=_line(new))
    return True


def _sourced(node: Endpoint, place: NodePlace, keys: Sequence[str], text: str) -> Mapping[str, str]:
    return values_of(keys, _text(run_on_host(node, commands.source(place, keys), TIMEOUT, stdin=_line(text))))


@contextmanager
def _usable(node: Endpoint, place: NodePlace) -> Iterator[None]:
    """Name the node and its conf in an error about the conf."""
    try:
        yield
    except ConfError as error:
        raise UnusableFiles(error.problem(_about(node, place, str(error)))) from error


def _about(node: Endpoint, place: NodePlace, words: str) -> str:
    return f"{node.node}: {place.conf} on {node.host}: {words}"


def _content(line: str) -> str | None:
    return None if line == "-" else _text(line)


def _line(text: str) -> str:
    return b64encode(text.encode(errors="surrogateescape")).decode()


def _text(line: str) -> str:
    return b64decode(line).decode(errors="surrogateescape")
