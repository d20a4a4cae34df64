"""Snapshots: from which a data volume is to be made, and of one that is to be deleted.

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
NO_FINAL_SNAPSHOT = Problem(
    292,
    "No snapshot could be made of chain data that are to be deleted",
    cause="A pair or an SCN leaves the settings, and a snapshot of its data volume is made before the volume is "
    "deleted, unless `finalSnapshot` is false. AWS refused the snapshot or did not complete it, or has no volume with "
    "the tags of this one. The run ended, and deleted nothing.",
    remedy="Allow what the message names, and run the same command again. If the volume is gone, or its data are not "
    "needed, write `finalSnapshot: false`. See docs/aws.md#operations.",
)
DATA_LEAVES = Problem(
    293,
    "Chain data are deleted, and a snapshot of them stays",
    cause="A pair or an SCN leaves the settings. Its data volume is deleted after a snapshot of it is complete.",
    remedy="To keep no snapshot, write `finalSnapshot: false`. Snapshots are paid for until you delete them: "
    "docs/aws.md#backups says how to find those of a stack.",
)
