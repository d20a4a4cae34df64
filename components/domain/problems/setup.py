"""What stops the setup of this checkout.

Numbers 800 to 899.
"""

from components.domain.problems.problem import Problem

# -- what the machine has ----------------------------------------------------------------------------------

NOT_LINUX = Problem(
    800,
    "The operating system is not Linux",
    cause="Local hosts are network namespaces, and the nodes are built for Linux.",
    remedy="Run the program on Linux, for example in a virtual machine (docs/getting-started.md).",
)
PYTHON_MISSING = Problem(
    801,
    "Python is missing or too old",
    cause="There is no `python3` on PATH, or it is older than 3.11.",
    remedy="Install Python 3.11 or newer so that `python3` starts it, and run `make setup`.",
)
GO_MISSING = Problem(
    802,
    "Go is missing or too old",
    cause="Something has to be built, and there is no `go` on PATH, or it is older than 1.25.",
    remedy="Install Go 1.25 or newer and run `make setup`, or provide what would be built (docs/getting-started.md).",
)
PACKAGES_MISSING = Problem(
    803,
    "Programs of this machine are missing and cannot be installed",
    cause="Debian packages are missing. They are installed automatically only as root and with apt.",
    remedy="Install the packages that the message lists, or run `make setup` as root.",
)
FILE_MISSING = Problem(
    804,
    "A file or folder that an environment variable names does not exist",
    cause="NODE_ARCHIVES, BRIDGE_ARTIFACT or PULUMI_COMMAND_PLUGIN is set, and the file or folder is not there.",
    remedy="Correct the variable, or set it to `built`: setup then builds what it stands for "
    "(docs/getting-started.md).",
)
CHOICE_GONE = Problem(
    805,
    "What an earlier command was given no longer exists",
    cause="An earlier command had NODE_ARCHIVES, BRIDGE_ARTIFACT or PULUMI_COMMAND_PLUGIN set. This is remembered in "
    "`.build/chosen`, and the file or folder was deleted or moved since. Something else in its place could restart "
    "every node.",
    remedy="Put it back, or set the variable to its new place. `NODE_ARCHIVES=built make preview` (the same for the "
    "other variables) goes back to a build, and shows which nodes it would restart.",
)
ARCHIVES_UNCLEAR = Problem(
    806,
    "The folder of node archives does not have exactly one archive of each node",
    cause="An archive is missing in NODE_ARCHIVES, has another name, or is there in several versions.",
    remedy="Give a folder with one archive each of ken, kscn and kcn, named like the official ones: "
    "`ken-v2.2.1-0-linux-amd64.tar.gz`. For other archives, set `packages` in the stack's settings "
    "(docs/settings.md).",
)

# -- steps -------------------------------------------------------------------------------------------------

STEP_FAILED = Problem(
    810,
    "A step of the setup failed",
    cause="A download or a build ended with an error: a package registry is not reachable, the disk is full, or "
    "memory ran out. The end of the log is above the message.",
    remedy="Read the log that the message names, correct the cause, and run `make setup` again. Finished steps are "
    "not repeated.",
)
PLUGIN_REFUSED = Problem(
    811,
    "Pulumi cannot install the command plugin",
    cause="The file of the plugin is damaged or built for another platform, or `.build/pulumi-home` cannot be written.",
    remedy="Correct PULUMI_COMMAND_PLUGIN if it is set; otherwise run `make clean` and `make setup`.",
)

# -- checks ------------------------------------------------------------------------------------------------

GO_NOT_FORMATTED = Problem(
    820,
    "Go files are not formatted",
    cause="`gofmt` would change the files that the message lists.",
    remedy="Run `gofmt -w toolchain`, then `make lint` again.",
)
