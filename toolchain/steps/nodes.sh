# shellcheck shell=bash
# The archives of the nodes, laid out as the official ones, and the contract that the nodes carry.

NODES=(ken kscn kcn)
NODE_VERSION=v1.0.3
PLATFORM=linux-amd64

set_up_nodes() {
    local packages=$BUILD/packages
    if [[ -n ${NODE_ARCHIVES:-} ]]; then
        say "node archives: those in $NODE_ARCHIVES"
        once packages "$packages" "$NODE_ARCHIVES" -- atomically "$packages" take_archives
    else
        once packages "$packages" "$TOOLS/nodes/go.sum" "$TOOLS/steps/nodes.sh" -- \
            atomically "$packages" build_archives
    fi
}

# The creation code of the contract; every preview reads it.
set_up_bridge() {
    if [[ -n ${BRIDGE_ARTIFACT:-} ]]; then
        say "bridge contract: $BRIDGE_ARTIFACT"
        once bridge "$BUILD/bridge" "$BRIDGE_ARTIFACT" -- atomically "$BUILD/bridge" take_bridge
    else
        once bridge "$BUILD/bridge" "$TOOLS/nodes" -- atomically "$BUILD/bridge" extract_bridge
    fi
}

archive_name() { echo "$1-$NODE_VERSION-$PLATFORM.tar.gz"; }

# given_archive NODE : the user's archive of a node; published ones have a package release in their names too.
given_archive() {
    local name
    for name in "$(archive_name "$1")" "$1-$NODE_VERSION-0-$PLATFORM.tar.gz"; do
        [[ ! -f $NODE_ARCHIVES/$name ]] || { echo "$NODE_ARCHIVES/$name" && return; }
    done
    return 1
}

take_archives() {
    local node
    for node in "${NODES[@]}"; do
        ln -s "$(realpath "$(given_archive "$node")")" "$1/$(archive_name "$node")"
    done
}

build_archives() {
    local packages=$1 binaries=$BUILD/nodes packaging node
    rm -rf "$binaries"
    mkdir "$binaries"
    # The nodes reach into the Go runtime, which the linker allows only when told to (-checklinkname=0).
    go_build "Kaia nodes" "$TOOLS/nodes" "$binaries/"
    packaging=$(module_dir "$TOOLS/nodes" github.com/kaiachain/kaia)/build/packaging/linux
    for node in "${NODES[@]}"; do
        pack "$node" "$binaries/$node" "$packaging" "$packages"
    done
    rm -rf "$binaries"
}

# Same content, same bytes: the hash of an archive decides whether it is copied to a host again. The conf comes first:
# every preview reads it, and need not unpack the rest.
pack() {
    local node=$1 binary=$2 packaging=$3 packages=$4 top=$1-$PLATFORM stage
    stage=$(dirname "$binary")/$top
    install -D -m 0755 -t "$stage/bin" "$binary" "$packaging/bin/${node}d"
    install -D -m 0644 -t "$stage/conf" "$packaging/conf/${node}d.conf"
    tar --create --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --mode=go-w,a+rX \
        --directory="$(dirname "$stage")" "$top/conf" "$top/bin" |
        gzip -1 --no-name >"$packages/$(archive_name "$node")"
}

take_bridge() { cp "$BRIDGE_ARTIFACT" "$1/Bridge.json"; }

extract_bridge() {
    go_build "bridge contract" "$TOOLS/nodes" "$BUILD/bridge-artifact" ./bridge-artifact
    "$BUILD/bridge-artifact" >"$1/Bridge.json"
    rm "$BUILD/bridge-artifact"
}
