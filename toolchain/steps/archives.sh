# shellcheck shell=bash
# Where the archives of the nodes and the bridge contract come from: the user, or a build (nodes.sh).

set_up_nodes() {
    local packages=$BUILD/packages given
    if chosen "node archives" NODE_ARCHIVES; then
        mapfile -t given < <(for node in "${NODES[@]}"; do archives_of "$node"; done)
        once packages "$packages" "${given[@]}" -- atomically "$packages" take_archives
    else
        once packages "$packages" "$TOOLS/nodes/go.sum" "$TOOLS/steps/nodes.sh" -- \
            atomically "$packages" build_archives
    fi
}

# The creation code of the contract; every preview reads it.
set_up_bridge() {
    if chosen "bridge contract" BRIDGE_ARTIFACT; then
        once bridge "$BUILD/bridge" "$BRIDGE_ARTIFACT" -- atomically "$BUILD/bridge" take_bridge
    else
        once bridge "$BUILD/bridge" "$TOOLS/nodes" -- atomically "$BUILD/bridge" extract_bridge
    fi
}

# archives_of NODE : the user's archives of a node. Published ones have a package release in their names too, as in
# kscn-v2.2.1-0-linux-amd64.tar.gz.
archives_of() {
    find "$NODE_ARCHIVES/" -maxdepth 1 ! -type d -regextype posix-extended \
        -regex ".*/$1-v[0-9]+\.[0-9]+\.[0-9]+(-[^/]+)?-$PLATFORM\.tar\.gz" | sort
}

# Adds to the caller's list of problems unless there is exactly one archive of each node.
find_wrong_archives() {
    local node found=() told=()
    for node in "${NODES[@]}"; do
        mapfile -t found < <(archives_of "$node")
        case ${#found[@]} in
        0) told+=("none of $node") ;;
        1) [[ -e ${found[0]} ]] || told+=("${found[0]##*/}, a link to nothing") ;;
        *) told+=("${found[*]##*/}") ;;
        esac
    done
    ((${#told[@]} == 0)) || wrong SCH-806 "NODE_ARCHIVES is $NODE_ARCHIVES, which needs exactly one archive each of" \
        "${NODES[*]}, named like ken-$NODE_VERSION-$PLATFORM.tar.gz; it has $(joined "${told[@]}")."
}

joined() {
    local text
    text=$(printf '; %s' "$@")
    echo "${text#; }"
}

# The program reads the version in the name.
take_archives() {
    local node file version
    for node in "${NODES[@]}"; do
        file=$(archives_of "$node")
        version=$(grep --only-matching --extended-regexp 'v[0-9]+\.[0-9]+\.[0-9]+' <<<"${file##*/}" | head -n 1)
        ln -s "$(realpath "$file")" "$1/$node-$version-$PLATFORM.tar.gz"
    done
}

take_bridge() { cp "$BRIDGE_ARTIFACT" "$1/Bridge.json"; }
