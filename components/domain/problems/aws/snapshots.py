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
DATA_UNDECIDED = Problem(
    291,
    "Chain data would be deleted, and nobody has said whether a snapshot is to be kept",
    cause="A pair or an SCN leaves the settings, and its data volume goes with it. AWS takes a snapshot before only if "
    "aws.finalSnapshot was true when the volume was last written. Nothing was changed.",
    remedy="Write `finalSnapshot: false` to keep nothing. Or write `finalSnapshot: true`, put the pair back, run `make "
    "up`, and remove the pair again. What an SCN holds, the other SCNs hold too; an EN of a public network fetches its "
    "data again in some days. See docs/aws.md#operations.",
)
