"""The node software: confs, flags, genesis, packages, paths, and the commands that install, start and stop a node.

Pure: it renders texts and runs nothing. Used by topology/, adoption/, dynamic/ and stack/. May import user_input and
domain.
"""
