"""Which notebook makes which page, with which parameters; checked before anything runs."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

import nbformat
import yaml

from chokepoint.errors import UserError
from chokepoint.parameters import Parameter, nearest, parse, unusable
from chokepoint.site.settings import templates

Settings = dict[str, dict[str, object]]  # notebook (no suffix) → parameter → value


@dataclass(frozen=True)
class Run:
    """One page to be made: `notebook` with `parameters`, printed as `page` (no suffix).

    `settings` are those of the parameters that whoever prints has set, and that the page therefore says.
    """

    page: str
    notebook: Path
    parameters: dict = field(default_factory=dict)
    settings: dict = field(default_factory=dict)

    def __str__(self) -> str:
        given = ", ".join(f"{k}={v!r}" for k, v in self.parameters.items())
        return f"book/{self.notebook.name}" + (f" ({given})" if given else "")


@dataclass(frozen=True)
class Edition:
    """A named set of settings with a folder of its own: a file of `editions/`."""

    name: str
    title: str
    about: str
    release: str | None
    settings: Settings


def plan(book: Path, release: str | None = None, settings: Settings | None = None) -> list[Run]:
    """All runs of the book: every notebook once, or as often as `runs.yml` says.

    UserError for a run that cannot be.

    A `release` is given to every notebook that has that parameter.
    """
    listed = templates(book)
    notebooks = sorted(book.glob("*.ipynb"))
    runs = []
    for path in notebooks:
        runs += _runs_of(path, listed.pop(path.name, None))
    if listed:
        name = next(iter(listed))
        raise UserError(f'book/runs.yml: no notebook "{name}". {nearest(name, [p.name for p in notebooks])}')
    known = {path: interface(path) for path in {run.notebook for run in runs}}
    if release:
        runs = [
            replace(r, parameters=r.parameters | {"release": release})
            if "release" in known[r.notebook]
            else r
            for r in runs
        ]
    for notebook, values in (settings or {}).items():
        if notebook not in {path.stem for path in known}:
            raise UserError(f'no notebook "{notebook}". {nearest(notebook, [path.stem for path in known])}')
        runs = [_set(run, values) if run.notebook.stem == notebook else run for run in runs]
    for run in runs:
        require_valid(run, known[run.notebook])
    return runs


def _runs_of(path: Path, entry: dict | None) -> Iterable[Run]:
    if entry is None:
        return [Run(path.stem, path)]
    return [Run(entry["page"].format(**parameters), path, parameters) for parameters in entry["runs"]]


def _set(run: Run, values: dict) -> Run:
    """Set some parameters of a run. UserError where each page of a template has a value of its own."""
    own = [name for name in values if run.parameters.get(name) and name not in ("release", "old", "new")]
    if own and run.page != run.notebook.stem:
        raise UserError(f"{run}: every page has its own {own[0]}; book/runs.yml lists them.")
    return replace(run, parameters=run.parameters | values, settings=values)


def interface(notebook: Path) -> dict[str, Parameter]:
    """Parameters of a notebook, by name: the lines of its cell tagged `parameters`.

    UserError when the file is not a notebook or a default is not a literal.
    """
    try:
        cells = nbformat.read(notebook, as_version=4).cells
    except (
        nbformat.reader.NotJSONError,
        nbformat.ValidationError,
        LookupError,
        AttributeError,
        TypeError,
        ValueError,
        RecursionError,
    ):
        raise UserError(
            f"book/{notebook.name}: not a notebook (its JSON does not read). Restore it from the repository."
        ) from None
    return parameters_of(cells, f"book/{notebook.name}")


def parameters_of(cells: Iterable, where: str) -> dict[str, Parameter]:
    """Parameters by name: the lines of the cells tagged `parameters`.

    UserError, naming the notebook `where`, for any other line.
    """
    try:
        return parse("\n".join(c.source for c in cells if "parameters" in c.metadata.get("tags", [])))
    except (SyntaxError, ValueError, KeyError, AttributeError):
        said = "must hold only lines like name = value or name: type = None, with plain values"
        raise UserError(f"{where}: the parameters cell {said}.") from None


def require_valid(run: Run, known: dict[str, Parameter]) -> None:
    """UserError for an unknown parameter, or a value of another type or out of range.

    Papermill itself only warns.
    """
    require_fitting(run.parameters, known, str(run))


def require_fitting(given: dict, known: dict[str, Parameter], where: str) -> None:
    """See `require_valid`; `where` is what the error names."""
    for name, value in given.items():
        if name not in known:
            raise UserError(f'{where}: no parameter "{name}". {nearest(name, known)}')
        if fault := known[name].fault(value):
            raise UserError(f"{where}: parameter {name} {fault}")
    if fault := unusable(given, known):
        raise UserError(f"{where}: parameter mineral: {fault}")


def settings_of(texts: Iterable[str], book: Path) -> Settings:
    """Read settings typed as notebook:name=value. UserError for a text of another form."""
    found: Settings = {}
    for text in texts:
        notebook, colon, rest = text.partition(":")
        name, equals, value = rest.partition("=")
        if not (colon and equals):
            raise UserError(
                f'"{text}" is not a setting: write notebook:name=value, '
                "for example 04-project-vault:capital_usd_bn=20."
            )
        path = book / f"{notebook}.ipynb"
        if not path.is_file():
            raise UserError(
                f'"{text}": no notebook "{notebook}". '
                f"{nearest(notebook, sorted(p.stem for p in book.glob('*.ipynb')))}"
            )
        known = interface(path)
        if name not in known:
            raise UserError(f'"{text}": no parameter "{name}" in {notebook}. {nearest(name, known)}')
        found.setdefault(notebook, {})[name] = known[name].read(value)
    return found


def merged(first: Settings, then: Settings) -> Settings:
    """Both, the second over the first.

    >>> merged({"a": {"x": 1, "y": 2}}, {"a": {"x": 3}})
    {'a': {'x': 3, 'y': 2}}
    """
    return {
        notebook: first.get(notebook, {}) | then.get(notebook, {})
        for notebook in [*first, *(n for n in then if n not in first)]
    }


def editions(folder: Path) -> list[Edition]:
    """Read every edition of a folder, by name; there may be no such folder."""
    return [edition(path.stem, folder) for path in sorted(folder.glob("*.yml"))]


def edition(name: str, folder: Path) -> Edition:
    """Read the edition of that name in `folder`.

    UserError, with the nearest name, when there is none or its file does not read.
    """
    path = folder / f"{name}.yml"
    if not path.is_file():
        raise UserError(
            f'no edition "{name}" in editions/. {nearest(name, sorted(p.stem for p in folder.glob("*.yml")))}'
        )
    try:
        held = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise UserError(f"editions/{path.name}: does not read as YAML ({error}).") from None
    keys = ("title", "about", "release", "parameters")
    if not isinstance(held, dict) or not isinstance(held.get("parameters"), dict):
        raise UserError(
            f"editions/{path.name}: expected title, about and parameters (notebook, then name: value), "
            "and if wanted release."
        )
    for key in held:
        if key not in keys:
            raise UserError(f'editions/{path.name}: no key "{key}". {nearest(key, keys)}')
    for key, meaning in (
        ("title", "its name, as each page shows it"),
        ("about", "a sentence on what is set and for whom"),
    ):
        if not isinstance(held.get(key), str) or not held[key].strip():
            raise UserError(f"editions/{path.name}: {key} is missing. Expected {meaning}.")
    for notebook, values in held["parameters"].items():
        if not isinstance(values, dict):
            raise UserError(
                f"editions/{path.name}: under {notebook} expected lines like name: value, found {values!r}."
            )
    return Edition(name, held["title"], held["about"], held.get("release"), held["parameters"])
