"""The errors a user is meant to read."""


class UserError(Exception):
    """Bad input, said for the person who can mend it: what, where, what was expected, what to do.

    The command line prints the message alone and exits with 2; nothing is written.
    """


class MissingTable(UserError):
    """A release does not have this table; what is computed from it has no value there."""
