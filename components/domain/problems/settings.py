"""What is wrong with the settings of a stack, or with a file that they name.

Numbers 100 to 199.
"""

from components.domain.problems.problem import Problem

UNKNOWN_KEY = Problem(
    100,
    "There is no such setting",
    cause="The key is misspelled, stands in the wrong section, or is of another version of this program.",
    remedy="Correct or remove the key. The message names the nearest known one; docs/settings.md lists them all.",
)
MISSING_KEY = Problem(
    101,
    "A setting is missing",
    cause="The key is always needed, or it is needed together with another setting of this stack.",
    remedy="Add the key to the stack's file or with `pulumi config set --path`; docs/settings.md has its form.",
)
UNNEEDED_KEY = Problem(
    102,
    "A setting does not fit this stack",
    cause="The key is for another kind of chain, machine, node or token than this stack has.",
    remedy="Remove the key, or change the setting that it contradicts as the message says.",
)
WRONG_FORM = Problem(
    103,
    "A value has the wrong form",
    cause="The value is misspelled, or YAML read it as another type, such as a number instead of a text.",
    remedy="Write the value as in the example of the message; docs/settings.md has the type of each setting.",
)
OUT_OF_RANGE = Problem(
    104,
    "A value is not allowed",
    cause="Its form is right, but it is outside what the program, the nodes, AWS or another setting allow.",
    remedy="Write a value that the message allows.",
)
WRONG_ADDRESS = Problem(
    105,
    "An address of an account or contract is wrong",
    cause="It is not 0x and 40 hex digits, has a typing error that its checksum shows, or is the zero address.",
    remedy="Copy the address again, and put it in quotes.",
)
DUPLICATE = Problem(
    106,
    "A name, machine or contract is listed twice",
    cause="Each name, SCN, machine, subnet and contract of a token can be used once only.",
    remedy="Give each entry a value of its own, or remove one of them.",
)
UNKNOWN_NAME = Problem(
    107,
    "A name is not one of this stack's machines",
    cause="The name is misspelled, or the SCN is not in serviceChain.nodes, or not the SCN of a pair.",
    remedy="Write one of the names that the message lists, or add the machine.",
)

WRONG_KEY = Problem(
    110,
    "A seed or private key is not usable",
    cause="It is not 64 hex digits, or outside the range of keys. The message does not show it, as it may be secret.",
    remedy="Set it again with `pulumi config set --secret`. For a new seed, use the output of `openssl rand -hex 32`.",
)
SEED_FILE = Problem(
    111,
    "The file with the identity seed cannot be used",
    cause="It is missing, unreadable, without a seed, that of another stack, or, in identitySeedFrom, open to all.",
    remedy="`make up` makes identitySeedFile of a new local stack. For an existing stack put its own seed back.",
)
SSH_KEY_TEXT = Problem(
    112,
    "existing.privateKey is not a whole SSH private key",
    cause="It is a path, a public key, a certificate, several keys, a PuTTY key, or a key that is cut off or damaged.",
    remedy="Store the file: `pulumi config set --secret --path servicechain-ha:existing.privateKey < FILE`.",
)
SSH_KEY_KIND = Problem(
    113,
    "The program cannot log in with this SSH key",
    cause="The key has a passphrase, is on a security key, or is of a kind or length that sshd does not accept.",
    remedy="Make one with `ssh-keygen -t ed25519 -N '' -f FILE`, allow it on the machines, set existing.privateKey.",
)
WRONG_HOST_KEY = Problem(
    114,
    "A hostKey is not the public host key of a machine",
    cause="It is a private key, a fingerprint, a mark of known_hosts, cut off, or of a kind that cannot be pinned.",
    remedy="Copy the line in /etc/ssh/ssh_host_ed25519_key.pub of that machine.",
)

WRONG_KNI = Problem(
    120,
    "The KNI of a node is wrong",
    cause="A part is missing or misspelled, or its address is where the node listens and not where others dial it.",
    remedy="Copy the KNI from the node, and put the IPv4 address and port there that the other nodes can reach.",
)
TAKEN_CHAIN_ID = Problem(
    121,
    "The id of a chain belongs to another chain",
    cause="A transaction that is signed for one of two chains with the same id is valid on both.",
    remedy="Give a new chain an id of its own, such as 3000. For a public network write parentChain.network.",
)
TARGET_OUT_OF_REACH = Problem(
    122,
    "Local hosts cannot reach this parent chain",
    cause="Hosts of target local are in a network inside this computer, and the parent chain is outside.",
    remedy="Write target aws or existing, or let the stack run a private parent chain.",
)
NO_VOTER = Problem(
    123,
    "Nobody can vote a new SCN into the existing ServiceChain",
    cause="New SCNs join an existing chain by the vote of an SCN there, and the settings name no such node.",
    remedy="List an SCN there with its `node` in existing.hosts (docs/adoption.md), or remove the key to make a chain.",
)

WRONG_COUNT = Problem(
    130,
    "The number of pairs or SCNs does not fit",
    cause="There are none, more pairs than SCNs, or more than a contract or the program takes.",
    remedy="List 1 to 12 pairs, each with an SCN of its own, and 1 to 100 SCNs.",
)
IMPOSSIBLE_THRESHOLD = Problem(
    131,
    "No transfer can have as many votes as the threshold",
    cause="bridge.threshold is below 1, or above the number of pairs that vote.",
    remedy="Write a threshold from 1 to the number of pairs; one below that number survives the loss of a pair.",
)

ARCHIVE = Problem(
    140,
    "An archive in the settings is not fully described",
    cause="It needs either a file or a URL, and a version where its name has none.",
    remedy="Write the path of the file, or the url with its sha256; add the version if the message asks for it.",
)
CHECKSUM = Problem(
    141,
    "The SHA-256 of an archive is missing or wrong",
    cause="Archives of the nodes are not signed, so only their SHA-256 shows that nothing else is run.",
    remedy="Check where the archive is from, and write what `sha256sum` prints for it, in quotes.",
)
FILE_NEEDED = Problem(
    142,
    "An archive has to be a file on this computer",
    cause="A local host has no way to download it, or the package's daemon script needs the conf that is in it.",
    remedy="Download the archive, and name the file instead of the URL.",
)
VERSIONS = Problem(
    143,
    "The versions of the nodes do not fit",
    cause="EN and SCN of a pair have to speak the same bridge protocol.",
    remedy="Use equal versions of ken and kscn.",
)
CONTRACT_FILE = Problem(
    144,
    "The compiled contract is missing",
    cause="The file was not compiled in this checkout yet, was removed, or bridge.artifact names another one.",
    remedy="Run `make setup`, or correct bridge.artifact.",
)
UNREADABLE_FILE = Problem(
    145,
    "A file or key that the settings name cannot be used",
    cause="It is missing, is not readable for this user, or has other content than its setting says.",
    remedy="Correct the path or the file that the message names. Nothing was changed.",
)

UNCLEAR_OWNER = Problem(
    150,
    "It is not clear which key owns a contract",
    cause="The owner is given in several places, in none, or with a password or region that does not belong to it.",
    remedy="Keep the one place where the owner's key really is; docs/owner-keys.md lists the places.",
)
OWNER_NODE = Problem(
    151,
    "A node that owns a contract cannot do this",
    cause="The API of a node has no call to deregister an operator or to register a token as the owner.",
    remedy="Transfer the contract to a separate key and name it, or remove the other setting (docs/contracts.md).",
)
EQUAL_ADDRESSES = Problem(
    152,
    "Both contracts have the same address",
    cause="Contracts that the same key deploys on two chains get the same address, and the nodes refuse such a pair.",
    remedy="Use another key for one of the owners, or name contracts with different addresses.",
)
DEVELOPMENT_TOKEN = Problem(
    153,
    "A development token is not possible here",
    cause="The program deploys such a token itself, so it has no address, and only on private chains.",
    remedy="Remove `development`, and write the addresses of a real token; on private chains remove the addresses.",
)

UNKNOWN_FORK = Problem(
    154,
    "There is no such fork of a chain of the stack",
    cause="It is misspelled, or not known to nodes of this program; Randao, Kip103 and Kip160 also need contracts.",
    remedy="Write a name that the message lists, as genesis.json has it without `CompatibleBlock`.",
)
FORK_ORDER = Problem(
    155,
    "Forks of a chain of the stack are not in their order",
    cause="Each fork builds on those before it, so a node refuses a genesis.json in which a later one comes first.",
    remedy="Give each fork a block that is not after that of the next one; the message has the order. Forks that are "
    "not named have block 0, so name those that come before them as well.",
)

LIQUIDITY = Problem(
    160,
    "The liquidity of a bridge contract is too low or too high",
    cause="A contract without coins pays nothing out, and the owner can only give what it holds.",
    remedy="Write a bridge.liquidity that the message allows.",
)
OPERATOR_BALANCE = Problem(
    161,
    "Operators would hold too few coins for their transactions",
    cause="A node takes a transaction only from an account that holds its gas limit times the gas price.",
    remedy="Raise bridge.operatorBalance or lower bridge.operatorGasLimit as the message says.",
)
FEES = Problem(
    162,
    "The bridge would spend more on fees than is allowed",
    cause="Anchors and votes of all pairs cost more coins per day than fees.limitPerDay.",
    remedy="Anchor less often or with fewer pairs, or raise fees.limitPerDay (docs/public-parents.md).",
)

AWS_NETWORK = Problem(
    170,
    "The network on AWS cannot be made or used as it is described",
    cause="Zones, subnets or the VPC are missing, too few, or do not belong together.",
    remedy="Name a cidr and two or more zones of the region for a new VPC, or an existing vpc with its subnets.",
)
ACCESS = Problem(
    171,
    "The networks that may connect are too wide, or there are none",
    cause="A list of the whole internet protects nothing, and without any network this program cannot log in either.",
    remedy="List the networks that you and this program connect from, each /8 or smaller.",
)
MACHINE_SIZE = Problem(
    172,
    "A machine on AWS cannot be made with these values",
    cause="The archives are for amd64, the program needs Nitro, and gp3 volumes bind size, IOPS and throughput.",
    remedy="Choose the instance type, iops or dataGib that the message names.",
)
LOST_ZONE = Problem(
    173,
    "The zone of an existing machine is no longer in the settings",
    cause="A machine keeps its zone, because its disk cannot leave it.",
    remedy="Add the zone again, or in an existing VPC its subnet.",
)
FULL_SUBNET = Problem(
    174,
    "A subnet has no free address for a machine",
    cause="All its addresses belong to other machines. Public subnets of a small VPC have a few addresses only.",
    remedy="Add a zone, or remove publicAddress from some ENs; a new stack can use a larger aws.network.cidr.",
)

NO_SYSTEMD = Problem(
    180,
    "A node on an existing machine cannot be a service of systemd",
    cause="The login user cannot become root, or the folder is hidden from services or lost at a reboot.",
    remedy="Allow sudo or write service: daemon; write a folder such as /srv/servicechain (docs/existing-hosts.md).",
)
OTHER_PROGRAM = Problem(
    181,
    "The conf of an existing node is of another program",
    cause="The name of the machine says EN or SCN, and its conf is of the other one.",
    remedy="Exchange the two entries in existing.hosts, or name the right conf.",
)

SINGLE_PAIR = Problem(
    190,
    "Warning: there is only one pair",
    cause="If its EN or SCN stops, anchoring and value transfer stop.",
    remedy="Add a second pair (docs/changing.md).",
)
NO_SPARE_VOTE = Problem(
    191,
    "Warning: the bridge survives no loss of a pair",
    cause="The threshold is the number of pairs, or is kept from the contracts and not known before `make up`.",
    remedy="Lower bridge.threshold or add a pair; if it is kept, see the output `threshold`.",
)
FEW_SCNS = Problem(
    192,
    "Warning: the child chain survives no loss of an SCN",
    cause="Fewer than 4 validators all have to agree on each block.",
    remedy="List 4 SCNs or more.",
)
SHARED_ZONE = Problem(
    193,
    "Warning: a lost zone stops more than it has to",
    cause="There are fewer zones than pairs, or too many SCNs in one zone.",
    remedy="Add zones or SCNs as the message says (docs/aws.md).",
)
PUBLIC_ADDRESSES = Problem(
    194,
    "Warning: a new AWS account may not have this many public addresses",
    cause="AWS allows 5 per region until the quota is raised.",
    remedy="Raise the quota before `make up`, write nat: one, or use fewer public ENs.",
)
SHORT_LASTING = Problem(
    195,
    "Warning: the coins of the operators last for a few days only",
    cause="bridge.operatorBalance is little for the expected fees: status and alerts report it from the first day.",
    remedy="Raise it, or correct fees.transfersPerDay or fees.gasPrice, as the message says (docs/public-parents.md).",
)
