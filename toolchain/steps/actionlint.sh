# shellcheck shell=bash
# The linter for workflows, built from its pinned module.

set_up_actionlint() {
    once actionlint "$BUILD/actionlint" "$TOOLS/actionlint" -- \
        go_build actionlint "$TOOLS/actionlint" "$BUILD/actionlint"
}
