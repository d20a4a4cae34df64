"""The paths of a node's files, and the lists in JSON."""

import json
from pathlib import Path

import pytest

from components.domain.kni import bridge_kni
from components.kaia.layout import Layout, json_list, main_bridges
from components.kaia.package import Package

KNI = bridge_kni("ab" * 64, "10.0.0.7")
ADDRESS = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"


def layout(root: str = "/srv") -> Layout:
    return Layout(root, Package("kscn", None, "https://example.org/kscn.tar.gz", "1a2b3c4d" * 8, "v1.0.3"))


def test_paths_are_those_of_the_package_and_the_node() -> None:
    at = layout()
    assert at.release.conf == "/srv/kscn-v1.0.3-1a2b3c4d/conf/kscnd.conf"
    assert at.release.daemon == "/srv/kscn-v1.0.3-1a2b3c4d/bin/kscnd"
    assert at.release.binary == "/srv/kscn-v1.0.3-1a2b3c4d/bin/kscn"
    assert at.current.daemon == "/srv/current/bin/kscnd"
    assert at.next.binary == "/srv/next/bin/kscn"
    assert at.archive == "/srv/kscn-v1.0.3-1a2b3c4d.tar.gz"
    assert at.unit_file == "/etc/systemd/system/kscnd.service"
    assert at.main_bridges == "/srv/data/main-bridges.json"
    assert at.static_nodes == "/srv/data/static-nodes.json"
    assert at.node_key == "/srv/data/klay/nodekey"
    assert at.ipc == "/srv/data/klay.ipc"


@pytest.mark.parametrize("chain", ["parent", "child"])
def test_an_operator_has_one_folder_and_a_password_file_named_by_the_checksummed_address(chain: str) -> None:
    files = layout().operator(chain, ADDRESS)
    assert files.password == f"/srv/data/{chain}_bridge_account/{ADDRESS}"
    assert Path(files.keystore).parent == Path(files.password).parent
    assert files.keystore != files.password


def test_main_bridges_is_a_json_array_with_exactly_one_kni() -> None:
    assert json.loads(main_bridges(KNI)) == [f"kni://{'ab' * 64}@10.0.0.7:50505?discport=0"]
    assert main_bridges(KNI).endswith("]\n")


@pytest.mark.parametrize("items", [[], [KNI], [KNI, 'with "quotes"']])
def test_static_nodes_is_a_json_array(items: list[str]) -> None:
    assert json.loads(json_list(items)) == items
