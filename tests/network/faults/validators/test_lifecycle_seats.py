"""The lives of what is known of seats, on a chain of two validators."""

import pytest

from components.dynamic.base import Props
from components.dynamic.validators.child_council import ChildCouncil, ChildCouncilProvider
from components.dynamic.validators.child_seat import ChildSeat, ChildSeatProvider
from tests.lifecycle import Edit, Life, lifecycle
from tests.network.faults.validators.child_chain import CHAIN_ID, ChildChain

pytestmark = pytest.mark.nightly

OLD = "alpha-scn"
"""A validator that is always there."""


def council_of(chain: ChildChain, **changed: object) -> Props:
    """Return the inputs of the ChildCouncil."""
    return {
        "chain_id": float(CHAIN_ID),
        "endpoints": [chain.login(name) for name in chain.nodes],
        "made": [chain.address(name) for name in chain.nodes],
        "found": [],
        **changed,
    }


def secret_of(chain: ChildChain) -> str:
    return str(chain.login(OLD)["private_key"].splitlines()[3])


def test_a_seat_that_is_written_down(chain: ChildChain) -> None:
    program: Props = {
        "chain_id": float(CHAIN_ID),
        "address": chain.address("gamma-scn"),
        "endpoints": [chain.login(name) for name in chain.nodes],
    }
    edits = [Edit({"endpoints": program["endpoints"][:1]}), Edit({"endpoints": program["endpoints"]}, "same")]
    life = Life(ChildSeatProvider(), ChildSeat)
    lifecycle(life, program, edits, secrets=[secret_of(chain)], lasting=True)


def test_a_council(chain: ChildChain) -> None:
    program = council_of(chain)
    edits = [Edit({"endpoints": program["endpoints"][:1]}), Edit({"endpoints": program["endpoints"]}, "same")]
    life = Life(ChildCouncilProvider(), ChildCouncil)
    lifecycle(life, program, edits, secrets=[secret_of(chain)], lasting=True)
