"""A city that writes papers: an officer who drafts, one who checks, a director who signs; a county with schools that receive."""

from datetime import date
from types import SimpleNamespace

import pytest

from dudao.core.access import Actor
from dudao.demo.builders import account, unit
from dudao.orgs.models import Kind
from dudao.papers.actions import draft_paper
from dudao.papers.actions.issuing import choose_seal, issue_paper
from dudao.papers.actions.routing import check_paper, sign_paper, submit_paper
from dudao.papers.composing import sample
from dudao.papers.models import OfficeStyle, Paper
from dudao.people.queries import actor_for

ADDRESS = "https://dudao.example"


def build_office() -> SimpleNamespace:
    w = SimpleNamespace()
    w.city = unit("某市", Kind.CITY, region_code="430600", valid_from=date(2000, 1, 1))
    w.east_county = unit("平江县", Kind.COUNTY, w.city, region_code="430626", sort_no=1)
    w.west_county = unit("湘阴县", Kind.COUNTY, w.city, region_code="430624", sort_no=2)
    w.school = unit("三阳小学", Kind.SCHOOL, w.east_county)
    w.second = unit("长寿中学", Kind.SCHOOL, w.east_county)
    w.accounts = {
        "drafter": account("丁科员", w.city, "city_officer"),
        "checker": account("方科长", w.city, "city_officer"),
        "director": account("主任", w.city, "city_director"),
        "east": account("平江办", w.east_county, "county_office"),
        "west": account("湘阴办", w.west_county, "county_office"),
        "head": account("三阳校长", w.school, "school_head"),
        "second_head": account("长寿校长", w.second, "school_head"),
        "inspector": account("市督学甲", w.city, "city_inspector"),
    }
    for name, held in w.accounts.items():
        setattr(w, name, actor_for(held))
    for office, word in ((w.city, "某政教督办"), (w.east_county, "平政教督办")):
        OfficeStyle.objects.create(
            unit=office,
            signature=f"{office.name}人民政府教育督导委员会办公室",
            masthead=f"{office.name}人民政府教育督导委员会办公室文件",
            code_word=word,
            valid_from=date(2020, 1, 1),
        )
    return w


@pytest.fixture
def office(db):
    return build_office()


def drafted(w, *, kind="rectification", recipients=None, by=None, office=None, **more) -> Paper:
    """A draft of sample values."""
    actor: Actor = by or w.drafter
    values = more.pop("values", None) or sample(kind)
    return draft_paper(
        actor,
        unit=office or w.city,
        kind=kind,
        title=more.pop("title", "关于三阳小学存在问题的整改通知"),
        values=values,
        recipients=[w.school] if recipients is None else recipients,
        **more,
    )


def checked(w, **more) -> Paper:
    paper = submit_paper(w.drafter, paper=drafted(w, **more))
    return check_paper(w.checker, paper=paper)


def signed(w, **more) -> Paper:
    """A signed paper that needs no seal."""
    paper = sign_paper(w.director, paper=checked(w, **more))
    return choose_seal(w.checker, paper=paper, seal="none")


def issued(w, **more) -> Paper:
    return issue_paper(w.checker, paper=signed(w, **more), address=ADDRESS)
