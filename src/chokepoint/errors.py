"""The errors a user is meant to read."""

import difflib
from collections.abc import Iterable


class UserError(Exception):
    """Bad input, said for the person who can mend it: what, where, what was expected, what to do.

    The command line prints the message alone and exits with 2; nothing is written.
    """


class MissingTable(UserError):
    """A release does not have this table; what is computed from it has no value there."""


def did_you_mean(name: str, known: Iterable[str], otherwise: str) -> str:
    """Return the hint at the end of a refusal: the nearest of the names there are, else `otherwise`.

    >>> did_you_mean("galium", ["gallium", "tin"], "Add it."), did_you_mean("x", ["tin"], "Add it.")
    ('Did you mean "gallium"?', 'Add it.')
    """
    near = difflib.get_close_matches(name, known, 1)
    return f'Did you mean "{near[0]}"?' if near else otherwise


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the hint at the end of a refusal.

    >>> nearest("galium", ["gallium", "tin"])
    'Did you mean "gallium"?'
    """
    known = list(known)
    listed = f"Known: {', '.join(known[:12]) or 'none'}{', …' if len(known) > 12 else ''}."
    return did_you_mean(str(name), known, listed)
