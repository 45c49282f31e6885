"""What each module of the package imports of the package."""

import ast
from pathlib import Path

SRC = Path(__file__).resolve().parents[1] / "src"


def _dotted(path: Path) -> str:
    parts = path.relative_to(SRC).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {_dotted(path): path for path in SRC.rglob("*.py")}


def imported(module: str) -> set[str]:
    """The package's modules that one of them imports, at its head or within a function."""
    path = MODULES[module]
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            origin = ".".join([*above, *([node.module] if node.module else [])])
            names = {f"{origin}.{alias.name}" for alias in node.names}
            found |= (names & set(MODULES)) | ({origin} if names - set(MODULES) else set())
    return found & set(MODULES)
