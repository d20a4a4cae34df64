"""SSH keys in the configuration, in every form that ssh takes, and what is said of those that cannot be used."""

from base64 import b64encode
from typing import Any

import asyncssh
import pytest
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from pydantic import TypeAdapter, ValidationError

from components.domain.problems.problem import Problem
from components.domain.problems.settings import SSH_KEY_KIND, SSH_KEY_TEXT, WRONG_HOST_KEY
from components.settings.values.ssh_keys import HostKey, PrivateKey

KEYS: dict[str, Any] = {
    "rsa": rsa.generate_private_key(65537, 2048),
    "p256": ec.generate_private_key(ec.SECP256R1()),
    "p521": ec.generate_private_key(ec.SECP521R1()),
    "ed25519": ed25519.Ed25519PrivateKey.generate(),
}
FORMS = {"openssh": PrivateFormat.OpenSSH, "pkcs8": PrivateFormat.PKCS8, "pem": PrivateFormat.TraditionalOpenSSL}
FORM_OF = [(name, form) for name in KEYS for form in FORMS if (name, form) != ("ed25519", "pem")]


def written(key: Any, form: str, passphrase: bytes | None = None) -> str:
    encryption = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    text: bytes = key.private_bytes(Encoding.PEM, FORMS[form], encryption)
    return text.decode()


def taken(value: object) -> str:
    key: Any = TypeAdapter(PrivateKey).validate_python(value)
    return str(key.get_secret_value())


def refused(value: object, adapter: Any = PrivateKey) -> str:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(adapter).validate_python(value)
    return str(caught.value.errors()[0]["msg"]).removeprefix("Value error, ")


@pytest.mark.parametrize(("name", "form"), FORM_OF)
def test_every_form_that_ssh_takes_is_taken(name: str, form: str) -> None:
    text = written(KEYS[name], form)
    assert taken(text) == text
    key = asyncssh.import_private_key(taken(text))
    public = KEYS[name].public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    assert key.export_public_key().decode().split()[:2] == public.split()[:2]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", " \t\n"),
        lambda text: "\ufeff\n\n" + text + "\n\n",
        lambda text: text.replace("\n", " "),  # folded by YAML
        lambda text: text.replace("\n", "\\n"),  # of an environment file
        lambda text: "Bag Attributes\n  friendlyName: x\n" + text,
        lambda text: "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n" + text,
    ],
)
@pytest.mark.parametrize("form", FORMS)
def test_what_befalls_a_key_on_its_way_is_put_right(form: str, spoil: Any) -> None:
    text = written(KEYS["p256"], form)
    assert taken(spoil(text)) == text


def string(content: bytes) -> bytes:
    return len(content).to_bytes(4) + content


def openssh(cipher: bytes, public: bytes) -> str:
    """Return a file of OpenSSH as far as its begin; the library writes a protected one with further packages only."""
    content = b"openssh-key-v1\0" + string(cipher) + string(b"none") + string(b"") + (1).to_bytes(4)
    body = b64encode(content + string(public) + string(bytes(64))).decode()
    return f"-----BEGIN OPENSSH PRIVATE KEY-----\n{body}\n-----END OPENSSH PRIVATE KEY-----\n"


def protected() -> str:
    return openssh(b"aes256-ctr", string(b"ssh-ed25519") + string(bytes(32)))


@pytest.mark.parametrize("form", FORMS)
def test_a_passphrase_is_told_with_what_to_do(form: str) -> None:
    text = protected() if form == "openssh" else written(KEYS["rsa"], form, b"hush")
    told = refused(text)
    assert SSH_KEY_KIND.code in told
    assert "ssh-keygen -p -N ''" in told


def fido() -> str:
    return openssh(b"none", string(b"sk-ssh-ed25519@openssh.com") + string(bytes(32)) + string(b"ssh:"))


PUBLIC = KEYS["ed25519"].public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
WHOLE = written(KEYS["ed25519"], "openssh")


UNUSABLE: list[tuple[object, Problem, str]] = [
    (fido(), SSH_KEY_KIND, "security key"),
    (PUBLIC, SSH_KEY_TEXT, "public key"),
    (PUBLIC.replace("ed25519", "ed25519-cert-v01@openssh.com", 1), SSH_KEY_TEXT, "certificate"),
    ("PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none", SSH_KEY_TEXT, "`puttygen"),
    ("---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----", SSH_KEY_KIND, "ssh.com format"),
    ("~/.ssh/id_ed25519", SSH_KEY_TEXT, "path"),
    ("/home/ops/.ssh/id_rsa", SSH_KEY_TEXT, "path"),
    (WHOLE[:200], SSH_KEY_TEXT, "cut off"),
    (WHOLE[:100] + WHOLE[180:], SSH_KEY_TEXT, "damaged"),
    (WHOLE + WHOLE, SSH_KEY_TEXT, "2 private keys"),
    (written(ec.generate_private_key(ec.SECP256K1()), "pem"), SSH_KEY_KIND, "secp256k1"),
    (written(dsa.generate_private_key(2048), "pkcs8"), SSH_KEY_KIND, "sshd no longer"),
    (7, SSH_KEY_TEXT, "not an SSH private key"),
    (None, SSH_KEY_TEXT, "not an SSH private key"),
    ("\0", SSH_KEY_TEXT, "not an SSH private key"),
    ("-----BEGIN PRIVATE KEY-----\n!!\n-----END PRIVATE KEY-----", SSH_KEY_TEXT, "damaged"),
    ("-----BEGIN OPENSSH PRIVATE KEY-----\n\n-----END OPENSSH PRIVATE KEY-----", SSH_KEY_TEXT, "damaged"),
]


@pytest.mark.parametrize(("value", "problem", "words"), UNUSABLE, ids=[words for _, _, words in UNUSABLE])
def test_what_cannot_be_used_is_told_for_what_it_is_and_not_shown(value: object, problem: Problem, words: str) -> None:
    told = refused(value)
    assert told.endswith(f" [{problem.code}]")
    assert words in told
    assert WHOLE.splitlines()[2][:20] not in told


@pytest.mark.parametrize("name", KEYS)
@pytest.mark.parametrize(
    "line",
    [
        "{key}",
        "{key} root@scn-1",
        "  {key} r\u00f6\u00f6t \r\n",
        "10.0.0.5 {key}",
        "[10.0.0.5]:2222 {key}",
        "\ufeff{key}",
    ],
)
def test_a_host_key_is_read_from_any_line_that_holds_it(name: str, line: str) -> None:
    public = KEYS[name].public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    found = TypeAdapter(HostKey).validate_python(line.format(key=public))
    assert found == public
    asyncssh.import_public_key(found)


NO_HOST_KEYS: list[tuple[object, str]] = [
    (WHOLE, "private key"),
    ("SHA256:uNiVztksCsDhcc0u9e8BgrJXVGDLm4lnLJ/rYoF1oG8", "fingerprint"),
    (f"@cert-authority *.example.org {PUBLIC}", "@cert-authority"),
    (PUBLIC[:-4], "cut off"),
    ("ssh-dss AAAAB3NzaC1kc3M=", "ssh-dss"),
    (7, "7 is not a host key"),
]


@pytest.mark.parametrize(("value", "words"), NO_HOST_KEYS, ids=[words for _, words in NO_HOST_KEYS])
def test_what_is_no_host_key_is_told_for_what_it_is(value: object, words: str) -> None:
    told = refused(value, HostKey)
    assert told.endswith(f" [{WRONG_HOST_KEY.code}]")
    assert words in told
