#!/bin/sh
# The first process of a machine with systemd: lays out a small system in fresh namespaces, then becomes its systemd.
#
# The programs are this machine's, read-only; /etc is a new one with next to nothing in it; /srv is the given folder,
# as a data volume that outlives the machine would be. There is no network but the loopback.
#
# usage: systemd_machine.sh ROOT VOLUME
#   ROOT is an empty folder for the machine's file system, VOLUME what it has as /srv; without both, the machine was laid
#   out before, and boots again with the disks that it has
set -eu
exec >&2

boot() {
    mount -t tmpfs -o mode=0755,size=64m run run
    mount -t proc proc proc
    ! mountpoint -q sys/fs/cgroup || umount -l sys/fs/cgroup # of a control group that is gone
    mount -t cgroup2 cgroup2 sys/fs/cgroup
}

start() {
    exec env -i container=test PATH=/usr/sbin:/usr/bin:/sbin:/bin \
        /lib/systemd/systemd --system --log-target=journal --show-status=no
}

if [ $# = 0 ]; then
    cd /
    boot # above what is mounted there
    start
fi
root=$1 volume=$2

ip link set lo up
mount --make-rprivate /
mount -t tmpfs -o mode=0755,size=256m root "$root"
cd "$root"
mkdir -p dev etc/systemd/system proc root run srv sys tmp var/lib var/log/journal var/tmp
chmod 1777 tmp var/tmp
chmod 0700 root
ln -s ../run var/run
for path in /bin /lib* /sbin /usr; do
    if [ -L "$path" ]; then
        cp -P "$path" ".$path"
    elif [ -d "$path" ]; then
        mkdir ".$path"
        mount --bind -o ro "$path" ".$path"
    fi
done
mount --bind "$volume" srv

for file in alternatives ld.so.cache login.defs nsswitch.conf; do
    [ ! -e "/etc/$file" ] || cp -a "/etc/$file" etc
done
echo 'root:x:0:0:root:/root:/bin/sh' >etc/passwd
echo 'root:x:0:' >etc/group
echo 'root:*:1::::::' >etc/shadow
: >etc/fstab
: >etc/gshadow
echo 0123456789abcdef0123456789abcdef >etc/machine-id
ln -s /dev/null etc/systemd/system/console-getty.service

mount -t tmpfs -o mode=0755,size=1m dev dev
mkdir dev/pts dev/shm
(cd /dev && exec cp -a null zero full random urandom tty "$root/dev")
ln -s /proc/self/fd dev/fd
ln -s pts/ptmx dev/ptmx
mount -t devpts -o newinstance,ptmxmode=0666,mode=0620 devpts dev/pts
mount -t tmpfs -o mode=1777,size=64m shm dev/shm
mount -t sysfs -o ro sysfs sys
boot
echo machine >proc/sys/kernel/hostname

pivot_root . .
umount -l .
cd /
start
