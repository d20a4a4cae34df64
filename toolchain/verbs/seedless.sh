# shellcheck shell=bash
# shellcheck disable=SC2154 # variables of toolchain/stack, which sources this
# make preview SEEDLESS=FILE: the settings compared with the public copy of the state that make public wrote, in a backend
# that is gone afterwards. SEEDLESS=new: the stack has no state anywhere, and is compared with an empty one. No seed, no
# owner's key, no passphrase and no access to the state is needed or used. Sourced by toolchain/stack.

if [[ $SEEDLESS == new ]]; then
    # Whoever says so may be wrong; this checkout may know better, and so may AWS.
    [[ ! -f $known ]] || fail SCH-853 "SEEDLESS=new, and this checkout has worked on $stack before: its state is where" \
        "${known#"$ROOT"/} says."
    require_no_machines
    public=
else
    public=$(realpath --canonicalize-missing "$SEEDLESS")
fi
# Nothing in the copy is secret, and Pulumi asks for a passphrase.
export PULUMI_CONFIG_PASSPHRASE=none
unset PULUMI_CONFIG_PASSPHRASE_FILE SEEDLESS
temporary
mkdir "$elsewhere/backend"
export PULUMI_BACKEND_URL=file://$elsewhere/backend
public_state() { (cd "$ROOT" && "$TOOLS/run" python -m toolchain.ops.public_state "$@"); }

if [[ -z $public ]]; then
    public=$elsewhere/public
    public_state new "$public"
fi
public_state known "$public" >"$elsewhere/known"
if [[ -f $given ]]; then
    (cd "$ROOT" && "$TOOLS/run" python -m toolchain.ops.public_settings "$public") <"$given" >"$elsewhere/config"
else
    echo 'config: {}' >"$elsewhere/config"
fi
"$TOOLS/run" pulumi -C "$elsewhere" stack init "$stack" --no-select >/dev/null
state >"$elsewhere/new"
public_state import "$public" "$elsewhere/new" "$stack" >"$elsewhere/state"
pulumi stack import --stack "$stack" --file "$elsewhere/state" >/dev/null
mv "$elsewhere/config" "$elsewhere/$settings"
[[ -z ${POLICY:-} ]] || policies=(--policy-pack "$("$TOOLS/policy/pack")")
SEEDLESS_PREVIEW=$elsewhere/known pulumi preview --stack "$stack" --config-file "$elsewhere/$settings" "${policies[@]}" "$@"
