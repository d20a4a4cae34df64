"""Words that reach a user without a code, and why they need none; and what has not been converted yet."""

from collections.abc import Mapping

PROGRESS = "a line about what is being done, not about what is wrong"
PROGRAMMING = "only a mistake in this program leads there, nothing that a user writes"
PART = "stands beside a message that has a code"
REMOTE = "executed on a machine, and quoted in a message of the program that runs it there"

ALLOWED: Mapping[tuple[str, str], str] = {
    ("components/chain/accounts/funding.py", "chain …: … holds … coins now; continuing"): PROGRESS,
    ("components/chain/funds/refund.py", "…; trying again"): PART,
    ("components/chain/funds/refund.py", "…; giving back what is there"): PART,
    ("components/chain/nodes/restart.py", "…; restarting it once more"): PART,
    ("components/chain/nodes/restart.py", "…: restarting it, because …"): PROGRESS,
    ("components/chain/nodes/restart.py", "…: it is healthy again after … s"): PROGRESS,
    ("components/chain/nodes/restart.py", "…: it has its first block alone, and begins again"): PROGRESS,
    ("components/chain/validators/admission.py", "…: starting it, because it does not answer"): PROGRESS,
    ("components/chain/validators/validator_votes.py", "… votes to …"): PROGRESS,
    ("components/chain/voters/proof.py", "waiting for the transfer … …"): PROGRESS,
    ("components/dynamic/contracts/bridge_contract.py", "chain …: the bridge contract … stays on the chain"): PART,
    ("components/dynamic/machines/host_preflight.py", "checking …; nothing is changed before"): PROGRESS,
    ("components/dynamic/machines/local_host.py", "…: its chain data in … are kept"): PROGRESS,
    ("components/dynamic/nodes/bridge_slot.py", "…: … makes room for …"): PROGRESS,
    ("components/dynamic/tokens/token_registration.py", "token … was registered before it came to the stack"): PROGRESS,
    ("components/ssh/relay.py", "no listener on … (…)"): REMOTE,
    ("toolchain/docs/errors_reference.py", "…: its docstring does not say which numbers"): PROGRAMMING,
}
"""Why words need no code, keyed by the module and their beginning.

An exception whose docstring says that its text is part of another message needs no entry.
"""

PENDING = (
    "components/adoption/",
    "components/chain/accounts/",
    "components/chain/contracts/",
    "components/chain/funds/",
    "components/chain/nodes/",
    "components/chain/rpc/",
    "components/chain/tx/",
    "components/chain/validators/",
    "components/dynamic/base.py",
    "components/dynamic/chain_resource.py",
    "components/dynamic/machines/",
    "components/dynamic/nodes/",
    "components/dynamic/providers.py",
    "components/dynamic/validators/",
    "components/hosts/",
    "components/kaia/",
    "components/settings/",
    "components/ssh/",
    "components/stack/",
    "components/topology/",
    "components/user_input/",
    "toolchain/*",  # the shell scripts
)
"""Places with words that have no code yet. A place that is done has to be taken out."""
