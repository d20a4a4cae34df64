"""JSON-RPC over a node's IPC socket, carried by SSH.

One event loop in a thread of its own serves the whole process, and one SSH connection a host is shared by
everybody: opening the next channel on it costs about a round trip. A node answers one JSON document a line.
"""

import asyncio
import threading
from collections.abc import Coroutine
from functools import cache
from typing import Any, TypeVar

import asyncssh

from components.chain.endpoint import Endpoint
from components.chain.errors import Unreachable

CONNECT_TIMEOUT = 10.0
"""Seconds for TCP, SSH handshake and login together."""

T = TypeVar("T")

_connections: dict[Endpoint, "asyncio.Task[asyncssh.SSHClientConnection]"] = {}


_starting = threading.Lock()


def _loop() -> asyncio.AbstractEventLoop:
    with _starting:  # functools.cache alone would let two first callers make two loops
        return _one_loop()


@cache
def _one_loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="ssh-tunnel", daemon=True).start()
    return loop


def _run(work: Coroutine[Any, Any, T], timeout: float) -> T:
    future = asyncio.run_coroutine_threadsafe(work, _loop())
    try:
        return future.result(timeout)
    except TimeoutError:
        future.cancel()
        raise


async def _dial(endpoint: Endpoint) -> asyncssh.SSHClientConnection:
    known_hosts = asyncssh.import_known_hosts(f"* {endpoint.host_key.strip()}\n")
    return await asyncssh.connect(
        endpoint.host,
        endpoint.port,
        username=endpoint.user,
        client_keys=[asyncssh.import_private_key(endpoint.private_key)],
        known_hosts=known_hosts,
        config=None,
        agent_path=None,
        keepalive_interval=15,
    )


async def _connection(endpoint: Endpoint) -> asyncssh.SSHClientConnection:
    login = endpoint.model_copy(update={"ipc": "", "node": ""})
    task = _connections.get(login)
    if task is None or (task.done() and (task.exception() or task.result().is_closed())):
        task = asyncio.create_task(_dial(endpoint))
        _connections[login] = task
    try:
        return await asyncio.wait_for(asyncio.shield(task), CONNECT_TIMEOUT)
    except TimeoutError:
        task.cancel()
        _connections.pop(login, None)
        raise


async def _open(
    endpoint: Endpoint,
) -> tuple["asyncssh.SSHReader[bytes]", "asyncssh.SSHWriter[bytes]"]:
    connection = await _connection(endpoint)
    return await connection.open_unix_connection(endpoint.ipc, encoding=None)


class Channel:
    """One stream to one IPC socket, used by one thread at a time."""

    def __init__(self, endpoint: Endpoint) -> None:
        """Open the stream.

        Raises Unreachable when the host does not answer, shows another host key, or no node listens there.
        """
        self._endpoint = endpoint
        try:
            self._reader, self._writer = _run(_open(endpoint), CONNECT_TIMEOUT + 5)
        except asyncssh.HostKeyNotVerifiable as error:
            msg = f"{endpoint.node}: the machine at {endpoint.host} shows another host key than the pinned one"
            raise Unreachable(msg) from error
        except asyncssh.ChannelOpenError as error:
            msg = f"{endpoint.node}: no node listens on {endpoint.ipc} at {endpoint.host}; is it running?"
            raise Unreachable(msg) from error
        except (OSError, asyncssh.Error, TimeoutError) as error:
            reason = str(error) or type(error).__name__
            msg = f"{endpoint.node}: no SSH connection to {endpoint.host}:{endpoint.port} ({reason})"
            raise Unreachable(msg) from error

    def exchange(self, request: bytes, timeout: float) -> bytes:
        """Send one request and return its answer.

        Raises Unreachable when the stream ends or no answer comes within `timeout` seconds; the stream is of no
        more use then, because a late answer would be taken for the next one.
        """
        try:
            answer = _run(self._exchange(request), timeout)
        except (OSError, asyncssh.Error, TimeoutError) as error:
            self.close()
            reason = str(error) or f"no answer in {timeout:g} s"
            msg = f"{self._endpoint.node}: the node's console at {self._endpoint.host} is lost ({reason})"
            raise Unreachable(msg) from error
        if not answer:
            msg = f"{self._endpoint.node}: the node at {self._endpoint.host} closed its console; did it stop?"
            raise Unreachable(msg)
        return answer

    async def _exchange(self, request: bytes) -> bytes:
        self._writer.write(request + b"\n")
        return await self._reader.readline()

    def close(self) -> None:
        """Close the stream; the SSH connection stays for the next one."""
        _loop().call_soon_threadsafe(self._writer.close)


def run_on_host(endpoint: Endpoint, command: str, timeout: float) -> str:
    """Run a command on the node's host and return its standard output.

    Raises Unreachable when it cannot be run, fails, or takes more than `timeout` seconds.
    """

    async def work() -> str:
        connection = await _connection(endpoint)
        result = await connection.run(command, check=True)
        return str(result.stdout)

    try:
        return _run(work(), timeout)
    except (OSError, asyncssh.Error, TimeoutError) as error:
        msg = f"{endpoint.node}: a command on {endpoint.host} failed ({type(error).__name__}: {error})"
        raise Unreachable(msg) from error
