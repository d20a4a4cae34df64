"""What an account and its region allow, read before the first resource: warnings with numbers.

A question that AWS refuses stops nothing: one line names all of those.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from components.domain.problems.aws.account import AWS_DENIED
from components.domain.problems.problem import Message
from components.hosts.aws.account.account import AwsAccount, AwsRefusal
from components.hosts.aws.tags import Tags
from components.settings.model import Settings
from components.settings.sections.aws import Aws
from components.topology.bastion import machines_on_aws
from components.topology.checks import capacity
from components.topology.checks.capacity import InstanceKind, Room
from components.topology.checks.machines import public_addresses

VCPU_QUOTA, ADDRESS_QUOTA = "L-1216C47A", "L-0263D0A3"
"""Codes in Service Quotas, under ec2: Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances, and EC2-VPC
Elastic IPs. They are the same in all regions."""
MOST_TYPES = 100
"""That DescribeInstanceTypes takes in one call."""

_T = TypeVar("_T")


class Limits:
    """The limits of one region of an account."""

    def __init__(self, account: AwsAccount, settings: Settings, aws: Aws, tags: Tags) -> None:
        """`tags`: of the stack, by which its machines are found."""
        self._account, self._settings, self._aws, self._tags = account, settings, aws, tags
        self._refused: list[str] = []

    def warnings(self) -> list[Message]:
        """Return a message for each thing that machines which do not run yet may lack, and one for what was refused."""
        wanted = machines_on_aws(self._settings, self._aws)
        found = self._read(lambda: self._account.running)
        own = [one for one in found or () if self._is_own(one)]
        running = {self._tags.name_in(one.get("Tags", ())): str(one["InstanceType"]) for one in own}
        if all(running.get(machine.name) == machine.size.instance_type for machine in wanted):
            return []
        others = None if found is None else [str(one["InstanceType"]) for one in found if not self._is_own(one)]
        types = sorted({machine.size.instance_type for machine in wanted})
        room = Room(
            kinds=self._read(lambda: self._kinds(sorted({*types, *(others or ())}))) or {},
            offered=self._read(lambda: self._offered(types)),
            others=others,
            vcpu_quota=self._read(lambda: self._quota(VCPU_QUOTA)),
            other_addresses=self._read(self._other_addresses),
            address_quota=self._read(lambda: self._quota(ADDRESS_QUOTA)),
        )
        zones = self._read(self._zones) or []
        addresses = public_addresses(self._settings, self._aws)
        told = list(capacity.warnings(wanted, running, zones, addresses, room))
        if self._refused:
            listed = ", ".join(dict.fromkeys(self._refused))
            words = f"quotas and instance types are not fully checked, because AWS refuses {listed}"
            told.append(AWS_DENIED(f"{words}; allow it to whoever runs Pulumi (docs/aws.md#permissions), or go on"))
        return told

    def _read(self, question: Callable[[], _T]) -> _T | None:
        try:
            return question()
        except AwsRefusal as refusal:
            self._refused.append(f"{refusal.action} ({refusal.code or 'no answer'})")
            return None

    def _is_own(self, found: Mapping[str, Any]) -> bool:
        return self._tags.are_in(found.get("Tags", ()))

    def _kinds(self, types: Sequence[str]) -> Mapping[str, InstanceKind]:
        parts = [types[start : start + MOST_TYPES] for start in range(0, len(types), MOST_TYPES)]
        answers = [self._account.ask("ec2", "describe_instance_types", InstanceTypes=part) for part in parts]
        return {str(one["InstanceType"]): _kind(one) for answer in answers for one in answer["InstanceTypes"]}

    def _offered(self, types: Sequence[str]) -> Mapping[str, Sequence[str]]:
        filters = [{"Name": "instance-type", "Values": types}]
        answer = self._account.ask(
            "ec2", "describe_instance_type_offerings", LocationType="availability-zone", Filters=filters
        )["InstanceTypeOfferings"]
        return {kind: [str(one["Location"]) for one in answer if one["InstanceType"] == kind] for kind in types}

    def _zones(self) -> Sequence[str]:
        network = self._aws.network
        if network.new:
            return network.zones
        filters = [{"Name": "subnet-id", "Values": network.private_subnets}]
        answer = self._account.ask("ec2", "describe_subnets", Filters=filters)["Subnets"]
        return sorted(str(subnet["AvailabilityZone"]) for subnet in answer)

    def _other_addresses(self) -> int:
        return sum(not self._is_own(address) for address in self._account.addresses)

    def _quota(self, code: str) -> int:
        answer = self._account.ask("service-quotas", "get_service_quota", ServiceCode="ec2", QuotaCode=code)
        return int(answer["Quota"]["Value"])


def _kind(found: Mapping[str, Any]) -> InstanceKind:
    """Return an instance type as EC2 describes it. One without numbers for disks has no limit here."""
    disks = found.get("EbsInfo", {}).get("EbsOptimizedInfo", {})
    return InstanceKind(
        vcpus=int(found["VCpuInfo"]["DefaultVCpus"]),
        baseline_throughput=float(disks.get("BaselineThroughputInMBps", "inf")),
        baseline_iops=int(disks.get("BaselineIops", 1_000_000)),
        most_throughput=float(disks.get("MaximumThroughputInMBps", "inf")),
        most_iops=int(disks.get("MaximumIops", 1_000_000)),
    )
