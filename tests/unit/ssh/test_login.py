"""What it takes to log in: accepted forms, and that no key is in any message."""

import subprocess
from pathlib import Path

import pytest
from pydantic import ValidationError

from components.chain.rpc.endpoint import Endpoint
from components.domain.problems.hosts import OTHER_HOST_KEY
from components.dynamic.secrets import ssh_key
from components.ssh.errors import WrongHostKey
from components.ssh.login import Login, fingerprint

LOGIN = {
    "host": "10.0.0.5",
    "port": 22.0,  # numbers come as floats from Pulumi
    "user": "root",
    "private_key": ssh_key.private_key("11" * 32),
    "host_key": ssh_key.public_key("22" * 32),
}
PROXY = {key: LOGIN[key] for key in ("host", "private_key", "host_key")}


def test_an_endpoint_without_a_proxy_is_read() -> None:
    endpoint = Endpoint.model_validate({**LOGIN, "node": "alpha-en", "ipc": "/srv/data/klay.ipc"})
    assert endpoint.login == Login.model_validate(LOGIN)
    assert type(endpoint.login) is Login
    assert endpoint.proxy is None
    assert endpoint.place == "10.0.0.5:22"


def test_nodes_of_one_host_share_its_login() -> None:
    one, two = (Endpoint.model_validate({**LOGIN, "proxy": PROXY, "node": name, "ipc": name}) for name in "ab")
    assert hash(one.login) == hash(two.login)
    assert one.login == two.login
    assert one.login.proxy == Login.model_validate(PROXY)


def test_a_proxy_has_no_proxy() -> None:
    with pytest.raises(ValidationError, match="a proxy has no proxy of its own") as error:
        Login.model_validate({**LOGIN, "proxy": {**PROXY, "proxy": PROXY}})
    assert "PRIVATE" not in str(error.value)


@pytest.mark.parametrize("wrong", [{"port": "secret"}, {"keys": "secret"}, {"host_key": {"a": "secret"}}])
def test_no_value_is_in_a_message(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError) as error:
        Login.model_validate({**LOGIN, **wrong})
    assert "secret" not in str(error.value)
    assert "PRIVATE" not in str(error.value)


def test_fingerprints_are_those_of_openssh(tmp_path: Path) -> None:
    (tmp_path / "key.pub").write_text(str(LOGIN["host_key"]) + " comment\n")
    shown = subprocess.run(["ssh-keygen", "-l", "-f", str(tmp_path / "key.pub")], capture_output=True, check=True)
    assert shown.stdout.decode().split()[1] == fingerprint(str(LOGIN["host_key"]))


@pytest.mark.parametrize("text", ["", "ssh-ed25519", "ssh-ed25519 secret!"])
def test_what_is_no_key_has_no_fingerprint(text: str) -> None:
    with pytest.raises(ValueError, match="this is not a public SSH key") as error:
        fingerprint(text)
    assert "secret" not in str(error.value)


def test_an_error_reports_machine_and_proxy_apart() -> None:
    error = WrongHostKey("10.0.0.1:22", "shows another key", shown="SHA256:x")
    behind = error.on_the_way_to("10.0.0.5:22")
    assert str(error) == OTHER_HOST_KEY("10.0.0.1:22 shows another key")
    assert str(behind) == OTHER_HOST_KEY("the proxy 10.0.0.1:22 on the way to 10.0.0.5:22 shows another key")
    assert (error.proxy, behind.proxy, behind.shown, type(behind)) == (False, True, "SHA256:x", WrongHostKey)
