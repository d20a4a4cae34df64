#!/bin/sh
# Claims a folder of a machine that somebody else looks after, tells whose it is, and gives it back as it was found.
#
# Runs as root, or as the user who never becomes root. The note in the folder says whose the folder is and what was not
# there before: it is written before anything else comes into the folder, and goes last. Each verb can be cut off at
# any moment, and another run finishes what is left.
#
# usage: existing_host.sh claim FOLDER OWNER HOST STACK INSTANCE USER UNIT ACCOUNT
#        existing_host.sh look FOLDER OWNER HOST
#        existing_host.sh release FOLDER OWNER HOST UNIT ACCOUNT
#   OWNER is the id of the network, HOST the name of the machine in it, STACK that of the stack, for people.
#   USER is who logs in; with a UNIT the folder is root's, and USER gets a place for uploads in it.
#   UNIT and ACCOUNT are a service of systemd and whom it runs as; both are empty without systemd.
set -eu
umask 022
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
verb=$1 folder=$2 owner=$3 host=$4
shift 4
note=$folder/.servicechain-ha

fail() {
    echo "$1" >&2
    exit 1
}
# What the note says of a thing; nothing where there is no note.
noted() { [ ! -f "$note" ] || sed -n "s|^$1=||p" "$note"; }
ours() { [ "$(noted owner)/$(noted host)" = "$owner/$host" ]; }
# Prints what is in the folder: all but what a file system has of itself, and a note that was cut off.
others() {
    find "$folder" -mindepth 1 -maxdepth 1 ! -name lost+found ! -name .servicechain-ha.new -exec basename {} \; |
        head -n 3 | paste -sd ' ' -
}

claim() {
    stack=$1 instance=$2 user=$3 unit=$4 account=$5
    made='' fresh=''
    if [ -f "$note" ]; then
        ours || fail "the folder $folder is that of $(noted host) in the stack $(noted stack): name another folder"
        made=$(noted made) fresh=$(noted account)
    elif [ -d "$folder" ]; then
        [ -z "$(others)" ] ||
            fail "the folder $folder holds what is not this program's ($(others)): empty it, or name another folder"
    else
        made=$folder
        while up=$(dirname "$made") && [ ! -d "$up" ]; do made=$up; done
        mkdir -p "$folder"
    fi
    if [ -n "$account" ] && ! id "$account" >/dev/null 2>&1; then fresh=$account; fi
    printf '%s\n' "owner=$owner" "host=$host" "stack=$stack" "instance=$instance" "made=$made" "account=$fresh" \
        >"$note.new"
    mv "$note.new" "$note"
    if [ -n "$unit" ]; then
        if [ "$user" != root ]; then
            mkdir -p "$folder/uploads"
            chown "$user" "$folder/uploads"
            chmod 0700 "$folder/uploads"
        fi
    elif [ "$(id -u)" = 0 ] && [ "$user" != root ]; then
        chown "$user" "$folder"
    fi
}

# Ends what runs a program in the folder, or holds a lock there, as work does that goes on by itself for hours. Its data
# go with it, so it has ten seconds to end by itself and no more: an SCN that is connected to its EN never would.
processes() {
    find /proc/[0-9]*/exe /proc/[0-9]*/fd -maxdepth 1 \
        \( -path '*/exe' -lname "$folder/*" -o -path '*/fd/*' -lname "$folder/*/lock" \) 2>/dev/null | cut -d/ -f3 | sort -u
}
end_processes() {
    for signal in TERM KILL; do
        running=$(processes)
        # shellcheck disable=SC2086 # several, each a word
        [ -z "$running" ] || kill -"$signal" $running 2>/dev/null || true
        for _ in $(seq 40); do
            [ -n "$(processes)" ] || return 0
            sleep 0.25
        done
    done
    fail "these processes do not end: $(processes | tr '\n' ' ')"
}

release() {
    unit=$1 account=$2
    [ -f "$note" ] || return 0
    if ! ours; then
        echo "the folder $folder is now that of $(noted host) in the stack $(noted stack), and stays as it is"
        return
    fi
    if [ -n "$unit" ] && grep -qsF "$folder/" "/etc/systemd/system/$unit"; then
        systemctl --quiet disable "$unit"
        if ! timeout 10 systemctl stop "$unit"; then
            systemctl kill --signal=KILL "$unit" || true
            systemctl stop "$unit"
        fi
        rm -f "/etc/systemd/system/$unit"
        systemctl daemon-reload
        systemctl reset-failed "$unit" 2>/dev/null || true
    fi
    end_processes
    find "$folder" -mindepth 1 -maxdepth 1 ! -name lost+found ! -name .servicechain-ha -exec rm -rf {} +
    if [ -n "$account" ] && [ "$(noted account)" = "$account" ]; then
        ! id "$account" >/dev/null 2>&1 || userdel "$account"
        ! getent group "$account" >/dev/null || groupdel "$account"
    fi
    made=$(noted made)
    rm "$note"
    # Upwards, as far as it was not there before, and nobody else has put anything there.
    while [ -n "$made" ] && rmdir "$folder" 2>/dev/null && [ "$folder" != "$made" ]; do folder=$(dirname "$folder"); done
}

case $verb in
claim) claim "$@" ;;
look) ! ours || noted instance ;;
release) release "$@" ;;
esac
