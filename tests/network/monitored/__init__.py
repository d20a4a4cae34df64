"""A network that is monitored."""
