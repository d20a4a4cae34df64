"""What a stack consists of: machines, sizes, zones, addresses, network flows and fees.

Pure. May import settings, kaia and domain.
"""
