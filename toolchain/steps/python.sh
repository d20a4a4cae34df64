# shellcheck shell=bash
# The virtual environment with the pinned requirements.

set_up_python() {
    # A virtual environment contains the path of its folder and of its interpreter.
    once python "$BUILD/venv/bin/python" "$ROOT/requirements.txt" "$ROOT/requirements-dev.txt" "$TOOLS/uv.txt" \
        "in $BUILD" "$(python3 -c 'import sys; print(sys.base_prefix, sys.version)')" -- \
        long "Python packages" make_venv
}

# pip installs uv, and uv the rest in a third of pip's time. Bytecode is compiled at the first import (toolchain/run).
make_venv() {
    local venv=$BUILD/venv
    rm -rf "$venv"
    python3 -m venv "$venv" &&
        "$venv/bin/pip" install --disable-pip-version-check --require-hashes -r "$TOOLS/uv.txt" &&
        VIRTUAL_ENV=$venv "$venv/bin/uv" pip install --no-config --system-certs --require-hashes \
            -r "$ROOT/requirements.txt" -r "$ROOT/requirements-dev.txt"
}
