#!/bin/sh
# Claims a folder of a machine that somebody else administers, reports its owner, moves it, and releases it without
# changing anything else on the machine.
#
# Runs as root, or as a user who never becomes root. The note in the folder has the owner of the folder and what did not
# exist before: it is written before anything else in the folder, and removed last. Each verb can be interrupted at any
# moment, and another run completes it.
#
# usage: existing_host.sh claim FOLDER OWNER HOST STACK INSTANCE USER UNIT ACCOUNT
#        existing_host.sh look FOLDER OWNER HOST
#        existing_host.sh move FOLDER OWNER HOST FORMER FORMER_UNIT UNIT NUMBER USER
#        existing_host.sh release FOLDER OWNER HOST UNIT ACCOUNT
#   OWNER is the id of the network, HOST the name of the machine in it, STACK that of the stack, for people.
#   USER is the login; with a UNIT the folder belongs to root, and USER gets a folder for uploads in it.
#   UNIT and ACCOUNT are a systemd service and its user; both are empty without systemd.
#   look prints the instance, and "data" if there is chain data; nothing if the folder is not this stack's.
#   move moves all of FORMER to FOLDER, which may be the same, and leaves a link in its place. A node that runs, by
#   FORMER_UNIT or the package's script, is stopped for that, and started again with its former files. If the service
#   changes, the files get the new service's user as owner: NUMBER with a UNIT, otherwise USER.
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
# Prints a value of the note; nothing without a note.
noted() { [ ! -f "$note" ] || sed -n "s|^$1=||p" "$note"; }
ours() { [ "$(noted owner)/$(noted host)" = "$owner/$host" ]; }
# Prints what is in the folder, without lost+found and a note that was written only in part.
others() {
    find "$folder" -mindepth 1 -maxdepth 1 ! -name lost+found ! -name .servicechain-ha.new -exec basename {} \; |
        head -n 3 | paste -sd ' ' -
}

# Prints the topmost folder that has to be created for the folder.
topmost() {
    top=$folder
    while up=$(dirname "$top") && [ ! -d "$up" ]; do top=$up; done
    echo "$top"
}

claim() {
    stack=$1 instance=$2 user=$3 unit=$4 account=$5
    made='' fresh=''
    if [ -f "$note" ]; then
        ours || fail "the folder $folder belongs to $(noted host) in the stack $(noted stack): name another folder"
        made=$(noted made) fresh=$(noted account)
    elif [ -d "$folder" ]; then
        [ -z "$(others)" ] ||
            fail "the folder $folder holds what is not this program's ($(others)): empty it, or name another folder"
    else
        made=$(topmost)
        mkdir -p "$folder"
    fi
    if [ -n "$account" ] && ! id "$account" >/dev/null 2>&1; then fresh=$account; fi
    former=$(noted former | sed 's/^/former=/')
    printf '%s\n' "owner=$owner" "host=$host" "stack=$stack" "instance=$instance" "made=$made" "account=$fresh" \
        "unit=${unit:-$(noted unit)}" ${former:+"$former"} >"$note.new"
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

# Ends processes that run a program in the folder or hold a lock there, such as work that continues for hours. Their
# data are deleted, so they get ten seconds to end by themselves: an SCN that is connected to its EN never does.
processes() {
    find /proc/[0-9]*/exe /proc/[0-9]*/fd -maxdepth 1 \
        \( -path '*/exe' -lname "$folder/*" -o -path '*/fd/*' -lname "$folder/*/lock" \
        -o -path '*/fd/*' -lname "$folder/chaindata-restore" \) 2>/dev/null | cut -d/ -f3 | sort -u
}
# Succeeds if a unit runs a program in the folder, under its current or former name.
names_folder() {
    for place in "$folder" $(noted former | cut -d ' ' -f 1); do
        ! grep -qsF "$place/" "/etc/systemd/system/$1" || return 0
    done
    return 1
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

# Runs a command as a user, by name or number.
by() {
    as=$1
    shift
    if [ "$(id -u)" = "$(id -u "$as")" ]; then "$@"; else
        setpriv --reuid="$(id -u "$as")" --regid="$(id -g "$as")" --init-groups --no-new-privs --inh-caps=-all -- "$@"
    fi
}
stop_node() {
    if [ -n "$unit" ]; then
        systemctl stop "$unit" || return
    elif [ -n "$pid" ]; then
        kill "$pid" 2>/dev/null || true
        for _ in $(seq 480); do
            [ -e "/proc/$pid" ] || break
            sleep 0.25
        done
        [ ! -e "/proc/$pid" ] || kill -KILL "$pid"
    fi
    rm -f "$former"/data/*.pid "$former/data/klay.ipc"
}
# Starts the node as it ran before, through its former folder, which its files name and which links to the new one.
start_node() {
    [ -n "$pid" ] || return 0
    if [ -n "$unit" ]; then
        systemctl start "$unit" || return
    elif [ -s "$arguments" ]; then
        (
            cd "$folder"
            # shellcheck disable=SC2016 # the inner shell's
            HOME=$folder by "$user" xargs -0 -a "$arguments" sh -c 'nohup "$@" >>"$0" 2>&1 </dev/null & echo $! >"$0.pid"' \
                "$former/data/logs/$(basename "$binary")d.out"
        ) || return
        mv "$former/data/logs/$(basename "$binary")d.out.pid" "$former/data/$(basename "$binary")d.pid"
        rm "$arguments"
    else
        HOME=$former by "$user" "$former${binary#"$real"}d" start >/dev/null </dev/null || return
    fi
    for _ in $(seq 240); do
        [ ! -S "$former/data/klay.ipc" ] || return 0
        sleep 0.25
    done
    return 1
}
# Moves the files to the new folder. Until the link exists, one of the two folders is complete.
move_files() {
    made=$(topmost)
    if [ -d "$folder" ]; then made=''; fi
    if [ -n "$same_disk" ]; then
        if [ -d "$folder" ]; then rmdir "$folder"; else mkdir -p "$(dirname "$folder")"; fi &&
            mv -T "$former" "$folder" || return
    else
        mkdir -p "$folder" && cp -a "$former/." "$folder/" && sync -f "$folder" && mv -T "$former" "$former.moved" || return
    fi
    ln -s "$folder" "$former"
    former_made=$(noted made)
    {
        grep -v -e '^made=' -e '^unit=' "$note"
        printf '%s\n' "made=$made" "unit=$unit" "former=$former $former_made"
    } >"$note.new"
    mv "$note.new" "$note"
    rm -rf "$former.moved"
}
move() {
    former=$1 unit=$2 new_unit=$3 number=$4 user=$5
    real=$(readlink -f "$former")
    if [ "$real" = "$(readlink -f "$folder")" ] && [ "$former" != "$folder" ]; then
        if [ -L "$former" ]; then # an earlier run has moved it
            ours || fail "the folder $folder is not this stack's any more"
            rm -rf "$former.moved"
            return
        fi
        rm "$folder" # the link of an earlier move the other way
    fi
    if [ ! -e "$former" ] && ours; then # an earlier run was interrupted before the link
        ln -s "$folder" "$former"
        return
    fi
    [ "$(grep -cxF -e "owner=$owner" -e "host=$host" "$former/.servicechain-ha" 2>/dev/null)" = 2 ] ||
        fail "the folder $former is not this stack's any more"
    pid=$(find /proc/[0-9]*/exe -maxdepth 0 -lname "$real/*/bin/k*" 2>/dev/null | head -n 1 | cut -d/ -f3)
    binary=$(readlink "/proc/${pid:-none}/exe" || true)
    if [ "$former" != "$folder" ]; then
        place=$folder
        until [ -d "$place" ]; do place=$(dirname "$place"); done
        same_disk=''
        [ "$(stat -c %d "$former")" != "$(stat -c %d "$place")" ] || same_disk=1
        [ "$(stat -c %d "$former")" = "$(stat -c %d "$(dirname "$former")")" ] ||
            fail "the folder $former is a file system of its own, and cannot be moved: keep it as root of $host"
        if [ -z "$same_disk" ]; then
            needed=$(du -sk "$former" | cut -f 1) free=$(df -Pk "$place" | tail -n 1 | awk '{ print $4 }')
            [ "$free" -gt "$needed" ] || fail "$folder needs $needed KiB for what is in $former, and $free are free"
        fi
    fi
    arguments=$former/.arguments
    if [ -n "$unit" ] && [ -z "$new_unit" ]; then
        [ -z "$pid" ] || cat "/proc/$pid/cmdline" >"$arguments"
    elif [ -z "$unit" ] && [ -n "$new_unit" ]; then
        user=root # who may still write where the files belong to the service already
    elif [ -n "$pid" ]; then
        user=$(stat -c %u "/proc/$pid")
    fi
    stop_node || fail "the node in $former does not stop"
    if [ "$former" != "$folder" ] && ! move_files; then
        start_node || true
        fail "the content of $former cannot be moved to $folder, and stays where it is"
    fi
    if [ -n "$unit" ] && [ -z "$new_unit" ]; then
        systemctl --quiet disable "$unit"
        rm -f "/etc/systemd/system/$unit"
        systemctl daemon-reload
        unit=''
        chown -Rh "$user:" "$folder"
        arguments=$folder/.arguments
        mkdir -p "$folder/data/logs"
        chown "$user:" "$folder/data/logs"
    elif [ -z "$unit" ] && [ -n "$new_unit" ]; then
        # The commands of a service know by this file that the node's data are made; those of the script by the data.
        [ ! -d "$folder/data/klay/chaindata" ] || : >"$folder/data/.initialised"
        chown -Rh "$number:$number" "$folder/data"
    fi
    start_node || fail "the node does not start again in $folder; its log is in $folder/data/logs, or in the journal"
}

release() {
    if [ -L "$folder" ]; then # the last thing done was a move
        folder=$(readlink -f "$folder") note=$folder/.servicechain-ha
    fi
    unit=${1:-$(noted unit)} account=${2:-$(noted account)}
    [ -f "$note" ] || return 0
    if ! ours; then
        echo "the folder $folder is now that of $(noted host) in the stack $(noted stack), and stays as it is"
        return
    fi
    if [ -n "$unit" ] && names_folder "$unit"; then
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
    noted former | while read -r former former_made; do
        [ ! -L "$former" ] || rm "$former"
        while [ -n "$former_made" ] && [ "$former" != "$former_made" ] && former=$(dirname "$former"); do
            rmdir "$former" 2>/dev/null || break
        done
    done
    made=$(noted made)
    rm "$note"
    # Upwards, as far as folders did not exist before and are empty.
    while [ -n "$made" ] && rmdir "$folder" 2>/dev/null && [ "$folder" != "$made" ]; do folder=$(dirname "$folder"); done
}

case $verb in
claim) claim "$@" ;;
look)
    if ours; then
        noted instance
        [ -z "$(ls -A "$folder/data/klay/chaindata" 2>/dev/null)" ] || echo data
    fi
    ;;
move) move "$@" ;;
release) release "$@" ;;
esac
