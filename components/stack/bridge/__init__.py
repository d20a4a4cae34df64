"""The bridge as Pulumi components: pairs, contracts, registrations, votes, proofs, tokens and the funds gate.

`bridge.Bridge`, `tokens.Tokens`, `bridge_pair.bridge_pairs`, `chain_side.Chain` and `funds_gate` are used by
__main__.py and stack.outputs. May import stack.chains, stack.nodes and what is below.
"""
