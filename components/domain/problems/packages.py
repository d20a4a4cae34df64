"""What is wrong with the package, its version, the genesis file or the chain data of a node, or stops an upgrade.

Numbers 300 to 319.
"""

from components.domain.problems.problem import Problem

PACKAGE_UNUSABLE = Problem(
    300,
    "The archive of a node cannot be used",
    cause="The archive is missing, cut off, damaged, or of another program or layout.",
    remedy="Run `make setup`, which builds the archives, or name a good one as servicechain-ha:packages.",
)
PACKAGE_DIGEST = Problem(
    301,
    "The archive of a node has another SHA-256 than the settings name",
    cause="The file is another version than meant, was not fetched completely, or was changed by somebody.",
    remedy="Put the right file there. Correct sha256 in servicechain-ha:packages only once you know where the file is "
    "from.",
)
PACKAGE_NOT_HERE = Problem(
    302,
    "The packaged configuration of a node cannot be read on this computer",
    cause="A host without systemd starts the node with the script and configuration of its package, and the settings "
    "name only a URL, which is fetched by the host itself.",
    remedy="Download the archive and give it as `file` in servicechain-ha:packages, or use service: systemd for that "
    "host.",
)
GENESIS_UNUSABLE = Problem(
    303,
    "The genesis file of an existing chain cannot be used",
    cause="The file is missing or not readable, or it is no genesis.json with a config.chainId.",
    remedy="Copy genesis.json from a node of that chain. Write its path as `genesis` of parentChain or serviceChain.",
)
GENESIS_OF_OTHER_CHAIN = Problem(
    304,
    "The genesis file is of another chain than the settings",
    cause="The numbers chainId in the settings and config.chainId in the file differ.",
    remedy="Correct `chainId` or `genesis` of parentChain or serviceChain.",
)
PACKAGE_VERSION = Problem(
    305,
    "The program of a node is of another version than its package in the settings",
    cause="The archive holds another version than its name or its `version` says, or somebody replaced the program on "
    "the machine. A restart would not change that, so the node runs on with what is there.",
    remedy="Name the archive of the wanted version in servicechain-ha:packages, or correct its `version`, then run "
    "`make up`. If somebody replaced the program on the machine, run `make replace MACHINE=…`.",
)
PAST_FORK_UNKNOWN = Problem(
    306,
    "A new EN would not know a fork of its network that is past",
    cause="A node stops at the first block of a fork that its version does not know, so a new one never catches up. "
    "Nothing of the EN was made.",
    remedy="Name an archive of the version in the message, or of a newer one, as packages.ken (docs/versions.md). If "
    "the fork is not past, correct its day in packages.forks.",
)
STOPPED_AT_FORK = Problem(
    307,
    "Warning: the version of running ENs does not know a fork that is past",
    cause="A node stops at the first block of a fork that its version does not know, and with it all anchoring and "
    "value transfer of its pair.",
    remedy="Name an archive of the version in the message, or of a newer one, as packages.ken, and run `make up` "
    "(docs/versions.md).",
)
FORK_AHEAD = Problem(
    308,
    "Warning: the version of the ENs does not know a fork that comes soon",
    cause="A node stops at the first block of a fork that its version does not know, and with it all anchoring and "
    "value transfer of its pair.",
    remedy="Name an archive of the version in the message, or of a newer one, as packages.ken, and run `make up` "
    "before that day (docs/versions.md).",
)
UNKNOWN_VERSION = Problem(
    309,
    "Warning: this program does not know the version of a node",
    cause="Its major version is not in the table of this program, which knows neither its bridge protocol nor whether "
    "EN and SCN of the pair understand each other.",
    remedy="Try the pair on a test network, and use a version of this program that knows it (docs/versions.md).",
)
CHAIN_DATA_FAILED = Problem(
    310,
    "The archive of chain data cannot be fetched or used",
    cause="The address, the SHA-256, the content of the archive or the free disk is wrong, as the message says. The "
    "disk needs 2.4 times the size of the archive.",
    remedy="Correct packages.chaindata in the settings, or free the disk, and run `make up` again. What was fetched is "
    "kept. See docs/public-parents.md.",
)
CHAIN_DATA_LATE = Problem(
    311,
    "The archive of chain data was not ready within the time limit",
    cause="It is large, or the connection is slow. The machine continues without this program.",
    remedy="Run `make up` again later: it waits for the same work. Raise parentChain.syncHours to wait longer.",
)
VERSIONS_DIFFER = Problem(
    312,
    "The pairs of the bridge run different versions",
    cause="A pair has an archive of its own, an upgrade has not reached every node, or an existing node was upgraded.",
    remedy="There is nothing to do while a version is tried on one pair. To end that, name the version in `packages` "
    "and remove it from the pair (docs/versions.md#a-canary-pair). Upgrade an existing node yourself.",
)
PACKAGE_NO_ROOM = Problem(
    313,
    "A machine has too little free disk for another release of its node",
    cause="An archive is unpacked beside the release that runs, which needs 4 times the size of the archive. Nothing "
    "was unpacked, and the node runs on.",
    remedy="Free the disk, or enlarge it, and run `make up` again.",
)
PACKAGE_NOT_EXECUTABLE = Problem(
    314,
    "A machine cannot execute the program of a node's archive",
    cause="The program is for another processor or needs libraries that the machine lacks, or the file is no program. "
    "It was asked for its version before anything was stopped, so the node runs on with the release that it has.",
    remedy="Name an archive for Linux on amd64 in servicechain-ha:packages, and run `make up`.",
)
RELEASE_ABSENT = Problem(
    315,
    "The release that a node is to run is not on its machine",
    cause="Somebody removed it, or its archive before it was unpacked. Nothing was stopped.",
    remedy="Run `pulumi up --replace` with the urns of the machine's package and unpack commands (`pulumi stack "
    "--show-urns`) in `make shell`: the archive is fetched and unpacked again.",
)
UPGRADE_REFUSED = Problem(
    316,
    "A bridge is not upgraded while a node is not healthy",
    cause="An upgrade restarts one node after the other. With another one down, each restart could stop transfers or "
    "the child chain.",
    remedy="Each node is listed with what repairs it. To repair and upgrade in one run, use `make up`: it starts nodes "
    "that are down before it restarts others (docs/versions.md#upgrade).",
)
OTHER_VERSION_RUNS = Problem(
    317,
    "A node runs another version than it should",
    cause="An upgrade ended before the end of its restart, the run was limited to other resources, or somebody "
    "restarted the node with another release.",
    remedy="Run `make up`; after a rollback, `make rollback` again. If it stays, run `make refresh` before "
    "(docs/versions.md#upgrade).",
)
NO_WAY_BACK = Problem(
    318,
    "There are no packages to go back to",
    cause="No up of this stack from this checkout has ended with all nodes healthy, or the last one that did had the "
    "packages that the settings name now.",
    remedy="Write the wanted archives in servicechain-ha:packages and run `make up` (docs/versions.md#upgrade).",
)
DATA_NOT_KEPT = Problem(
    319,
    "The data of an SCN cannot be copied before a newer major version starts",
    cause="upgrade.keepData asks for a copy, and the disk is too full for one, the version that ran is not known, or "
    "copying failed. A node that was running runs on with the release that it has.",
    remedy="Free the disk, or enlarge it, and run `make up` again. To upgrade without a copy, set upgrade.keepData to "
    "false (docs/versions.md#keeping-the-data).",
)
