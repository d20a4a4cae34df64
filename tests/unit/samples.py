"""A good configuration, as Pulumi hands it over, and ways to make it a bad one."""

from typing import Any

import pytest

from components.settings_rules import BadSettings, read

SEED = "1f" * 32

Raw = dict[str, Any]


def raw(**changes: Any) -> Raw:
    """Return a good configuration; `bridge__threshold=2` sets one value of a section, `bridge=...` all of it."""
    names = ["scn-1", "scn-2", "scn-3", "scn-4"]
    good: Raw = {
        "identitySeed": SEED,
        "parentChain": {"chainId": 2020},
        "serviceChain": {"chainId": 3000, "nodes": names},
        "pairs": pairs(2),
        "anchoring": {"period": 10},
        "bridge": {"threshold": 1},
    }
    for path, value in changes.items():
        section, _, key = path.partition("__")
        if key:
            good.setdefault(section, {})[key] = value
        else:
            good[section] = value
    return good


def pairs(count: int) -> list[Raw]:
    return [{"name": f"pair-{i + 1}", "scn": f"scn-{i + 1}"} for i in range(count)]


def problems(config: Raw) -> list[str]:
    """Return what is wrong with a configuration, without the namespace in front of each path."""
    with pytest.raises(BadSettings) as caught:
        read(config)
    assert all(problem.startswith("servicechain-ha:") for problem in caught.value.problems)
    return [problem.removeprefix("servicechain-ha:") for problem in caught.value.problems]
