"""What the program asks for on machines that exist already: a look, a claim on each, and a node by who logs in."""

from typing import Any

import pytest

from components.dynamic.secrets.ssh_key import private_key
from tests.program.mocked import made, run
from tests.program.program import Asked, Program
from tests.program.stacks import example

NODES = {"parent", "alpha-en", "beta-en", "scn-1", "scn-2", "scn-3", "scn-4"}
KEY = private_key("2c" * 32)


@pytest.fixture(scope="module")
def program() -> Program:
    return made(example("existing"))


def changed(**hosts: Any) -> Program:
    """Run the example with a key of the user's, and with more said of some hosts."""
    config = example("existing")
    config["existing"]["privateKey"] = KEY
    for name, more in hosts.items():
        config["existing"]["hosts"][name.replace("_", "-")] |= more
    return run(config)


def commands(program: Program, host: str) -> dict[str, Asked]:
    return {name: one for name, one in program.of("Command").items() if name.startswith(f"{host}-")}


def test_all_machines_are_looked_at_before_the_first_is_claimed(program: Program) -> None:
    looked_at = {one["needs"]["host"]: one for one in program.one("HostPreflight", "preflight").inputs["hosts"]}
    assert set(looked_at) == set(program.of("ExistingHost")) == NODES
    for claim in program.of("ExistingHost").values():
        assert any(urn.endswith("::preflight") for urn in claim.options["dependencies"])
    assert looked_at["alpha-en"]["needs"]["ports"] == ["tcp 32323", "tcp 50505", "tcp 8551"]
    assert looked_at["scn-2"]["needs"]["ports"] == ["tcp 22323", "tcp 50506", "tcp 8551"]
    assert looked_at["scn-3"]["needs"]["ports"] == ["tcp 22323", "tcp 8551"]
    assert looked_at["scn-3"]["needs"]["disk_gib"] == 50


def test_everything_on_a_machine_follows_its_claim(program: Program) -> None:
    for name in NODES:
        copy = program.one("CopyToRemote", f"{name}-package")
        assert any(urn.endswith(f"ExistingHost::{name}") for urn in copy.options["dependencies"])
        assert f"{name}.instance" in copy.inputs["triggers"]


def test_a_sudoer_works_by_sudo_and_uploads_to_a_place_of_its_own(program: Program) -> None:
    for one in commands(program, "scn-1").values():
        assert one.inputs["create"].startswith("exec sudo -n -- sh -c "), one.name
        assert one.inputs["connection"]["user"] == "ubuntu"
        assert "sudo" not in one.inputs["connection"]
    assert program.one("CopyToRemote", "scn-1-package").inputs["remotePath"].startswith("/srv/servicechain/uploads/")
    assert program.one("RunningNode", "scn-1").inputs["node"]["sudo"] is True
    claim = program.one("ExistingHost", "scn-1").inputs
    assert (claim["folder"], claim["unit"], claim["account"]) == ("/srv/servicechain", "kscnd.service", "kaia")


def test_a_user_without_sudo_does_all_in_its_home_by_the_script(program: Program) -> None:
    for one in commands(program, "scn-4").values():
        assert "sudo" not in one.inputs["create"], one.name
        assert one.inputs["connection"]["user"] == "ops"
    assert "scn-4-kscnd.conf" in program.of("Command")
    assert "sudo" not in program.one("RunningNode", "scn-4").inputs["node"]
    claim = program.one("ExistingHost", "scn-4").inputs
    assert claim["folder"] == "/home/ops/servicechain"
    assert claim.get("unit") is None


def test_root_needs_no_sudo() -> None:
    program = changed(scn_1={"user": "root"})
    assert not [name for name, one in commands(program, "scn-1").items() if "sudo" in one.inputs["create"]]
    assert program.one("CopyToRemote", "scn-1-package").inputs["remotePath"].startswith("/srv/servicechain/kscn")
    assert "scn-1-kscnd.service" in program.of("Command")


def test_ssh_goes_another_way_than_the_nodes_where_it_is_said() -> None:
    program = changed(alpha_en={"sshHost": "alpha.test", "port": 2222})
    connection = program.one("Command", "alpha-en-start").inputs["connection"]
    assert (connection["host"], connection["port"]) == ("alpha.test", 2222)
    assert "@192.0.2.11:50505" in program.outputs["pairs"]["alpha"]["en"]["kni"]


def test_the_key_to_authorize_is_in_the_outputs_where_it_is_the_stacks_own(program: Program) -> None:
    access = program.outputs["access"]
    assert access["user"] == "ubuntu"
    assert access["publicKey"] == program.one("SshKey", "existing-client").inputs["public_key"]
    given = changed()
    assert "publicKey" not in given.outputs["access"]
    assert not given.of("SshKey")


def test_the_same_again_touches_nothing(program: Program) -> None:
    assert program.touched_by(run(example("existing"), before=program)) == set()


def test_claims_are_protected_with_all_that_cannot_be_made_again() -> None:
    program = run({**example("existing"), "protection": True})
    assert all(one.options.get("protect") for one in program.of("ExistingHost").values())
