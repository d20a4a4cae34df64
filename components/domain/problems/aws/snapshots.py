"""What is wrong with a snapshot from which a data volume is to be made.

Numbers 290 to 299.
"""

from components.domain.problems.problem import Problem

UNFIT_SNAPSHOT = Problem(
    290,
    "A data volume cannot be made from the snapshot in the settings",
    cause="The snapshot is not in the region or not shared with the account, is not complete, is larger than the data "
    "volume, or is of a node of the other chain. Nothing was made.",
    remedy="Name another one as dataSnapshot, or raise dataGib. `aws ec2 describe-snapshots --owner-ids self` lists "
    "those of the account; the tag Name says of which node each is. See docs/aws.md#start-from-a-snapshot.",
)
