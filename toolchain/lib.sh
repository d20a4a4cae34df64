# shellcheck shell=bash
# Shared by all scripts of the toolchain: paths, messages, and steps that run only when needed. Sourced, never run.
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
BUILD=$ROOT/.build
# shellcheck disable=SC2034 # for those who source this
TOOLS=$ROOT/toolchain

# To stderr, so that the stdout of a command can be piped.
say() { printf '==> %s\n' "$*" >&2; }

# coded CODE WORDS... : print the words with the code at the end of their first line. The codes are those of
# components/domain/problems.
coded() {
    local code=$1 words first
    shift
    words=$*
    first=${words%%$'\n'*}
    printf '%s [%s]%s\n' "$first" "$code" "${words#"$first"}"
}

# fail CODE WORDS...
fail() {
    printf 'error: %s\n' "$(coded "$@")" >&2
    exit 1
}

# digest INPUT... : one hash over files, all files in folders but bytecode, and words that are neither.
digest() {
    local input
    for input in "$@"; do
        if [[ -d $input ]]; then
            find "$input" -type f ! -path '*/__pycache__/*' -print0 | sort -z | xargs -0 sha256sum
        elif [[ -f $input ]]; then
            sha256sum "$input"
        else
            echo "$input"
        fi
    done | sha256sum | cut -d' ' -f1
}

# once NAME PRODUCT INPUT... -- COMMAND... : runs the command unless the product exists and was built from the same
# inputs. The stamp is written last, so an interrupted step is repeated.
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

# long LABEL COMMAND... : runs a command that takes minutes. Its output goes to a log; the terminal gets a progress line
# every ten seconds, and the end of the log if it fails.
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
        fail SCH-810 "$label failed; the full log is in ${log#"$ROOT"/}"
    fi
    say "$label: done in $((SECONDS - start)) s"
}

# atomically TARGET COMMAND... : gives the command a new folder to fill, and replaces the target with it when it is
# complete.
atomically() {
    local target=$1
    shift
    rm -rf "$target.new"
    mkdir -p "$target.new"
    "$@" "$target.new"
    rm -rf "$target"
    mv "$target.new" "$target"
}

# users_pulumi : the user's own Pulumi CLI on PATH. Empty if there is none.
users_pulumi() {
    local found
    found=$(type -aP pulumi | grep -vxF "$BUILD/bin/pulumi" | head -n 1) || true
    echo "$found"
}

# secret FILE : 32 random bytes in hex, created once and readable by the owner only. The link makes creation atomic, so
# that one of two concurrent runs wins.
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
