"""Nodes that exist already: which settings the bridge needs in their files, and how the files are restored.

Used by dynamic/nodes and, for texts of commands, by stack/nodes. May import chain, kaia, ssh and domain; not Pulumi.
"""
