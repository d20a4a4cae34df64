"""Properties are checked with the same examples on every run, without a limit of time for one on a busy machine."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "unit", max_examples=50, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("unit")
