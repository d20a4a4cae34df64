"""What is wrong with an account on a chain: its key, its coins, its transactions.

Numbers 450 to 499.
"""

from components.domain.problems.problem import Problem

# -- keys ------------------------------------------------------------------------------------------------------

VARIABLE_UNSET = Problem(
    450,
    "An environment variable that a setting names is not set",
    cause="The owner's key, or the password of its keystore file, is to come from it, and the shell that runs this "
    "program does not have it.",
    remedy="Export the variable in that shell and run the same command again. See docs/owner-keys.md.",
)
KEY_MALFORMED = Problem(
    451,
    "A private key has the wrong form",
    cause="A key is 64 hex digits, with or without 0x, above 0 and below the order of secp256k1.",
    remedy="Put the owner's key where the message says, and run the same command again. See docs/owner-keys.md.",
)
OTHER_ACCOUNTS_KEY = Problem(
    452,
    "The key is that of another account than the one that has to sign",
    cause="The key was changed at its place, in the environment, the file or AWS KMS, and the state still names its "
    "former account.",
    remedy="Bring the former key back. Or run `make up`, which records the new account, and then the command that "
    "failed. See docs/owner-keys.md, Moving a key, changing the owner.",
)
KEY_FILE_UNREADABLE = Problem(
    453,
    "A file with a key or a password cannot be read",
    cause="There is no such file, it is too large or not a text file, or whoever runs this program may not read it.",
    remedy="Correct the path in the setting that the message names; it is relative to the folder of the program. Then "
    "run the same command again.",
)
KEYSTORE_UNUSABLE = Problem(
    454,
    "No key can be read from the keystore file",
    cause="The file is something else, it is damaged, or a program wrote it in a form that is not supported. The "
    "message has the reason.",
    remedy="Name the JSON file with the owner's key. If it is that file, take another copy of it, or export the key "
    "from its wallet again as a keystore of version 3. See docs/owner-keys.md.",
)
ACCOUNT_KEY_UPDATED = Problem(
    455,
    "The account signs with other keys than its original one",
    cause="The keystore file belongs to an account whose key was changed on chain, or that has several keys. This "
    "program signs with the original key of an account alone.",
    remedy="Make an account that has its original key the owner. If there are contracts already, their owner has to "
    "call `transferOwnership` first. See docs/owner-keys.md.",
)
KEYSTORE_PASSWORD_WRONG = Problem(
    456,
    "The password does not open the keystore file",
    cause="It is the password of another file, or it is written with a mistake.",
    remedy="Give the password of this file: in the variable or the file that the settings name, or with `pulumi config "
    "set --secret --path servicechain-ha:bridge.parentOwner.password` (or childOwner).",
)
SEED_SECRET = Problem(
    457,
    "The identity seed cannot be read from AWS Secrets Manager",
    cause="identitySeedFrom has the ARN of a secret that does not exist, that whoever runs this program may not read, "
    "or that holds no seed; or AWS does not answer. The message has the reason.",
    remedy="Do what the message says (docs/team.md, The identity seed). Never store another seed for an existing "
    "stack: another seed means other keys.",
)

# -- keys in AWS KMS -------------------------------------------------------------------------------------------

KMS_KEY_UNSUITED = Problem(
    460,
    "The key in AWS KMS cannot sign for an account of a chain",
    cause="It has another key spec than ECC_SECG_P256K1, or another usage than SIGN_VERIFY. Neither can be changed.",
    remedy="Create a key with `aws kms create-key --key-spec ECC_SECG_P256K1 --key-usage SIGN_VERIFY` and name it in "
    "the settings. See docs/owner-keys.md.",
)
AWS_SETTINGS = Problem(
    461,
    "AWS cannot be asked with the settings of whoever runs this program",
    cause="There are no AWS credentials, or they have expired or are not valid, or no region is known. A preview of a "
    "stack on AWS needs credentials with read access.",
    remedy="Log in to AWS, or set AWS_PROFILE; for the region set `region` beside `kms`, or write the ARN of the key. "
    "Then run the same command again.",
)
KMS_DENIED = Problem(
    462,
    "AWS KMS denies access to the key",
    cause="The AWS identity that runs this program has no permission to use the key.",
    remedy="Allow `kms:GetPublicKey` on the key, which a preview needs, and `kms:Sign`, which `make up` needs too.",
)
KMS_KEY_MISSING = Problem(
    463,
    "AWS KMS knows no such key",
    cause="The id, ARN or alias is wrong, or the key belongs to another region or AWS account.",
    remedy="Copy the ARN of the key into `bridge.parentOwner.kms` or `bridge.childOwner.kms`, and check which AWS "
    "account is used (`aws sts get-caller-identity`).",
)
KMS_KEY_DISABLED = Problem(
    464,
    "The key in AWS KMS is disabled or about to be deleted",
    cause="Somebody disabled the key, or scheduled its deletion.",
    remedy="Enable it, or cancel its deletion (`aws kms cancel-key-deletion`, then `aws kms enable-key`). After its "
    "deletion nobody can sign for the owner.",
)
KMS_SILENT = Problem(
    465,
    "AWS KMS does not answer",
    cause="The network to AWS is down, the service limits or refuses calls, or an AWS setting of this computer is "
    "wrong. The message has the reason.",
    remedy="Fix what the message says, then run the same command again.",
)

# -- coins -----------------------------------------------------------------------------------------------------

NOT_FUNDED = Problem(
    470,
    "An account has fewer coins than it has to pay",
    cause="The account pays for gas, for the balances of operators, or for liquidity of a bridge contract. The "
    "message lists each amount. Nothing of it was sent.",
    remedy="Send the missing coins to that account on that chain. A `make up` that waits continues by itself; "
    "otherwise run it again.",
)
REFUND_HINDERED = Problem(
    471,
    "An SCN uses the operator account whose coins are to be given back",
    cause="The SCN pays for anchors with this account. Its transactions are not mined yet, or come in between.",
    remedy="If the command failed: stop the node on the machine of the SCN that the message names, then run the same "
    "command again. Otherwise the rest stays in the account, and there is nothing to do.",
)

# -- transactions ----------------------------------------------------------------------------------------------

SIMULATION_FAILED = Problem(
    480,
    "A transaction would revert",
    cause="It was simulated, and the contract refuses it for the reason in the message. It was not sent.",
    remedy="Do what the message says after the reason, then run `make up`. Without such words: run `make refresh` and "
    "`make up`, because the chain may have changed since it was read.",
)
TRANSACTION_REVERTED = Problem(
    481,
    "A transaction was mined and reverted",
    cause="The simulation passed, and the contract had another state, or the transaction too little gas, when it was "
    "mined. It had no effect and its gas is paid.",
    remedy="Run `make up` again: it reads the chain first and sends only what is missing.",
)
TRANSACTION_REFUSED = Problem(
    482,
    "A node does not accept a transaction",
    cause="Its pool is full, or it has a rule that the transaction breaks. The reason is the node's own.",
    remedy="Run `make up` again a minute later. If it is refused again, check the pool and the log of the node that "
    "the message names.",
)
PRICE_LIMIT = Problem(
    483,
    "Gas costs more than the settings allow",
    cause="The chain wants a higher gas price than `bridge.maxGasPrice`, or than twice the first suggestion of the "
    "node if that is not set.",
    remedy="Wait until gas is cheaper, or raise `bridge.maxGasPrice` (gkei), then run `make up`. A transaction that "
    "was sent is waited for. See docs/configuration.md, Gas price.",
)
NOT_MINED = Problem(
    484,
    "A transaction was sent and not mined in time",
    cause="The chain makes no blocks or is slow, or the node that has the transaction was lost.",
    remedy="Check that the chain makes blocks, then run `make up` again: it waits for the transaction before it sends "
    "anything.",
)
EARLIER_NOT_MINED = Problem(
    485,
    "Transactions of the account from before this run are not mined",
    cause="A run that was killed, or somebody else with the same key, sent them. The chain makes no blocks, or they "
    "offer less than gas costs now. They are never replaced, because their purpose is unknown.",
    remedy="Check that the chain makes blocks. Wait until gas is cheaper, or replace them by hand with the same nonce "
    "and a higher price. Then run `make up`.",
)
SENDER_SHARED = Problem(
    486,
    "Somebody else sends transactions with the same key",
    cause="A second run of this program, a script, a wallet, or a node uses the account at this moment.",
    remedy="Find and stop it, or give this program a key of its own, then run `make up`: it looks at the chain first.",
)
TOO_MANY_SENT = Problem(
    487,
    "An account has sent too many transactions to be searched",
    cause="Contracts of an owner are found again by the nonces of its newest 10,000 transactions. The owner has sent "
    "more, and none of the newest created what is looked for.",
    remedy="Give the stack an owner key of its own, which has sent less. See docs/owner-keys.md.",
)
