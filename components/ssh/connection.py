"""SSH connections.

One event loop in its own thread serves the whole process, and everybody who logs in to a machine in the same way shares
one connection: opening another channel on it costs about a round trip.
"""

import asyncio
import os
import threading
from collections.abc import Coroutine
from functools import cache
from typing import Any, TypeVar

import asyncssh

from components.domain.seed import WITHOUT_SEED
from components.ssh.errors import (
    BadKey,
    CommandFailed,
    LoginDenied,
    NoAnswer,
    NoForwarding,
    NotAsked,
    SshError,
    WrongHostKey,
)
from components.ssh.login import Login, as_root, fingerprint

CONNECT_TIMEOUT = 10.0
"""Seconds for TCP, SSH handshake and login together; the same again for those of a proxy."""

COMMAND_TIMEOUT = 60.0
"""Default number of seconds for a command."""

LAST_LINES = 5
"""Lines of a failed command's standard error in the message."""

T = TypeVar("T")

_connections: dict[Login, "asyncio.Task[asyncssh.SSHClientConnection]"] = {}

_starting = threading.Lock()


def loop() -> asyncio.AbstractEventLoop:
    """Return the event loop of all connections."""
    with _starting:  # functools.cache alone would let two threads make two loops
        return _one_loop()


@cache
def _one_loop() -> asyncio.AbstractEventLoop:
    made = asyncio.new_event_loop()
    threading.Thread(target=made.run_forever, name="ssh", daemon=True).start()
    return made


def wait(work: Coroutine[Any, Any, T], timeout: float) -> T:
    """Run a coroutine on the event loop. Raises TimeoutError after `timeout` seconds, and what the coroutine raises."""
    future = asyncio.run_coroutine_threadsafe(work, loop())
    try:
        return future.result(timeout)
    except TimeoutError:
        future.cancel()
        raise


def connect_seconds(login: Login) -> float:
    """Return how long connecting may take (seconds)."""
    return CONNECT_TIMEOUT * (2 if login.proxy else 1)


async def connection(login: Login) -> asyncssh.SSHClientConnection:
    """Return the shared connection, which is made if there is no open one. Raises SshError."""
    task = _connections.get(login)
    if task is None or (task.done() and (task.cancelled() or task.exception() or task.result().is_closed())):
        task = asyncio.create_task(dial(login))
        task.add_done_callback(
            lambda done: done.cancelled() or done.exception()
        )  # there may be no caller left to collect it
        _connections[login] = task
    # Others may wait for the same one: a caller that gives up must not cancel it.
    return await asyncio.shield(task)


async def dial(login: Login) -> asyncssh.SSHClientConnection:
    """Make a new connection to the machine, through the shared one to its proxy if it has one. Raises SshError."""
    if os.environ.get(WITHOUT_SEED):
        raise NotAsked(login.place, "is not asked in a preview without keys")
    witness = _Witness()
    tunnel = None
    try:
        if login.proxy:
            tunnel = await connection(login.proxy)
    except SshError as error:
        raise error.on_the_way_to(login.place) from error
    try:
        async with asyncio.timeout(CONNECT_TIMEOUT):
            return await asyncssh.connect(
                login.host,
                login.port,
                tunnel=tunnel,
                client_factory=lambda: witness,
                username=login.user,
                client_keys=[_private_key(login)],
                known_hosts=([_host_key(login)], [], []),
                config=None,
                agent_path=None,
                keepalive_interval=15,
            )
    except (OSError, asyncssh.Error) as error:
        raise _sentence(login, error, witness.shown) from error


def run(
    login: Login,
    command: str,
    stdin: str | None = None,
    *,
    timeout: float = COMMAND_TIMEOUT,
    step: str = "running a command",
    fresh: bool = False,
) -> str:
    """Run a command on the machine and return its standard output.

    Secrets go to `stdin`. `step` names the command in messages: neither its text nor its input is ever shown. `fresh`
    makes a separate connection, which proves what the machine is now. Raises SshError: CommandFailed with the end of
    its standard error when it fails or takes more than `timeout` seconds.
    """
    try:
        return wait(_run(login, command, stdin, timeout, step, fresh=fresh), connect_seconds(login) + timeout + 5)
    except TimeoutError:
        raise NoAnswer(login.place, f"does not answer while {step}") from None


async def _run(login: Login, command: str, stdin: str | None, timeout: float, step: str, *, fresh: bool) -> str:
    link = await (dial(login) if fresh else connection(login))
    try:
        async with asyncio.timeout(timeout):
            given = asyncssh.PIPE if stdin else asyncssh.DEVNULL
            words = as_root(command) if login.sudo else command
            process = await link.create_process(words, stdin=given, errors="replace")
            try:
                out, err = await _communicate(process, stdin)
            finally:
                process.close()
    except TimeoutError:
        raise CommandFailed(login.place, f"did not finish {step} in {timeout:g} s") from None
    except (OSError, asyncssh.Error) as error:
        raise NoAnswer(login.place, f"was lost while {step} ({_reason(error)})") from error
    finally:
        if fresh:
            link.close()
    if process.exit_status is None and process.exit_signal is None:
        raise NoAnswer(login.place, f"was lost while {step}")
    if process.returncode:
        last = "; ".join(err.strip().splitlines()[-LAST_LINES:]) or "no error message"
        raise CommandFailed(login.place, f"failed at {step} (exit status {process.returncode}): {last}")
    return out


async def _communicate(process: "asyncssh.SSHClientProcess[str]", stdin: str | None) -> tuple[str, str]:
    """Give a command its input and return what it prints. One that ends without reading the input is no lost link."""
    try:
        out, err = await process.communicate(stdin or None)
    except BrokenPipeError:
        out, err = await process.communicate()
    return str(out), str(err)


class _Witness(asyncssh.SSHClient):
    """Remembers which host key was shown when it is not the pinned one."""

    shown = ""

    def validate_host_public_key(self, host: str, addr: str, port: int, key: asyncssh.SSHKey) -> bool:  # noqa: ARG002
        """Remember the key, and refuse it."""
        self.shown = key.get_fingerprint()
        return False


def _private_key(login: Login) -> asyncssh.SSHKey:
    try:
        return asyncssh.import_private_key(login.private_key)
    except ValueError:  # from the library, also for a key with a passphrase
        raise BadKey(
            login.place, "cannot be logged in to: the private key given for it is not a usable SSH key"
        ) from None


def _host_key(login: Login) -> asyncssh.SSHKey:
    try:
        return asyncssh.import_public_key(login.host_key)
    except ValueError:
        raise BadKey(login.place, "cannot be checked: the host key given for it is not a public SSH key") from None


def _sentence(login: Login, error: Exception, shown: str) -> SshError:
    """Return the error for a connection that could not be made."""
    place = login.place
    if isinstance(error, asyncssh.HostKeyNotVerifiable):
        what = f"shows the host key {shown or 'of an unknown kind'}, not the pinned {fingerprint(login.host_key)}"
        return WrongHostKey(place, what, shown=shown)
    if isinstance(error, asyncssh.KeyExchangeFailed):
        return WrongHostKey(place, f"has no host key of the kind of the pinned {fingerprint(login.host_key)}")
    if isinstance(error, asyncssh.PermissionDenied):
        return LoginDenied(place, f"does not let {login.user} log in with the key given")
    if isinstance(error, asyncssh.ChannelOpenError) and login.proxy:
        if error.code == asyncssh.OPEN_ADMINISTRATIVELY_PROHIBITED:
            prohibited = "does not forward connections (AllowTcpForwarding of its sshd)"
            return NoForwarding(login.proxy.place, prohibited).on_the_way_to(place)
        return NoAnswer(place, f"does not answer its proxy {login.proxy.place} ({_reason(error)})")
    if isinstance(error, ConnectionRefusedError):
        return NoAnswer(place, "refuses connections: no sshd listens there")
    if isinstance(error, TimeoutError):
        return NoAnswer(place, f"does not answer ({CONNECT_TIMEOUT:g} s)")
    return NoAnswer(place, f"cannot be reached ({_reason(error)})")


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__


def takes_files(login: Login) -> bool:
    """Return whether its sshd serves sftp. Raises SshError when there is no connection."""
    try:
        return wait(_served(login), connect_seconds(login) + COMMAND_TIMEOUT)
    except TimeoutError:
        raise NoAnswer(login.place, "does not answer while its sftp is tried") from None


async def _served(login: Login) -> bool:
    link = await connection(login)
    try:
        async with link.start_sftp_client():
            return True
    except (OSError, asyncssh.Error):
        return False
