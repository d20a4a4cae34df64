"""Policies of a bridge. They look at what Pulumi is asked for; of the program they import components.domain only."""
