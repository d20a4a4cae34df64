"""What is wrong on a chain: nodes that do not answer or are behind, their peers, validators.

Numbers 400 to 449.
"""

from components.domain.problems.problem import Problem

# -- nodes that do not answer ----------------------------------------------------------------------------------

CONSOLE_LOST = Problem(
    400,
    "The connection to the console of a node was lost",
    cause="The node stopped during a call, or the connection to its machine was cut.",
    remedy="Run `make up` again: it continues where it stopped, and starts or restarts the node. If it is lost again, "
    "read the end of the node's log in `data/logs`.",
)
CALL_REFUSED = Problem(
    401,
    "A node answers a call with an error",
    cause="The node knows no such call, because that part of it is off or still starting, or cannot carry it out. "
    "The reason in the message is the node's own.",
    remedy="Run `make up` again a minute later. If it is refused again, read the node's log in `data/logs`.",
)
CHAIN_UNREADABLE = Problem(
    402,
    "No node of a chain can be used",
    cause="All nodes of the chain that this program knows are down, behind, or on another chain. The message has the "
    "reason for each.",
    remedy="`make refresh` keeps the resources on that chain in the state. `make up` starts nodes that are stopped. "
    "For a dead machine run `make replace MACHINE=…`.",
)
NODE_STARTING = Problem(
    403,
    "A node does not report its chain yet",
    cause="Its console answers before its network server has started.",
    remedy="Run `make up` again some seconds later.",
)
NOT_IN_TIME = Problem(
    404,
    "Something that was waited for did not happen in time",
    cause="The message says what is missing, and how long it was waited for.",
    remedy="Run `make up` again: it continues where it stopped. If the same is missing again, read the logs of the "
    "node that the message names.",
)

# -- nodes that are behind -------------------------------------------------------------------------------------

NODE_BEHIND = Problem(
    410,
    "A node lacks blocks that its peers have",
    cause="The node was started a short time ago, or its machine or its connection is too slow. What it reports of "
    "the chain is old, so nothing is decided by it.",
    remedy="Wait until it has caught up, then run `make up` again. If its block number stays the same, read its log.",
)
CHAIN_HALTED = Problem(
    411,
    "A chain makes no blocks",
    cause="Too few of its validators run or are connected to one another (⌈2n/3⌉ of n are needed), or the node has no "
    "connection to its chain. A wrong clock of this computer looks the same.",
    remedy="Check the clock. Start the validators that are down (`make up`), and check that they can connect to one "
    "another. See docs/runbooks.md, The child chain stops.",
)
REFERENCE_SILENT = Problem(
    412,
    "The reference RPC of the parent chain does not answer",
    cause="Its server is down or refuses this computer, or the address is wrong, or its API key is not valid.",
    remedy="Correct `parentChain.referenceRpc`, or remove it, then run `make up`.",
)
REFERENCE_OF_OTHER_CHAIN = Problem(
    413,
    "The reference RPC is a node of another chain",
    cause="The chain id that it reports is not that of the parent chain.",
    remedy="Set `parentChain.referenceRpc` to an RPC of the parent chain, or remove it, then run `make up`.",
)

# -- peers -----------------------------------------------------------------------------------------------------

PEER_MISSING = Problem(
    420,
    "A node is not connected to the nodes that it dials",
    cause="The other node is down or starting, its port is closed to this machine, or it is on another chain.",
    remedy="Do what the rest of the message says. Check that the other node runs (`make up` starts it), and that its "
    "port is open to the machine of this one.",
)
PEER_KEPT = Problem(
    421,
    "A node is still connected to a peer that it has to leave",
    cause="The node did not close the connection in time. The slot of an EN is free only after that.",
    remedy="Run `make refresh`, then `make up`: it disconnects a wrong peer and dials the right one.",
)
CHAINS_DIFFER = Problem(
    422,
    "Two nodes are not on the same chain",
    cause="Their chain id, network id or genesis block differ, so they never connect. The message has both values.",
    remedy="Set `networkId` of the chain (`parentChain`, `serviceChain`), or name its genesis file, as the other node "
    "has it. Then run `make up`: a node that has only the genesis block is initialized again.",
)
PORT_CLOSED = Problem(
    423,
    "The machine of a node cannot connect to another node",
    cause="No node listens at that address, or a firewall or security group closes its port to this machine.",
    remedy="Start the other node, and open the port that the message names in both directions (22323 unless a conf "
    "says otherwise). Then run `make up`.",
)
PEER_REFUSED = Problem(
    424,
    "What answers at the address of a node does not take this node as a peer",
    cause="It is a node of another chain, a node with another key than its KNI says, or no node at all.",
    remedy="Compare the values in the message with `admin.nodeInfo.protocols.istanbul` in the console of the other "
    "node, and its public key with that in the KNI. Correct the setting that differs, then run `make up`.",
)

# -- validators of the child chain: votes ----------------------------------------------------------------------

NO_OTHER_VALIDATOR = Problem(
    430,
    "No other validator of the child chain answers",
    cause="A vote is cast by another SCN that is a validator. Each of them is down, behind, or has no seat.",
    remedy="Bring back one of the SCNs that the message names, then run `make up`.",
)
BLOCK_REFUSED = Problem(
    431,
    "A node does not accept the blocks of its chain",
    cause="It verifies each block, and finds this one invalid: it has another version or another genesis, or its "
    "database is damaged.",
    remedy="Read its log in `data/logs`, and compare version and genesis with those of the other node. If only this "
    "node fails, run `make replace MACHINE=…`.",
)
VOTE_PENDING = Problem(
    432,
    "A vote on a validator is not in a block yet",
    cause="It counts once the node that voted makes a block. With validators that are down, blocks come late.",
    remedy="Check that the child chain makes blocks, then run `make up` again: it sees whether the vote counts.",
)
SEAT_IDLE = Problem(
    433,
    "A validator has a seat and does not take part",
    cause="Its node is down, not connected, behind or on another chain; the start of the message says which. Until "
    "then the child chain survives fewer losses, and a small one makes no blocks.",
    remedy="Fix what the message says and run `make up` with this SCN in `serviceChain.nodes`. Or take it out of "
    "there while enough others live, and run `make up`: that takes its seat away.",
)
SEAT_TAKEN_BACK = Problem(
    434,
    "A new validator did not take part, and its seat was taken back",
    cause="After the vote its node did not connect or did not get new blocks; the start of the message says why. The "
    "council is the same as before.",
    remedy="Fix what the message says, then run `make up` again.",
)
VOTE_IMPOSSIBLE = Problem(
    435,
    "The child chain is halted, so nobody can be voted in or out",
    cause="Fewer than ⌈2n/3⌉ of its n validators can be reached. A vote needs a block, and there are none.",
    remedy="Start the validators that the message names. List an SCN that was removed in `serviceChain.nodes` again "
    "with its old name and run `make up`. See docs/changing.md, What is refused.",
)
QUORUM_AT_RISK = Problem(
    436,
    "The vote would stop the child chain",
    cause="After it too few of the validators could be reached to make blocks (⌈2n/3⌉ of n have to agree).",
    remedy="Start the validators that the message names, or remove the dead ones from `serviceChain.nodes` in an edit "
    "of its own. Then make this change again. See docs/changing.md, What is refused.",
)
LAST_VALIDATOR = Problem(
    437,
    "The last validator of the child chain cannot be voted out",
    cause="A chain without a validator makes no blocks.",
    remedy="Keep this SCN in `serviceChain.nodes`. To end the chain, run `make down`.",
)
LAST_OF_GENESIS = Problem(
    438,
    "The last validator of the genesis block cannot be voted out",
    cause="A node that begins with an empty chain talks to the validators of the genesis block only. Without one of "
    "them no machine could be rebuilt.",
    remedy="Put this SCN back into `serviceChain.nodes`, then run `make up`.",
)

# -- validators of the child chain: who has a seat ---------------------------------------------------------------

SEAT_WITHOUT_NODE = Problem(
    440,
    "A validator is not in the settings and has no node",
    cause="Its SCN was lost or removed without a vote. It counts for the quorum, so the child chain survives fewer "
    "losses.",
    remedy="Run `make up`: it votes the validator out. To keep it, list its SCN in `serviceChain.nodes` again with its "
    "old name.",
)
FOREIGN_VALIDATOR = Problem(
    441,
    "A validator that is not in the settings is kept",
    cause="It has a node, so it belongs to somebody else, or its SCN was taken out of the settings without a vote. On "
    "a chain that others started, those that this program did not vote in are kept too.",
    remedy="There is nothing to do if it may be there. Otherwise stop its node and run `make up` a minute later: this "
    "votes out a validator without a node, on a chain of others only if this program voted it in.",
)
SEAT_LOST = Problem(
    442,
    "An SCN is no longer a validator of the child chain",
    cause="Somebody voted it out.",
    remedy="Run `make up`: it votes the SCN in again. To keep it out, remove it from `serviceChain.nodes`.",
)
SEAT_KEPT = Problem(
    443,
    "An SCN keeps its seat while it restarts",
    cause="With five or more validators an SCN gives its seat up for its restart. The vote for that was refused, or "
    "did not count in time. The SCN is restarted all the same: until it is back, each of its turns to make a block "
    "costs 10 s.",
    remedy="There is nothing to do if the run continues. If it happens with each SCN, check that the child chain makes "
    "a block each second, and that the governance mode of its genesis is `none`.",
)
SEAT_NOT_REGAINED = Problem(
    444,
    "An SCN has no seat, and could not be voted in again",
    cause="It gave its seat up for its restart, or somebody voted it out. The start of the message says why it did "
    "not get it back. The other SCNs make the blocks, and survive fewer losses without it.",
    remedy="Fix what the message says, then run `make up`: it votes the SCN in again, also with the old archives in "
    "the settings.",
)

# -- forks of our own chains -----------------------------------------------------------------------------------

FORK_TOO_NEAR = Problem(
    445,
    "A fork of a chain of the stack is too near for all nodes to be restarted before it",
    cause="Each node takes the fork over at its restart, one node after the other. A node that comes too late stops at "
    "the block of the fork. Nothing was stopped.",
    remedy="Write a later block; the message names the first one that can be reached. A fork that is planned already "
    "and that near cannot be moved any more. See docs/versions.md#forks-of-your-own-chains.",
)
FORK_IS_PAST = Problem(
    446,
    "A fork of a chain of the stack is past and cannot change",
    cause="The chain has blocks that follow the rules of the fork, or would have to follow them. No node takes a chain "
    "config that says otherwise. Nothing was stopped.",
    remedy="Write the block of the message again under `forks`. A fork that is in effect from the first block needs no "
    "entry.",
)
FORK_UNCHECKED = Problem(
    447,
    "It is not known whether a fork of a chain of the stack is far enough ahead",
    cause="No node of the chain answers, so its newest block is not known. `make up` ends before it restarts a node.",
    remedy="Take the change of `forks` back, run `make up`, which starts nodes that are down, and make it again.",
)
FORKS_WITHOUT_ENTRY = Problem(
    448,
    "The setting `forks` cannot be removed while nodes have the forks in it",
    cause="With the setting, each node takes the forks of its genesis.json over when it is restarted. Without it they "
    "would keep a fork that is planned.",
    remedy="Write `forks: {}` to take planned forks back, and run `make up`; then the key can be removed. Forks that "
    "are past stay in the setting.",
)
FORK_MISSED = Problem(
    449,
    "A node has blocks of a fork that it does not have in its chain config",
    cause="It was not restarted with the fork before the block, and made or took that block by the old rules; or the "
    "fork was moved after the node had passed it. A node does not change the rules of blocks that it has. It was "
    "started again with its old chain config.",
    remedy="Run `make replace MACHINE=…` for this one: it begins its chain again, with the fork. If so many nodes lack "
    "the fork that they need no others for a block (⌈2n/3⌉ of n), it did not take place: write a later block "
    "instead, and run `make up`. See docs/versions.md#a-node-that-missed-a-fork.",
)
