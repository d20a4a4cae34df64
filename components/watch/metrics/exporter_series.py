"""The series of our exporter that every node has, and those of the SCN of a pair. Pure data."""

from typing import Final

from components.watch.metrics.series import PREFIX, SeriesOf, all_in

CHECKPOINT: Final = 100
"""Every so many blocks is one whose hash is compared among the nodes of a chain."""
HASH_BITS: Final = 48
"""Of a hash, as a number that a float holds exactly."""


_node = SeriesOf("every node", PREFIX)
_scn = SeriesOf("SCN of a pair", PREFIX)
_PART = "It is missing while the node does not answer: use servicechain_node_up, or absent()."


LAST_RUN: Final = _node(
    "exporter_last_run_timestamp_seconds",
    "When the exporter ran last (Unix time).",
    "clock of the machine",
    unit="seconds",
    pitfall="node_exporter keeps serving the file: when the exporter stops, all other series keep their last values.",
)
UNANSWERED: Final = _node(
    "exporter_unanswered_questions",
    "Questions that the node did not answer, or not in a way that can be read.",
    "all calls",
    pitfall="What was not answered is left out, never zero. " + _PART,
)
NODE_UP: Final = _node(
    "node_up",
    "Whether the node answers on its IPC socket (1) or not (0).",
    "eth_chainId, eth_blockNumber",
    pitfall="It says nothing of its age; a node without peers is up.",
)
NODE_INFO: Final = _node(
    "node_info", "Version and chain of the node; always 1.", "web3_clientVersion, eth_chainId", "version", "chain_id"
)
NODE_VERSION: Final = _node(
    "node_version_number",
    "Version of the node as a number: major x 1000000 + minor x 1000 + patch.",
    "web3_clientVersion",
    pitfall="A node does not report whether its version is a release candidate.",
)
NODE_STARTED: Final = _node(
    "node_process_start_time_seconds",
    "When the process of the node was started (Unix time).",
    "peer of the IPC socket, /proc/PID/stat, /proc/stat",
    unit="seconds",
    pitfall="A clock that is set moves it without a restart.",
)
HEAD_BLOCK: Final = _node("head_block", "Number of the node's newest block.", "eth_getBlockByNumber", unit="blocks")
HEAD_TIME: Final = _node(
    "head_timestamp_seconds",
    "Time of the node's newest block (Unix time).",
    "eth_getBlockByNumber",
    unit="seconds",
    pitfall="Its age is time() minus it, by the clock of the monitor.",
)
CHECKPOINT_BLOCK: Final = _node(
    "checkpoint_block",
    f"The newest block whose number is a multiple of {CHECKPOINT}.",
    "eth_blockNumber",
    unit="blocks",
)
CHECKPOINT_HASH: Final = _node(
    "checkpoint_hash",
    f"The first {HASH_BITS} bits of the hash of servicechain_checkpoint_block, as a number.",
    "eth_getBlockByNumber",
    pitfall="Compare it only between nodes with the same servicechain_checkpoint_block.",
)
PEERS: Final = _node("peers", "Nodes of its chain that the node is connected to.", "admin_peers")
BEST_PEER_BLOCK: Final = _node(
    "best_peer_block",
    "The newest block that a peer of the node has announced.",
    "admin_peers",
    unit="blocks",
    pitfall="It is missing without peers. A peer announces a block a moment before this node has imported it.",
)
VALIDATORS: Final = _node(
    "validators", "Validators of the chain (size of its council).", "istanbul_getSnapshot or istanbul_getValidators"
)
VALIDATORS_NEEDED: Final = _node(
    "validators_needed",
    "How many validators have to agree on a block.",
    "size of the council",
    pitfall="With fewer than 4 validators it is all of them.",
)
DATA_FREE: Final = _node(
    "data_free_bytes",
    "Free space on the disk of the node's data, for the node's user.",
    "statvfs of the data folder",
    unit="bytes",
    pitfall="It is there also while the node does not answer. A full disk may stop the exporter: then it keeps "
    "its last value.",
)
DATA_SIZE: Final = _node(
    "data_size_bytes", "Size of the disk of the node's data.", "statvfs of the data folder", unit="bytes"
)


MAIN_BRIDGES: Final = _scn(
    "scn_main_bridges", "Main bridges (ENs) that the SCN is connected to; it needs one.", "subbridge_peers"
)
RIGHT_MAIN_BRIDGE: Final = _scn(
    "scn_right_main_bridge",
    "Whether the main bridge of the pair's own EN is connected (1).",
    "subbridge_peers",
    pitfall="It is 0 also while none is connected, and missing where the key of the EN is not known.",
)
REGISTERED: Final = _scn(
    "scn_registered", "Whether the SCN's journal has both contracts as a pair (1).", "subbridge_listBridge"
)
SUBSCRIBED: Final = _scn(
    "scn_subscribed",
    "Whether the SCN serves the contracts (1): marked in its journal, and in its memory.",
    "subbridge_listBridge, subbridge_getRegisteredOperators",
    pitfall="subbridge_getBridgeInformation is never asked: it changes the node's counters, and may hang.",
)
ANCHORING: Final = _scn("scn_anchoring", "Whether the SCN anchors (1).", "subbridge_getAnchoring")
ANCHORING_PERIOD: Final = _scn(
    "scn_anchoring_period_blocks", "Blocks from one anchor to the next.", "subbridge_getAnchoringPeriod", unit="blocks"
)
ANCHORED_BLOCK: Final = _scn(
    "scn_anchored_block",
    "The newest child block of which the SCN has the receipt of an anchor.",
    "subbridge_getLatestAnchoredBlockNumber",
    unit="blocks",
    pitfall="The receipt comes some blocks after the anchor.",
)
PENDING: Final = _scn(
    "scn_pending_transactions",
    "Transactions for the parent chain that are not mined yet.",
    "subbridge_txPendingCount",
)
OPERATOR_NONCE: Final = _scn(
    "scn_operator_nonce",
    "Nonce of the next transaction of the SCN's operator, as the SCN counts.",
    "subbridge_getOperators",
    "side",
    pitfall="While it stays below servicechain_operator_transactions_mined of that chain, the SCN does not vote.",
)
OPERATOR_NONCE_KNOWN: Final = _scn(
    "scn_operator_nonce_known",
    "Whether the SCN knows that nonce (1).",
    "subbridge_getOperators",
    "side",
    pitfall="That of the parent chain it asks its EN for, so it is 0 after a start without an EN.",
)
OPERATOR_UNLOCKED: Final = _scn(
    "scn_operator_unlocked", "Whether the key of the SCN's operator is unlocked (1).", "subbridge_getOperators", "side"
)

ALL: Final = all_in(globals())
"""In the order of this module."""
