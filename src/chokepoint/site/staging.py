"""Gather what is rendered: the book's own files, and executed notebooks made ready to be pages."""

import hashlib
import re
from pathlib import Path

import nbformat

from chokepoint.analysis import countries
from chokepoint.data import tables
from chokepoint.site.derived import DerivedFiles, digest_of, write
from chokepoint.site.lean import lean
from chokepoint.site.runs import Run


def is_of_book(path: Path) -> bool:
    """Whether a file of the book's folder is the book's, and not an editor's own copy."""
    return ".ipynb_checkpoints" not in path.parts


def stage_book(book: Path, runs: list[Run], executed: Path, stage: Path, code: str) -> None:
    """Gather in `stage` what is rendered.

    That is the Markdown pages, static files, and executed notebooks made ready.

    A file that is there already keeps its time, by which Sphinx knows that it need not be read again.
    code: a digest of the code that makes notebooks ready.
    """
    files = [
        path
        for path in book.rglob("*")
        if path.is_file() and is_of_book(path) and path.suffix not in (".ipynb", ".yml")
    ]
    made = {path.relative_to(book).as_posix(): path.read_bytes() for path in files}
    for name in made:
        if name.startswith("_static/") and name.endswith((".js", ".css")):
            made[name] = lean(Path(name).name, made[name].decode()).encode()
    for name, content in made.items():
        write(stage / name, content)
    notebooks = DerivedFiles(stage, stage.with_name(f"{stage.name}.json"))
    for run in runs:
        name = f"{run.page}.ipynb"
        content = (executed / name).read_bytes()
        outputs = hashlib.sha256(content).hexdigest()
        input_digest = digest_of([outputs, run.parameters, _titles(run.parameters), code])
        if not notebooks.is_current(name, input_digest):
            page = ready_to_render(nbformat.reads(content.decode(), as_version=4), run.parameters)
            notebooks.write(name, input_digest, nbformat.writes(page).encode())
    notebooks.save()
    for name in {*names_in(stage)} - {*made, *(f"{run.page}.ipynb" for run in runs)}:
        (stage / name).unlink()


def _titles(parameters: dict) -> dict[str, str]:
    """Return what stands in the titles of a template's page for a parameter in braces."""
    return {name: _TITLES[name](parameters[name]) for name in sorted(parameters.keys() & _TITLES)}


def names_in(stage: Path) -> list[str]:
    """List the files of a stage, each by its path there."""
    return sorted(path.relative_to(stage).as_posix() for path in stage.rglob("*") if path.is_file())


def ready_to_render(notebook: nbformat.NotebookNode, parameters: dict) -> nbformat.NotebookNode:
    """Make an executed notebook ready to be a page.

    Fold code away, save where it is `shown`, and cells that load or draw with what they show; leave out
    set-up cells, widget state, what is for the notebook alone, and cells that show nothing; fill in a
    template's title.
    """
    notebook.metadata.pop("widgets", None)
    notebook.metadata.pop("papermill", None)  # it names folders of this machine
    for parameter, title in _titles(parameters).items():
        notebook.cells[0].source = notebook.cells[0].source.replace(f"{{{parameter}}}", plain_markdown(title))
    notebook.cells = [
        c
        for c in notebook.cells
        if (c.cell_type != "code" or c.outputs) and "notebook" not in c.metadata.get("tags", [])
    ]
    for cell in notebook.cells:
        tags = set(cell.metadata.get("tags", []))
        if cell.cell_type == "code":
            quiet = tags & {"parameters", "injected-parameters", "setup"}
            folded = "remove-cell" if quiet else "hide-cell" if "data" in tags else "hide-input"
            cell.metadata["tags"] = sorted(tags if "shown" in tags else tags | {folded})
    return notebook


def plain_markdown(text: str) -> str:
    r"""Return text from the data as Markdown in which nothing of it is markup.

    >>> plain_markdown("Rare earths"), plain_markdown("<b>")
    ('Rare earths', '\\<b\\>')
    """
    return re.sub(r"([\\`*_{}\[\]()<>#!|~$&:@\"'^])", r"\\\1", " ".join(text.split()))


def _mineral_title(mineral: str) -> str:
    return tables.load("minerals").set_index("mineral").name[mineral].split(" (")[0]


_TITLES = {"mineral": _mineral_title, "country": lambda page: countries.names()[countries.code(page)]}
