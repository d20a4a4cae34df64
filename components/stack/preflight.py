"""Checks of this computer before anything is made; all problems are reported at once.

Every file and every key that the settings name is read here, through user_input.guard.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path

import pulumi

from components.chain.contracts.artifact import Artifact
from components.domain.problems.problem import Message
from components.domain.problems.settings import CONTRACT_FILE, UNREADABLE_FILE
from components.domain.roles import PROGRAMS, Program
from components.hosts.aws.tags import Tags
from components.hosts.local_preflight import missing as missing_here
from components.kaia import genesis
from components.kaia.package import package
from components.settings.model import Settings
from components.settings.sections.aws import Aws
from components.settings.sections.packages import ArchiveSettings, NodeArchive
from components.settings.sections.tokens import artifact_of
from components.stack import owners, receivers
from components.topology.machines import machines, node_machines
from components.user_input import guard, user_file


def check(settings: Settings) -> None:
    """Check what the program needs on this computer.

    Raises pulumi.RunError with a message for each problem. A preview does not need the tools for local hosts, so it
    only warns if they are missing.
    """
    absent = [*_named(settings)]
    if settings.target == "aws" and settings.aws:
        absent += _cloud(settings, settings.aws, warn=not absent)
    tools = missing_here(monitored=settings.monitored) if settings.target == "local" else []
    if pulumi.runtime.is_dry_run():
        for sentence in tools:
            pulumi.log.warn(sentence)
    else:
        absent += tools
    if absent:
        raise pulumi.RunError("\n".join(absent))


def _named(settings: Settings) -> Iterator[Message]:
    """Read every file and key that the settings name; return the problems."""
    for (where, archive), program in _used(settings).items():
        yield from guard.problems(where, partial(_package, program, archive))
    yield from guard.problems("packages.chaindata", partial(_chain_data, settings))
    yield from guard.problems("bridge.artifact", partial(_artifact, settings.bridge.artifact))
    for artifact in sorted({artifact_of(token.kind) for token in settings.tokens if token.development}):
        if not Path(artifact).is_file():
            yield CONTRACT_FILE(f"the development token {artifact} is missing; run `make setup`")
    for section, chain in (("parentChain", settings.parent_chain), ("serviceChain", settings.service_chain)):
        if (path := chain.genesis) is not None:
            yield from guard.problems(f"{section}.genesis", partial(_genesis, path, chain.chain_id, section))
    yield from owners.problems(settings.bridge)
    if settings.monitored:
        yield from guard.problems(
            "monitoring.receivers", partial(receivers.problems, settings.monitoring, ports=settings.target == "aws")
        )


def _cloud(settings: Settings, aws: Aws, *, warn: bool) -> Sequence[Message]:
    """Ask the account of AWS for what the settings name there; if all is there, warn where machines may lack room."""
    # boto3 costs every preview of a local stack 0.3 s
    from components.hosts.aws.account.account import AwsAccount
    from components.hosts.aws.account.limits import Limits
    from components.hosts.aws.account.preflight import problems

    account, tags = AwsAccount(aws.region), Tags(pulumi.get_project(), pulumi.get_stack(), aws.tags)
    found = problems(account, aws, machines(settings), tags)
    if warn and not found:
        for warning in Limits(account, settings, aws, tags).warnings():
            pulumi.log.warn(warning)
    return found


def _used(settings: Settings) -> dict[NodeArchive, Program]:
    """Return the archives of all nodes that are made, each with its program."""
    made = [one for one in node_machines(settings) if not settings.adopts(one.name)]
    return {settings.archive_of(one.name): PROGRAMS[one.role] for one in made}


def _package(program: Program, archive: ArchiveSettings) -> None:
    package(program, archive).check()


def _chain_data(settings: Settings) -> Iterable[Message]:
    archive = settings.packages.chaindata
    if archive is None or archive.file is None:
        return
    try:
        user_file.opened(archive.file).close()
    except user_file.UnusableFile as error:
        yield UNREADABLE_FILE(
            f"packages.chaindata.file: {user_file.shown(archive.file)} cannot be read ({error}); write the path of the "
            "archive"
        )


def _artifact(path: str) -> Iterable[Message]:
    try:
        user_file.opened(path).close()
    except user_file.UnusableFile as error:
        return [
            CONTRACT_FILE(
                f"the bridge contract {user_file.shown(path)} cannot be read ({error}); run `make setup`, or name an "
                "artifact as bridge.artifact"
            )
        ]
    Artifact.load(Path(path))
    return []


def _genesis(path: str, chain_id: int, section: str) -> None:
    genesis.read(path, chain_id, section)
