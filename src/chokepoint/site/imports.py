"""Which modules of the package a piece of code may run.

Those are the ones it imports, and what they import, within functions too.

The files are parsed, not run. A module that imports by name (`import_module`) counts as importing all of its
own folder.
"""

import ast
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from chokepoint import syntax

SOURCE = Path(__file__).parents[1]


def modules() -> dict[str, Path]:
    """Every module of the package by its dotted name."""
    return {_dotted(path): path for path in sorted(SOURCE.rglob("*.py"))}


def _dotted(path: Path) -> str:
    parts = path.relative_to(SOURCE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(module: str, known: dict[str, Path] | None = None, *, by_name: bool = True) -> set[str]:
    """List the package's modules that one of them imports, at its head or within a function.

    known: what `modules` gives. by_name: count all of its own folder where it imports by name.
    """
    known = known or modules()
    path = known[module]
    found = _imports(path, path.stat().st_mtime_ns, _package(module, path))
    return _among((one for one in found if by_name or not one[0].endswith(".")), known)


def reachable(
    start: Iterable[str], without: str = "", known: dict[str, Path] | None = None, *, by_name: bool = True
) -> set[str]:
    """Modules of those names, all that they import in turn, and the packages that these are in.

    None of them is below `without`. known, by_name: as in `imported`.
    """
    known, found, waiting = known or modules(), set(), list(start)
    while waiting:
        module = waiting.pop()
        if module in known and module not in found and not (without and module.startswith(without)):
            found.add(module)
            waiting += [*imported(module, known, by_name=by_name), module.rpartition(".")[0]]
    return found


def dependents(changed: Iterable[str]) -> set[str]:
    """Modules of those names, and all that import them, directly or through others."""
    known, users = modules(), {}
    for module in known:
        for other in (*imported(module, known), module.rpartition(".")[0]):
            users.setdefault(other, set()).add(module)
    found, waiting = set(), list(changed)
    while waiting:
        module = waiting.pop()
        if module not in found:
            found.add(module)
            waiting += users.get(module, ())
    return found


def imported_by_code(source: str, known: dict[str, Path] | None = None) -> set[str]:
    """Find the package's modules that a text of Python imports. known: as in `imported`.

    >>> sorted(imported_by_code("from chokepoint.pages import money"))
    ['chokepoint.pages.money']
    """
    return _among(_in(source, ""), known or modules())


def _package(module: str, path: Path) -> str:
    return module if path.name == "__init__.py" else module.rpartition(".")[0]


@lru_cache(maxsize=1024)
def _imports(path: Path, _changed: int, package: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return _in(path.read_text(encoding="utf-8"), package)


def _in(source: str, package: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """List (module, names taken from it) of each import; ("package.", ()) for everything in it."""
    found = []
    tree = syntax.parse(source)
    for node in ast.walk(tree) if "import_module" in source else _statements(tree):
        if isinstance(node, ast.Import):
            found += [(alias.name, ()) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            origin = ".".join([*above, *([node.module] if node.module else [])])
            found.append((origin, tuple(alias.name for alias in node.names)))
        elif isinstance(node, ast.Name) and node.id == "import_module":
            found.append((f"{package}.", ()))
    return tuple(found)


def _statements(tree: ast.AST) -> Iterator[ast.AST]:
    """Give every statement, within others too; imports are statements, and expressions are most of a file."""
    waiting = [tree]
    while waiting:
        for field in ast.iter_fields(waiting.pop()):
            inside = field[1] if isinstance(field[1], list) else ()
            found = [
                node for node in inside if isinstance(node, ast.stmt | ast.ExceptHandler | ast.match_case)
            ]
            yield from found
            waiting += found


def _among(imports: Iterable[tuple[str, tuple[str, ...]]], known: dict[str, Path]) -> set[str]:
    """Find the modules among `known` that these imports mean.

    Of a package that is only what is taken from it, where that is modules.
    """
    found = set()
    for origin, names in imports:
        inside = {f"{origin}.{name}" for name in names}
        found |= inside & known.keys()
        if not names or inside - known.keys():
            found.add(origin)
        if origin.endswith("."):
            found |= {module for module in known if module.startswith(origin)}
    return found & known.keys()
