"""A private parent chain that exists: what goes with it, and what does not."""

from pathlib import Path
from typing import Any

import pytest

from components.domain.kni import place
from components.domain.problems.nodes import GENESIS_OF_OTHER_CHAIN, GENESIS_UNUSABLE
from components.domain.problems.problem import Problem
from components.kaia import genesis
from components.topology.checks.configuration import read
from components.topology.flows import flows, way_out
from components.topology.machines import machines
from tests.unit.samples import EXISTING, KNI, Raw, archive, aws_raw, begins, kairos_raw, problems, raw

VALIDATOR = "0x" + "11" * 20


def existing(**changes: Any) -> Raw:
    return aws_raw(parentChain={**EXISTING, **changes})


def test_a_chain_of_our_own_is_ours_and_no_other() -> None:
    ours = {read(config).parent_chain.ours for config in (raw(), aws_raw())}
    theirs = {read(config).parent_chain.ours for config in (existing(), kairos_raw())}
    assert (ours, theirs) == ({True}, {False})


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        (
            existing(staticNodes=[]),
            "parentChain.staticNodes: is missing",
        ),
        (
            aws_raw(parentChain={"chainId": 2020, "staticNodes": [KNI]}),
            "parentChain.genesis: is missing",
        ),
        (existing(unitPrice=25), "parentChain.unitPrice: an existing chain has its own"),
        (existing(balances={}), "parentChain.balances: an existing chain has its own"),
        (
            kairos_raw(parentChain={"network": "kairos", "genesis": "genesis.json"}),
            "parentChain.genesis: the nodes know kairos already",
        ),
        (
            kairos_raw(parentChain={"network": "kairos", "staticNodes": [KNI]}),
            "parentChain.staticNodes: the nodes know kairos already",
        ),
        (
            kairos_raw(parentChain={"network": "kairos", "networkId": 1001}),
            "parentChain.networkId: the nodes know kairos already",
        ),
        (
            raw(parentChain__networkId=203),
            "parentChain.networkId: the stack runs this chain, and its network id is its chain id",
        ),
        (existing(networkId=0), "parentChain.networkId: 0 is too small"),
        (
            existing(chainId=8217),
            "parentChain.chainId: 8217 is mainnet",
        ),
        (
            raw(parentChain__syncHours=3),
            "parentChain.syncHours: the stack runs this chain, so there is nothing to catch up with",
        ),
        (existing(syncHours=0), "parentChain.syncHours: 0 is too small"),
        (
            existing(referenceRpc="rpc.example.com/v1/a-secret-key"),
            "parentChain.referenceRpc: this is not the URL of an RPC",
        ),
        (
            raw(packages={"chaindata": {"file": "chaindata.tar.gz", "sha256": "ab" * 32}}),
            "packages.chaindata: the stack runs this chain from its first block",
        ),
        (
            kairos_raw(packages__chaindata={"url": "https://archives.test/x.tar.gz"}),
            "packages.chaindata.sha256: is missing",
        ),
        (
            kairos_raw(packages__chaindata={"sha256": "ab" * 32}),
            "packages.chaindata: give either the file of the archive or its url",
        ),
        (
            raw(parentChain=EXISTING),
            "target: hosts on this computer cannot reach an existing parent chain",
        ),
    ],
)
def test_what_does_not_go_together_is_told_in_one_sentence(config: Raw, sentence: str) -> None:
    assert begins(problems(config), sentence)


def test_the_address_of_a_reference_is_a_secret() -> None:
    chain = read(existing(referenceRpc="https://rpc.example.com/v1/a-secret-key")).parent_chain
    assert "a-secret-key" not in repr(chain)
    assert chain.sync_hours == 24


@pytest.mark.parametrize(
    "kni",
    [
        "",
        7,
        KNI.replace("kni:", "enode:"),
        KNI.replace("5c", "5", 1),
        KNI.replace("10.99.0.7", "10.99.0"),
        KNI.replace("10.99.0.7", "-a"),
        KNI.replace(":32323", ""),
        KNI.replace(":32323", ":65536"),
        KNI + '"',
        KNI + "\n",
    ],
)
def test_a_malformed_kni_is_refused(kni: object) -> None:
    (problem,) = problems(existing(staticNodes=[KNI, kni]))
    assert problem.startswith("parentChain.staticNodes[1]: ")
    assert "is not a KNI; write kni://, the node's public key of 128 hex digits, @, address and port" in problem


def test_no_validator_and_no_package_for_one_is_needed() -> None:
    config = existing()
    del config["packages"]["kcn"]
    assert {machine.role for machine in machines(read(config))} == {"en", "scn"}


def test_a_limit_of_the_price_of_gas_is_not_judged_where_the_price_is_not_known() -> None:
    assert read({**existing(), "bridge": {"maxGasPrice": 1}}).bridge.max_gas_price == 1


@pytest.mark.parametrize(("port", "more"), [("", set()), (":8443", {(8443, "archive of chain data")})])
def test_ens_reach_an_archive_of_chain_data(port: str, more: set[tuple[int, str]]) -> None:
    url = f"https://archives.test{port}/chaindata.tar.gz"
    settings = read(kairos_raw(packages__chaindata={"url": url, "sha256": "ab" * 32}))
    plain = read(kairos_raw())
    assert settings.aws is not None
    assert plain.aws is not None
    added = set(flows(settings, settings.aws)) - set(flows(plain, plain.aws))
    assert {(flow.ports.first, flow.why) for flow in added} == more


@pytest.mark.parametrize(
    ("host", "network", "outside"),
    [("10.99.0.7", "10.99.0.7/32", False), ("52.79.1.2", "52.79.1.2/32", True), ("node.test", "0.0.0.0/0", True)],
)
def test_ens_reach_its_nodes_and_nobody_else(host: str, network: str, outside: object) -> None:
    kni = KNI.replace("10.99.0.7", host)
    settings = read(existing(staticNodes=[kni, kni]))
    assert place(kni) == (host, 32323)
    assert settings.aws is not None
    found = flows(settings, settings.aws)
    (flow,) = [flow for flow in found if flow.why == "nodes of the parent chain"]
    assert (flow.source.name, flow.target.cidr) == ("ens", network)  # type: ignore[union-attr]
    assert (flow.ports.first, flow.ports.last) == (32323, 32323)
    assert way_out(machines(settings), found) is outside
    assert not [flow for flow in found if getattr(flow.target, "name", "") == "validators"]


def test_a_file_by_url_for_a_validator_that_is_not_there_opens_nothing() -> None:
    settings = read({**existing(), "packages": {**existing()["packages"], "kcn": archive("kcn", "v1.0.3", "url")}})
    assert settings.aws is not None
    assert not [flow for flow in flows(settings, settings.aws) if flow.why == "archive of the node"]


# -- the file ------------------------------------------------------------------------------------------------


def test_the_genesis_is_taken_as_it_is(tmp_path: Path) -> None:
    text = genesis.parent_chain(2020, [VALIDATOR], {}, 25)
    (tmp_path / "genesis.json").write_text(text)
    assert genesis.read(str(tmp_path / "genesis.json"), 2020) == text


NOT_JSON = "Expecting property name enclosed in double quotes in line 1, column 2"


@pytest.mark.parametrize(
    ("content", "problem", "named"),
    [
        (None, GENESIS_UNUSABLE, ["No such file or directory"]),
        ("{", GENESIS_UNUSABLE, [NOT_JSON]),
        ("[]", GENESIS_UNUSABLE, ["config.chainId"]),
        ('{"config": {}}', GENESIS_UNUSABLE, ["config.chainId"]),
        ('{"config": {"chainId": 7}}', GENESIS_OF_OTHER_CHAIN, ["chain 7", "2020"]),
    ],
)
def test_another_file_is_refused(tmp_path: Path, content: str | None, problem: Problem, named: list[str]) -> None:
    path = tmp_path / "genesis.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(genesis.GenesisError) as caught:
        genesis.read(str(path), 2020)
    assert problem.code in str(caught.value)
    assert all(value in str(caught.value) for value in ("parentChain.genesis", str(path), *named))


@pytest.mark.parametrize(("public", "chain_id"), [("kairos", 1001), ("mainnet", 8217)])
@pytest.mark.parametrize("section", ["parentChain", "serviceChain"])
def test_a_chain_of_our_own_has_no_id_of_a_public_network(section: str, public: str, chain_id: int) -> None:
    (problem,) = problems(raw(**{f"{section}__chainId": chain_id}))
    assert problem.startswith(f"{section}.chainId: {chain_id} is the id of {public}, and a transaction signed")
