"""The first login's inputs: what a preview knows of it, and what makes it run again."""

import pulumi
import pytest

from components.dynamic.base import Props
from components.dynamic.machines.boot import BootProvider
from components.dynamic.machines.first_login import FirstLoginProvider
from components.dynamic.secrets import ssh_key

PROVIDER = FirstLoginProvider()
PROPS: Props = {
    "name": "alpha-en",
    "login": {
        "host": "10.0.0.5",
        "port": 22.0,
        "private_key": ssh_key.private_key("11" * 32),
        "host_key": ssh_key.public_key("22" * 32),
    },
    "one_time_host_key": ssh_key.public_key("33" * 32),
    "host_private_key": ssh_key.private_key("22" * 32),
    "machine": "i-1",
}
KNOWN: Props = {**PROPS, "instance": "i-1"}


def test_the_instance_is_known_before_the_login() -> None:
    checked = PROVIDER.check({}, dict(PROPS))
    assert not checked.failures
    assert checked.inputs == KNOWN
    unknown = PROVIDER.check({}, {**PROPS, "machine": pulumi.UNKNOWN}).inputs
    assert pulumi.contains_unknowns(unknown["instance"])


def test_another_machine_is_logged_in_to_in_place() -> None:
    diff = PROVIDER.diff("i-1", KNOWN, PROVIDER.check({}, {**PROPS, "machine": "i-2"}).inputs)
    assert (diff.changes, diff.replaces) == (True, [])
    assert not PROVIDER.diff("i-1", KNOWN, PROVIDER.check({}, dict(PROPS)).inputs).changes


def test_another_bastion_leaves_the_instance_as_it_is() -> None:
    moved = {**PROPS, "login": {**PROPS["login"], "proxy": PROPS["login"]}}
    news = PROVIDER.check(KNOWN, moved).inputs
    assert PROVIDER.diff("i-1", KNOWN, news).changes
    assert news["instance"] == KNOWN["instance"]


def test_removing_it_asks_nothing_of_the_machine() -> None:
    PROVIDER.delete("i-1", KNOWN)


@pytest.mark.parametrize("wrong", [{"login": {**PROPS["login"], "x": "secret"}}, {"machine": ["secret"]}])
def test_no_key_is_in_a_message(wrong: Props) -> None:
    failures = PROVIDER.check({}, {**PROPS, **wrong}).failures
    assert failures
    said = " ".join(f"{failure.property} {failure.reason}" for failure in failures)
    assert "secret" not in said
    assert "PRIVATE" not in said


def test_a_boot_holds_its_image_and_key() -> None:
    boot = BootProvider()
    given = {"image": "ami-1", "authorized_key": "ssh-ed25519 AAAAone"}
    first = boot.check({}, given).inputs
    outs = boot.create(first).outs or {}
    later = boot.check(first, {"image": "ami-2", "authorized_key": "ssh-ed25519 AAAAtwo"}).inputs
    assert later == given
    assert boot.check(first, {"image": pulumi.UNKNOWN, "authorized_key": pulumi.UNKNOWN}).inputs == given
    assert outs["host_key"] in outs["user_data"]
    assert given["authorized_key"] in outs["user_data"]
    assert not boot.diff("", outs, later).changes
    again = boot.update("", outs, later).outs
    assert again == outs
    assert (boot.create(first).outs or {})["host_key"] != outs["host_key"]
