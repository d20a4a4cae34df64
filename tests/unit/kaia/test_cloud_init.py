"""User data: what cloud-init reads, and what must not be in it."""

import pytest
import yaml

from components.dynamic.secrets import ssh_key
from components.kaia.cloud_init import MAX_BYTES, render

PRIVATE, PUBLIC, CLIENT = ssh_key.private_key("11" * 32), ssh_key.public_key("11" * 32), ssh_key.public_key("22" * 32)


def test_it_is_a_cloud_config_with_one_host_key_and_one_client() -> None:
    text = render(PRIVATE, PUBLIC + "\n", CLIENT)
    assert text.startswith("#cloud-config\n")
    config = yaml.safe_load(text)
    assert config["ssh_keys"] == {"ed25519_private": PRIVATE, "ed25519_public": PUBLIC}
    assert config["ssh_authorized_keys"] == [CLIENT]
    assert (config["ssh_deletekeys"], config["disable_root"], config["ssh_pwauth"]) == (True, False, False)
    assert config["users"] == []
    assert len(text.encode()) < MAX_BYTES / 8


def test_its_only_secret_is_the_one_time_key() -> None:
    text = render(PRIVATE, PUBLIC, CLIENT)
    assert text.count("BEGIN") == 1
    assert not {"runcmd", "write_files", "bootcmd", "chpasswd", "password"} & yaml.safe_load(text).keys()


@pytest.mark.parametrize(
    "keys", [("secret", PUBLIC, CLIENT), (PRIVATE, PRIVATE, CLIENT), (PRIVATE, PUBLIC, f"{CLIENT}\nssh-rsa secret")]
)
def test_a_key_at_the_wrong_place_is_refused_and_not_shown(keys: tuple[str, str, str]) -> None:
    with pytest.raises(ValueError, match="is not") as error:
        render(*keys)
    assert "secret" not in str(error.value)
    assert "PRIVATE" not in str(error.value)


def test_user_data_over_the_limit_of_ec2_is_refused() -> None:
    with pytest.raises(ValueError, match="EC2 takes 16384"):
        render(PRIVATE, PUBLIC, f"{CLIENT} {'x' * MAX_BYTES}")
