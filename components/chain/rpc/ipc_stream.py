"""JSON-RPC over a node's IPC socket, carried by SSH. A node answers with one JSON document per line."""

import asyncssh

from components.chain.errors import HostUnreachable, NotListening, Unreachable
from components.chain.rpc.endpoint import Endpoint
from components.domain.problems.chains import CONSOLE_LOST
from components.domain.problems.hosts import HOST_SILENT
from components.domain.problems.nodes import CONSOLE_SILENT, NODE_DOWN
from components.ssh import connection as ssh
from components.ssh.errors import CommandFailed, NobodyListens, SshError
from components.ssh.unix_socket import unix_socket


class Channel:
    """One stream to one IPC socket, used by one thread at a time."""

    def __init__(self, endpoint: Endpoint) -> None:
        """Open the stream.

        Raises HostUnreachable when the host does not answer or shows another host key, and NotListening when no node
        listens there.
        """
        self._endpoint = endpoint
        try:
            self._reader, self._writer = ssh.wait(
                unix_socket(endpoint.login, endpoint.ipc), ssh.connect_seconds(endpoint) + 5
            )
        except NobodyListens as error:
            words = f"{endpoint.node}: no node listens on {endpoint.ipc} at {endpoint.host}; is it running?"
            raise NotListening(NODE_DOWN(words)) from error
        except SshError as error:
            raise HostUnreachable(error.problem(f"{endpoint.node}: no SSH connection: {error}")) from error
        except (OSError, asyncssh.Error, TimeoutError) as error:
            reason = str(error) or type(error).__name__
            words = f"{endpoint.node}: no SSH connection: {endpoint.place} is lost ({reason})"
            raise HostUnreachable(HOST_SILENT(words)) from error

    def exchange(self, request: bytes, timeout: float) -> bytes:
        """Send one request and return its answer.

        Raises Unreachable when the stream ends or no answer comes within `timeout` seconds. The stream cannot be used
        after that: a late answer would be taken for the answer to the next request.
        """
        try:
            answer = ssh.wait(self._exchange(request), timeout)
        except (OSError, asyncssh.Error, TimeoutError) as error:
            self.close()
            reason = str(error) or f"no answer in {timeout:g} s"
            words = f"{self._endpoint.node}: the node's console at {self._endpoint.host} is lost ({reason})"
            msg = CONSOLE_SILENT(words) if isinstance(error, TimeoutError) else CONSOLE_LOST(words)
            raise Unreachable(msg) from error
        if not answer:
            words = f"{self._endpoint.node}: the node at {self._endpoint.host} closed its console; did it stop?"
            raise Unreachable(CONSOLE_LOST(words))
        return answer

    async def _exchange(self, request: bytes) -> bytes:
        self._writer.write(request + b"\n")
        answer = await self._reader.readline()
        while answer and not answer.endswith(b"\n"):  # asyncssh gives 2 MiB of a line at a time
            rest = await self._reader.readline()
            answer = answer + rest if rest else b""
        return answer

    def close(self) -> None:
        """Close the stream; the SSH connection stays for the next one."""
        ssh.loop().call_soon_threadsafe(self._writer.close)


RESTART_TIMEOUT = 1800.0
"""Seconds for the command that restarts a node. The command waits as long as the node works on its stop or its start,
which is minutes for a large one, and ends at once when the node does."""


def run_on_host(endpoint: Endpoint, command: str, timeout: float, stdin: str | None = None) -> str:
    """Run a command on the node's host and return its standard output.

    Raises HostUnreachable when it cannot be run, and Unreachable when it fails or takes more than `timeout` seconds.
    """
    try:
        return ssh.run(endpoint.login, command, stdin, timeout=timeout)
    except SshError as error:
        msg = error.problem(f"{endpoint.node}: {error}")
        raise (Unreachable if isinstance(error, CommandFailed) else HostUnreachable)(msg) from error
