"""How many SCNs have to be able to vote before a transfer is requested as a proof."""

import pytest

from components.chain.voters import proof
from components.dynamic.proofs.transfer_proof import TransferProofInputs, _require_voters
from tests.unit.dynamic.test_chain_resource import ONE, PROOF, TWO, endpoint

KEPT = [f"0x{number:040d}" for number in range(3)]


@pytest.mark.parametrize(
    ("kept", "threshold", "needed"),
    [([], 2, 2), (KEPT, 2, -1), (KEPT, 4, 1), (KEPT, 5, 2)],
)
def test_votes_of_others_that_are_kept_count_also_where_some_scns_have_no_pair(
    monkeypatch: pytest.MonkeyPatch, kept: list[str], threshold: int, needed: int
) -> None:
    """An existing bridge with operators of others; of four SCNs two are in pairs."""
    asked: list[int] = []
    monkeypatch.setattr(proof, "require_able_scns", lambda _scns, _child, _parent, needed: asked.append(needed))
    scns = [endpoint(f"scn-{number}") for number in range(4)]
    inputs = {**PROOF, "endpoints": scns, "covers": [ONE, TWO, str(threshold)], "voters": [ONE, TWO, *kept]}
    _require_voters(TransferProofInputs.model_validate(inputs), threshold)
    assert asked == [needed]
