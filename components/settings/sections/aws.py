"""The section `aws`: machines on EC2. Rules between values are in settings/rules/aws.py."""

import re
from ipaddress import IPv4Network
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from components.domain.addresses import PRIVATE_RANGES, WIDEST_NAMED
from components.domain.ports import LAST_PORT, SSH_PORT
from components.domain.problems.settings import ACCESS, MACHINE_SIZE, OUT_OF_RANGE, WRONG_FORM
from components.settings.sections.aws_options.backup import BackupSettings
from components.settings.sections.aws_options.flow_logs import FlowLogsSettings
from components.settings.values.ssh_keys import HostKey
from components.settings.values.types import Flag, Form, Name, Range, Section, Whole, json_schema, shown

_REGION = r"[a-z]{2}(?:-[a-z]+)+-[0-9]"
_OWNED = rf"{_REGION}:[0-9]{{12}}"
_XEN = re.compile(r"(t[12]|m[1-4]|c[134]|r[34]|i[23]|d2|g2|g3s?|p[23]|x1e?|f1|h1|cc[12]|cg1|cr1|hi1|hs1)\.")
"""Families that are not on Nitro: the names of their disks in the machine change."""
_ARM = re.compile(r"[a-z]+\d+g[a-z]*\.|a1\.")


def _network(value: Any) -> str:
    try:
        return str(IPv4Network(value if isinstance(value, str) else ""))  # not 7, which would be 0.0.0.7
    except ValueError:
        msg = WRONG_FORM(
            f"{shown(value)} is not an IPv4 network; write for example 203.0.113.0/24, or 203.0.113.7/32 for one"
        )
        raise ValueError(msg) from None


def _named(value: str) -> str:
    if IPv4Network(value).prefixlen < WIDEST_NAMED:
        raise ValueError(
            ACCESS(f"{value} would let the whole internet in; list your own networks, each /{WIDEST_NAMED} or smaller")
        )
    return value


def _vpc_cidr(value: str) -> str:
    network = IPv4Network(value)
    if not any(map(network.subnet_of, PRIVATE_RANGES)) or not 16 <= network.prefixlen <= 20:
        raise ValueError(
            OUT_OF_RANGE(f"{value} is not a private network from /16 to /20; write for example 10.40.0.0/16")
        )
    return value


def _instance_type(value: str) -> str:
    if _ARM.match(value):
        msg = MACHINE_SIZE(
            f"{value} has an ARM processor, and the node archives are for amd64; choose for example r6i.2xlarge"
        )
        raise ValueError(msg)
    if _XEN.match(value):
        msg = MACHINE_SIZE(
            f"{value} is an instance type from before Nitro; choose a current one, for example r6i.2xlarge"
        )
        raise ValueError(msg)
    return value


LEAST_IOPS, SLOWEST_MIB = 3_000, 125
"""What every gp3 volume has, without a further charge: IOPS, MiB/s."""
LARGEST_GIB, MOST_IOPS, FASTEST_MIB = 65_536, 80_000, 2_000
"""Limits of a gp3 volume: GiB, IOPS, MiB/s. Source: CreateVolume in the EC2 API Reference, as botocore 1.44.8 has it
(looked up on 2026-11-30)."""
Region = Annotated[str, Form("region", _REGION, "ap-northeast-2")]
Zone = Annotated[str, Form("availability zone", rf"{_REGION}[a-h]", "ap-northeast-2a")]
InstanceType = Annotated[
    str,
    AfterValidator(_instance_type),
    Form("instance type", r"[a-z][a-z0-9-]*\.[a-z0-9-]+", "r6i.2xlarge"),
]
Vpc = Annotated[str, Form("VPC", r"vpc-[0-9a-f]{8,17}", "vpc-0123456789abcdef0")]
Subnet = Annotated[str, Form("subnet", r"subnet-[0-9a-f]{8,17}", "subnet-0123456789abcdef0")]
Snapshot = Annotated[str, Form("snapshot", r"snap-[0-9a-f]{8,17}", "snap-0123456789abcdef0")]
_CIDR = json_schema("string", "IPv4 network", pattern=r"^[0-9]+(\.[0-9]+){3}(/[0-9.]+)?$")
Cidr = Annotated[str, BeforeValidator(_network), _CIDR]
NamedCidr = Annotated[str, AfterValidator(_named), BeforeValidator(_network), _CIDR]
"""A network that may be let in: any but the whole internet."""
VpcCidr = Annotated[str, AfterValidator(_vpc_cidr), BeforeValidator(_network), _CIDR]
HostName = Annotated[str, Form("host name or address", r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?", "10.0.0.5")]
UserName = Annotated[str, Form("user name", r"[a-z_][a-z0-9_.-]{0,31}", "ec2-user")]
KmsKey = Annotated[
    str,
    Form(
        "ARN of a KMS key",
        rf"arn:aws[a-z-]*:kms:{_OWNED}:key/(mrk-)?[0-9a-f-]+",
        "arn:aws:kms:ap-northeast-2:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    ),
]
Topic = Annotated[
    str,
    Form(
        "ARN of an SNS topic",
        rf"arn:aws[a-z-]*:sns:{_OWNED}:[A-Za-z0-9_-]+",
        "arn:aws:sns:ap-northeast-2:123456789012:alarms",
    ),
]
Account = Annotated[str, Form("account", r"[0-9]{12}", "123456789012")]
Owner = Annotated[str, Form("account", r"[0-9]{12}|amazon|self", "099720109477")]
ImageName = Annotated[str, Form("image name", r"[A-Za-z0-9()\[\] ./'@_*?-]{3,128}", "ubuntu-noble-*")]
TagKey = Annotated[str, Form("tag key", r"(?![Aa][Ww][Ss]:)[\w .:/=+@-]{1,128}", "team")]
TagValue = Annotated[str, Form("tag value", r"[\w .:/=+@-]{0,256}", "bridge")]
Port = Annotated[Whole, Range(1, LAST_PORT, "as a port")]


class NetworkSettings(Section):
    """Where the machines are: in a new VPC, or in an existing one."""

    cidr: VpcCidr | None = Field(default=None, examples=["10.41.0.0/16"])
    """Addresses of the new VPC."""
    zones: list[Zone] = Field(default_factory=list, examples=[["ap-northeast-2a", "ap-northeast-2c"]])
    """Zones of the new VPC: two or more."""
    nat: Literal["zone", "one"] = Field(default="zone", examples=["one"])
    """How private machines reach the internet, where they have to: a gateway in each zone, or one for all zones."""
    vpc: Vpc | None = None
    """An existing VPC, with its own routes."""
    private_subnets: list[Subnet] = Field(
        default_factory=list, examples=[["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]]
    )
    """Subnets of the existing VPC, in as many zones as possible."""
    public_subnets: list[Subnet] = Field(default_factory=list, examples=[["subnet-0123456789abcdef2"]])
    """Subnets for ENs that have a public address."""

    @property
    def new(self) -> bool:
        """Whether this program makes the VPC."""
        return self.vpc is None


class Image(Section):
    """The image that machines start from. A machine takes the newest of that name when it is made, and keeps it."""

    owner: Owner = "099720109477"
    """Account that publishes the image; the default is Canonical."""
    name: ImageName = Field(
        default="ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-*",
        examples=["ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-*"],
    )
    """Name of an image that has systemd, cloud-init and chrony, and, for a monitor, apt-get or its programs."""


class MachineSettings(Section):
    """Size of a machine. What is not given follows from its role: docs/aws.md lists the sizes."""

    instance_type: InstanceType | None = None
    """An instance type of a current generation, with an x86 processor."""
    data_gib: Annotated[Whole, Range(20, LARGEST_GIB, "GiB")] | None = Field(default=None, examples=[5000])
    """Size of the data volume in GiB. It can grow, but not shrink."""
    iops: Annotated[Whole, Range(LEAST_IOPS, MOST_IOPS, "IOPS")] | None = Field(default=None, examples=[8000])
    """IOPS of the data volume."""
    throughput: Annotated[Whole, Range(SLOWEST_MIB, FASTEST_MIB, "MiB/s")] | None = Field(default=None, examples=[500])
    """Throughput of the data volume in MiB/s."""
    public_address: Flag | None = Field(default=None, examples=[True])
    """ENs only: an address that peers of a public network can dial. All other traffic uses private addresses."""
    kms_key: KmsKey | None = None
    """Encrypts the disks of the machine instead of aws.kmsKey."""


class SingleMachineSettings(MachineSettings):
    """Size of a single machine, and what it begins with."""

    data_snapshot: Snapshot | None = None
    """Snapshot of the data volume of another node of the same chain. The data volume of a machine that is not there yet
    begins with the chain data in it, and all else of that node is deleted. Ignored by a machine that has its volume."""


class BastionSettings(Section):
    """An existing host through which SSH goes."""

    host: HostName = Field(examples=["bastion.example.org"])
    """Its name or address."""
    port: Port = SSH_PORT
    """Port of its SSH server."""
    user: UserName = Field(default="ec2-user", examples=["ec2-user"])
    """Who logs in there."""
    host_key: HostKey
    """One line as in ssh_host_ed25519_key.pub; a bastion that shows another key is refused."""


class SshAccess(Section):
    """Who may reach port 22: of the bastion that the program makes, where it makes one, or else of the machines."""

    allowed: list[NamedCidr] = Field(alias="from", examples=[["203.0.113.0/24"]])
    """Networks that may connect."""
    bastion: BastionSettings | None = None
    """An existing bastion. In a new VPC the program makes its own unless one is given."""


class Access(Section):
    """Who may reach a port of the nodes; nobody unless networks are listed."""

    allowed: list[NamedCidr] = Field(default_factory=list, alias="from", examples=[["10.42.255.0/24"]])
    """Networks that may connect."""


class Aws(Section):
    """Machines on EC2."""

    region: Region
    """Region of all machines."""
    account: Account | None = None
    """The only account that may be used; with credentials of another account the program does nothing."""
    network: NetworkSettings
    image: Image = Image()
    ssh: SshAccess
    rpc: Access = Access()
    """HTTP RPC of the nodes (port 8551), without the bridge's APIs. On loopback only while no network is listed."""
    metrics: Access = Access()
    """Prometheus metrics of the nodes (port 61001); off while no network is listed."""
    en: MachineSettings = MachineSettings()
    """Size of the ENs."""
    scn: MachineSettings = MachineSettings()
    """Size of the SCNs."""
    validator: MachineSettings = MachineSettings()
    """Size of the private parent chain's validator."""
    monitor: MachineSettings = MachineSettings()
    """Size of the machine with Prometheus and Alertmanager, where `monitoring.enabled` is true."""
    machines: dict[Name, SingleMachineSettings] = Field(
        default_factory=dict, examples=[{"scn-4": {"instanceType": "m6i.2xlarge"}}]
    )
    """Overrides the size of single machines by name: the SCNs, <pair>-en and `parent`. A size that stops or
    replaces machines is changed here, one pair after the other."""
    kms_key: KmsKey | None = None
    """Encrypts new disks; without it, the account's own key for EBS. An existing data volume keeps its key; a root disk
    with another key is replaced, with its machine."""
    final_snapshot: Flag | None = Field(default=None, examples=[True])
    """Whether a snapshot of a data volume is made before it is deleted. When a pair or an SCN leaves, one is, unless
    this is false. When the stack is destroyed, one is only if `true` was set by an earlier run. The deletion waits for
    the snapshot, which for some TB takes hours. Snapshots are paid for, and deleted by hand."""
    backup: BackupSettings | None = Field(default=None, examples=[{"roles": ["scn"], "keepDays": 30}])
    """Snapshots of data volumes at set times, made by Amazon Data Lifecycle Manager; none without this section."""
    flow_logs: FlowLogsSettings | None = Field(default=None, examples=[{"keepDays": 90}])
    """A record of the connections in the new VPC; none without this section."""
    session_manager: Flag = False
    """Lets people open a shell on every machine with Session Manager of AWS Systems Manager. Each machine then has a
    role, and may connect to port 443 of the internet."""
    alarm_topic: Topic | None = None
    """Where alarms about broken machines, busy processors and stalled disks are sent; without it they are shown in the
    console of CloudWatch only."""
    tags: dict[TagKey, TagValue] = Field(
        default_factory=dict, title="mapping of tag key to tag value", examples=[{"environment": "test"}]
    )
    """Tags on everything that can have them, besides the program's own."""

    @property
    def own_bastion(self) -> bool:
        """Whether this program makes a bastion: the machines of a new VPC cannot be reached otherwise."""
        return self.network.new and self.ssh.bastion is None
