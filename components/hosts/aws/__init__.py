"""Machines on EC2: network, firewall, placement, instances and data volumes.

`hosts.AwsHosts` is used by stack/hosts.py. May import hosts.host and what hosts/ may import.
"""
