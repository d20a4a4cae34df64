#!/bin/sh
# The first process of a local host: makes a machine of fresh namespaces, then becomes its sshd.
#
# The file system is a new one in memory, with the machine's programs and settings read-only, and the host's folder
# as /srv. Nothing else of the machine is visible. sshd as pid 1 adopts and reaps orphaned processes, and with it every
# process, mount and interface of the host ends.
#
# usage: local_host.sh FOLDER SWITCH PORT ADDRESS/LENGTH MAC INSTANCE
#   SWITCH is the process id of the network's switch, PORT the name of the host's interface there. INSTANCE only
#   marks the command line.
#   stdin: one line with the key that may log in, then the private key of the host
set -eu
folder=$1 switch=$2 port=$3 address=$4 mac=$5
name=${folder##*/}
exec >&2
trap 'echo "stopped while $step"' EXIT

step="joining the network"
# There is no default route; the strict filter drops everything that comes from elsewhere.
echo 1 > /proc/sys/net/ipv4/conf/all/rp_filter
off=/proc/sys/net/ipv6/conf/default/disable_ipv6
[ ! -e $off ] || echo 1 > $off
ip -batch - <<END
link set lo up
link add eth0 address $mac type veth peer name $port netns /proc/$switch/ns/net
address add $address broadcast + dev eth0
link set eth0 up
END
nsenter --net="/proc/$switch/ns/net" ip link set "$port" master br0 up

step="laying out the file system"
mount -t tmpfs -o mode=0755,size=1g "$name" "$folder/root"
cd "$folder/root"
mkdir -p dev/pts dev/shm proc root run/lock run/ssh run/sshd srv sys tmp var/empty var/log var/tmp
chmod 0700 root
chmod 1777 dev/shm run/lock tmp var/tmp
ln -s ../run var/run
for path in /bin /etc /lib* /sbin /usr; do
    if [ -L "$path" ]; then
        cp -P "$path" ".$path"
    elif [ -d "$path" ]; then
        mkdir ".$path"
        mount --bind -o ro "$path" ".$path"
    fi
done
mount --bind "$folder/srv" srv

step="making devices"
(cd /dev && exec cp -a null zero full random urandom tty "$folder/root/dev")
ln -s /proc/self/fd dev/fd
ln -s pts/ptmx dev/ptmx
mount -t devpts -o newinstance,ptmxmode=0666,mode=0620,gid=5 devpts dev/pts
mount -t proc proc proc
mount -t sysfs -o ro sysfs sys
echo "$name" > proc/sys/kernel/hostname

step="configuring sshd"
sshd=$(command -v sshd)
umask 077
read -r authorized_key
echo "$authorized_key" > run/ssh/authorized_keys
cat > run/ssh/host_key
# Many systems lock root's password, and sshd without PAM takes a locked account for a closed one.
echo 'root:*:1::::::' > run/ssh/shadow
[ ! -e etc/shadow ] || mount --bind run/ssh/shadow etc/shadow
cat > run/ssh/config <<END
ListenAddress ${address%/*}
HostKey /run/ssh/host_key
AuthorizedKeysFile /run/ssh/authorized_keys
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
UseDNS no
MaxStartups 200
MaxSessions 200
AllowStreamLocalForwarding yes
AcceptEnv PULUMI_COMMAND_*
Subsystem sftp internal-sftp
PrintLastLog no
PidFile none
LogLevel ERROR
END
# From 9.8 on sshd blocks an address that often connects without a login, as health checks do.
! grep -qi persourcepenalties "$sshd" || echo 'PerSourcePenalties no' >> run/ssh/config
umask 022
# shellcheck disable=SC3045 # dash and bash both know it
ulimit -n "$(ulimit -Hn)"

step="entering the file system"
pivot_root . .
umount -l .
cd /
exec "$sshd" -D -e -f /run/ssh/config < /dev/null
