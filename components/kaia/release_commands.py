"""Commands for the releases of a node, which stand side by side on its machine. Pure.

A release is an unpacked package in a folder of its own. `next` links to the one that was unpacked last, `current` to
the one that the node was last started with. Unpacking touches no release that is whole, and not `current`, so a broken
package stops nothing. Only a command that stops and starts the node switches `current`. Such a command names no
release: one that an older state holds, as for the removal of a registration, starts the same release as one of today.

A command that keeps data also copies them, between the stop and the switch, if the release has a newer major version.
"""

import shlex
from typing import Final

from components.domain.problems.chains import FORK_MISSED
from components.domain.problems.packages import (
    DATA_NOT_KEPT,
    PACKAGE_DIGEST,
    PACKAGE_NO_ROOM,
    PACKAGE_NOT_EXECUTABLE,
    PACKAGE_UNUSABLE,
    RELEASE_ABSENT,
)
from components.kaia.layout import Layout

ROOM: Final = 4
"""How much free disk unpacking needs, in sizes of the archive. Those of v1.0.3 unpack to 2.5 times their size."""
ANSWER_SECONDS: Final = 60
"""How long a program may take to print its version."""

_CURL: Final = (
    "curl --fail --location --globoff --proto '=https,http' --silent --show-error "
    "--retry 5 --retry-delay 2 --retry-all-errors --connect-timeout 20 --speed-limit 1024 --speed-time 60"
)
"""The download is checked by its SHA-256, so any server will do."""
_DIGEST: Final = PACKAGE_DIGEST('the node package $1 has the sha256 $(sum "$1"), not $digest')
_ABSENT: Final = RELEASE_ABSENT("the node package $archive is not on this machine, and $release is not whole")
_ROOM: Final = PACKAGE_NO_ROOM(
    "the node package $archive needs $((needed / 1000000)) MB of disk to be unpacked, and $((free / 1000000)) MB are "
    "free in $root"
)
_DAMAGED: Final = PACKAGE_UNUSABLE('the node package $archive cannot be unpacked: $(first "$said")')
_INCOMPLETE: Final = PACKAGE_UNUSABLE("the node package $archive holds no $top/$missing")
_NOT_EXECUTABLE: Final = PACKAGE_NOT_EXECUTABLE(
    "the node package $archive: its program cannot be executed on this machine; '$program version' said: "
    '$(first "$said")'
)
_UNKNOWN: Final = DATA_NOT_KEPT(
    "$data is not copied: the programs in $root/current and $root/next do not both report their version"
)
_NO_COPY: Final = DATA_NOT_KEPT(
    "$data is not copied to $copy: that needs $((needed / 1000)) MB of disk, and $((free / 1000)) MB are free"
)
_MISSED: Final = FORK_MISSED(
    "the node has passed a fork with another chain config than that of its genesis.json, and runs on with it ($said); "
    "make replace MACHINE=… has it begin its chain again"
)
_COPY_FAILED: Final = DATA_NOT_KEPT('$data could not be copied to $copy: $(echo "$said" | head -n 1 | cut -c 1-300)')
_EXPECTED: Final = f"""\
[ -f "$archive" ] || refuse "{_ABSENT}"
check "$archive\""""


def stage(layout: Layout, *, scripted: bool, runner: str = "") -> str:
    """Return the commands that unpack the archive into its release, and link `next` to that.

    An archive is refused that is damaged, lacks a file, or holds a program that the machine cannot execute. `scripted`:
    the daemon script and its conf are needed too. `runner`: what runs the program as another user.
    """
    package, root, archive = layout.package, shlex.quote(layout.root), shlex.quote(layout.archive)
    needed = {f"bin/{package.program}": "-x"}
    if scripted:
        needed |= {f"bin/{package.daemon}": "-x", f"conf/{package.daemon}.conf": "-s"}
    lacks = "\n".join(f'    [ {test} "$1/{path}" ] || {{ echo {path}; return; }}' for path, test in needed.items())
    return f"""\
set -eu
digest={package.digest} root={root} archive={archive}
name={package.release} top={package.folder} program=bin/{package.program}
release=$root/$name
new=$release.new
refuse() {{
    echo "$1" >&2
    rm -rf "$new"
    exit 1
}}
first() {{ echo "$1" | head -n 1 | cut -c 1-300; }}
sum() {{ sha256sum <"$1" | cut -c 1-64; }}
check() {{
    [ "$(sum "$1")" = $digest ] && return
    said="{_DIGEST}"
    rm -f "$1"
    refuse "$said"
}}
lacks() {{
{lacks}
}}
place() {{
    rm -rf "$new" "$archive"
    ln -sfn $name "$root/next.new"
    mv -T "$root/next.new" "$root/next"
}}
if [ "$(cat "$release/.sha256" 2>/dev/null)" = $digest ] && [ -z "$(lacks "$release")" ]; then
    place
    exit 0
fi
{_fetch(layout) if package.url else _EXPECTED}
needed=$(($(stat -c %s "$archive") * {ROOM})) free=$(($(df -k --output=avail "$root" | tail -n 1) * 1024))
[ "$free" -ge "$needed" ] || refuse "{_ROOM}"
rm -rf "$new"
mkdir "$new"
said=$(tar -xf "$archive" -C "$new" --no-same-owner 2>&1) || refuse "{_DAMAGED}"
chmod -R u=rwX,go=rX "$new"
missing=$(lacks "$new/$top")
[ -z "$missing" ] || refuse "{_INCOMPLETE}"
# It makes a folder in its HOME. A shell executes it, because others take a file that is no program for a script.
# shellcheck disable=SC2016
try='exec "$0" version </dev/null 2>&1'
if ! said=$(HOME=$new timeout {ANSWER_SECONDS} {runner}sh -c "$try" "$new/$top/$program") || [ -z "$said" ]; then
    refuse "{_NOT_EXECUTABLE}"
fi
echo $digest >"$new/$top/.sha256"
# What says that it is whole must not outlive a power cut that the rest did not.
sync -f "$new"
rm -rf "$release"
mv -T "$new/$top" "$release"
place
"""


def _fetch(layout: Layout) -> str:
    return f"""\
if ! [ -f "$archive" ] || [ "$(sum "$archive")" != $digest ]; then
    {_CURL} --output "$archive.part" --url {shlex.quote(str(layout.package.url))}
    check "$archive.part"
    mv "$archive.part" "$archive"
fi"""


def require(layout: Layout) -> str:
    """Return the command that ends with an error if there is no release to start, before a node is stopped for it."""
    binary = layout.next.binary
    message = RELEASE_ABSENT(f"there is no program {binary} to start; what runs there goes on")
    return f"[ -x {shlex.quote(binary)} ] || {{ echo {shlex.quote(message)} >&2; exit 1; }}\n"


def switch(layout: Layout) -> str:
    """Return the command that links `current` to the release that was unpacked last, while the node is stopped."""
    current, following = shlex.quote(layout.current.folder), shlex.quote(layout.next.folder)
    new = shlex.quote(f"{layout.current.folder}.new")
    return f'{{ ln -sfn "$(readlink {following})" {new} && mv -T {new} {current}; }} || exit 1\n'


def room(layout: Layout) -> str:
    """Return the command that sets `copy` to the folder to which the next start has to copy the data, or to nothing.

    It ends with an error if there is no room for that, before a node is stopped. The versions are those that the
    programs report, which are known of a node that is down too. A copy of an earlier try stays. Needed is a tenth more
    than is copied, so that the node can write on, whether or not the file system shares the blocks of copies.
    """
    root, data, former = shlex.quote(layout.root), shlex.quote(layout.data), shlex.quote(layout.former_data)
    number = "[0-9][0-9]*"
    return f"""\
{require(layout)}root={root} data={data} copy=
told() {{
    "$root/$1/bin/{layout.package.program}" version 2>/dev/null </dev/null |
        sed -n 's/.*\\(v{number}\\.{number}\\.{number}\\).*/\\1/p' | tail -n 1
}}
major() {{ echo "${{1%%.*}}" | cut -c 2-; }}
refuse_copy() {{
    echo "$1" >&2
    exit 1
}}
if [ -d "$data" ] && [ -L "$root/current" ] && [ "$(readlink "$root/current")" != "$(readlink "$root/next")" ]; then
    former=$(told current) following=$(told next)
    if [ -z "$former" ] || [ -z "$following" ]; then refuse_copy "{_UNKNOWN}"; fi
    if [ "$(major "$following")" -gt "$(major "$former")" ] && [ ! -e {former}"$former" ]; then
        copy={former}$former
        rm -rf "$copy.new"
        needed=$(($(cd "$data" && du -sk --exclude=./logs . 2>/dev/null | cut -f 1) * 11 / 10))
        free=$(df -k --output=avail "$root" | tail -n 1)
        [ "$free" -ge "$needed" ] || refuse_copy "{_NO_COPY}"
    fi
fi
"""


def keep(resume: str) -> str:
    """Return the command that copies the data of the stopped node to the `copy` that `room` has set, if any.

    Sockets, process ids and logs are not copied. What an interrupted copy leaves has another name. If it fails,
    `resume` starts the node with what it ran.
    """
    return f"""\
copied() {{
    mkdir -m 0700 "$copy.new" &&
        find "$data" -mindepth 1 -maxdepth 1 ! -name logs ! -name '*.pid' ! -type s \\
            -exec cp -a --reflink=auto -t "$copy.new" {{}} + &&
        chown --reference="$data" "$copy.new" && chmod --reference="$data" "$copy.new" &&
        sync -f "$copy.new" && mv -T "$copy.new" "$copy"
}}
if [ -n "$copy" ] && ! said=$(copied 2>&1); then
    rm -rf "$copy.new"
    {resume} || :
    refuse_copy "{_COPY_FAILED}"
fi
"""


def follow_genesis(layout: Layout, runner: str = "") -> str:
    """Return the command that has the node take over the forks of its genesis file, while it is stopped.

    `init` on existing chain data changes only the chain config, and only if no fork at or below the newest block
    changes (SetupGenesisBlock in blockchain/genesis.go). If `init` fails, the node is started with its old chain
    config, because the chain needs it, and the command still fails. The node says that a fork is in the way with the
    words of ConfigCompatError in params/config.go, the same in v1.0.3 and v2.2.1.
    """
    binary, data, genesis = (shlex.quote(path) for path in (layout.next.binary, layout.data, layout.genesis))
    log = shlex.quote(f"{layout.root}/init.log")
    return f"""\
{runner}{binary} init --datadir {data} {genesis} >{log} 2>&1 || {{
    said=$(grep -o 'mismatching .* in database ([^)]*)' {log} | tail -n 1)
    if [ -n "$said" ]; then echo "{_MISSED}" >&2; else tail -n 5 {log} >&2; fi
    trap 'exit 1' EXIT
}}
"""


def started(layout: Layout) -> str:
    """Return the function `started`, which ends the command that has started the node.

    Of the releases, it keeps the current one, the next one, and the last other one with which the node has started, to
    go back to. What else unpacking has left goes too.
    """
    releases = f"{layout.package.program}-*{'[0-9a-f]' * 8}"
    return f"""\
started() {{
    cd {shlex.quote(layout.root)} || exit 0
    touch current/.started || exit 0
    current=$(readlink current)
    former=$(find {releases} -maxdepth 1 -name .started -printf '%T@ %h\\n' | sort -rn | cut -d ' ' -f 2 |
        grep -vxF "$current" | head -n 1)
    for release in {releases}; do
        case $release in
            "$current" | "$former" | "$(readlink next)") ;;
            *) [ ! -e "$release/.sha256" ] || rm -rf "$release" || : ;;
        esac
    done
    rm -rf {releases}.new {releases}.tar.gz {releases}.tar.gz.part || :
    exit 0
}}
"""
