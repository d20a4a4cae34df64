"""Dynamic providers: one file a kind of tracked resource, glue between Pulumi and chain/ or the machine."""
