"""Facts of the field without I/O: units, ports, KNIs, limits of the contract, quorum, versions, survival.

Everybody may import it; it imports nothing of this program.
"""
