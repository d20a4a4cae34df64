# shellcheck shell=bash
# Builds the archives of the nodes, laid out as the official ones, and the contract that the nodes carry. A change of
# this file builds the archives again.

NODES=(ken kscn kcn)
NODE_VERSION=v1.0.3 # BUILT in components/domain/versions.py is the same
PLATFORM=linux-amd64

archive_name() { echo "$1-$NODE_VERSION-$PLATFORM.tar.gz"; }

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

extract_bridge() {
    go_build "bridge contract" "$TOOLS/nodes" "$BUILD/bridge-artifact" ./bridge-artifact
    "$BUILD/bridge-artifact" >"$1/Bridge.json"
    rm "$BUILD/bridge-artifact"
}
