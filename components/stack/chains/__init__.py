"""The parent chain and the ServiceChain as Pulumi components.

Used by stack.bridge, stack.outputs and __main__.py. May import stack.nodes and what is below.
"""
