"""What is wrong with a node: its package, configuration, genesis, database, start, sync.

Numbers 300 to 399.
"""
