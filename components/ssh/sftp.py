"""Whether a machine takes files."""

import asyncssh

from components.ssh import connection as ssh
from components.ssh.errors import NoAnswer
from components.ssh.login import Login


def takes_files(login: Login) -> bool:
    """Tell whether its sshd serves sftp. Raises SshError when there is no connection."""
    try:
        return ssh.wait(_served(login), ssh.connect_seconds(login) + ssh.COMMAND_TIMEOUT)
    except TimeoutError:
        raise NoAnswer(login.place, "does not answer while its sftp is tried") from None


async def _served(login: Login) -> bool:
    link = await ssh.connection(login)
    try:
        async with link.start_sftp_client():
            return True
    except (OSError, asyncssh.Error):
        return False
