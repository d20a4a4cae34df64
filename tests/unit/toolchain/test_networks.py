"""Which local networks may be removed: those that no stack has any more, and no others."""

import gzip
import os
from dataclasses import replace
from pathlib import Path

import pytest

from components.domain.problems.operations.networks import NETWORK_IN_USE, NO_SUCH_NETWORK
from components.domain.problems.problem import Problem
from components.domain.seed import network_id
from components.dynamic.machines import local_record
from components.dynamic.machines.local_namespaces import LocalError
from components.dynamic.machines.local_network import LocalNetworkProvider
from components.dynamic.machines.local_record import Record
from toolchain.ops import networks, sweep
from toolchain.ops.networks import GONE, LIVES, UNKNOWN, Network, judge

ID = "0a1b2c3d"
STATE = f'{{"outputs": {{"network": "{ID}"}}}}'.encode()


@pytest.mark.parametrize("typed", [EOFError, KeyboardInterrupt])
def test_a_question_that_is_not_answered_removes_nothing(
    typed: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask(_question: str) -> str:
        raise typed

    monkeypatch.delenv("YES", raising=False)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("builtins.input", ask)
    assert not networks._agreed("Remove 0a1b2c3d?")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    place = tmp_path / "work" / "clone"
    place.mkdir(parents=True)
    (place / "Pulumi.yaml").touch()
    return place


@pytest.fixture
def record(checkout: Path) -> Record:
    """Return the note of a process that has ended."""
    found = checkout.stat()
    backend = (checkout / ".state").as_uri()
    return Record(str(checkout), found.st_dev, found.st_ino, backend, "root", 1, "another boot 7")


def network(record: Record | None, checkout: Path | None = None) -> Network:
    return Network(ID, record, record.checkout if record else str(checkout) if checkout else None, 2)


def remembered(place: Path, content: bytes = STATE, name: str = "dev.json") -> None:
    folder = place / ".pulumi" / "stacks" / "servicechain-ha"
    folder.mkdir(parents=True)
    (folder / name).write_bytes(content)


@pytest.mark.parametrize(
    ("content", "name"), [(STATE, "dev.json"), (gzip.compress(STATE), "dev.json.gz")], ids=["plain", "compressed"]
)
def test_a_network_that_a_state_speaks_of_lives(record: Record, checkout: Path, content: bytes, name: str) -> None:
    remembered(checkout / ".state", content, name)
    assert judge(network(record), None).state == LIVES
    assert judge(network(None, checkout), None).state == LIVES


def test_a_state_that_cannot_be_read_may_speak_of_it(record: Record, checkout: Path) -> None:
    remembered(checkout / ".state", b"\x1f\x8bdamaged", "dev.json.gz")
    assert judge(network(record), None).state == LIVES


def test_a_network_whose_state_is_gone_is_gone(record: Record, checkout: Path) -> None:
    assert judge(network(record), None).state == GONE
    remembered(checkout / ".state", STATE.replace(b"0a", b"0b"))
    assert judge(network(record), None).state == GONE


def test_a_checkout_that_is_gone_takes_its_network_along(record: Record, checkout: Path) -> None:
    (checkout / "Pulumi.yaml").unlink()
    checkout.rmdir()
    assert judge(network(record), None).reason == f"{checkout} is gone"
    checkout.parent.rmdir()  # with the folder that it was in
    assert judge(network(record), None).state == GONE
    assert judge(network(None, checkout), None).state == GONE


def test_a_state_elsewhere_outlives_its_checkout(record: Record, tmp_path: Path) -> None:
    remembered(tmp_path / "states")
    elsewhere = replace(record, backend=(tmp_path / "states").as_uri(), checkout=str(tmp_path / "nowhere"))
    assert judge(network(elsewhere), None).state == LIVES
    for backend in ("", "https://api.pulumi.com", "s3://states", "file://./states"):
        assert judge(network(replace(record, backend=backend)), None).state == UNKNOWN


def test_a_checkout_that_was_moved_keeps_its_network(record: Record, checkout: Path, tmp_path: Path) -> None:
    for place in (tmp_path / "work" / "second", tmp_path / "third", tmp_path / "work" / "inner"):
        checkout = checkout.rename(place)
        verdict = judge(network(record), None)
        assert (verdict.state, str(place) in verdict.reason) == (LIVES, True)
    remembered(checkout / ".state")
    assert judge(network(record), checkout / ".state").reason.startswith("a stack of this checkout uses it")


def test_a_disk_that_is_not_mounted_is_no_checkout_that_is_gone(record: Record) -> None:
    away = replace(record, checkout="/mnt-of-nobody/clone", device=record.device + 1)
    assert judge(network(away), None).state == UNKNOWN


def test_a_process_at_work_is_left_alone(record: Record) -> None:
    mine = replace(record, pid=os.getpid(), began=local_record.began(os.getpid()))
    assert judge(network(mine), None).state == LIVES
    assert judge(network(replace(mine, began="")), None).state == GONE


def test_of_a_network_without_a_note_only_what_is_known_is_said(checkout: Path) -> None:
    assert judge(network(None), None).state == UNKNOWN
    assert judge(network(None, checkout), None).state == UNKNOWN


def test_a_note_is_read_as_it_was_written(tmp_path: Path) -> None:
    local_record.write(tmp_path)
    found = local_record.read(tmp_path)
    assert found
    assert (found.checkout, found.pid) == (str(local_record.CHECKOUT), os.getpid())
    for spoilt in ("", "{", "[]", '{"checkout": 1}'):
        (tmp_path / local_record.NAME).write_text(spoilt)
        assert local_record.read(tmp_path) is None
    local_record.write(tmp_path / "nowhere")


STUCK = Problem(899, "It is stuck", "It hangs.", "Push it.")


@pytest.fixture
def stuck(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the removal of each network fail."""

    def delete(*_arguments: object) -> None:
        raise LocalError(STUCK("process 7 does not end"))

    monkeypatch.setattr(LocalNetworkProvider, "delete", delete)


@pytest.mark.usefixtures("stuck")
def test_a_network_that_stays_is_told_and_the_others_are_tried(
    record: Record, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = {id_: replace(network(record), id=id_) for id_ in (ID, "0b1b2c3d")}
    monkeypatch.setattr(networks, "networks", lambda: list(found.values()))
    monkeypatch.setattr(Network, "of", found.__getitem__)
    monkeypatch.setenv("YES", "1")
    assert networks.main() == 1
    errors = capsys.readouterr().err.splitlines()
    assert [STUCK.code in line for line in errors] == [True, True]
    assert [line.split(": ")[1] for line in errors] == list(found)


def test_only_a_network_that_is_there_and_not_in_use_is_removed(
    record: Record, checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    remembered(checkout / ".state")
    monkeypatch.setattr(networks, "networks", lambda: [network(record)])
    assert networks.main("0b1b2c3d") == 1
    told = capsys.readouterr().err
    assert NO_SUCH_NETWORK.code in told
    assert "0b1b2c3d" in told
    assert networks.main(ID) == 1
    told = capsys.readouterr().err
    assert NETWORK_IN_USE.code in told
    assert ID in told


@pytest.mark.usefixtures("stuck")
def test_a_sweep_of_a_stack_that_fails_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    seed = tmp_path / "identity-seed"
    seed.write_text("ab" * 32 + "\n")
    assert sweep.main(seed) == 1
    told = capsys.readouterr().err
    assert STUCK.code in told
    assert network_id("ab" * 32) in told
