"""Facts without I/O, each defined once: units, ports, KNIs, roles, networks, limits, quorum, versions, forks.

Everybody may import it; it imports nothing of this program.
"""
