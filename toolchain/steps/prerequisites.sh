# shellcheck shell=bash
# What has to be on the machine. Everything that is missing is named at once, before anything starts.

# A program and the Debian package that brings it: for everything, and for local hosts and the tests beside it.
PROGRAMS=(flock:util-linux make:make tar:tar gzip:gzip)
LOCAL_PROGRAMS=(
    sshd:openssh-server ssh-keygen:openssh-client ip:iproute2 unshare:util-linux nsenter:util-linux
    ps:procps pkill:procps sudo:sudo shellcheck:shellcheck
    systemd-analyze:systemd mkfs.ext4:e2fsprogs resize2fs:e2fsprogs losetup:mount blkid:util-linux
)

require_prerequisites() {
    # sshd and ip are kept where a user's PATH does not always look.
    PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
    local problems=() packages=()
    [[ $(uname -s) == Linux ]] ||
        problems+=("This runs on Linux only: local hosts are network namespaces.")
    python_is_new_enough ||
        problems+=("Python 3.11 or newer is missing: install it so that python3 is it.")
    if needs_go && ! go_is_new_enough; then
        problems+=("Go 1.25 or newer is missing: install it, or give what it would build: a Pulumi CLI on PATH, NODE_ARCHIVES and BRIDGE_ARTIFACT.")
    fi
    find_missing_files
    find_missing_packages
    if ((${#packages[@]})) && ! can_install; then
        problems+=("Debian packages are missing: run as root, or install them with: apt-get install ${packages[*]}.")
    fi
    if ((${#problems[@]})); then
        printf 'error: %s\n' "${problems[@]}" >&2
        exit 1
    fi
    if ((${#packages[@]})); then
        long "installing ${packages[*]}" install_packages "${packages[@]}"
    fi
}

python_is_new_enough() {
    command -v python3 >/dev/null && python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))'
}

# Go compiles whatever was neither given nor built before.
needs_go() {
    [[ -z $(users_pulumi) && ! -e $BUILD/bin ]] ||
        { needs_nodes && [[ -z ${NODE_ARCHIVES:-} && ! -e $BUILD/packages ]]; } ||
        [[ -z ${BRIDGE_ARTIFACT:-} && ! -e $BUILD/bridge ]]
}

go_is_new_enough() {
    command -v go >/dev/null || return 1
    local version
    version=$(go env GOVERSION)
    [[ $(printf '%s\n' 1.25 "${version#go}" | sort -V | head -n 1) == 1.25 ]]
}

# Adds to the caller's list of problems what was given by a path that leads nowhere.
find_missing_files() {
    local name node
    for name in PULUMI_COMMAND_PLUGIN BRIDGE_ARTIFACT; do
        [[ -z ${!name:-} || -f ${!name} ]] || problems+=("$name names ${!name}, which is not a file.")
    done
    needs_nodes && [[ -n ${NODE_ARCHIVES:-} ]] || return 0
    for node in "${NODES[@]}"; do
        given_archive "$node" >/dev/null ||
            problems+=("NODE_ARCHIVES names $NODE_ARCHIVES, but there is no $(archive_name "$node") in it.")
    done
}

# Fills the caller's list of packages.
find_missing_packages() {
    local program programs=("${PROGRAMS[@]}")
    ! needs_nodes || programs+=("${LOCAL_PROGRAMS[@]}")
    for program in "${programs[@]}"; do
        command -v "${program%%:*}" >/dev/null || packages+=("${program#*:}")
    done
    # Debian keeps this half of Python's venv module in a package of its own.
    if command -v python3 >/dev/null && ! python3 -c 'import ensurepip' 2>/dev/null; then
        packages+=(python3-venv)
    fi
    mapfile -t packages < <(printf '%s\n' "${packages[@]}" | sort -u | grep .)
}

can_install() { ((EUID == 0)) && command -v apt-get >/dev/null; }

# openssh-server is wanted for its program only, and its package would start a service. SYSTEMD_OFFLINE keeps
# systemctl, and RUNLEVEL=1 keeps init scripts, from starting anything during this one call; nothing is written that
# would have to be taken back. Only a package that this call brought is kept from the next boot too: a service that a
# user had before is never touched, because then sshd was there and nothing is installed.
install_packages() (
    export DEBIAN_FRONTEND=noninteractive SYSTEMD_OFFLINE=1 RUNLEVEL=1
    apt-get update && apt-get install --yes --no-install-recommends "$@" || exit
    if [[ " $* " == *" openssh-server "* ]] && command -v systemctl >/dev/null; then
        systemctl disable ssh.service ssh.socket || true
    fi
)
