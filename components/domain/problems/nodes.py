"""What is wrong with a node: its start, sync, bridge, identity and configuration.

Numbers 320 to 399.
"""

from components.domain.problems.problem import Problem

# -- whether it runs, answers and follows its chain -----------------------------------------------------------

CONSOLE_SILENT = Problem(
    320,
    "The console of a node does not answer",
    cause="The node hangs, as in the known deadlock of v1.0.3 after its EN was away, or its machine is overloaded.",
    remedy="Run `make up`: it restarts the node, while the others are healthy. If it stays silent, read its log in "
    "data/logs of its folder. See docs/runbooks.md.",
)
NODE_DOWN = Problem(
    321,
    "A node does not run",
    cause="Somebody stopped it, its machine was restarted, or it ended by itself, for example with a full disk.",
    remedy="Run `make up`: it starts the node. If it does not start, read the end of its log in data/logs of its "
    "folder, or `journalctl -u` of its service.",
)
DEADLOCKED = Problem(
    322,
    "A node answers nothing after two restarts",
    cause="The node listens on its console and does not answer. v1.0.3 may deadlock while its EN comes back, and a "
    "second restart did not help.",
    remedy="Check that its EN runs and that its machine is not overloaded, then run `make up` again. If it stays, run "
    "`make replace MACHINE=…`.",
)
NOT_RESTARTED = Problem(
    323,
    "A node was not restarted, because another one is not healthy",
    cause="Nodes are restarted one at a time, and only while the others are healthy. The message names the other node. "
    "The node of the message keeps running with its former configuration.",
    remedy="Bring the named node back: `make up` starts it, its log says why it does not start. Then run `make up` "
    "again.",
)
NOT_RECOVERED = Problem(
    324,
    "A restarted node is not yet as healthy as before",
    cause="It makes no blocks, its other node is not connected, or transfers that were requested are not handled yet.",
    remedy="Run `make refresh`, which reports what is wrong with each node, then `make up`. If the chain is halted, "
    "start the other SCNs. See docs/runbooks.md#by-symptom.",
)
NOT_SYNCED = Problem(
    325,
    "A node is not in sync with its chain",
    cause="It still fetches blocks, has no peers, or the chain itself makes no blocks.",
    remedy="Wait, and run `make up` again later: the node continues by itself. Without peers, compare networkId and "
    "genesis with those of the chain, and try the ports of its static nodes. See docs/public-parents.md.",
)
OTHER_VERSION = Problem(
    326,
    "A node runs another version than its package",
    cause="Somebody started another program in its place, or it was not restarted after its package had changed.",
    remedy="Run `make up`: it restarts the node with the program of its package. To run the other version, name its "
    "archive in servicechain-ha:packages.",
)
OTHER_FORK = Problem(
    327,
    "An EN does not follow the chain of the reference RPC",
    cause="It has another block than the reference, or rejects the next one. Most likely its version does not know a "
    "fork of the chain. Otherwise its genesis, its peers or the reference are of another chain.",
    remedy="Name a newer version as packages.ken and run `make up`; upgrade an existing EN yourself. If the version is "
    "the newest, check genesis, staticNodes and referenceRpc of parentChain. See docs/public-parents.md#forks.",
)
PAIR_UNPROVEN = Problem(
    328,
    "A pair runs after its update, and does not prove itself",
    cause="A transfer did not arrive with the vote of the pair, or no block was anchored. The message says which.",
    remedy="Read the log of its SCN. `make up` tries the pair again and then continues with the other nodes. To go "
    "back, run `make rollback` (docs/versions.md#upgrade).",
)
NOT_ANCHORED = Problem(
    329,
    "An SCN that anchors has anchored no block since its update",
    cause="Its EN is not connected, its parent operator cannot pay for the anchor, or the parent chain refuses it.",
    remedy="Read the log of the SCN, and send coins to its parent operator if it has too few.",
)

# -- its bridge -----------------------------------------------------------------------------------------------

BRIDGE_OFF = Problem(
    330,
    "The bridge of a node is off",
    cause="The node was started with another configuration than the one in its files.",
    remedy="Run `make up`: it restarts the node with its files.",
)
WRONG_BRIDGE_PEER = Problem(
    331,
    "The bridge peer of an SCN is missing or wrong",
    cause="The EN was away, or somebody dialled another one. After a restart of either node it takes up to 30 s, after "
    "the death of a machine 60 s.",
    remedy="Wait a minute, then run `make up`: it disconnects a wrong one and dials the right one. If it does not "
    "connect, check that port 50505 of the EN is open to this SCN.",
)
NO_SINGLE_EN = Problem(
    332,
    "An SCN is not connected to exactly one main bridge",
    cause="Its EN is down, the network or port 50505 between them is closed, or another SCN holds the EN's only slot.",
    remedy="Start the EN, open network and port, or disconnect the other SCN, then run `make up` again.",
)
SLOT_TAKEN = Problem(
    333,
    "An EN is connected to an SCN other than that of its pair",
    cause="The main bridge of an EN serves one SCN only, and that one does not let go while it runs.",
    remedy="List that SCN in the pair, take the EN out of its main-bridges.json and restart it, or name another EN.",
)
EN_AWAY = Problem(
    334,
    "An SCN cannot deregister its bridge contracts without its EN",
    cause="The EN of the pair is down or disconnected. The call would hang in the SCN and lock its journal.",
    remedy="Start the EN and run again, or remove the SCN with its machine too. See docs/changing.md#remove-a-pair.",
)
CONTRACT_UNSEEN = Problem(
    335,
    "A node sees no bridge contract at its address",
    cause="The node is behind its chain, or there is no contract at the address in the settings.",
    remedy="Wait until the node has caught up, and run `make up` again. For contracts of your own, check "
    "bridge.childBridge and bridge.parentBridge.",
)
NOT_REGISTERED = Problem(
    336,
    "An SCN does not know the bridge contracts",
    cause="The contracts were deregistered on the node, its disk was lost, or it did not load them after its restart.",
    remedy="Run `make up`: it registers and subscribes them.",
)
NOT_SUBSCRIBED = Problem(
    337,
    "An SCN knows the bridge contracts, but does not serve them",
    cause="The node has lost its subscription, for example because its EN was away when it started.",
    remedy="Run `make up`: it subscribes them. If it fails again, check that the EN of the pair runs.",
)
OTHER_COUNTERPART = Problem(
    338,
    "An SCN serves the child contract with another parent contract",
    cause="Somebody registered another pair of contracts on this node, or the node is that of another bridge.",
    remedy="Call `subbridge.deregisterBridge` with the pair in the message in the console of the SCN, then run "
    "`make up`. See docs/runbooks.md#by-message.",
)
MISCOUNTED = Problem(
    339,
    "An SCN counts the transactions of its operator wrong, and so does not vote",
    cause="Its machine or its EN began with an empty chain, the EN lagged, or the operator's key was used elsewhere.",
    remedy="Run `make refresh`, then `make up`: it restarts the SCN, which counts again. If it stays, make sure that "
    "the EN is in sync.",
)
WRONG_ANCHORING = Problem(
    340,
    "An SCN anchors otherwise than its configuration says",
    cause="Somebody changed it in the console of the running node.",
    remedy="Run `make refresh`, then `make up`: it switches anchoring back, or restarts the node for another period.",
)
JOURNAL_KEPT = Problem(
    341,
    "An existing SCN was released, and still has the bridge contracts of the stack",
    cause="The SCN or its EN did not answer when the stack was removed.",
    remedy="Once both run, call `subbridge.deregisterBridge` with the two contracts in the console of the SCN.",
)
ANCHORS_LATE = Problem(
    342,
    "An SCN has not anchored for three periods",
    cause="Its operator has no coins for gas on the parent chain, its EN is away or behind, or its pool of "
    "transactions for the parent chain is stuck.",
    remedy="Look at the other findings of this pair first. Otherwise run `make refresh` and `make up`.",
)
OPERATOR_LOCKED = Problem(
    343,
    "The key of an operator is locked on its SCN",
    cause="Somebody locked it with the API of the node, or the password of its keystore was not there at the start.",
    remedy="Restart the SCN, which unlocks it. If it is locked again, run `make refresh` and `make up`: its files are "
    "written again.",
)
POOL_FILLS = Problem(
    344,
    "Many transactions of an SCN for the parent chain are not mined",
    cause="Its EN is away or behind, the operator has no coins for gas, or gas costs more than the node offers. When "
    "8192 are waiting, the SCN takes no more.",
    remedy="Look at the other findings of this pair first: the pool empties by itself once its cause is gone.",
)
OTHER_FORKS = Problem(
    345,
    "The chain config of a node does not have the forks of its genesis.json",
    cause="It was not restarted since the fork is in the settings, or its data are of an earlier time, such as those "
    "of a backup. It stops at the first block to which a fork gives another result, and follows the chain by the old "
    "rules until then.",
    remedy="Run `make up`: it restarts the node, which takes the forks over if its newest block is before them. If it "
    "has passed one, the run ends with SCH-449. See docs/versions.md#a-node-that-missed-a-fork.",
)

# -- who it is ------------------------------------------------------------------------------------------------

OTHER_IDENTITY = Problem(
    350,
    "A node has another key or chain than computed",
    cause="Another node runs on that machine or in that folder, or its key files, genesis or chain data were "
    "exchanged. Nothing was changed on it.",
    remedy="Check that the settings name the right machine and folder. If it is the right one, run `make refresh` and "
    "`make up`: its files are written again, and it is restarted.",
)
IDENTITY_CHANGED = Problem(
    351,
    "An existing node has another identity than when it was adopted",
    cause="Somebody gave it another node key, address, network id or operators, or the machine is another one.",
    remedy="If the change is yours, run `make preview` to see what depends on it, then `make up`. If not, find out who "
    "exchanged the keys.",
)
KNI_UNREADABLE = Problem(
    352,
    "An existing node reports a KNI without public key and port",
    cause="The node is of another version or program than ken or kscn, or its network is not up yet.",
    remedy="Check with `admin.nodeInfo.kni` in its console, wait until it has started, and run again.",
)

# -- its files ------------------------------------------------------------------------------------------------

FILE_CHANGED = Problem(
    360,
    "A file of a node is not what was written",
    cause="Somebody edited, removed or replaced it on the machine, or changed its mode or owner.",
    remedy="Run `make up`: it writes the file again, and restarts the node if the node reads it at its start. To keep "
    "the change, make it in the settings instead. See docs/drift.md.",
)
CONF_OF_OTHER_NODE = Problem(
    361,
    "The configuration of an existing node names another data folder than the settings",
    cause="`conf` or `data` in the settings is that of another node, or DATA_DIR is relative or has a quoted ~.",
    remedy="Correct node.data or node.conf in existing.hosts, or write the absolute path as DATA_DIR. See "
    "docs/adoption.md.",
)
CONF_BROKEN = Problem(
    362,
    "Bash cannot read the configuration of an existing node to its end",
    cause="The file has a syntax error or an `exit`, so the node would start with the lines above it alone.",
    remedy="Correct the line in the message; `bash -n FILE` on the machine shows it. Then run again.",
)
CONF_OVERRULED = Problem(
    363,
    "A key cannot be set in the configuration of an existing node",
    cause="The file computes the key in a way that overrides every assignment, for example as readonly.",
    remedy="Set the values in the message by hand where the file computes them, and run again. See docs/adoption.md.",
)
CONF_EDITED = Problem(
    364,
    "The configuration of an existing node was changed after the stack had set it",
    cause="Somebody edited the conf or main-bridges.json on the machine, or an upgrade of the package replaced it.",
    remedy="Run `make up`: it sets the keys again, and restarts the node. To keep the change, make it in the settings.",
)
NO_START_WITH_BRIDGE = Problem(
    365,
    "An existing node did not start with the keys of a bridge",
    cause="The node refuses its new configuration, or the script of its package is not what starts it. It has its "
    "former files again, and runs.",
    remedy="Correct the error at the end of its log, or set node.restart of its host to the command that restarts it. "
    "Then run `make up` again.",
)
NO_START_AT_ALL = Problem(
    366,
    "An existing node starts neither with its new files nor with its old ones",
    cause="Its former files, or something else on its machine, were changed after its last start.",
    remedy="Its old files are restored. Correct the error at the end of its log, start it, and run `make up` again.",
)
APIS_EXPOSED = Problem(
    367,
    "An existing node serves APIs to others that control it",
    cause="Its conf serves subbridge, personal, admin or the like over HTTP or WebSocket on other addresses than "
    "loopback, as the packaged confs do.",
    remedy="Take them out of RPC_API and WS_API of its conf, or set RPC_ADDR and WS_ADDR to 127.0.0.1, and restart it. "
    "See docs/adoption.md#apis-open-to-others.",
)
OWNER_EXPOSED = Problem(
    368,
    "A node that owns a bridge contract serves APIs to others that control it",
    cause="The node is named as parentOwnerNode or childOwnerNode, and whoever reaches these APIs could pass any vote.",
    remedy="Close the APIs as the message says, or have the contract owned by a key that no node holds. See "
    "docs/owner-keys.md.",
)
CHANGES_UNKNOWN = Problem(
    369,
    "What will be changed on an existing node is not known yet",
    cause="Its machine does not answer, so the preview cannot read its files.",
    remedy="Bring the machine back, or correct its entry in existing.hosts, and run `make preview` again.",
)
NOT_RESTORED = Problem(
    370,
    "An existing node was released without its former files",
    cause="Its machine did not answer when the node was removed from the stack.",
    remedy="Once it is back, put the copies NAME.before-servicechain-ha in the place of its files by hand, and restart "
    "the node.",
)
# -- what cannot be read --------------------------------------------------------------------------------------

STATE_UNKNOWN = Problem(
    390,
    "What cannot be read is assumed to be unchanged",
    cause="A machine, or every node of a chain, did not answer the refresh, so its state is unchanged.",
    remedy="Repair what the message names, then run `make refresh` again. `make up` starts nodes that are down.",
)
