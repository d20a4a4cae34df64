# shellcheck shell=bash
# shellcheck disable=SC2154 # variables of toolchain/stack, which sources this
# make rekey: the secrets of an existing stack, in its state and its settings, are kept by another provider, or by a new
# data key of the same one. Sourced by toolchain/stack.
#
# Pulumi writes to the settings first, in two steps, and then to the state. It works on a copy of the settings here, which
# takes their place when the state is written: after a kill, state and settings can both be read, and this can be repeated.

[[ -n ${SECRETS_PROVIDER:-} ]] || fail SCH-840 "no secrets provider given; use" \
    "make rekey SECRETS_PROVIDER=awskms://alias/name?region=eu-central-1"
provider=$(provider)
temporary
copy=$elsewhere/$settings
if [[ -f $given ]]; then
    cp "$given" "$copy"
    grep -q 'secure:' "$copy" || sed -i '/^encryptionsalt:/d' "$copy"
else
    echo 'config: {}' >"$copy"
fi
# Asked to change from a passphrase to a passphrase, Pulumi asks for another one, which may be empty. It takes what the
# settings say for the former provider, and settings that say nothing for a passphrase.
if [[ $provider == passphrase ]]; then
    kept=$(state | custody kept)
    [[ $kept != passphrase ]] || fail SCH-841 "the secrets of $stack are kept with a passphrase already. To take another" \
        "one, run pulumi stack change-secrets-provider passphrase in make shell."
    grep -q '^secretsprovider:' "$copy" || printf '\nsecretsprovider: %s\n' "$kept" >>"$copy"
fi
# The record of the last healthy up has secrets too, which the settings may have no more.
before=
if grep -qs 'secure:' "$healthy"; then
    if record add "$copy" "$healthy"; then
        before=$elsewhere/before
        cp "$copy" "$before"
    else
        rm "$healthy"
        say "the record of the last healthy up is removed, because its secrets are kept with another key than those in" \
            "$settings: make rollback has nothing to go back to until the next healthy up"
    fi
fi
unlocked "$TOOLS/run" pulumi -C "$elsewhere" stack change-secrets-provider "$provider" --stack "$stack" >&2 ||
    fail SCH-842 "the secrets of $stack are kept as before: Pulumi cannot read them, or cannot use $provider; see above."
state | custody same "$provider"
if [[ -n $before ]]; then
    (umask 077 && record take "$before" "$copy" "$healthy" >"$healthy.new")
    mv "$healthy.new" "$healthy"
    "$TOOLS/run" pulumi -C "$elsewhere" config rm "$(record key)" --stack "$stack"
fi
# Settings without secrets need not say how secrets are kept: the state does.
if [[ -f $given ]] && grep -qE 'secure:|^(secretsprovider|encryptedkey):' "$given"; then
    mv "$copy" "$given.new"
    mv "$given.new" "$given"
    say "$settings was changed; commit it, and let everybody who uses the stack have it"
fi
# What was read with the former provider once can be read with the new one now.
pulumi stack export --show-secrets --stack "$stack" | custody readable
say "the secrets of $stack are kept with $provider now. Earlier copies of the state are not:" \
    "versions in a bucket, backups in .pulumi/backups, history in .pulumi/history. Delete those that hold secrets of" \
    "people who have left."
