# shellcheck shell=bash
# The development tokens, compiled from our sources by a pinned compiler, which is kept nowhere: it has no part in what
# the program needs. On disk the results are like the bridge's: a JSON file with abi and bytecode.

set_up_tokens() {
    once tokens "$BUILD/tokens" "$TOOLS/tokens" "$TOOLS/vyper.txt" "$TOOLS/steps/tokens.sh" -- \
        atomically "$BUILD/tokens" compile_tokens
}

compile_tokens() {
    local compiler=$BUILD/vyper source
    rm -rf "$compiler"
    long "compiler of the development tokens" install_compiler "$compiler"
    for source in "$TOOLS"/tokens/*.vy; do
        "$compiler/bin/vyper" -f abi,bytecode "$source" | as_artifact >"$1/$(basename "$source" .vy).json"
    done
    rm -r "$compiler"
}

install_compiler() {
    "$BUILD/venv/bin/python" -m venv --without-pip "$1" &&
        VIRTUAL_ENV=$1 "$BUILD/venv/bin/uv" pip install --no-config --system-certs --require-hashes \
            -r "$TOOLS/vyper.txt"
}

# The compiler writes one result to a line.
as_artifact() { sed '1s/.*/{"abi": &,/; 2s/.*/"bytecode": "&"}/'; }
