#!/bin/sh
# The switch of a local network: a bridge in a network namespace of its own, and one leg out of it for the engine.
#
# It is not in the machine's own namespace because the machine's firewall is: with Docker installed, br_netfilter
# and a FORWARD policy of DROP would drop packets between hosts.
#
# usage: local_network.sh FOLDER LEG ADDRESS SUBNET OUTSIDE
#   OUTSIDE is the id of a process in the machine's own network namespace. FOLDER only marks the command line.
set -eu
leg=$2 address=$3 subnet=$4 outside=$5
exec >&2
trap 'echo "stopped while $step"' EXIT

step="making the bridge"
off=/proc/sys/net/ipv6/conf/default/disable_ipv6
[ ! -e $off ] || echo 1 > $off
ip -batch - <<END
link set lo up
link add br0 type bridge stp_state 0 forward_delay 0 mcast_snooping 0
link set br0 up
link add uplink type veth peer name $leg netns /proc/$outside/ns/net
link set uplink master br0 up
END

step="setting up $leg"
# The machine never forwards packets of a host. quickack: sshd sends small packets and waits for the ACK of each before
# the next; the usual delay of 40 ms would double the time of every command.
# shellcheck disable=SC2016 # it is that shell which expands them
nsenter --net="/proc/$outside/ns/net" sh -euc '
    off=/proc/sys/net/ipv6/conf/$1/disable_ipv6
    [ ! -e $off ] || echo 1 > $off
    echo 0 > /proc/sys/net/ipv4/conf/$1/forwarding
    ip address add "$2/${3#*/}" broadcast + dev "$1"
    ip link set "$1" up
    ip route change "$3" dev "$1" proto kernel scope link src "$2" quickack 1
' leg "$leg" "$address" "$subnet"

exec sleep infinity
