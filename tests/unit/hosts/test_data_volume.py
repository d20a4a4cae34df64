"""The commands that prepare a machine: what they refuse, and time synchronisation, with stubs."""

import os
import subprocess
from pathlib import Path

import pytest

from components.hosts.aws import data_volume

VOLUME = "vol-0123456789abcdef0"


def test_every_value_is_quoted() -> None:
    text = data_volume.command(VOLUME, "/srv")
    assert text.endswith(f" data_volume.sh {VOLUME} /srv")
    subprocess.run(["sh", "-n", "-c", text], check=True)


@pytest.mark.parametrize(
    ("volume", "place"),
    [("vol-x", "/srv"), (f"{VOLUME}\n", "/srv"), (VOLUME, "srv"), (VOLUME, "/a b"), (VOLUME, "/../etc"), (VOLUME, "/")],
)
def test_values_that_fstab_cannot_hold_are_refused(volume: str, place: str) -> None:
    with pytest.raises(ValueError, match="is not"):
        data_volume.command(volume, place)


@pytest.mark.parametrize(
    ("active", "turned_on", "good"), [("chronyd", "", True), ("", "chrony", True), ("", "", False)]
)
def test_time_synchronisation_is_turned_on(tmp_path: Path, active: str, turned_on: str, *, good: bool) -> None:
    state = tmp_path / "active"
    state.write_text(active)
    stubs = {
        "systemctl": f'[ "$3" = "$(cat {state})" ]',
        "timedatectl": f'[ "$*" = "set-ntp true" ] && echo asked >> {tmp_path}/asked && echo "{turned_on}" > {state}',
    }
    for name, text in stubs.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{text}\n")
        (tmp_path / name).chmod(0o755)
    env = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "PATIENCE": "1"}
    ran = subprocess.run(["sh", "-c", data_volume.time_sync()], env=env, capture_output=True, text=True, check=False)
    assert (ran.returncode == 0) is good
    assert ("install chrony" in ran.stderr) is not good
    assert (tmp_path / "asked").exists() is not bool(active)
