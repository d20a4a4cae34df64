"""Boot: what a machine is booted with: its image, and the host key that it shows at the very first login.

Both stay what they were at first: a newer image in the settings is no reason to replace a running machine. With
`pulumi up --replace <urn of the boot>` the image of the day and a new one-time key are taken, and with them a new
machine is made (Pulumi calls `check` without the old inputs then: pkg/resource/deploy/step_generator.go).
"""

import secrets

import pulumi
from pulumi.dynamic import Resource

from components.dynamic.base import Inputs, Props, Provider
from components.dynamic.secrets import ssh_key
from components.kaia import cloud_init


class BootInputs(Inputs):
    """The image as it would be chosen today, and who may log in; only the first ones count."""

    image: str
    authorized_key: str
    """Who may log in: one line."""


class BootProvider(Provider[BootInputs]):
    """Holds the image, and makes the one-time host key once."""

    inputs_type = BootInputs
    old_goes_first = False

    def identify(self, inputs: BootInputs) -> str:
        """Return the image."""
        return inputs.image

    def complete(self, olds: Props, news: Props) -> Props:
        """Keep what was chosen."""
        return {**news, **olds}

    def converge(self, inputs: BootInputs, known: Props) -> Props:
        """Make the key pair: a random one that follows from nothing, as everybody on the machine can read it."""
        if known.get("private_key"):
            return {name: known[name] for name in ("private_key", "host_key", "user_data")}
        seed = secrets.token_hex(32)
        private_key, host_key = ssh_key.private_key(seed), ssh_key.public_key(seed)
        text = cloud_init.render(private_key, host_key, inputs.authorized_key)
        return {"private_key": private_key, "host_key": host_key, "user_data": text}


class Boot(Resource, module="servicechain", name="Boot"):
    """A tracked choice of what a machine is booted with."""

    image: pulumi.Output[str]
    """Known in previews."""
    host_key: pulumi.Output[str]
    """Of the first login, one line: `ssh-ed25519 AAAA...`."""
    private_key: pulumi.Output[str]
    """Of the same key pair, PEM of OpenSSH; a secret, although it loses its worth with the first login."""

    user_data: pulumi.Output[str]
    """What cloud-init makes of the machine; a secret, as the private key is in it. Held, so that a change of this
    program replaces no machine."""

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
