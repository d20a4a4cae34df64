"""A key that never leaves AWS KMS: only its public key and signatures can be requested.

The key has the spec ECC_SECG_P256K1 and the usage SIGN_VERIFY. KMS signs the digest that it is given, answers in DER,
and does not say which of the two possible public keys is its own; which one, the address decides (legacy).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, NoRegionError
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256K1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import load_der_public_key
from eth_keys.datatypes import PublicKey
from eth_utils.address import to_checksum_address

from components.chain.accounts import eip155
from components.chain.errors import KeyUnavailable
from components.domain.problems.accounts import (
    AWS_SETTINGS,
    KMS_DENIED,
    KMS_KEY_DISABLED,
    KMS_KEY_MISSING,
    KMS_KEY_UNSUITED,
    KMS_SILENT,
    OTHER_ACCOUNTS_KEY,
)

if TYPE_CHECKING:
    from eth_account.datastructures import SignedTransaction
    from eth_account.types import TransactionDictType
    from eth_typing import ChecksumAddress

SPEC, USAGE, ALGORITHM = "ECC_SECG_P256K1", "SIGN_VERIFY", "ECDSA_SHA_256"

_PATIENCE = Config(connect_timeout=5, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 4})

_UNSUITED = f"it cannot sign; create a key with the key spec {SPEC} and usage {USAGE}"
_REMEDIES = {
    "AccessDeniedException": (
        KMS_DENIED,
        "allow kms:GetPublicKey and kms:Sign on it to whoever runs Pulumi; a preview needs the first alone",
    ),
    "NotFoundException": (KMS_KEY_MISSING, "name a key that exists in this region and account"),
    "InvalidArnException": (KMS_KEY_MISSING, "copy its ARN again"),
    "UnsupportedOperationException": (KMS_KEY_UNSUITED, _UNSUITED),
    "InvalidKeyUsageException": (KMS_KEY_UNSUITED, _UNSUITED),
    "DisabledException": (KMS_KEY_DISABLED, "enable it"),
    "KMSInvalidStateException": (
        KMS_KEY_DISABLED,
        "it is disabled or about to be deleted; enable it, or cancel its deletion",
    ),
    "ExpiredTokenException": (AWS_SETTINGS, "log in to AWS again"),
    "UnrecognizedClientException": (AWS_SETTINGS, "give AWS credentials that are valid"),
    "InvalidSignatureException": (AWS_SETTINGS, "give AWS credentials that are valid"),
}
"""By KMS's error codes: the problem, and what to do."""


@dataclass(frozen=True)
class Key:
    """One key of KMS, and for messages the setting that names it."""

    id: str
    region: str | None
    setting: str

    def account(self) -> "KmsAccount":
        """Return the account of the key. Raises KeyUnavailable."""
        with self._client("GetPublicKey") as kms:
            answer = kms.get_public_key(KeyId=self.id)
        public = _point(answer["PublicKey"])
        if public is None or answer.get("KeyUsage") != USAGE:
            spec, usage = answer.get("KeySpec") or answer.get("CustomerMasterKeySpec"), answer.get("KeyUsage")
            msg = KMS_KEY_UNSUITED(
                f"{self.setting}.kms: the key {self.id} has the key spec {spec} and the usage {usage}, with which no "
                f"account of a chain signs; make one with the key spec {SPEC} and the usage {USAGE}"
            )
            raise KeyUnavailable(msg)
        return KmsAccount(self, PublicKey(public).to_checksum_address())

    def known_as(self, address: str) -> "KmsAccount":
        """Return the account without asking; the address is that of an earlier answer."""
        return KmsAccount(self, address)

    def sign(self, digest: bytes) -> tuple[int, int]:
        """Return r and s of a signature on 32 bytes. Raises KeyUnavailable."""
        with self._client("Sign") as kms:
            answer = kms.sign(KeyId=self.id, Message=digest, MessageType="DIGEST", SigningAlgorithm=ALGORITHM)
        r, s = decode_dss_signature(answer["Signature"])
        return r, eip155.low(s)

    @contextmanager
    def _client(self, call: str) -> Iterator[Any]:
        """Connect, and say in words what goes wrong."""
        parts = self.id.split(":")
        region = self.region or (parts[3] if parts[0] == "arn" else None)
        where = f"{self.setting}.kms: AWS KMS does not answer {call} for the key {self.id}"
        try:
            client = boto3.session.Session(region_name=region).client("kms", config=_PATIENCE)
        except NoRegionError:
            words = f"{where}: no region is known; write {self.setting}.region, or the key's ARN"
            raise KeyUnavailable(AWS_SETTINGS(words)) from None
        except BotoCoreError as error:
            words = f"{where}: {error}; check the AWS settings of whoever runs Pulumi"
            raise KeyUnavailable(AWS_SETTINGS(words)) from error
        try:
            yield client
        except NoCredentialsError:
            words = f"{where}: there are no AWS credentials; log in to AWS, or set AWS_PROFILE"
            raise KeyUnavailable(AWS_SETTINGS(words)) from None
        except ClientError as error:
            told = error.response.get("Error", {})
            code = str(told.get("Code", "an unknown error"))
            other = KMS_SILENT, f"{told.get('Message', '')}; fix that, then run again".lstrip("; ")
            problem, remedy = _REMEDIES.get(code, other)
            raise KeyUnavailable(problem(f"{where}: {code}: {remedy}")) from error
        except BotoCoreError as error:
            words = f"{where}: {error}; check the network and AWS settings of whoever runs Pulumi, then run this again"
            raise KeyUnavailable(KMS_SILENT(words)) from error
        finally:
            client.close()


@dataclass(frozen=True)
class KmsAccount:
    """The account of a key in KMS."""

    key: Key
    known: str

    @property
    def address(self) -> "ChecksumAddress":
        """Return the address."""
        return to_checksum_address(self.known)

    def sign_transaction(self, transaction: "TransactionDictType", /) -> "SignedTransaction":
        """Have KMS sign. Raises KeyUnavailable, also when its signature is not this account's."""
        digest = eip155.digest(transaction)
        r, s = self.key.sign(digest)
        parity = eip155.parity_of(digest, r, s, self.address)
        if parity is None:
            msg = OTHER_ACCOUNTS_KEY(
                f"{self.key.setting}.kms: the key {self.key.id} signs for another account than {self.address}, whose "
                "key it was; restore that key, or run `pulumi up`, which records the change"
            )
            raise KeyUnavailable(msg)
        return eip155.signed(transaction, parity, r, s)


def _point(der: bytes) -> bytes | None:
    """Return the 64 bytes of a public key on the chains' curve, None for any other key."""
    try:
        key = load_der_public_key(der)
    except (ValueError, UnsupportedAlgorithm):
        return None
    if not isinstance(key, EllipticCurvePublicKey) or not isinstance(key.curve, SECP256K1):
        return None
    numbers = key.public_numbers()
    return numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")
