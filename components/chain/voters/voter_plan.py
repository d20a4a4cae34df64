"""Whether votes may go, or transfers may need more of them, judged by the pairs that stay. Pure functions."""

from collections.abc import Mapping, Sequence

from components.chain.contracts.plan import Refused
from components.domain.problems.bridge import PAIRS_UNABLE, TOO_FEW_OPERATORS


def require_able_pairs(
    threshold: int, pairs: Sequence[str], unable: Mapping[str, str], step: str, unseen: int = 0
) -> None:
    """Raise Refused unless the pairs that stay can give the votes of a transfer.

    `pairs`: those that stay and have their vote; `unable`: those of them that cannot vote, with the reason. `unseen`:
    pairs that come in the same run, and are checked later, before votes go. If more votes are needed than there are
    pairs, votes of others that are kept give the rest, which cannot be checked; then all pairs have to vote.
    """
    needed = min(threshold, len(pairs) + unseen)
    able = [pair for pair in pairs if pair not in unable]
    if len(able) + unseen >= needed:
        return
    reasons = "; ".join(f"pair {pair}: {unable[pair]}" for pair in pairs if pair in unable)
    msg = PAIRS_UNABLE(
        f"{step} is refused: of the {len(pairs)} pair(s) that stay {len(able)} can vote now, and a transfer needs "
        f"{threshold} vote(s), so transfers would stop ({reasons}); bring these pairs back with "
        "`pulumi refresh` and `pulumi up` of the settings as they were, then run again. Nothing was sent for this step"
    )
    raise Refused(msg)


def require_remaining(threshold: int, staying: int, step: str) -> None:
    """Raise Refused when fewer operators would stay than a transfer needs, while the bridge is to continue."""
    if staying < threshold:
        msg = TOO_FEW_OPERATORS(
            f"{step} is refused: {staying} operator(s) would stay, and a transfer needs {threshold} vote(s); exchange "
            "fewer pairs in one up, or lower bridge.threshold in an up of its own before"
        )
        raise Refused(msg)


def removed_first(registered: Sequence[str], wanted: Sequence[str], leaving: Sequence[str], limit: int) -> list[str]:
    """Return which operators have to go first so that those wanted fit into a contract that takes `limit` of them.

    Empty where there is room, or where those that may go (`leaving`) are too few: then the contract is full.
    """
    missing = [one for one in dict.fromkeys(wanted) if one not in registered]
    excess = len(registered) + len(missing) - limit
    may_go = {one.lower() for one in leaving} - {one.lower() for one in wanted}
    going = [one for one in registered if one.lower() in may_go]
    return going[:excess] if 0 < excess <= len(going) else []
