"""What a stack consists of: machines, sizes, zones, addresses, network flows and fees; what it survives. Pure.

Used by hosts/, dynamic/ and stack/. May import settings, kaia and domain.
"""
