"""What readings mean: findings with codes, and one verdict on the whole. Pure.

Used by watch.rows and toolchain/. May import watch.readings, watch.targets, chain.rpc.head and domain.
"""
