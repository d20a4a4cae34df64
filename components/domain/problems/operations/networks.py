"""What stops the removal of a local network, and the state of another version.

Numbers 660 to 699.
"""

from components.domain.problems.problem import Problem

# -- sweep ----------------------------------------------------------------------------------------------------

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

# -- versions -------------------------------------------------------------------------------------------------

STATE_OF_OTHER_VERSION = Problem(
    690,
    "The state of the stack was written by another version of the program",
    cause="A later version has a resource in the state that this one does not know.",
    remedy="Check out the version that wrote the state, or a later one, and run again.",
)
