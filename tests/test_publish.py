"""The swap of the old site for the new one: at every moment one of them stands."""

from chokepoint.site import publish
from chokepoint.site.build import recover, swap


def folder(path, text):
    path.mkdir()
    (path / "index.html").write_text(text)
    return path


def test_the_new_site_takes_the_place_of_the_old_one(tmp_path):
    site = folder(tmp_path / "html", "old")
    swap(folder(tmp_path / "printed", "new"), site)
    assert (site / "index.html").read_text() == "new"
    assert [p.name for p in tmp_path.iterdir()] == ["html"]


def test_the_first_site_needs_no_old_one(tmp_path):
    swap(folder(tmp_path / "printed", "new"), tmp_path / "html")
    assert (tmp_path / "html" / "index.html").read_text() == "new"


def test_a_build_killed_in_the_middle_of_the_swap_is_made_good_by_the_next(tmp_path):
    folder(tmp_path / "html.old", "old")
    recover(tmp_path / "html")
    assert (tmp_path / "html" / "index.html").read_text() == "old"


def test_an_edition_that_names_a_release_is_built_at_it_and_any_other_at_the_books(tmp_path, monkeypatch):
    (tmp_path / "editions").mkdir()
    for name, line in (("older", "release: mcs2025\n"), ("plain", "")):
        text = f"title: T\nabout: A sentence.\n{line}parameters: {{}}\n"
        (tmp_path / "editions" / f"{name}.yml").write_text(text)
    built = {}

    def build(release, home, settings=None, edition=None, extras=None, say=None):
        built[edition.name if edition else "the book"] = release
        return home

    monkeypatch.setattr(publish, "build", build)
    publish.publish("mcs2026", tmp_path, say=lambda _: None)
    assert built == {"older": "mcs2025", "plain": "mcs2026", "the book": "mcs2026"}
