"""Each rule of the configuration, with the sentence for what breaks it."""

import pytest

from components.topology.checks.configuration import read
from tests.unit.samples import Raw, begins, pairs, problems, raw

NO_NAME = "is not a name; write 1 to 20 characters of a-z, 0-9 and -, first a letter, last no -"
NO_KEY = "this is not a private key; write 64 hex digits, and store it with `pulumi config set --secret`"
NO_SEED = "this is not a seed; write 64 random hex digits, for example from `openssl rand -hex 32`"
NO_SUBNET = "is not a private /22 network; write for example 100.64.8.0/22"
OUTSIDE = "these 64 hex digits are outside the range of secp256k1 private keys; make another key"
MISSING = "is missing; set it with `pulumi config set --path`, see docs/settings.md"
TOP = (
    "target, protection, identitySeed, parentChain, serviceChain, pairs, anchoring, recovery, bridge, tokens, "
    "fees, packages, local, aws, existing"
)
CURVE_ORDER = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"  # SEC 2, secp256k1


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        (raw(pairs=[]), "pairs: there is no pair"),
        (
            raw(pairs=pairs(13), serviceChain__nodes=13),
            "pairs: 13 pairs",
        ),
        (
            raw(pairs=pairs(3), serviceChain__nodes=2),
            "pairs: 3 pairs and 2 SCN(s): each pair needs its own SCN",
        ),
        (
            raw(bridge__liquidity=0),
            "bridge.liquidity: a bridge contract without coins cannot pay transfers out",
        ),
        (
            raw(serviceChain__balances={"0x" + "ab" * 20: 1, "0x" + "AB" * 20: 2}),
            "serviceChain.balances: an address is listed twice, in different spellings",
        ),
        (
            raw(bridge__parentOwnerKey="4a" * 32, bridge__childOwnerKey="4a" * 32),
            "bridge.childOwnerKey: this is also the parent owner's key, so both contracts would get the same",
        ),
        (raw(bridge__threshold=0), "bridge.threshold: 0 would let transfers pass without a vote"),
        (raw(bridge__threshold=-1), "bridge.threshold: -1 would let transfers pass without a vote"),
        (
            raw(bridge__threshold=4, pairs=pairs(3)),
            "bridge.threshold: 4 votes are impossible with 3 pair(s)",
        ),
        (
            raw(bridge__threshold=2, pairs=pairs(1)),
            "bridge.threshold: 2 votes are impossible with 1 pair(s)",
        ),
        (
            raw(bridge__threshold=13),
            "bridge.threshold: 13 is more than the 12 operators that a contract takes",
        ),
        (
            raw(pairs=[{"name": "twin", "scn": "scn-1"}, {"name": "twin", "scn": "scn-2"}]),
            "pairs: the name 'twin' is used 2 times",
        ),
        (
            raw(serviceChain__nodes=["scn-1", "scn-2", "scn-2", "scn-2"]),
            "serviceChain.nodes: the name 'scn-2' is used 3 times",
        ),
        (
            raw(pairs=[{"name": "one", "scn": "scn-1"}, {"name": "two", "scn": "scn-1"}]),
            "pairs: the SCN 'scn-1' is in 2 pairs",
        ),
        (
            raw(pairs=[{"name": "one", "scn": "snc-4"}]),
            "pairs[0].scn: 'snc-4' is not listed in serviceChain.nodes",
        ),
        (
            raw(pairs=[{"name": "one", "scn": "x"}], serviceChain__nodes=["berlin", "seoul"]),
            "pairs[0].scn: 'x' is not listed in serviceChain.nodes",
        ),
        (
            raw(serviceChain__nodes=["scn-1", "scn-2", "pair-1-en"]),
            "serviceChain.nodes: the name 'pair-1-en' is used by another machine",
        ),
        (
            raw(serviceChain__nodes=["scn-1", "scn-2", "parent"]),
            "serviceChain.nodes: the name 'parent' is used by another machine",
        ),
        (raw(serviceChain__nodes=101), "serviceChain.nodes: 101 SCNs are too many"),
        (
            raw(serviceChain__chainId=2020),
            "serviceChain.chainId: 2020 is the id of the parent chain",
        ),
        (raw(anchoring__period=0), "anchoring.period: 0 is too small"),
        (raw(recovery__interval=0), "recovery.interval: 0 is out of range"),
        (
            raw(recovery__interval=9_223_372_037),
            "recovery.interval: 9223372037 is out of range",
        ),
        (
            raw(parentChain__unitPrice=18_446_744_074),
            "parentChain.unitPrice: 18446744074 is out of range",
        ),
        (raw(parentChain__chainId=-5), "parentChain.chainId: -5 is too small"),
        (raw(parentChain__unitPrice=-1), "parentChain.unitPrice: -1 is too small"),
        (
            raw(serviceChain__chainId=2**53),
            "serviceChain.chainId: 9007199254740992 is out of range",
        ),
        (raw(bridge__parentOwnerKey="4a" * 31), f"bridge.parentOwnerKey: {NO_KEY}"),
        (raw(bridge__parentOwnerKey="4a" * 32 + "\n7"), f"bridge.parentOwnerKey: {NO_KEY}"),
        (raw(bridge__childOwnerKey="00" * 32), f"bridge.childOwnerKey: {OUTSIDE}"),
        (raw(bridge__childOwnerKey=CURVE_ORDER), f"bridge.childOwnerKey: {OUTSIDE}"),
        (raw(identitySeed="4a" * 31), f"identitySeed: {NO_SEED}"),
        (raw(local__subnet="100.64.8.0/24"), f"local.subnet: '100.64.8.0/24' {NO_SUBNET}"),
        (raw(local__subnet="100.64.9.0/22"), f"local.subnet: '100.64.9.0/22' {NO_SUBNET}"),
        (raw(local__subnet="8.8.8.0/22"), f"local.subnet: '8.8.8.0/22' {NO_SUBNET}"),
        (raw(target="moon"), "target: write 'local', 'aws' or 'existing'"),
        (raw(parentChain__network="cypress"), "parentChain.network: write 'private', 'kairos' or 'mainnet'"),
    ],
)
def test_a_broken_rule_is_told_in_one_sentence(config: Raw, sentence: str) -> None:
    assert any(problem.startswith(sentence) for problem in problems(config))


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        (raw(bridge__treshold=1), "bridge.treshold: there is no such key"),
        (raw(pears=[]), "pears: there is no such key"),
        (raw(service_chain={}), "service_chain: there is no such key"),
        (raw(parentChain__chain_id=1), "parentChain.chain_id: there is no such key"),
        (raw(quux=1), "quux: there is no such key"),
        (raw(packages__zzz=""), "packages.zzz: there is no such key"),
        (
            raw(pairs=[{"name": "one", "scn": "scn-1", "anchoring": {"perod": 3}}]),
            "pairs[0].anchoring.perod: there is no such key",
        ),
        (
            raw(pairs=[{"name": "one", "scn": "scn-1", "sc": "x"}]),
            "pairs[0].sc: there is no such key",
        ),
        (raw(parentChain={}), f"parentChain.chainId: {MISSING}"),
        (raw(pairs=[{"name": "one"}]), f"pairs[0].scn: {MISSING}"),
    ],
)
def test_an_unknown_or_missing_key_is_told_with_the_nearest_one(config: Raw, sentence: str) -> None:
    assert begins(problems(config), sentence)


@pytest.mark.parametrize("name", ["", "Alpha", "1a", "a-", "-a", "a_b", "a" * 21, "a b", "ä", "alpha\n", "a/b", "../a"])
def test_a_malformed_name_is_refused(name: str) -> None:
    assert problems(raw(pairs=[{"name": name, "scn": "scn-1"}])) == [f"pairs[0].name: {name!r} {NO_NAME}"]
    assert f"serviceChain.nodes[2]: {name!r} {NO_NAME}" in problems(
        raw(serviceChain__nodes=["scn-1", "scn-2", name, "d"])
    )


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("0x12", "'0x12' is not an address; write 0x and 40 hex digits, in quotes"),
        ("11" * 20, f"'{'11' * 20}' is not an address; write 0x and 40 hex digits, in quotes"),
        (f"0x{'11' * 20}\n", f"'0x{'11' * 20}\\n' is not an address; write 0x and 40 hex digits, in quotes"),
        (
            "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD",  # EIP-55's first vector with its last letter changed
            "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD has a wrong checksum; copy it again, or write it in lower case",
        ),
    ],
)
def test_a_malformed_address_is_refused(address: str, sentence: str) -> None:
    shown = address.replace("\n", "\\n")
    assert problems(raw(parentChain__balances={address: 1})) == [f"parentChain.balances.{shown}: {sentence}"]


def test_all_problems_are_told_at_once() -> None:
    config = raw(pairs=pairs(2), bridge={"threshold": 5, "treshold": 1, "parentOwnerKey": "12"})
    config |= {"parentChain": {"chainId": 3000}, "anchoring": {"period": 0}, "identitySeed": "no"}
    paths = sorted(problem.split(": ")[0] for problem in problems(config))
    assert paths == [
        "anchoring.period",
        "bridge.parentOwnerKey",
        "bridge.threshold",
        "bridge.treshold",
        "identitySeed",
        "serviceChain.chainId",
    ]


def test_a_limit_below_the_price_of_gas_is_refused() -> None:
    assert begins(
        problems(raw(bridge__maxGasPrice=24)),
        "bridge.maxGasPrice: 24 gkei is less than gas costs on the parent chain, 25 gkei; write 50 or more",
    )
    assert begins(problems(raw(bridge__maxGasPrice=0)), "bridge.maxGasPrice: 0 is too small")
    assert read(raw(bridge__maxGasPrice=25)).bridge.max_gas_price == 25


def test_a_key_with_a_line_break_is_shown_in_one_line() -> None:
    (problem,) = problems(raw(parentChain={"chainId": 2020, "\n": None}))
    assert problem.startswith("parentChain.\\n: there is no such key;")
