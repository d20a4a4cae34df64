"""Policies of network exposure: no API that controls a node or the bridge over HTTP, nothing open to the world."""

import re
from collections.abc import Iterator, Mapping
from ipaddress import ip_network
from typing import Any

from components.domain.addresses import WIDEST_NAMED
from components.domain.ports import EN_PORT, LAST_PORT, SCN_PORT, peer_ports
from components.domain.problems.policies import CONTROLLED_OVER_HTTP, OPEN_TO_THE_WORLD
from components.domain.roles import DRIVING_APIS

from .resources import OURS, UNKNOWN, Resource, Violation

PEERS = (peer_ports(SCN_PORT), peer_ports(EN_PORT))
"""Peer ports of public chains, the only ones that may be open to everybody."""

_APIS = re.compile(r"(?:--(?:rpc|ws|http)\.?api[ =]\"?|^(?:RPC|WS)_API=\"?)([A-Za-z0-9_, ]+)", re.MULTILINE)
"""The APIs in a node's unit or conf."""


def no_driving_api_over_http(resource: Resource) -> Iterator[Violation]:
    """Refuse APIs over HTTP that control the bridge, keys or the node: they are for the IPC socket."""
    if resource.type == f"{OURS}AdoptedNode":
        yield from _adopted(resource)
    if resource.type != "command:remote:Command":
        return
    for part in ("stdin", "create", "update"):
        for listed in _APIS.findall(resource.text(part)):
            found = {*DRIVING_APIS} & {one.strip().lower() for one in listed.replace(" --", ",").split(",")}
            if found:
                sentence = (
                    f"the node serves {', '.join(sorted(found))} over HTTP, and anyone who reaches it controls "
                    "the node; remove these APIs, and use the IPC socket on the node's host"
                )
                yield Violation(resource, CONTROLLED_OVER_HTTP(sentence))


def _adopted(resource: Resource) -> Iterator[Violation]:
    """Refuse an existing node that serves them to other machines."""
    exposed = resource.props.get("exposed")
    if isinstance(exposed, list) and exposed:
        sentence = (
            f"the existing node {resource.name} serves {', '.join(map(str, exposed))}, and anyone who reaches it "
            "controls the node; remove these APIs from its conf, and restart it"
        )
        yield Violation(resource, CONTROLLED_OVER_HTTP(sentence))


def nothing_is_open_to_the_world(resource: Resource) -> Iterator[Violation]:
    """Refuse rules that are open to the world, except on peer ports of public chains."""
    for rule in _rules(resource):
        if UNKNOWN in rule["ports"]:
            continue
        world = [cidr for cidr in rule["cidrs"] if _is_world(cidr)]
        first, last = rule["ports"]
        if world and not any(low <= first <= last <= high for low, high in PEERS):
            ports = "all ports" if rule["all"] else f"port {first}" if first == last else f"ports {first} to {last}"
            sentence = (
                f"{ports} would be open to {', '.join(world)}; list the networks that need access "
                f"(only the peer ports {PEERS[1][0]} and {PEERS[1][1]} may be open to everybody)"
            )
            yield Violation(resource, OPEN_TO_THE_WORLD(sentence))


def _rules(resource: Resource) -> Iterator[dict[str, Any]]:
    """Return the ingress rules of a resource, in any of the three notations."""
    if resource.kind == "SecurityGroupIngressRule":
        yield _rule(resource.props, [resource.props.get("cidrIpv4"), resource.props.get("cidrIpv6")])
    elif resource.kind == "SecurityGroupRule" and resource.text("type") == "ingress":
        yield _rule(resource.props, _cidrs(resource.props))
    elif resource.kind == "SecurityGroup":
        ingress = resource.props.get("ingress")
        for rule in ingress if isinstance(ingress, list) else ():
            if isinstance(rule, Mapping):
                yield _rule({**rule, "ipProtocol": rule.get("protocol")}, _cidrs(rule))


def _rule(props: Mapping[str, Any], cidrs: list[Any]) -> dict[str, Any]:
    first, last = props.get("fromPort"), props.get("toPort")
    every = str(props.get("ipProtocol", props.get("protocol"))) in {"-1", "all"} or first is None or last is None
    ports = (0, LAST_PORT) if every else (first, last)
    return {
        "cidrs": [cidr for cidr in cidrs if isinstance(cidr, str)],
        "ports": tuple(int(port) if isinstance(port, int | float) else UNKNOWN for port in ports),
        "all": every,
    }


def _cidrs(props: Mapping[str, Any]) -> list[Any]:
    found: list[Any] = []
    for name in ("cidrBlocks", "ipv6CidrBlocks"):
        listed = props.get(name)
        found += listed if isinstance(listed, list) else []
    return found


def _is_world(cidr: str) -> bool:
    try:
        return ip_network(cidr, strict=False).prefixlen < WIDEST_NAMED
    except ValueError:
        return False
