"""Account: a secp256k1 key of the network, made once and held: a node's identity, an operator, an owner."""

import pulumi
from pulumi.dynamic import Resource
from pydantic import Field

from components.dynamic.base import Inputs, Props, Provider


class AccountInputs(Inputs):
    """The key and what follows from it; the latter is filled in here."""

    private_key: str = Field(pattern=r"^[0-9a-fA-F]{64}$", repr=False)
    """64 hex digits."""
    password: str | None = Field(default=None, repr=False)
    """Given for accounts that a node reads from a keystore file."""
    address: str | None = None
    public_key: str | None = None
    given: bool = False
    """Whether the key is of the settings, which is followed: an owner's, where the ownership of a contract may move."""


class AccountProvider(Provider[AccountInputs]):
    """Holds the first key it was given: whatever the configuration says later, a node stays who it is.

    Only a key of the settings themselves is followed.
    """

    inputs_type = AccountInputs

    def identify(self, inputs: AccountInputs) -> str:
        """Return the address."""
        return str(inputs.address)

    def complete(self, olds: Props, news: Props) -> Props:
        """Keep what was made, or derive address and public key, so that a preview knows them."""
        another = news.get("given") and news.get("private_key") != olds.get("private_key")
        if olds.get("address") and not another:
            return {**news, **olds}
        if pulumi.contains_unknowns(news):
            return news
        from eth_keys.datatypes import PrivateKey

        public = PrivateKey(bytes.fromhex(news["private_key"])).public_key
        return {**news, "address": public.to_checksum_address(), "public_key": public.to_hex()[2:]}

    def differs(self, name: str, old: object, new: object) -> bool:
        """Leave it alone when only the key's origin is another."""
        return name != "given" and super().differs(name, old, new)

    def converge(self, inputs: AccountInputs, known: Props) -> Props:
        """Make the keystore, whose salt is random, once."""
        if inputs.password is None:
            return {}
        return {"keystore": known.get("keystore") or _keystore(inputs.private_key, inputs.password)}


def _keystore(private_key: str, password: str) -> str:
    """Return a keystore v3 file.

    scrypt with n=4096 is what the node accepts and opens fast (domain: identity can be known before boot); the
    password is 128 random bits, so a slower hash would protect nothing more.
    """
    import json

    from eth_account import Account as Accounts

    return json.dumps(Accounts.encrypt(bytes.fromhex(private_key), password, kdf="scrypt", iterations=4096))


class Account(Resource, module="servicechain", name="Account"):
    """A held account. Address and public key are known in a preview; the key never is anything but a secret."""

    address: pulumi.Output[str]
    public_key: pulumi.Output[str]
    private_key: pulumi.Output[str]
    password: pulumi.Output[str]
    keystore: pulumi.Output[str]

    def __init__(self, name: str, props: Props, opts: pulumi.ResourceOptions | None = None) -> None:
        secret = pulumi.ResourceOptions(additional_secret_outputs=["private_key", "password", "keystore"])
        super().__init__(
            AccountProvider(),
            name,
            {"address": None, "public_key": None, "keystore": None, **props},
            pulumi.ResourceOptions.merge(secret, opts),
        )
