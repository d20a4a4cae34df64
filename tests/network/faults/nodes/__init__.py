"""Nodes that are lost, late or wrong: what is read of them, and whether another one is stopped meanwhile."""
