"""Rules between values of the configuration; `between.problems` runs them all. Pure. May import settings.sections."""
