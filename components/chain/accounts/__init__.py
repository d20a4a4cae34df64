"""Accounts: where a key is kept, how it signs, who owns a contract, and whether an account can pay.

May import chain.rpc.
"""
