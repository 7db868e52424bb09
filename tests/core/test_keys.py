"""Keys that name a place: written and read in one spot, and whoever answers for a kind is asked with its parts."""

import pytest

from dudao.core.keys import Answers, Kind, number_in

MARK = Kind("mark", int, str)


def test_a_key_is_read_as_it_was_written():
    assert MARK.key(12, "B2") == "mark:12:B2"
    assert MARK.read("mark:12:B2") == [12, "B2"]
    assert MARK.read(MARK.key(12, "rule:stage")) == [12, "rule:stage"], "the last part may hold colons"
    assert MARK.key(12) == "mark:12:" and MARK.key() == "mark:", "how the keys of all places below begin"


@pytest.mark.parametrize(
    "key", ["", "mark", "mark:12", "mark:12:", "mark:x:B2", "mark:²:B2", f"mark:{'9' * 18}:B2", "low:12:B2"]
)
def test_what_is_no_key_of_the_kind_is_read_as_none(key):
    assert MARK.read(key) is None


def test_a_kind_is_named_without_a_colon():
    for name in ("", "a:b"):
        with pytest.raises(ValueError, match="colon"):
            Kind(name)


def test_who_answers_for_a_kind_is_asked_with_the_parts_of_the_key():
    answers = Answers("places")
    answers.register(MARK, "marks")
    answers.register(MARK, "marks")
    assert answers.at("mark:12:B2") == ("marks", [12, "B2"])
    assert answers.at("mark:x:B2") is None and answers.of("mark:x:B2") == "marks", "known, but no place"
    assert answers.at("low:12:B2") is None and answers.of("low:12:B2") is None
    with pytest.raises(ValueError, match="two answers"):
        answers.register(MARK, "others")


def test_a_number_in_an_address_is_one_that_the_database_can_look_up():
    assert number_in("12") == 12
    for text in (None, "", "x", "-1", "²", "１２", "9" * 18):
        assert number_in(text) is None, text
