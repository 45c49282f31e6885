"""The same inputs give the same bytes."""

import pytest
from conftest import Checkout
from small_book import Small

pytestmark = pytest.mark.slow


def test_two_builds_in_two_folders_are_the_same_to_the_byte(tmp_path):
    first, second = Small(Checkout(tmp_path / "one")), Small(Checkout(tmp_path / "other" / "two"))
    first.build(PYTHONHASHSEED="1", TZ="UTC")
    second.build(PYTHONHASHSEED="2", TZ="Asia/Tokyo")
    assert first.printed() == second.printed()
