#!/bin/sh
# Puts an archive of chain data onto the disk of a node that has none yet. It takes hours, so the work continues when
# the connection that started it ends, and reports its progress on request.
#
# An interrupted download is kept and resumed; unpacking starts again. Nothing is overwritten: if there is chain data
# already, nothing is done.
#
# usage: chaindata.sh begin|state|work ROOT SHA256 OWNER SOURCE
#   ROOT is the folder of the node, OWNER the owner of its data, as chown takes it, and SOURCE the address of the
#   archive, or its path on this machine, from where it is moved away. `begin` and `state` print one line: present, idle,
#   failed WHY, fetching BYTES BYTES, checking, unpacking GB.
# environment, for tests: PATIENCE, seconds from one attempt to fetch to the next; TRIES, how many may bring nothing new
set -eu
verb=$1 root=$2 sha256=$3 owner=$4 source=$5
work=$root/chaindata-restore
data=$root/data
part=$work/archive.part archive=$work/archive new=$work/new
patience=${PATIENCE:-5} tries=${TRIES:-20}
# An archive is fetched whole before it is unpacked, and both have to fit. Chain data is compressed already, so that the
# unpacked half is not much larger.
room_percent=240

# The folder itself is locked: a lock file in it would be created again while the folder is being removed. Work holds the
# lock to its end, and removes the folder. A question holds it for a moment, which must not stop the others: they wait.
# The folder may be removed before it is opened: the work has just ended then, and counts as running until the next question.
works() { [ -d "$work" ] && ! (flock --shared --nonblock 9) 2> /dev/null 9< "$work"; }
lock() { flock --timeout 2 9 && [ -d "$work" ]; }
present() { [ -n "$(ls -A "$data/klay/chaindata" 2> /dev/null)" ]; }
size() { stat -c %s "$1" 2> /dev/null || echo 0; }
say() {
    echo "$1" > "$work/state.new"
    mv "$work/state.new" "$work/state"
}
fail() {
    say "failed $1"
    exit 1
}

begin() {
    if present; then
        rm -f "$0" # nothing to do, so nothing is left of the work
        echo present
        return
    fi
    mkdir -p "$work"
    # Its own descriptors, or the connection would wait for it.
    if ! works && (lock && rm -f "$work/state") 9< "$work"; then
        setsid sh "$0" work "$root" "$sha256" "$owner" "$source" > "$work/log" 2>&1 < /dev/null &
    fi
    echo idle
}

state() {
    said=$(cat "$work/state" 2> /dev/null || true)
    if present; then
        echo present
    elif works; then
        case $said in
            fetching*) echo "$said $(size "$part")" ;;
            "") echo checking ;;
            *) echo "$said" ;;
        esac
    else
        case $said in
            failed*) echo "$said" ;;
            *) echo idle ;;
        esac
    fi
}

get() { curl --fail --location --globoff --proto '=https,http' --silent --show-error --connect-timeout 20 "$@"; }

fetch() {
    # As text: awk prints large numbers in another format.
    total=$(get --head --max-time 60 --url "$source" | tr -d '\r' | awk 'tolower($1) == "content-length:" { n = $2 } END { print n }')
    case $total in "" | *[!0-9]*) total=0 ;; esac
    has=$(size "$part")
    free=$(($(df --output=avail --block-size=1 "$work" | tail -n 1) + has))
    needed=$((total * room_percent / 100))
    [ "$free" -ge "$needed" ] || fail "the archive has $total bytes and needs $needed on $root, where $free are free"
    say "fetching $total"
    left=$tries
    while [ "$total" = 0 ] || [ "$(size "$part")" -lt "$total" ]; do
        has=$(size "$part")
        get --speed-limit 1024 --speed-time 60 --continue-at - --output "$part" --url "$source" && break
        if [ "$(size "$part")" -gt "$has" ]; then left=$tries; else left=$((left - 1)); fi
        [ "$left" -gt 0 ] || fail "the archive cannot be fetched: $(tail -n 1 "$work/log")"
        sleep "$patience"
    done
}

check() {
    say checking
    sum=$(sha256sum < "$part" | cut -c1-64)
    [ "$sum" = "$sha256" ] || {
        rm -f "$part"
        fail "the archive has the sha256 $sum, not $sha256; it was thrown away"
    }
    mv "$part" "$archive"
}

unpack() {
    say "unpacking 0"
    rm -rf "$new"
    mkdir "$new"
    # The expression is tar's to work out. A record has 10240 bytes, so this is about once a GB.
    # shellcheck disable=SC2016
    STATE=$work/state tar -xf "$archive" -C "$new" --no-same-owner --checkpoint=100000 \
        --checkpoint-action='exec=echo "unpacking $((TAR_CHECKPOINT / 100000))" > "$STATE"'
    found=$(find "$new" -maxdepth 4 -type d -name chaindata)
    if [ -z "$found" ] && [ -n "$(find "$new" -maxdepth 2 -name CURRENT)" ]; then
        found=$new # the archive has the inside of the folder
    fi
    [ -d "$found" ] || fail "the archive holds no folder chaindata, or several"
    [ -n "$(find "$found" -maxdepth 2 -name CURRENT)" ] || fail "what the archive holds as chaindata is no chain data"
    chown -R "$owner" "$found"
    chmod -R u=rwX,go= "$found"
    # The mark that all is complete must not reach the disk before the rest does.
    sync -f "$found"
    for folder in "$data" "$data/klay"; do
        [ -d "$folder" ] || mkdir -m 0700 "$folder"
        chown "$owner" "$folder"
    done
    [ ! -d "$data/klay/chaindata" ] || rmdir "$data/klay/chaindata"
    mv "$found" "$data/klay/chaindata"
}

work() {
    exec 9< "$work"
    lock && [ ! -e "$work/state" ] || exit 0 # another that began at the same time works, or has ended already
    trap 'case $?$(cat "$work/state") in 0* | *failed*) ;; *) say "failed it ended: $(tail -n 1 "$work/log")" ;; esac' EXIT
    say checking
    if [ ! -f "$archive" ]; then
        case $source in
            *://*) fetch ;;
            *) [ -f "$part" ] || mv "$source" "$part" ;;
        esac
        check
    fi
    unpack
    trap - EXIT
    rm -rf "$work" "$0"
}

$verb
