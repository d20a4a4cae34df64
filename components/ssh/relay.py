"""Carries standard input to a unix socket and what comes from there to standard output, until one of them ends.

Runs on a machine of the stack, by its own Python 3.6 or newer, as `python3 -c TEXT SOCKET`.
"""

import socket
import sys
import threading


def main(path: str) -> None:
    """Print `connected` once the socket has accepted the connection; exit with an error if it does not."""
    with socket.socket(socket.AF_UNIX) as link:
        try:
            link.connect(path)
        except OSError as error:
            sys.exit(f"no listener on {path} ({error.strerror})")
        print("connected", flush=True)
        threading.Thread(target=_there, args=(link,), daemon=True).start()
        came = link.recv(1 << 16)
        while came:
            sys.stdout.buffer.write(came)
            sys.stdout.buffer.flush()
            came = link.recv(1 << 16)


def _there(link: socket.socket) -> None:
    """Send line by line: one request per line."""
    for line in sys.stdin.buffer:
        link.sendall(line)
    link.shutdown(socket.SHUT_RDWR)


if __name__ == "__main__":
    main(sys.argv[1])
