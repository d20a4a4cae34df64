"""What a machine lacks, in sentences, from what the script of the preflight says of it."""

import pytest

from components.topology.checks.host import Needs, clock, lacks, parse

GOOD = """\
clock 1795640678.711694336
system Linux
kernel 6.1.0-18-amd64
machine x86_64
libc glibc 2.36
systemd 252
free 314572800
port tcp 0016
port udp 0044
forwarding yes
"""
NEEDS = Needs(
    host="scn-1",
    owner="ab12cd34",
    user="ubuntu",
    sudo=True,
    folder="/srv/servicechain",
    unit="kscnd.service",
    account="kaia",
    number=505,
    ports=("tcp 22323", "tcp 8551"),
    tools=("curl", "ps", "tar"),
    disk_gib=200,
    files=True,
)
DAEMON = NEEDS.model_copy(update={"unit": None, "account": None, "number": None, "sudo": False})
OURS = "owner ab12cd34\nhost scn-1\nstack dev\n"


def said(text: str, needs: Needs = NEEDS) -> list[str]:
    return list(lacks(needs, parse(text)))


def test_a_good_machine_lacks_nothing() -> None:
    assert said(GOOD) == []
    assert said(GOOD.replace("systemd 252\n", ""), DAEMON) == []


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (GOOD.replace("Linux", "FreeBSD"), ["FreeBSD", "another machine"]),
        ("", ["unknown system", "another machine"]),
        (GOOD.replace("x86_64", "aarch64"), ["aarch64", "x86_64", "another machine"]),
        (GOOD.replace("6.1.0-18", "3.10.0"), ["3.10.0-amd64", "4.15", "upgrade"]),
        (GOOD.replace("libc glibc 2.36", "libc "), ["glibc", "Alpine"]),
        (f"{GOOD}absent curl\nabsent ps\n", ["curl, ps", "apt-get install curl procps"]),
        (GOOD.replace("systemd 252\n", ""), ["systemd", "service: daemon"]),
        (GOOD.replace("systemd 252", "systemd 219"), ["219", "240", "service: daemon"]),
        (f"{GOOD}account 1005:1005\n", ["kaia", "1005:1005", "505:505", "service: daemon"]),
        (f"{GOOD}number backup\nnumber backup\n", ["505", "backup", "service: daemon"]),
        (f"{GOOD}unit kscnd.service\n", ["kscnd.service", "remove it"]),
        (f"{GOOD}inside data\ninside x\n", ["/srv/servicechain", "(data, x)", "another"]),
        (GOOD + OURS.replace("ab12", "0000"), ["/srv/servicechain", "scn-1", "stack dev", "destroy"]),
        (GOOD + OURS.replace("scn-1", "scn-2"), ["/srv/servicechain", "scn-2", "stack dev", "another machine"]),
        (f"{GOOD}closed /srv\n", ["ubuntu", "/srv:", "root"]),
        (
            GOOD.replace("free 314572800", "free 104857599"),
            ["99 GiB", "/srv/servicechain", "200", "diskGib"],
        ),
        (f"{GOOD}port tcp 2167\nport tcp 5733\nport udp 5733\n", ["tcp 22323, tcp 8551:", "another machine"]),
    ],
)
def test_each_lack_is_told_with_what_to_do(text: str, named: list[str]) -> None:
    (told,) = said(text)
    assert [value for value in named if value not in told] == [], told


def test_all_is_told_at_once() -> None:
    assert len(said(f"{GOOD}absent tar\ninside x\nport tcp 2167\nnumber x\n")) == 4


def test_what_a_node_of_ours_has_taken_is_no_lack() -> None:
    taken = f"{GOOD}{OURS}unit kscnd.service\naccount 505:505\nnumber kaia\nport tcp 5733\n"
    assert said(taken.replace("free 314572800", "free 1")) == []


def test_without_a_service_its_user_and_systemd_do_not_count() -> None:
    assert (
        said(f"{GOOD}account 1:1\nnumber x\nunit kscnd.service\n".replace("systemd 252", "systemd 219"), DAEMON) == []
    )


def test_a_console_without_sudo_needs_sockets_to_be_forwarded() -> None:
    closed = GOOD.replace("forwarding yes", "forwarding no")
    assert said(closed) == []
    (told,) = said(closed, DAEMON)
    assert "AllowStreamLocalForwarding yes" in told


@pytest.mark.parametrize(("there", "words"), [(107.6, "6 s ahead of"), (95.0, "5 s behind"), (0.0, "100 s behind")])
def test_a_clock_that_is_off_is_told(there: float, words: str) -> None:
    (sentence,) = clock(parse(f"clock {there}"), 100.0, 101.5)
    assert f"its clock is {words} this computer's" in sentence


@pytest.mark.parametrize("there", ["99.1", "100.7", "102.4", "", "1795640678.%N"])
def test_a_clock_that_may_be_right_is(there: str) -> None:
    assert list(clock(parse(f"clock {there}"), 100.0, 101.5)) == []
