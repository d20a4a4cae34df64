"""Policies of a bridge. They look at what Pulumi is asked for, and import nothing of the program that asks."""
