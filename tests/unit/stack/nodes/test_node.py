"""The resources of a node, with both kinds of service."""

import io
import tarfile
from dataclasses import replace

import pytest

from components.kaia.conf import endpoint_node
from components.kaia.launcher import service
from components.kaia.layout import Layout
from components.kaia.package import Package, PackageError
from tests.network.systemd_steps import Wanted, steps

KEY = "5e" * 32
SHA = "ab" * 32
URL = "https://example.org/it's $(here).tar.gz"
BY_URL = Wanted("ken", KEY, "0x" + "22" * 20, None, URL, SHA)


@pytest.fixture(scope="module")
def by_file(tmp_path_factory: pytest.TempPathFactory) -> Wanted:
    path = tmp_path_factory.mktemp("packages") / "ken.tar.gz"
    text = b"PORT=1\nNETWORK_ID=\nSUBPORT=$((PORT + 1)) # used\nDATA_DIR=\n"
    with tarfile.open(path, "w:gz") as tar:
        member = tarfile.TarInfo("ken-linux-amd64/conf/kend.conf")
        member.size = len(text)
        tar.addfile(member, io.BytesIO(text))
    return replace(BY_URL, file=str(path), url=None, sha256="", service="daemon")


def test_the_resources_of_a_node_with_a_daemon_script(by_file: Wanted) -> None:
    taken = steps(by_file)
    assert {step.name.removeprefix("ken-1-") for step in taken} == {
        "package",
        "unpack",
        "kend.conf",
        "nodekey",
        "static-nodes.json",
        "genesis.json",
        "init",
        "start",
    }
    conf = next(step for step in taken if step.name == "ken-1-kend.conf")
    assert conf.stdin.startswith('PORT=32323\nNETWORK_ID=3000\nSUBPORT=32324 # used\nDATA_DIR="/srv/data"\n')
    assert "setpriv" not in "".join(step.command for step in taken)
    assert [step.name for step in taken][-2:] == ["ken-1-init", "ken-1-start"]


def test_with_systemd_there_is_a_unit_and_no_conf(by_file: Wanted) -> None:
    taken = {step.name.removeprefix("ken-1-"): step for step in steps(replace(by_file, service="systemd"))}
    assert "kend.conf" not in taken
    assert taken["package"].source == by_file.file
    assert "mv /etc/systemd/system/kend.service.new /etc/systemd/system/kend.service" in taken["kend.service"].command
    assert "ExecStart=/srv/current/bin/ken \\\n" in taken["kend.service"].stdin
    assert taken["nodekey"].command.startswith("setpriv --reuid=kaia ")
    assert not taken["genesis.json"].command.startswith("setpriv")


def test_nothing_is_copied_if_there_is_a_url() -> None:
    taken = {step.name.removeprefix("ken-1-"): step for step in steps(BY_URL)}
    assert "package" not in taken
    assert "--url 'https://example.org/it'\"'\"'s $(here).tar.gz'\n" in taken["unpack"].command


def test_a_node_of_a_public_network_has_no_genesis() -> None:
    taken = {step.name.removeprefix("ken-1-"): step for step in steps(replace(BY_URL, public=True))}
    assert taken.keys() == {"unpack", "kend.service", "nodekey", "static-nodes.json", "start"}
    assert "--kairos" in taken["kend.service"].stdin


def test_commands_contain_no_secret() -> None:
    taken = steps(BY_URL)
    assert [step.name for step in taken if KEY in step.stdin] == ["ken-1-nodekey"]
    assert not [step.name for step in taken if KEY in step.command]


def test_a_daemon_script_needs_the_packaged_conf() -> None:
    layout = Layout("/srv", Package("ken", None, URL, SHA, "v1.0.3"))
    with pytest.raises(PackageError, match=r"its kend\.conf cannot be read here, which a host without systemd needs"):
        service("daemon", layout, "alpha-en", endpoint_node(1, "/srv/data"))
