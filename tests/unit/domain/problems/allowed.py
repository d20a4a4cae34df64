"""Words that reach a user without a code, and why they need none."""

from collections.abc import Mapping

PROGRESS = "a line about what is being done, not about what is wrong"
PROGRAMMING = "only a mistake in this program leads there, nothing that a user writes"
PART = "stands beside a message that has a code"
LINES = "the first line of several messages, each of which has its code"
REMOTE = "executed on a machine, and quoted in a message of the program that runs it there"

ALLOWED: Mapping[tuple[str, str], str] = {
    ("components/chain/accounts/funding.py", "chain …: … holds … coins now; continuing"): PROGRESS,
    ("components/chain/nodes/restart.py", "…: it has its first block alone, and begins again"): PROGRESS,
    ("components/chain/nodes/restart.py", "…: it is healthy again after … s"): PROGRESS,
    ("components/chain/nodes/restart.py", "…: restarting it, because …"): PROGRESS,
    ("components/chain/nodes/restart.py", "…; restarting it once more"): PART,
    ("components/chain/validators/admission.py", "…: starting it, because it does not answer"): PROGRESS,
    ("components/chain/validators/restart_seat.py", "…: it gives its seat up, so that no block waits for it"): PROGRESS,
    ("components/chain/validators/validator_votes.py", "… votes to …"): PROGRESS,
    ("components/chain/voters/proof.py", "waiting for the transfer … …"): PROGRESS,
    ("components/dynamic/machines/host_preflight.py", "checking …; nothing is changed before"): PROGRESS,
    ("components/dynamic/machines/local_host.py", "…: its chain data in … are kept"): PROGRESS,
    ("components/dynamic/nodes/bridge_slot.py", "…: … makes room for …"): PROGRESS,
    ("components/dynamic/providers.py", "….… has no stable name; add one to"): PROGRAMMING,
    ("components/dynamic/tokens/token_registration.py", "…: token … was registered before it came to"): PROGRESS,
    ("components/hosts/aws/data_volume.py", "… is not an absolute path of letters"): PROGRAMMING,
    ("components/hosts/aws/data_volume.py", "… is not the id of an EBS volume"): PROGRAMMING,
    ("components/kaia/cloud_init.py", "the one-time host key is not"): PROGRAMMING,
    ("components/kaia/cloud_init.py", "the user data has … bytes"): PROGRAMMING,
    ("components/kaia/cloud_init.py", "the … is not one line with a public key"): PROGRAMMING,
    ("components/kaia/conf.py", "conf key …: the value … has a character"): PROGRAMMING,
    ("components/kaia/flags.py", "conf key …: only the package's script"): PROGRAMMING,
    ("components/kaia/flags.py", "conf key …: the value … has blanks in it"): PROGRAMMING,
    ("components/kaia/flags.py", "the conf has neither a NETWORK_ID nor"): PROGRAMMING,
    ("components/kaia/flags.py", "… has no flag for the conf keys …"): PROGRAMMING,
    ("components/kaia/systemd_unit.py", "the path … cannot be written"): PROGRAMMING,
    ("components/kaia/systemd_unit.py", "… has a control character"): PROGRAMMING,
    ("components/ssh/login.py", "a proxy has no proxy of its own"): PROGRAMMING,
    ("components/ssh/login.py", "this is not a public SSH key"): PROGRAMMING,
    ("components/ssh/relay.py", "no listener on … (…)"): REMOTE,
    ("components/stack/nodes/existing_node.py", "…: no node exists there"): PROGRAMMING,
    ("components/topology/checks/configuration.py", "… in the configuration of this stack: …"): LINES,
    ("components/topology/local_addresses.py", "… is not a private IPv4 network between"): PROGRAMMING,
    ("components/topology/local_addresses.py", "two hosts have the same name"): PROGRAMMING,
    ("components/topology/local_addresses.py", "… hosts do not fit into …"): PROGRAMMING,
    ("components/watch/metrics/exporter.py", "the node answers"): PROGRESS,
    ("toolchain/ops/look.py", "metrics and alerts: …"): PROGRESS,
    ("toolchain/ops/look.py", "warning: … restores what is declared"): PART,
    ("toolchain/docs/errors_reference.py", "…: its docstring does not say which numbers"): PROGRAMMING,
}
"""Why words need no code, keyed by the module and their beginning.

An exception whose docstring says that its text is part of another message needs no entry.
"""
