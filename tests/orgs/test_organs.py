"""To whom a paper is addressed: organs, in the signs of GB/T 9704."""

import pytest

from dudao.core.access import SYSTEM
from dudao.core.documents import read_word, text_of
from dudao.demo.builders import unit
from dudao.orgs import actions
from dudao.orgs.models import Kind, Unit
from dudao.orgs.organs import addressed, organ_of
from dudao.papers.actions import draft_paper
from dudao.papers.composing import sample
from dudao.papers.queries import content_of, latest

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("kind", "name", "organ"),
    [
        (Kind.COUNTY, "汨罗市", "汨罗市人民政府"),
        (Kind.CITY, "岳阳市", "岳阳市人民政府"),
        (Kind.ZONE, "南湖新区", "南湖新区管理委员会"),
        (Kind.TOWNSHIP, "三阳乡", "三阳乡人民政府"),
        (Kind.TOWNSHIP, "城关街道", "城关街道办事处"),
        (Kind.DEPARTMENT, "岳阳市财政局", "岳阳市财政局"),
        (Kind.SCHOOL, "平江一中", "平江一中"),
    ],
)
def test_a_place_is_addressed_as_its_organ(kind, name, organ):
    assert organ_of(Unit(kind=kind, name=name)) == organ
    assert organ_of(Unit(kind=kind, name=name, organ_name="另一个机关")) == "另一个机关"


def test_organs_of_one_kind_are_parted_otherwise_than_organs_of_different_kinds():
    county, other = Unit(kind=Kind.COUNTY, name="汨罗市"), Unit(kind=Kind.COUNTY, name="平江县")
    money = Unit(kind=Kind.DEPARTMENT, name="岳阳市财政局", organ_short="市财政局")
    assert addressed([county]) == "汨罗市人民政府" and addressed([money]) == "岳阳市财政局"
    assert addressed([county, money, other]) == "汨罗市人民政府、平江县人民政府，市财政局"
    assert addressed([money], ["各县市区人民政府"]) == "市财政局，各县市区人民政府"
    assert addressed([]) == ""


def test_a_paper_to_a_county_names_its_government():
    city = unit("岳阳市", Kind.CITY)
    county, other = unit("汨罗市", Kind.COUNTY, city), unit("平江县", Kind.COUNTY, city)

    def said():
        row = draft_paper(
            SYSTEM,
            unit=city,
            kind="notice",
            title="关于督导的通知",
            values=sample("notice"),
            recipients=[county, other],
        )
        return text_of(read_word(content_of(latest(row))))

    assert "汨罗市人民政府、平江县人民政府：" in said()
    actions.edit_unit(SYSTEM, unit=county, organ_name="湖南省汨罗市人民政府", organ_short="汨罗市政府")
    assert "汨罗市政府、平江县人民政府：" in said()
