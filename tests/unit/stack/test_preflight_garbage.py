"""Every setting that names a file gets every kind of path and content: the result is a message, not a traceback."""

import gzip
import io
import json
import os
import re
import socket
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
import pytest
from eth_keyfile.keyfile import create_keyfile_json

from components.domain.problems.settings import SEED_FILE, WRONG_KEY
from components.stack import load, preflight
from components.topology.checks.configuration import BadSettings, read
from tests.unit.samples import KNI, Raw, raw

SECRET = "46" * 32
KEYSTORE = json.dumps(create_keyfile_json(bytes.fromhex(SECRET), b"password", kdf="scrypt", iterations=2))


def _folder(place: Path) -> None:
    place.mkdir()


def _socket(place: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(place.name)


def _huge(place: Path) -> None:
    with place.open("wb") as file:
        file.truncate(2**40)  # sparse


def _tar(place: Path) -> None:
    with tarfile.open(place, "w:gz") as archive:
        folder = tarfile.TarInfo("ken-linux-amd64/conf/kend.conf")
        folder.type = tarfile.DIRTYPE
        archive.addfile(folder)
        conf = tarfile.TarInfo("kscn-linux-amd64/conf/kscnd.conf")
        conf.size = 4
        archive.addfile(conf, io.BytesIO(b"\xff\xfe\x00\xd8"))


def _cut_off(place: Path) -> None:
    _tar(place)
    place.write_bytes(place.read_bytes()[:60])


def _content(content: bytes) -> Callable[[Path], object]:
    return lambda place: place.write_bytes(content)


GARBAGE: dict[str, Callable[[Path], object]] = {
    "missing": lambda place: None,  # noqa: ARG005
    "folder": _folder,
    "empty": lambda place: place.touch(),
    "pipe": os.mkfifo,
    "socket": _socket,
    "dangling link": lambda place: place.symlink_to("nowhere"),
    "loop": lambda place: place.symlink_to(place.name),
    "device": lambda place: place.symlink_to("/dev/zero"),
    "huge": _huge,
    "binary": _content(bytes(range(256)) * 16),
    "NUL bytes": _content(bytes(64)),
    "key": _content(SECRET.encode()),
    "byte order mark": _content(b"\xef\xbb\xbf"),
    "UTF-16": _content('{"a": 1}'.encode("utf-16")),
    "half a UTF-16": _content(b"\xff\xfe\x00"),
    "no JSON": _content(b"{"),
    "other JSON": _content(b'[{"config": 1, "bytecode": [], "version": [], "crypto": 1, "keyring": 1}]'),
    "wrong types": _content(b'{"config": [], "bytecode": {"object": {}}, "version": 3, "crypto": "x", "keyring": "x"}'),
    "null": _content(b"null"),
    "deep": _content(b"[" * 200_000),
    "deep mapping": _content(b'{"config":' * 50_000),
    "long number": _content(b'{"config": {"chainId": ' + b"9" * 5000 + b"}}"),
    "tar": _tar,
    "cut off": _cut_off,
    "gzip of nothing": _content(gzip.compress(b"")),
    "gzip of text": _content(gzip.compress(b"hello" * 1000)),
    "PEM": _content(b"-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n"),
}

EXISTING_CHAIN = {"chainId": 2020, "genesis": "GARBAGE", "staticNodes": [KNI]}
HOSTS: Raw = {
    name: {"address": f"10.0.0.{number}", "hostKey": f"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{'A' * 43}"}
    for number, name in enumerate(("scn-1", "scn-2", "scn-3", "scn-4", "pair-1-en", "pair-2-en"), 5)
}
ON_HOSTS: Raw = {"target": "existing", "parentChain": EXISTING_CHAIN, "existing": {"hosts": HOSTS}}
SETTINGS: dict[str, Raw] = {
    "packages.ken": {"packages": {"ken": {"file": "GARBAGE", "version": "v1.0.3"}}},
    "packages.kscn": {"packages": {"kscn": {"file": "GARBAGE", "version": "v1.0.3"}}},
    "pairs[0].packages.kscn": {
        "pairs": [{"name": "a", "scn": "scn-1", "packages": {"kscn": {"file": "GARBAGE", "version": "v1.0.3"}}}]
    },
    "packages.chaindata": ON_HOSTS | {"packages": {"chaindata": {"file": "GARBAGE", "sha256": "ab" * 32}}},
    "parentChain.genesis": ON_HOSTS,
    "bridge.artifact": {"bridge": {"artifact": "GARBAGE"}},
    "bridge.parentOwner.keystore": {"bridge": {"parentOwner": {"keystore": "GARBAGE", "password": SECRET}}},
    "bridge.childOwner.keystore": {"bridge": {"childOwner": {"keystore": "GARBAGE", "passwordEnv": "HOME"}}},
    "bridge.childOwner.passwordFile": {"bridge": {"childOwner": {"keystore": "keystore", "passwordFile": "GARBAGE"}}},
}
FINE = {
    "packages.chaindata": set(GARBAGE)
    - {"missing", "folder", "empty", "pipe", "socket", "dangling link", "loop", "device"},
}
"""Files whose content is not read here: the machines read an archive of chain data."""


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("garbage", GARBAGE)
def test_garbage_is_reported_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, setting: str, garbage: str
) -> None:
    monkeypatch.chdir(tmp_path)
    GARBAGE[garbage](tmp_path / "GARBAGE")
    (tmp_path / "keystore").write_text(KEYSTORE)
    told = _told(read(raw(**SETTINGS[setting])))
    mine = [line for line in told if "GARBAGE" in line or "it does not open keystore" in line]
    expected = 0 if garbage in FINE.get(setting, ()) else 1
    assert len(mine) >= expected, told
    for line in told:
        assert SECRET not in line
        assert "Error while reading" not in line, "that is for what nobody thought of"
        assert re.search(r" \[SCH-\d+\]$", line), "it has no code"
        assert line.isprintable()


def _told(settings: Any) -> list[str]:
    try:
        preflight.check(settings)
    except pulumi.RunError as error:
        return str(error).splitlines()
    return []


@pytest.mark.parametrize("garbage", GARBAGE)
def test_garbage_in_the_seed_file_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, garbage: str) -> None:
    monkeypatch.chdir(tmp_path)
    GARBAGE[garbage](tmp_path / "GARBAGE")
    config = {"servicechain-ha:identitySeedFile": "GARBAGE"}
    try:
        found = load._raw(config)
    except BadSettings as error:
        problem = error.problems[0]
        assert re.fullmatch(rf"servicechain-ha:identitySeedFile: GARBAGE [^\n]+ \[{SEED_FILE.code}\]", problem)
        return
    if garbage == "key":  # which is a valid seed
        return
    with pytest.raises(BadSettings, match=rf"identitySeed: .* \[{WRONG_KEY.code}\]"):
        read(raw(**found))


PATHS = [
    "a\0b",
    "n" * 5000,
    "a\nb",
    " ",
    "",
    "~nobody-of-that-name/x",
    "/proc/self/mem",
    "/dev/null",
    SECRET,
    '{"a": 1}',
]


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("path", PATHS, ids=range(len(PATHS)))
def test_an_impossible_path_is_reported(setting: str, path: str) -> None:
    try:
        told = _told(read(raw(**_with(SETTINGS[setting], path))))
    except BadSettings as error:
        told = [*error.problems]
    assert told
    assert all(line.isprintable() and SECRET not in line for line in told)
    assert all(re.search(r" \[SCH-\d+\]$", line) for line in told), "one has no code"


def _with(value: Any, path: str) -> Any:
    if isinstance(value, dict):
        return {key: _with(inner, path) for key, inner in value.items()}
    return path if value == "GARBAGE" else value


def test_endlessly_nested_values_are_reported() -> None:
    deep: Any = []
    for _ in range(5000):
        deep = [deep]
    for key in raw():
        with pytest.raises(BadSettings):
            read(raw(**{key: deep}))


def test_an_error_in_the_program_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def machines(_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(preflight, "node_machines", machines)
    with pytest.raises(ZeroDivisionError):
        preflight.check(read(raw()))
