"""Every number the prose may state has a source that is listed, at every release; a correction is told."""

import json
import re
import subprocess
import sys
from unittest.mock import ANY

import pytest
from click.testing import CliRunner
from sampled import newest_and

from chokepoint.analysis import facts
from chokepoint.cli import main
from chokepoint.data import tables
from chokepoint.errors import UserError
from chokepoint.site.lists import fact_list

RELEASES = tables.releases("production")


@pytest.fixture(scope="module")
def printed() -> list[dict]:
    """What `chokepoint facts --json` prints."""
    result = CliRunner().invoke(main, ["facts", "--json"])
    assert result.exit_code == 0
    return json.loads(result.output)


def test_every_fact_has_a_source_that_is_listed(printed):
    listed = set(tables.load("sources").source_id)
    assert len(printed) > 400
    assert [fact["fact_id"] for fact in printed if not fact["sources"]] == []
    assert {s for fact in printed for s in fact["sources"]} - listed == set()
    assert {s for fact in printed for _, sources in fact["superseded"] for s in sources} - listed == set()


def test_no_fact_rests_on_a_lead_that_was_not_opened_or_on_a_row_kept_back(printed):
    leads = set(tables.load("sources").query("kind == 'lead'").source_id)
    assert [fact["fact_id"] for fact in printed if set(fact["sources"]) <= leads] == []
    kept_back = set(tables.load("ledger").query("not published").fact_id)
    assert kept_back & {fact["fact_id"] for fact in printed} == set()


def test_every_fact_has_a_label_a_text_and_a_confidence_that_is_known(printed):
    for fact in printed:
        assert (
            fact["label"]
            and fact["text"]
            and fact["confidence"] in ("primary", "corroborated", "single-source", "modelled")
        ), fact
    assert len({fact["fact_id"] for fact in printed}) == len(printed)


def test_a_label_names_a_mineral_as_one_says_it_and_not_by_its_code(printed):
    coded = re.compile(r"\b[a-z]+(_[a-z]+)+\b")
    assert not [fact["fact_id"] for fact in printed if coded.search(fact["label"])]


def of_a_release(fact_id):
    """Whether a fact is computed from the release that is asked; one of a fixed year may rest on that year's."""
    declared = facts._declaration(fact_id)
    return declared is not None and "release" in declared.takes


@pytest.mark.parametrize("release", newest_and("facts at a release", RELEASES))
def test_facts_can_be_asked_at_every_release(release):
    known = facts.evaluate(release)
    assert {"rare_earths.china_mined", "gallium.reliance", "vault.exim_loan"} <= known.keys()
    # A release's own facts rest on it, or on a publisher's table that has no yearly release, never on another year's.
    others = {r.upper() for r in RELEASES if r != release}
    strays = {
        k: f.sources
        for k, f in known.items()
        if of_a_release(k) and not f.confidence == "modelled" and set(f.sources) & others
    }
    assert strays == {}


def test_what_a_release_lacks_has_no_fact_there(monkeypatch):
    assert "rare_earths.reliance_2024" not in facts.evaluate("mcs2024")
    with pytest.raises(UserError, match='"mcs2024" does not hold'):
        facts.get("rare_earths.reliance_2024", "mcs2024")


def test_both_readings_of_reliance_on_rare_earths_are_visible():
    fact = facts.get("rare_earths.reliance_2024")
    assert (fact.text, fact.superseded) == ("53%", (("80%", ("MCS2025",)),))
    assert facts.get("rare_earths.reliance_2024", "mcs2025").text == "80%"
    row = fact_list("mcs2026").split('id="fact-rare_earths.reliance_2024"')[1].split("</tr>")[0]
    assert "<b>53%</b>" in row and "<s>80%</s>" in row and "MCS2025" in row


def test_brazils_adopted_reserves_stand_beside_the_superseded_ones():
    fact = facts.get("rare_earths.reserves_brazil")
    assert (fact.text, fact.superseded) == ("11 million tonnes", (("21 million tonnes", ("MCS2026",)),))
    assert "Version 1.3" in fact.note and "MCS2026-02" in fact.note
    world = facts.get("rare_earths.reserves_world")
    assert (world.text, world.superseded[0][0]) == (
        "more than 75 million tonnes",
        "more than 85 million tonnes",
    )


# --- corrections


@pytest.mark.parametrize("release", RELEASES)
def test_a_release_can_say_what_was_corrected_in_it(release):
    fixes = tables.corrections(release)
    assert len(fixes) == (tables.load("corrections").release == release).sum() > 0
    marked = fixes[~fixes.action.isin(["header", "drop"])]
    assert (marked.rows > 0).all(), "every correction of a value marks the rows it touched"
    assert fixes.reason.notna().all() and fixes.source_id.isin(tables.load("sources").source_id).all()


def test_corrections_of_the_latest_release_by_table():
    fixes = tables.corrections("mcs2026")
    assert (
        fixes.groupby("table").rows.sum()["reserves"]
        == tables.load("reserves", "mcs2026").correction_id.notna().sum()
    )


def test_a_release_without_corrections_has_none():
    assert tables.corrections("iea2025").empty


def test_a_share_shows_the_rows_it_was_worked_out_from():
    assert facts.get("rare_earths.china_mined").rows == ("China 2025: 270,000 t", "World 2025: 390,000 t")


def test_a_count_names_what_it_counted():
    counted = facts.get("dependence.both_known")
    assert len(counted.rows) == counted.value and "Cobalt" in counted.rows


IN_A_PROCESS_OF_ITS_OWN = """
import json, sys
from chokepoint.analysis import facts; from chokepoint.data import memory
found = [facts.find(fact_id) for fact_id in json.load(sys.stdin)]
print(json.dumps({"texts": [fact and fact.text for fact in found], "reads": memory.reads()}))
"""


def asked(*fact_ids: str) -> dict:
    """The texts of some facts, and what of the data was read for them, in a process that has asked for no other."""
    told = json.dumps(fact_ids)
    return json.loads(
        subprocess.run(
            [sys.executable, "-c", IN_A_PROCESS_OF_ITS_OWN],
            input=told,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    )


def test_facts_asked_for_by_themselves_are_what_they_are_among_all(printed):
    of_each_kind = {re.sub(r"^\w+\.|\d", "", fact["fact_id"]): fact for fact in printed}.values()
    assert len(of_each_kind) > 250
    assert asked(*(f["fact_id"] for f in of_each_kind), "gallium.chinese_mined") == {
        "texts": [*(f["text"] for f in of_each_kind), None],
        "reads": ANY,
    }


def test_a_fact_of_one_table_reads_no_table_of_another(printed):
    reads = asked("since.events")["reads"]
    assert "data/evidence/timeline.csv" in reads and not [name for name in reads if "mcs2026/" in name]
    reads = asked("australia.lithium_mined")["reads"]
    assert "data/minerals/mcs2026/production.csv" in reads and not [
        name for name in reads if "mcs2025/" in name or "reserves" in name
    ]


def test_a_sentence_writes_a_share_as_its_source_carries_it_and_releases_still_differ():
    """270 of 390 kt has two figures. 68.57, 67.82 and 69.23% stay apart where releases are compared."""
    share = facts.get("rare_earths.china_mined")
    assert (share.text, share.prose_text) == ("69.23%", "69%")
    assert facts.linked("{rare_earths.china_mined}") == "69%"
    assert facts.agrees("69%", share) and facts.agrees("69.2%", share) and not facts.agrees("70%", share)
    assert facts.get("vault.exim_loan").prose_text == facts.get("vault.exim_loan").text


def test_declarations_are_in_one_order_whatever_module_was_imported_first(monkeypatch):
    expected = [declared.shell for declared in facts._declarations()]
    by_module: dict[str, list] = {}
    for declared in facts.DECLARED:
        by_module.setdefault(declared.compute.__module__, []).append(declared)
    assert len(by_module) > 3
    backwards = [declared for module in reversed(by_module.values()) for declared in module]
    monkeypatch.setattr(facts, "DECLARED", backwards)
    assert [declared.shell for declared in facts._declarations()] == expected
