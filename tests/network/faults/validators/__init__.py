"""A ServiceChain of SCNs alone, on which seats are given and taken."""
