"""Finding a browser for the tests: the one that is here, else one installed now, else one clear line."""

import browser
import pytest


@pytest.fixture
def finders(monkeypatch):
    """Let each way of finding a browser answer as told; what was tried is recorded."""
    tried = []

    def answer(**paths):
        for name in ("_present", "_install_systems", "_install_playwrights"):
            monkeypatch.setattr(browser, name, lambda name=name: tried.append(name) or paths.get(name))
        browser.executable.cache_clear()
        return tried

    yield answer
    browser.executable.cache_clear()


def test_a_browser_that_is_here_is_used_and_nothing_installed(finders):
    tried = finders(_present="/usr/bin/chromium")
    assert browser.executable() == "/usr/bin/chromium" and tried == ["_present"]


def test_without_one_it_is_installed(finders):
    finders(_install_playwrights="/home/me/chrome")
    assert browser.executable() == "/home/me/chrome"


def test_where_nothing_works_one_line_says_what_to_do(finders):
    tried = finders()
    with pytest.raises(
        SystemExit, match="^The browser tests need Chromium or Chrome.*apt install chromium"
    ) as said:
        browser.executable()
    assert len(tried) == 3 and "\n" not in str(said.value)
