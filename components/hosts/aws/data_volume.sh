#!/bin/sh
# Mounts the data volume of a machine, which may be a new disk or one that outlived another machine.
#
# Does only what is missing: a file system on a disk without any signature, one line in fstab, the mount, and the
# growth of the file system to the size of its disk. Nothing that holds something is ever overwritten.
#
# usage: data_volume.sh VOLUME MOUNT_POINT
#   VOLUME is the id that AWS gave it, vol-<hex>; MOUNT_POINT is an absolute path.
# environment, for tests: DISKS, the folder of links to disks; FSTAB; PATIENCE, seconds to wait for the disk
set -eu
volume=$1 mount_point=$2
disks=${DISKS:-/dev/disk/by-id} fstab=${FSTAB:-/etc/fstab} patience=${PATIENCE:-120}
mark=x-servicechain.data
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
fail() {
    echo "data volume $volume: $1" >&2
    exit 1
}

# On machines of the Nitro system the serial number of the disk is the id of the volume, without its dash.
link=$disks/nvme-Amazon_Elastic_Block_Store_vol${volume#vol-}
waited=0
while [ ! -b "$link" ]; do
    [ "$waited" -lt "$patience" ] || fail "no disk at $link after $patience s; is the volume attached?"
    [ $((waited % 10)) -ne 9 ] || echo "data volume $volume: not attached yet, $waited s"
    sleep 1
    waited=$((waited + 1))
done
disk=$(readlink -f "$link")

# Two that look at an empty disk at the same time would both make a file system.
exec 9> /run/lock/servicechain-data-volume
flock -w 60 9 || fail "another run holds it for a minute"

signatures=$(wipefs --parsable "$disk") || fail "the disk $disk cannot be read"
kinds=$(printf '%s\n' "$signatures" | sed '/^#/d; s/.*,//' | sort -u | xargs)
case $kinds in
    "")
        # A second opinion; 2 is what blkid says of a disk on which it finds nothing.
        found=0
        blkid -p "$disk" > /dev/null 2>&1 || found=$?
        [ "$found" = 2 ] || fail "what $disk holds cannot be told; it is left as it is"
        echo "data volume $volume: making a file system on $disk"
        mkfs.ext4 -q -m 1 "$disk"
        ;;
    ext4) ;;
    *) fail "$disk holds $kinds, not ext4; it is left as it is" ;;
esac
uuid=$(blkid -p -s UUID -o value "$disk")
[ -n "$uuid" ] || fail "the file system on $disk has no UUID"

mounted() {
    mountpoint -q "$mount_point"
}
if mounted; then
    [ "$(mountpoint -d "$mount_point")" = "$(mountpoint -x "$disk")" ] || fail "something else is mounted at $mount_point"
elif [ -e "$mount_point" ]; then
    [ -d "$mount_point" ] || fail "$mount_point is not a folder"
    [ -z "$(ls -A "$mount_point")" ] || fail "$mount_point is not empty; what is in there would be hidden"
else
    mkdir -p "$mount_point"
fi

# Ours is the line with our mark; nofail and the timeout: a machine that lost its disk still boots, and can be entered.
options=nofail,noatime,x-systemd.device-timeout=30s,$mark
new=$(mktemp "$fstab.XXXXXX")
trap 'rm -f "$new"' EXIT
awk -v mark="$mark" '!index("," $4 ",", "," mark ",")' "$fstab" > "$new"
! awk -v place="$mount_point" '$1 !~ /^#/ && $2 == place { found = 1 } END { exit !found }' "$new" ||
    fail "$fstab mounts something else at $mount_point"
echo "UUID=$uuid $mount_point ext4 $options 0 2" >> "$new"
if ! cmp -s "$new" "$fstab"; then
    chmod --reference="$fstab" "$new"
    mv "$new" "$fstab"
    [ ! -d /run/systemd/system ] || systemctl daemon-reload
fi

mounted || mount --fstab "$fstab" "$mount_point"
mounted || fail "it is not mounted at $mount_point"
said=$(resize2fs "$disk" 2>&1) || fail "the file system does not grow to the size of $disk: $said"
