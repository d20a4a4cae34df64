"""How a stack is read: questions to nodes, all at once, each with a deadline. Sends no transaction.

Used by toolchain/. May import watch.readings, watch.targets, chain and domain.
"""
