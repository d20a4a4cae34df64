"""Tracked secrets: accounts and SSH keys.

May import dynamic.base.
"""
