"""What has to be there before anything is made, told all at once."""

from pathlib import Path

import pulumi

from components import owners
from components.hosts.local_preflight import missing as missing_here
from components.machines import machines
from components.node_needs import PROGRAMS
from components.nodes import genesis
from components.nodes.package import PackageError, package
from components.settings.model import Settings
from components.settings.tokens import artifact_of


def check(settings: Settings) -> None:
    """Look for what the program needs on this machine.

    Raises pulumi.RunError with a sentence for each thing that is missing. A preview only warns of what it does
    without: the tools that local hosts are made with.
    """
    absent = [problem for program in _used(settings) if (problem := _package(program, settings))]
    if not Path(settings.bridge.artifact).is_file():
        absent.append(
            f"the bridge contract {settings.bridge.artifact} is missing; run `make setup`, or name an artifact"
        )
    absent += [
        f"the development token {artifact} is missing; run `make setup`"
        for artifact in sorted({artifact_of(token.kind) for token in settings.tokens if token.development})
        if not Path(artifact).is_file()
    ]
    absent += _genesis(settings)
    absent += owners.problems(settings.bridge)
    tools = missing_here() if settings.target == "local" else []
    if pulumi.runtime.is_dry_run():
        for sentence in tools:
            pulumi.log.warn(sentence)
    else:
        absent += tools
    if absent:
        raise pulumi.RunError("\n".join(absent))


def _used(settings: Settings) -> list[str]:
    made = {PROGRAMS[one.role] for one in machines(settings) if not settings.adopts(one.name)}
    return [program for program in ("ken", "kscn", "kcn") if program in made]


def _genesis(settings: Settings) -> list[str]:
    problems = []
    for section, chain in (("parentChain", settings.parent_chain), ("serviceChain", settings.service_chain)):
        try:
            if chain.genesis is not None:
                genesis.read(chain.genesis, chain.chain_id, section)
        except genesis.GenesisError as error:
            problems.append(str(error))
    return problems


def _package(program: str, settings: Settings) -> str | None:
    try:
        package(program, getattr(settings.packages, program)).check()
    except PackageError as error:
        return str(error)
    return None
