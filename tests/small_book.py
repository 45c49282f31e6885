"""A book that is small enough to be built again and again: three notebooks over three tables, five pages."""

import json
import os
import shutil
import signal
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

RELEASES = ("mcs2026", "iea2025", "iea2026")  # what a cover's picture is drawn from
# What kernels are given beforehand, and these three notebooks never ask for.
UNUSED = ('"analysis", "charts", "models", "pages"',)
TOC = "format: jb-book\nroot: index\nchapters:\n  - file: stock\n  - file: roads\n  - file: one/cobalt\n  - file: one/gallium\n"


def notebook(path: Path, title: str, *code: str) -> None:
    """Write a notebook with a title, a parameters cell and further code cells."""
    parameters, *others = code
    cells = [
        new_markdown_cell(f"# {title}", id="title"),
        new_code_cell(parameters, id="parameters", metadata={"tags": ["parameters"]}),
        *(
            new_code_cell(source, id=f"cell-{i}", metadata={"tags": ["lead"]})
            for i, source in enumerate(others)
        ),
    ]
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    nbformat.write(new_notebook(cells=cells, metadata=kernel), path)


class Small:
    """The small book in a checkout; `folder` has no site yet."""

    def __init__(self, checkout):
        self.checkout, self.folder = checkout, checkout.folder
        self.site = self.folder / "build" / "html"
        shutil.rmtree(self.folder / "build")
        book = self.folder / "book"
        for path in (*book.glob("*.ipynb"), *book.glob("*.md")):
            path.unlink()
        shown = "from IPython.display import HTML"
        notebook(
            book / "stock.ipynb",
            "Stock",
            'kind = "x"',
            shown,
            'from chokepoint.data import tables; HTML(tables.load("vault").to_html())',
        )
        notebook(
            book / "roads.ipynb",
            "Roads",
            'kind = "x"',
            shown,
            'from chokepoint.data import tables; HTML(tables.load("timeline").to_html())',
        )
        one = 'from chokepoint.data import tables; HTML(tables.load("minerals").query("mineral == @mineral").to_html())'
        notebook(book / "one.ipynb", "One", 'mineral = "gallium"', shown, one)
        (book / "runs.yml").write_text(
            "one.ipynb:\n  page: one/{mineral}\n  runs:\n    - {mineral: cobalt}\n    - {mineral: gallium}\n"
        )
        (book / "index.md").write_text("# Small\n\n[Stock](stock.ipynb)\n\n```{excerpt} roads lead\n```\n")
        (self.folder / "_toc.yml").write_text(TOC)
        self._forget_what_no_page_shows()

    def _forget_what_no_page_shows(self) -> None:
        """Leave the newest releases of the minerals' tables, and the facts of the ledger: each build checks the ones and works out the others.

        And of what kernels are forked from, what any of them needs.
        """
        data = self.folder / "data"
        declared = json.loads((data / "datapackage.json").read_text(encoding="utf-8"))
        releases = {path for path in (data / "minerals").iterdir() if path.name not in RELEASES}
        declared["resources"] = [
            r for r in declared["resources"] if (data / r["path"]).parent not in releases
        ]
        (data / "datapackage.json").write_text(json.dumps(declared), encoding="utf-8")
        for release in releases:
            shutil.rmtree(release)
        registry = self.folder / "src" / "chokepoint" / "analysis" / "facts" / "__init__.py"
        text = registry.read_text(encoding="utf-8")
        assert "def _declarations()" in text
        registry.write_text(f"{text}\n\n_declarations = list\n", encoding="utf-8")
        loaded = self.folder / "src" / "chokepoint" / "site" / "preloaded.py"
        text = loaded.read_text(encoding="utf-8")
        for line in UNUSED:
            assert line in text, line
            text = text.replace(line, "")
        loaded.write_text(text, encoding="utf-8")

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen:
        """`chokepoint build …` under way."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith("CHOKEPOINT")}
        return subprocess.Popen(
            [sys.executable, "-m", "chokepoint.cli", "build", *arguments],
            cwd=self.folder,
            env=kept | {"PYTHONPATH": str(self.folder / "src"), **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            preexec_fn=lambda: signal.signal(
                signal.SIGINT, signal.default_int_handler
            ),  # as from a terminal, also where ours ignores it
        )

    def build(self, *arguments: str, fails: bool = False, **environment: str) -> str:
        """What `chokepoint build …` said; it must have gone well, or have failed plainly."""
        process = self.start(*arguments, **environment)
        said, complained = process.communicate(timeout=600)
        assert "Traceback" not in said + complained, complained
        assert (process.returncode != 0) == fails, said + complained
        return said + complained

    def ran(self, *arguments: str, **environment: str) -> set[str]:
        """Which pages a build ran again, by what --explain says of them."""
        said = self.build("--explain", *arguments, **environment)
        told = dict(line.split(": ", 1) for line in said.splitlines() if ": " in line)
        return {
            page
            for page in ("stock", "roads", "one/cobalt", "one/gallium")
            if told[page] != "nothing it needs changed"
        }

    def printed(self) -> dict[str, str]:
        """A digest of every file of the site."""
        return {
            p.relative_to(self.site).as_posix(): sha256(p.read_bytes()).hexdigest()
            for p in self.site.rglob("*")
            if p.is_file()
        }

    def change(self, name: str, old: str, new: str) -> None:
        """Replace the first `old` of a file."""
        self.checkout.edit(name, old, new)
