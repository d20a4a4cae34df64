# shellcheck shell=bash
# What the user provides in place of a build. It is remembered in .build until the user takes it back: a later command
# without the variable would otherwise install another build, and restart every node with it.

CHOICES=(NODE_ARCHIVES BRIDGE_ARTIFACT PULUMI_COMMAND_PLUGIN)
BACK=built # the value that takes a choice back; an empty one does so too
declare -A RECALLED=()

choice_file() { echo "$BUILD/chosen/$1"; }

# Sets each variable that the user has not set to what it was before, and makes paths absolute.
recall_choices() {
    local name
    for name in "${CHOICES[@]}"; do
        if [[ -z ${!name+set} && -f $(choice_file "$name") ]]; then
            RECALLED[$name]="as before"
            printf -v "$name" %s "$(<"$(choice_file "$name")")"
        elif [[ ${!name:-} == "$BACK" ]]; then
            printf -v "$name" ''
        elif [[ -n ${!name:-} ]]; then
            printf -v "$name" %s "$(realpath --canonicalize-missing --no-symlinks "${!name}")"
        fi
    done
}

# chosen LABEL NAME : succeeds if the user provides this one, and says so; remembers it, or forgets an earlier one.
chosen() {
    local label=$1 name=$2 file
    file=$(choice_file "$name")
    if [[ -n ${!name:-} ]]; then
        mkdir -p "$(dirname "$file")"
        echo "${!name}" >"$file"
        say "$label: ${!name}, ${RECALLED[$name]:-from now on}; set $name=$BACK to go back"
        return
    fi
    if [[ -e $file ]]; then
        say "$label: no longer $(<"$file")"
        rm "$file"
    fi
    return 1
}

# find_missing_choice NAME file|folder : add to the caller's list of problems, and fail, if what is given or remembered
# does not exist.
find_missing_choice() {
    local name=$1 kind=$2
    if [[ -z ${!name:-} || ($kind == file && -f ${!name}) || ($kind == folder && -d ${!name}) ]]; then
        return
    elif [[ -n ${RECALLED[$name]:-} ]]; then
        wrong SCH-805 "$name was ${!name} before, which is no longer a $kind: put it back, name another one, or set" \
            "$name=$BACK to go back."
    else
        wrong SCH-804 "$name is ${!name}, which is not a $kind."
    fi
    return 1
}
