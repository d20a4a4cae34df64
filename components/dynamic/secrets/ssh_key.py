"""An SSH key pair derived from a seed, so that the public key is known in previews."""

from typing import TYPE_CHECKING, Annotated, Any

import pulumi
from pulumi.dynamic import Resource
from pydantic import Field

from components.dynamic.base import Inputs, Props, Provider

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


class SshKeyInputs(Inputs):
    """The seed is an ed25519 private key in hex. `public_key` is computed from it, never set by the program."""

    seed: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", repr=False)]
    public_key: str | None = None


class SshKeyProvider(Provider[SshKeyInputs]):
    """Keeps the first key: another seed does not change it."""

    inputs_type = SshKeyInputs

    def identify(self, inputs: SshKeyInputs) -> str:
        """Return the public key."""
        return public_key(inputs.seed)

    def complete(self, olds: Props, news: Props) -> Props:
        """Keep the seed, and compute the public key for previews; both are unknown while the seed is."""
        if olds.get("public_key"):
            return {**news, **olds}
        seed: Any = news["seed"]
        if pulumi.contains_unknowns(seed):
            return {**news, "public_key": seed}
        return {**news, "seed": seed, "public_key": public_key(seed)}

    def converge(self, inputs: SshKeyInputs, known: Props) -> Props:
        """Format the private key. Only here, because the format contains random bytes."""
        return {"private_key": known.get("private_key") or private_key(inputs.seed)}


class SshKey(Resource, module="servicechain", name="SshKey"):
    """A tracked SSH key pair."""

    public_key: pulumi.Output[str]
    """One line: `ssh-ed25519 AAAA...`."""
    private_key: pulumi.Output[str]
    """PEM of OpenSSH; a secret."""

    def __init__(
        self, resource_name: str, *, seed: pulumi.Input[str], opts: pulumi.ResourceOptions | None = None
    ) -> None:
        props = {"seed": pulumi.Output.secret(seed), "public_key": None, "private_key": None}
        secret = pulumi.ResourceOptions(additional_secret_outputs=["private_key"])
        super().__init__(SshKeyProvider(), resource_name, props, pulumi.ResourceOptions.merge(opts, secret))


def public_key(seed: str) -> str:
    """Return the public key line of a seed of 64 hex digits."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return _key(seed).public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode("ascii")


def private_key(seed: str) -> str:
    """Return the private key of a seed of 64 hex digits in the format of OpenSSH; a different text each time."""
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    return _key(seed).private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()).decode("ascii")


def _key(seed: str) -> "Ed25519PrivateKey":
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (
        Ed25519PrivateKey,
    )  # previews do not need it

    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed))
