"""Draws in the platform: fixed before, secret until, the same for everybody after; the database keeps them so."""

import json
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from dudao.calc.sampling import checks_of, frame_of, holds, record_of
from dudao.core import audit
from dudao.core.access import Denied
from dudao.core.models import Event
from dudao.core.workflow import Conflict
from dudao.demo.builders import account, unit
from dudao.orgs.models import Kind, Unit
from dudao.selection.actions import draws as drawing
from dudao.selection.models import Draw, DrawMember
from dudao.selection.queries import draws as reads
from dudao.selection.queries.draw_frames import Criteria, specialities
from dudao.stats.models import DataItem, Return, Round, Value
from dudao.visits.models import SiteVisit, VisitMember

pytestmark = pytest.mark.django_db


@pytest.fixture
def many(town):
    """Twelve kindergartens more, so that chance has something to choose from."""
    for number in range(1, 9):
        unit(f"平江县第{number}幼儿园", Kind.KINDERGARTEN, town.county, ownership="public")
    for number in range(1, 5):
        unit(f"湘阴县第{number}幼儿园", Kind.KINDERGARTEN, town.other, ownership="private")
    return town


@pytest.fixture
def draft(many):
    return drawing.create_draw(
        many.officer,
        office=many.city,
        title="2026年秋季幼儿园抽查",
        kind=Draw.Kind.OBJECTS,
        numbers="5",
        strata="县市区",
        criteria=Criteria(kinds=("kindergarten",)),
    )


def member(row, name):
    return reads.members(row).get(name=name)


def committed(town, row):
    drawing.exclude(
        town.officer, draw=row, members=[member(row, "平江县小太阳幼儿园").pk], reason="督学张某曾任该园园长，回避"
    )
    return drawing.commit_draw(town.officer, draw=row)


@pytest.fixture
def drawn(many, draft):
    return drawing.hold_draw(many.officer, draw=committed(many, draft), words="开奖号 05 17 22")


def refuses(call):
    with pytest.raises(IntegrityError), transaction.atomic():
        call()


def reported(town, children):
    """An accepted return with as many children for each of these kindergartens (name → number)."""
    today = timezone.localdate()
    item = DataItem.objects.create(code="kg_children", name="在园幼儿数", unit="人", valid_from=today)
    asked = Round.objects.create(
        unit=town.city, title="幼儿园数据报送", year=today.year, stages=["preschool"], opens_on=today, closes_on=today
    )
    for name, number in children.items():
        one = Return.objects.create(
            round=asked,
            unit=Unit.objects.get(name=name),
            state=Return.State.ACCEPTED,
            submitted_at=timezone.now(),
            accepted_at=timezone.now(),
        )
        Value.objects.create(ret=one, item=item, stage="preschool", number=number)


def by_size(town, numbers="3", **given):
    return drawing.create_draw(
        town.officer,
        office=town.city,
        title="按规模抽查",
        kind=Draw.Kind.OBJECTS,
        numbers=numbers,
        size=True,
        criteria=Criteria(kinds=("kindergarten",)),
        **given,
    )


def test_a_draw_by_size_is_fixed_drawn_and_checked_like_any_other(many):
    reported(many, {f"平江县第{n}幼儿园": 30 * n for n in range(1, 9)} | {"湘阴县第1幼儿园": 1500})
    row = by_size(many, strata="县市区")
    assert row.columns[-1] == "在校生数" and member(row, "湘阴县第1幼儿园").cells[-1] == "1500"
    assert reads.members(row).filter(excluded__contains="没有审核通过的在校生数").count() == 15 - 9
    found, why = reads.lines(row)
    assert not why and [(one.name, one.size, one.n, one.weight) for one in found] == [
        ("平江县", 8, 2, 1080),
        ("湘阴县", 1, 1, 1500),
    ]
    assert found[1].certain == 1 and round(found[0].quota, 2) == 1.26
    row = drawing.hold_draw(many.officer, draw=drawing.commit_draw(many.officer, draw=row), words="7")
    assert member(row, "湘阴县第1幼儿园").drawn and reads.final(row).count() == 3
    record, frame, checks = reads.sound(row)
    assert holds(checks) and record.data()["size_column"] == "在校生数"
    assert holds(checks_of(record_of(json.dumps(record.data())), frame))


def test_without_sizes_nothing_is_drawn_by_them(many):
    with pytest.raises(ValidationError, match="没有一个单位有审核通过的在校生数"):
        by_size(many)
    reported(many, {"平江县第1幼儿园": 30})
    row = by_size(many, numbers="2")
    assert "规模大于 0 的只有 1 个" in reads.why_not_drawable(row)
    with pytest.raises(ValidationError, match="规模大于 0 的只有 1 个"):
        drawing.commit_draw(many.officer, draw=row)
    again = drawing.change_draw(
        many.officer, draw=row, title=row.title, numbers="2", criteria=Criteria(kinds=("kindergarten",))
    )
    assert not reads.members(again).exclude(excluded="").exists() and not again.size_column
    with pytest.raises(ValidationError, match="只有抽检查对象"):
        drawing.create_draw(
            many.officer, office=many.city, title="督学", kind=Draw.Kind.INSPECTORS, numbers="1", size=True
        )


def test_more_than_a_stratum_has_is_refused_in_words(many, draft):
    changed = drawing.change_draw(
        many.officer,
        draw=draft,
        title=draft.title,
        numbers="湘阴县=9",
        strata="县市区",
        criteria=Criteria(kinds=("kindergarten",)),
    )
    assert "“湘阴县”要抽 9 个，这一层可抽的只有 5 个" in reads.why_not_drawable(changed)
    with pytest.raises(ValidationError, match="这一层可抽的只有 5 个"):
        drawing.commit_draw(many.officer, draw=changed)


def test_strata_by_township_and_by_town_and_country(many):
    for column, there in (("乡镇街道", "不属于乡镇街道"), ("城乡", "未登记")):
        row = drawing.create_draw(
            many.officer, office=many.city, title=column, kind=Draw.Kind.OBJECTS, numbers="2", strata=column
        )
        assert there in {line.name for line in reads.lines(row)[0]}


def test_the_frame_is_who_is_there_by_the_filter(many, draft):
    assert reads.members(draft).count() == 15
    found, why = reads.lines(draft)
    assert not why and [(line.name, line.size, line.n) for line in found] == [("平江县", 10, 3), ("湘阴县", 5, 2)]
    private = Criteria(kinds=("kindergarten",), ownership="private", counties=(many.other.pk,))
    changed = drawing.change_draw(
        many.officer, draw=draft, title=draft.title, numbers="湘阴县=2", strata="县市区", criteria=private
    )
    assert set(reads.members(changed).values_list("stratum", flat=True)) == {"湘阴县"}
    assert reads.members(changed).count() == 4


def test_exclusions_stay_when_the_filter_changes(many, draft):
    drawing.exclude(many.officer, draw=draft, members=[member(draft, "湘阴县第一幼儿园").pk], reason="回避")
    drawing.change_draw(
        many.officer, draw=draft, title="改名", numbers="3", criteria=Criteria(counties=(many.other.pk,))
    )
    assert reads.members(draft).exclude(excluded="").get().name == "湘阴县第一幼儿园"
    drawing.include(many.officer, draw=draft, members=list(reads.members(draft).values_list("pk", flat=True)))
    assert not reads.members(draft).exclude(excluded="").exists()


def test_the_seed_is_nowhere_before_the_draw(many, draft):
    row = committed(many, draft)
    assert len(row.seed) == 32 and row.is_secret
    assert not any(row.seed in json.dumps(event.data) for event in Event.objects.all())
    drawing.hold_draw(many.officer, draw=row)
    assert any(row.seed in json.dumps(event.data) for event in audit.history(row))


def test_a_stranger_can_check_what_was_drawn(drawn):
    record, frame, checks = reads.sound(drawn)
    assert holds(checks)
    again = record_of(json.dumps(record.data()))
    assert holds(checks_of(again, frame_of([list(frame.columns), *(list(row) for row in reversed(frame.rows))])))
    assert record.plan.excluded[0][1].endswith("回避") and record.words == "开奖号 05 17 22"
    assert len(record.drawn) == 5 == reads.final(drawn).count()
    assert set(record.drawn) == set(reads.members(drawn).filter(drawn=True).values_list("identifier", flat=True))


def test_words_said_in_public_decide_with_the_seed(many, draft):
    row = committed(many, draft)
    row = drawing.hold_draw(many.officer, draw=row, words="甲")
    first = set(reads.members(row).filter(drawn=True).values_list("ticket", flat=True))
    assert reads.sound(row)[0].words == "甲" and len(first) == 5
    row.words = "乙"
    assert not holds(reads.sound(row)[2])


def test_an_override_stands_beside_what_was_drawn(many, drawn):
    out = reads.members(drawn).filter(drawn=True).first()
    other = reads.members(drawn).filter(drawn=False, excluded="").first()
    drawing.override(many.officer, draw=drawn, members=[out.pk], way="out", reason="正在搬迁，改到下学期")
    drawing.override(many.officer, draw=drawn, members=[other.pk], way="in", reason="补足数量")
    record, _, checks = reads.sound(drawn)
    assert holds(checks) and out.identifier in record.drawn and out.identifier not in record.final
    assert other.identifier in record.final and other in set(reads.final(drawn))
    for way, one, words in (
        ("in", out, "已经调出过"),
        ("out", other, "已经调入过"),
        ("in", member(drawn, "平江县小太阳幼儿园"), "已经排除"),
        ("out", reads.members(drawn).filter(drawn=False, excluded="", override="").first(), "不用调出"),
        ("in", reads.members(drawn).filter(drawn=True, override="").first(), "不用调入"),
    ):
        with pytest.raises(ValidationError, match=words):
            drawing.override(many.officer, draw=drawn, members=[one.pk], way=way, reason="理由")
    with pytest.raises(ValidationError, match="必须写明理由"):
        drawing.override(many.officer, draw=drawn, members=[out.pk], way="out", reason=" ")


def test_what_is_committed_is_kept_by_the_database(many, draft):
    row = committed(many, draft)
    one = reads.members(row).first()
    refuses(lambda: Draw.objects.filter(pk=row.pk).update(seed="a" * 32))
    refuses(lambda: Draw.objects.filter(pk=row.pk).update(numbers={"total": 6}))
    refuses(lambda: Draw.objects.filter(pk=row.pk).update(state="draft"))
    refuses(lambda: DrawMember.objects.filter(pk=one.pk).update(name="另一所"))
    refuses(lambda: reads.members(row).exclude(excluded="").update(excluded=""))
    refuses(lambda: DrawMember.objects.filter(pk=one.pk).delete())
    refuses(lambda: Draw.objects.filter(pk=row.pk).delete())
    refuses(
        lambda: DrawMember.objects.create(
            draw=row, position=99, unit=many.county, identifier="多", name="多", cells=["多"]
        )
    )
    with pytest.raises(Denied, match="当前状态为“已承诺”"):
        drawing.exclude(many.officer, draw=row, members=[one.pk], reason="晚了")


def test_what_is_drawn_is_kept_by_the_database(many, drawn):
    hit = reads.members(drawn).filter(drawn=True).first()
    refuses(lambda: DrawMember.objects.filter(pk=hit.pk).update(drawn=False))
    refuses(lambda: Draw.objects.filter(pk=drawn.pk).update(words="别的"))
    drawing.override(many.officer, draw=drawn, members=[hit.pk], way="out", reason="搬迁")
    refuses(lambda: DrawMember.objects.filter(pk=hit.pk).update(override="", override_reason="", override_at=None))
    drawing.publish_draw(many.director, draw=drawn)
    refuses(lambda: Draw.objects.filter(pk=drawn.pk).update(state="drawn"))
    drawing.void_draw(many.director, draw=drawn, reason="对象名单有误")
    refuses(lambda: Draw.objects.filter(pk=drawn.pk).update(state="published"))
    assert reads.public_draw(drawn.uid) == drawn


def test_a_frame_that_was_changed_behind_the_platform_is_not_drawn(many, draft):
    row = committed(many, draft)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE evaluations_drawmember DISABLE TRIGGER evaluations_drawmember_frozen")
        cursor.execute(
            "UPDATE evaluations_drawmember SET cells[1] = '换了名字' WHERE draw_id = %s AND position = 3", [row.pk]
        )
        cursor.execute("ALTER TABLE evaluations_drawmember ENABLE TRIGGER evaluations_drawmember_frozen")
    with pytest.raises(Conflict, match="不一致"):
        drawing.hold_draw(many.officer, draw=row)


def test_inspectors_are_numbered_and_nothing_personal_is_published(many):
    for number in range(1, 7):
        account(f"平江督学{number}", many.county, "county_inspector", phone=f"1390000000{number}")
    row = drawing.create_draw(
        many.officer,
        office=many.city,
        title="督学抽取",
        kind=Draw.Kind.INSPECTORS,
        numbers="县督学=2",
        strata="督学类别",
    )
    assert row.columns == ["编号", "姓名", "单位", "县市区", "督学类别"] and reads.members(row).count() == 9
    quiet = drawing.change_draw(
        many.officer,
        draw=row,
        title="督学抽取",
        numbers="3",
        criteria=Criteria(names=False, roles=("county_inspector",)),
    )
    text = reads.frame_of_draw(quiet).text
    assert "督学001" in text and "平江督学1" not in text and "1390" not in text
    assert reads.members(quiet).first().name == "平江督学1"


def test_inspectors_by_what_they_did_in_earlier_teams(many):
    day = timezone.localdate()
    visit = SiteVisit.objects.create(office=many.city, unit=many.kindergarten, from_on=day, until_on=day)
    VisitMember.objects.create(visit=visit, account=many.accounts["second"], speciality="食品安全")
    assert specialities(many.officer) == ["食品安全"]
    criteria = Criteria(speciality="食品安全", roles=("city_inspector",))
    row = drawing.create_draw(
        many.officer, office=many.city, title="抽", kind=Draw.Kind.INSPECTORS, numbers="1", criteria=criteria
    )
    assert reads.members(row).get().name == "刘督学" and ("专业特长", "食品安全") in reads.criteria_words(row)


def test_kindergartens_that_nobody_went_to_for_years(many):
    day = timezone.localdate()
    for unit_, days in ((many.kindergarten, 100), (many.private, 2000)):
        then = day - timedelta(days)
        SiteVisit.objects.create(office=many.city, unit=unit_, from_on=then, until_on=then, state="ongoing")
    row = drawing.create_draw(
        many.officer,
        office=many.city,
        title="抽",
        kind=Draw.Kind.OBJECTS,
        numbers="1",
        criteria=Criteria(unseen_years=3),
    )
    names = set(reads.members(row).values_list("name", flat=True))
    assert many.private.name in names and many.kindergarten.name not in names


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"title": " "}, "请填写这次抽取的名称"),
        ({"title": "甲\u200b乙"}, "看不见的字符"),
        ({"numbers": "三"}, "看不懂"),
        ({"numbers": "0"}, "至少抽 1 个"),
        ({"numbers": "平江县=1"}, "先选择分层"),
        ({"strata": "身高"}, "不能按“身高”分层"),
        ({"criteria": Criteria(stage="senior")}, "没有可以抽取的对象"),
    ],
)
def test_what_cant_be_prepared(many, given, words):
    usual = {"title": "抽查", "kind": Draw.Kind.OBJECTS, "numbers": "3"}
    with pytest.raises(ValidationError, match=words):
        drawing.create_draw(many.officer, office=many.city, **{**usual, **given})


def test_too_many_are_told_before_anything_is_fixed(many, draft):
    draft = drawing.change_draw(many.officer, draw=draft, title="多", numbers="99", criteria=Criteria())
    assert "可抽的只有" in reads.lines(draft)[1]
    with pytest.raises(ValidationError, match="可抽的只有"):
        drawing.commit_draw(many.officer, draw=draft)


def test_who_may_draw(many, draft):
    with pytest.raises(Denied):
        drawing.create_draw(many.county_officer, office=many.city, title="县里的", kind=Draw.Kind.OBJECTS, numbers="1")
    assert reads.draw(many.county_officer, draft.pk) is None and reads.draw(many.head, draft.pk) is None
    own = drawing.create_draw(
        many.county_officer, office=many.county, title="县里的", kind=Draw.Kind.OBJECTS, numbers="1"
    )
    assert not reads.members(own).exclude(unit__path__startswith=many.county.path).exists()
    row = drawing.hold_draw(many.officer, draw=committed(many, draft))
    with pytest.raises(Denied):
        drawing.publish_draw(many.officer, draw=row)
    with pytest.raises(Denied, match="理由"):
        drawing.void_draw(many.director, draw=row, reason="")


def test_drawing_again_shows(many, drawn):
    drawing.void_draw(many.director, draw=drawn, reason="名单有误")
    again = drawing.create_draw(many.officer, office=many.city, title=drawn.title, kind=Draw.Kind.OBJECTS, numbers="2")
    assert list(reads.siblings(again)) == [drawn]
