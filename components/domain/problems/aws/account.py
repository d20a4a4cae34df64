"""What an account of AWS lacks or refuses.

Numbers 241 to 249.
"""

from components.domain.problems.problem import Problem

OTHER_ACCOUNT = Problem(
    241,
    "The credentials are of another account of AWS",
    cause="The setting aws.account names the only account that the stack may use, and the login is to another one.",
    remedy="Log in to the account of the setting, for example with AWS_PROFILE, or correct aws.account. Nothing was "
    "changed.",
)
NO_IMAGE = Problem(
    242,
    "No image has the name in the settings",
    cause="The section aws.image names an owner and a name, and in the region there is no such image for amd64 with a "
    "disk of EBS that this account may use.",
    remedy="Correct aws.image.owner and aws.image.name; `aws ec2 describe-images --owners OWNER` lists the names.",
)
AWS_SILENT = Problem(
    243,
    "AWS does not answer",
    cause="There is no such region, or this computer has no way to it.",
    remedy="Correct aws.region, or the network of this computer, and run the same command again.",
)
AWS_DENIED = Problem(
    244,
    "AWS refuses a request of the program",
    cause="The user or role that runs Pulumi lacks a permission; the message names the action.",
    remedy="Allow the action in its policy. A preview needs read access only. See docs/aws.md.",
)
IMAGE_GONE = Problem(
    245,
    "The image that a machine was made with is no longer there",
    cause="Its owner withdrew it. A machine keeps its image, so that a newer one replaces no running machine. The "
    "machine is not affected while it exists, but if it is lost, it cannot be made from this image again.",
    remedy="Run `make replace MACHINE=…` for the machine that the message names: it takes the newest image, with the "
    "same address, data and keys. If the machine is lost already, run `make refresh` before. Without make, it is "
    "`pulumi up --replace` with the urn of the machine's boot.",
)
STOPS_PAIRS = Problem(
    246,
    "An edit would stop several machines at once that are not one pair",
    cause="Another instance type stops a machine, and another KMS key or public address replaces it. A setting of a "
    "role or of the stack does that to several machines in one run, and the bridge or the child chain would stop.",
    remedy="Make the change for one machine or pair at a time, under aws.machines: run `make up`, and go on when `make "
    "status` finds all nodes healthy. At the end, move it to the setting of the role or of the stack. See "
    "docs/aws.md#operations.",
)
LOW_QUOTA = Problem(
    247,
    "The account may not have as many vCPUs or public addresses as the stack needs",
    cause="AWS limits both per region. A new account begins with 5 to 32 vCPUs and 5 public addresses. What the rest "
    "of the account has in the region counts too. The machines beyond the quota would fail while the others are made.",
    remedy="Ask for more in the console of Service Quotas, under Amazon EC2, and wait until it is granted. Or choose "
    "smaller machines, or `nat: one`.",
)
NOT_OFFERED = Problem(
    248,
    "An instance type is not offered in a zone of the stack",
    cause="Zones have different machines; older zones often lack newer types.",
    remedy="Choose another type under aws, or other zones. `aws ec2 describe-instance-type-offerings --location-type "
    "availability-zone` lists what there is.",
)
SLOW_MACHINE = Problem(
    249,
    "A machine cannot use the throughput or the IOPS of its data volume all the time",
    cause="Each instance type has a limit for all of its disks. Types that burst go beyond their baseline for 30 "
    "minutes a day. A first synchronisation takes days.",
    remedy="Choose a larger instance type, or pay for less throughput and IOPS. Nothing fails: the disk is as fast as "
    "the machine allows.",
)
