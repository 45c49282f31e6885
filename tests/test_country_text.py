"""What is said of a country, of made-up rows: each turn of a sentence, and when it is left out."""

from types import SimpleNamespace

import pandas as pd
import pytest

from chokepoint.analysis import countries
from chokepoint.pages import country, country_text

RELEASE, PERU = "mcs2026", "PER"
NONE = pd.DataFrame(columns=["status", "instrument", "instrument_name", "date_start", "binding", "exclusive"])


@pytest.fixture
def stands(monkeypatch):
    """Say where Peru stands: stands(status, came, signed, texts)."""

    def put(where: str, came: bool = True, signed: dict | None = None, texts: pd.DataFrame = NONE) -> str:
        monkeypatch.setattr(countries, "status", lambda _: where)
        monkeypatch.setattr(countries, "came", lambda _: came)
        monkeypatch.setattr(countries, "signed", lambda _: signed)
        monkeypatch.setattr(countries, "texts", lambda _: texts)
        return country_text.status_sentence(PERU, RELEASE)

    return put


FRAMEWORK = {"instrument": "framework", "instrument_name": "Framework", "status": "signed"}
ARRIVED = "Peru came to Washington on 4 February 2026"
STAYED = "Peru is not on the State Department’s list of delegations"


def test_who_signed_is_told_by_when_and_whether_it_came(stands):
    day = country_text.prefix(PERU)
    assert stands("signed_day", True, FRAMEWORK) == (
        f"Peru signed a framework with the United States on {{{day}.signed}}, the day of the meeting."
    )
    assert stands("signed_before", True, FRAMEWORK).startswith(f"{ARRIVED} with a framework already signed")
    assert stands("signed_before", False, FRAMEWORK).startswith(f"{STAYED} with a framework already signed")
    assert stands("signed_since", True, FRAMEWORK).startswith(f"{ARRIVED} and signed a framework later")
    assert stands("signed_since", False, FRAMEWORK).startswith(f"{STAYED} but signed a framework later")


def test_who_signed_nothing_is_told_by_whether_it_came(stands):
    assert stands("came") == f"{ARRIVED}; no framework with the United States is known."
    assert stands("away", False) == f"{STAYED}, and no framework with the United States is known."
    assert stands("union").startswith(f"{ARRIVED}; no framework of its own is known, and the European Union")
    assert "called the meeting" in stands("host") and "answer to its hold" in stands("china", False)


def test_what_else_it_signed_is_named(stands):
    rows = pd.DataFrame(
        [
            {"status": "announced", "instrument_name": "a plan", "date_start": pd.Timestamp(2025, 1, 1)},
            {"status": "signed", "instrument_name": "action plan", "date_start": pd.Timestamp(2026, 3, 9)},
        ]
    )
    assert stands("came", texts=rows).endswith("what it did sign is an action plan of 9 March 2026.")
    assert stands("came", texts=rows.head(1)).endswith("no framework with the United States is known.")


@pytest.mark.parametrize(
    "name, said", [("the deal", "the deal"), ("a note", "a note"), ("plan", "a plan"), ("act", "an act")]
)
def test_a_text_has_its_article(name, said):
    assert country_text._one(name) == said


def bound(monkeypatch, *rows: dict) -> str:
    texts = pd.DataFrame([FRAMEWORK | row for row in rows]) if rows else NONE
    monkeypatch.setattr(countries, "texts", lambda _: texts)
    return country_text.binds(PERU)


PLAN = {"instrument": "plan", "instrument_name": "plan", "date_start": pd.Timestamp(2026, 3, 9)}


@pytest.mark.parametrize(
    "binding, said",
    [
        ("no", "By its own text the framework binds nobody."),
        ("yes", "By its own text the framework binds."),
        ("intended", "The framework is meant to bind."),
        ("said not to", "We have not seen the text of the framework, which is said to bind nobody."),
        ("unknown", "We have not seen the text of the framework."),
    ],
)
def test_whether_it_binds_is_said_as_far_as_it_is_known(monkeypatch, binding, said):
    assert bound(monkeypatch, {"binding": binding, "exclusive": "no"}) == said


def test_a_preference_and_a_further_text_that_binds_are_told(monkeypatch):
    assert bound(monkeypatch) == ""
    frame = {"binding": "no", "exclusive": "preference"}
    plan = PLAN | {"binding": "intended", "exclusive": "preference"}
    assert bound(monkeypatch, frame, plan) == (
        "By its own text the framework binds nobody; it gives American buyers a preference; its plan of "
        "9 March 2026 is meant to bind and gives the United States priority."
    )
    assert bound(monkeypatch, PLAN | {"binding": "no", "exclusive": "no"}) == ""
    assert bound(monkeypatch, plan | {"exclusive": "no"}) == "Its plan of 9 March 2026 is meant to bind."
    assert bound(monkeypatch, plan | {"status": "announced"}) == ""
    either = {"instrument_name": "Text, which of the two is not said", "binding": "yes", "exclusive": "no"}
    assert bound(monkeypatch, either) == "By its own text the framework or memorandum binds."


# --- what it brings


def made(*rows: tuple) -> pd.DataFrame:
    """Rows (mineral, step, what, share, place, form), largest first."""
    columns = ["mineral", "step", "what", "share", "place", "form"]
    return pd.DataFrame(rows, columns=columns).assign(value=1.0, iso3=PERU)


@pytest.fixture
def brings(monkeypatch):
    """Say what a country with these rows brings; leaders: (mineral, step) of which countries are known."""

    def put(*rows: tuple, iso3: str = PERU, leaders: tuple = (), withheld: tuple = ()) -> str:
        monkeypatch.setattr(countries, "brings", lambda *_: made(*rows))
        monkeypatch.setattr(countries, "withheld", lambda *_: list(withheld))
        monkeypatch.setattr(country_text, "share_id", lambda _iso3, row: f"{row.mineral}_{row.step}")
        monkeypatch.setattr(country_text, "_in_place_of_output", lambda *_: "; nothing")
        named = pd.DataFrame(list(leaders), columns=["mineral", "step"])
        monkeypatch.setattr(country_text.supply, "leaders", lambda _: named)
        return country_text.computed(iso3, RELEASE)

    return put


def test_a_country_without_output_says_so_or_that_it_is_withheld(brings):
    assert brings() == "It mines none of the listed minerals in the data, and refines none; nothing."
    assert brings(withheld=("tin", "lead")).startswith("Its output of tin and lead is withheld, and no other")


TIN = ("tin", "mine", "Tin", 30.0, 1, "")


def test_who_makes_most_leads_and_what_else_it_leads_in_is_named(brings):
    assert brings(TIN) == "It mines more tin than any other country, {tin_mine} of the world’s."
    lead = ("lead", "refinery", "Lead", 20.0, 1, "")
    second = ("tin", "refinery", "Tin", 25.0, 1, "")
    said = brings(TIN, second, lead)
    assert said == (
        "It mines more tin than any other country, {tin_mine} of the world’s, and leads in lead "
        "({lead_refinery}) too; after the mine it has {tin_refinery} of tin."
    )


def test_who_is_not_first_has_a_largest_share_and_a_next(brings):
    first = ("tin", "refinery", "Tin", 12.0, 3, "")
    assert brings(first).startswith(
        "Its largest share is {tin_refinery} of the world’s tin, at the step after"
    )
    mined = ("tin", "mine", "Tin", 12.0, 3, "")
    said = brings(mined, ("lead", "mine", "Lead", 1.0, 9, ""), iso3=countries.UNION)
    assert said == (
        "Its members’ largest share is {tin_mine} of the world’s tin, at the mine; next comes lead, "
        "{lead_mine}."
    )
    assert "next comes" not in brings(mined, ("lead", "mine", "Lead", 0.9, 9, ""))
    little = brings(("tin", "mine", "Tin", 0.9, 9, ""))
    assert little.startswith("It brings little that is printed: its largest share is {tin_mine}")
    assert little.endswith("at the mine.")
    assert "little" not in brings(("tin", "mine", "Tin", 1.0, 9, ""))


def test_that_it_is_not_named_at_the_other_step_is_said_only_where_that_step_is_known(brings):
    """Of tin the refiners are known; those of lead say nothing of tin."""
    unnamed = "; it is not named among those that refine it."
    assert brings(TIN, leaders=(("tin", "refinery"), ("tin", "mine"))).endswith(unnamed)
    assert "not named" not in brings(TIN, leaders=(("lead", "refinery"), ("tin", "mine")))
    assert "not named" not in brings(TIN, leaders=(("tin", "refinery"),), iso3=countries.UNION)
    refined = ("tin", "refinery", "Tin", 30.0, 1, "")
    assert "not named" not in brings(refined, leaders=(("tin", "mine"),))
    form = ("titanium", "mine", "Rutile", 30.0, 1, "rutile")
    assert "not named" not in brings(form, leaders=(("titanium", "refinery"),))


def test_many_firsts_are_counted_and_the_three_largest_named(brings):
    minerals = ("tin", "lead", "zinc", "copper")
    rows = [(m, "mine", m.capitalize(), 50.0 - i, 1, "") for i, m in enumerate(minerals)]
    said = brings(*rows)
    assert said == (
        "It is the largest producer in four cases at the mine or after it, among them tin ({tin_mine}), "
        "lead ({lead_mine}) and zinc ({zinc_mine})."
    )
    assert "{dependence.china_leads_mined}" in brings(*rows, iso3=countries.CHINA)
    assert "and leads in lead ({lead_mine}) and zinc" in brings(*rows[:3])


def test_a_sentence_written_by_hand_stands_while_the_country_leads_with_as_much_as_it_says(monkeypatch):
    def borne(place: int, share: float, leads: str = "tin", least: float = 30, fact: bool = True) -> bool:
        rows = pd.DataFrame({"iso3": [PERU], "name": ["tin"], "place": [place], "share": [share]})
        monkeypatch.setattr(countries, "output_shares", lambda *_: rows)
        prefix = country_text.prefix(PERU)
        monkeypatch.setattr(country_text, "share_id", lambda _iso3, one: f"{prefix}.{one.name}")
        monkeypatch.setattr(country_text, "fact_exists", lambda *_: fact)
        row = pd.Series(
            {"country": PERU, "leads_in": leads, "at_least": least, "sentence": "It has [tin] of it."}
        )
        return country_text.is_borne_out(row, RELEASE)

    assert borne(1, 30) and borne(1, 40) and borne(2, 3, leads=float("nan"))
    assert not borne(1, 29.9) and not borne(2, 40) and not borne(1, 40, leads="lead")
    assert not borne(1, 40, fact=False) and borne(1, 2, least=float("nan"))


def product(what: str, mineral: str, form: str = "") -> str:
    return country_text.product(SimpleNamespace(what=what, mineral=mineral, form=form))


def test_a_form_is_named_with_its_mineral_where_its_own_name_does_not_say_it():
    assert product("Cobalt (mined)", "cobalt") == "cobalt" and product("Bauxite", "aluminum") == "bauxite"
    assert product("Rutile", "titanium", "rutile") == "rutile (titanium)"
    assert product("Titanium sponge", "titanium", "sponge") == "titanium sponge"


# --- what is done to it, and what it does


def aimed(monkeypatch, *statuses: str) -> str:
    monkeypatch.setattr(countries, "aimed_at", lambda _: pd.DataFrame({"status": list(statuses)}))
    return country_text.aimed(PERU)


def test_chinese_measures_that_name_it_are_counted_with_those_that_stand(monkeypatch):
    assert aimed(monkeypatch) == ""
    assert aimed(monkeypatch, "in force") == "One Chinese measure names it or its firms."
    assert aimed(monkeypatch, "lifted") == "One Chinese measure names it or its firms."
    two = "Two Chinese measures name it or its firms"
    assert aimed(monkeypatch, "in force", "suspended") == f"{two}."
    assert aimed(monkeypatch, "in force", "lifted") == f"{two}, one of them in force."
    assert aimed(monkeypatch, "suspended", "lifted") == f"{two}, one of them in force or suspended."
    monkeypatch.setattr(countries, "aimed_at", lambda _: pd.DataFrame({"status": ["in force"]}))
    assert country_text.aimed(countries.CHINA) == ""


def limited(monkeypatch, *goods: tuple, iso3: str = PERU) -> str:
    rows = pd.DataFrame(list(goods), columns=["commodity", "minerals"])
    monkeypatch.setattr(countries, "own_controls", lambda *_: rows)
    return country_text.limits(iso3, RELEASE)


def test_its_own_limits_are_those_on_listed_minerals(monkeypatch):
    assert limited(monkeypatch) == "" and limited(monkeypatch, ("sand", None), ("salt", "none_such")) == ""
    tin = ("tin ore", "none_such;tin")
    assert limited(monkeypatch, tin, tin) == "It limits exports itself: of tin ore, as USGS lists them."
    assert limited(monkeypatch, tin, iso3=countries.CHINA) == ""
    many = [(f"kind {i}", "tin") for i in range(5)]
    assert "of kind 0, kind 1, kind 2 and kind 3, as" in limited(monkeypatch, *many[:4])
    assert "of kind 0, kind 1, kind 2 and others, as" in limited(monkeypatch, *many)


def sold(monkeypatch, *rows: tuple, first: int = 0, stated: int = 0) -> str:
    """Rows (mineral, share) of US imports; it is the largest source of the `first` first of them."""
    bought = pd.DataFrame(list(rows), columns=["mineral", "value"]).assign(iso3=PERU)
    leading = bought.head(first).assign(stated=[i < stated for i in range(first)])
    monkeypatch.setattr(country_text.reliance, "by_country", lambda _: bought)
    monkeypatch.setattr(country_text.reliance, "firsts", lambda _: leading)
    return country_text.sells(PERU, RELEASE)


def test_what_the_united_states_buys_from_it_is_told_by_how_much_of_it_there_is(monkeypatch):
    own = country_text.prefix(PERU)
    names = ["tin", "lead", "zinc", "copper"]
    rows = [(mineral, 10.0) for mineral in names]
    of = {mineral: f"{mineral} ({{{own}.{mineral}_us_imports}})" for mineral in names}
    assert sold(monkeypatch) == ""
    assert sold(monkeypatch, *rows[:2]) == (
        f"USGS names it among the sources of US imports of {of['tin']} and {of['lead']}."
    )
    assert "imports of three minerals, the largest part of tin, {" in sold(monkeypatch, *rows[:3])
    largest = sold(monkeypatch, *rows, first=3)
    assert largest == f"It is the largest source of US imports of {of['tin']}, {of['lead']} and {of['zinc']}."
    many = sold(monkeypatch, *rows, first=4, stated=4)
    assert many.startswith("It is the largest source of US imports of four minerals, among them tin")
    assert many.endswith(f"{of['zinc']}.")
    assert "; for two of these USGS states how far" in sold(monkeypatch, *rows, first=4, stated=2)
    assert "; for none of these USGS states how far" in sold(monkeypatch, *rows, first=4)
    unpriced = sold(monkeypatch, ("cesium", float("nan")), first=1)
    assert unpriced == "It is the largest source of US imports of caesium."


# --- the part of the page on what it brings


def notes(monkeypatch, *sources: str, iso3: str = PERU) -> str:
    rows = made(*[TIN for _ in sources]).assign(source_id=pd.Series(sources, dtype="str"))
    monkeypatch.setattr(countries, "code", lambda _: iso3)
    monkeypatch.setattr(countries, "brings", lambda *_: rows)
    monkeypatch.setattr(country, "_chains", lambda *_: "table")
    monkeypatch.setattr(country, "_forms", lambda _: [])
    monkeypatch.setattr(country, "_shares", lambda *_: None)
    return " ".join(country.brings("peru", RELEASE).sentences)


def test_that_the_agency_stands_in_is_said_where_one_of_the_figures_is_its_own(monkeypatch):
    assert "IEA" not in notes(monkeypatch, "USGS-tin", "USGS-lead")
    assert "IEA’s base year stands in" in notes(monkeypatch, "USGS-tin", "IEA-2025")
    assert "IEA’s base year stands in" in notes(monkeypatch, "IEA-2025")
    assert "lower bounds" in notes(monkeypatch, "USGS-tin", iso3=countries.UNION)
    assert "lower bounds" not in notes(monkeypatch, iso3=countries.UNION)


def test_a_bar_has_its_step_where_the_mineral_is_there_twice_and_its_place(monkeypatch):
    rows = made(TIN, ("lead", "mine", "Lead", 5.0, 4, ""), ("tin", "refinery", "Tin", 4.0, 7, ""))
    names = country._bar_names(rows).tolist()
    assert names[1] == "lead" and names[0] != names[2] and all(n.startswith("tin, ") for n in names[::2])
    places = [country._place(SimpleNamespace(place=p)) for p in (1, 2, float("nan"))]
    assert places == [", the most", ", 2nd", ""]


# --- other parts of the page


def shares(monkeypatch, *rows: tuple, iso3: str = PERU) -> object:
    """The figure of what a country brings, of rows as in `made`."""
    held = made(*rows).assign(
        alone=False, year=[2025 - (row[1] == "refinery") for row in rows], release=RELEASE, source_id="S001"
    )
    return country._shares(iso3, held)


def test_the_largest_share_is_the_title_and_the_others_are_counted(monkeypatch):
    assert shares(monkeypatch, TIN).title == "Peru mined 30% of the world’s tin in 2025"
    second = ("tin", "refinery", "Tin", 25.0, 2, "")
    both = shares(monkeypatch, TIN, second)
    assert both.title == "Peru mined 30% of the world’s tin in 2025"  # the same mineral again
    drawn = [row for rows in both.chart.to_dict(validate=False)["datasets"].values() for row in rows]
    assert [row["text"] for row in drawn] == ["30%, the most", "25%, 2nd"]
    lead = ("lead", "mine", "Lead", 20.0, 2, "")
    assert shares(monkeypatch, second, lead).title == (
        "Peru made 25% of the world’s tin in 2024; the sources name it for one more mineral"
    )
    union = shares(monkeypatch, TIN, lead, ("zinc", "mine", "Zinc", 9.0, 4, ""), iso3=countries.UNION)
    assert union.title == (
        "The Union’s members mined 30% of the world’s tin in 2025; the sources name them for two more "
        "minerals"
    )


def test_the_twelve_largest_shares_are_drawn_and_all_are_in_the_numbers(monkeypatch):
    names = ["tin", "lead", "zinc", "copper", "nickel", "cobalt", "lithium", "graphite"]
    many = [
        (m, step, m.title(), 50.0 - i, 2, "") for i, m in enumerate(names) for step in ("mine", "refinery")
    ]
    figure = shares(monkeypatch, *many[:13])
    assert len(figure.table) == 13 and figure.alt_text.endswith("; a smaller one is in the numbers.")
    assert shares(monkeypatch, *many[:14]).alt_text.endswith("; 2 smaller ones are in the numbers.")
    assert not shares(monkeypatch, *many[:12]).alt_text.endswith("numbers.")


def signs(monkeypatch, iso3: str = PERU, came: bool = False, union: bool = False, *statuses: str) -> object:
    rows = pd.DataFrame({"status": list(statuses)})
    monkeypatch.setattr(countries, "code", lambda _: iso3)
    monkeypatch.setattr(countries, "texts", lambda _: rows)
    monkeypatch.setattr(countries, "came", lambda _: came)
    monkeypatch.setattr(countries, "in_union", lambda _: union)
    monkeypatch.setattr(country, "_text", lambda row: row["status"])
    return country.signed("peru", RELEASE)


def test_what_it_signed_is_listed_or_it_is_said_that_nothing_is_known(monkeypatch):
    section = signs(monkeypatch, PERU, True, False, "signed", "announced")
    assert list(section.items) == ["signed", "announced"] and section.sentences == []
    away = signs(monkeypatch)
    assert away.sentences == ["We know of no text on critical minerals between the United States and Peru."]
    came = signs(monkeypatch, PERU, True)
    assert len(came.sentences) == 2 and "may be one of them" in came.sentences[1]
    member = signs(monkeypatch, PERU, False, True, "signed")
    assert len(member.items) == 2 and "member of the European Union" in member.sentences[0]
    silent = signs(monkeypatch, PERU, True, True)
    assert ["We know", "It is a", "The State"] == [s[: len(w)] for s, w in zip(
        silent.sentences, ("We know", "It is a", "The State"), strict=True)]  # fmt: skip
    assert "05-frameworks" in signs(monkeypatch, countries.HOST).items[0]
    assert "06-china-responses" in signs(monkeypatch, countries.CHINA).items[0]


@pytest.mark.parametrize(
    "cells, title, binding",
    [
        ({}, "Framework", "Binds nobody, by its own text"),
        (
            {"exclusive": "preference"},
            "Framework",
            "Binds nobody, by its own text; gives the US a preference",
        ),
        ({"binding_note": "A report"}, "Framework", "Binds nobody, by its own text (a report)"),
        ({"binding_note": "The text itself"}, "Framework", "Binds nobody, by its own text"),
        ({"status": "announced"}, "Framework", "Binds nobody, by its own text"),
        ({"status": "hesitant"}, "Framework", ""),
        ({"status": "none"}, "Nothing signed", ""),
        ({"status": "absent"}, "Nothing signed", ""),
    ],
)
def test_a_text_is_listed_with_whether_it_binds_only_if_there_is_one(monkeypatch, cells, title, binding):
    monkeypatch.setattr(country.chapters, "agreement", lambda _row, *told: told)
    row = FRAMEWORK | {"binding": "no", "binding_note": None, "exclusive": "not stated"} | cells
    assert country._text(row) == (title, binding)


def dated(monkeypatch, many: int, **cells) -> object:
    """Events of one day each, oldest first, of which those to April 2026 are no longer ahead."""
    rows = pd.DataFrame({"date_start": pd.date_range("2026-01-15", periods=many, freq="30D")})
    rows = rows.assign(**{"happened": "happened", "number": range(many)} | cells)
    monkeypatch.setattr(countries, "code", lambda _: PERU)
    monkeypatch.setattr(countries, "events", lambda _: rows)
    monkeypatch.setattr(country.dated, "is_ahead", lambda day: day > "2026-04-01")
    monkeypatch.setattr(country.chapters, "event", lambda row, state: f"{row['number']}{state}")
    return country.events("peru", RELEASE)


def test_events_stand_newest_first_and_the_older_ones_are_folded_away(monkeypatch):
    assert dated(monkeypatch, 0) is None
    twelve = dated(monkeypatch, 12)
    assert list(twelve.items) == [str(n) for n in range(11, -1, -1)] and not twelve.after
    thirteen = dated(monkeypatch, 13)
    assert list(thirteen.items) == [str(n) for n in range(12, 0, -1)]
    assert "1 earlier event<" in thirteen.after and "2 earlier events<" in dated(monkeypatch, 14).after


def test_a_day_that_passed_is_told_from_one_that_is_set(monkeypatch):
    section = dated(monkeypatch, 4, happened=["happened", "lapsed", "scheduled", "scheduled"])
    days = ["3, set for this day", "2, a day that passed", "1, a day that passed", "0"]
    assert list(section.items) == days


def open_of(monkeypatch, iso3: str, name: str, *questions: tuple, keys: tuple = ()) -> list[str]:
    rows = pd.DataFrame(list(questions), columns=["question_id", "question", "why", "row_keys"])
    monkeypatch.setattr(country.listing, "open_questions", lambda rows: rows)
    asked = country._questions.__wrapped__(rows, iso3, name, *keys)
    return list(asked.question_id)


def test_a_question_is_a_country_s_if_it_names_it_or_its_rows(monkeypatch):
    rows = [
        ("named", "Did Peru sign?", "", None),
        ("why", "Who signed?", "It matters to Peru", None),
        ("row", "Who signed?", "", "agreements:x;agreements:y"),
        ("other", "Did Chile sign?", "", "agreements:z"),
        ("open.us_ore", "China and Korea?", "Of China", None),
    ]
    assert open_of(monkeypatch, PERU, "Peru", *rows, keys=("agreements:y",)) == ["named", "why", "row"]
    assert open_of(monkeypatch, "KOR", "South Korea", *rows) == ["open.us_ore"]
    assert open_of(monkeypatch, "CHN", "China", *rows[:4], ("x", "Who?", "China", None), rows[4]) == [
        "open.us_ore"
    ]
    assert open_of(monkeypatch, countries.HOST, "United States", *rows) == ["open.us_ore"]


def test_what_is_not_known_of_a_country_has_its_unseen_texts_and_what_is_withheld(monkeypatch):
    frame = FRAMEWORK | {"agreement_id": "a", "date_start": pd.Timestamp(2026, 2, 4)}
    texts = pd.DataFrame(
        [
            frame | {"binding": "text not seen"},
            frame | {"binding": "said not to"},
            frame | {"binding": "no"},
            frame | {"binding": "text not seen", "instrument": "plan"},
            frame | {"binding": "text not seen", "status": "announced"},
        ]
    )
    monkeypatch.setattr(countries, "code", lambda name: name)
    monkeypatch.setattr(countries, "texts", lambda _: texts)
    monkeypatch.setattr(countries, "events", lambda _: pd.DataFrame({"event_id": ["e"]}))
    monkeypatch.setattr(country, "_questions", lambda *_: pd.DataFrame())
    monkeypatch.setattr(country, "day", lambda row: "4 February 2026")
    monkeypatch.setattr(countries, "withheld", lambda *_: ["tin"])
    gaps = list(country.unanswered_questions(PERU, RELEASE).items)
    assert gaps[0].startswith("How much of these it makes, withheld by the source: [Tin](minerals/tin)")
    assert gaps[1:] == ["What its framework of 4 February 2026 says: we have not seen the text."] * 2
    assert len(country.unanswered_questions(countries.CHINA, RELEASE).items) == 1
    monkeypatch.setattr(countries, "withheld", lambda *_: [])
    assert country.unanswered_questions(countries.CHINA, RELEASE) is None


def test_controls_that_touch_it_have_their_day_and_its_own_are_put_together(monkeypatch):
    aimed_ = pd.DataFrame(
        {"effective_date_start": ["2025", None], "announced_date_start": ["2024", "2026"], "n": [1, 2]}
    )
    own = pd.DataFrame(
        [("Ban", 2020, "tin ore"), ("Quota", 2021, "lead"), ("Ban", 2020, "zinc"), ("Ban", None, "salt")],
        columns=["control", "since", "commodity"],
    ).assign(source_id="S001")
    monkeypatch.setattr(countries, "code", lambda name: name)
    monkeypatch.setattr(countries, "aimed_at", lambda _: aimed_)
    monkeypatch.setattr(countries, "own_controls", lambda *_: own)
    monkeypatch.setattr(country, "day", lambda row, which: row[f"{which}_start"])
    monkeypatch.setattr(country.suspensions, "until", lambda _: "")
    monkeypatch.setattr(country.chapters, "chinese_control", lambda row, when, _: (row["n"], when))
    monkeypatch.setattr(country.chapters, "own_control", lambda since, who, *told: told[:2])
    assert list(country.controls(PERU, RELEASE).items) == [
        *[(1, "2025"), (2, "2026")],
        *[("Ban", "tin ore, zinc"), ("Quota", "lead"), ("Ban", "salt")],
    ]
    monkeypatch.setattr(countries, "aimed_at", lambda _: aimed_.head(0))
    monkeypatch.setattr(countries, "own_controls", lambda *_: own.head(0))
    assert country.controls(PERU, RELEASE) is None
    assert "06-china-responses" in country.controls(countries.CHINA, RELEASE).items[0]


def test_groups_that_the_page_tells_of_elsewhere_are_not_told_again(monkeypatch):
    seats = pd.DataFrame({"iso3": [PERU], "represented_by": ["Minister X"], "seat": ["state"]})
    held = {"g7": "member", "attendees_4feb": "member", "quad": "founder"}
    rows = pd.DataFrame({"coalition_id": list(held), "role": list(held.values())})
    rows = rows.assign(published=True, source_id="S001")
    groups = pd.DataFrame({"coalition_id": list(held), "name": ["G7", "Came", "Quad"]})
    tables_ = {"attendees": seats, "memberships": rows, "coalitions": groups}
    monkeypatch.setattr(countries, "code", lambda name: name)
    monkeypatch.setattr(country.tables, "rows", lambda name, **_: tables_[name])
    monkeypatch.setattr(country.facts, "linked", lambda text: text)
    monkeypatch.setattr(country.chapters, "membership", lambda name, role, _: (name, role))
    section = country.standing(PERU, RELEASE)
    assert list(section.items) == [("G7", ""), ("Quad", "as a founder")]
    assert section.sentences == ["On 4 February 2026 it was represented by Minister X."]
    for seat, said in (("territory", "had no seat of its own"), ("institution", "had a seat of its own")):
        tables_["attendees"] = seats.assign(seat=seat, represented_by=None)
        assert said in country.standing(PERU, RELEASE).sentences[0]
    tables_ |= {"attendees": seats.head(0), "memberships": rows[rows.coalition_id == "attendees_4feb"]}
    assert country.standing(PERU, RELEASE) is None
