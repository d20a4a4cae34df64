"""A private parent chain that exists: what goes with it, and what does not."""

from pathlib import Path
from typing import Any

import pytest

from components.domain.kni import place
from components.domain.problems.packages import GENESIS_OF_OTHER_CHAIN, GENESIS_UNUSABLE
from components.domain.problems.problem import Problem
from components.domain.problems.settings import (
    ARCHIVE,
    FORK_ORDER,
    MISSING_KEY,
    OUT_OF_RANGE,
    TAKEN_CHAIN_ID,
    TARGET_OUT_OF_REACH,
    UNKNOWN_FORK,
    UNNEEDED_KEY,
    WRONG_FORM,
    WRONG_KNI,
)
from components.kaia import genesis
from components.topology.checks.configuration import read
from components.topology.flows import flows, way_out
from components.topology.machines import machines
from tests.unit.samples import EXISTING, KNI, Raw, archive, aws_raw, kairos_raw, problems, raw, tells

VALIDATOR = "0x" + "11" * 20


def existing(**changes: Any) -> Raw:
    return aws_raw(parentChain={**EXISTING, **changes})


def test_a_chain_of_our_own_is_ours_and_no_other() -> None:
    ours = {read(config).parent_chain.ours for config in (raw(), aws_raw())}
    theirs = {read(config).parent_chain.ours for config in (existing(), kairos_raw())}
    assert (ours, theirs) == ({True}, {False})


@pytest.mark.parametrize(
    ("config", "path", "problem", "value"),
    [
        (existing(staticNodes=[]), "parentChain.staticNodes", MISSING_KEY, ""),
        (aws_raw(parentChain={"chainId": 2020, "staticNodes": [KNI]}), "parentChain.genesis", MISSING_KEY, ""),
        (existing(unitPrice=25), "parentChain.unitPrice", UNNEEDED_KEY, ""),
        (existing(balances={}), "parentChain.balances", UNNEEDED_KEY, ""),
        (
            kairos_raw(parentChain={"network": "kairos", "genesis": "genesis.json"}),
            "parentChain.genesis",
            UNNEEDED_KEY,
            "kairos",
        ),
        (
            kairos_raw(parentChain={"network": "kairos", "staticNodes": [KNI]}),
            "parentChain.staticNodes",
            UNNEEDED_KEY,
            "kairos",
        ),
        (kairos_raw(parentChain={"network": "kairos", "networkId": 1001}), "parentChain.networkId", UNNEEDED_KEY, ""),
        (raw(parentChain__networkId=203), "parentChain.networkId", UNNEEDED_KEY, ""),
        (existing(networkId=0), "parentChain.networkId", OUT_OF_RANGE, "0"),
        (existing(chainId=8217), "parentChain.chainId", TAKEN_CHAIN_ID, "8217"),
        (raw(parentChain__syncHours=3), "parentChain.syncHours", UNNEEDED_KEY, ""),
        (existing(syncHours=0), "parentChain.syncHours", OUT_OF_RANGE, "0"),
        (existing(referenceRpc="rpc.example.com/v1/a-secret-key"), "parentChain.referenceRpc", WRONG_FORM, ""),
        (
            raw(packages={"chaindata": {"file": "chaindata.tar.gz", "sha256": "ab" * 32}}),
            "packages.chaindata",
            UNNEEDED_KEY,
            "",
        ),
        (
            kairos_raw(packages__chaindata={"url": "https://archives.test/x.tar.gz"}),
            "packages.chaindata.sha256",
            MISSING_KEY,
            "",
        ),
        (kairos_raw(packages__chaindata={"sha256": "ab" * 32}), "packages.chaindata", ARCHIVE, ""),
        (existing(forks={}), "parentChain.forks", UNNEEDED_KEY, ""),
        (kairos_raw(parentChain={"network": "kairos", "forks": {"kaia": 7}}), "parentChain.forks", UNNEEDED_KEY, ""),
        (raw(parentChain__forks={"cancun": 9, "kaia": 8}), "parentChain.forks", FORK_ORDER, "8"),
        (raw(serviceChain__forks={"shanghai": 9}), "serviceChain.forks", FORK_ORDER, "9"),
        (raw(serviceChain__forks={"prague": 9}), "serviceChain.forks", UNKNOWN_FORK, "prague"),
        (raw(serviceChain__forks={"kaia": -1}), "serviceChain.forks.kaia", OUT_OF_RANGE, "-1"),
        (raw(parentChain=EXISTING), "target", TARGET_OUT_OF_REACH, ""),
    ],
)
def test_what_does_not_go_together_is_told_in_one_sentence(
    config: Raw, path: str, problem: Problem, value: str
) -> None:
    assert tells(problems(config), (path, problem, value))


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
    assert tells(problems(existing(staticNodes=[KNI, kni])), ("parentChain.staticNodes[1]", WRONG_KNI, ""))


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
    found = problems(raw(**{f"{section}__chainId": chain_id}))
    assert tells(found, (f"{section}.chainId", TAKEN_CHAIN_ID, f"{chain_id} is the id of {public}"))
