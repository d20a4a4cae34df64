"""What a setting survives, in words that a user reads in the outputs."""

import pytest

from components.summary import survives


@pytest.mark.parametrize(
    ("pairs", "threshold", "sentence"),
    [
        (1, 1, "1 pair, threshold 1: survives no loss of a pair, no hostile operator"),
        (2, 1, "2 pairs, threshold 1: survives the loss of 1 pair, no hostile operator"),
        (2, 2, "2 pairs, threshold 2: survives no loss of a pair, 1 hostile operator"),
        (3, 1, "3 pairs, threshold 1: survives the loss of 2 pairs, no hostile operator"),
        (3, 2, "3 pairs, threshold 2: survives the loss of 1 pair, 1 hostile operator"),
        (4, 3, "4 pairs, threshold 3: survives the loss of 1 pair, 2 hostile operators"),
        (12, 7, "12 pairs, threshold 7: survives the loss of 5 pairs, 6 hostile operators"),
        (12, 12, "12 pairs, threshold 12: survives no loss of a pair, 11 hostile operators"),
    ],
)
def test_what_pairs_and_threshold_survive(pairs: int, threshold: int, sentence: str) -> None:
    assert survives(pairs, threshold) == sentence
