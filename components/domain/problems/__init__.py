"""Everything that can go wrong for a user: one problem per cause and remedy, each with a stable code.

`problem` has the type; the other modules have the problems, one or two modules per hundred of numbers. Everybody may
import them; they import nothing of this program. docs/errors.md is generated from them.
"""
