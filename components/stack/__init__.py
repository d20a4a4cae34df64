"""The Pulumi components of a stack, in the order of the data flow: load, preflight, identities, hosts, outputs.

The top room: it may import all others, and __main__ imports it alone.
"""
