"""Streams to unix sockets on machines: opened by sshd, or, where only root may open them, by sudo and a relay."""

import asyncssh

from components.ssh import connection as ssh
from components.ssh.errors import CommandFailed, NobodyListens
from components.ssh.login import CONNECTED, Login, relay_to

Stream = tuple["asyncssh.SSHReader[bytes]", "asyncssh.SSHWriter[bytes]"]


async def unix_socket(login: Login, path: str) -> Stream:
    """Open a stream to the socket at this path on the machine.

    Raises SshError, which is NobodyListens when only the socket is missing, and OSError or asyncssh.Error when the
    connection is lost meanwhile.
    """
    link = await ssh.connection(login)
    if login.sudo:
        return await _relayed(link, login, path)
    try:
        return await link.open_unix_connection(path, encoding=None)
    except asyncssh.ChannelOpenError as error:
        raise NobodyListens(login.place, f"has no listener on {path}") from error


async def _relayed(link: asyncssh.SSHClientConnection, login: Login, path: str) -> Stream:
    process = await link.create_process(relay_to(path), encoding=None)
    if await process.stdout.readline() == CONNECTED.encode():
        return process.stdout, process.stdin
    words = (await process.stderr.read()).decode(errors="replace").strip().splitlines() or ["no error message"]
    process.close()
    if words[-1].startswith("no listener"):
        raise NobodyListens(login.place, f"has {words[-1]}")
    raise CommandFailed(login.place, f"failed at opening {path} by sudo: {'; '.join(words[-ssh.LAST_LINES :])}")
