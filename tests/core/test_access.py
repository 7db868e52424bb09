"""Rights: verbs on a node and on everything below it."""

import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dudao.core.access import VERBS, Actor, Denied, Grant, Verb, declare, power, verbs_of
from dudao.demo.builders import unit
from dudao.orgs.models import Kind, Unit


def actor(*grants: tuple[str, str], read_only: bool = False) -> Actor:
    return Actor(1, "甲", tuple(Grant(frozenset({verb}), path) for verb, path in grants), read_only)


def test_a_right_holds_for_the_node_and_all_below_but_not_for_a_similar_number():
    officer = actor(("unit.view", "1.4."))
    assert officer.why_not("unit.view", "1.4.") is None
    assert officer.why_not("unit.view", "1.4.27.") is None
    assert officer.why_not("unit.view", "1.40.") is not None
    assert officer.why_not("unit.view", "1.") is not None


def test_rights_are_per_verb():
    officer = actor(("unit.view", "1."), ("unit.edit", "1.4."))
    assert officer.may("unit.view", "1.5.")
    assert not officer.may("unit.edit", "1.5.")


def test_a_refusal_says_why_and_has_no_truth_value():
    denied = actor(("unit.view", "1.4.")).why_not("unit.view", "1.5.")
    assert isinstance(denied, Denied)
    assert "不包括这个单位" in denied.reason
    with pytest.raises(TypeError):
        bool(denied)
    assert "没有“修改机构信息”的权限" in actor().why_not("unit.edit", "1.").reason


def test_a_refusal_that_nobody_catches_can_be_printed():
    try:
        actor().require("unit.edit", "1.")
    except Denied as denied:
        assert "没有“修改机构信息”的权限" in "".join(traceback.format_exception(denied))


def test_looking_as_somebody_else_can_only_read():
    looking = actor(("unit.view", "1."), ("unit.edit", "1."), read_only=True)
    assert looking.may("unit.view", "1.")
    assert not looking.may("unit.edit", "1.")


def test_an_undeclared_verb_is_a_fault_of_the_code():
    with pytest.raises(KeyError):
        actor().why_not("unit.explode", "1.")


def test_a_verb_means_one_thing():
    declare(VERBS["unit.view"])
    with pytest.raises(ValueError, match="twice"):
        declare(Verb("unit.view", "别的意思"))


def test_a_power_stands_for_its_verbs_and_a_verb_for_itself():
    assert verbs_of(["units:contacts", "calendar.edit"]) == {"contact.edit", "contact.reveal", "calendar.edit"}
    with pytest.raises(KeyError, match="units:explode"):
        verbs_of(["units:contacts", "units:explode"])


def test_a_power_means_one_thing():
    with pytest.raises(ValueError, match="twice"):
        power("units:contacts", "管理联系人", VERBS["contact.edit"])
    assert verbs_of(["units:contacts"]) == {"contact.edit", "contact.reveal"}


def test_paths_keep_only_the_highest_nodes():
    assert actor(("unit.view", "1.4."), ("unit.view", "1.4.27."), ("unit.view", "1.40.")).paths("unit.view") == (
        "1.4.",
        "1.40.",
    )


@pytest.mark.django_db
def test_the_table_answers_like_the_single_question():
    city = unit("某市", Kind.CITY)
    counties = [unit(f"县{number}", parent=city) for number in range(3)]
    schools = [unit(f"学校{number}", Kind.SCHOOL, county) for county in counties for number in range(2)]
    everything = [city, *counties, *schools]
    for grants in ([], [counties[0].path], [counties[1].path, schools[0].path], [city.path], [schools[5].path]):
        reader = actor(*(("unit.view", path) for path in grants))
        assert set(Unit.objects.visible_to(reader, "unit.view")) == {
            one for one in everything if reader.may("unit.view", one.path)
        }


paths = st.lists(st.integers(1, 3), min_size=1, max_size=4).map(lambda steps: "".join(f"{step}." for step in steps))


@given(st.lists(paths, max_size=4), paths)
def test_may_is_ancestor_or_self(held, asked):
    steps = asked.split(".")[:-1]
    above = {"".join(f"{step}." for step in steps[:end]) for end in range(1, len(steps) + 1)}
    assert actor(*(("unit.view", path) for path in held)).may("unit.view", asked) == bool(above & set(held))
