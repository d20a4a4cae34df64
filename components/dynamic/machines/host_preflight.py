"""HostPreflight: checks all existing machines before anything is changed on one of them.

The machines are checked in `check`, which Pulumi calls in previews and in updates, so a preview reports what is
missing. Only machines that are new, or listed differently in the state, are checked: a preview without changes needs no
machine, and one that adds a machine needs only that one. While the key for the login does not exist yet, a preview
cannot check; the update does so then, still before the first change.
"""

import shlex
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pulumi
from pulumi.dynamic import Resource
from pydantic import BaseModel, ConfigDict

from components.domain.problems.hosts import MACHINE_LACKS
from components.dynamic.base import Inputs, Props, Provider
from components.ssh.errors import CommandFailed, LoginDenied, NotAsked, SshError
from components.ssh.login import Login
from components.topology.checks.host import Needs, clock, lacks, parse

SCRIPT = Path(__file__).with_suffix(".sh")
AT_ONCE = 16
"""Machines that are checked at the same time."""
LOOK_SECONDS = 30.0


class CheckedHost(BaseModel):
    """A machine and what its node needs of it."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    login: Login
    """As the user, with sudo if it is to be used."""
    needs: Needs


class HostPreflightInputs(Inputs):
    """All machines."""

    hosts: tuple[CheckedHost, ...]


class HostPreflightProvider(Provider[HostPreflightInputs]):
    """Remembers which machines passed. There is nothing to undo."""

    inputs_type = HostPreflightInputs

    def identify(self, inputs: HostPreflightInputs) -> str:  # noqa: ARG002
        """One per stack."""
        return "preflight"

    def complete(self, olds: Props, news: Props) -> Props:
        """Check machines that are new or listed differently. Raises ValueError with everything that is missing."""
        known, listed = olds.get("hosts") or [], news["hosts"]
        if not isinstance(listed, list):  # unknown as a whole
            return news
        new = [one for one in listed if one not in known and not pulumi.contains_unknowns(one)]
        former = {one["needs"]["host"]: str(one["needs"]["folder"]) for one in known}
        if found := missing([CheckedHost.model_validate(one) for one in new], former):
            places = len({place for place, _ in found})
            lines = "\n".join(f"  - {place}: {sentence}" for place, sentence in found)
            msg = f"nothing was changed on any machine, because {_counted(len(found), places)}:\n{lines}"
            raise ValueError(MACHINE_LACKS(msg))
        return news

    def converge(self, inputs: HostPreflightInputs, known: Props) -> Props:  # noqa: ARG002
        """Nothing to do: `check` has checked the machines."""
        return {}


class HostPreflight(Resource, module="servicechain", name="HostPreflight"):
    """The checked machines."""

    def __init__(
        self,
        name: str,
        hosts: Sequence[Mapping[str, pulumi.Input[object]]],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`hosts` have the keys of Candidate."""
        secret = pulumi.ResourceOptions(additional_secret_outputs=["hosts"])
        super().__init__(HostPreflightProvider(), name, {"hosts": hosts}, pulumi.ResourceOptions.merge(opts, secret))


def missing(candidates: Sequence[CheckedHost], former: Mapping[str, str]) -> list[tuple[str, str]]:
    """Check machines in parallel; return what is missing: the machine, and a sentence for a list under one message.

    `former`: keyed by host, the folder that was claimed before; its node has its ports and its service.
    """
    if not candidates:
        return []
    names = ", ".join(one.needs.host for one in candidates)
    print(f"checking {names}; nothing is changed before all of them pass", file=sys.stderr)
    with ThreadPoolExecutor(AT_ONCE) as threads:
        found = threads.map(lambda one: list(_look(one, former.get(one.needs.host, one.needs.folder))), candidates)
    return [
        (f"{one.needs.host} at {one.login.place}", sentence)
        for one, sentences in zip(candidates, found, strict=True)
        for sentence in sentences
    ]


def _look(candidate: CheckedHost, former: str) -> Iterator[str]:
    from components.ssh import connection as ssh  # previews do not need it
    from components.ssh.connection import takes_files

    login, needs = candidate.login, candidate.needs
    try:
        if login.sudo and (problem := _no_sudo(login)):
            yield problem
            # Without those rights most facts can still be read.
            login = login.model_copy(update={"sudo": False})
        begin = time.time()
        text = ssh.run(login, _script(needs, former), timeout=LOOK_SECONDS, step="looking at it", fresh=True)
        end, facts = time.time(), parse(text)
        without = {"closed"} if login.sudo != candidate.login.sudo else set()
        yield from lacks(needs, {word: said for word, said in facts.items() if word not in without})
        yield from clock(facts, begin, end)
        if needs.files and not takes_files(login):
            yield "its sshd takes no files by sftp: turn that on (Subsystem sftp internal-sftp)"
    except NotAsked as error:  # nor is it known whether anything is missing
        print(error, file=sys.stderr)
    except SshError as error:
        yield _no_login(login, error)


def _script(needs: Needs, former: str) -> str:
    number = "" if needs.number is None else str(needs.number)
    arguments = [needs.folder, former, needs.unit or "", needs.account or "", number, *needs.tools]
    return shlex.join(["exec", "sh", "-c", SCRIPT.read_text(encoding="utf-8"), SCRIPT.name, *arguments])


def _no_sudo(login: Login) -> str | None:
    """Return why the user does not become root, or None. Raises SshError when there is no login."""
    from components.ssh import connection as ssh

    try:
        ssh.run(login, "true", step="sudo", fresh=True)
    except CommandFailed as error:
        reason = error.what.rpartition(": ")[2]
    else:
        return None
    return (
        f"{login.user} does not become root by sudo without a password ({reason}): allow it in /etc/sudoers.d by "
        f"`{login.user} ALL=(ALL) NOPASSWD: ALL`, or write sudo: false"
    )


def _no_login(login: Login, error: SshError) -> str:
    if isinstance(error, LoginDenied) and not error.proxy:
        import asyncssh

        public = asyncssh.import_private_key(login.private_key).export_public_key().decode().strip()
        return (
            f"it does not let {login.user} log in: add to the authorized_keys of {login.user} there the line `{public}`"
        )
    return error.what if error.place == login.place else str(error)


def _counted(sentences: int, machines: int) -> str:
    things = "1 thing is" if sentences == 1 else f"{sentences} things are"
    return f"{things} missing on {machines} of them"
