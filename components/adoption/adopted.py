"""One existing node: setting what its bridge needs, restarting it like any other node, and restoring it."""

import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass

from components.adoption import commands, host_files, identity, main_bridges
from components.adoption.commands import NodePlace
from components.adoption.host_files import FoundFiles
from components.chain.errors import ChainError, HostUnreachable, NotReady
from components.chain.nodes import drift
from components.chain.nodes.drift import wait_until_ready
from components.chain.nodes.expected import Expected
from components.chain.nodes.health import answers
from components.chain.nodes.restart import restart
from components.chain.rpc.console import Console
from components.chain.rpc.endpoint import Endpoint
from components.domain.problems.nodes import CONF_EDITED, NO_START_AT_ALL, NO_START_WITH_BRIDGE
from components.domain.problems.problem import Message
from components.domain.roles import PairRole, Role

REPAIRED_BY_CALLS = drift.REPAIRED_BY_CALLS
"""Differences that need no restart."""


@dataclass(frozen=True)
class Adopted:
    """A node, and what is to be changed on it."""

    node: Endpoint
    role: PairRole
    chain_id: int
    place: NodePlace
    conf_keys: Mapping[str, str]
    needed: Mapping[str, str]
    en: Endpoint | None = None
    """Of an SCN's pair."""
    siblings: Sequence[Endpoint] = ()
    """The other nodes of its role."""

    def read(self) -> FoundFiles:
        """Read its files. Raises Unreachable, and UnusableFiles when they are those of another node."""
        return host_files.read(self.node, self.place, self._keys)

    def set(self, found: FoundFiles, peer: str | None) -> tuple[bool, str | None]:
        """Set the keys, and the EN that it dials (`peer`, a KNI).

        Returns whether it needs a restart, and the KNI that it dials. Raises Unreachable and UnusableFiles.
        """
        changed = host_files.set_keys(self.node, self.place, found, self._wanted(found))
        if peer is None:
            return changed or found.restart_due, None
        text = self._listing(found, peer)
        changed |= host_files.set_main_bridges(self.node, self.place, found, text)
        return changed or found.restart_due, main_bridges.knis(text)[0]

    def planned(self, found: FoundFiles, peer: str | None) -> list[str]:
        """Return a sentence without its subject (the node) per change that `set` would make."""
        words = [
            f"{self._says(found, key)}, and will be {value}"
            for key, value in self._wanted(found).items()
            if found.values[key] != value
        ]
        if peer is not None and self._listing(found, peer) != found.main_bridges:
            words.append(f"{self._lists(found)}, and will list {peer}")
        return words

    def edited(self, found: FoundFiles, dialled: str | None) -> dict[str, Message]:
        """Return such a sentence per difference between its files and what was set."""
        words = {
            key: CONF_EDITED(f"{self._says(found, key)}, and was set to {value}")
            for key, value in self.conf_keys.items()
            if found.values[key] != value
        }
        listed = main_bridges.knis(found.main_bridges)
        if dialled and not (len(listed) == 1 and main_bridges.same(listed[0], dialled)):
            words["main_bridges"] = CONF_EDITED(f"{self._lists(found)}, and was set to {dialled}")
        return words

    def differences(self, dialled: str | None) -> dict[str, str]:
        """Return such a sentence per difference between the running node and its files."""
        if not answers(self.node):
            return {"down": "it does not answer"}
        if self.conf_keys and not identity.bridge_is_on(self.node, self.role):
            return {"bridge": "its bridge is off, but on in its conf"}
        return dict(drift.find_drift(self.node, self._expected(dialled)).words)

    def repair(self, dialled: str | None) -> None:
        """Repair what calls can. Raises ChainError."""
        with closing(Console(self.node)) as console:
            expected = self._expected(dialled)
            drift.repair(console, expected, drift.read(console, expected))

    def restart(self, found: FoundFiles, why: str, dialled: str | None, *, changed: bool) -> None:
        """Restart it, one node at a time. Raises ChainError.

        When its files have `changed` and it does not start with them, the old ones are restored.
        """
        try:
            self._restart(found, why, dialled, self.role)
        except HostUnreachable:  # whether it has started is not known; the mark of the restart is still there
            raise
        except ChainError as error:
            if not changed or answers(self.node):
                raise
            self.report("it does not start with its new files; restoring the old ones")
            try:
                self.restore(self.read())
            except HostUnreachable:
                raise
            except ChainError as again:
                msg = (
                    f"{self.node.node}: it starts neither with the keys of a bridge in {self.place.conf} nor with its "
                    "old files, which are restored: these, or something else on its machine, were changed after its "
                    f"last start. Fix the error in its log, start it, and run again: {again}"
                )
                raise NotReady(NO_START_AT_ALL(msg)) from error
            msg = (
                f"{self.node.node}: it did not start with the keys of a bridge in {self.place.conf}, and has its old "
                "files again; fix the error in its log, or set the command that restarts it as node.restart of its "
                f"host: {error}"
            )
            raise NotReady(NO_START_WITH_BRIDGE(msg)) from error

    def restore(self, found: FoundFiles) -> None:
        """Restore the files that it had, restart it if that changed something, and leave it running."""
        # What was needed and has another value now was changed by somebody else.
        needed = {key: value for key, value in self.needed.items() if found.values[key] == value}
        if host_files.restore(self.node, self.place, found, {**self.conf_keys, **needed}) or found.restart_due:
            # As a validator: without a bridge it has no bridge numbers to reach again.
            self._restart(found, "its files are what they were before it was adopted", None, "validator")
        host_files.forget(self.node, self.place)

    def wait_until_ready(self, dialled: str | None) -> str:
        """Wait until it answers, and an SCN is connected to its EN; return its version. Raises NotReady, Mismatch."""
        return wait_until_ready(self.node, self._expected(dialled))

    def report(self, *sentences: str) -> None:
        """Print sentences about it, which Pulumi shows."""
        for words in sentences:
            print(f"{self.node.node}: {words}", file=sys.stderr)

    @property
    def _keys(self) -> Sequence[str]:
        return [*self.conf_keys, *self.needed]

    def _says(self, found: FoundFiles, key: str) -> str:
        return f"{key} in {self.place.conf} is {found.values[key] or 'empty'}"

    def _lists(self, found: FoundFiles) -> str:
        return f"{self.place.main_bridges} lists {', '.join(main_bridges.knis(found.main_bridges)) or 'nobody'}"

    def _wanted(self, found: FoundFiles) -> Mapping[str, str]:
        """Return what its conf has to contain: its keys, and what else is needed where the conf has none."""
        missing = {key: value for key, value in self.needed.items() if not found.values[key].strip()}
        return {**self.conf_keys, **missing}

    def _listing(self, found: FoundFiles, peer: str) -> str:
        """Return what its main-bridges.json has to be."""
        return main_bridges.with_only(found.main_bridges, peer, identity.main_bridges_of(self.node))

    def _expected(self, dialled: str | None) -> Expected:
        if not dialled:
            return Expected(chain_id=self.chain_id)
        period = self.conf_keys.get("SC_ANCHORING_PERIOD")
        anchoring = self.conf_keys.get("SC_ANCHORING")
        return Expected(
            chain_id=self.chain_id,
            peer=dialled,
            anchoring=None if anchoring is None else anchoring == "1",
            anchoring_period=None if period is None else int(period),
        )

    def _restart(self, found: FoundFiles, why: str, dialled: str | None, role: Role) -> None:
        listed = main_bridges.knis(found.main_bridges) if self.role == "scn" else []
        restart(
            self.node,
            role,
            commands.restart(self.place),
            why,
            siblings=self.siblings,
            peer=listed[0] if listed else dialled,
            en=self.en,
            ready=lambda: self.wait_until_ready(dialled),
        )
