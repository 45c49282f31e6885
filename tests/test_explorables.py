"""Every slider of every page, moved to its ends and middle in a real browser: the page shows the Python model's own numbers and words."""

import html
import importlib
import inspect
import math
import pkgutil
import re

import pytest

from chokepoint import pages
from chokepoint.data import tables
from chokepoint.models import MODELS
from chokepoint.pages.components.explorable import Explorable

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]
ASSUMPTIONS = tables.load("assumptions")
MOVE_ALL = """async section => {
  const inputs = [...section.querySelectorAll("input")], seen = [];
  const settle = input => new Promise((done, fail) => {
    const watch = new MutationObserver(() => { watch.disconnect(); done(); });
    watch.observe(section, { attributes: true, attributeFilter: ["data-settled"] });
    setTimeout(() => fail(new Error(`${input.name} did not settle`)), 20000);
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
  const read = moved => ({
    moved,
    settings: Object.fromEntries(inputs.map(i => [i.name, Number(i.value)])),
    results: Object.fromEntries([...section.querySelectorAll("[data-result]")].map(c => [c.dataset.result, c.dataset.value])),
    sentence: section.querySelector(".cp-sentence").textContent });
  for (const input of inputs) {
    for (const value of [input.min, (Number(input.min) + Number(input.max)) / 2, input.max]) {
      input.value = value;
      await settle(input);
      seen.push(read(input.name));
    }
    input.value = input.defaultValue;
  }
  await settle(inputs[0]);
  seen.push(read("nothing"));
  return seen;
}"""


def pages_with_explorables(site):
    """Pages and the models on them, each with its title."""
    found = {}
    for path in sorted(site.rglob("*.html")):
        if models := re.findall(
            r'class="cp-explorable(?: cp-teaser)?" data-model="(\w+)" aria-label="([^"]*)"',
            path.read_text(encoding="utf-8"),
        ):
            found[path.relative_to(site).as_posix()] = models
    return found


def in_words():
    """The explorables of the book by title, at their defaults: functions that return one and need nothing."""
    made = {}
    for name in [m.name for m in pkgutil.iter_modules(pages.__path__)]:
        module = importlib.import_module(f"chokepoint.pages.{name}")
        for _, function in inspect.getmembers(module, inspect.isfunction):
            signature = inspect.signature(function)
            needs = [p for p in signature.parameters.values() if p.default is p.empty]
            if (
                function.__module__ == module.__name__
                and signature.return_annotation is Explorable
                and not needs
            ):
                explorable = function()
                made[explorable.title] = explorable
    return made


def agree(shown: float, expected: float) -> bool:
    """To 1e-9 of the value; a value that is as good as nothing, to 1e-12 beside it."""
    return math.isclose(shown, expected, rel_tol=1e-9, abs_tol=1e-12 if abs(expected) < 1e-3 else 0)


def test_every_model_that_a_browser_can_run_is_on_a_page(site):
    shown = {model for models in pages_with_explorables(site).values() for model, _ in models}
    assert shown == {model.name for model in MODELS.values() if model.browser}


def test_every_control_at_its_ends_and_middle_gives_the_models_own_numbers_and_words(site, visit):
    words, faults, worst, moves = in_words(), [], 0.0, 0
    for page, models in pages_with_explorables(site).items():
        seen = visit(f"{site.as_uri()}/{page}", drawn=False)
        for i, (model, title) in enumerate(models):
            defaults = ASSUMPTIONS[ASSUMPTIONS.model == model].set_index("name").value.to_dict()
            for row in seen.page.locator(".cp-explorable").nth(i).evaluate(MOVE_ALL):
                moves += 1
                expected = MODELS[model].function(**(defaults | row["settings"]))
                for name, text in row["results"].items():
                    shown, right = float(text), float(expected[name])
                    if not agree(shown, right):
                        faults.append(
                            f"{page}, {model}, {row['moved']} moved: {name} is {shown!r}, not {right!r}"
                        )
                    if abs(right) >= 1e-3:
                        worst = max(worst, abs(shown / right - 1))
                said, own = row["sentence"], words.get(html.unescape(title))
                if own and said != own.sentence_at(**row["settings"]):
                    faults.append(
                        f"{page}, {model}, {row['moved']}: says “{said}”, not “{own.sentence_at(**row['settings'])}”"
                    )
        assert not seen.complaints, seen.complaints
        seen.close()
    print(f"{moves} settings, widest difference {worst:.1e} of the value")
    assert not faults, "\n".join(faults)
    assert moves > 150
