"""Reference of the functions an analyst calls, made from their signatures and docstrings."""

import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator
from importlib import import_module
from types import ModuleType

from markupsafe import Markup

from chokepoint import analysis, data
from chokepoint.models import MODELS, evaluate
from chokepoint.pages.markup import macros

_template = macros("reference_lists")


def api_list(release: str) -> Markup:
    """List every public function of data, analysis and models, a section for each module."""
    return Markup("").join(_template.module(name, *_parts(module), rows) for name, module, rows in _modules())


def _modules() -> Iterator[tuple[str, ModuleType, list[dict]]]:
    """Give each module with its name and its functions."""
    yield data.__name__, data, [_entry(getattr(data, name)) for name in data.__all__ if name.islower()]
    for found in pkgutil.iter_modules(analysis.__path__):
        if not found.ispkg:
            module = import_module(f"{analysis.__name__}.{found.name}")
            yield module.__name__, module, [_entry(function) for function in functions(module)]
    yield evaluate.__name__, evaluate, [_entry(function) for function in functions(evaluate)]
    models = import_module("chokepoint.models")
    yield models.__name__, models, [_entry(model.function) for model in MODELS.values()]


def functions(module: ModuleType) -> list[Callable]:
    """List the public functions that a module defines itself, in the order in which they stand there."""
    members = [f for name, f in vars(module).items() if callable(f) and not name.startswith("_")]
    return [f for f in members if inspect.isroutine(f) and f.__module__ == module.__name__]


def _entry(function: Callable) -> dict:
    """Give what the page shows of a function; paragraphs of its docstring, and the lines of its examples."""
    text, *parts = re.split(r"\n\s*\n", inspect.getdoc(function) or "")
    return {
        "name": function.__name__,
        "signature": re.sub(r"<function (\w+) at 0x\w+>", r"\1", str(inspect.signature(function))),
        "paragraphs": [text, *(part for part in parts if not part.startswith(">>>"))],
        "examples": [part for part in parts if part.startswith(">>>")],
    }


def _parts(module: ModuleType) -> tuple[str]:
    return ((inspect.getdoc(module) or "").split("\n\n")[0],)
