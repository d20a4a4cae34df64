# shellcheck shell=bash
# The "command" plugin: a file given by the user, the official one if available, or the offline build.

COMMAND_VERSION=1.2.1

set_up_command_plugin() {
    local own
    own=$(users_pulumi)
    if chosen "command plugin" PULUMI_COMMAND_PLUGIN; then
        once plugin "$(plugin_in "$BUILD/pulumi-home")" "$PULUMI_COMMAND_PLUGIN" "$own" -- \
            install_plugin "$PULUMI_COMMAND_PLUGIN"
    elif [[ -n $own && ! -d $BUILD/pulumi-home ]] && has_official_plugin "$own"; then
        say "command plugin: official $COMMAND_VERSION"
    else
        say "command plugin: offline build (toolchain/command)"
        once plugin "$(plugin_in "$BUILD/pulumi-home")" "$TOOLS/command" "$own" -- build_plugin
    fi
}

plugin_in() { echo "$1/plugins/resource-command-v$COMMAND_VERSION"; }

has_official_plugin() {
    local home=${PULUMI_HOME:-~/.pulumi} # works without HOME too
    [[ -e $(plugin_in "$home") ]] ||
        "$1" plugin install resource command "$COMMAND_VERSION" >/dev/null 2>&1
}

build_plugin() {
    atomically "$BUILD/command" build_command
    install_plugin "$BUILD/command/pulumi-resource-command"
    rm -r "$BUILD/command"
}

build_command() { go_build "command plugin" "$TOOLS/command" "$1/pulumi-resource-command" .; }

# Any other plugin than the official one is installed into a Pulumi home in this checkout, because the user's other
# projects must not find it under the official name. toolchain/run uses this home if it exists.
install_plugin() {
    local output
    mkdir -p "$BUILD/pulumi-home"
    output=$(PULUMI_HOME=$BUILD/pulumi-home "$TOOLS/run" \
        pulumi plugin install resource command "$COMMAND_VERSION" --reinstall --file "$1" 2>&1) ||
        fail SCH-811 "Pulumi does not accept the command plugin $1: $output"
}
