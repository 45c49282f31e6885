"""What an analyst calls: the worked example runs, and the reference names every public function with its units or shape."""

import re
from pathlib import Path

import pytest

from chokepoint import analysis, data
from chokepoint.pages import api

PAGE = Path(__file__).resolve().parents[1] / "book" / "api.md"


def test_the_worked_example_of_the_page_runs(capsys):
    names: dict = {}
    [example] = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)
    exec(compile(example, str(PAGE), "exec"), names)
    assert {"gallium"} <= set(names["both"].query("china > 50 and reliance > 50").index)
    assert capsys.readouterr().out == f"{names['cover']['cover_days']:.0f} days\n"


def test_the_reference_names_every_public_function_of_data_analysis_and_models():
    listed = {name: {row["name"] for row in rows} for name, _, rows in api._modules()}
    assert listed[data.__name__] == {"load", "releases", "row", "rows"}
    assert {"china", "leaders", "output"} <= listed[f"{analysis.__name__}.supply"]
    assert {"price_floor", "vault"} <= listed["chokepoint.models"]


@pytest.mark.parametrize("entry", [e for *_, rows in api._modules() for e in rows], ids=lambda e: e["name"])
def test_every_public_function_says_what_it_does(entry):
    assert len(entry["paragraphs"][0]) > 15 and not entry["paragraphs"][0].startswith(">>>")


def test_a_function_given_as_a_default_is_named_and_not_where_it_lay_in_memory():
    [signature] = [e["signature"] for *_, rows in api._modules() for e in rows if e["name"] == "leaders"]
    assert signature.endswith("= output) -> pandas.DataFrame") and " at 0x" not in signature


def test_words_after_an_example_are_words_and_every_example_is_an_example():
    def weigh(of: float) -> float:
        """Return the weight [t].

        In two lines.

        >>> weigh(1)
        1

        Nothing is heavier.

        >>> weigh(2)
        2
        """
        return of

    entry = api._entry(weigh)
    assert entry["paragraphs"] == ["Return the weight [t].", "In two lines.", "Nothing is heavier."]
    assert entry["examples"] == [">>> weigh(1)\n1", ">>> weigh(2)\n2"]
    assert entry["name"] == "weigh" and entry["signature"] == "(of: float) -> float"
