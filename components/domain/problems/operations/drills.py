"""What stops a drill, and what makes it fail.

Numbers 650 to 659.
"""

from components.domain.problems.problem import Problem

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
