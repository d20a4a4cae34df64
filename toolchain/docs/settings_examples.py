"""Words and examples for the settings reference, where the models and the example stacks have none."""

from collections.abc import Mapping
from typing import Any

WORDS: Mapping[str, str] = {
    "Balances": "mapping of address to coins",
    "Cidr": "IPv4 network",
    "Coins": "coins",
    "FilePath": "path of a file",
    "Flag": "true or false",
    "Gib": "whole number, in GiB",
    "Key": "private key, secret",
    "Kni": "KNI",
    "KmsKey": "ARN of a KMS key",
    "NamedCidr": "IPv4 network",
    "NotNegative": "whole number, 0 or more",
    "Password": "text, secret",
    "Port": "port",
    "Positive": "whole number, 1 or more",
    "Seed": "64 hex digits, secret",
    "SomeArchive": "path of a file, or a section, below",
    "SomeCoins": "coins, more than 0",
    "SigningKey": "KMS key",
    "SubnetId": "subnet",
    "Topic": "SNS topic",
    "Url": "address",
    "Variable": "environment variable",
    "Vpc": "VPC",
    "Whole": "whole number",
}
"""By the name of a kind of values; others go by that name itself."""

EXAMPLES: Mapping[str, Any] = {
    "aws.en.dataGib": 5000,
    "aws.en.instanceType": "r6i.2xlarge",
    "aws.en.iops": 8000,
    "aws.en.throughput": 500,
    "aws.en.publicAddress": True,
    "aws.account": "123456789012",
    "aws.image.name": "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-*",
    "aws.network.privateSubnets": ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
    "aws.network.publicSubnets": ["subnet-0123456789abcdef2"],
    "aws.network.nat": "one",
    "aws.rpc.from": ["10.42.255.0/24"],
    "aws.ssh.bastion.host": "bastion.example.org",
    "aws.ssh.bastion.user": "ec2-user",
    "aws.ssh.bastion.port": 22,
    "aws.ssh.bastion.hostKey": "ssh-ed25519 AAAA…",
    "bridge.artifact": "artifacts/Bridge.json",
    "bridge.childOwner.password": "(a secret)",
    "bridge.maxGasPrice": 100,
    "bridge.parentOwner.env": "OWNER_KEY",
    "bridge.parentOwner.keystore": "keys/owner.json",
    "bridge.parentOwner.password": "(a secret)",
    "bridge.parentOwner.passwordEnv": "OWNER_PASSWORD",
    "bridge.parentOwner.passwordFile": "keys/owner.password",
    "bridge.parentOwner.kms": "alias/bridge-owner",
    "existing.user": "ubuntu",
    "existing.sudo": False,
    "existing.privateKey": "(a secret)",
    "existing.diskGib": 50,
    "existing.bastion": {"host": "bastion.example.org", "user": "ubuntu", "hostKey": "ssh-ed25519 AAAA…"},
    "existing.hosts": {"scn-1": {"address": "10.0.0.5", "hostKey": "ssh-ed25519 AAAA…"}},
    "existing.hosts.<name>.address": "10.0.0.5",
    "existing.hosts.<name>.hostKey": "ssh-ed25519 AAAA…",
    "existing.hosts.<name>.port": 22,
    "existing.hosts.<name>.root": "/data/servicechain",
    "existing.hosts.<name>.service": "daemon",
    "existing.hosts.<name>.sshHost": "scn-1.example.org",
    "existing.hosts.<name>.user": "ops",
    "identitySeed": "(a secret)",
    "local.subnet": "100.64.8.0/22",
    "packages.ken.version": "v1.0.3",
    "packages.ken.file": "archives/ken-v1.0.3-linux-amd64.tar.gz",
    "packages.ken.sha256": "(64 hex digits)",
    "pairs[].anchoring": {"enabled": False},
    "pairs[].machines": {"en": {"instanceType": "r6i.2xlarge"}},
    "parentChain.unitPrice": 25,
    "tokens[].name": "gold",
    "tokens[].kind": "erc20",
}
"""By the path of a setting."""

OF_KINDS: Mapping[str, Any] = {
    "Address": "0x…",
    "Balances": {"0x…": 1000},
    "Key": "(a secret)",
    "KmsKey": "arn:aws:kms:ap-northeast-2:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    "Owner": "099720109477",
    "Region": "ap-northeast-2",
    "TokenAddress": "0x…",
    "Topic": "arn:aws:sns:ap-northeast-2:123456789012:alarms",
    "Vpc": "vpc-0123456789abcdef0",
}
"""By the name of a kind of values."""

MEANINGS: Mapping[str, str] = {
    "Access.allowed": "Networks that may.",
    "Anchoring.enabled": "Whether it is done at all.",
    "ArchiveSettings.file": "On this computer.",
    "ArchiveSettings.url": "From where each machine takes it.",
    "Aws.region": "Where all machines are.",
    "ChainDataSettings.file": "On this computer.",
    "ChainDataSettings.sha256": "Of the archive.",
    "ChainDataSettings.url": "From where each machine takes it.",
    "HostSettings.disk_gib": "As `existing.diskGib`, of this machine.",
    "HostSettings.sudo": "As `existing.sudo`, on this machine.",
    "MachineSettings.instance_type": "Of the current generations, with an x86 processor.",
    "MachineSettings.iops": "Of the data volume.",
    "MachineSettings.throughput": "Of the data volume, in MiB/s.",
    "PairSettings.name": "Its resources go by it: a pair of another name is another one.",
    "ServiceChainSettings.balances": "Accounts that hold coins from the first block on.",
    "ServiceChainSettings.chain_id": "Its own, another one than that of the parent chain.",
    "Settings.pairs": "The pairs of an EN and an SCN, 1 to 12; 2 or more survive the loss of one.",
    "Settings.tokens": "The tokens that the bridge carries.",
    "SshAccess.allowed": "Networks that may.",
    "TokenSettings.kind": "What its contracts are.",
}
"""By model and field, of those without a docstring beside them."""

DEFAULTS: Mapping[str, str] = {
    "ArchiveSettings.version": "from the archive's name",
    "ParentChainSettings.chain_id": "required of a private chain",
    "Settings.protection": "`true` where the parent is mainnet",
}
"""By model and field, of those whose default is found out."""

SEED_FILE = (
    "`identitySeedFile`",
    "path of a file",
    "none",
    "In place of identitySeed: a file with it, which `make up` makes for a local stack.",
    "`.state/dev/identity-seed`",
)
"""The row of a setting that is read before the model, so that it is in none."""
