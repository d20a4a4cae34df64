"""The connection to a machine, as pulumi-command and the dynamic providers get it."""

import asyncio
from typing import Any

import pulumi
from pulumi_command import remote

from components.hosts.host import Ssh
from components.ssh.login import Login

LOGIN: dict[str, Any] = {
    "host": "10.0.0.5",
    "port": 22,
    "user": "root",
    "private_key": "a key",
    "host_key": "ssh-ed25519 A",
}
PROXY: dict[str, Any] = {
    "host": "10.0.0.1",
    "port": 2200,
    "user": "admin",
    "private_key": "a key",
    "host_key": "ssh-ed25519 B",
}


def ssh(proxy: Ssh | None = None) -> Ssh:
    return Ssh(
        "10.0.0.5", "root", pulumi.Output.secret("a key"), pulumi.Output.from_input("ssh-ed25519 A"), proxy=proxy
    )


def bastion() -> Ssh:
    return Ssh("10.0.0.1", "admin", "a key", "ssh-ed25519 B", 2200)


def known(make: Any) -> tuple[Any, bool]:
    """Return what an output holds, and whether it is a secret."""

    async def wait() -> tuple[Any, bool]:
        output = make()
        return await output.future(), await output.is_secret()

    return asyncio.run(wait())


def given(arguments: object) -> dict[str, Any]:
    """Return the inputs that reach the plugin."""
    return {key: value for key, value in vars(arguments).items() if value is not None}


def test_without_a_bastion_nothing_is_said_of_one() -> None:
    assert known(lambda: ssh().login) == (LOGIN, True)
    connection, secret = known(lambda: ssh().connection)
    direct = remote.ConnectionArgs(**LOGIN, dial_error_limit=20)
    assert given(connection) == given(direct)
    assert "proxy" not in given(connection)
    assert secret


def test_a_bastion_is_pinned_too() -> None:
    login, secret = known(lambda: ssh(bastion()).login)
    assert login == {**LOGIN, "proxy": PROXY}
    assert secret
    assert Login.model_validate(login).proxy == Login.model_validate(PROXY)
    connection, _ = known(lambda: ssh(bastion()).connection)
    way = given(connection).pop("proxy")
    assert isinstance(way, remote.ProxyConnectionArgs)
    assert given(way) == given(remote.ProxyConnectionArgs(**PROXY, dial_error_limit=20))
