"""What the policy pack objects to.

Numbers 700 to 799.
"""

from components.domain.problems.problem import Problem

# -- votes and faults --------------------------------------------------------------------------------------

OWNER_THAT_VOTES = Problem(
    700,
    "The owner of a bridge contract is also one of its operators",
    cause="The owner can change operators and threshold alone. If its key is also that of an operator, a node holds "
    "it, and whoever takes over that node can pass any vote.",
    remedy="Put the key of an account that no node holds into the settings (docs/owner-keys.md). If the contract "
    "exists, its owner first calls `transferOwnership` with that account.",
)
THRESHOLD_OF_ALL_PAIRS = Problem(
    701,
    "Each pair is needed for a transfer",
    cause="The threshold is the number of pairs, so one lost pair stops all value transfer.",
    remedy="Set `bridge.threshold` lower than the number of pairs, or add a pair, and run `make up` "
    "(docs/changing.md).",
)
TOO_FEW_SCNS = Problem(
    702,
    "The child chain stops when one SCN is lost",
    cause="With fewer than four SCNs all of them have to take part in each block. Without blocks, all transfers wait.",
    remedy="List four or more in `serviceChain.nodes` and run `make up` (docs/changing.md).",
)

# -- exposure ----------------------------------------------------------------------------------------------

CONTROLLED_OVER_HTTP = Problem(
    710,
    "A node can be controlled over HTTP or WebSocket",
    cause="The node serves an API that controls the node, its keys or the bridge over the network, and these APIs ask "
    "for no password. In a node that this program configures, only a change of the program does that.",
    remedy="Remove the API from the conf of an existing node and restart it (docs/adoption.md), or take the change of "
    "the program back. Use the IPC socket on the node's machine instead.",
)
OPEN_TO_THE_WORLD = Problem(
    711,
    "A firewall rule is open to everybody",
    cause="A rule of a security group lets the whole internet in. Only the peer ports of a public chain may be open "
    "to everybody.",
    remedy="List the networks that need access in the rule, and run `make preview POLICY=1` again (docs/aws.md).",
)

# -- machines ----------------------------------------------------------------------------------------------

DISK_NOT_ENCRYPTED = Problem(
    720,
    "A disk is not encrypted",
    cause="The disks of a node hold its keys. The program encrypts all of its disks, so this one is not as the "
    "settings make it.",
    remedy="Set `encrypted` to true on the volume, or on each disk of the instance, in the code that asks for it.",
)
METADATA_WITHOUT_TOKEN = Problem(
    721,
    "The metadata service of a machine needs no token",
    cause="Version 1 of the metadata service answers every request that is sent from the machine, also one that an "
    "attacker made a service there send. The program requires version 2, so this machine is not as the settings make "
    "it.",
    remedy="Set `httpTokens` in `metadataOptions` of the machine to required, in the code that asks for it.",
)
NOT_PROTECTED = Problem(
    722,
    "A bridge to mainnet has resources that are not protected",
    cause="`protection` is off in the settings, so a mistake in an edit can destroy keys, data volumes or claims on "
    "machines.",
    remedy="Set `protection` to true and run `make up`. To remove something, switch it off for that one `make up`, "
    "without this policy (docs/configuration.md).",
)

PASSPHRASE_BESIDE_STATE = Problem(
    723,
    "The passphrase of a bridge to mainnet lies beside its state",
    cause="The state of the stack is in a folder, its secrets are encrypted with a passphrase, and the file of the "
    "passphrase is in the same folder. Whoever can read or copy the folder has every key of the bridge.",
    remedy="Keep the secrets with a key that cannot be copied: `make rekey SECRETS_PROVIDER=awskms://…` "
    "(docs/team.md). Or move the file elsewhere and set `PULUMI_CONFIG_PASSPHRASE_FILE`.",
)

OWNER_KEY_IN_STATE = Problem(
    724,
    "A key that owns a bridge contract is in the state of the stack",
    cause="The owner's key is derived from the identity seed, or is a secret of the stack, so the state has it beside "
    "the keys of all nodes and operators. Whoever can decrypt the state owns the contract.",
    remedy="Make a key in AWS KMS and set `bridge.parentOwner: {kms: …}`, and the same for `bridge.childOwner` "
    "(docs/owner-keys.md). The owner of a contract that exists first calls `transferOwnership` with the address of "
    "the new key.",
)

# -- fees --------------------------------------------------------------------------------------------------

ANCHORING_TOO_EXPENSIVE = Problem(
    730,
    "Anchoring costs more per day than the limit of the policy",
    cause="Each SCN that anchors pays for a transaction on the public parent chain in every period. The cost is "
    "computed at the highest base fee.",
    remedy="Increase `anchoring.period`, set `anchoring.enabled` of a pair to false, or raise `maxFeePerDay` of the "
    "policy (docs/policies.md).",
)
