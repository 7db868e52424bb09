"""A city with two counties, schools and everybody who takes part in an evaluation; campaigns of it, running."""

from datetime import date, timedelta
from types import SimpleNamespace

from django.utils import timezone

from dudao.demo.builders import account, unit
from dudao.evaluations.actions.campaigns import PhaseGiven, SubjectGiven, create_campaign, set_subjects, start_campaign
from dudao.evaluations.models import Campaign
from dudao.evaluations.rules import Rules
from dudao.frameworks.actions.packs import load_pack
from dudao.frameworks.actions.versions import publish_version
from dudao.orgs.models import Kind
from dudao.people.queries import actor_for

KINDERGARTENS = "kindergarten-online-onsite-template"


def build_town() -> SimpleNamespace:
    """``accounts``: by part; the town's attribute of the same name is the actor of today."""
    town = SimpleNamespace()
    town.city = unit("岳阳市", Kind.CITY)
    town.county = unit("平江县", Kind.COUNTY, town.city)
    town.other = unit("湘阴县", Kind.COUNTY, town.city)
    town.kindergarten = unit("平江县城关镇中心幼儿园", Kind.KINDERGARTEN, town.county, ownership="public")
    town.private = unit("平江县小太阳幼儿园", Kind.KINDERGARTEN, town.county, ownership="private")
    town.foreign = unit("湘阴县第一幼儿园", Kind.KINDERGARTEN, town.other, ownership="public")
    town.accounts = {
        "director": account("李主任", town.city, "city_director"),
        "officer": account("王科员", town.city, "city_officer"),
        "county_officer": account("平江办", town.county, "county_office"),
        "stranger": account("湘阴办", town.other, "county_office"),
        "head": account("陈园长", town.kindergarten, "school_head"),
        "clerk": account("周填报", town.kindergarten, "school_reporter"),
        "private_head": account("何园长", town.private, "school_head"),
        "inspector": account("张督学", town.city, "city_inspector"),
        "second": account("刘督学", town.city, "city_inspector"),
        "third": account("赵督学", town.city, "city_inspector"),
        "expert": account("孙专家", town.city, "expert"),
    }
    for name, person in town.accounts.items():
        setattr(town, name, actor_for(person))
    return town


def phases(today: date | None = None) -> list[PhaseGiven]:
    """Self-evaluation, online review and visit around today."""
    day = today or timezone.localdate()
    return [
        PhaseGiven("self", "自查自评", day - timedelta(10), day + timedelta(10), source="self"),
        PhaseGiven("online", "网上评审", day - timedelta(5), day + timedelta(20), source="online"),
        PhaseGiven("onsite", "实地评估", day - timedelta(5), day + timedelta(30), source="onsite"),
    ]


def published(town: SimpleNamespace, pack: str = KINDERGARTENS, office=None, actor=None):
    """A published version of a shipped system."""
    who = actor or town.director
    version = load_pack(who, unit=office or town.city, name=pack).version
    return publish_version(who, version=version, reason="已核对。")


def campaign(town: SimpleNamespace, *, rules: Rules | None = None, start: bool = True, **given) -> Campaign:
    """A campaign of the city over its kindergartens, running unless said otherwise."""
    made = create_campaign(
        town.director,
        office=town.city,
        title=given.pop("title", "2026年幼儿园办园行为督导评估"),
        year=2026,
        objects_kind="kindergartens",
        version=given.pop("version", None) or published(town),
        phases=given.pop("phases", None) or phases(),
        rules=rules,
        **given,
    )
    made = set_subjects(
        town.director,
        campaign=made,
        revision=made.revision,
        subjects=[SubjectGiven(one) for one in (town.kindergarten, town.private, town.foreign)],
    )
    return start_campaign(town.director, campaign=made, revision=made.revision) if start else made
