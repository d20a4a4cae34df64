"""Machines behind one interface, `host.Host`: on this computer, existing ones, or on EC2.

stack/hosts.py chooses the target; stack/ uses `host` alone otherwise. May import dynamic, topology, settings, ssh and
domain. A target imports no other target, and nothing here knows the bridge.
"""
