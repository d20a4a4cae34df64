"""Each single value of a configuration of AWS, with the problem of one that cannot be."""

import pytest

from components.domain.problems.problem import Problem
from components.domain.problems.settings import (
    ACCESS,
    MACHINE_SIZE,
    OUT_OF_RANGE,
    UNKNOWN_KEY,
    WRONG_FORM,
    WRONG_HOST_KEY,
)
from components.topology.checks.configuration import read
from tests.unit.samples import Raw, aws_raw, kairos_raw, problems, says, tells

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
    ("network", "problem", "value"),
    [
        ("0.0.0.0/0", ACCESS, "0.0.0.0/0"),
        ("0.0.0.0/1", ACCESS, "0.0.0.0/1"),
        ("128.0.0.0/1", ACCESS, "128.0.0.0/1"),
        ("0.0.0.0/0.0.0.0", ACCESS, "0.0.0.0/0"),
        ("2.0.0.0/7", ACCESS, "2.0.0.0/7"),
        ("::/0", WRONG_FORM, "'::/0'"),
        ("1.2.3.4/24", WRONG_FORM, "'1.2.3.4/24'"),
        ("office.example.com", WRONG_FORM, "'office.example.com'"),
        ("203.0.113.7/33", WRONG_FORM, "'203.0.113.7/33'"),
        ("", WRONG_FORM, "''"),
        (7, WRONG_FORM, "7"),
        (True, WRONG_FORM, "true"),
        (None, WRONG_FORM, "null"),
        (["10.0.0.0", 8], WRONG_FORM, '["10.0.0.0", 8]'),
    ],
)
def test_only_named_networks_are_let_in(port: str, network: object, problem: Problem, value: str) -> None:
    config = aws_raw(**{f"aws__{port}__from": ["198.51.100.0/24", network]})
    assert tells(problems(config), (f"aws.{port}.from[1]", problem, value))


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
    assert tells(problems(aws_raw(aws__network__cidr=cidr)), ("aws.network.cidr", OUT_OF_RANGE, cidr))


@pytest.mark.parametrize(
    "cidr", ["10.0.0.0/16", "10.255.240.0/20", "172.16.0.0/17", "172.31.0.0/16", "192.168.0.0/18", "100.64.0.0/19"]
)
def test_private_networks_from_16_to_20_pass(cidr: str) -> None:
    assert read(aws_raw(aws__network__cidr=cidr)).aws


@pytest.mark.parametrize(
    ("type_", "word"),
    [
        *((f"{family}.2xlarge", "ARM") for family in ("m6g", "c7gn", "r6gd", "t4g", "x2gd", "im4gn", "is4gen", "g5g")),
        *((f"{family}.large", "ARM") for family in ("a1", "i4g", "hpc7g", "m8gd")),
        *(
            (f"{family}.large", "Nitro")
            for family in ("t1", "t2", "m1", "m4", "c1", "c3", "c4", "r3", "r4", "i2", "i3")
        ),
        *((f"{family}.large", "Nitro") for family in ("d2", "h1", "x1", "x1e", "f1", "g2", "g3", "g3s", "p2", "p3")),
    ],
)
def test_an_instance_type_that_cannot_run_the_nodes_is_refused(type_: str, word: str) -> None:
    (message,) = problems(aws_raw(aws__en__instanceType=type_))
    assert says(message, "aws.en.instanceType", MACHINE_SIZE, f"{type_} ")
    assert word in message


@pytest.mark.parametrize(
    "type_",
    ["t3.large", "m5.large", "m7a.large", "c5n.large", "r6i.2xlarge", "i3en.large", "g4dn.xlarge", "u-6tb1.metal"],
)
def test_current_instance_types_for_amd64_pass(type_: str) -> None:
    assert read(aws_raw(aws__en__instanceType=type_)).aws


@pytest.mark.parametrize(
    ("path", "value", "problem", "words"),
    [
        ("region", "Seoul", WRONG_FORM, "'Seoul'"),
        ("region", "ap-northeast-2a", WRONG_FORM, "'ap-northeast-2a'"),
        ("account", 123456789012, WRONG_FORM, '"123456789012"'),
        ("account", "１" * 12, WRONG_FORM, "１" * 12),  # noqa: RUF001
        ("network__nat", "none", WRONG_FORM, "'zone' or 'one'"),
        ("image__owner", "Canonical", WRONG_FORM, "'Canonical'"),
        ("image__name", "a", WRONG_FORM, "'a'"),
        ("en__instanceType", "big", WRONG_FORM, "'big'"),
        ("en__dataGib", 65537, OUT_OF_RANGE, "write 20 to 65536 GiB"),
        ("en__dataGib", 19, OUT_OF_RANGE, "19"),
        ("scn__iops", 2999, OUT_OF_RANGE, "write 3000 to 80000 IOPS"),
        ("scn__iops", "3000", WRONG_FORM, "'3000'"),
        ("validator__throughput", 124, OUT_OF_RANGE, "write 125 to 2000 MiB/s"),
        ("en__publicAddress", "yes", WRONG_FORM, "'yes'"),
        ("ssh__bastion__port", 0, OUT_OF_RANGE, "write 1 to 65535"),
        ("ssh__bastion__user", "Root!", WRONG_FORM, "'Root!'"),
        ("ssh__bastion__host", "-oProxyCommand=x", WRONG_FORM, "'-oProxyCommand=x'"),
        ("kmsKey", "alias/bridge", WRONG_FORM, "'alias/bridge'"),
        ("alarmTopic", KEY, WRONG_FORM, f"'{KEY[:59]}... "),
        ("instanceType", "m6i.large", UNKNOWN_KEY, "region, account, network, image, ssh, rpc, metrics, en, scn"),
        ("network__zone", [], UNKNOWN_KEY, "'zones'"),
        ("ssh__form", [], UNKNOWN_KEY, "'from'"),
        ("en__dataGb", 100, UNKNOWN_KEY, "'dataGib'"),
        ("tags", ["team"], WRONG_FORM, "mapping"),
    ],
)
def test_a_value_of_another_form_is_told(path: str, value: object, problem: Problem, words: str) -> None:
    bastion = {"aws__ssh__bastion": {"host": "10.0.0.5", "hostKey": ED25519}} if "bastion" in path else {}
    found = problems(aws_raw(**bastion | {f"aws__{path}": value}))
    assert tells(found, (f"aws.{path.replace('__', '.')}", problem, words))


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("aws:team", "x", "'aws:team' is not a valid tag key"),
        ("AWS:team", "x", "'AWS:team' is not a valid tag key"),
        ("team", 7, "7 is not a valid tag value"),
        ("team", "a*b", "'a*b' is not a valid tag value"),
    ],
)
def test_a_tag_that_aws_would_refuse_is_refused(key: str, value: object, words: str) -> None:
    assert tells(problems(aws_raw(aws__tags={key: value})), (f"aws.tags.{key}", WRONG_FORM, words))


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
    found = problems(aws_raw(aws__ssh__bastion={"host": "10.0.0.5", "hostKey": line}))
    assert tells(found, ("aws.ssh.bastion.hostKey", WRONG_HOST_KEY, ""))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("kmsKey", KEY),
        ("kmsKey", KEY.rpartition("/")[0] + f"/mrk-{'1a' * 16}"),  # of several regions
        ("alarmTopic", TOPIC),
        ("account", "012345678901"),
    ],
)
def test_what_belongs_to_an_account_passes(key: str, value: str) -> None:
    assert read(aws_raw(**{f"aws__{key}": value})).aws
