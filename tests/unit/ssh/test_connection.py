"""Sentences of connections that fail, from servers on this machine: nothing of them needs an sshd."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

import pytest

from components.chain.errors import Unreachable
from components.chain.rpc.endpoint import Endpoint
from components.chain.rpc.ipc_stream import Channel, run_on_host
from components.domain.problems.hosts import FORWARDING_OFF, HOST_SILENT, KEY_UNREADABLE
from components.domain.problems.setup import PLACEHOLDERS
from components.domain.seed import WITHOUT_SEED
from components.dynamic.secrets import ssh_key
from components.ssh import connection as ssh
from components.ssh.errors import BadKey, NoAnswer, NoForwarding, NotAsked, SshError
from components.ssh.login import Login

CLIENT, HOST = ssh_key.private_key("11" * 32), ssh_key.public_key("22" * 32)


@contextmanager
def server(answer: Callable[[socket.socket], None]) -> Iterator[int]:
    """Listen on a port of this machine, and answer whoever comes; yield the port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            try:
                while True:
                    connection, _ = listener.accept()
                    held.append(connection)
                    answer(connection)
            except OSError:
                return

        held: list[socket.socket] = []
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield int(listener.getsockname()[1])
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()
            for connection in held:
                connection.close()


def login(port: int, **other: object) -> Login:
    return Login.model_validate({"host": "127.0.0.1", "port": port, "private_key": CLIENT, "host_key": HOST, **other})


def test_a_port_where_nobody_listens() -> None:
    with pytest.raises(NoAnswer, match=rf"^127\.0\.0\.1:1 refuses connections.* \[{HOST_SILENT.code}\]$"):
        ssh.run(login(1), "true")


def test_a_host_that_stays_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ssh, "CONNECT_TIMEOUT", 0.3)
    with server(lambda _: None) as port, pytest.raises(NoAnswer, match=rf":{port} .*\(0\.3 s\) .{HOST_SILENT.code}"):
        ssh.run(login(port), "true")


def test_a_host_that_hangs_up() -> None:
    hangs_up = server(lambda connection: connection.close())
    with hangs_up as port, pytest.raises(NoAnswer, match=rf":{port} cannot be reached.*{HOST_SILENT.code}"):
        ssh.run(login(port), "true")


def test_a_host_that_speaks_something_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ssh, "CONNECT_TIMEOUT", 0.3)
    with server(lambda c: c.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n" * 50)) as port, pytest.raises(SshError):
        ssh.run(login(port), "true")


def test_a_failing_proxy_is_named_as_such() -> None:
    with pytest.raises(NoAnswer, match=rf"^the proxy 127\.0\.0\.1:1 .* 127\.0\.0\.1:2 .*{HOST_SILENT.code}"):
        ssh.run(login(2, proxy=login(1).model_dump()), "true")


def test_a_proxy_that_forwards_nothing_is_a_problem_of_its_own() -> None:
    """Also when it is named as the proxy of a machine."""
    behind = NoForwarding("10.0.0.1:22", "does not forward connections").on_the_way_to("10.0.0.5:22")
    assert isinstance(behind, NoAnswer)
    assert (FORWARDING_OFF.code in str(behind), HOST_SILENT.code in str(behind)) == (True, False)


@pytest.mark.parametrize("wrong", [{"private_key": "secret"}, {"host_key": "secret"}])
def test_a_key_that_cannot_be_read_is_not_shown(wrong: dict[str, object]) -> None:
    with pytest.raises(BadKey) as error:
        ssh.run(login(1, **wrong), "true")
    assert KEY_UNREADABLE.code in str(error.value)
    assert "secret" not in f"{error.value!r}{error.value.__cause__!r}"


def test_the_chain_room_names_the_node() -> None:
    endpoint = Endpoint(node="alpha-en", ipc="/ipc", host="127.0.0.1", port=1, private_key=CLIENT, host_key=HOST)
    with pytest.raises(Unreachable, match=rf"^alpha-en: .*127\.0\.0\.1:1 .*{HOST_SILENT.code}"):
        Channel(endpoint)
    with pytest.raises(Unreachable, match=rf"^alpha-en: 127\.0\.0\.1:1 .*{HOST_SILENT.code}"):
        run_on_host(endpoint, "true", 1)


def test_a_command_that_ends_without_reading_its_input_is_no_lost_connection() -> None:
    class Ended:
        """A process whose channel is closed already when its input is to be written."""

        async def communicate(self, given: str | None = None) -> tuple[str, str]:
            if given:
                raise BrokenPipeError
            return "printed", "why"

    assert asyncio.run(ssh._communicate(cast("Any", Ended()), "input")) == ("printed", "why")


def test_a_preview_without_keys_logs_in_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[socket.socket] = []
    monkeypatch.setenv(WITHOUT_SEED, "a file")
    with server(asked.append) as port, pytest.raises(NotAsked, match=PLACEHOLDERS.code):
        ssh.run(Login(host="127.0.0.1", port=port, user="u", private_key=CLIENT, host_key=HOST), "true")
    assert asked == []
