"""What is wrong with the contracts of a bridge: artifact, counterpart, owner, operators, thresholds, balances.

Numbers 500 to 549.
"""

from components.domain.problems.problem import Problem

ARTIFACT_UNUSABLE = Problem(
    500,
    "A contract artifact has no creation code that can be used",
    cause="The file is missing, is no JSON with the field `bytecode`, or is that of an interface or of unlinked code.",
    remedy="Run `make setup`, which writes the artifacts that the program uses by default. If bridge.artifact is set, "
    "name the JSON file of the compiled Bridge contract there.",
)

# -- The contracts --

CONTRACT_MISSING = Problem(
    510,
    "There is no contract where the state of the stack has one",
    cause="The chain was created again, or the node that was asked has not caught up with its chain.",
    remedy="Wait until the node has the newest block, then run `make refresh` and `make up`: they begin with what is "
    "on the chain, and deploy another contract if one of the stack is gone.",
)
ADOPTED_CONTRACT_WRONG = Problem(
    511,
    "There is no bridge contract at an address in the settings",
    cause="The address is that of something else, or of the other chain's contract; or the chain was created again.",
    remedy="Set bridge.parentBridge to the contract on the parent chain and bridge.childBridge to that on the child "
    "chain, then run `make preview`. Remove both to have a new pair deployed (docs/contracts.md).",
)
NOT_COUNTERPARTS = Problem(
    512,
    "The two bridge contracts in the settings do not serve each other",
    cause="At least one of the addresses belongs to another bridge, or one of the chains was created again. Transfers "
    "between such contracts would be lost or paid twice, so nothing was sent.",
    remedy="Compare the numbers in the message with those you expect. Set bridge.parentBridge and bridge.childBridge "
    "to two contracts that serve each other, or remove both to have a new pair deployed. The owner of a "
    "contract that is no longer used gets its coins back as in docs/contracts.md#what-remains-in-a-contract.",
)
COUNTERPART_GONE = Problem(
    513,
    "A contract that the stack deployed has lost its counterpart",
    cause="The other chain was created again: the request that the contract handled last does not exist there.",
    remedy="If that is not what you expect, check first that the nodes are those of the right chain: `make up` deploys "
    "a new pair. Coins stay in the old contract; its owner gets them back as in "
    "docs/contracts.md#what-remains-in-a-contract.",
)
FOREIGN_CONTRACT = Problem(
    514,
    "The owner has a bridge contract that belongs to somebody else",
    cause="Its operators are not those of this stack: another stack uses the same owner, or this stack lost its seed.",
    remedy="If another stack uses it, there is nothing to do: it is left alone. If it is yours, restore the seed of "
    "the stack, or set bridge.parentBridge and bridge.childBridge to its pair. The owner can take coins out of one "
    "that nobody uses (docs/contracts.md#what-remains-in-a-contract).",
)
FOREIGN_BRIDGE = Problem(
    515,
    "Somebody else runs a bridge between the same two chains with the same owner",
    cause="Another stack, or another program, uses this owner's key on both chains. Nothing was sent.",
    remedy="To take that bridge over, set bridge.parentBridge and bridge.childBridge to the addresses in the message, "
    "with the owners' keys. To run a second one beside it, give this stack owner keys of its own (docs/owner-keys.md).",
)
OWNER_HISTORY_TOO_LONG = Problem(
    516,
    "The contracts of the stack cannot be found among the transactions of their owner",
    cause="The state has no contract, and the owner has sent more transactions than are looked at.",
    remedy="If the bridge exists, set bridge.parentBridge and bridge.childBridge to its contracts. If it is a new one, "
    "use an owner's key that has sent less (docs/owner-keys.md).",
)
COINS_REMAIN = Problem(
    517,
    "A contract that is no longer used holds coins",
    cause="A bridge contract has no function that pays out to its owner, and its bridge was removed or replaced.",
    remedy="Make the calls in the message with the owner's key, in that order: the owner becomes an operator and pays "
    "the coins out to the recipient that you name (docs/contracts.md#what-remains-in-a-contract). Do so only when the "
    "child chain is gone: until then the coins back balances there.",
)
REMAINS_UNKNOWN = Problem(
    518,
    "Nobody knows whether a contract that was given up holds coins",
    cause="The chain could not be read while the contract was removed from the stack.",
    remedy="Write the address down. When a node of that chain answers again, read the balance of the address. If it "
    "holds coins, its owner gets them back as in docs/contracts.md#what-remains-in-a-contract.",
)

# -- The owner --

FOREIGN_OWNER = Problem(
    520,
    "The configured key, or SCN, does not own the bridge contract",
    cause="Another account owns the contract on its chain, so a call with this key would revert. It was not sent.",
    remedy="Set the key of the owner in the message (docs/owner-keys.md), or have that owner call `transferOwnership` "
    "with the address of the configured key. Then run `make up`.",
)
OWNERSHIP_MOVED = Problem(
    521,
    "The ownership of a bridge contract has moved",
    cause="Somebody called `transferOwnership` with the owner's key. Whoever owns the contract can pass any vote.",
    remedy="If you did not do it, stop the SCNs of all pairs at once, then find the cause (docs/runbooks.md). If you "
    "did, set the new owner's key (docs/owner-keys.md) and run `make up`.",
)
OWNER_VOTES = Problem(
    522,
    "The owner of a bridge contract is an operator of it too",
    cause="Known deploy scripts leave it so. One account can then pass any vote, whatever the threshold is.",
    remedy="Have the owner call `transferOwnership` with the address of a key that no node holds, and set that key "
    "as bridge.parentOwnerKey or bridge.childOwnerKey (docs/contracts.md).",
)
OWNER_KEY_SHARED = Problem(
    523,
    "Somebody else changes a bridge contract at the same time",
    cause="The call was mined, and the contract does not show its effect: another run or script has changed it since.",
    remedy="Find the other user of the owner's key and stop it. Then run `make up` again.",
)
OWNER_OWES = Problem(
    524,
    "The owner has to pay again for something that was paid before",
    cause="Operators, balances, tokens or the contract itself are gone from the chain.",
    remedy="Have the amount in the message on the owner's account, then run `make up`.",
)
BALANCE_LOW = Problem(
    525,
    "A balance is below its minimum",
    cause="An operator has spent its coins on gas, or a bridge contract has paid its coins out.",
    remedy="Run `make refresh`, then `make up`: it fills the balance up from the owner's account, which has to hold "
    "the coins.",
)
OPERATOR_RUNS_DRY = Problem(
    526,
    "The coins of an operator last for a few days only",
    cause="It pays for anchors and votes on the parent chain. The days follow from the fees that the settings expect.",
    remedy="Send coins to the address in the message. Or have them on the owner's account, and run `make refresh` and "
    "`make up` once the operator is below its minimum.",
)

# -- A contract that an SCN owns --

OWNER_NODE_LACKS_CALL = Problem(
    530,
    "An SCN owns the bridge contract, and its API has no call for this step",
    cause="A node can register operators and set the threshold of transfers only. Nothing was sent for this step.",
    remedy="Have the operator of that SCN call `transferOwnership` with the address of a key that no node holds. Set "
    "bridge.parentOwnerKey or bridge.childOwnerKey to that key in place of the owner node, then run `make up`.",
)
OWNER_NODE_KEEPS_VOTE = Problem(
    531,
    "An operator of a removed pair keeps its vote",
    cause="An SCN owns the contract, and its API has no call that takes a vote away.",
    remedy="Have the operator of that SCN call `transferOwnership`, and the new owner `deregisterOperator` with the "
    "address in the message. Until then whoever has the operator's key can vote.",
)
OWNER_NODE_REFUSES = Problem(
    532,
    "The SCN that owns the bridge contract refuses a call",
    cause="It does not know the contract yet, the key of its operator is locked, or its API reports another error.",
    remedy="Run `make up` again: the registration of the contract comes first. If the key is locked, restart the SCN, "
    "which unlocks it. Otherwise see the log of the node.",
)
OWNER_NODE_NOT_MINED = Problem(
    533,
    "A transaction of the SCN that owns the bridge contract is not mined",
    cause="Its operator has too few coins for gas, the SCN has no EN, or one of the chains makes no blocks.",
    remedy="Send coins to the sender in the message, see that the EN of that SCN is connected and that both chains "
    "make blocks, then run `make up` again.",
)
OWNER_NODE_REVERTS = Problem(
    534,
    "The bridge contract refuses a call of the SCN that owns it",
    cause="The contract does not allow the call in its present state, or the ownership has moved.",
    remedy="Do what the reason in the message says, then run `make up` again: it looks at the contract first.",
)

# -- Votes --

CONTRACT_FULL = Problem(
    540,
    "A bridge contract takes no more operators",
    cause="A contract has 12 operators at most, and those of the pairs do not fit beside those that are there.",
    remedy="Remove a pair in a `make up` of its own, or let operators that no pair owns be removed "
    "(bridge.otherOperators: remove). With 12 pairs, replace fewer of them at once.",
)
TOO_FEW_OPERATORS = Problem(
    541,
    "Fewer operators would stay than a transfer needs",
    cause="The threshold is higher than the number of operators that the change would leave. Nothing was removed.",
    remedy="Lower bridge.threshold and run `make up` before the other change, or exchange fewer pairs at once.",
)
THRESHOLD_UNREACHABLE = Problem(
    542,
    "The threshold is higher than the number of registered operators",
    cause="Operators are missing in the contract, or there are fewer pairs than bridge.threshold.",
    remedy="Run `make refresh` and `make up`, which register missing operators of pairs. If there are too few pairs, "
    "lower bridge.threshold or add a pair.",
)
OTHERS_NEEDED = Problem(
    543,
    "Operators that no pair owns are needed to reach the threshold",
    cause="Without them fewer operators would stay than a transfer needs. Nothing was removed.",
    remedy="Run `make refresh` and `make up`, which register operators of pairs that are missing. If the pairs are too "
    "few, add one, or lower bridge.threshold.",
)
FOREIGN_OPERATOR = Problem(
    544,
    "An operator of a bridge contract belongs to no pair",
    cause="Somebody registered it with the owner's key, or it was there before the stack took the contract over.",
    remedy="If you do not know it, somebody else has the owner's key: have `make refresh` and `make up` deregister "
    "the operator (bridge.otherOperators: remove), then move the ownership to a new key (docs/runbooks.md).",
)
VOTES_CHANGED = Problem(
    545,
    "The operators or the threshold of a bridge contract are not as declared",
    cause="Somebody changed the contract with the owner's key, or a run did not come to its end.",
    remedy="Run `make refresh`, then `make up`: it restores what is declared. If nobody of yours changed it, the "
    "owner's key is in other hands: move the ownership to a new key (docs/runbooks.md).",
)
PAIR_UNABLE = Problem(
    546,
    "A pair cannot vote now",
    cause="One of its nodes is down, not connected or behind, does not serve the contracts, or counts its "
    "transactions wrong; or its operator is not registered.",
    remedy="Run `make refresh`, then `make up`, which starts and repairs nodes and registers operators. Rebuild a dead "
    "machine with `make replace MACHINE=…`.",
)
PAIRS_UNABLE = Problem(
    547,
    "A vote cannot be removed, or the threshold cannot be raised, because the pairs could not pay transfers then",
    cause="Too few of the pairs that stay can vote now. Nothing was sent for this step.",
    remedy="Put the settings back as they were, run `make refresh` and `make up` until the pairs in the message "
    "can vote, then make the change again (docs/changing.md).",
)
TOO_FEW_VOTES = Problem(
    548,
    "Fewer operators can vote than a transfer needs",
    cause="Pairs cannot vote now, or the threshold is higher than the number of pairs that are registered.",
    remedy="Bring the pairs back: `make refresh` shows what is wrong with each, `make up` repairs it. If they are too "
    "few, add a pair or lower bridge.threshold. Transfers wait until then and are not lost.",
)
FEE_VOTES_LOW = Problem(
    549,
    "A fee needs fewer votes than a transfer",
    cause="The threshold of configuration votes was never raised: in a new contract it is 1.",
    remedy="Set bridge.threshold and run `make up`, which sets both thresholds. It cannot do so while an SCN owns the "
    "contract: move the ownership to a key first (docs/contracts.md).",
)
