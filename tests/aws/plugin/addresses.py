"""What has an address: elastic ones, NAT gateways, network interfaces."""

from tests.aws.plugin.api import AwsKind, tagged
from tests.aws.plugin.kind import Gone, Refused
from tests.aws.plugin.values import Properties

__all__ = ["Eip", "NatGateway", "NetworkInterface"]


class Eip(AwsKind):
    """A public address that stays."""

    resource_type = "elastic-ip"
    inputs = dict.fromkeys(("domain", "networkInterface", "tags"))
    required = ("domain",)
    outputs = ("arn", "tagsAll", "allocationId", "publicIp")
    replaced_by = ("domain",)

    def create(self, inputs: Properties) -> str:
        """Get one."""
        made = self.ec2("allocate_address", Domain=inputs["domain"], TagSpecifications=self.tags(inputs))
        return str(made["AllocationId"])

    def complete(self, identity: str, inputs: Properties) -> None:
        """Give it to its interface."""
        if "networkInterface" in inputs:
            self.ec2(
                "associate_address",
                AllocationId=identity,
                NetworkInterfaceId=inputs["networkInterface"],
                AllowReassociation=True,
            )

    def read(self, identity: str, inputs: Properties) -> Properties | None:
        """Describe it. Whose it is is told to a program only that has said so: a NAT gateway takes it later."""
        address = self.ec2("describe_addresses", AllocationIds=[identity])["Addresses"][0]
        found = {
            "arn": self.cloud.arn("", self.resource_type, identity),
            **tagged(address),
            "domain": address["Domain"],
            "allocationId": identity,
            "publicIp": address["PublicIp"],
        }
        if "networkInterface" in inputs:
            found["networkInterface"] = address.get("NetworkInterfaceId") or None
        return found

    def update(self, identity: str, old: Properties, new: Properties) -> None:
        """Give it to another interface, and set tags."""
        if old.get("networkInterface") != new.get("networkInterface"):
            self._disassociate(identity)
            self.complete(identity, new)
        self.retag(identity, old, new)

    def delete(self, identity: str, inputs: Properties) -> None:  # noqa: ARG002
        """Take it from whom it was given to, and give it back."""
        self._disassociate(identity)
        self.ec2("release_address", AllocationId=identity)

    def _disassociate(self, identity: str) -> None:
        address = self.ec2("describe_addresses", AllocationIds=[identity])["Addresses"][0]
        if address.get("AssociationId"):
            self.ec2("disassociate_address", AssociationId=address["AssociationId"])


class NatGateway(AwsKind):
    """A way out of a network for addresses that are private."""

    resource_type = "natgateway"
    inputs = dict.fromkeys(("allocationId", "subnetId", "privateIp", "tags"))
    required = ("allocationId", "subnetId")
    outputs = ("tagsAll", "publicIp", "privateIp", "networkInterfaceId")
    replaced_by = ("allocationId", "subnetId", "privateIp")

    def create(self, inputs: Properties) -> str:
        """Make it."""
        made = self.ec2(
            "create_nat_gateway",
            AllocationId=inputs["allocationId"],
            SubnetId=inputs["subnetId"],
            PrivateIpAddress=inputs.get("privateIp"),
            TagSpecifications=self.tags(inputs),
        )
        return str(made["NatGateway"]["NatGatewayId"])

    def read(self, identity: str, inputs: Properties) -> Properties | None:  # noqa: ARG002
        """Describe it. EC2 remembers a deleted one for a while."""
        found = self.ec2("describe_nat_gateways", NatGatewayIds=[identity])["NatGateways"]
        if not found or found[0]["State"] in {"deleting", "deleted", "failed"}:
            return None
        address = found[0]["NatGatewayAddresses"][0]
        return {
            **tagged(found[0]),
            "allocationId": address.get("AllocationId"),
            "subnetId": found[0]["SubnetId"],
            "publicIp": address.get("PublicIp"),
            "privateIp": address["PrivateIp"],
            "networkInterfaceId": address["NetworkInterfaceId"],
        }

    def update(self, identity: str, old: Properties, new: Properties) -> None:
        """Set tags."""
        self.retag(identity, old, new)

    def delete(self, identity: str, inputs: Properties) -> None:
        """Remove it."""
        if self.read(identity, inputs) is None:
            raise Gone(identity)
        self.ec2("delete_nat_gateway", NatGatewayId=identity)


class NetworkInterface(AwsKind):
    """An interface with an address. It was made apart from a machine, and outlives it."""

    resource_type = "network-interface"
    inputs = dict.fromkeys(("subnetId", "privateIps", "securityGroups", "description", "tags"))
    required = ("subnetId",)
    outputs = ("arn", "ownerId", "tagsAll", "privateIp", "privateIps", "securityGroups", "macAddress")
    replaced_by = ("subnetId",)

    def create(self, inputs: Properties) -> str:
        """Make it. The first of its addresses is the primary one."""
        addresses = [
            {"PrivateIpAddress": address, "Primary": n == 0} for n, address in enumerate(inputs.get("privateIps", []))
        ]
        made = self.ec2(
            "create_network_interface",
            SubnetId=inputs["subnetId"],
            PrivateIpAddresses=addresses or None,
            Groups=inputs.get("securityGroups"),
            Description=inputs.get("description"),
            TagSpecifications=self.tags(inputs),
        )
        return str(made["NetworkInterface"]["NetworkInterfaceId"])

    def read(self, identity: str, inputs: Properties) -> Properties | None:  # noqa: ARG002
        """Describe it."""
        found = self.ec2("describe_network_interfaces", NetworkInterfaceIds=[identity])["NetworkInterfaces"][0]
        return {
            **self.common(identity, {**found, "Tags": found["TagSet"]}),
            "subnetId": found["SubnetId"],
            "description": found["Description"],
            "privateIp": found["PrivateIpAddress"],
            "privateIps": [address["PrivateIpAddress"] for address in found["PrivateIpAddresses"]],
            "securityGroups": sorted(group["GroupId"] for group in found["Groups"]),
            "macAddress": found["MacAddress"],
        }

    def update(self, identity: str, old: Properties, new: Properties) -> None:
        """Set addresses but the primary one, security groups, description, and tags."""
        for name, parameter, default in (("securityGroups", "Groups", []), ("description", "Description", "")):
            if old.get(name) != (value := new.get(name, default)):
                value = value if parameter == "Groups" else {"Value": value}
                self.ec2("modify_network_interface_attribute", NetworkInterfaceId=identity, **{parameter: value})
        if "privateIps" in new and old.get("privateIps") != new["privateIps"]:
            self._set_addresses(identity, new["privateIps"])
        self.retag(identity, old, new)

    def delete(self, identity: str, inputs: Properties) -> None:  # noqa: ARG002
        """Remove it."""
        self.ec2("delete_network_interface", NetworkInterfaceId=identity)

    def _set_addresses(self, identity: str, wanted: list[str]) -> None:
        live = self.read(identity, {}) or {}
        if live["privateIp"] not in wanted:
            sentence = f"{identity}: the primary address {live['privateIp']} cannot be taken away"
            raise Refused(sentence)
        if lost := [address for address in live["privateIps"] if address not in wanted]:
            self.ec2("unassign_private_ip_addresses", NetworkInterfaceId=identity, PrivateIpAddresses=lost)
        if more := [address for address in wanted if address not in live["privateIps"]]:
            self.ec2("assign_private_ip_addresses", NetworkInterfaceId=identity, PrivateIpAddresses=more)
