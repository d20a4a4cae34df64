"""What stops the setup of this checkout, and where state and secrets of its stacks are kept.

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

# -- where secrets are kept --------------------------------------------------------------------------------

PROVIDER_UNKNOWN = Problem(
    840,
    "SECRETS_PROVIDER is not a known secrets provider",
    cause="It is empty, or begins with something else than `awskms://`, `gcpkms://`, `azurekeyvault://` or "
    "`hashivault://`, and is not `passphrase`.",
    remedy="Name a key, such as `awskms://alias/bridge?region=eu-central-1` (docs/team.md).",
)
OTHER_PROVIDER = Problem(
    841,
    "The secrets of the stack are kept in another way",
    cause="SECRETS_PROVIDER is for new stacks and for `make rekey`. The stack exists, and its state names another "
    "provider.",
    remedy="Unset SECRETS_PROVIDER, or run `make rekey` with it first (docs/team.md).",
)
REKEY_FAILED = Problem(
    842,
    "The secrets of the stack could not be handed to another provider",
    cause="The former provider does not release them (a wrong passphrase, no permission to decrypt), the new one "
    "cannot be used (a wrong key or region, no permission to encrypt and decrypt), or another run has the stack. "
    "State and settings are as before.",
    remedy="Correct what Pulumi says above the message, and run `make rekey` again.",
)
SECRETS_UNREADABLE = Problem(
    843,
    "Not all secrets of the state can be read",
    cause="The export of the state has secrets without their value.",
    remedy="Check with `pulumi stack export --show-secrets` in `make shell` who may decrypt, before you delete "
    "the former key or passphrase (docs/team.md).",
)

# -- where the state is ------------------------------------------------------------------------------------

NO_BACKEND = Problem(
    844,
    "TO names no other backend",
    cause="`make move` was called without TO, with something that is no URL, or with the backend that is in use.",
    remedy="Name the new backend: `make move TO=s3://bucket?region=eu-central-1` (docs/team.md).",
)
STATE_IN_THE_WAY = Problem(
    845,
    "The state cannot be moved now",
    cause="The other backend has a state with resources under the same name, or a run of the stack was interrupted "
    "and its record names resources of a cloud.",
    remedy="Look at both with `pulumi stack ls` in `make shell`, and remove the one that nobody uses. Complete an "
    "interrupted run with `make up` (docs/interrupted.md).",
)
BACKEND_UNUSABLE = Problem(
    846,
    "The other backend cannot be used",
    cause="It does not exist, or does not let you write: a wrong bucket or region, no credentials, no permission. The "
    "former state is as before.",
    remedy="Correct what Pulumi says in the message or above it, and run `make move` again (docs/team.md).",
)
STATES_DIFFER = Problem(
    847,
    "The moved state is not equal to the former one",
    cause="Somebody changed the state while it was moved, or the secrets cannot be read in the new place.",
    remedy="Make sure that nobody runs the stack, remove the new state with the command in the message, and run "
    "`make move` again.",
)

# -- previews without secrets ------------------------------------------------------------------------------

PLACEHOLDERS = Problem(
    848,
    "A preview was made without the identity seed",
    cause="Whoever runs the preview asked for that with `SEEDLESS=FILE`. Each secret has a stand-in, the settings are "
    "compared with the state in that file, and no machine is asked for anything.",
    remedy="Keys, addresses and KNIs of what is new are others in an `up`; what exists is shown as it is. For drift, "
    "run `make refresh ARGS=--preview-only` as somebody who has the secrets (docs/team.md).",
)
SEEDLESS_UP = Problem(
    849,
    "Only a preview can do without the identity seed",
    cause="The run would make keys of a placeholder that everybody knows.",
    remedy="Unset SEEDLESS and SEEDLESS_PREVIEW, and run the command as somebody who may read the seed and use the "
    "owners' keys (docs/team.md).",
)
NEW_SECRET = Problem(
    850,
    "A secret of the settings is not in the public state",
    cause="It was set, or encrypted again, after the file was made, so nobody without the key can tell whether it is "
    "the same. The preview shows everything that depends on it as changed.",
    remedy="Compare the value with somebody who may read it. After the next up, run `make public` again.",
)
PUBLIC_STATE = Problem(
    851,
    "No public copy of the state can be made",
    cause="A secret would be in it, because it is a part of a text that the program takes for public; or the file that "
    "SEEDLESS names is no such copy.",
    remedy="Make the file with `make public` as somebody who has the secrets. If that is refused, report the message, "
    "which shows nothing secret.",
)
MOVED_SEED = Problem(
    852,
    "The settings do not have the seed that they had",
    cause="identitySeed, identitySeedFile or identitySeedFrom was changed after the public state was made. Nobody "
    "without the seed can tell whether it is the same, and with another one whatever is new would have other keys.",
    remedy="Take the change back; or, if the seed was only moved, run `make preview` and `make public` as somebody who "
    "has it.",
)
NO_PUBLIC_COPY = Problem(
    853,
    "Nobody can tell whether the stack is new",
    cause="There is no public copy of its state, or it cannot be read. In a pull request, a stack is taken for new "
    "only if S3 says that there is no copy, and the base branch has no settings file of the stack. `SEEDLESS=new` is "
    "refused in a checkout that has worked on the stack.",
    remedy="If the stack exists, write the copy again with `make public`, and let the role of previews have "
    "s3:GetObject on it and s3:ListBucket on its bucket. If it was never up, run `make preview` and `make public` as "
    "somebody who has the secrets: the copy then says that its state is empty (docs/pull-requests.md).",
)
