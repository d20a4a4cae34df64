"""Files that settings name: each kind of thing that a path can lead to is read, or refused with its reason."""

import os
import socket
from pathlib import Path

import pytest

from components.user_input import user_file
from components.user_input.user_file import UnusableFile


def reason(path: Path | str, most: int = 1000) -> str:
    with pytest.raises(UnusableFile) as refused:
        user_file.parsed(path, most)
    return str(refused.value)


def test_what_is_no_file_is_refused_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # a socket has a short path
    os.mkfifo("pipe")
    Path("dangling").symlink_to(tmp_path / "nowhere")
    Path("loop").symlink_to("loop")
    Path("empty").touch()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket")
        found = {
            name: reason(name)
            for name in (".", "pipe", "dangling", "loop", "empty", "socket", "/dev/zero", "nowhere", "a\0b", "n" * 5000)
        }
    assert found == {
        ".": "it is a folder",
        "pipe": "it is a named pipe, not a file",
        "dangling": f"it is a link to {tmp_path}/nowhere, which does not exist",
        "loop": "Too many levels of symbolic links",
        "empty": "it is empty",
        "socket": "No such device or address",
        "/dev/zero": "it is a device, not a file",
        "nowhere": "No such file or directory",
        "a\0b": "it is not a path",
        "n" * 5000: "File name too long",
    }


def test_a_home_that_is_not_there_is_no_path() -> None:
    assert reason("~nobody-of-that-name/key") == "it is not a path"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"\x00\xff\xfe\x01", "it is not a text file"),
        (b"{" * 9, "it is not JSON: Expecting property name enclosed in double quotes in line 1, column 2"),
        (b"hush", "it is not JSON: Expecting value in line 1, column 1"),
        (b"1" * 1001, "it is larger than 0 KiB, more than makes sense here"),
        (b"\x00\x00", "it is not JSON: Expecting value in line 1, column 1"),
    ],
)
def test_what_is_no_json_is_refused_and_not_shown(tmp_path: Path, content: bytes, sentence: str) -> None:
    (tmp_path / "file").write_bytes(content)
    assert reason(tmp_path / "file") == sentence


def test_what_python_gives_up_on_is_refused(tmp_path: Path) -> None:
    (tmp_path / "deep").write_text("[" * 100_000 + "]" * 100_000)
    (tmp_path / "flat").write_text("[" + ",".join(['{"a": "[[[[{{{{"}'] * 200) + "]")
    assert len(user_file.parsed(tmp_path / "flat", 10**6)) == 200
    (tmp_path / "long").write_text("1" * 10_000)
    assert reason(tmp_path / "deep", 10**6) == "it is not readable JSON: it is nested too deeply"
    assert reason(tmp_path / "long", 10**6) == "it is not JSON: a number in it is too long"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_tells_the_encoding_and_is_no_part_of_the_text(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "file").write_text('{"ö": 1}', encoding=encoding)
    (tmp_path / "link").symlink_to("file")
    assert user_file.parsed(tmp_path / "link") == {"ö": 1}


def test_a_path_is_shown_on_one_line() -> None:
    assert (user_file.shown("a b"), user_file.shown("a\nb")) == ("a b", r"'a\nb'")
    assert len(user_file.shown("n" * 5000)) < 200
