"""Who reaches whom, computed from the security groups that the program asked for, as EC2 would."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.program.program import Program

Table = set[tuple[str, str, str]]
"""(from, to, ports): names of machines, or networks outside."""


def table(program: Program) -> Table:
    """Return everything that is let through.

    Between two machines both have to agree: the groups of the one let it out, the groups of the other let it in. Ranges
    of ports are compared as they are, so that a range which only overlaps another one would show as missing.
    """
    members = {
        name.removesuffix("-interface"): {_group(id_) for id_ in interface.inputs["securityGroups"]}
        for name, interface in program.of("NetworkInterface").items()
    }
    ingress = [_rule(one.inputs) for one in program.of("SecurityGroupIngressRule").values()]
    egress = [_rule(one.inputs) for one in program.of("SecurityGroupEgressRule").values()]
    return {
        *_between(members, ingress, egress),
        *((peer, name, ports) for group, peer, ports in ingress for name in _in(members, group) if "/" in peer),
        *((name, peer, ports) for group, peer, ports in egress for name in _in(members, group) if "/" in peer),
    }


def _between(
    members: Mapping[str, set[str]], ingress: list[tuple[str, str, str]], egress: list[tuple[str, str, str]]
) -> Iterator[tuple[str, str, str]]:
    for group, peer, ports in ingress:
        for target in _in(members, group):
            for source in _in(members, peer):
                lets_out = any(
                    own in members[source] and other in members[target] and out == ports for own, other, out in egress
                )
                if source != target and lets_out:
                    yield source, target, ports


def _in(members: Mapping[str, set[str]], group: str) -> list[str]:
    return [name for name, groups in members.items() if group in groups]


def _rule(inputs: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return the group that a rule is of, whom it is about, and the ports."""
    peer = inputs.get("cidrIpv4") or _group(inputs["referencedSecurityGroupId"])
    first, last = int(inputs["fromPort"]), int(inputs["toPort"])
    return (
        _group(inputs["securityGroupId"]),
        peer,
        f"{inputs['ipProtocol']} {first}" + (f"-{last}" if last > first else ""),
    )


def _group(id_: str) -> str:
    return id_.removesuffix(".id")
