"""SSH keys follow from their seeds and are held."""

import asyncssh
import pulumi
import pytest
from cryptography.hazmat.primitives.serialization import load_ssh_private_key
from pulumi.output import UNKNOWN

from components.dynamic.base import Props
from components.dynamic.secrets.ssh_key import SshKeyProvider, private_key, public_key

SEED, OTHER = "11" * 32, "22" * 32


def check(olds: Props, news: Props) -> Props:
    result = SshKeyProvider().check(olds, news)
    assert not result.failures
    assert result.inputs is not None
    return dict(result.inputs)


def test_both_halves_belong_together() -> None:
    parsed = asyncssh.import_private_key(private_key(SEED))
    assert parsed.export_public_key().decode().split()[:2] == public_key(SEED).split()
    assert load_ssh_private_key(private_key(SEED).encode(), password=None)


def test_the_public_key_of_a_seed_is_fixed_forever() -> None:
    """The vector is of RFC 8032, section 7.1, test 1, in the format of RFC 8709."""
    seed = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
    assert public_key(seed) == ("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea")


def test_the_public_key_is_known_before_anything_is_made() -> None:
    assert check({}, {"seed": SEED})["public_key"] == public_key(SEED)


def test_the_seed_is_held() -> None:
    first = check({}, {"seed": SEED})
    second = check(first, {"seed": OTHER})
    assert second == first
    assert not SshKeyProvider().diff("", first, second).changes


def test_an_unknown_seed_leaves_the_public_key_unknown() -> None:
    assert pulumi.contains_unknowns(check({}, {"seed": UNKNOWN})["public_key"])
    assert check(check({}, {"seed": SEED}), {"seed": UNKNOWN})["public_key"] == public_key(SEED)


def test_the_private_key_is_written_once() -> None:
    provider = SshKeyProvider()
    inputs = check({}, {"seed": SEED})
    made = provider.create(inputs)
    assert made.id == public_key(SEED)
    assert made.outs is not None
    updated = provider.update(made.id, dict(made.outs), inputs)
    assert updated.outs == made.outs


@pytest.mark.parametrize("seed", ["", "11" * 31, "AA" * 32, "zz" * 32, "11" * 32 + "\n"])
def test_what_is_no_seed_is_refused_without_being_shown(seed: str) -> None:
    failures = SshKeyProvider().check({}, {"seed": seed}).failures
    assert [failure.property for failure in failures or []] == ["seed"]
    assert not seed or seed not in str([failure.reason for failure in failures or []])
