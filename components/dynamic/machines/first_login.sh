#!/bin/sh
# Gives a machine its own host key instead of the one-time key of its boot, and configures logins of its sshd.
#
# Runs as root over the first login. If it is killed between any two lines, the machine shows one of the two keys and
# accepts the same client, and another run completes the work. The machine's own private key in its place is the sign
# that everything is done, so it is moved there last.
#
#   stdin: one line with the public key of the machine, then its private key
set -eu
umask 077
step="beginning"
fail() {
    echo "$1" >&2
    exit 1
}
trap '[ $? = 0 ] || echo "stopped while $step" >&2' EXIT
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
sshd=$(command -v sshd) || fail "there is no sshd"

reload() {
    "$sshd" -t || fail "sshd would not start with its settings"
    if [ -d /run/systemd/system ]; then
        for unit in ssh sshd; do
            # Where sshd is started for each connection neither is active, and there is nothing to reload.
            ! systemctl is-active --quiet "$unit" || systemctl reload "$unit"
        done
        return
    fi
    # The listening sshd is an ancestor of this shell.
    pid=$$
    while [ "$pid" -gt 1 ]; do
        pid=$(sed -n 's/^PPid:[[:space:]]*//p' "/proc/$pid/status")
        if tr '\0' ' ' < "/proc/$pid/cmdline" | grep -qF '[listener]'; then
            kill -HUP "$pid"
            return
        fi
    done
    fail "its sshd is not found, and so cannot be reloaded"
}

step="waiting for another first login to end"
exec 9> /run/first-login.lock
flock -w 30 9

step="receiving the host key"
cd /etc/ssh
own=ssh_host_ed25519_key
new=.first-login
[ -s "$own" ] || fail "there is no /etc/ssh/$own: cloud-init has not made the one-time key the only host key"
read -r public
cat > "$new"
# This also proves that it was received completely.
[ "$(ssh-keygen -y -P '' -f "$new" | cut -d ' ' -f 1,2)" = "$public" ] || fail "the two halves of the key do not match"
printf '%s\n' "$public" > "$new.pub"
chmod 0644 "$new.pub"

step="writing the settings of sshd"
mkdir -p -m 0755 sshd_config.d
# The first value counts: 00 comes before what cloud-init and the distribution write.
settings=sshd_config.d/00-servicechain.conf
cat > "$new.conf" << END
# Written by the first login. The program logs in often, and opens many channels at the same time.
HostKey /etc/ssh/$own
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
MaxStartups 60:30:200
MaxSessions 100
END
chmod 0644 "$new.conf"
mv "$new.conf" "$settings"
if ! grep -Eqi '^[[:space:]]*Include[[:space:]]+("?/etc/ssh/)?sshd_config\.d/\*' sshd_config; then
    { echo 'Include /etc/ssh/sshd_config.d/*.conf' && cat sshd_config; } > "$new.conf"
    chmod --reference=sshd_config "$new.conf"
    "$sshd" -t -f "$new.conf" || fail "this sshd knows no Include: OpenSSH 8.2 is the oldest that will do"
    mv "$new.conf" sshd_config
fi
if ! "$sshd" -t; then
    rm "$settings"
    fail "sshd refuses its settings"
fi

step="retiring all other host keys"
find . -maxdepth 1 -name 'ssh_host_*' ! -name "$own" ! -name "$own.pub" -delete
for key in $("$sshd" -T | sed -n 's/^hostkey //p'); do
    [ "$key" = "/etc/ssh/$own" ] || [ ! -e "$key" ] || fail "its sshd is told to show another host key, $key"
done

step="reloading sshd with its settings"
reload

step="putting the host key in its place"
sync
# sshd derives a missing public key, but does not work with that of another key.
rm -f "$own.pub"
mv "$new" "$own"
mv "$new.pub" "$own.pub"
! command -v restorecon > /dev/null || restorecon -R /etc/ssh || true

step="reloading sshd with the host key"
reload
