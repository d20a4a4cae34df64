"""Keys, ids and KNIs that follow from a seed: fixed forever, because running nodes are known by them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.domain.kni import bridge_kni, consensus_kni
from components.domain.ports import EN_PORT, SCN_PORT
from components.domain.seed import derive, network_id

SEED, OTHER = "1f" * 32, "2f" * 32
PUBLIC_KEY = "ab" * 64

labels = st.text(max_size=30)


def test_a_key_is_the_first_block_of_hkdf_expand() -> None:
    """RFC 5869, test case 3: the pseudorandom key, no info, and the first 32 bytes of the output."""
    prk = "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04"
    assert derive(prk, "") == "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"


def test_the_key_of_a_label_is_fixed_forever() -> None:
    r"""Made with `printf 'node/scn-1\x01' | openssl dgst -sha256 -mac HMAC -macopt hexkey:1f1f...`."""
    assert derive(SEED, "node/scn-1") == "adc0d77722223e6246f4d5456229b4a2b3a097d41415c997118b5e4d1921689e"


@given(labels, labels)
def test_each_label_has_a_key_of_its_own(one: str, other: str) -> None:
    assert (derive(SEED, one) == derive(SEED, other)) == (one == other)


@given(labels)
def test_a_key_is_64_hex_digits_that_the_seed_decides(label: str) -> None:
    key = derive(SEED, label)
    assert len(bytes.fromhex(key)) == 32
    assert key == derive(SEED, label) != derive(OTHER, label)


def test_the_network_id_is_fixed_forever_and_shows_nothing_of_a_key() -> None:
    """The first 8 digits of `sha256` over the bytes that openssl gives for the label `network`."""
    assert network_id(SEED) == "da5c6226"
    assert network_id(SEED) not in derive(SEED, "network")
    assert network_id(OTHER) != network_id(SEED)


def test_the_kni_of_a_main_bridge_is_that_of_the_source_document() -> None:
    assert bridge_kni(PUBLIC_KEY, "192.168.0.5") == f"kni://{PUBLIC_KEY}@192.168.0.5:50505?discport=0"


@pytest.mark.parametrize(("port", "text"), [(EN_PORT, "32323"), (SCN_PORT, "22323")])
def test_the_kni_of_a_validator_names_its_type(port: int, text: str) -> None:
    kni = consensus_kni(PUBLIC_KEY, "10.1.2.3", port)
    assert kni == f"kni://{PUBLIC_KEY}@10.1.2.3:{text}?discport=0&ntype=cn"
