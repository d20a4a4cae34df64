"""Account: a secp256k1 key, made once and kept: the identity of a node, an operator, or an owner.

The account of a node is the first thing of it that exists, before its machine. So it is also where a node that must not
be made is refused: one that has its account already is running.
"""

import pulumi
from pulumi.dynamic import Resource
from pydantic import Field

from components.domain.problems.problem import Message
from components.dynamic.base import Inputs, Props, Provider

REFUSED = "refused"
"""A message why this account must not be made, if it is new. It is looked at in `check` and never in the state."""


class AccountInputs(Inputs):
    """The key. The provider adds the address and the public key."""

    private_key: str = Field(pattern=r"^[0-9a-fA-F]{64}$", repr=False)
    """64 hex digits."""
    password: str | None = Field(default=None, repr=False)
    """Set for accounts that a node reads from a keystore file."""
    address: str | None = None
    public_key: str | None = None
    given: bool = False
    """Whether the key is in the settings and may change there, as that of an owner."""


class AccountProvider(Provider[AccountInputs]):
    """Keeps the first key: whatever the configuration says later, a node keeps its identity.

    Only a key in the settings may change.
    """

    inputs_type = AccountInputs
    needs = ("eth_keys.datatypes",)

    def identify(self, inputs: AccountInputs) -> str:
        """Return the address."""
        return str(inputs.address)

    def complete(self, olds: Props, news: Props) -> Props:
        """Keep the existing key, or derive address and public key, so that a preview knows them.

        Raises ValueError for a new account that is refused.
        """
        refusal = news.get(REFUSED)
        news = {name: value for name, value in news.items() if name != REFUSED}
        if refusal and not olds:
            raise ValueError(Message(refusal))
        another = news.get("given") and news.get("private_key") != olds.get("private_key")
        if olds.get("address") and not another:
            return {**news, **olds}
        if pulumi.contains_unknowns(news):
            return news
        self._load()  # accounts are checked in parallel
        from eth_keys.datatypes import PrivateKey

        public = PrivateKey(bytes.fromhex(news["private_key"])).public_key
        return {**news, "address": public.to_checksum_address(), "public_key": public.to_hex()[2:]}

    def differs(self, name: str, old: object, new: object) -> bool:
        """Ignore a change of where the key comes from."""
        return name != "given" and super().differs(name, old, new)

    def converge(self, inputs: AccountInputs, known: Props) -> Props:
        """Make the keystore once: its salt is random."""
        if inputs.password is None:
            return {}
        return {"keystore": known.get("keystore") or _keystore(inputs.private_key, inputs.password)}


def _keystore(private_key: str, password: str) -> str:
    """Return a keystore v3 file.

    The node accepts scrypt with n=4096 and opens it fast. The password has 128 random bits, so a slower hash would add
    no protection.
    """
    import json

    from eth_account import Account as Accounts

    return json.dumps(Accounts.encrypt(bytes.fromhex(private_key), password, kdf="scrypt", iterations=4096))


class Account(Resource, module="servicechain", name="Account"):
    """An account that is kept. Address and public key are known in previews; the key is always a secret."""

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
