"""``ci/check_words.py`` finds every phrase of its table, and nothing else."""

import pytest
from support.scripts import ROOT, load_script, needs_sources

pytestmark = needs_sources


def test_a_wrong_example_is_found_and_a_right_one_is_not() -> None:
    check = load_script(ROOT / "ci" / "check_words.py")
    for phrase in check.PHRASES:
        assert [instead for *_, instead in check.found_in(phrase.wrong)] == [phrase.instead], phrase
        assert not list(check.found_in(phrase.right)), phrase


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("# a request\n# that becomes\n", []),
        ("\n    # it is closed for\n    # good\n", [(2, "for good")]),
        ("def test_it_is_closed_for_good() -> None:", [(1, "for good")]),
        ("it_is_closed_for_good()", []),
        ("Told once.\nTold twice.", [(1, "Told"), (2, "Told")]),
    ],
)
def test_comments_and_names_of_tests_are_searched(text: str, found: list[tuple[int, str]]) -> None:
    check = load_script(ROOT / "ci" / "check_words.py")
    assert [(line, words) for line, words, _ in check.found_in(text)] == found
