"""Boot: what a machine boots with: its image, and the host key that it shows at the first login.

Both keep their first values: a newer image in the settings does not replace a running machine. `pulumi up --replace
<urn of the boot>` takes the current image and a new one-time key, and creates a new machine with them, because Pulumi
calls `check` without the old inputs then.
"""

import secrets

import pulumi
from pulumi.dynamic import Resource

from components.dynamic.base import Inputs, Props, Provider
from components.dynamic.secrets import ssh_key
from components.kaia import cloud_init


class BootInputs(Inputs):
    """The image as it would be chosen today, and who may log in; only the first values count."""

    image: str
    authorized_key: str
    """Public key that may log in: one line."""


class BootProvider(Provider[BootInputs]):
    """Keeps the image, and makes the one-time host key once."""

    inputs_type = BootInputs
    old_goes_first = False

    def identify(self, inputs: BootInputs) -> str:
        """Return the image."""
        return inputs.image

    def complete(self, olds: Props, news: Props) -> Props:
        """Keep the first values."""
        return {**news, **olds}

    def converge(self, inputs: BootInputs, known: Props) -> Props:
        """Make the key pair. It is random, not derived from the seed: everybody on the machine can read it."""
        if known.get("private_key"):
            return {name: known[name] for name in ("private_key", "host_key", "user_data")}
        seed = secrets.token_hex(32)
        private_key, host_key = ssh_key.private_key(seed), ssh_key.public_key(seed)
        text = cloud_init.render(private_key, host_key, inputs.authorized_key)
        return {"private_key": private_key, "host_key": host_key, "user_data": text}


class Boot(Resource, module="servicechain", name="Boot"):
    """What a machine boots with, kept in the state."""

    image: pulumi.Output[str]
    """Known in previews."""
    host_key: pulumi.Output[str]
    """Host key of the first login, one line: `ssh-ed25519 AAAA...`."""
    private_key: pulumi.Output[str]
    """Private key of the same pair, PEM of OpenSSH; a secret, although it is useless after the first login."""

    user_data: pulumi.Output[str]
    """The user data of cloud-init; a secret, because it contains the private key. Kept in the state, so that a change
    of this program replaces no machine."""

    def __init__(
        self,
        resource_name: str,
        *,
        image: pulumi.Input[str],
        authorized_key: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props = {
            "image": image,
            "authorized_key": authorized_key,
            "host_key": None,
            "private_key": None,
            "user_data": None,
        }
        secret = pulumi.ResourceOptions(additional_secret_outputs=["private_key", "user_data"])
        super().__init__(BootProvider(), resource_name, props, pulumi.ResourceOptions.merge(opts, secret))
