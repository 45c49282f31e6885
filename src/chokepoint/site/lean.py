"""Scripts and styles as they are sent: without the comments.

Those are for who works on them and stand in the repository.
"""

import re


def lean(name: str, text: str) -> str:
    r"""Return a file of book/_static, by its name, as the site sends it.

    Other files than scripts and style sheets are left as they are.

    >>> lean("a.js", "// Why.\nlet a = 1; // so\n  const b = 'x // y';\n")
    "let a = 1;\nconst b = 'x // y';\n"
    >>> lean("a.css", "/* Why. */\na { color: red; }\n")
    'a { color: red; }\n'
    """
    if name.endswith(".js"):  # a comment at the end of a line only where nothing in it could close a text
        text = re.sub(r" // [^\"'`\n]*$", "", re.sub(r"^\s*//.*\n", "", text, flags=re.M), flags=re.M)
    elif name.endswith(".css"):
        text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    else:
        return text
    return re.sub(r"^\s+", "", text, flags=re.M)
