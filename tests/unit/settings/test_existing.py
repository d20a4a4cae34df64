"""Settings of machines that exist already: what is filled in, and each rule with its problem."""

from typing import Any

import pytest

from components.domain.problems.settings import (
    DUPLICATE,
    FILE_NEEDED,
    MISSING_KEY,
    NO_SYSTEMD,
    OUT_OF_RANGE,
    SSH_KEY_KIND,
    SSH_KEY_TEXT,
    UNKNOWN_KEY,
    UNKNOWN_NAME,
    UNNEEDED_KEY,
    WRONG_FORM,
    WRONG_HOST_KEY,
)
from components.dynamic.secrets.ssh_key import private_key, public_key
from components.settings.sections.existing import Existing
from components.topology.checks.configuration import read
from tests.unit.samples import Expected, Raw, archive, problems, raw, tells

KEY = private_key("2c" * 32)
HOST_KEY = public_key("3d" * 32)
NAMES = ("parent", "scn-1", "scn-2", "scn-3", "scn-4", "pair-1-en", "pair-2-en")
SYSTEMD = "/srv/servicechain"


def section(**changed: Any) -> Raw:
    """Return a good `existing` section; `scn_1={...}` adds to one host."""
    hosts: dict[str, Raw] = {
        name: {"address": f"10.0.0.{number}", "hostKey": HOST_KEY} for number, name in enumerate(NAMES, 5)
    }
    rest = {}
    for key, value in changed.items():
        name = key.replace("_", "-")
        if name in hosts:
            hosts[name] |= value
        else:
            rest[key] = value
    return {"user": "ubuntu", "hosts": hosts, **rest}


def config(**changed: Any) -> Raw:
    return raw(target="existing", existing=section(**changed))


def existing(**changed: Any) -> Existing:
    found = read(config(**changed)).existing
    assert found
    return found


@pytest.mark.parametrize(
    ("changed", "user", "sudo", "service", "root"),
    [
        ({}, "ubuntu", True, "systemd", SYSTEMD),
        ({"user": "root"}, "root", False, "systemd", SYSTEMD),
        ({"user": "jane.doe", "sudo": False}, "jane.doe", False, "daemon", "/home/jane.doe/servicechain"),
        ({"sudo": False}, "ubuntu", False, "daemon", "/home/ubuntu/servicechain"),
        ({"sudo": False, "scn_1": {"sudo": True}}, "ubuntu", True, "systemd", SYSTEMD),
        ({"user": "root", "scn_1": {"user": "ops"}}, "ops", True, "systemd", SYSTEMD),
        ({"scn_1": {"user": "root"}}, "root", False, "systemd", SYSTEMD),
        ({"scn_1": {"service": "daemon"}}, "ubuntu", True, "daemon", SYSTEMD),
        ({"scn_1": {"root": "/data/kaia"}}, "ubuntu", True, "systemd", "/data/kaia"),
        ({"sudo": False, "scn_1": {"root": "/data/kaia"}}, "ubuntu", False, "daemon", "/data/kaia"),
    ],
)
def test_what_is_not_given_follows_from_what_is(changed: Raw, user: str, sudo: bool, service: str, root: str) -> None:  # noqa: FBT001
    found = existing(**changed)
    host = found.hosts["scn-1"]
    assert (found.user_of(host), found.sudo_of(host), found.service_of(host), found.root_of(host)) == (
        user, sudo, service, root,
    )  # fmt: skip


def test_a_private_key_is_taken_without_the_end_of_its_last_line_and_is_not_shown() -> None:
    found = existing(privateKey=KEY.strip())
    assert found.private_key
    assert found.private_key.get_secret_value() == KEY
    assert KEY.splitlines()[3] not in repr(found)


LISTED = "existing.hosts"
_UNPROTECTED, _PROTECTED = "AAAABG5vbmUAAAAEbm9uZQ", "AAAACmFlczI1Ni1jdHIAAA"
"""In the base64 of a key's content: how it is encrypted, `none` or aes256-ctr."""


@pytest.mark.parametrize(
    ("bad", "expected"),
    [
        (raw(target="existing"), [("existing", MISSING_KEY, "")]),
        (config(privateKey="hunter2"), [("existing.privateKey", SSH_KEY_TEXT, "")]),
        (
            config(privateKey=KEY.replace(_UNPROTECTED, _PROTECTED)),
            [("existing.privateKey", SSH_KEY_KIND, "passphrase")],
        ),
        (config(scn_1={"address": "scn-1.test"}), [(f"{LISTED}.scn-1.address", WRONG_FORM, "'scn-1.test'")]),
        (config(scn_1={"address": "127.0.0.1"}), [(f"{LISTED}.scn-1.address", OUT_OF_RANGE, "127.0.0.1")]),
        (config(scn_1={"hostKey": "AAAA"}), [(f"{LISTED}.scn-1.hostKey", WRONG_HOST_KEY, "'AAAA'")]),
        (config(scn_1={"port": 70000}), [(f"{LISTED}.scn-1.port", OUT_OF_RANGE, "70000")]),
        (config(scn_1={"diskGib": 0}), [(f"{LISTED}.scn-1.diskGib", OUT_OF_RANGE, "0")]),
        (config(scn_1={"root": "/srv"}), [(f"{LISTED}.scn-1.root", WRONG_FORM, "'/srv'")]),
        (config(scn_1={"root": "/srv/../etc"}), [(f"{LISTED}.scn-1.root", WRONG_FORM, "'/srv/../etc'")]),
        (config(scn_1={"root": "/home/ubuntu/node"}), [(f"{LISTED}.scn-1.root", NO_SYSTEMD, "/home/ubuntu/node")]),
        (
            config(sudo=False, scn_1={"service": "systemd", "root": "/data/x"}),
            [(f"{LISTED}.scn-1.service", NO_SYSTEMD, "ubuntu")],
        ),
        (config(scn_1={"user": "root", "sudo": True}), [(f"{LISTED}.scn-1.sudo", UNNEEDED_KEY, "")]),
        (
            config(scn_1={"address": "10.0.0.7"}),
            [
                (LISTED, DUPLICATE, "the address 10.0.0.7 is used by scn-1, scn-2"),
                (LISTED, DUPLICATE, "the SSH address 10.0.0.7:22 is used by scn-1, scn-2"),
            ],
        ),
        (
            config(scn_1={"sshHost": "jump"}, scn_2={"sshHost": "jump"}, scn_3={"sshHost": "jump", "port": 23}),
            [(LISTED, DUPLICATE, "SSH address jump:22 is used by scn-1, scn-2")],
        ),
        (
            config(scn_1={"sshHost": "10.0.0.7"}),
            [(LISTED, DUPLICATE, "SSH address 10.0.0.7:22 is used by scn-1, scn-2")],
        ),
        (
            config(scn_1={"sshHost": "Jump.test"}, scn_2={"sshHost": "jump.TEST"}),
            [(LISTED, DUPLICATE, "SSH address jump.test:22 is used by scn-1, scn-2")],
        ),
        (config(bastion={"host": "10.0.0.1", "hostKey": HOST_KEY}), [("existing.bastion.user", MISSING_KEY, "")]),
        (config(scn_1={"adress": "10.0.0.5"}), [(f"{LISTED}.scn-1.adress", UNKNOWN_KEY, "'address'")]),
    ],
)
def test_rules(bad: Raw, expected: list[Expected]) -> None:
    assert tells(problems(bad), *expected)


def test_every_machine_is_listed_and_no_other() -> None:
    bad = config()
    hosts = bad["existing"]["hosts"]
    hosts["pair-1-em"] = hosts.pop("pair-1-en")
    del hosts["parent"], hosts["scn-4"]
    assert tells(
        problems(bad),
        (f"{LISTED}.parent", MISSING_KEY, "validator"),
        (f"{LISTED}.scn-4", MISSING_KEY, "this SCN"),
        (f"{LISTED}.pair-1-en", MISSING_KEY, "this EN"),
        (f"{LISTED}.pair-1-em", UNKNOWN_NAME, "'pair-1-en'"),
    )


def test_the_daemon_script_needs_an_archive_that_is_here() -> None:
    bad = {**config(scn_1={"service": "daemon"}), "packages": {"kscn": archive("kscn", "v1.0.3", "url")}}
    assert tells(problems(bad), ("packages.kscn", FILE_NEEDED, "scn-1"))


def test_the_daemon_script_of_a_pair_with_its_own_archive_needs_that_one_here() -> None:
    pairs: list[Raw] = [{"name": "pair-1", "scn": "scn-1"}, {"name": "pair-2", "scn": "scn-2"}]
    pairs[0] |= {"packages": {"ken": archive("ken", "v1.0.3", "url"), "kscn": archive("kscn", "v1.0.3", "url")}}
    bad = {**config(scn_1={"service": "daemon"}, pair_2_en={"service": "daemon"}), "pairs": pairs}
    assert tells(problems(bad), ("pairs[0].packages.kscn", FILE_NEEDED, "scn-1"))
    pairs[0]["packages"] = {"kscn": archive("kscn", "v1.0.3")}
    good = {**bad, "packages": {"kscn": archive("kscn", "v1.0.3", "url")}}
    assert read(good).archive_of("scn-1").archive.file


def test_other_targets_do_not_ask_for_it() -> None:
    assert read(raw(existing={"hosts": {}})).existing
