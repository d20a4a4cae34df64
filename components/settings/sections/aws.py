"""What a stack on AWS can be configured to be. Rules between values are in aws_rules.py."""

import re
from ipaddress import IPv4Network
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from components.domain.addresses import PRIVATE_RANGES, WIDEST_NAMED
from components.domain.ports import LAST_PORT, SSH_PORT
from components.settings.values.ssh_keys import HostKey
from components.settings.values.types import Flag, Section, Whole, shown

_REGION = r"[a-z]{2}(?:-[a-z]+)+-[0-9]"
_OWNED = rf"{_REGION}:[0-9]{{12}}"
_XEN = re.compile(r"(t[12]|m[1-4]|c[134]|r[34]|i[23]|d2|g2|g3s?|p[23]|x1e?|f1|h1|cc[12]|cg1|cr1|hi1|hs1)\.")
"""Families that are not on Nitro: their disks have no lasting names in the machine."""
_ARM = re.compile(r"[a-z]+\d+g[a-z]*\.|a1\.")


def _text(pattern: str, what: str, example: str) -> BeforeValidator:
    """Return the rule for a text of one form, and the sentence for another one."""

    def check(value: Any) -> str:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            msg = f"{shown(value)} is no {what}; write for example {example}"
            raise ValueError(msg)
        return value

    return BeforeValidator(check)


def _between(low: int, high: int, unit: str) -> AfterValidator:
    def check(value: int) -> int:
        if not low <= value <= high:
            msg = f"{value} is out of range; write {low} to {high} {unit}"
            raise ValueError(msg)
        return value

    return AfterValidator(check)


def _network(value: Any) -> str:
    try:
        return str(IPv4Network(value if isinstance(value, str) else ""))  # not 7, which would be 0.0.0.7
    except ValueError:
        msg = f"{shown(value)} is no IPv4 network; write for example 203.0.113.0/24, or one address as 203.0.113.7/32"
        raise ValueError(msg) from None


def _named(value: str) -> str:
    if IPv4Network(value).prefixlen < WIDEST_NAMED:
        msg = f"{value} lets the whole world in; name the networks of your own, each /{WIDEST_NAMED} or smaller"
        raise ValueError(msg)
    return value


def _vpc_cidr(value: str) -> str:
    network = IPv4Network(value)
    if not any(map(network.subnet_of, PRIVATE_RANGES)) or not 16 <= network.prefixlen <= 20:
        msg = f"{value} is no private network from /16 to /20; write for example 10.40.0.0/16"
        raise ValueError(msg)
    return value


def _instance_type(value: str) -> str:
    if _ARM.match(value):
        msg = f"{value} has an ARM processor, and the node archives are for amd64; choose for example r6i.2xlarge"
        raise ValueError(msg)
    if _XEN.match(value):
        msg = f"{value} is of a generation before Nitro; choose a current one, for example r6i.2xlarge"
        raise ValueError(msg)
    return value


Region = Annotated[str, _text(_REGION, "region", "ap-northeast-2")]
Zone = Annotated[str, _text(rf"{_REGION}[a-h]", "availability zone", "ap-northeast-2a")]
InstanceType = Annotated[
    str, AfterValidator(_instance_type), _text(r"[a-z][a-z0-9-]*\.[a-z0-9-]+", "instance type", "r6i.2xlarge")
]
Vpc = Annotated[str, _text(r"vpc-[0-9a-f]{8,17}", "VPC", "vpc-0123456789abcdef0")]
Subnet = Annotated[str, _text(r"subnet-[0-9a-f]{8,17}", "subnet", "subnet-0123456789abcdef0")]
Cidr = Annotated[str, BeforeValidator(_network)]
NamedCidr = Annotated[str, AfterValidator(_named), BeforeValidator(_network)]
"""A network that may be let in: anything but everybody."""
HostName = Annotated[str, _text(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?", "host name or address", "10.0.0.5")]
UserName = Annotated[str, _text(r"[a-z_][a-z0-9_-]{0,31}", "user name", "ec2-user")]
KmsKey = Annotated[str, _text(rf"arn:aws[a-z-]*:kms:{_OWNED}:key/[0-9a-f-]+", "KMS key", "arn:aws:kms:...")]
Topic = Annotated[str, _text(rf"arn:aws[a-z-]*:sns:{_OWNED}:[A-Za-z0-9_-]+", "SNS topic", "arn:aws:sns:...")]
Owner = Annotated[str, _text(r"[0-9]{12}|amazon|self", "account", '"099720109477", in quotes')]
ImageName = Annotated[str, _text(r"[A-Za-z0-9()\[\] ./'@_*?-]{3,128}", "image name", "ubuntu-noble-*")]
TagKey = Annotated[str, _text(r"(?![Aa][Ww][Ss]:)[\w .:/=+@-]{1,128}", "key of a tag", "team")]
TagValue = Annotated[str, _text(r"[\w .:/=+@-]{0,256}", "value of a tag", "bridge")]


class NetworkSettings(Section):
    """Where the machines are: a VPC that is made, or one that exists."""

    cidr: Annotated[str, AfterValidator(_vpc_cidr), BeforeValidator(_network)] | None = None
    """Addresses of the VPC that is made."""
    zones: list[Zone] = Field(default_factory=list)
    """Of the VPC that is made: two or more."""
    nat: Literal["zone", "one"] = "zone"
    """How private machines get out, where they have to: by a gateway in each zone, or by one for all."""
    vpc: Vpc | None = None
    """One that exists, with routes of its own."""
    private_subnets: list[Subnet] = Field(default_factory=list)
    """Subnets of it, in as many zones as can be."""
    public_subnets: list[Subnet] = Field(default_factory=list)
    """For ENs that have a public address."""

    @property
    def new(self) -> bool:
        """Tell whether the VPC is made by this program."""
        return self.vpc is None


class Image(Section):
    """The image that machines start from: the newest of that name when a machine is made, and then always that one."""

    owner: Owner = "099720109477"
    """Account that publishes it; by default Canonical."""
    name: ImageName = "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-*"
    """Has systemd, cloud-init and chrony."""


class MachineSettings(Section):
    """Size of a machine. What is not given follows from the machine's role (see sizes.py)."""

    instance_type: InstanceType | None = None
    data_gib: Annotated[Whole, _between(20, 16384, "GiB")] | None = None
    """Of the data volume. It can grow, and never shrink."""
    iops: Annotated[Whole, _between(3000, 16000, "IOPS")] | None = None
    throughput: Annotated[Whole, _between(125, 1000, "MiB/s")] | None = None
    public_address: Flag | None = None
    """ENs only: an address that the peers of a public network can dial. All other traffic keeps to private ones."""


class BastionSettings(Section):
    """A host that exists, through which SSH goes."""

    host: HostName
    """Its name or address."""
    port: Annotated[Whole, _between(1, LAST_PORT, "as a port")] = SSH_PORT
    """Where its SSH listens."""
    user: UserName = "ec2-user"
    """Who logs in there."""
    host_key: HostKey
    """One line as in ssh_host_ed25519_key.pub; a bastion that shows another key is refused."""


class SshAccess(Section):
    """Who may reach port 22: of the bastion that is made where there is one, or else of the machines."""

    allowed: list[NamedCidr] = Field(alias="from")
    bastion: BastionSettings | None = None
    """One that exists. In a VPC that is made there is one of its own."""


class Access(Section):
    """Who may reach a port of the nodes; nobody unless named."""

    allowed: list[NamedCidr] = Field(default_factory=list, alias="from")


class Aws(Section):
    """Machines on EC2."""

    region: Region
    account: Annotated[str, _text(r"[0-9]{12}", "account", '"123456789012", in quotes')] | None = None
    """The only account that may be used; with credentials of another one nothing is done."""
    network: NetworkSettings
    image: Image = Image()
    ssh: SshAccess
    rpc: Access = Access()
    """HTTP RPC of the nodes (port 8551), without the APIs of the bridge. On loopback alone while nobody is named."""
    metrics: Access = Access()
    """Prometheus metrics of the nodes (port 61001); off while nobody is named."""
    en: MachineSettings = MachineSettings()
    scn: MachineSettings = MachineSettings()
    validator: MachineSettings = MachineSettings()
    """Of the private parent chain."""
    kms_key: KmsKey | None = None
    """Encrypts new volumes; without one, the account's own key for EBS. A disk that exists keeps its key."""
    alarm_topic: Topic | None = None
    """Where alarms about broken machines and full processors go; without one there are none."""
    tags: dict[TagKey, TagValue] = Field(default_factory=dict)
    """On everything that can have tags, besides the program's own."""

    @property
    def own_bastion(self) -> bool:
        """Tell whether this program makes a bastion: the machines of a new VPC cannot be reached otherwise."""
        return self.network.new and self.ssh.bastion is None
