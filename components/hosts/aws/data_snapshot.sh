#!/bin/sh
# Makes a data volume that was made from a snapshot the disk of a node that never ran: its chain data stays, and all
# that makes the former node that node goes. Two nodes with one key would be one identity, and validators that sign twice.
#
# Keeps data/klay/chaindata, and deletes all else on the volume: the node's key, keystores and passwords of operators,
# what an SCN knows of bridges and its unsent transactions, static nodes, genesis, releases, logs. It ends with a mark
# that has the id of this volume, and does nothing where that is: a copy of this volume has another id.
#
# usage: data_snapshot.sh VOLUME SNAPSHOT FOLDER
#   VOLUME and SNAPSHOT are the ids that AWS gave them; FOLDER is where the volume is mounted.
# environment, for tests: DISKS, the folder of links to disks; empty for a FOLDER that is no disk
set -eu
volume=$1 snapshot=$2 folder=$3
mark=$folder/.servicechain-volume
chain=data/klay/chaindata
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
fail() {
    echo "data snapshot $snapshot: $1; nothing was deleted" >&2
    exit 1
}

# The file system of a copy has the id by which fstab names it: with both disks at one machine, it may be the other one.
disks=${DISKS-/dev/disk/by-id}
link=$disks/nvme-Amazon_Elastic_Block_Store_vol${volume#vol-}
mounted() {
    [ -b "$link" ] && mountpoint -q "$folder" &&
        [ "$(mountpoint -d "$folder")" = "$(mountpoint -x "$(readlink -f "$link")")" ]
}
[ -z "$disks" ] || mounted || fail "the disk of $volume is not what is mounted at $folder"

[ "$(cat "$mark" 2> /dev/null || true)" != "$volume" ] || exit 0

for unit in kend kscnd kcnd; do
    ! systemctl --quiet is-active "$unit" 2> /dev/null || fail "$unit runs on this machine"
done
cd "$folder"
for place in data data/klay "$chain"; do
    { [ -d "$place" ] && [ ! -L "$place" ]; } || fail "it has no chain data of a node: there is no folder $place on it"
done
[ -n "$(find "$chain" -maxdepth 3 -name CURRENT)" ] || fail "what it has as $chain is no chain data"

echo "data snapshot $snapshot: of the former node, $chain stays; deleting:"
# One level after the other, so that nothing below chain data is looked at.
while read -r place kept; do
    find "$place" -xdev -mindepth 1 -maxdepth 1 ! -name "$kept" ! -path ./lost+found \
        -printf "  $place/%f\n" -exec rm -rf --one-file-system -- {} +
done << EOF
data/klay chaindata
data klay
. data
EOF
# The mark must not reach the disk before the rest does.
sync -f .
echo "$volume" > "$mark.new"
mv "$mark.new" "$mark"
sync -f .
