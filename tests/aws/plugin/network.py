"""Networks: the VPC, its way out, and its subnets."""

from tests.aws.plugin.api import AwsKind
from tests.aws.plugin.values import Properties

__all__ = ["InternetGateway", "Subnet", "Vpc"]

_COMMON = ("arn", "ownerId", "tagsAll")


class Vpc(AwsKind):
    """A network."""

    resource_type = "vpc"
    inputs = dict.fromkeys(("cidrBlock", "enableDnsHostnames", "enableDnsSupport", "tags"))
    required = ("cidrBlock",)
    outputs = (
        *_COMMON,
        "enableDnsHostnames",
        "enableDnsSupport",
        "defaultSecurityGroupId",
        "mainRouteTableId",
        "defaultNetworkAclId",
    )
    replaced_by = ("cidrBlock",)

    def create(self, inputs: Properties) -> str:
        """Make it with the defaults of AWS."""
        made = self.ec2("create_vpc", CidrBlock=inputs["cidrBlock"], TagSpecifications=self.tags(inputs))
        return str(made["Vpc"]["VpcId"])

    def complete(self, identity: str, inputs: Properties) -> None:
        """Set what the creation has no parameters for."""
        self._set(identity, {}, inputs)

    def read(self, identity: str, inputs: Properties) -> Properties | None:  # noqa: ARG002
        """Describe it and what AWS made with it."""
        vpc = self.ec2("describe_vpcs", VpcIds=[identity])["Vpcs"][0]
        here = [{"Name": "vpc-id", "Values": [identity]}]
        groups = self.ec2("describe_security_groups", Filters=[*here, {"Name": "group-name", "Values": ["default"]}])[
            "SecurityGroups"
        ]
        tables = self.ec2("describe_route_tables", Filters=here)["RouteTables"]
        main = [table for table in tables if any(link.get("Main") for link in table["Associations"])]
        acls = self.ec2("describe_network_acls", Filters=here)["NetworkAcls"]
        return {
            **self.common(identity, vpc),
            "cidrBlock": vpc["CidrBlock"],
            "enableDnsHostnames": self._attribute(identity, "enableDnsHostnames"),
            "enableDnsSupport": self._attribute(identity, "enableDnsSupport"),
            "defaultSecurityGroupId": groups[0]["GroupId"] if groups else None,
            "mainRouteTableId": main[0]["RouteTableId"] if main else None,
            "defaultNetworkAclId": next((acl["NetworkAclId"] for acl in acls if acl["IsDefault"]), None),
        }

    def update(self, identity: str, old: Properties, new: Properties) -> None:
        """Set tags and DNS."""
        self._set(identity, old, new)
        self.retag(identity, old, new)

    def delete(self, identity: str, inputs: Properties) -> None:  # noqa: ARG002
        """Remove it."""
        self.ec2("delete_vpc", VpcId=identity)

    def _set(self, identity: str, old: Properties, new: Properties) -> None:
        # One attribute a call, and support first: hostnames need it.
        for name, default in (("enableDnsSupport", True), ("enableDnsHostnames", False)):
            if old.get(name, default) != (value := new.get(name, default)):
                attribute = name[0].upper() + name[1:]
                self.ec2("modify_vpc_attribute", VpcId=identity, **{attribute: {"Value": value}})

    def _attribute(self, identity: str, name: str) -> bool:
        found = self.ec2("describe_vpc_attribute", VpcId=identity, Attribute=name)
        return bool(found[name[0].upper() + name[1:]]["Value"])


class InternetGateway(AwsKind):
    """A way out of a network, for addresses that are public."""

    resource_type = "internet-gateway"
    inputs = dict.fromkeys(("vpcId", "tags"))
    outputs = (*_COMMON, "vpcId")

    def create(self, inputs: Properties) -> str:
        """Make it, at no network yet."""
        made = self.ec2("create_internet_gateway", TagSpecifications=self.tags(inputs))
        return str(made["InternetGateway"]["InternetGatewayId"])

    def complete(self, identity: str, inputs: Properties) -> None:
        """Put it at its network."""
        if "vpcId" in inputs:
            self.ec2("attach_internet_gateway", InternetGatewayId=identity, VpcId=inputs["vpcId"])

    def read(self, identity: str, inputs: Properties) -> Properties | None:  # noqa: ARG002
        """Describe it."""
        found = self.ec2("describe_internet_gateways", InternetGatewayIds=[identity])["InternetGateways"]
        if not found:
            return None
        networks = [link["VpcId"] for link in found[0]["Attachments"]]
        return {**self.common(identity, found[0]), "vpcId": networks[0] if networks else None}

    def update(self, identity: str, old: Properties, new: Properties) -> None:
        """Take it to another network, and set tags."""
        if old.get("vpcId") != new.get("vpcId"):
            self._detach(identity)
            self.complete(identity, new)
        self.retag(identity, old, new)

    def delete(self, identity: str, inputs: Properties) -> None:  # noqa: ARG002
        """Take it from its network, and remove it."""
        self._detach(identity)
        self.ec2("delete_internet_gateway", InternetGatewayId=identity)

    def _detach(self, identity: str) -> None:
        live = self.read(identity, {})
        if live and live["vpcId"]:
            self.ec2("detach_internet_gateway", InternetGatewayId=identity, VpcId=live["vpcId"])


class Subnet(AwsKind):
    """A part of a network in one availability zone."""

    resource_type = "subnet"
    inputs = dict.fromkeys(("vpcId", "cidrBlock", "availabilityZone", "mapPublicIpOnLaunch", "tags"))
    required = ("vpcId", "cidrBlock")
    outputs = (*_COMMON, "availabilityZone", "availabilityZoneId", "mapPublicIpOnLaunch")
    replaced_by = ("vpcId", "cidrBlock", "availabilityZone")

    def create(self, inputs: Properties) -> str:
        """Make it."""
        made = self.ec2(
            "create_subnet",
            VpcId=inputs["vpcId"],
            CidrBlock=inputs["cidrBlock"],
            AvailabilityZone=inputs.get("availabilityZone"),
            TagSpecifications=self.tags(inputs),
        )
        return str(made["Subnet"]["SubnetId"])

    def complete(self, identity: str, inputs: Properties) -> None:
        """Set what the creation has no parameter for."""
        self._map(identity, {}, inputs)

    def read(self, identity: str, inputs: Properties) -> Properties | None:  # noqa: ARG002
        """Describe it."""
        subnet = self.ec2("describe_subnets", SubnetIds=[identity])["Subnets"][0]
        return {
            **self.common(identity, subnet),
            "vpcId": subnet["VpcId"],
            "cidrBlock": subnet["CidrBlock"],
            "availabilityZone": subnet["AvailabilityZone"],
            "availabilityZoneId": subnet["AvailabilityZoneId"],
            "mapPublicIpOnLaunch": subnet["MapPublicIpOnLaunch"],
        }

    def update(self, identity: str, old: Properties, new: Properties) -> None:
        """Set tags, and whether new machines get public addresses."""
        self._map(identity, old, new)
        self.retag(identity, old, new)

    def delete(self, identity: str, inputs: Properties) -> None:  # noqa: ARG002
        """Remove it."""
        self.ec2("delete_subnet", SubnetId=identity)

    def _map(self, identity: str, old: Properties, new: Properties) -> None:
        wanted = new.get("mapPublicIpOnLaunch", False)
        if old.get("mapPublicIpOnLaunch", False) != wanted:
            self.ec2("modify_subnet_attribute", SubnetId=identity, MapPublicIpOnLaunch={"Value": wanted})
