# shellcheck shell=bash
# What every script of the toolchain shares: where things are, how to speak, when to work. Sourced, never run.
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
BUILD=$ROOT/.build
# shellcheck disable=SC2034 # for those who source this
TOOLS=$ROOT/toolchain

# To stderr, so that what a command gives on stdout can be piped on.
say() { printf '==> %s\n' "$*" >&2; }
fail() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

# digest INPUT... : one hash over files, over all files of folders, and over words that are neither.
digest() {
    local input
    for input in "$@"; do
        if [[ -d $input ]]; then
            find "$input" -type f -print0 | sort -z | xargs -0 sha256sum
        elif [[ -f $input ]]; then
            sha256sum "$input"
        else
            echo "$input"
        fi
    done | sha256sum | cut -d' ' -f1
}

# once NAME PRODUCT INPUT... -- COMMAND... : runs the command unless the product is there and was made from the same
# inputs. The stamp is written last, so a step that was cut off is done again.
once() {
    local name=$1 product=$2 inputs=() stamp wanted
    shift 2
    while [[ $1 != -- ]]; do
        inputs+=("$1")
        shift
    done
    shift
    stamp=$BUILD/stamps/$name
    wanted=$(digest "${inputs[@]}")
    [[ -e $product && -f $stamp && $(<"$stamp") == "$wanted" ]] && return
    mkdir -p "$BUILD/stamps"
    rm -f "$stamp"
    "$@"
    echo "$wanted" >"$stamp"
}

# long LABEL COMMAND... : runs a command that takes minutes. Its output goes to a log; the screen gets a sign of life
# every ten seconds, and the end of the log when it fails.
long() {
    local label=$1 log ticker status=0 start=$SECONDS
    shift
    log=$BUILD/logs/${label// /-}.log
    mkdir -p "$BUILD/logs"
    say "$label …"
    (
        # Waiting on a pipe that stays silent, not on sleep, so that nothing outlives the ticker; $$ is the script.
        exec 3<> <(:)
        while ! read -rt 10 -u 3 && kill -0 $$ 2>/dev/null; do
            printf '    %s: %d s, %s\n' "$label" $((SECONDS - start)) "$(tail -n 1 "$log" | cut -c1-80)" >&2
        done
    ) &
    ticker=$!
    "$@" >"$log" 2>&1 </dev/null || status=$?
    kill "$ticker" 2>/dev/null
    wait "$ticker" 2>/dev/null || true
    if ((status != 0)); then
        tail -n 20 "$log" >&2
        fail "$label failed; the whole log is in ${log#"$ROOT"/}"
    fi
    say "$label: done in $((SECONDS - start)) s"
}

# atomically TARGET COMMAND... : gives the command a new folder to fill, and puts that in the target's place when it
# is complete.
atomically() {
    local target=$1
    shift
    rm -rf "$target.new"
    mkdir -p "$target.new"
    "$@" "$target.new"
    rm -rf "$target"
    mv "$target.new" "$target"
}

# users_pulumi : the Pulumi CLI that was on PATH before ours came to it. Empty when there is none.
users_pulumi() {
    local found
    found=$(type -aP pulumi | grep -vxF "$BUILD/bin/pulumi" | head -n 1) || true
    echo "$found"
}

# secret FILE : 32 random bytes in hex, made once and readable by the owner alone. The link makes it appear whole, and
# leaves one winner when two runs meet.
secret() {
    [[ -s $1 ]] && return
    mkdir -p "$(dirname "$1")"
    (
        umask 077
        od -An -v -tx1 -N32 /dev/urandom | tr -d ' \n' >"$1.$$"
    )
    ln "$1.$$" "$1" 2>/dev/null || true
    rm "$1.$$"
}
