"""As which user commands work on the machine of an existing node. Pure.

The login user is root, or becomes root. But the folders of a node belong to its own user, who may replace any of its
files by a link to any file of the machine, and write any program into its conf. So what is done in the folders of
another user is done as that user, who gains nothing by it.
"""

PREAMBLE = """\
# Prints the number of the user who may put another file in the place of a path: the owner of the first part of it that
# is not root's, and nobody's below a folder that is open to all. Links of root are followed: nobody else changes them.
whose() {
    at='' rest=${1#/}
    while [ -n "$rest" ]; do
        at=$at/${rest%%/*}
        case $rest in */*) rest=${rest#*/} ;; *) rest='' ;; esac
        [ -e "$at" ] || [ -L "$at" ] || break
        number=$(stat -c %u "$at")
        if [ "$number" = 0 ] && [ -L "$at" ]; then
            at=$(readlink -f "$at")
            number=$(whose "$at")
        fi
        [ "$number" != 0 ] || [ -z "$(find "$at" -maxdepth 0 -type d -perm -0002 ! -perm -1000)" ] || number=65534
        if [ "$number" != 0 ]; then
            echo "$number"
            return
        fi
    done
    echo 0
}
# The same of what is in a folder, whoever owns the file itself.
keeper() {
    path=$1
    [ "$(whose "$(dirname "$path")")" != 0 ] || ! [ -L "$path" ] || path=$(readlink -f "$path")
    whose "$(dirname "$path")"
}
# Runs a command as the user of that number, if who logged in is root; others can do no more than they may.
as() {
    number=$1
    shift
    if [ "$(id -u)" != 0 ] || [ "$number" = 0 ]; then
        "$@"
    elif name=$(id -nu "$number" 2>/dev/null); then
        setpriv --reuid="$number" --regid="$(id -g "$name")" --init-groups --no-new-privs --inh-caps=-all -- "$@"
    else
        setpriv --reuid="$number" --regid="$number" --clear-groups --no-new-privs --inh-caps=-all -- "$@"
    fi
}
home_of() { getent passwd "$1" | cut -d: -f6; }
"""
"""Functions of the shell: `whose PATH`, `keeper PATH`, `as NUMBER COMMAND...` and `home_of NUMBER`."""
