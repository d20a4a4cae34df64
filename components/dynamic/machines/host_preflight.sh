#!/bin/sh
# Prints facts about a machine, one per line: a word, and its value. Changes nothing.
#
# usage: host_preflight.sh FOLDER FORMER UNIT ACCOUNT NUMBER TOOL...
#   FOLDER is where the node would be, and FORMER where it may be now; UNIT, ACCOUNT and NUMBER are its service of systemd, whom that runs as, and the
#   number of that user, all empty without systemd. TOOLs are programs that it takes.
set -u
folder=$1 former=$2 unit=$3 account=$4 number=$5
shift 5
export LC_ALL=C PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"
note=$folder/.servicechain-ha

echo "clock $(date +%s.%N)"
echo "system $(uname -s)"
echo "kernel $(uname -r)"
echo "machine $(uname -m)"
echo "libc $(getconf GNU_LIBC_VERSION 2>/dev/null)"
for tool; do command -v "$tool" >/dev/null 2>&1 || echo "absent $tool"; done

[ ! -d /run/systemd/system ] || echo "systemd $(systemctl --version | sed -n '1s/[^0-9]*\([0-9]*\).*/\1/p')"
if [ -n "$unit" ]; then
    ! systemctl cat "$unit" >/dev/null 2>&1 || echo "unit $unit"
    ! id "$account" >/dev/null 2>&1 || echo "account $(id -u "$account"):$(id -g "$account")"
    ! getent passwd "$number" >/dev/null || echo "number $(getent passwd "$number" | cut -d: -f1)"
    ! getent group "$number" >/dev/null || echo "number $(getent group "$number" | cut -d: -f1)"
fi

place=$folder
until [ -d "$place" ]; do place=$(dirname "$place"); done
[ -w "$place" ] || echo "closed $place"
df -Pk "$place" | while read -r _ _ _ free _; do [ "$free" = Available ] || echo "free $free"; done
[ ! -e "$folder" ] || [ -d "$folder" ] || echo "inside (it is a file)"
[ ! -f "$former/.servicechain-ha" ] || sed -n -e 's/^owner=/former-owner /p' -e 's/^host=/former-host /p' "$former/.servicechain-ha"
if [ -f "$note" ]; then
    sed -n -e 's/^owner=/owner /p' -e 's/^host=/host /p' -e 's/^stack=/stack /p' "$note"
elif [ -d "$folder" ]; then
    find "$folder" -mindepth 1 -maxdepth 1 ! -name lost+found ! -name .servicechain-ha.new -exec basename {} \; |
        head -n 3 | sed 's/^/inside /'
fi

for protocol in tcp tcp6 udp udp6; do
    [ -r "/proc/net/$protocol" ] || continue
    while read -r _ local _ state _; do
        # 0A: a listening TCP socket. 07: a UDP socket without a fixed peer.
        case $protocol$state in tcp*0A | udp*07) echo "port ${protocol%6} ${local##*:}" ;; esac
    done <"/proc/net/$protocol"
done

[ "$(id -u)" != 0 ] || sshd -T 2>/dev/null | sed -n -e 's/^allowstreamlocalforwarding /forwarding /p' \
    -e 's/^disableforwarding yes/forwarding no/p'
exit 0
