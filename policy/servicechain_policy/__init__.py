"""Policies of a bridge. They check the resources that Pulumi is asked for. May import components.domain only."""
