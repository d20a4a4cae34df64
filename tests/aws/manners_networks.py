"""What EC2 does with networks, addresses and security groups, and moto does not."""

import ipaddress
from contextvars import ContextVar
from typing import Any

from moto.ec2.models import (
    elastic_ip_addresses,
    elastic_network_interfaces,
    nat_gateways,
    security_groups,
    subnets,
    vpcs,
)
from moto.ec2.responses import nat_gateways as responses

from tests.aws.manners import Manners, refuse

__all__ = ["manners"]

_RESERVED = 4
"""Of the addresses of a subnet AWS keeps the first ones and the last one for itself."""

_wished: ContextVar[str] = ContextVar("address that a NAT gateway is to have", default="")

manners = Manners()


@manners.instead_of(elastic_network_interfaces.NetworkInterfaceBackend, "create_network_interface")
def _give_a_free_address(
    original: Any, backend: Any, subnet: Any, address: Any = None, addresses: Any = None, *more: Any, **named: Any
) -> Any:
    subnet = backend.get_subnet(subnet) if isinstance(subnet, str) else subnet
    there = [interface for interface in backend.enis.values() if interface.subnet.id == subnet.id]
    taken = {one["PrivateIpAddress"] for interface in there for one in interface.private_ip_addresses}
    free = [str(one) for one in ipaddress.ip_network(subnet.cidr_block)][_RESERVED:-1]
    wanted = [address] if address else [one["PrivateIpAddress"] for one in addresses or []]
    for one in wanted:
        if one not in free:
            refuse("InvalidParameterValue", f"Address {one} does not fall within the subnet's address range")
        if one in taken:
            refuse("InvalidIPAddress.InUse", f"Address {one} is in use.")
    if not wanted:
        address = next(one for one in free if one not in taken)
    return original(backend, subnet, address, addresses, *more, **named)


@manners.instead_of(elastic_network_interfaces.NetworkInterfaceBackend, "delete_network_interface")
def _keep_an_attached_interface(original: Any, backend: Any, eni_id: str) -> Any:
    if backend.get_network_interface(eni_id).instance:
        refuse("InvalidParameterValue", f"Network interface '{eni_id}' is currently in use.")
    return original(backend, eni_id)


@manners.instead_of(elastic_ip_addresses.ElasticAddressBackend, "release_address")
def _keep_an_associated_address(original: Any, backend: Any, address: Any = None, allocation_id: Any = None) -> Any:
    found = backend.address_by_allocation([allocation_id]) if allocation_id else backend.address_by_ip([address])
    if found[0].association_id:
        refuse("InvalidIPAddress.InUse", f"Address {found[0].public_ip} is in use.")
    return original(backend, address=address, allocation_id=allocation_id)


@manners.instead_of(nat_gateways.NatGatewayBackend, "delete_nat_gateway")
def _take_all_of_a_gateway(original: Any, backend: Any, nat_gateway_id: str) -> Any:
    gateway = original(backend, nat_gateway_id)
    for address in backend.addresses:
        if address.eni is gateway._eni:
            backend.disassociate_address(association_id=address.association_id)
    backend.enis.pop(gateway._eni.id, None)
    return gateway


# -- networks ----------------------------------------------------------------------------------------------


@manners.instead_of(subnets.SubnetBackend, "delete_subnet")
def _keep_a_used_subnet(original: Any, backend: Any, subnet_id: str) -> Any:
    if any(interface.subnet.id == subnet_id for interface in backend.enis.values()):
        refuse("DependencyViolation", f"The subnet '{subnet_id}' has dependencies and cannot be deleted.")
    for table in backend.route_tables.values():
        table._associations = {link: subnet for link, subnet in table._associations.items() if subnet != subnet_id}
    return original(backend, subnet_id)


@manners.instead_of(vpcs.VPCBackend, "delete_vpc")
def _keep_a_used_network(original: Any, backend: Any, vpc_id: str) -> Any:
    gateways = [gateway for gateway in backend.internet_gateways.values() if gateway.vpc and gateway.vpc.id == vpc_id]
    groups = [group for group in backend.groups.get(vpc_id, {}).values() if not group.is_default]
    if gateways or groups:
        refuse("DependencyViolation", f"The vpc '{vpc_id}' has dependencies and cannot be deleted.")
    deleted = original(backend, vpc_id)
    for acl in [acl for acl in backend.network_acls.values() if acl.vpc_id == vpc_id]:
        backend.network_acls.pop(acl.id)
    return deleted


@manners.instead_of(security_groups.SecurityGroupBackend, "delete_security_group")
def _keep_a_used_group(original: Any, backend: Any, name: Any = None, group_id: Any = None) -> Any:
    others = [group for members in backend.groups.values() for group in members.values() if group.id != group_id]
    rules = [rule for group in others for rule in (*group.ingress_rules, *group.egress_rules)]
    used = any(group.id == group_id for interface in backend.enis.values() for group in interface._group_set)
    if used or any(rule.source_group.get("GroupId") == group_id for rule in rules):
        refuse("DependencyViolation", f"resource {group_id} has a dependent object")
    return original(backend, name=name, group_id=group_id)


@manners.instead_of(security_groups.SecurityGroupBackend, "modify_security_group_rules")
def _change_any_rule(original: Any, backend: Any, group_id: str, rules: Any) -> None:  # noqa: ARG001 # it knows some
    group = backend.get_security_group_by_name_or_id(group_id)
    for rule_id, wanted in rules.items():
        rule = group.get_rule(rule_id)
        rule.ip_protocol, rule.from_port, rule.to_port = (
            wanted.get(name) for name in ("IpProtocol", "FromPort", "ToPort")
        )
        described = {"Description": wanted["Description"]} if wanted.get("Description") else {}
        ranges = {"CidrIp": wanted.get("CidrIpv4"), "CidrIpv6": wanted.get("CidrIpv6")}
        rule.ip_range = {name: value for name, value in ranges.items() if value}
        peer = wanted.get("ReferencedGroupId")
        rule.source_group = {"GroupId": peer, "UserId": backend.account_id, **described} if peer else {}
        if rule.ip_range:
            rule.ip_range |= described


@manners.instead_of(security_groups.SecurityGroupRule, "description")
def _describe_rules_with_groups_too(_: Any, rule: Any) -> str | None:
    found: str | None = (rule.ip_range or rule.source_group).get("Description")
    return found


@manners.instead_of(responses.NatGateways, "create_nat_gateway")
def _hear_the_wished_address(original: Any, response: Any) -> Any:
    token = _wished.set(response._get_param("PrivateIpAddress") or "")
    try:
        return original(response)
    finally:
        _wished.reset(token)


@manners.instead_of(nat_gateways, "random_private_ip")
def _ask_for_that(_: Any, *__: Any) -> str:
    """Without a wish, instead of an address of any network, a gateway gets a free one of its subnet."""
    return _wished.get()
