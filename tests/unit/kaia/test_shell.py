"""Every shell text that is sent to a machine: valid, and safe with any value from the settings."""

import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.adoption import commands
from components.adoption.commands import NodePlace
from components.kaia import daemon_commands, systemd_commands
from components.kaia.host_commands import install
from components.kaia.layout import SERVICE_USER, Layout
from components.kaia.package import Package

SHA = "ab" * 32
URL = "https://example.org/ken.tar.gz"
PACKED = Path(__file__)
"""Any file: only its digest is in the commands."""
PACKAGES = {
    "url": Package("ken", None, URL, SHA, "v2.2.1"),
    "hostile url": Package("ken", None, "https://h/$(touch x)`id`;'\"&|<>\\ $HOME", SHA, "v2.2.1"),
}


def texts() -> Iterator[tuple[str, str]]:
    """Yield every command that is sent to a machine, with a name."""
    for name, package in PACKAGES.items():
        for kind, text in systemd_commands.scripts(Layout("/srv", package)).items():
            yield f"{name}: {kind}", text
    keeping = Layout("/it's/$(srv)", PACKAGES["url"])
    for kind in ("room", "restart"):
        yield f"kept data: {kind}", systemd_commands.scripts(keeping, keeps_data=True)[kind]
        yield (
            f"daemon, kept data: {kind}",
            daemon_commands.scripts(Layout("/srv", Package("kscn", PACKED)), keeps_data=True)[kind],
        )
    for kind, text in daemon_commands.scripts(Layout("/srv", Package("kscn", PACKED))).items():
        yield f"daemon: {kind}", text
    for scripts, package in (
        (systemd_commands.scripts, PACKAGES["url"]),
        (daemon_commands.scripts, Package("kscn", PACKED)),
    ):
        yield (
            f"{package.program} with forks: restart",
            scripts(Layout("/srv", package), has_forks=True)["restart"],
        )
    for owner in (None, SERVICE_USER):
        for path in ("/srv/data/klay/nodekey", "/srv/it's a $(path)"):
            yield f"{path} of {owner}", install(path, "0600", owner)
    yield from adoption_texts()


def adoption_texts() -> Iterator[tuple[str, str]]:
    """Yield the commands for nodes that exist already."""
    places = {
        "archive": NodePlace("/it's/$(data)", "/a b/conf/kscnd.conf"),
        "rpm": NodePlace("/var/kend/data", "/etc/kend/conf/kend.conf"),
        "command": NodePlace("/data", "/etc/kend.conf", "systemctl restart kend"),
    }
    for kind, one in places.items():
        yield f"adopted, {kind}: read", commands.read(one, ["SC_SUB_BRIDGE"])
        yield f"adopted, {kind}: source", commands.source(one, ["SC_SUB_BRIDGE"])
        yield f"adopted, {kind}: write", commands.write(one, one.conf)
        yield f"adopted, {kind}: unlink", commands.unlink(one, one.main_bridges)
        yield f"adopted, {kind}: forget", commands.forget(one)
        yield f"adopted, {kind}: restart", commands.restart(one)


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="shellcheck is not installed; it is a Debian package")
@pytest.mark.parametrize("text", dict(texts()).values(), ids=dict(texts()).keys())
def test_shellcheck_finds_nothing(text: str) -> None:
    # SC2016 reports a $ in single quotes, which the hostile texts contain on purpose.
    words = ["shellcheck", "--shell=sh", "--exclude=SC2016", "-"]
    done = subprocess.run(words, input=text, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1))
def test_a_url_stays_one_word(url: str) -> None:
    text = systemd_commands.scripts(Layout("/srv", Package("ken", None, url, SHA, "v1")))["unpack"]
    printed = subprocess.run(["sh", "-euc", f"printf %s {shlex.quote(url)}"], capture_output=True, check=True).stdout
    assert printed == url.encode()
    assert f"--url {shlex.quote(url)}\n" in text
