"""The machine that SSH goes through, where the program makes one. Pure."""

from components.settings.model import Settings
from components.settings.sections.aws import Aws
from components.topology.flows import BASTION
from components.topology.machine import Machine, Size
from components.topology.machines import machines

BASTION_MACHINE = Machine(
    BASTION.name, BASTION.name, BASTION.name, Size("t3.micro", 0, 0, 0, public_address=True), [BASTION]
)
"""It exists for its public address and has no data."""


def machines_on_aws(settings: Settings, aws: Aws) -> list[Machine]:
    """Return all machines that are made on AWS; the bastion comes last."""
    return [*machines(settings), *([BASTION_MACHINE] if aws.own_bastion else [])]
