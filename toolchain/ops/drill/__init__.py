"""A drill: faults are made on a running stack, one at a time, while transfers continue; each fault is undone.

`scene` is what a drill acts on, from the state; `plan` decides which faults apply and refuses what the bridge would not
survive (both pure); `commands` are the texts that run on machines (pure); `acts` and `hostile` make a fault and undo
it; `trial` performs one fault with `traffic`, `looks` and `alerts`; `report` is what comes out; `soak` repeats faults
at random. May import components/ and toolchain.ops.
"""
