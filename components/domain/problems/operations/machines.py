"""What is wrong with nodes after a run, and what stops a replacement or a tunnel.

Numbers 620 to 649.
"""

from components.domain.problems.problem import Problem

# -- look -----------------------------------------------------------------------------------------------------

NODE_ILL = Problem(
    620,
    "A node does not answer",
    cause="Its machine answers, the node does not: it was stopped, has crashed, hangs, or answers with an error.",
    remedy="Run `make up`, which starts or restarts it. If it stays like that, read the end of its log in data/logs.",
)
MACHINE_SILENT = Problem(
    621,
    "The machine of a node does not answer in time",
    cause="The machine or the network to it is down or slow.",
    remedy="Check the machine, run `make refresh` and `make up`; if it is lost, `make replace` (docs/changing.md).",
)
OTHER_MAIN_BRIDGES = Problem(
    622,
    "An SCN is not connected to its EN alone",
    cause="The EN is down or was just restarted, its port 50505 is closed to the SCN or taken, or the SCN "
    "was connected to another main bridge.",
    remedy="After a restart, wait 30 seconds, after the sudden death of a machine 60. Otherwise run `make up`, which "
    "disconnects a wrong main bridge and connects the right one (docs/runbooks.md).",
)
BRIDGE_NOT_SERVED = Problem(
    623,
    "An SCN does not serve the bridge contracts",
    cause="Somebody deregistered or unsubscribed them on the SCN, or a run was killed between two steps. Its pair "
    "handles no transfers.",
    remedy="Run `make up`, which registers and subscribes them.",
)

# -- replace --------------------------------------------------------------------------------------------------

UNKNOWN_MACHINE = Problem(
    630,
    "MACHINE names no machine of the stack",
    cause="MACHINE is missing or misspelt, or the stack is another one than intended.",
    remedy="Take a name from the message: `make replace MACHINE=scn-1 STACK=name`.",
)
PARENT_CHAIN_LOST = Problem(
    631,
    "The machine has the only copy of the private parent chain",
    cause="A private parent chain has one validator. Its chain data is deleted with its machine.",
    remedy="Repair the machine instead. To begin with new chains, run `make down` and `make up`.",
)
CHILD_CHAIN_LOST = Problem(
    632,
    "The child chain would be lost with the machine",
    cause="The chain data of an SCN is deleted with its machine, and with up to three SCNs all of them are needed to "
    "continue the chain.",
    remedy="Increase `serviceChain.nodes` to four SCNs or more, run `make up`, then repeat the command "
    "(docs/changing.md).",
)
OTHERS_UNHEALTHY = Problem(
    633,
    "A machine is not replaced while another one is unhealthy",
    cause="At least one other node does not answer, is not in sync, or does not serve the bridge contracts. Replacing "
    "one more could stop transfers or the child chain.",
    remedy="Repair the nodes that the message names with `make refresh` and `make up`, then repeat the command.",
)
CHAIN_WAITS_FOR_MACHINE = Problem(
    634,
    "The child chain stops until the machine is back",
    cause="Too few validators remain without the machine: ⌈2n/3⌉ of n have to agree on a block.",
    remedy="Wait: blocks and transfers continue when it is back. Four SCNs or more avoid this (docs/changing.md).",
)
STILL_UNHEALTHY = Problem(
    635,
    "The machine was replaced and is not healthy",
    cause="Its node does not answer, is not in sync, or does not serve the contracts: see the error above the message.",
    remedy="Run `make refresh`, then `make up`.",
)
TWO_MACHINES = Problem(
    636,
    "More than one machine would be replaced in one run",
    cause="`make up` got several machines with `--replace`. The child chain may stop when two are rebuilt at once.",
    remedy="Replace them one after the other: `make replace MACHINE=name` (docs/changing.md).",
)

# -- rpc ------------------------------------------------------------------------------------------------------

UNKNOWN_NODE = Problem(
    640,
    "NODE names no node of the stack",
    cause="NODE is missing or misspelt, or the stack is another one than intended.",
    remedy="Take a name from the message: `make rpc NODE=scn-1 STACK=name` (docs/commands.md).",
)
BAD_PORT = Problem(
    641,
    "RPC_PORT or LOCAL_PORT is not a port",
    cause="The value is not a number from 0 to 65535.",
    remedy="Correct it, or leave it out: RPC_PORT is 8551 by default, and LOCAL_PORT any free port.",
)
LOCAL_PORT_TAKEN = Problem(
    642,
    "The local end of the tunnel cannot be opened",
    cause="Another process listens on LOCAL_PORT, or the port is below 1024 and needs root.",
    remedy="Choose another LOCAL_PORT, or leave it out to get a free one.",
)
TUNNEL_LOST = Problem(
    643,
    "The tunnel to a node was lost",
    cause="The SSH connection to the machine or the bastion has ended: a restart, or the network failed.",
    remedy="Run `make rpc` again. If it fails, check the machine with `make refresh`.",
)
RPC_CLOSED = Problem(
    644,
    "A node does not answer HTTP RPC",
    cause="The SSH connection works, and no HTTP RPC answers on loopback of the machine: the node is down, its RPC is "
    "off, or it has another port.",
    remedy="Run `make up` to start the node. On an existing node set RPC_ENABLE=1 in its conf and restart it, or name "
    "its port with RPC_PORT (docs/commands.md).",
)
