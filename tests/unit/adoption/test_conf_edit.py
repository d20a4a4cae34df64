"""Confs of others with our keys set in place: what bash makes of them, what stays, and the way back."""

import subprocess
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.adoption.conf_edit import MARK, SOURCE, ConfError, Wanted, edit, restored, values_of, with_keys
from components.domain.problems.nodes import CONF_BROKEN, CONF_OVERRULED

CONF = """\
# Configuration file for the kscnd
PORT=22323 # different port with EN.
RPC_API="klay,eth" # available apis

# SC_SUB_BRIDGE=7
SC_SUB_BRIDGE=0
SC_VTRECOVERY=1 # value transfer recovery activation
SC_ANCHORING_PERIOD='1'
SUBPORT=$((PORT + 1)) # used for multi channel option
DATA_DIR=
LOG_DIR=$DATA_DIR/logs"""
KEYS = [
    "SC_SUB_BRIDGE",
    "SC_ANCHORING",
    "SC_ANCHORING_PERIOD",
    "SC_VTRECOVERY",
    "PORT",
    "SUBPORT",
    "RPC_API",
    "LOG_DIR",
]
WANTED: Wanted = {"SC_SUB_BRIDGE": 1, "SC_ANCHORING": 1, "SC_ANCHORING_PERIOD": 10, "SC_VTRECOVERY": 1}


@cache
def sourced(text: str) -> Mapping[str, str]:
    """Return what bash has after sourcing the conf."""
    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).write_bytes(text.encode())
        words = ["env", "-i", "bash", "-c", SOURCE, "-", file.name, *KEYS]
        return values_of(KEYS, subprocess.run(words, capture_output=True, check=True).stdout.decode())


def test_keys_are_set_where_they_stand_and_missing_ones_at_the_end() -> None:
    text = with_keys(CONF, WANTED, sourced)
    changed = CONF.replace("\nSC_SUB_BRIDGE=0", "\nSC_SUB_BRIDGE=1").replace("PERIOD='1'", "PERIOD=10")
    assert text == f"{changed}\nSC_ANCHORING=1 {MARK}\n"
    assert with_keys(text, WANTED, sourced) == text
    assert restored(text, CONF, WANTED, sourced) == CONF


def test_what_is_right_already_stays_as_it_is_written() -> None:
    text = 'SC_SUB_BRIDGE=0\nexport  SC_SUB_BRIDGE="1"   # on\nP=1\nSC_ANCHORING_PERIOD=$((P * 10))\r\n'
    text = text.replace("\r", "")
    assert with_keys(text, {"SC_SUB_BRIDGE": 1, "SC_ANCHORING_PERIOD": 10}, sourced) == text


def test_of_several_assignments_the_last_counts() -> None:
    assert edit("A=1\nA=2 # two\n", {"A": 3}) == "A=1\nA=3 # two\n"


def test_lines_end_as_they_did_and_values_without_a_carriage_return() -> None:
    text = "# first\r\n  SC_SUB_BRIDGE=0\r\nSC_ANCHORING=0 # note\r\nPORT=5\r\n"
    new = with_keys(text, {"SC_SUB_BRIDGE": 1, "SC_ANCHORING": 1}, sourced)
    assert new == "# first\r\n  SC_SUB_BRIDGE=1\nSC_ANCHORING=1 # note\r\nPORT=5\r\n"
    assert restored(new, text, {"SC_SUB_BRIDGE": 1, "SC_ANCHORING": 1}, sourced) == text


@pytest.mark.parametrize(
    "text",
    [
        'RPC_API="one\nSC_SUB_BRIDGE=0\n"',
        "RPC_API='\nSC_SUB_BRIDGE=0 # it is\n'",
        "RPC_API=a\\\nSC_SUB_BRIDGE=0\n",
        "SC_SUB_BRIDGE=0 true\n",
        "SC_SUB_BRIDGE=5; SC_SUB_BRIDGE=0\n",
        "SC_SUB_BRIDGE=0; PORT=1 # both\n",
        "if true; then\n  SC_SUB_BRIDGE=0; fi\n",
        "SC_SUB_BRIDGE = 0\n",
        "",
    ],
)
def test_what_only_looks_like_an_assignment_is_left_alone(text: str) -> None:
    end = "" if not text or text.endswith("\n") else "\n"
    assert with_keys(text, {"SC_SUB_BRIDGE": 1}, sourced) == f"{text}{end}SC_SUB_BRIDGE=1 {MARK}\n"


def test_an_assignment_that_is_overruled_below_stays_and_one_at_the_end_wins() -> None:
    text = "SC_SUB_BRIDGE=3 # three\neval SC_SUB_BRIDGE=4\n"
    assert with_keys(text, {"SC_SUB_BRIDGE": 1}, sourced) == f"{text}SC_SUB_BRIDGE=1 {MARK}\n"


def test_a_conf_that_cannot_hold_a_value_is_reported() -> None:
    with pytest.raises(ConfError, match="SC_SUB_BRIDGE=1") as caught:
        with_keys("readonly SC_SUB_BRIDGE=0\n", {"SC_SUB_BRIDGE": 1}, sourced)
    assert caught.value.problem is CONF_OVERRULED
    with pytest.raises(ConfError) as caught:
        with_keys("exit 0\n", {"SC_SUB_BRIDGE": 1}, sourced)
    assert caught.value.problem is CONF_BROKEN


def test_going_back_keeps_what_others_changed_since() -> None:
    text = with_keys(CONF, WANTED, sourced).replace("PORT=22323", "PORT=22400") + "THEIRS=1\n"
    back = restored(text, CONF, WANTED, sourced)
    assert back == CONF.replace("PORT=22323", "PORT=22400") + "\nTHEIRS=1\n"


_values = st.sampled_from(
    ["0", "1", '"1"', "'0'", "", '"a b"', "$((1 + 2))", "a#b", '"x\\"y"', "\\ z", "$PORT", "${PORT}1"]
)
_keys = st.sampled_from(["SC_SUB_BRIDGE", "SC_ANCHORING", "SC_ANCHORING_PERIOD", "PORT", "RPC_API", "LOG_DIR"])


def _line(lead: str, key: str, value: str, rest: str) -> str:
    return f"{lead}{key}={value}{rest}"


_assignments = st.builds(
    _line,
    st.sampled_from(["", "  ", "\t", "export "]),
    _keys,
    _values,
    st.sampled_from(["", " ", " # it's", ' #"', "\r", "; :"]),
)
_others = st.sampled_from(
    ["", "# SC_SUB_BRIDGE=1", "#", "RPC_API='a\nSC_ANCHORING=5\n'", ": \\\nSC_SUB_BRIDGE=6", "\r", "  "]
)
_confs: st.SearchStrategy[str] = st.builds(
    lambda lines, end: "\n".join(lines) + end,
    st.lists(_assignments | _others, max_size=12),
    st.sampled_from(["", "\n"]),
)
_wanted = st.dictionaries(
    st.sampled_from(["SC_SUB_BRIDGE", "SC_ANCHORING", "SC_ANCHORING_PERIOD"]),
    st.integers(0, 99) | st.sampled_from(["a b", "it's $x"]),
)


@settings(max_examples=60, deadline=None)
@given(_confs, _wanted)
def test_bash_has_what_is_wanted_and_of_all_else_what_it_had(text: str, wanted: dict[str, str | int]) -> None:
    new = with_keys(text, wanted, sourced)
    before, after = sourced(text), sourced(new)
    assert {key: after[key] for key in wanted} == {key: str(value) for key, value in wanted.items()}
    # What is computed from a key that was set is told by it, and not by us.
    assert {key: value for key, value in after.items() if key not in wanted} == {
        key: value for key, value in before.items() if key not in wanted
    }
    assert with_keys(new, wanted, sourced) == new
    assert restored(new, text, wanted, sourced) == text
    kept = [line for line in new.split("\n") if not line.endswith(MARK)]
    old = text.split("\n")
    changed = [one for one, other in zip(old, kept, strict=False) if one != other]
    assert len(changed) <= len(wanted)
    assert all(any(key in line for key in wanted) for line in changed)
