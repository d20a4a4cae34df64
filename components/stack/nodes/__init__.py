"""Nodes as Pulumi components: made or existing, their files and chain data, and what makes an SCN part of a pair.

Used by stack.chains and stack.bridge. May import stack.identities and the packages below stack/.
"""
