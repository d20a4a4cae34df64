"""User data of a machine: what cloud-init makes of it at the first boot. Pure.

Whoever is on the machine can read it, so the one secret in it, the one-time host key, is worthless after the first
login. Names and meanings: cloud-init's modules `SSH` (cc_ssh), `Users and Groups` and `Set Passwords`.
"""

import json

MAX_BYTES = 16 * 1024
"""What EC2 takes, before base64."""


def render(host_private_key: str, host_key: str, authorized_key: str) -> str:
    """Return a cloud-config that lets root in with `authorized_key`, at a machine with this one-time host key pair.

    Nobody else is let in, by nothing else. Raises ValueError if it is larger than EC2 takes, or no key of OpenSSH
    is at its place.
    """
    if not host_private_key.startswith("-----BEGIN OPENSSH PRIVATE KEY-----\n"):
        msg = "the one-time host key is not a private key of OpenSSH"
        raise ValueError(msg)
    for name, key in (("host key", host_key), ("authorized key", authorized_key)):
        if not key.startswith("ssh-") or "\n" in key.strip():
            msg = f"the {name} is not one line with a public key"
            raise ValueError(msg)
    config = {
        # Host keys of the image go, and as `ssh_keys` are given no others are made.
        "ssh_deletekeys": True,
        "ssh_genkeytypes": ["ed25519"],
        "ssh_keys": {"ed25519_private": host_private_key, "ed25519_public": host_key.strip()},
        "ssh_publish_hostkeys": {"enabled": False},
        # Without users, not even the image's default one, the authorized key is root's alone.
        "users": [],
        "disable_root": False,
        "allow_public_ssh_keys": False,
        "ssh_authorized_keys": [authorized_key.strip()],
        "ssh_pwauth": False,
    }
    # JSON is YAML too, and leaves no question of how a key is quoted.
    text = f"#cloud-config\n{json.dumps(config, indent=2)}\n"
    if len(text.encode()) > MAX_BYTES:
        msg = f"the user data has {len(text.encode())} bytes; EC2 takes {MAX_BYTES}"
        raise ValueError(msg)
    return text
