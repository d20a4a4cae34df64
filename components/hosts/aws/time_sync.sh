#!/bin/sh
# Sees to it that something keeps the clock: validators that disagree about the time do not agree on blocks.
#
# Whatever of the usual services runs is left alone; where none does, the one that the system has is turned on.
# environment, for tests: PATIENCE, seconds for it to start
set -eu
patience=${PATIENCE:-10}
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

kept() {
    for unit in chronyd chrony systemd-timesyncd ntpd ntp ntpsec openntpd; do
        ! systemctl is-active --quiet "$unit" || return 0
    done
    return 1
}

! kept || exit 0
timedatectl set-ntp true || true
waited=0
until kept; do
    if [ "$waited" -ge "$patience" ]; then
        echo "the clock of this machine is kept by nothing, and timedatectl cannot change that: install chrony" >&2
        exit 1
    fi
    sleep 1
    waited=$((waited + 1))
done
