"""What stops a command on a stack: its state, its lock, its removal.

Numbers 600 to 619.
"""

from components.domain.problems.problem import Problem

# -- state ----------------------------------------------------------------------------------------------------

CALLED_WRONGLY = Problem(
    600,
    "A command of the toolchain was called with wrong arguments",
    cause="A script in `toolchain/` got too few arguments, an unknown verb, or something that is not a stack name.",
    remedy="Use the commands of the Makefile, which `make help` lists: `make up STACK=name` (docs/commands.md). The "
    "name is that in `Pulumi.STACK.yaml`, without organization and project: Pulumi adds these.",
)
BACKEND_SILENT = Problem(
    601,
    "It is not known whether the stack exists",
    cause="Pulumi cannot read the place where states are kept: it is not reachable, access is denied, or the address "
    "is wrong. The message ends with what Pulumi says.",
    remedy="Check `PULUMI_BACKEND_URL` and the login to it, for example with `pulumi whoami` in `make shell`. Then "
    "run the command again.",
)
STACK_NOT_CREATED = Problem(
    602,
    "Pulumi cannot create the stack",
    cause="The name is not one that Pulumi accepts, or the place of the states cannot be written. What Pulumi says is "
    "above the message.",
    remedy="Use letters, digits, dashes, underscores and dots in the name, check the access to `PULUMI_BACKEND_URL`, "
    "and run `make up` again.",
)
NO_STACK = Problem(
    603,
    "There is no such stack",
    cause="The stack was never created, was removed by `make down`, or is in another place of states than "
    "`PULUMI_BACKEND_URL`.",
    remedy="Name another stack with `STACK=name`, or create this one with `make up`. `pulumi stack ls` in `make "
    "shell` lists those that exist.",
)
STACK_LOCKED = Problem(
    604,
    "Another run has the lock on the stack",
    cause="A run on this or another machine works on the stack, or was killed on another machine and left its lock.",
    remedy="Wait until that run is over. If it no longer exists, run `toolchain/run pulumi cancel --yes --stack name` "
    "and repeat the command (docs/interrupted.md).",
)
STACK_NOT_UP = Problem(
    605,
    "The stack is not complete",
    cause="The state has no nodes or no pairs: the stack was never up, or its last run did not end well.",
    remedy="Run `make up`, then the command again.",
)
STATE_ELSEWHERE = Problem(
    606,
    "The state of the stack is in another backend",
    cause="`PULUMI_BACKEND_URL` is not set, or selects another place than the one where this checkout last worked on "
    "the stack. With a second state, its machines would be made once more, with the same keys. Nothing was changed.",
    remedy="Set `PULUMI_BACKEND_URL` to the backend that the message names (docs/team.md).",
)
RUNS_WITHOUT_STATE = Problem(
    607,
    "AWS has running machines of the stack, and this backend has no state of the stack",
    cause="`PULUMI_BACKEND_URL` is not set or selects another place, the state was lost, or somebody else has a stack "
    "of this name in the account. Made once more, the nodes would run twice with the same keys. Nothing was changed.",
    remedy="Set `PULUMI_BACKEND_URL` to the backend of the stack, or put its state back (docs/team.md). For another "
    "stack, choose another name. If the machines are not wanted, terminate them; their tags name the stack.",
)
NO_SETTINGS_FILE = Problem(
    608,
    "A new stack has no settings file",
    cause="The name of the stack is misspelled, or `Pulumi.STACK.yaml` was not written yet. Nothing was made.",
    remedy="Name one of the stacks that the message lists with `STACK=name`, or copy one of their files to "
    "`Pulumi.STACK.yaml` and change it (docs/getting-started.md).",
)
NOT_MONITORED = Problem(
    609,
    "The stack serves no metrics that rules could read",
    cause="`monitoring.enabled` is off, which is the default on AWS and on existing machines, so no exporter runs. The "
    "rules would report every machine as gone and both chains as unreadable.",
    remedy="Set `monitoring.enabled` to true, run `make up`, and then `make monitoring` (docs/monitoring.md).",
)

# -- down -----------------------------------------------------------------------------------------------------

STACK_PROTECTED = Problem(
    610,
    "The stack has protected resources, so it is not destroyed",
    cause="`protection` is on in the settings; it is the default of a bridge to mainnet.",
    remedy="If the stack really has to go, set `protection` to false, run `make up`, and `make down` again "
    "(docs/configuration.md).",
)
MAYBE_IN_THE_CLOUD = Problem(
    611,
    "AWS may have something of the stack that the state does not know",
    cause="A run was killed while AWS created a resource, so its id was never written into the state.",
    remedy="Find it in the AWS account by its tags, and delete it. `make up` makes another one (docs/interrupted.md).",
)
MAYBE_CLAIMED = Problem(
    612,
    "A machine may still be claimed by the stack",
    cause="A run was killed while it claimed an existing machine, so the claim is not in the state.",
    remedy="Run `make up`, which takes the claim over, then `make down`. Or delete the node's folder on that machine.",
)
NOT_DISPOSABLE = Problem(
    613,
    "The stack may not be destroyed unattended",
    cause="The parent chain is mainnet, or the stack is protected. The teardown workflow destroys test stacks only.",
    remedy="Check the name of the stack. If this one has to go, run `make down` by hand (docs/commands.md).",
)
RESOURCES_REMAIN = Problem(
    614,
    "Some resources of the stack could not be destroyed",
    cause="A machine, a node or AWS did not answer, or refused the removal. The errors above the message say which.",
    remedy="Repair what the errors name, and run `make down` again. It continues where it stopped.",
)
STACK_KEPT = Problem(
    615,
    "The state is kept, because something outside of it may exist",
    cause="All resources in the state are destroyed. Some whose creation was interrupted may also exist.",
    remedy="Do what the errors above say, run the command in the message, then `make down` (docs/interrupted.md).",
)
SEED_LOST = Problem(
    616,
    "The identity seed of a stack is lost",
    cause="The stack exists, and the file with the number that all its keys are derived from is missing or empty.",
    remedy="Put the file back from a backup. Without one the stack cannot be changed; `make down` removes it.",
)
NOT_ALL_HEALTHY = Problem(
    617,
    "A node is not healthy after an up that succeeded",
    cause="The node or its machine failed, and an up compares the settings with the state, not with the machines.",
    remedy="Each node is listed with what repairs it. Do that, then run `make up` until every node serves its pair.",
)

INTERRUPTED = Problem(
    618,
    "A command on a stack was interrupted",
    cause="Ctrl-C was pressed. Pulumi ended after the steps that it was making, so the command is not complete.",
    remedy="Run the same command again to go on. If it was `make down` and the stack is to stay, run `make up`: it "
    "makes again what is gone. What was on a machine that is gone is lost (docs/interrupted.md).",
)
