"""What stops a run or a command of the Makefile: state, drill, replace, rpc, down, sweep.

Numbers 600 to 699.
"""

from components.domain.problems.problem import Problem

STATE_OF_OTHER_VERSION = Problem(
    690,
    "The state of the stack was written by another version of the program",
    cause="A later version has a resource in the state that this one does not know.",
    remedy="Check out the version that wrote the state, or a later one, and run again.",
)
