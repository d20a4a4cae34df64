"""Finding contracts, judging pairs of them, and proofs, on real nodes."""
