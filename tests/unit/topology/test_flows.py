"""Who reaches whom, written out in full: everything that a bridge needs, and nothing else."""

import re
from typing import Any

import pytest

from components.domain.addresses import ANYWHERE
from components.settings.model import Settings
from components.topology.checks.configuration import read
from components.topology.flows import BASTION, exposure, flows, way_out
from components.topology.machine import Flow, Group
from components.topology.machines import machines
from tests.unit.samples import VPC, Raw, archive, aws_raw, kairos_raw, pairs

HOST_KEY = f"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{'a' * 43}"
GIVEN = {"aws__ssh__bastion": {"host": "10.0.0.5", "hostKey": HOST_KEY}}
WATCHED = {"aws__rpc__from": ["10.1.0.0/16"], "aws__metrics__from": ["10.2.0.0/16", "10.3.0.0/16"]}

OWN_BASTION = {"203.0.113.7/32 -> bastion tcp 22", "bastion -> nodes tcp 22"}
BRIDGES = {"pair-1-scn -> pair-1-en tcp 50505", "pair-2-scn -> pair-2-en tcp 50505"}
CHILD = {"scns -> scns tcp 22323"}
PRIVATE = {"ens -> validators tcp 32323"}
PEERS = {"ens -> 0.0.0.0/0 tcp 32323-32324", "ens -> 0.0.0.0/0 udp 32323"}
DIALLED = {"0.0.0.0/0 -> pair-3-en tcp 32323-32324", "0.0.0.0/0 -> pair-3-en udp 32323"}
DOWNLOADS = {"ens -> 0.0.0.0/0 tcp 443", "scns -> 0.0.0.0/0 tcp 443"}

ALLOWED = "10.4.0.0/16"
MONITORED: dict[str, Any] = {"monitoring": {"enabled": True, "allowed": [ALLOWED]}}
MONITOR = {
    *(f"monitors -> nodes tcp {port}" for port in (61001, 9100)),
    *(f"{ALLOWED} -> monitors tcp {port}" for port in (9090, 9093)),
    *(f"{group} -> 0.0.0.0/0 tcp {port}" for group in ("nodes", "monitors") for port in (80, 443)),
}
RECEIVERS: dict[str, Any] = {
    "webhook": {"urlFile": "secrets/url", "port": 8443},
    "slack": {"urlFile": "secrets/slack", "channel": "#bridge"},
    "pagerduty": {"keyFile": "secrets/key"},
    "email": {"to": "a@b.test", "from": "c@d.test", "smarthost": "192.0.2.9:587"},
}


def notified(**receivers: Any) -> Raw:
    return aws_raw(monitoring={**MONITORED["monitoring"], "receivers": receivers})


TWO = aws_raw()
KAIROS = kairos_raw()
MAINNET = kairos_raw(parentChain={"network": "mainnet"}, pairs=pairs(3))
MAINNET["pairs"][2]["machines"] = {"en": {"publicAddress": True}}
FILES = {"packages": {program: archive(program, "v2.2.1") for program in ("ken", "kscn")}}
OTHER_PORT = archive("kcn", "v1.0.3", "url") | {"url": "https://packages.example.com:8443/kcn-v1.0.3.tar.gz"}


def canary(config: Raw, **own: Raw) -> Raw:
    """Return a configuration whose first pair has archives of its own."""
    return {**config, "pairs": [{**config["pairs"][0], "packages": own}, *config["pairs"][1:]]}


TWELVE = kairos_raw(pairs=pairs(12), serviceChain__nodes=20, aws__en__publicAddress=True, **WATCHED)


def found(config: Raw) -> list[Flow]:
    settings = read(config)
    assert settings.aws is not None
    return flows(settings, settings.aws)


def written(flow: Flow) -> str:
    source, target = (end.name if isinstance(end, Group) else end.cidr for end in (flow.source, flow.target))
    ports = f"{flow.ports.first}" + (f"-{flow.ports.last}" if flow.ports.last != flow.ports.first else "")
    return f"{source} -> {target} {flow.ports.protocol} {ports}"


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        (TWO, OWN_BASTION | PRIVATE | CHILD | BRIDGES),
        (aws_raw(**GIVEN), {"203.0.113.7/32 -> nodes tcp 22"} | PRIVATE | CHILD | BRIDGES),
        (aws_raw(aws__network=VPC), {"203.0.113.7/32 -> nodes tcp 22"} | PRIVATE | CHILD | BRIDGES),
        (
            aws_raw(**WATCHED),
            OWN_BASTION
            | {"10.1.0.0/16 -> nodes tcp 8551", "10.2.0.0/16 -> nodes tcp 61001", "10.3.0.0/16 -> nodes tcp 61001"}
            | PRIVATE
            | CHILD
            | BRIDGES,
        ),
        (
            aws_raw(packages__kcn=OTHER_PORT),
            OWN_BASTION | PRIVATE | CHILD | BRIDGES | {"validators -> 0.0.0.0/0 tcp 8443"},
        ),
        (KAIROS, OWN_BASTION | PEERS | CHILD | BRIDGES | DOWNLOADS),
        (kairos_raw(**FILES), OWN_BASTION | PEERS | CHILD | BRIDGES),
        (
            canary(TWO, ken=archive("ken", "v1.0.3", "url"), kscn=OTHER_PORT),
            OWN_BASTION
            | PRIVATE
            | CHILD
            | BRIDGES
            | {"pair-1-en -> 0.0.0.0/0 tcp 443", "pair-1-scn -> 0.0.0.0/0 tcp 8443"},
        ),
        (
            canary(KAIROS, ken=archive("ken", "v2.2.2", "url"), kscn=OTHER_PORT),
            OWN_BASTION | PEERS | CHILD | BRIDGES | DOWNLOADS | {"pair-1-scn -> 0.0.0.0/0 tcp 8443"},
        ),
        (
            canary({**KAIROS, "pairs": pairs(1)}, kscn=archive("kscn", "v2.2.2")),  # three SCNs have no pair
            OWN_BASTION | PEERS | CHILD | {"pair-1-scn -> pair-1-en tcp 50505"} | DOWNLOADS,
        ),
        (
            canary({**KAIROS, "pairs": pairs(1)}, ken=archive("ken", "v2.2.2")),
            OWN_BASTION
            | PEERS
            | CHILD
            | BRIDGES - {"pair-2-scn -> pair-2-en tcp 50505"}
            | {"scns -> 0.0.0.0/0 tcp 443"},
        ),
        (
            aws_raw(aws__sessionManager=True),
            OWN_BASTION
            | PRIVATE
            | CHILD
            | BRIDGES
            | {f"{group} -> 0.0.0.0/0 tcp 443" for group in ("nodes", "bastion")},
        ),
        (
            aws_raw(**MONITORED, aws__sessionManager=True),
            OWN_BASTION
            | {"bastion -> monitors tcp 22", "bastion -> 0.0.0.0/0 tcp 443"}
            | PRIVATE
            | CHILD
            | BRIDGES
            | MONITOR,
        ),
        (aws_raw(**MONITORED), OWN_BASTION | {"bastion -> monitors tcp 22"} | PRIVATE | CHILD | BRIDGES | MONITOR),
        (
            kairos_raw(**MONITORED, aws__network=VPC),
            {f"203.0.113.7/32 -> {group} tcp 22" for group in ("nodes", "monitors")}
            | PEERS
            | CHILD
            | BRIDGES
            | DOWNLOADS
            | MONITOR,
        ),
        (
            notified(**RECEIVERS),
            OWN_BASTION
            | {"bastion -> monitors tcp 22"}
            | PRIVATE
            | CHILD
            | BRIDGES
            | MONITOR
            | {"monitors -> 0.0.0.0/0 tcp 8443", "monitors -> 192.0.2.9/32 tcp 587"},
        ),
        (
            notified(email={**RECEIVERS["email"], "smarthost": "mail.test:465"}),
            OWN_BASTION
            | {"bastion -> monitors tcp 22"}
            | PRIVATE
            | CHILD
            | BRIDGES
            | MONITOR
            | {"monitors -> 0.0.0.0/0 tcp 465"},
        ),
        (
            MAINNET,
            OWN_BASTION | PEERS | DIALLED | CHILD | BRIDGES | {"pair-3-scn -> pair-3-en tcp 50505"} | DOWNLOADS,
        ),
    ],
)
def test_the_flows_are_these_and_no_others(config: Raw, expected: set[str]) -> None:
    lines = [written(flow) for flow in found(config)]
    assert set(lines) == expected
    assert len(lines) == len(expected)


ALL = [TWO, aws_raw(**GIVEN, **WATCHED), KAIROS, MAINNET, TWELVE, notified(**RECEIVERS)]


@pytest.mark.parametrize("config", ALL)
def test_only_the_scn_of_a_pair_reaches_the_main_bridge_of_its_en(config: Raw) -> None:
    settings = read(config)
    bridges = [flow for flow in found(config) if flow.ports.first <= 50505 <= flow.ports.last]
    assert len(bridges) == len(settings.pairs)
    for pair, flow in zip(settings.pairs, bridges, strict=True):
        inside = {
            end: [one.name for one in machines(settings) if end in one.groups] for end in (flow.source, flow.target)
        }
        assert inside == {flow.source: [pair.scn], flow.target: [pair.en]}


@pytest.mark.parametrize("config", ALL)
def test_nobody_reaches_the_unused_bridge_port_and_the_world_only_peers(config: Raw) -> None:
    for flow in found(config):
        assert not flow.ports.first <= 50506 <= flow.ports.last
        if written(flow).startswith(ANYWHERE):
            assert (flow.ports.first, flow.ports.last) in ((32323, 32324), (32323, 32323))


@pytest.mark.parametrize("config", ALL)
def test_every_reason_is_one_that_ec2_takes(config: Raw) -> None:
    for flow in found(config):
        assert re.fullmatch(r"[a-zA-Z0-9 ._\-:/()#,@\[\]+=&;{}!$*]{1,255}", flow.why)


@pytest.mark.parametrize("config", ALL)
def test_every_group_has_machines_and_no_machine_more_than_five_groups(config: Raw) -> None:
    members = [machine.groups for machine in machines(read(config))]
    assert all(len(groups) == len(set(groups)) <= 5 for groups in members)
    ends = {end for flow in found(config) for end in (flow.source, flow.target) if isinstance(end, Group)}
    assert ends - {BASTION} <= {group for groups in members for group in groups}


def test_twelve_pairs_have_a_flow_each_and_no_flow_twice() -> None:
    lines = [written(flow) for flow in found(TWELVE)]
    assert len(lines) == len(set(lines))
    assert {f"pair-{i}-scn -> pair-{i}-en tcp 50505" for i in range(1, 13)} <= set(lines)
    assert sum(line.startswith(ANYWHERE) for line in lines) == 24


@pytest.mark.parametrize(
    "name", ["nodes", "ens", "scns", "bastion", "validators", "monitors", "monitor", "a-en", "parent"]
)
def test_no_name_of_a_pair_makes_two_groups_one(name: str) -> None:
    listed = [{"name": name, "scn": "scn-1"}, {"name": "a", "scn": "scn-2"}, {"name": "a-scn", "scn": "scn-3"}]
    config = aws_raw(pairs=listed, **MONITORED)
    settings = read(config)
    for flow in found(config):
        if flow.ports.first == 50505:
            assert [sum(end in one.groups for one in machines(settings)) for end in (flow.source, flow.target)] == [
                1,
                1,
            ]


# -- who needs a way out, and who listens ----------------------------------------------------------------------


def out(config: Raw) -> bool:
    settings = read(config)
    return way_out(machines(settings), found(config))


PUBLIC_ENS: dict[str, Any] = {"aws__en__publicAddress": True}


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        (TWO, False),
        (aws_raw(packages__kcn=OTHER_PORT), True),
        (KAIROS, True),
        (kairos_raw(**FILES), True),
        (kairos_raw(**FILES, **PUBLIC_ENS), False),  # every EN has an address of its own
        (kairos_raw(**PUBLIC_ENS), True),  # SCNs take their archive
        (MAINNET, True),
        (aws_raw(**MONITORED), True),  # packages
    ],
)
def test_a_way_out_is_made_only_for_private_machines_that_need_one(config: Raw, expected: bool) -> None:  # noqa: FBT001
    assert out(config) is expected


@pytest.mark.parametrize(
    ("config", "rpc", "metrics"),
    [(TWO, 0, 0), (aws_raw(**WATCHED), 1, 1), (KAIROS, 0, 0), (aws_raw(**MONITORED), 0, 1)],
)
def test_a_node_listens_only_where_somebody_may_reach_it(config: Raw, rpc: int, metrics: int) -> None:
    settings: Settings = read(config)
    assert (exposure(settings).rpc, exposure(settings).metrics) == (bool(rpc), bool(metrics))


def test_local_nodes_listen_on_nothing_more_whatever_is_written_for_aws() -> None:
    settings = read(aws_raw(target="local", monitoring={"enabled": False}, **WATCHED))
    assert (exposure(settings).rpc, exposure(settings).metrics) == (False, False)
