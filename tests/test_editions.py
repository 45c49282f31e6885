"""Parameters, settings and editions: what may be set, what is refused before anything runs, and where an edition goes."""

from pathlib import Path

import pytest

from chokepoint import parameters
from chokepoint.analysis import difference, vault_basket
from chokepoint.data import tables
from chokepoint.errors import UserError
from chokepoint.pages import china_responses, price_floor, project_vault
from chokepoint.site import binder, repo_url, runs
from chokepoint.site.lists import parameter_list

HOME = Path(__file__).resolve().parents[1]
BOOK = HOME / "book"


def set_to(text: str) -> list[runs.Run]:
    return runs.plan(BOOK, settings=runs.settings_of([text], BOOK))


# --- what is refused, and with which hint ---


@pytest.mark.parametrize(
    "text, hint",
    [
        ("04-project-valt:capital_usd_bn=20", '"04-project-vault"'),
        ("04-project-vault:capital_bn=20", '"capital_usd_bn"'),
        ("04-project-vault:capital_usd_bn=much", "expected a number, 1 to 100"),
        ("04-project-vault:capital_usd_bn=2000", "outside its range; expected 1 to 100"),
        ("06-china-responses:months=2.5", "expected a whole number, 0 to 12"),
        ("06-china-responses:mineral=galium", '"gallium"'),
        ("what-changed:old=mcs20255", '"mcs2025"'),
        ("07-futures:story=monney", '"money"'),
        ("07-futures:answer=war", "which there is not"),
        ("07-futures:members=USA,CHN", "whose answer is the other side"),
        ("07-futures:members=Japan", "is no country code"),
        ("mineral:mineral=tin", "runs.yml"),
        ("capital_usd_bn=20", "notebook:name=value"),
    ],
)
def test_a_wrong_setting_is_refused_with_what_would_be_right(text, hint):
    with pytest.raises(UserError) as said:
        set_to(text)
    assert hint in str(said.value)


def test_a_release_that_is_not_there_is_refused_with_the_nearest():
    with pytest.raises(UserError, match="mcs2026"):
        runs.plan(BOOK, "mcs2062")


@pytest.mark.parametrize(
    "held, hint",
    [
        ("title: A\nparametres: {}\nparameters: {}", '"parameters"'),
        ("title: A", "expected title, about and parameters"),
        ("title: A\nabout: B\nparameters: {04-project-vault: 20}", "name: value"),
        ("title: A\nparameters: {}", "about is missing"),
        ("title: A\nabout:\nparameters: {}", "about is missing"),
        ("title: A\nabout: 5\nparameters: {}", "about is missing"),
        ("about: B\nparameters: {}", "title is missing"),
        ("title: [", "does not read as YAML"),
    ],
)
def test_an_edition_that_does_not_read_says_where(tmp_path, held, hint):
    (tmp_path / "mine.yml").write_text(held)
    with pytest.raises(UserError) as said:
        runs.edition("mine", tmp_path)
    assert hint in str(said.value) and "mine.yml" in str(said.value)


def test_an_edition_that_is_not_there_is_refused_with_the_nearest():
    with pytest.raises(UserError, match='"japan"'):
        runs.edition("japn", HOME / "editions")


# --- what may be set ---


@pytest.mark.parametrize("path", sorted((HOME / "editions").glob("*.yml")), ids=lambda p: p.stem)
def test_every_edition_here_can_be_built_and_sets_what_it_says(path):
    edition = runs.edition(path.stem, path.parent)
    planned = {
        run.page: run for run in runs.plan(BOOK, edition.release or tables.DEFAULT_RELEASE, edition.settings)
    }
    assert edition.about and sum(map(len, edition.settings.values())) >= 4
    for notebook, values in edition.settings.items():
        assert planned[notebook].settings == values
        assert values.items() <= planned[notebook].parameters.items()


@pytest.mark.parametrize("path", sorted(BOOK.glob("*.ipynb")), ids=lambda p: p.stem)
def test_every_parameter_has_a_type_a_meaning_and_a_default_that_may_be(path):
    for parameter in runs.interface(path).values():
        assert parameter.type in parameters.KINDS and len(parameter.meaning) > 10
        assert parameter.fault(parameter.default) == ""
        assert parameter.allowed, f"{parameter.name}: nothing says what it may be"


def test_the_table_of_parameters_has_each_of_them():
    shown = parameter_list(tables.DEFAULT_RELEASE)
    assert all(
        f"parameter-{p.stem}-{name}" in shown for p in BOOK.glob("*.ipynb") for name in runs.interface(p)
    )


def test_the_release_of_the_book_is_compared_with_the_one_before():
    run = next(r for r in runs.plan(BOOK, "mcs2025") if r.page == "what-changed")
    assert difference.before(run.parameters["release"], None) == "mcs2024"


# --- what a setting does: it moves the outcome, and is called a setting ---


def test_more_capital_buys_more_days_and_the_page_says_whose_choice_it_was():
    announced, doubled = (
        project_vault.cover("mcs2026").days.min(),
        project_vault.cover("mcs2026", 20).days.min(),
    )
    assert doubled == pytest.approx(announced * 20 / vault_basket.capital())
    assert project_vault.lead("mcs2026", 20).title.startswith("US$20 billion, as set for this page,")
    assert "set for this page" in project_vault.brief("mcs2026", 20).sentences[-1]
    assert project_vault.brief("mcs2026").sentences == project_vault.brief("mcs2026", 20).sentences[:-1]


def test_a_sum_beyond_what_was_announced_finds_sliders_that_reach_it():
    explorable = project_vault.how_long(20)
    money = {c.name: c for c in explorable.controls if c.name in ("loan", "private_capital")}
    assert sum(c.value for c in money.values()) == pytest.approx(20)
    for control in money.values():
        assert control.low <= control.value <= control.high
        assert min(abs(control.grid - control.value)) < 1e-9, "a browser would move it to a step of its own"
        assert control.grounds == "set for this printing"


def test_a_chapters_parameters_move_where_its_sliders_begin():
    begun = {
        c.name: c.value
        for c in china_responses.how_bad("gallium", "mcs2026").with_defaults(cut=0.9, months=2).controls
    }
    assert (begun["china_share"], begun["cut"], begun["months"]) == (1.0, 0.9, 2)
    higher = price_floor.who_pays().with_defaults(floor=85)
    assert higher.defaults["floor"] == 85
    assert (
        higher.evaluate()
        == price_floor.who_pays().evaluate(floor=85)
        != price_floor.who_pays().evaluate(floor=95)
    )
    assert price_floor.who_pays().with_defaults(floor=None) == price_floor.who_pays()


def test_a_value_that_no_slider_can_take_is_refused_in_the_notebook_too():
    with pytest.raises(UserError, match="60 to 160"):
        price_floor.who_pays().with_defaults(floor=300)
    with pytest.raises(UserError, match="1 to 100"):
        project_vault.how_long(2000)
    with pytest.raises(UserError, match='"gallium"'):
        china_responses.how_bad("galium", "mcs2026")


# --- what stands under the title ---


@pytest.fixture
def under_title(tmp_path, monkeypatch):
    """What a page says under its title, for a repository at some address."""

    def said(page: str, repository: str, settings=None, edition=None) -> str:
        monkeypatch.setenv(repo_url.REPOSITORY, repository)
        stage = tmp_path / str(len(list(tmp_path.iterdir())))
        stage.mkdir()
        binder.record(runs.plan(BOOK, "mcs2026", settings), edition, stage, HOME)
        return binder.launch(page, stage)

    return said


def test_a_chapter_opens_in_binder_and_at_its_host(under_title):
    shown = under_title("04-project-vault", "https://github.com/owner/name")
    assert "https://mybinder.org/v2/gh/owner/name/HEAD?urlpath=lab/tree/book/04-project-vault.ipynb" in shown
    assert "https://github.com/owner/name/blob/HEAD/book/04-project-vault.ipynb" in shown
    assert "This page needs none of it" in shown


def test_a_minerals_page_opens_the_template_and_says_what_to_choose_there(under_title):
    shown = under_title("minerals/tin", "git@gitlab.com:group/name.git")
    assert "/v2/gl/group%2Fname/HEAD?urlpath=lab/tree/book/mineral.ipynb" in shown
    assert "<b>tin</b> in the list at the top" in shown


def test_without_an_address_there_is_no_button(under_title):
    assert under_title("04-project-vault", "") == ""
    assert under_title("04-project-vault", "/srv/git/name") == ""
    assert under_title("evidence", "https://github.com/owner/name") == ""


def test_a_host_that_binder_does_not_know_gets_the_notebook_alone(under_title):
    shown = under_title("07-futures", "https://codeberg.org/owner/name")
    assert "mybinder" not in shown and "Binder" not in shown and "codeberg.org/owner/name" in shown


def test_the_settings_of_an_edition_are_printed_as_a_choice(under_title):
    edition = runs.edition("japan", HOME / "editions")
    shown = under_title("06-china-responses", "", edition.settings, edition)
    assert "A reader in Japan" in shown and "<code>cut = 1.0</code>" in shown and "no evidence" in shown
    assert "Set for this page" not in under_title("01-dependence", "", edition.settings, edition)


# --- the whole way ---


@pytest.mark.slow
def test_an_edition_is_built_beside_the_book_and_leaves_it_alone(checkout):
    checkout.reduce("03-price-floor", "04-project-vault")
    made = "title: Mine\nabout: A trial.\nparameters:\n  03-price-floor: {floor_usd_per_kg: 85}\n  04-project-vault: {capital_usd_bn: 20}\n"
    (checkout.folder / "editions" / "mine.yml").write_text(made)
    run = checkout.run("build", "--edition", "mine")
    assert run.returncode == 0, run.stdout + run.stderr
    site = checkout.folder / "build" / "editions" / "mine" / "html"
    page = (site / "04-project-vault.html").read_text(encoding="utf-8")
    assert "Edition: Mine." in page and "US$20 billion, as set for this page," in page
    assert 'name="floor" min="60" max="160" step="1" value="85"' in (site / "03-price-floor.html").read_text(
        encoding="utf-8"
    )
    assert checkout.standing.read_text() == "the last good site"
