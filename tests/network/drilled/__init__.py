"""A monitored network on which drills are made."""
