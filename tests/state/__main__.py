"""Writes the states of version 1 anew: python -m tests.state. See the README beside this file for when to do that."""

from tests.state.deployment import write
from tests.state.engine import run, whole
from tests.state.stacks import PASSPHRASE, STACKS, path_of

for stack, config in STACKS.items():
    write(path_of(stack), whole(run(config)), PASSPHRASE)
    print(f"wrote {path_of(stack)}")
