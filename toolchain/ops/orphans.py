"""Machines on AWS of a stack that has no state here. Silent if there are none, or if AWS cannot be asked.

usage: python -m toolchain.ops.orphans STACK SETTINGS-FILE, in the folder of the project
"""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from components.domain.problems.operations.state import RUNS_WITHOUT_STATE
from components.hosts.aws.tags import Tags
from components.settings.sentences import NAMESPACE
from toolchain.ops.settings_file import config_in, mapping_in


def main(stack: str, settings: Path) -> int:
    """Look for machines with the tags of a stack; name them and return 1 if there are any."""
    region, project = _region(settings), _project(Path("Pulumi.yaml"))
    if region is None or project is None:
        return 0
    # boto3 takes 0.3 s, and only stacks on AWS need it.
    from components.hosts.aws.account.account import AwsAccount, AwsRefusal

    try:
        running = AwsAccount(region).running
    except AwsRefusal:  # the program says why, with the setting
        return 0
    found = orphans(running, Tags(project, stack, {}))
    if found:
        words = f"{', '.join(found)} in {region} belong to a stack {stack}"
        print(f"error: {RUNS_WITHOUT_STATE(words)}", file=sys.stderr)
    return 1 if found else 0


def orphans(running: Sequence[Mapping[str, Any]], tags: Tags) -> list[str]:
    """Return the names and ids of the machines of a stack, of instances as EC2 describes them. Pure."""
    own = [one for one in running if tags.are_in(one.get("Tags", ()))]
    return sorted(f"{tags.name_in(one['Tags'])} ({one['InstanceId']})" for one in own)


def _region(settings: Path) -> str | None:
    """Return the region of a stack on AWS. What is wrong with the settings is for the program to say."""
    config = config_in(settings) or {}
    aws = config.get(f"{NAMESPACE}:aws")
    if config.get(f"{NAMESPACE}:target") != "aws" or not isinstance(aws, Mapping) or "region" not in aws:
        return None
    return str(aws["region"])


def _project(file: Path) -> str | None:
    """Return the name of the project, which `pulumi new` asks for."""
    name = (mapping_in(file) or {}).get("name")
    return None if name is None else str(name)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2])))
