"""The node software: confs, flags, genesis, packages, files and services of a node.

Pure: it renders text and shell commands, and runs nothing. May import domain, user_input and settings.
"""
