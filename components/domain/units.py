"""Units: amounts and gas prices are kept in peb, times in seconds. Pure."""

from decimal import Decimal

PEB = 10**18
"""1 coin (KLAY, KAIA) in peb."""
GKEI = 10**9
"""1 gkei (ston) in peb; gas prices are given in it."""
DAY = 86_400
"""A day in seconds."""


def counted(number: int, thing: str) -> str:
    """Return a number of things in words: 1 pair, 2 pairs."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def coins(amount: int) -> str:
    """Return an amount of peb in coins, all of its digits."""
    text = f"{Decimal(amount) / PEB:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
