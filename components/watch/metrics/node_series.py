"""The series of a node itself (port 61001) that rules and dashboards use. Pure data.

Names as in v1.0.3, seen on running nodes; v2.2.1 has the same. There are about 850; these are those that say something
that nothing else does. They need METRICS=1 and PROMETHEUS=1 in the conf.
"""

from typing import Final

from components.watch.metrics.series import SeriesOf, all_in

_PORT: Final = "port 61001: "
_METER: Final = "It is a rate over one minute already: do not use rate()."
_RESET: Final = "It begins at 0 at each start of the node."
_FLUSH: Final = "The node updates it every 3 s."

_node = SeriesOf("every node", "klaytn_")
_validator = SeriesOf("validators and SCNs", "klaytn_")
_scn = SeriesOf("SCN of a pair", "klaytn_")

ROUND_RATE: Final = _validator(
    "consensus_istanbul_core_round",
    "Rounds of consensus that failed.",
    _PORT + "consensus/istanbul/core/round",
    unit="per second",
    pitfall=f"{_METER} 0 on nodes that take no part in the consensus. Nodes count rounds that they catch up with too.",
)
CURRENT_ROUND: Final = _validator(
    "consensus_istanbul_core_currentRound",
    "Round of consensus on the next block; 0 unless proposals for it have failed.",
    _PORT + "consensus/istanbul/core/currentRound",
    pitfall="A round lasts 10 s and more, and a scrape may miss it.",
)
SEQUENCE_RATE: Final = _validator(
    "consensus_istanbul_core_sequence",
    "Blocks on which a consensus was begun.",
    _PORT + "consensus/istanbul/core/sequence",
    unit="per second",
    pitfall=_METER,
)
COUNCIL: Final = _validator(
    "consensus_istanbul_core_councilSize",
    "Validators of the chain.",
    _PORT + "consensus/istanbul/core/councilSize",
    pitfall="0 on nodes that take no part in the consensus: prefer servicechain_validators.",
)
BAD_BLOCKS: Final = _node(
    "blockchain_bad_block_counter",
    "Blocks that the node refused because they break a rule of the chain.",
    _PORT + "blockchain/bad/block/counter",
    pitfall=_RESET,
)
OWN_HEAD: Final = _node(
    "blockchain_head_blocknumber",
    "Number of the newest block that the node has written.",
    _PORT + "blockchain/head/blocknumber",
    unit="blocks",
    pitfall="0 after a start until the next block comes.",
)
BLOCK_TRANSACTIONS: Final = _node(
    "blockchain_block_tx_gauge", "Transactions in the newest block.", _PORT + "blockchain/block/tx/gauge"
)
EXECUTION: Final = _node(
    "chain_execution",
    "Time spent on the execution of blocks.",
    _PORT + "chain/execution",
    unit="nanoseconds per second",
    pitfall=_METER,
)
POOL_PENDING: Final = _node(
    "tx_pool_pending_gauge", "Transactions in the pool that can be mined.", _PORT + "tx/pool/pending/gauge"
)
POOL_QUEUED: Final = _node(
    "tx_pool_queue_gauge", "Transactions in the pool that wait for one before them.", _PORT + "tx/pool/queue/gauge"
)
POOL_REFUSED: Final = _node(
    "txpool_refuse", "Transactions refused because the pool was full.", _PORT + "txpool/refuse", pitfall=_RESET
)
EN_PEERS: Final = _node(
    "p2p_ENPeerCountGauge", "ENs that the node is connected to.", _PORT + "p2p/ENPeerCountGauge", pitfall=_FLUSH
)
CN_PEERS: Final = _node(
    "p2p_CNPeerCountGauge",
    "Consensus nodes that the node is connected to.",
    _PORT + "p2p/CNPeerCountGauge",
    pitfall=_FLUSH,
)
PEERS_OF_BOTH: Final = _node(
    "p2p_PeerCountGauge",
    "Peers of the chain, or of the bridge.",
    _PORT + "p2p/PeerCountGauge",
    pitfall="Two servers write it, that of the chain and that of the bridge: it jumps between the two. Do not use it.",
)
BRIDGE_POOL_REFUSED: Final = _scn(
    "bridgeTxpool_refuse",
    "Transactions for the parent chain that were refused because the bridge's pool was full.",
    _PORT + "bridgeTxpool/refuse",
    pitfall=_RESET,
)
ANCHORED: Final = _scn(
    "klay_bridge_anchroing_blocknumber",
    "The newest child block whose anchor has a receipt.",
    _PORT + "klay/bridge/anchroing/blocknumber",
    unit="blocks",
    pitfall="Misspelt in the node. 0 after a start until the next receipt: prefer servicechain_scn_anchored_block.",
)
REQUEST_EVENTS: Final = _scn(
    "klay_bridge_vt_event_request",
    "Events of requests, of both directions.",
    _PORT + "klay/bridge/vt/event/request",
    unit="per second",
    pitfall=_METER,
)
HANDLE_EVENTS: Final = _scn(
    "klay_bridge_vt_event_handle",
    "Events of handled requests, of both directions.",
    _PORT + "klay/bridge/vt/event/handle",
    unit="per second",
    pitfall=_METER,
)
RECOVERED: Final = _scn(
    "klay_bridge_vt_event_recovery_request",
    "Requests that the recovery has sent again.",
    _PORT + "klay/bridge/vt/event/recovery/request",
    unit="per second",
    pitfall=f"{_METER} With an unreachable threshold each of them is a paid transaction that does nothing.",
)
PENDING_REQUESTS: Final = _scn(
    "klay_bridge_vt_event_pend_request",
    "Requests that wait in the SCN.",
    _PORT + "klay/bridge/vt/event/pend/request",
    pitfall=f"It drifts upwards: a request that comes twice is counted twice. Do not alert on it. {_RESET}",
)
NONCES_REQUESTED: Final = _scn(
    "klay_bridge_vt_nonce_request",
    "Sum of the request nonces that the SCN knows.",
    _PORT + "klay/bridge/vt/nonce/request",
    pitfall=f"It sums both directions: prefer servicechain_bridge_requested. {_RESET}",
)
NONCES_HANDLED: Final = _scn(
    "klay_bridge_vt_nonce_handle",
    "Sum of the handled nonces that the SCN knows.",
    _PORT + "klay/bridge/vt/nonce/handle",
    pitfall=f"It sums both directions: prefer servicechain_bridge_handled. {_RESET}",
)
NONCES_LOWER: Final = _scn(
    "klay_bridge_vt_nonce_lowerhandle",
    "Sum of the lower handled nonces that the SCN knows.",
    _PORT + "klay/bridge/vt/nonce/lowerhandle",
    pitfall=f"It sums both directions: prefer servicechain_bridge_handled. {_RESET}",
)

ALL: Final = all_in(globals())
"""In the order of this module."""
