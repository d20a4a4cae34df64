"""Policies of what can be reached: no API that drives a node or the bridge over HTTP, nothing open to the world."""

import re
from collections.abc import Iterator, Mapping
from ipaddress import ip_network
from typing import Any

from components.domain.addresses import WIDEST_NAMED
from components.domain.ports import EN_PORT, LAST_PORT, SCN_PORT, peer_ports
from components.domain.roles import DRIVING_APIS

from .resources import OURS, UNKNOWN, Resource, Violation

PEERS = (peer_ports(SCN_PORT), peer_ports(EN_PORT))
"""Ports by which nodes of a public chain find each other, the only ones that may be open to everybody."""

_APIS = re.compile(r"(?:--(?:rpc|ws|http)\.?api[ =]\"?|^(?:RPC|WS)_API=\"?)([A-Za-z0-9_, ]+)", re.MULTILINE)
"""The APIs in a unit or a conf of a node."""


def no_driving_api_over_http(resource: Resource) -> Iterator[Violation]:
    """Refuse the APIs of the bridge, of keys and of the node itself over HTTP: they are for the IPC socket."""
    if resource.type == f"{OURS}AdoptedNode":
        yield from _adopted(resource)
    if resource.type != "command:remote:Command":
        return
    for part in ("stdin", "create", "update"):
        for listed in _APIS.findall(resource.text(part)):
            found = {*DRIVING_APIS} & {one.strip().lower() for one in listed.replace(" --", ",").split(",")}
            if found:
                sentence = (
                    f"the node serves {', '.join(sorted(found))} over HTTP, and whoever reaches that drives it; take "
                    "that away, and use the IPC socket on the node's host"
                )
                yield Violation(resource, sentence)


def _adopted(resource: Resource) -> Iterator[Violation]:
    """Refuse a node that exists and serves them to other machines, as the program found it."""
    exposed = resource.props.get("exposed")
    if isinstance(exposed, list) and exposed:
        sentence = (
            f"the node {resource.name}, which exists already, serves {', '.join(map(str, exposed))}, and whoever "
            "reaches that drives it; take that out of its conf, and restart it"
        )
        yield Violation(resource, sentence)


def nothing_is_open_to_the_world(resource: Resource) -> Iterator[Violation]:
    """Refuse to let the world in, to RPC, SSH, metrics or a main bridge; to peers of a public chain it may be."""
    for rule in _rules(resource):
        if UNKNOWN in rule["ports"]:
            continue
        world = [cidr for cidr in rule["cidrs"] if _is_world(cidr)]
        first, last = rule["ports"]
        if world and not any(low <= first <= last <= high for low, high in PEERS):
            ports = "all ports" if rule["all"] else f"port {first}" if first == last else f"ports {first} to {last}"
            sentence = (
                f"{ports} would be open to {', '.join(world)}; name the networks that need it "
                f"(only the ports of peers, {PEERS[1][0]} and {PEERS[1][1]}, may be open to everybody)"
            )
            yield Violation(resource, sentence)


def _rules(resource: Resource) -> Iterator[dict[str, Any]]:
    """Return what a resource lets in, whichever of the three ways it is written."""
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
