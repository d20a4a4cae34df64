"""Where packets of a subnet go: route tables, their routes, and which subnets use them."""

from tests.aws.plugin.api import AwsKind
from tests.aws.plugin.kind import Gone
from tests.aws.plugin.values import Properties

__all__ = ["Route", "RouteTable", "RouteTableAssociation"]


class RouteTable(AwsKind):
    """A table; its routes are resources of their own."""

    resource_type = "route-table"
    inputs = dict.fromkeys(("vpcId", "tags"))
    required = ("vpcId",)
    outputs = ("arn", "ownerId", "tagsAll")
    replaced_by = ("vpcId",)

    def create(self, inputs: Properties) -> str:
        """Make it."""
        made = self.ec2("create_route_table", VpcId=inputs["vpcId"], TagSpecifications=self.tags(inputs))
        return str(made["RouteTable"]["RouteTableId"])

    def read(self, identity: str, inputs: Properties) -> Properties | None:  # noqa: ARG002
        """Describe it."""
        table = self.ec2("describe_route_tables", RouteTableIds=[identity])["RouteTables"][0]
        return {**self.common(identity, table), "vpcId": table["VpcId"]}

    def update(self, identity: str, old: Properties, new: Properties) -> None:
        """Set tags."""
        self.retag(identity, old, new)

    def delete(self, identity: str, inputs: Properties) -> None:  # noqa: ARG002
        """Remove it."""
        self.ec2("delete_route_table", RouteTableId=identity)


class Route(AwsKind):
    """A route of a table. It has no id of its own: one is put together."""

    inputs = dict.fromkeys(("routeTableId", "destinationCidrBlock", "gatewayId", "natGatewayId"))
    required = ("routeTableId", "destinationCidrBlock")
    outputs = ("origin", "state")
    replaced_by = ("routeTableId", "destinationCidrBlock")

    def problems(self, inputs: Properties) -> list[tuple[str, str]]:
        """Say so, too, when there is not one target."""
        found = super().problems(inputs)
        if ("gatewayId" in inputs) == ("natGatewayId" in inputs):
            found.append(("gatewayId", "or natGatewayId has to be given, one of them"))
        return found

    def create(self, inputs: Properties) -> str:
        """Make it."""
        self._call("create_route", inputs)
        return f"r-{inputs['routeTableId']}-{inputs['destinationCidrBlock']}"

    def read(self, identity: str, inputs: Properties) -> Properties | None:  # noqa: ARG002
        """Find it in its table."""
        table = self.ec2("describe_route_tables", RouteTableIds=[inputs["routeTableId"]])["RouteTables"][0]
        for route in table["Routes"]:
            if route.get("DestinationCidrBlock") == inputs["destinationCidrBlock"]:
                return {
                    "routeTableId": inputs["routeTableId"],
                    "destinationCidrBlock": route["DestinationCidrBlock"],
                    "gatewayId": route.get("GatewayId"),
                    "natGatewayId": route.get("NatGatewayId"),
                    "origin": route.get("Origin"),
                    "state": route.get("State"),
                }
        return None

    def update(self, identity: str, old: Properties, new: Properties) -> None:  # noqa: ARG002
        """Lead it to another target."""
        self._call("replace_route", new)

    def delete(self, identity: str, inputs: Properties) -> None:
        """Remove it."""
        if self.read(identity, inputs) is None:
            raise Gone(identity)
        self.ec2(
            "delete_route",
            RouteTableId=inputs["routeTableId"],
            DestinationCidrBlock=inputs["destinationCidrBlock"],
        )

    def _call(self, operation: str, inputs: Properties) -> None:
        self.ec2(
            operation,
            RouteTableId=inputs["routeTableId"],
            DestinationCidrBlock=inputs["destinationCidrBlock"],
            GatewayId=inputs.get("gatewayId"),
            NatGatewayId=inputs.get("natGatewayId"),
        )


class RouteTableAssociation(AwsKind):
    """Which table a subnet uses. EC2 gives it a new id with each table, so it goes by its subnet."""

    inputs = dict.fromkeys(("subnetId", "routeTableId"))
    required = ("subnetId", "routeTableId")
    replaced_by = ("subnetId",)

    def create(self, inputs: Properties) -> str:
        """Make it."""
        made = self.ec2("associate_route_table", SubnetId=inputs["subnetId"], RouteTableId=inputs["routeTableId"])
        return str(made["AssociationId"])

    def read(self, identity: str, inputs: Properties) -> Properties | None:  # noqa: ARG002
        """Find the table of its subnet."""
        found = self._found(inputs["subnetId"])
        return {"subnetId": inputs["subnetId"], "routeTableId": found[1]} if found else None

    def update(self, identity: str, old: Properties, new: Properties) -> None:
        """Let its subnet use another table."""
        found = self._found(old["subnetId"])
        if found is None:
            raise Gone(identity)
        self.ec2("replace_route_table_association", AssociationId=found[0], RouteTableId=new["routeTableId"])

    def delete(self, identity: str, inputs: Properties) -> None:
        """Let its subnet use the main table again."""
        found = self._found(inputs["subnetId"])
        if found is None:
            raise Gone(identity)
        self.ec2("disassociate_route_table", AssociationId=found[0])

    def _found(self, subnet: str) -> tuple[str, str] | None:
        """Return the ids of the association and of the table."""
        filters = [{"Name": "association.subnet-id", "Values": [subnet]}]
        for table in self.ec2("describe_route_tables", Filters=filters)["RouteTables"]:
            for link in table["Associations"]:
                if link.get("SubnetId") == subnet:
                    return link["RouteTableAssociationId"], table["RouteTableId"]
        return None
