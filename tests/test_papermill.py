"""`papermill book/….ipynb out.ipynb -p name value`, as the book tells readers to type it, refuses what the book refuses."""

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from chokepoint.site.checked_engine import Refused, require_parameters

HOME = Path(__file__).resolve().parents[1]
VAULT = HOME / "book" / "04-project-vault.ipynb"


def given(path: Path, **parameters):
    """A notebook as papermill hands it to its engine."""
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata["papermill"] = {"parameters": parameters}
    return notebook


@pytest.mark.parametrize(
    "name, parameters, hint",
    [
        (
            "04-project-vault",
            {"capital_usd": 20},
            'no parameter "capital_usd". Did you mean "capital_usd_bn"?',
        ),
        ("04-project-vault", {"capital_usd_bn": "much"}, "expected a number, 1 to 100"),
        ("04-project-vault", {"capital_usd_bn": True}, "expected a number, 1 to 100"),
        ("04-project-vault", {"capital_usd_bn": 2000}, "outside its range; expected 1 to 100"),
        ("04-project-vault", {"capital_usd_bn": float("nan")}, "outside its range"),
        ("04-project-vault", {"capital_usd_bn": [20]}, "expected a number"),
        ("04-project-vault", {"release": 2026}, "expected a name"),
        ("04-project-vault", {"release": "mcs2062"}, '"mcs2026"'),
        ("03-price-floor", {"floor_usd_per_kg": "cheap"}, "expected a number, 60 to 160"),
        ("06-china-responses", {"months": 2.5}, "expected a whole number, 0 to 12"),
        ("mineral", {"mineral": "galium"}, 'Did you mean "gallium"?'),
        ("mineral", {"mineral": "tin", "metal": "tin"}, 'no parameter "metal"'),
        ("07-futures", {"mineral": "germanium"}, "germanium cannot be run"),
        ("06-china-responses", {"mineral": "argon"}, "has no published output by country"),
    ],
)
def test_a_parameter_that_may_not_be_is_refused_with_what_would_be_right(name, parameters, hint):
    with pytest.raises(Refused) as refused:
        require_parameters(given(HOME / "book" / f"{name}.ipynb", **parameters), f"book/{name}.ipynb")
    assert hint in str(refused.value.message) and "\n" not in refused.value.message
    assert refused.value.message.startswith(f"book/{name}.ipynb: ")


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"capital_usd_bn": 20},
        {"capital_usd_bn": 20.5, "release": "mcs2025"},
        {"capital_usd_bn": None},
        {"PAPERMILL_INPUT_PATH": "a"},
    ],
)
def test_what_may_be_is_let_through(parameters):
    require_parameters(given(VAULT, **parameters), "a")


def test_a_notebook_that_does_not_use_this_package_is_none_of_its_business():
    notebook = new_notebook(
        cells=[new_code_cell("a = open('x')", metadata={"tags": ["parameters"]}), new_code_cell("print(a)")]
    )
    notebook.metadata["papermill"] = {"parameters": {"b": 1}}
    require_parameters(notebook, "theirs.ipynb")


def papermill(
    out: Path, *arguments: str, notebook: str = "book/04-project-vault.ipynb"
) -> subprocess.CompletedProcess:
    """The command as typed."""
    command = [Path(sys.executable).with_name("papermill"), notebook, out, *arguments]
    return subprocess.run(command, cwd=HOME, capture_output=True, text=True, timeout=300)


@pytest.mark.slow
@pytest.mark.parametrize(
    "setting",
    [("capital_usd", "20"), ("capital_usd_bn", "cheap"), ("capital_usd_bn", "2000")],
    ids=lambda s: s[0] + s[1],
)
@pytest.mark.some_of("refusals of papermill's command", 1)  # each kind is refused above, in this process
def test_the_command_refuses_in_a_line_and_writes_nothing(tmp_path, setting):
    run = papermill(tmp_path / "out.ipynb", "-p", *setting)
    said = run.stdout + run.stderr
    assert run.returncode == 2 and "Traceback" not in said
    assert (
        said.splitlines()[-1].startswith("Error: book/04-project-vault.ipynb: ")
        and "capital_usd_bn" in said.splitlines()[-1]
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_the_command_of_the_page_on_rerunning_runs_as_it_stands_there(tmp_path):
    line = next(
        x
        for x in (HOME / "book" / "rerun.md").read_text(encoding="utf-8").splitlines()
        if x.startswith("papermill ")
    )
    _, notebook, _, *arguments = line.split()
    run = papermill(tmp_path / "out.ipynb", *arguments, notebook=notebook)
    assert run.returncode == 0, run.stderr[-2000:]
    lead = next(
        c
        for c in nbformat.read(tmp_path / "out.ipynb", as_version=4).cells
        if "lead" in c.metadata.get("tags", [])
    )
    assert "US$20 billion, as set for this page," in lead.outputs[0].data["text/plain"]
