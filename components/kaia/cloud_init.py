"""User data of a machine, which cloud-init applies at the first boot. Pure.

Every user on the machine can read it. So the only secret in it, the one-time host key, is replaced at the first
login. Names and meanings: cloud-init's modules `SSH` (cc_ssh), `Users and Groups` and `Set Passwords`.
"""

import json

MAX_BYTES = 16 * 1024
"""The limit of EC2, before base64."""


def render(host_private_key: str, host_key: str, authorized_key: str) -> str:
    """Return a cloud-config for a machine with this one-time host key pair, where root logs in with `authorized_key`.

    There is no other user and no other way to log in. Raises ValueError if a key is not an OpenSSH key, or the result
    exceeds the limit of EC2.
    """
    if not host_private_key.startswith("-----BEGIN OPENSSH PRIVATE KEY-----\n"):
        msg = "the one-time host key is not an OpenSSH private key"
        raise ValueError(msg)
    for name, key in (("host key", host_key), ("authorized key", authorized_key)):
        if not key.startswith("ssh-") or "\n" in key.strip():
            msg = f"the {name} is not one line with a public key"
            raise ValueError(msg)
    config = {
        # Host keys of the image are deleted; no others are made because `ssh_keys` are given.
        "ssh_deletekeys": True,
        "ssh_genkeytypes": ["ed25519"],
        "ssh_keys": {"ed25519_private": host_private_key, "ed25519_public": host_key.strip()},
        "ssh_publish_hostkeys": {"enabled": False},
        # No users, not even the default one of the image: the authorized key is for root only.
        "users": [],
        "disable_root": False,
        "allow_public_ssh_keys": False,
        "ssh_authorized_keys": [authorized_key.strip()],
        "ssh_pwauth": False,
    }
    # JSON is valid YAML, and its quoting of keys is unambiguous.
    text = f"#cloud-config\n{json.dumps(config, indent=2)}\n"
    if len(text.encode()) > MAX_BYTES:
        msg = f"the user data has {len(text.encode())} bytes; EC2 takes {MAX_BYTES}"
        raise ValueError(msg)
    return text
