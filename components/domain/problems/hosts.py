"""What is wrong with a machine: SSH, what it offers, what else is on it.

Numbers 200 to 240 and 250 to 289.
"""

from components.domain.problems.problem import Problem

# -- SSH ------------------------------------------------------------------------------------------------------

HOST_SILENT = Problem(
    200,
    "A machine does not answer by SSH",
    cause="The machine is down or just starting, its sshd does not run, or a firewall or a wrong address is between.",
    remedy="Start the machine, and try `ssh` to the address and port in the message from this computer. Then run "
    "`make refresh` and `make up`. For a dead machine run `make replace MACHINE=…`.",
)
FORWARDING_OFF = Problem(
    201,
    "A bastion does not forward connections",
    cause="The sshd of the bastion has `AllowTcpForwarding no`, or the key may not forward there.",
    remedy="Set `AllowTcpForwarding yes` (or `local`) in the sshd_config of the bastion, reload its sshd, and run "
    "again.",
)
OTHER_HOST_KEY = Problem(
    202,
    "A machine shows another SSH host key than the pinned one",
    cause="The machine was installed again, another machine has its address, or somebody is on the way and pretends "
    "to be it. Nothing was sent to it.",
    remedy="Read the key on the machine itself: /etc/ssh/ssh_host_ed25519_key.pub. If the change is yours, put the new "
    "key into hostKey of the machine or bastion in the settings; on AWS run `make replace MACHINE=…`. If not, find out "
    "who answers there.",
)
LOGIN_DENIED = Problem(
    203,
    "A machine refuses the login",
    cause="The public key is not in the authorized_keys of the user there, or its sshd does not let that user in.",
    remedy="Add the public key to the authorized_keys of the user in the message. Without existing.privateKey it is "
    "`access.publicKey` in `make outputs`. Then run again. See docs/existing-hosts.md#login.",
)
COMMAND_FAILED = Problem(
    204,
    "A command failed on a machine, or took too long",
    cause="The end of the message is what the command printed there. Without it the machine is overloaded, its disk is "
    "full, or the command waits for something.",
    remedy="Correct what the message names, on that machine, and run again. Each step finds what is done already.",
)
SOCKET_SILENT = Problem(
    205,
    "Nobody listens on a socket of a machine",
    cause="The node that makes the socket is stopped, or is still starting.",
    remedy="Run `make up`: it starts a node that is down. The end of its log is in data/logs of its folder, or in "
    "`journalctl -u` of its service.",
)
KEY_UNREADABLE = Problem(
    206,
    "An SSH key cannot be read",
    cause="The private key of the login or the public host key of the machine is damaged, of an unknown kind, or has a "
    "passphrase.",
    remedy="Set the key again: existing.privateKey (without a passphrase), or hostKey of the machine or bastion. See "
    "docs/existing-hosts.md#login.",
)
DISK_FULL_SOON = Problem(
    207,
    "The disk of a node is nearly full",
    cause="Chain data and logs grow. A node whose disk is full stops, and may lose its last blocks.",
    remedy="Make room, or give the machine a larger disk. The folder of the chain data is in the message.",
)
CLOCK_WRONG = Problem(
    208,
    "The clock of a machine is wrong",
    cause="No time service runs on the machine, or on the computer that looks at it. Validators refuse blocks from the "
    "future.",
    remedy="Compare both clocks with a third one, and start a time service such as chrony on the one that is wrong.",
)

# -- existing machines ----------------------------------------------------------------------------------------

MACHINE_LACKS = Problem(
    210,
    "Existing machines lack what their nodes need",
    cause="The check before the first change found that something is missing, in use, or closed. Each line of the "
    "message names a machine and one thing. Nothing was changed on any machine.",
    remedy="Do what each line says, on the machine or in the settings, and run again. See "
    "docs/existing-hosts.md#checks-before-any-change.",
)
CLAIM_FAILED = Problem(
    211,
    "The folder of a node on an existing machine cannot be claimed",
    cause="The folder belongs to another stack or holds other files, or the machine did not answer in between.",
    remedy="Empty the folder, or name another one as `root` of the machine in existing.hosts. Then run `make up`.",
)
CLAIM_UNKNOWN = Problem(
    212,
    "It is not known whether an existing machine is the one that was claimed",
    cause="Its address, host key, login, folder or service was changed in the settings, and it does not answer with "
    "the new ones. Its chain data could be lost if it was taken for another machine.",
    remedy="Start the machine, or correct its entry in existing.hosts, and run again. If the former machine is gone "
    "for good, run `make replace MACHINE=…` with the new entry.",
)
CLAIM_LOST = Problem(
    213,
    "A folder on an existing machine no longer belongs to this stack",
    cause="The claim file .servicechain-ha in the folder is missing or of another stack: somebody deleted the folder, "
    "the disk is not mounted, or another stack has claimed it.",
    remedy="If its disk is not mounted, mount it before anything else. Then run `make up`: it claims the folder again. "
    "Where the data are gone the node begins with an empty disk. If another stack has the folder, name another one.",
)
MOVE_FAILED = Problem(
    214,
    "A node cannot be moved to another folder or service of its machine",
    cause="A step of the move failed, as the message says, for example because a disk is full. Nothing was deleted.",
    remedy="Correct what the message names, and run `make up` again: it resumes where it stopped. See "
    "docs/existing-hosts.md#changing-folder-service-or-login.",
)
RELEASE_FAILED = Problem(
    215,
    "A machine answers, but what the node left there cannot be removed",
    cause="A step of the removal failed there, as the message says, or the login is denied now.",
    remedy="Correct that on the machine, and run `make down` or `make up` again. Or delete the folder by hand, and "
    "remove the claim from the state with `pulumi state delete` in `make shell`.",
)
LEFT_BEHIND = Problem(
    216,
    "A node may be left on a machine that could not be reached",
    cause="The machine was removed from the stack while it was dead, or while another machine answered at its address.",
    remedy="If the machine comes back, stop the node there, and delete the folder, the service and the user that the "
    "message names. A node key must never run twice.",
)
CLAIM_NOT_KEPT = Problem(
    217,
    "A change would claim a machine afresh, and lose chain data that the chain needs",
    cause="The edited entry is another machine or identity, or its login cannot take over the folder. Too few nodes "
    "would keep the chain.",
    remedy="Undo the edit, or give the login the rights of root (existing.sudo). To exchange machines for others, do "
    "one at a time with `make up`. See docs/changing.md#replace-a-machine.",
)

# -- chain data that a run would delete -----------------------------------------------------------------------

ONLY_COPY = Problem(
    220,
    "The only copy of a chain would be lost",
    cause="No other node has this chain, and the run would delete its data, or begin with an empty disk in its place.",
    remedy="Keep the machine as it is, or bring it back, and undo the edit. To begin a new chain, run `make down` "
    "first.",
)
NO_SPARE_SCN = Problem(
    221,
    "A chain with so few SCNs needs the data of all of them",
    cause="With up to three SCNs the chain stops for good as soon as one of them loses its data.",
    remedy="Bring serviceChain.nodes to four SCNs or more, run `make up`, and then make the change. See "
    "docs/changing.md#replace-a-machine.",
)
TOO_MANY_AT_ONCE = Problem(
    222,
    "A run would exchange more machines of a chain than the chain can do without",
    cause="The edit or the command replaces several machines at once. Fewer nodes than the quorum would keep the chain "
    "or go on running.",
    remedy="Undo the edit for all but one machine and run `make up`, or use `make replace MACHINE=…` for one after the "
    "other.",
)

# -- the first login to a machine on AWS ----------------------------------------------------------------------

NO_FIRST_LOGIN = Problem(
    230,
    "A new machine does not let the program log in in time",
    cause="The machine does not boot, its address is wrong, or a firewall, route or bastion does not let SSH through.",
    remedy="Look at the system log of the instance in the AWS console, and check aws.ssh.from and the bastion. Then "
    "run `make up` again: it goes on from there.",
)
FIRST_LOGIN_DENIED = Problem(
    231,
    "A new machine has another key in its user data",
    cause="The machine was booted with the public key of another stack or seed, or cloud-init failed on it.",
    remedy="Run `pulumi up --replace` with the urn of the boot of the machine (`pulumi stack --show-urns`) in "
    "`make shell`: it is made again with the current key.",
)
UNKNOWN_HOST_KEY = Problem(
    232,
    "A new machine shows neither the host key of its boot nor its own",
    cause="Another machine answers at this address, or somebody changed the host key of the machine.",
    remedy="Compare the fingerprints in the message with /etc/ssh/ssh_host_ed25519_key.pub on the machine. If the "
    "address is another machine's, free it. Otherwise run `make replace MACHINE=…`.",
)
FIRST_LOGIN_FAILED = Problem(
    233,
    "A new machine cannot be given its own host key",
    cause="The script of the first login failed there, as the message says, or a key of the login cannot be used.",
    remedy="Correct what the message names, and run `make up` again. An image of your own (aws.image) needs cloud-init "
    "and OpenSSH 8.2 or newer.",
)

# -- the network on AWS ---------------------------------------------------------------------------------------

WRONG_SUBNETS = Problem(
    240,
    "The subnets in the settings do not fit together",
    cause="The section aws.network names an existing VPC. Its subnets have to be of that VPC, one per zone, and each "
    "zone with a private subnet needs a public one, if there are any public ones.",
    remedy="Correct vpc, privateSubnets and publicSubnets in aws.network, and run again. See docs/aws.md#settings.",
)

# -- machines on this computer --------------------------------------------------------------------------------

NO_LINUX = Problem(
    250,
    "Local hosts need Linux",
    cause="The target is local, which makes machines out of Linux namespaces, and this computer runs another system.",
    remedy="Run this on Linux, or set servicechain-ha:target to existing or aws.",
)
NO_ROOT = Problem(
    251,
    "Local hosts need root",
    cause="The target is local, and only root may make namespaces and network interfaces.",
    remedy="Run the command as root, or set servicechain-ha:target to existing or aws.",
)
PROGRAM_MISSING = Problem(
    252,
    "A program for local hosts is missing",
    cause="The program is not installed on this computer, or not on PATH.",
    remedy="Install the Debian package that the message names, or run `make setup` as root, which does that.",
)
NO_NAMESPACES = Problem(
    253,
    "Root may not create namespaces here",
    cause="This is a container without the rights for it, or the kernel forbids namespaces.",
    remedy="Start the container with --privileged, or set servicechain-ha:target to existing or aws.",
)
SUBNET_IN_USE = Problem(
    254,
    "The addresses of the local network are in use on this computer",
    cause="A route of this computer, such as that of a VPN or of Docker, has some of these addresses.",
    remedy="In `make shell` run `pulumi config set --path servicechain-ha:local.subnet` with a free /22 and `exit`, "
    "then `make up`.",
)
LOCAL_START_FAILED = Problem(
    255,
    "A local host or network did not start",
    cause="A step of its start failed on this computer. The message ends with what it printed.",
    remedy="Correct what the message names, and run `make up` again. Nothing of the failed start is left.",
)
LOCAL_NETWORK_DOWN = Problem(
    256,
    "A local network does not run",
    cause="This computer was restarted, or somebody ended the process of the network.",
    remedy="Run `make up ARGS=--refresh`: it makes the network again, with its hosts.",
)
ADDRESS_HELD = Problem(
    257,
    "The address of a local host is still that of another one",
    cause="One edit removes a host and adds one that gets its address, and the old one is removed last.",
    remedy="Undo the addition, run `make up` so that the old host goes, then add the new one.",
)
PROCESS_REMAINS = Problem(
    258,
    "A process of a local host does not end",
    cause="The kernel does not end the process, usually because it waits for a disk.",
    remedy="Look at it with `ps -o pid,stat,wchan,cmd -p` and its id. Run the command again when it is gone; restart "
    "this computer if it stays.",
)
INTERFACE_REMAINS = Problem(
    259,
    "A network interface of a local network cannot be removed",
    cause="Something else on this computer uses the interface, or this user may not remove it.",
    remedy="Remove it with `ip link delete dev` and its name, as root, and run the command again.",
)
OTHER_SEED = Problem(
    260,
    "The identity seed is not the one of this stack",
    cause="The seed file of a local stack was lost or replaced. The network of its hosts is named after the seed: with "
    "another one all hosts, with both chains and what is locked in the contracts, would be removed and made again.",
    remedy="Put the seed of this stack back from a backup. Without one the stack runs on as it is, but cannot be "
    "changed. If its chains may go, run `make down` and then `make up`.",
)

# -- monitoring -----------------------------------------------------------------------------------------------

MONITORING_DOWN = Problem(
    270,
    "A program of the monitoring does not run, or its files were changed",
    cause="The program ended or was killed, its machine was restarted, or somebody edited what the stack writes there. "
    "The bridge does not need it.",
    remedy="Run `make refresh` and then `make up`: it writes the files again and starts the program.",
)
MONITORING_FAILED = Problem(
    271,
    "A program of the monitoring cannot be started or removed",
    cause="Its package is missing on the machine or cannot be installed there, its port is in use, its configuration "
    "is refused, a table of nftables with the name of the program's own is somebody else's, or the machine does not "
    "answer. The message ends with what it printed. The bridge does not need it.",
    remedy="Correct what the message names, and run `make up` again: each run tries once more. A log is beside the "
    "folder `monitoring` of the machine's files, or in `journalctl -u 'servicechain-ha-*'`.",
)
