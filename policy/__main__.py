"""The policy pack of a bridge: pulumi preview --policy-pack policy. See docs/policies.md."""

import sys
from pathlib import Path

# Numbers that the program and its policies share are in components/domain, which imports nothing but Python's own
# library. It is beside this folder, or, in a copy of the pack, in it.
sys.path.append(str(Path(__file__).resolve().parent.parent))

from servicechain_policy.pack import make

make()
