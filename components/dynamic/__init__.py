"""Dynamic providers: one file per kind of tracked resource, between Pulumi and chain/ or the machine."""
