"""The bridge contract: its state, the plans for it, its deployment, how it is found again, and its counterpart.

May import chain.tx and what is below. Plans and `counterparts` are pure.
"""
