"""Each single value of a configuration of AWS, with the sentence for one that cannot be."""

import pytest

from components.topology.checks.configuration import read
from tests.unit.samples import Raw, aws_raw, kairos_raw, problems

WORLD = "would let the whole internet in; list your own networks, each /8 or smaller"
NO_NETWORK = "is not an IPv4 network; write for example 203.0.113.0/24, or 203.0.113.7/32 for one"
NO_VPC_CIDR = "is not a private network from /16 to /20; write for example 10.40.0.0/16"
ARM = "has an ARM processor, and the node archives are for amd64; choose for example r6i.2xlarge"
XEN = "is an instance type from before Nitro; choose a current one, for example r6i.2xlarge"
ED25519 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHAzSXKfQPe45tqM6lf87Pf4F/Bkj9/l5V51I3blpRI/"
ECDSA = (
    "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBI/sSEpEhYycOSeRlJKHWhdRqSqspnBsLbuOUqYQ"
    "X2KUiCRqjwjIMGdCbbd5je3nojvTsrzZLAn3avKPiAZtY3I="
)
RSA = f"ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQ{'a' * 507}=="
KEY = "arn:aws:kms:ap-northeast-2:123456789012:key/0a1b2c3d-0000-1111-2222-333344445555"
TOPIC = "arn:aws:sns:ap-northeast-2:123456789012:bridge-alarms"


@pytest.mark.parametrize("config", [aws_raw(), kairos_raw()])
def test_the_samples_are_good(config: Raw) -> None:
    assert read(config).target == "aws"


@pytest.mark.parametrize("port", ["ssh", "rpc", "metrics"])
@pytest.mark.parametrize(
    ("network", "sentence"),
    [
        ("0.0.0.0/0", f"0.0.0.0/0 {WORLD}"),
        ("0.0.0.0/1", f"0.0.0.0/1 {WORLD}"),
        ("128.0.0.0/1", f"128.0.0.0/1 {WORLD}"),
        ("0.0.0.0/0.0.0.0", f"0.0.0.0/0 {WORLD}"),
        ("2.0.0.0/7", f"2.0.0.0/7 {WORLD}"),
        ("::/0", f"'::/0' {NO_NETWORK}"),
        ("1.2.3.4/24", f"'1.2.3.4/24' {NO_NETWORK}"),
        ("office.example.com", f"'office.example.com' {NO_NETWORK}"),
        ("203.0.113.7/33", f"'203.0.113.7/33' {NO_NETWORK}"),
        ("", f"'' {NO_NETWORK}"),
        (7, f"7 {NO_NETWORK}"),
        (True, f"true {NO_NETWORK}"),
        (None, f"null {NO_NETWORK}"),
        (["10.0.0.0", 8], f'["10.0.0.0", 8] {NO_NETWORK}'),
    ],
)
def test_only_named_networks_are_let_in(port: str, network: object, sentence: str) -> None:
    config = aws_raw(**{f"aws__{port}__from": ["198.51.100.0/24", network]})
    assert problems(config) == [f"aws.{port}.from[1]: {sentence}"]


@pytest.mark.parametrize(
    ("written", "network"),
    [
        ("203.0.113.7", "203.0.113.7/32"),
        ("203.0.113.0/255.255.255.0", "203.0.113.0/24"),
        ("10.0.0.0/8", "10.0.0.0/8"),
        ("203.0.113.7/32", "203.0.113.7/32"),
    ],
)
def test_a_network_is_kept_in_one_spelling(written: str, network: str) -> None:
    aws = read(aws_raw(aws__ssh__from=[written])).aws
    assert aws is not None
    assert aws.ssh.allowed == [network]


@pytest.mark.parametrize(
    "cidr", ["8.8.0.0/16", "10.0.0.0/15", "10.0.0.0/21", "127.0.0.0/16", "169.254.0.0/16", "0.0.0.0/16", "10.40.0.0/32"]
)
def test_the_cidr_of_a_vpc_is_private_and_of_a_middle_size(cidr: str) -> None:
    assert problems(aws_raw(aws__network__cidr=cidr)) == [f"aws.network.cidr: {cidr} {NO_VPC_CIDR}"]


@pytest.mark.parametrize(
    "cidr", ["10.0.0.0/16", "10.255.240.0/20", "172.16.0.0/17", "172.31.0.0/16", "192.168.0.0/18", "100.64.0.0/19"]
)
def test_private_networks_from_16_to_20_pass(cidr: str) -> None:
    assert read(aws_raw(aws__network__cidr=cidr)).aws


@pytest.mark.parametrize(
    ("type_", "sentence"),
    [
        *((f"{family}.2xlarge", ARM) for family in ("m6g", "c7gn", "r6gd", "t4g", "x2gd", "im4gn", "is4gen", "g5g")),
        *((f"{family}.large", ARM) for family in ("a1", "i4g", "hpc7g", "m8gd")),
        *((f"{family}.large", XEN) for family in ("t1", "t2", "m1", "m4", "c1", "c3", "c4", "r3", "r4", "i2", "i3")),
        *((f"{family}.large", XEN) for family in ("d2", "h1", "x1", "x1e", "f1", "g2", "g3", "g3s", "p2", "p3")),
    ],
)
def test_an_instance_type_that_cannot_run_the_nodes_is_refused(type_: str, sentence: str) -> None:
    assert problems(aws_raw(aws__en__instanceType=type_)) == [f"aws.en.instanceType: {type_} {sentence}"]


@pytest.mark.parametrize(
    "type_",
    ["t3.large", "m5.large", "m7a.large", "c5n.large", "r6i.2xlarge", "i3en.large", "g4dn.xlarge", "u-6tb1.metal"],
)
def test_current_instance_types_for_amd64_pass(type_: str) -> None:
    assert read(aws_raw(aws__en__instanceType=type_)).aws


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        ("region", "Seoul", "'Seoul' is not a valid region; write for example ap-northeast-2"),
        ("region", "ap-northeast-2a", "'ap-northeast-2a' is not a valid region; write for example ap-northeast-2"),
        ("account", 123456789012, '123456789012 is not a valid account; write for example "123456789012", in quotes'),
        ("account", "１" * 12, f"'{'１' * 12}' is not a valid account; write for example \"123456789012\", in quotes"),  # noqa: RUF001
        ("network__nat", "none", "write 'zone' or 'one'"),
        (
            "image__owner",
            "Canonical",
            "'Canonical' is not a valid account; write for example \"099720109477\", in quotes",
        ),
        ("image__name", "a", "'a' is not a valid image name; write for example ubuntu-noble-*"),
        ("en__instanceType", "big", "'big' is not a valid instance type; write for example r6i.2xlarge"),
        ("en__dataGib", 19, "19 is out of range; write 20 to 16384 GiB"),
        ("en__dataGib", 16385, "16385 is out of range; write 20 to 16384 GiB"),
        ("scn__iops", 2999, "2999 is out of range; write 3000 to 16000 IOPS"),
        ("scn__iops", "3000", "'3000' is not a whole number; write it without quotes"),
        ("validator__throughput", 124, "124 is out of range; write 125 to 1000 MiB/s"),
        ("en__publicAddress", "yes", "'yes' is neither true nor false"),
        ("ssh__bastion__port", 0, "0 is out of range; write 1 to 65535 as a port"),
        ("ssh__bastion__user", "Root!", "'Root!' is not a valid user name; write for example ec2-user"),
        (
            "ssh__bastion__host",
            "-oProxyCommand=x",
            "'-oProxyCommand=x' is not a valid host name or address; write for example 10.0.0.5",
        ),
        ("kmsKey", "alias/bridge", "'alias/bridge' is not a valid ARN of a KMS key; write for example arn:aws:kms:"),
        ("alarmTopic", KEY, f"'{KEY[:59]}... is not a valid ARN of an SNS topic; write for example arn:aws:sns:"),
        (
            "instanceType",
            "m6i.large",
            "there is no such key; known are region, account, network, image, ssh, rpc, "
            "metrics, en, scn, validator, kmsKey, alarmTopic, tags",
        ),
        ("network__zone", [], "there is no such key; did you mean 'zones'?"),
        ("ssh__form", [], "there is no such key; did you mean 'from'?"),
        ("en__dataGb", 100, "there is no such key; did you mean 'dataGib'?"),
        ("tags", ["team"], "write a mapping of keys and values"),
    ],
)
def test_a_value_of_another_form_is_told(path: str, value: object, sentence: str) -> None:
    bastion = {"aws__ssh__bastion": {"host": "10.0.0.5", "hostKey": ED25519}} if "bastion" in path else {}
    found = problems(aws_raw(**bastion | {f"aws__{path}": value}))
    (problem,) = found
    assert problem.startswith(f"aws.{path.replace('__', '.')}: {sentence}")


@pytest.mark.parametrize(
    ("key", "value", "place", "sentence"),
    [
        ("aws:team", "x", "aws:team", "'aws:team' is not a valid tag key; write for example team"),
        ("AWS:team", "x", "AWS:team", "'AWS:team' is not a valid tag key; write for example team"),
        ("team", 7, "team", "7 is not a valid tag value; write for example bridge"),
        ("team", "a*b", "team", "'a*b' is not a valid tag value; write for example bridge"),
    ],
)
def test_a_tag_that_aws_would_refuse_is_refused(key: str, value: object, place: str, sentence: str) -> None:
    assert problems(aws_raw(aws__tags={key: value})) == [f"aws.tags.{place}: {sentence}"]


@pytest.mark.parametrize("line", [ED25519, ECDSA, RSA])
@pytest.mark.parametrize("comment", ["", " root@bastion", " a comment of words"])
def test_the_line_of_a_host_key_file_passes_without_its_comment(line: str, comment: str) -> None:
    aws = read(aws_raw(aws__ssh__bastion={"host": "10.0.0.5", "hostKey": line + comment})).aws
    assert aws is not None
    assert aws.ssh.bastion is not None
    assert (aws.ssh.bastion.host_key, aws.own_bastion) == (line, False)


@pytest.mark.parametrize(
    "line",
    [
        *("ssh-ed25519 AAAA...", "ssh-ed25519 AAAA", "ssh-ed25519 REPLACE", "", 7),
        *(ED25519[:-1], f"{ED25519}\n{ED25519}", ED25519.partition(" ")[2], ED25519.replace("ssh-ed25519", "ssh-rsa")),
    ],
)
def test_a_placeholder_or_half_a_host_key_is_refused(line: object) -> None:
    (problem,) = problems(aws_raw(aws__ssh__bastion={"host": "10.0.0.5", "hostKey": line}))
    assert problem.startswith("aws.ssh.bastion.hostKey: ")
    assert problem.endswith(" is not a host key; write for example ssh-ed25519 AAAA...")


@pytest.mark.parametrize(("key", "value"), [("kmsKey", KEY), ("alarmTopic", TOPIC), ("account", "012345678901")])
def test_what_belongs_to_an_account_passes(key: str, value: str) -> None:
    assert read(aws_raw(**{f"aws__{key}": value})).aws
