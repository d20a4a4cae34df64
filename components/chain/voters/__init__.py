"""The pairs that vote: who they are, whether they can vote now, the calls on their votes, and the proof.

May import chain.nodes, chain.tokens and what is below. `voter_plan` is pure.
"""
