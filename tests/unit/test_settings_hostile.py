"""Whatever YAML and Pulumi can hand over: sentences come out, never a traceback."""

import re
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from components.settings import _raw
from components.settings_rules import BadSettings, read, warnings
from tests.unit.samples import raw

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["scn-1", "pair-1", "0x" + "11" * 20, "4a" * 32, "1e999999", "sNaN", "2024-01-01", "10.0.0.0/22"])
)
yaml_values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5) | st.just("name"), inner, max_size=3)
    ),
    max_leaves=6,
)
paths = st.sampled_from(
    [
        *((key,) for key in raw()),
        *(("bridge", key) for key in ("threshold", "liquidity", "parentOwnerKey", "artifact", "x")),
        *(("parentChain", key) for key in ("chainId", "network", "unitPrice", "balances")),
        ("serviceChain", "nodes"),
        ("pairs", 0),
        ("pairs", 1, "name"),
        ("pairs", 1, "scn"),
        ("pairs", 1, "anchoring"),
        ("anchoring", "enabled"),
        ("local",),
        ("recovery",),
    ]
)
GOOD = raw()


@given(st.dictionaries(paths, yaml_values, min_size=1, max_size=3))
@example({("serviceChain", "nodes"): [[1]]})
def test_no_value_anywhere_makes_a_traceback(changes: dict[tuple[Any, ...], Any]) -> None:
    config: Any = deepcopy(GOOD)
    for path in sorted(changes, key=len, reverse=True):  # a section is replaced after what is in it
        place: Any = config
        for part in path[:-1]:
            place = place[part]
        place[path[-1]] = changes[path]
    try:
        settings = read(config)
    except BadSettings as error:
        found = error.problems
    else:
        found = []
        assert 1 <= settings.bridge.threshold <= len(settings.pairs) <= len(settings.service_chain.nodes)
        assert all(warnings(settings))
    assert all(re.fullmatch(r"servicechain-ha:\S[^\n]*: \S[^\n]*", problem) for problem in found)


@given(st.text(max_size=12) | st.from_regex(r"[\[{].{0,8}") | st.from_regex(r"-*[0-9]{1,25}"))
@example("")
@example("[not json")
@example("--5")
@example("²")
def test_no_text_from_pulumi_makes_a_traceback(text: str) -> None:
    found = _raw({"servicechain-ha:target": text})
    assert set(found) == {"target"}


@pytest.mark.parametrize("name", ["nowhere/seed", ".", "\0", "7", "[1]", ""])
def test_a_seed_file_that_cannot_be_read_is_told_with_all_other_problems(name: str, tmp_path: Path) -> None:
    named = name if name in ("\0", "7", "[1]", "") else str(tmp_path / name)
    with pytest.raises(BadSettings) as caught:
        _raw({"servicechain-ha:identitySeedFile": named, "servicechain-ha:target": "moon"})
    first, *others = caught.value.problems
    assert first.startswith("servicechain-ha:identitySeedFile: ")
    assert "cannot be read" in first
    assert "`make up`" in first
    assert "servicechain-ha:target: write 'local'" in others
    assert not any("identitySeed:" in problem for problem in others)


def test_a_seed_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    (tmp_path / "seed").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadSettings, match=r"cannot be read \(it is no text file\)"):
        _raw({"servicechain-ha:identitySeedFile": str(tmp_path / "seed")})
