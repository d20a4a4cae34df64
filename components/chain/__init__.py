"""The chains: consoles, transactions, the bridge contract and the plans. Nothing in here knows Pulumi."""
