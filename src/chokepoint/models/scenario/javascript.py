"""The model as JavaScript for the page, written by PScript from the very text that Python runs.

A classic script: it defines two functions and needs no module, no network and no `eval`. Its own text is
`scenarioModelText`, of which the page makes a worker where that is allowed.
"""

from __future__ import annotations

import ast
from functools import cache
from importlib import resources

HEAD = "/* Written by PScript from chokepoint/models/scenario/. Do not edit. */\n"


PLAIN = {"abs": "Math.abs", "int": "Math.floor", "str": "String"}


class _Plain(ast.NodeTransformer):
    """Python's names for what JavaScript has by itself, so that none of PScript's own library is needed."""

    def visit_FunctionDef(self, node):
        self.generic_visit(node)
        body = node.body[1:] if ast.get_docstring(node) is not None else node.body
        # operators on numbers are meant, and only those; without this each `+` becomes a call
        node.body = [ast.parse("PSCRIPT_OVERLOAD = False").body[0], *body]
        return node

    def visit_Call(self, node):
        self.generic_visit(node)
        if isinstance(node.func, ast.Attribute) and node.func.attr == "append":
            node.func.attr = "push"
        elif isinstance(node.func, ast.Name) and node.func.id in PLAIN:
            node.func = ast.parse(PLAIN[node.func.id], mode="eval").body
        return node

    def visit_Name(self, node):
        return ast.Name("Math", node.ctx) if node.id == "math" else node


FILES = ("gather.py", "recursion.py", "told.py")
GIVEN = {
    "scenarioGather": "gather",
    "scenarioSimulate": "simulate",
    "scenarioSum": "sum_up",
    "scenarioTell": "tell",
    "scenarioNothing": "nothing_chosen",
}  # name in the page → function here


def source() -> str:
    """Return the text that becomes the script."""
    return "\n".join((resources.files(__package__) / name).read_text(encoding="utf-8") for name in FILES)


@cache
def script() -> str:
    """Return a script that sets the global functions of GIVEN, with the arguments they have in Python."""
    from pscript import py2js  # only to print the page: not for every use of the model

    tree = ast.parse(source())
    tree.body = [node for node in tree.body if not isinstance(node, ast.Import | ast.Expr)]
    plain = ast.unparse(ast.fix_missing_locations(_Plain().visit(tree)))
    written = py2js(plain, inline_stdlib=False)
    given = "\n".join(f"root.{name} = {function};" for name, function in GIVEN.items())
    here = 'typeof self !== "undefined" ? self : globalThis'
    made = f'function scenarioModel(root) {{\n"use strict";\n{written}\n{given}\n}}\n'
    return f"{HEAD}{made}scenarioModel({here});\nvar scenarioModelText = '(' + scenarioModel + ')(self);';\n"
