"""Value transfers: requests, which of them are open, and whether they can be paid.

May import chain.contracts and what is below.
"""
