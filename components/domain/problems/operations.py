"""What stops a run or a command of the Makefile: state, status, drill, replace, rpc, down, sweep.

Numbers 600 to 699.
"""

from components.domain.problems.problem import Problem

# -- state -------------------------------------------------------------------------------------------------

CALLED_WRONGLY = Problem(
    600,
    "A command of the toolchain was called with wrong arguments",
    cause="A script in `toolchain/` got too few arguments, an unknown verb, or something that is not a stack name.",
    remedy="Use the commands of the Makefile, which `make help` lists: `make up STACK=name` (docs/commands.md).",
)
BACKEND_SILENT = Problem(
    601,
    "It is not known whether the stack exists",
    cause="Pulumi cannot read the place where states are kept: it is not reachable, access is denied, or the address "
    "is wrong. The message ends with what Pulumi says.",
    remedy="Check `PULUMI_BACKEND_URL` and the login to it, for example with `pulumi whoami` in `make shell`. Then "
    "run the command again.",
)
STACK_NOT_CREATED = Problem(
    602,
    "Pulumi cannot create the stack",
    cause="The name is not one that Pulumi accepts, or the place of the states cannot be written. What Pulumi says is "
    "above the message.",
    remedy="Use letters, digits, dashes, underscores and dots in the name, check the access to `PULUMI_BACKEND_URL`, "
    "and run `make up` again.",
)
NO_STACK = Problem(
    603,
    "There is no such stack",
    cause="The stack was never created, was removed by `make down`, or is in another place of states than "
    "`PULUMI_BACKEND_URL`.",
    remedy="Name another stack with `STACK=name`, or create this one with `make up`. `pulumi stack ls` in `make "
    "shell` lists those that exist.",
)
STACK_LOCKED = Problem(
    604,
    "Another run has the lock on the stack",
    cause="A run on this or another machine works on the stack, or was killed on another machine and left its lock.",
    remedy="Wait until that run is over. If it no longer exists, run `toolchain/run pulumi cancel --yes --stack name` "
    "and repeat the command (docs/interrupted.md).",
)
STACK_NOT_UP = Problem(
    605,
    "The stack is not complete",
    cause="The state has no nodes or no pairs: the stack was never up, or its last run did not end well.",
    remedy="Run `make up`, then the command again.",
)
STATE_ELSEWHERE = Problem(
    606,
    "The state of the stack is in another backend",
    cause="`PULUMI_BACKEND_URL` is not set, or selects another place than the one where this checkout last worked on "
    "the stack. With a second state, its machines would be made once more, with the same keys. Nothing was changed.",
    remedy="Set `PULUMI_BACKEND_URL` to the backend that the message names (docs/team.md).",
)
RUNS_WITHOUT_STATE = Problem(
    607,
    "Machines of the stack run on AWS, and there is no state of it here",
    cause="`PULUMI_BACKEND_URL` is not set or selects another place, the state was lost, or somebody else has a stack "
    "of this name in the account. Made once more, the nodes would run twice with the same keys. Nothing was changed.",
    remedy="Set `PULUMI_BACKEND_URL` to the backend of the stack, or put its state back (docs/team.md). For another "
    "stack, choose another name. If the machines are not wanted, terminate them; their tags name the stack.",
)

# -- down --------------------------------------------------------------------------------------------------

STACK_PROTECTED = Problem(
    610,
    "The stack has protected resources, so it is not destroyed",
    cause="`protection` is on in the settings; it is the default of a bridge to mainnet.",
    remedy="If the stack really has to go, set `protection` to false, run `make up`, and `make down` again "
    "(docs/configuration.md).",
)
MAYBE_IN_THE_CLOUD = Problem(
    611,
    "AWS may have something of the stack that the state does not know",
    cause="A run was killed while AWS created a resource, so its id was never written into the state.",
    remedy="Find it in the AWS account by its tags, and delete it. `make up` makes another one (docs/interrupted.md).",
)
MAYBE_CLAIMED = Problem(
    612,
    "A machine may still be claimed by the stack",
    cause="A run was killed while it claimed an existing machine, so the claim is not in the state.",
    remedy="Run `make up`, which takes the claim over, then `make down`. Or delete the node's folder on that machine.",
)
NOT_DISPOSABLE = Problem(
    613,
    "The stack may not be destroyed unattended",
    cause="The parent chain is mainnet, or the stack is protected. The teardown workflow destroys test stacks only.",
    remedy="Check the name of the stack. If this one has to go, run `make down` by hand (docs/commands.md).",
)
RESOURCES_REMAIN = Problem(
    614,
    "Some resources of the stack could not be destroyed",
    cause="A machine, a node or AWS did not answer, or refused the removal. The errors above the message say which.",
    remedy="Repair what the errors name, and run `make down` again. It continues where it stopped.",
)
STACK_KEPT = Problem(
    615,
    "The state is kept, because something outside of it may exist",
    cause="All resources in the state are destroyed. Some whose creation was interrupted may also exist.",
    remedy="Do what the errors above say, run the command in the message, then `make down` (docs/interrupted.md).",
)
SEED_LOST = Problem(
    616,
    "The identity seed of a stack is lost",
    cause="The stack exists, and the file with the number that all its keys are derived from is missing or empty.",
    remedy="Put the file back from a backup. Without one the stack cannot be changed; `make down` removes it.",
)
NOT_ALL_HEALTHY = Problem(
    617,
    "A node is not healthy after an up that succeeded",
    cause="The node or its machine failed, and an up compares the settings with the state, not with the machines.",
    remedy="Each node is listed with what repairs it. Do that, then run `make up` until every node serves its pair.",
)

DOWN_INTERRUPTED = Problem(
    618,
    "The destruction of a stack was interrupted",
    cause="Ctrl-C was pressed during `make down`. A part of the stack may be gone.",
    remedy="Run `make down` to go on. If the stack is to stay, run `make up`: it makes again what is gone. What was on "
    "a machine that is gone is lost (docs/interrupted.md).",
)

# -- look --------------------------------------------------------------------------------------------------

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

# -- replace -----------------------------------------------------------------------------------------------

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

# -- rpc ---------------------------------------------------------------------------------------------------

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

# -- drill -------------------------------------------------------------------------------------------------

NO_DRILL_HERE = Problem(
    650,
    "The stack cannot be drilled, or not with this fault",
    cause="The stack, a machine or the contracts lack what a drill needs; the message names it.",
    remedy="Complete the stack with `make up`, or drill another fault or another stack (docs/commands.md#drill).",
)
EN_NOT_KILLED = Problem(
    651,
    "A node is still there after the drill killed it",
    cause="Something starts it again, such as another run on the same stack.",
    remedy="Find what starts it and stop that. Then run `make up` and the drill again.",
)
TRANSFERS_MISSING = Problem(
    652,
    "Transfers did not arrive during the drill",
    cause="The pairs did not handle the transfers in time: too few for the threshold, not connected, or without coins "
    "for gas. Or a recipient has another amount than was sent.",
    remedy="Run `make status` and `make trace TX=0x…`, repair what they report with `make up`, and drill again.",
)
PAIR_NOT_BACK = Problem(
    653,
    "The bridge does not recover after the drill undid a fault",
    cause="A node imports no blocks, or an SCN does not serve the bridge contracts again.",
    remedy="Run `make refresh`, then `make up`, and the drill again. If a node stays behind, read the end of its log.",
)
NOT_CONFIRMED = Problem(
    654,
    "A drill of machines that are not local is not confirmed",
    cause="The drill stops nodes that may be in use, and spends coins of the owners.",
    remedy="Type the name of the stack when the drill asks, or set `CONFIRM` to it where there is no terminal.",
)
UNWELL_BEFORE_DRILL = Problem(
    655,
    "The bridge is not healthy before a fault",
    cause="Something is wrong already, and one more fault could stop the bridge.",
    remedy="Run `make status`, repair what it reports with `make up`, and run the drill again.",
)
TOO_FEW_LEFT = Problem(
    656,
    "The bridge would not survive the fault",
    cause="Fewer pairs than the threshold or fewer validators than the child chain needs would remain.",
    remedy="Drill another fault, or add pairs or SCNs first (docs/changing.md).",
)
FAULT_NOT_UNDONE = Problem(
    657,
    "A fault of the drill could not be undone",
    cause="The machine did not answer, or the command failed, three times.",
    remedy="Once the machine answers, do what the message says: commands run there, as root. `make drill` first undoes "
    "what an earlier drill left, but starts no node that is down, which `make up` does (docs/commands.md#drill).",
)
INVENTED_PAID = Problem(
    658,
    "The bridge paid a transfer that nobody requested",
    cause="The vote of one operator was enough: another one votes for the same, or the contract is an unknown one.",
    remedy="Stop both contracts now: call `start(false)` with the owner's key. Then find out who else voted "
    "(docs/runbooks.md).",
)
FAULT_UNNOTICED = Problem(
    659,
    "A fault of the drill was not noticed",
    cause="`make status` showed the pairs and nodes of the fault as healthy all the time: the fault had no effect, as "
    "when traffic takes another way than the route that was cut, or the status is blind to it.",
    remedy="Make the fault again with a long `--hold`, and meanwhile look at `make status` and the machine "
    "(docs/commands.md#drill).",
)

# -- sweep -------------------------------------------------------------------------------------------------

NO_SUCH_NETWORK = Problem(
    660,
    "There is no such local network",
    cause="NETWORK is misspelt, or the network was removed meanwhile.",
    remedy="Run `make sweep`, which lists the local networks of this machine, and name one of them.",
)
NETWORK_IN_USE = Problem(
    661,
    "A local network is in use and stays",
    cause="A stack has the network in its state, its checkout was moved, or a process is working on it.",
    remedy="Remove the network with `make down` in the checkout that the message names (docs/commands.md).",
)

# -- versions ----------------------------------------------------------------------------------------------

STATE_OF_OTHER_VERSION = Problem(
    690,
    "The state of the stack was written by another version of the program",
    cause="A later version has a resource in the state that this one does not know.",
    remedy="Check out the version that wrote the state, or a later one, and run again.",
)
