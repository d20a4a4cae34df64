# shellcheck shell=bash
# The Pulumi CLI and its Python language host: the user's own, or built from the pinned modules.

set_up_pulumi() {
    local own
    own=$(users_pulumi)
    if [[ -n $own ]]; then
        say "Pulumi $("$own" version) from PATH ($own)"
        return
    fi
    once pulumi "$BUILD/bin/pulumi" "$TOOLS/pulumi/go.sum" "$TOOLS/language/go.sum" "$TOOLS/steps/pulumi.sh" -- \
        atomically "$BUILD/bin" build_pulumi
}

build_pulumi() {
    local bin=$1 sdk version
    version=$(go list -C "$TOOLS/pulumi" -m -f '{{.Version}}' github.com/pulumi/pulumi/sdk/v3)
    # The Automation API refuses a CLI that does not know its version.
    LINK="-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=$version" \
        go_build "Pulumi CLI" "$TOOLS/pulumi" "$bin/"
    go_build "Pulumi language host for Python" "$TOOLS/language" "$bin/"
    # Two small scripts complete the set. The first goes with the language host, the second with the Python SDK.
    sdk=$(module_dir "$TOOLS/language" github.com/pulumi/pulumi/sdk/v3)
    # The engine interrupts the program when an update fails. Ending on that signal, as programs do, spares the user
    # a traceback beside the error.
    sed '/^import argparse/i import signal\nsignal.signal(signal.SIGINT, signal.SIG_DFL)' \
        "$sdk/python/cmd/pulumi-language-python-exec" >"$bin/pulumi-language-python-exec"
    chmod 0755 "$bin/pulumi-language-python-exec"
    sdk=$(module_dir "$TOOLS/pulumi" github.com/pulumi/pulumi/sdk/v3)
    install -m 0755 "$sdk/python/dist/pulumi-resource-pulumi-python" "$bin/"
}

# go_build LABEL MODULE TARGET [PACKAGE] : without a package, the tools that the module pins. -v names each package as
# it is compiled, which is what the progress shows.
go_build() {
    go_is_new_enough || fail SCH-802 "Go 1.25 or newer is missing, and $1 has to be built."
    long "building $1" go build -C "$2" -v -buildvcs=false -ldflags="-s -w -checklinkname=0 ${LINK:-}" \
        -o "$3" "${4:-tool}"
}

module_dir() { go list -C "$1" -m -f '{{.Dir}}' "$2"; }
