"""The one error a user is meant to read."""


class UserError(Exception):
    """Bad input, said for the person who can mend it: what, where, what was expected, what to do.

    The command line prints the message alone and exits with 2; nothing is written.
    """
