"""Where the repository stands on the network, if anywhere: from the environment, or the git remote.

Nothing is guessed.
"""

import os
import re
import subprocess
from pathlib import Path
from urllib.parse import quote

REPOSITORY, BRANCH = "CHOKEPOINT_REPOSITORY", "CHOKEPOINT_BRANCH"
_BINDER = {"github.com": "gh", "gitlab.com": "gl"}


def repository(home: Path) -> str:
    """Address of the repository, such as https://github.com/owner/name; empty where none is known.

    $CHOKEPOINT_REPOSITORY, else what GitHub's own builds say, else the checkout's remote `origin`.
    """
    given = os.environ.get(REPOSITORY)
    if given is None and (name := os.environ.get("GITHUB_REPOSITORY")):
        given = f"{os.environ.get('GITHUB_SERVER_URL', 'https://github.com')}/{name}"
    return normal(_remote(home) if given is None else given)


def normal(address: str) -> str:
    """Return a remote's address as a reader's browser opens it.

    It is empty where a browser cannot (a folder, a machine without a name).

    >>> secret = "https://user:word@gitlab.com/owner/name.git/"
    >>> normal("git@github.com:owner/name.git"), normal(secret), normal("/srv/git/name")
    ('https://github.com/owner/name', 'https://gitlab.com/owner/name', '')
    """
    found = re.fullmatch(
        r"(?:https?://|ssh://|git://|(?=[\w.-]+@))(?:[^@/]*@)?([\w-]+(?:\.[\w-]+)+)(?::\d+)?[/:]([\w.~/-]+?)(?:\.git)?/?",
        address.strip(),
    )
    return f"https://{found[1]}/{found[2].strip('/')}" if found else ""


def _remote(home: Path) -> str:
    try:
        run = subprocess.run(
            ["git", "-C", str(home), "remote", "get-url", "origin"],
            capture_output=True,
            text=True,
            timeout=10,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return run.stdout if run.returncode == 0 else ""


def branch() -> str:
    """Name the branch that links lead to: $CHOKEPOINT_BRANCH, else the repository's own (HEAD)."""
    return os.environ.get(BRANCH) or "HEAD"


def binder(repository: str, path: str) -> str:
    """Where Binder opens a file of the repository in JupyterLab.

    It is empty for a host that Binder's short addresses do not know.

    >>> binder("https://github.com/owner/name", "book/04-project-vault.ipynb")
    'https://mybinder.org/v2/gh/owner/name/HEAD?urlpath=lab/tree/book/04-project-vault.ipynb'
    """
    host, _, name = repository.removeprefix("https://").partition("/")
    if host not in _BINDER:
        return ""
    name = name if host == "github.com" else quote(name, safe="")
    return (
        f"https://mybinder.org/v2/{_BINDER[host]}/{name}/{quote(branch(), safe='')}"
        f"?urlpath={quote(f'lab/tree/{path}')}"
    )


def source(repository: str, path: str) -> str:
    """Where the host shows a file of the repository.

    >>> source("https://gitlab.com/owner/name", "book/index.md")
    'https://gitlab.com/owner/name/-/blob/HEAD/book/index.md'
    """
    dash = "/-" if "gitlab" in repository else ""
    return f"{repository}{dash}/blob/{branch()}/{path}"
