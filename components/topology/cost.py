"""What the machines of a stack cost on AWS in a month, as an estimate. Pure.

Prices are list prices on demand, without tax, discounts and free tiers. Only what the table has is counted; what is
left out is named in the output.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_UP, Decimal

from components.settings.model import Settings
from components.settings.sections.aws import LEAST_IOPS, SLOWEST_MIB, Aws
from components.topology.bastion import machines_on_aws
from components.topology.checks.machines import public_addresses
from components.topology.machine import ROOT_GIB, Machine, Size

HOURS = 730
"""Of a month, as AWS counts."""


@dataclass(frozen=True)
class PriceTable:
    """List prices of one region, in USD."""

    region: str
    dates: str
    """When they were read, and of what."""
    hour: Mapping[str, str]
    """Of an instance with Linux, by type."""
    gib_month: str
    """Of gp3."""
    iops_month: str
    """Of gp3, above those that are included."""
    mib_month: str
    """MiB/s of gp3, above those that are included."""
    gateway_hour: str
    """Of a NAT gateway."""
    gateway_gb: str
    """That goes through a NAT gateway, in either direction."""
    address_hour: str
    """Of a public IPv4 address."""


US_EAST_1 = PriceTable(
    region="us-east-1",
    # Instances: pkg/providers/pricing/zz_generated.pricing_aws.go of github.com/aws/karpenter-provider-aws, which is
    # generated from AWS's price list. The rest: a public record of figures that its author read from AWS's bulk price
    # list (index.csv of AmazonEC2 of 2026-09-24, index.json of AmazonVPC of 2026-09-17).
    dates="instances 2026-01-19, the rest 2026-09-25",
    hour={
        "m6i.large": "0.096",
        "m6i.xlarge": "0.192",
        "m6i.2xlarge": "0.384",
        "m6i.4xlarge": "0.768",
        "m7i.xlarge": "0.2016",
        "m7i.2xlarge": "0.4032",
        "r6i.xlarge": "0.252",
        "r6i.2xlarge": "0.504",
        "r6i.4xlarge": "1.008",
        "r6i.8xlarge": "2.016",
        "r7i.2xlarge": "0.5292",
        "r7i.4xlarge": "1.0584",
        "t3.micro": "0.0104",
        "t3.small": "0.0208",
        "t3.medium": "0.0416",
    },
    gib_month="0.08",
    iops_month="0.005",
    mib_month="0.04",
    gateway_hour="0.045",
    gateway_gb="0.045",
    address_hour="0.005",
)
"""The only region whose prices were found with their dates."""
LEFT_OUT = "traffic to the internet and between zones, traffic through NAT gateways, alarms, KMS, snapshots, tax"


def shown(settings: Settings, aws: Aws, prices: PriceTable = US_EAST_1) -> dict[str, object]:
    """Return the estimate for the outputs: USD a month as text, by part, and what it is made from."""
    wanted = machines_on_aws(settings, aws)
    addresses = public_addresses(settings, aws)
    parts = {
        "instances": sum((_instance(one.size, prices) for one in wanted), Decimal(0)),
        "disks": sum((_disks(one.size, prices) for one in wanted), Decimal(0)),
        "natGateways": addresses.gates * HOURS * Decimal(prices.gateway_hour),
        "publicAddresses": addresses.total * HOURS * Decimal(prices.address_hour),
    }
    unknown = sorted({one.size.instance_type for one in wanted} - prices.hour.keys())
    return {
        "perMonth": _usd(sum(parts.values(), Decimal(0))),
        **{name: _usd(amount) for name, amount in parts.items()},
        "currency": "USD",
        "prices": f"list prices of {prices.region}; {prices.dates}",
        "leftOut": "; ".join([*_not_priced(unknown, aws, prices), LEFT_OUT]),
        "firstSync": _first_sync(wanted, settings, addresses.gates, prices),
    }


def _instance(size: Size, prices: PriceTable) -> Decimal:
    return HOURS * Decimal(prices.hour.get(size.instance_type, "0"))


def _disks(size: Size, prices: PriceTable) -> Decimal:
    """Return the price of a root disk and, where there is one, a data volume."""
    return (
        (ROOT_GIB + size.data_gib) * Decimal(prices.gib_month)
        + max(0, size.iops - LEAST_IOPS) * Decimal(prices.iops_month)
        + max(0, size.throughput - SLOWEST_MIB) * Decimal(prices.mib_month)
    )


def _not_priced(unknown: Sequence[str], aws: Aws, prices: PriceTable) -> Iterator[str]:
    if unknown:
        yield f"instances without a price in the table: {', '.join(unknown)}"
    if aws.region != prices.region:
        yield f"what {aws.region} costs more or less than {prices.region}"


def _first_sync(wanted: Sequence[Machine], settings: Settings, gates: int, prices: PriceTable) -> str:
    """Say in words what the first synchronisation costs at NAT gateways; it is paid once."""
    behind = [one.name for one in wanted if one.role == "en" and not one.size.public_address]
    if not settings.parent_chain.public or not behind:
        return "nothing: no EN synchronises with a public network through a NAT gateway"
    if not gates:
        return f"{', '.join(behind)} synchronise over the existing network; if through NAT gateways, each GB is paid"
    per_tb = _usd(1000 * Decimal(prices.gateway_gb))
    return f"once, {per_tb} USD for each TB that {', '.join(behind)} receive through NAT gateways"


def _usd(amount: Decimal) -> str:
    return f"{amount.quantize(Decimal('0.01'), ROUND_UP):f}"
