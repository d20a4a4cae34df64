# shellcheck shell=bash
# shellcheck disable=SC2154 # variables of toolchain/stack, which sources this
# make move: the state of a stack goes to another backend, with its secrets as they are kept. Sourced by toolchain/stack.
#
# The former state stays until a person removes it: only they know that nobody uses it any more.

from=${PULUMI_BACKEND_URL:-file://$ROOT/.state}
[[ ${TO:-} == *?://?* ]] || fail SCH-844 "TO names no backend; use make move TO=s3://bucket?region=eu-central-1"
[[ $TO != "$from" ]] || fail SCH-844 "the state of $stack is in $TO already."
there() { PULUMI_BACKEND_URL=$TO pulumi "$@"; }

exported=$(state)
remains unseen <<<"$exported" || fail SCH-845 "$stack is not moved while a run of it is incomplete: run make up first."
if found=$(there stack export --stack "$stack" 2>&1); then
    custody empty <<<"$found" || fail SCH-845 "another state of $stack is in $TO; nothing is overwritten."
elif [[ $found != *"no stack named"* ]]; then
    fail SCH-846 "$TO cannot be used: ${found#error: }"
else
    kept=$(custody kept <<<"$exported")
    temporary
    PULUMI_BACKEND_URL=$TO "$TOOLS/run" pulumi -C "$elsewhere" stack init "$stack" --no-select \
        ${kept:+--secrets-provider "$kept"} >&2 || fail SCH-846 "$stack cannot be created in $TO; see above."
fi
there stack import --stack "$stack" <<<"$exported" >&2 ||
    fail SCH-846 "the state of $stack could not be written to $TO; the one in $from is as before."
# Secrets go through these pipes and nowhere else. The first one also shows that nobody changed the state meanwhile.
(
    cd "$ROOT"
    "$TOOLS/run" python -m toolchain.ops.custody equal <(pulumi stack export --show-secrets --stack "$stack") \
        <(there stack export --show-secrets --stack "$stack")
) || fail SCH-847 "what is in $TO is not what is in $from. Remove it there, and move again: PULUMI_BACKEND_URL='$TO'" \
    "toolchain/run pulumi stack rm --force --yes --preserve-config $stack"

PULUMI_BACKEND_URL=$TO remember_backend
say "the state of $stack is in $TO, and all of its secrets can be read there. What is left:"
{
    echo "    everybody who works on $stack sets PULUMI_BACKEND_URL='$TO'"
    [[ ! -f $folder/identity-seed ]] || echo "    the identity seed stays in ${folder#"$ROOT"/}/identity-seed, for new machines"
    echo "    when nobody uses the former state, remove it: PULUMI_BACKEND_URL='$from' toolchain/run pulumi stack rm" \
        "--force --yes --preserve-config $stack"
} >&2
