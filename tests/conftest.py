"""What all tests share: no test depends on how fast the machine is, and what is judged elsewhere can be repeated."""

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "any machine",
    deadline=None,
    derandomize=bool(os.environ.get("CI")),  # new examples are for people at work, who can look at what they find
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("any machine")
