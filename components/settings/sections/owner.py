"""Where the key of a contract's owner is kept, if it is not in the stack."""

import re
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, SecretStr, model_validator

from components.domain.problems.settings import UNCLEAR_OWNER, WRONG_FORM
from components.settings.sections.aws import Region
from components.settings.values.types import FilePath, Key, Section, anchored, json_schema, secret, shown

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ARN = r"arn:aws[a-z-]*:kms:(?P<region>[a-z0-9-]+):[0-9]{12}:"
_KMS_KEY = re.compile(rf"({_ARN})?(key/)?([0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}|mrk-[0-9a-f]{{32}})")
_KMS_ALIAS = re.compile(rf"({_ARN})?alias/[A-Za-z0-9/_-]{{1,250}}")
_KINDS = ("keystore", "env", "kms")


def _variable(value: Any) -> str:
    if not isinstance(value, str) or not _VARIABLE.fullmatch(value):
        # Not shown: it may be the key itself.
        raise ValueError(WRONG_FORM("this is not the name of an environment variable; write for example OWNER_KEY"))
    return value


def _kms_key(value: Any) -> str:
    if not isinstance(value, str) or not (_KMS_KEY.fullmatch(value) or _KMS_ALIAS.fullmatch(value)):
        msg = WRONG_FORM(
            f"{shown(value)} is not a KMS key; write its id, its ARN, or an alias such as alias/bridge-owner"
        )
        raise ValueError(msg)
    return value.removeprefix("key/")


def _password(value: Any) -> SecretStr:
    if not isinstance(value, str):
        raise ValueError(WRONG_FORM("write text in quotes; store it with `pulumi config set --secret --path`"))
    return SecretStr(value)


Variable = Annotated[
    str, BeforeValidator(_variable), json_schema("string", "environment variable", pattern=anchored(_VARIABLE.pattern))
]
SigningKey = Annotated[str, BeforeValidator(_kms_key), json_schema("string", "KMS key", minLength=1)]
Password = Annotated[SecretStr, BeforeValidator(_password), secret("text")]


class OwnerKey(Section):
    """One of these: a keystore file, an environment variable, or a key in AWS KMS."""

    keystore: FilePath | None = Field(default=None, examples=["keys/owner.json"])
    """Path of a keystore file of version 3 or 4, as geth, ken and wallets write it. It needs one of the passwords."""
    password: Password | None = None
    """Password of the keystore. Store it as a secret; the state holds it too, encrypted, to sign a destroy."""
    password_file: FilePath | None = Field(default=None, examples=["keys/owner.password"])
    """Path of a file with the keystore's password; neither is ever in the state."""
    password_env: Variable | None = Field(default=None, examples=["OWNER_PASSWORD"])
    """Environment variable with the keystore's password."""
    env: Variable | None = Field(default=None, examples=["OWNER_KEY"])
    """Environment variable with the key: 64 hex digits. It has to be set for `preview`, `up` and `destroy`."""
    kms: SigningKey | None = Field(default=None, examples=["alias/bridge-owner"])
    """Id, ARN or alias of a key in AWS KMS, with key spec ECC_SECG_P256K1 and usage SIGN_VERIFY."""
    region: Region | None = None
    """Region of the key in AWS KMS. The default is that of the ARN, or else that of the environment."""

    @model_validator(mode="after")
    def _is_in_one_place(self) -> Self:
        kinds = [kind for kind in _KINDS if getattr(self, kind) is not None]
        passwords = [one for one in (self.password, self.password_file, self.password_env) if one is not None]
        arn = re.match(_ARN, self.kms or "")
        problem = None
        if len(kinds) != 1:
            problem = f"give one of {', '.join(_KINDS)}; there are {' and '.join(kinds) if kinds else 'none'}"
        elif self.keystore and len(passwords) != 1:
            problem = "a keystore needs one password; give one of password, passwordFile, passwordEnv"
        elif passwords and not self.keystore:
            problem = "a password belongs to a keystore; remove it, or name the keystore"
        elif self.region and not self.kms:
            problem = "a region belongs to a key in AWS KMS; remove it, or name the key"
        elif self.region and arn and arn["region"] != self.region:
            problem = f"the ARN of the key is in {arn['region']}, not in {self.region}; remove region"
        if problem:
            raise ValueError(UNCLEAR_OWNER(problem))
        return self


class OwnerKeys(Section):
    """The keys of the accounts that own the contracts, a part of the section `bridge`."""

    parent_owner_key: Key | None = None
    """Private key of the account that owns the contract on the parent chain; a secret. Without it the key is derived
    from the seed."""
    child_owner_key: Key | None = None
    """The same on the child chain."""
    parent_owner: OwnerKey | None = None
    """Instead of parentOwnerKey: where that key is kept, if it is not in the stack."""
    child_owner: OwnerKey | None = None
    """Instead of childOwnerKey."""
