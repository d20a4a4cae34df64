# shellcheck shell=bash
# What has to be installed on the machine. Everything that is missing is reported at once, before anything starts.

# Each program with its Debian package: needed always, and needed for local hosts and tests.
PROGRAMS=(flock:util-linux setpriv:util-linux make:make tar:tar gzip:gzip)
LOCAL_PROGRAMS=(
    sshd:openssh-server ssh-keygen:openssh-client ip:iproute2 unshare:util-linux nsenter:util-linux
    ps:procps pkill:procps sudo:sudo shellcheck:shellcheck
    systemd-analyze:systemd mkfs.ext4:e2fsprogs resize2fs:e2fsprogs losetup:mount blkid:util-linux
)
# Needed by the monitoring of local hosts, and by tests of what other monitors get.
MONITORING_PROGRAMS=(
    prometheus:prometheus promtool:prometheus prometheus-alertmanager:prometheus-alertmanager
    amtool:prometheus-alertmanager prometheus-node-exporter:prometheus-node-exporter nft:nftables
)
# Tests look at the page of make status in one of these. They are skipped without, and it is large, so no stack gets it.
BROWSERS=(chromium chromium-browser google-chrome)
# Packages of which only the programs are needed, with the services that they would start.
declare -A SERVICES=(
    [openssh-server]="ssh.service ssh.socket"
    [prometheus]=prometheus.service
    [prometheus-alertmanager]=prometheus-alertmanager.service
    [prometheus-node-exporter]=prometheus-node-exporter.service
    [nftables]=nftables.service
)

require_prerequisites() {
    # sshd and ip are in folders that are not always on a user's PATH.
    PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
    local problems=() packages=()
    [[ $(uname -s) == Linux ]] ||
        wrong SCH-800 "Linux is required: local hosts are network namespaces."
    python_is_new_enough ||
        wrong SCH-801 "Python 3.11 or newer is missing: install it as python3."
    if needs_go && ! go_is_new_enough; then
        wrong SCH-802 "Go 1.25 or newer is missing: install it, or provide what it would build: a Pulumi CLI on PATH," \
            "NODE_ARCHIVES and BRIDGE_ARTIFACT."
    fi
    find_missing_files
    find_missing_packages
    if ((${#packages[@]})) && ! can_install; then
        wrong SCH-803 "Debian packages are missing: run this as root, or install them with: apt-get install ${packages[*]}."
    fi
    if ((${#problems[@]})); then
        printf 'error: %s\n' "${problems[@]}" >&2
        exit 1
    fi
    if ((${#packages[@]})); then
        long "installing ${packages[*]}" install_packages "${packages[@]}"
    fi
    if wants_browser; then
        (long "installing chromium" install_packages chromium) ||
            say "tests that need a browser are skipped: the package chromium cannot be installed"
    fi
}

wants_browser() { [[ ${SETUP:-} == tests ]] && can_install && ! command -v "${BROWSERS[@]}" >/dev/null; }

# wrong CODE WORDS... : add a message to the caller's list of problems.
wrong() { problems+=("$(coded "$@")"); }

python_is_new_enough() {
    command -v python3 >/dev/null && python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))'
}

# Building nodes takes minutes; a stack whose machines download them needs none here. One pair that does has others.
needs_nodes() {
    [[ ${SETUP:-} != preview ]] && ! grep -qE '^[^#]*\burl: *["'\'']?https://' <<<"$(stack_packages)"
}

# A stack on other machines, or one that turns it off, has no monitor here. Tests have.
needs_monitoring() {
    needs_nodes && ! grep -qE '^[^#]*:target["'\'']?: *["'\'']?(aws|existing)' <<<"$(settings_of target)" &&
        ! grep -qE '^[^#]*\benabled: *false' <<<"$(settings_of monitoring)"
}

# The section `packages` in the file SETTINGS, without those of pairs.
stack_packages() { settings_of packages; }

# settings_of KEY : the lines of a key in the file SETTINGS.
settings_of() {
    [[ ! -e $SETTINGS ]] ||
        awk -v key=":$1[\"']?:" '/^ *["'\'']?servicechain-ha:/ { inside = $0 ~ key } inside' "$SETTINGS"
}

# Go builds what was neither given nor built before.
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

# Reports what the user provides and is not there.
find_missing_files() {
    local name
    for name in PULUMI_COMMAND_PLUGIN BRIDGE_ARTIFACT; do
        find_missing_choice "$name" file || true
    done
    needs_nodes && [[ -n ${NODE_ARCHIVES:-} ]] || return 0
    ! find_missing_choice NODE_ARCHIVES folder || find_wrong_archives
}

# Fills the caller's list of packages.
find_missing_packages() {
    local program programs=("${PROGRAMS[@]}")
    ! needs_nodes || programs+=("${LOCAL_PROGRAMS[@]}")
    ! needs_monitoring || programs+=("${MONITORING_PROGRAMS[@]}")
    for program in "${programs[@]}"; do
        command -v "${program%%:*}" >/dev/null || packages+=("${program#*:}")
    done
    # Debian has this part of Python's venv module in a separate package.
    if command -v python3 >/dev/null && ! python3 -c 'import ensurepip' 2>/dev/null; then
        packages+=(python3-venv)
    fi
    mapfile -t packages < <(printf '%s\n' "${packages[@]}" | sort -u | grep .)
}

can_install() { ((EUID == 0)) && command -v apt-get >/dev/null; }

# Of openssh-server and the like only the programs are needed, but the packages would start services. SYSTEMD_OFFLINE
# stops systemctl, and RUNLEVEL=1 stops init scripts, from starting anything during this call, without a setting to undo
# later. A service installed by this call is also disabled for the next boot. A service that the user had before is never
# touched, because its program is then present and the package is not installed.
install_packages() (
    export DEBIAN_FRONTEND=noninteractive SYSTEMD_OFFLINE=1 RUNLEVEL=1
    apt-get update && apt-get install --yes --no-install-recommends "$@" || exit
    command -v systemctl >/dev/null || exit 0
    local package new units=()
    for package; do
        read -ra new <<<"${SERVICES[$package]:-}"
        units+=("${new[@]}")
    done
    ((${#units[@]} == 0)) || systemctl disable "${units[@]}" || true
)
