"""The Pulumi components of a stack, in the order of the data flow: load, preflight, identities, hosts, outputs.

The top package: __main__.py alone imports it. May import all others.
"""
