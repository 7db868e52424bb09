"""Pages of draws as the office and as anybody without an account uses them."""

import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dudao.demo.builders import unit
from dudao.orgs.models import Kind
from dudao.selection.models import Draw, RecusalDeclaration
from dudao.selection.queries import draws as reads
from dudao.selection.views import draws_public
from signing import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(town):
    for number in range(1, 9):
        unit(f"平江县第{number}幼儿园", Kind.KINDERGARTEN, town.county, ownership="public")
    return signed_in(town.accounts["officer"])


@pytest.fixture
def director(town):
    return signed_in(town.accounts["director"])


def page(client, name, *arguments, code=200):
    answer = client.get(reverse(f"draws:{name}", args=arguments))
    assert answer.status_code == code, answer.content.decode()
    return answer.content.decode() if code == 200 else ""


def post(client, name, *arguments, code=302, query="", **data):
    answer = client.post(reverse(f"draws:{name}", args=arguments) + query, data)
    assert answer.status_code == code, answer.content.decode()
    return answer


def prepared(office, **given):
    data = {"title": "2026年秋季幼儿园抽查", "strata": "县市区", "numbers": "4", **given}
    post(office, "new", query="?kind=objects", office=str(reads.Unit.objects.get(kind="city").pk), **data)
    return Draw.objects.get()


def published(office, director):
    row = prepared(office)
    post(office, "step", row.pk, step="draw.commit")
    post(office, "hold", row.pk, words="05 17 22")
    post(director, "step", row.pk, step="draw.publish")
    row.refresh_from_db()
    return row


def uploads(client, row):
    record = client.get(reverse("draws:public_record", args=[row.uid])).content
    frames = {
        ending: client.get(reverse("draws:public_frame", args=[row.uid, ending])).content for ending in ("csv", "xlsx")
    }
    return record, frames


def checked(client, record, frame, name="f.csv", code=200):
    files = {"record": SimpleUploadedFile("r.json", record), "frame": SimpleUploadedFile(name, frame)}
    answer = client.post(reverse("draws:check"), files)
    assert answer.status_code == code, answer.content.decode()
    return answer.content.decode()


def test_the_way_from_the_filter_to_the_public_page(office, director):
    row = prepared(office)
    assert "抽检查对象" in page(office, "new") and "2026年秋季幼儿园抽查" in page(office, "draws")
    assert "平江县" in page(office, "draw", row.pk) and "修改抽取" in page(office, "edit", row.pk)
    one = reads.members(row).first()
    post(office, "members", row.pk, "exclude", ids=one.pk, reason="督学曾在该园任职")
    assert "督学曾在该园任职" in page(office, "draw", row.pk)
    post(office, "step", row.pk, step="draw.commit")
    row.refresh_from_db()
    before = page(office, "draw", row.pk)
    assert row.commitment in before and row.seed not in before and "当众抽取" in before
    assert row.seed not in page(Client(), "public", row.uid)
    assert row.commitment in page(office, "hold", row.pk)
    page(office, "record", row.pk, code=404)
    post(office, "hold", row.pk, words="05 17 22")
    row.refresh_from_db()
    drawn = page(office, "draw", row.pk)
    assert row.seed in drawn and "结果完全一致" in drawn
    out = reads.members(row).filter(drawn=True).first()
    post(office, "members", row.pk, "out", ids=out.pk, reason="正在搬迁")
    public = page(Client(), "public", row.uid)
    assert "结果还没有公布" in public and row.seed not in public and out.name not in public
    page(Client(), "public_record", row.uid, code=404)
    post(director, "step", row.pk, step="draw.publish")
    public = page(Client(), "public", row.uid)
    assert "核对通过" in public and row.seed in public and "正在搬迁" in public and "督学曾在该园任职" in public
    assert json.loads(office.get(reverse("draws:record", args=[row.pk])).content)["overrides"]


def test_a_draw_by_size_is_asked_for_in_the_form(office):
    data = {"title": "按规模抽查", "strata": "县市区", "numbers": "4", "size": "size"}
    home = str(reads.Unit.objects.get(kind="city").pk)
    answer = post(office, "new", query="?kind=objects", code=422, office=home, **data)
    assert "没有一个单位有审核通过的在校生数" in answer.content.decode()
    row = prepared(office, size="")
    shown = page(office, "draw", row.pk)
    assert "每个对象机会相同" in shown and "按比例应抽" in shown and "合计" in shown


def test_a_draft_is_on_no_public_page(office):
    row = prepared(office)
    page(Client(), "public", row.uid, code=404)
    page(Client(), "public_frame", row.uid, "csv", code=404)


def test_anybody_checks_what_they_downloaded(office, director):
    row = published(office, director)
    anybody = Client()
    record, frames = uploads(anybody, row)
    for ending, content in frames.items():
        assert "核对通过" in checked(anybody, record, content, f"f.{ending}")
    assert "核对不通过" in checked(anybody, record.replace(b"05 17 22", b"05 17 23"), frames["csv"])
    assert "核对不通过" in checked(anybody, record, frames["csv"].replace("第1".encode(), "第一".encode()))
    assert "不是 JSON" in checked(anybody, b"x", frames["csv"], code=422)
    assert "没有可以抽取的对象" in checked(anybody, record, b"a,b", code=422)
    assert "不是" in checked(anybody, record, b"not a workbook", "f.xlsx", code=422)
    assert "编码" in checked(anybody, record, b"\xff\xfe\x00\x81", code=422)


def test_the_check_takes_no_more_than_it_can_bear(office, director):
    row = published(office, director)
    record, frames = uploads(Client(), row)
    many = b"id\n" + b"\n".join(str(number).encode() for number in range(20_001))
    assert "最多核对 20000 行" in checked(Client(), record, many, code=422)
    for _ in range(draws_public.CHECKS.most - 1):
        checked(Client(), record, frames["csv"])
    assert "查询太频繁" in checked(Client(), record, frames["csv"], code=429)


def test_public_pages_are_looked_at_by_people(office, director, monkeypatch):
    row = published(office, director)
    assert (draws_public.LOOKS.most, draws_public.LOOKS.seconds) == (60, 60)
    monkeypatch.setattr(draws_public, "LOOKS", draws_public.Brake("draw", 2))
    for name, code in (("public", 200), ("public_record", 200), ("public_record", 429), ("public", 429)):
        page(Client(), name, row.uid, code=code)


def test_a_void_draw_stays_in_sight(office, director):
    row = published(office, director)
    post(director, "step", row.pk, step="draw.void", reason="名单有误")
    public = page(Client(), "public", row.uid)
    assert "已经作废" in public and "名单有误" in public
    again = Draw.objects.exclude(pk=prepared_again(office).pk).get()
    assert again == row
    newest = Draw.objects.exclude(pk=row.pk).get()
    post(office, "step", newest.pk, step="draw.commit")
    assert str(row.uid) in page(Client(), "public", newest.uid)


def prepared_again(office):
    data = {"title": "2026年秋季幼儿园抽查", "strata": "县市区", "numbers": "4"}
    post(office, "new", query="?kind=objects", office=str(reads.Unit.objects.get(kind="city").pk), **data)
    return Draw.objects.latest("pk")


def test_what_is_refused_is_said_and_nothing_changes(office, town):
    city = str(town.city.pk)
    answer = post(office, "new", query="?kind=objects", code=422, office=city, title="甲", numbers="三", strata="")
    assert "看不懂" in answer.content.decode() and not Draw.objects.exists()
    row = prepared(office)
    answer = post(office, "members", row.pk, "exclude", ids=reads.members(row).first().pk, reason="")
    assert "必须写明理由" in office.get(answer["Location"]).content.decode()
    post(office, "step", row.pk, step="draw.publish", code=403)
    post(office, "step", row.pk, step="nonsense", code=404)
    post(office, "members", row.pk, "nonsense", code=404)
    page(office, "frame", row.pk, "exe", code=404)
    assert office.get(reverse("draws:new") + "?kind=x").status_code == 404
    assert office.get(reverse("draws:hold", args=[row.pk])).status_code == 302
    post(office, "step", row.pk, step="draw.commit")
    assert office.get(reverse("draws:edit", args=[row.pk])).status_code == 302


def test_drawing_inspectors_without_names(office, town, director):
    data = {"title": "督学抽取", "numbers": "2", "strata": ""}
    post(office, "new", query="?kind=inspectors", office=str(town.city.pk), **data)
    row = Draw.objects.get()
    post(office, "step", row.pk, step="draw.commit")
    post(office, "hold", row.pk)
    post(director, "step", row.pk, step="draw.publish")
    public = page(Client(), "public", row.uid)
    assert "督学00" in public and not any(name in public for name in ("张督学", "刘督学", "赵督学"))


def test_who_must_keep_away_from_an_evaluated_unit_is_told(office, town, running):
    RecusalDeclaration.objects.create(
        account=town.accounts["second"], unit=town.kindergarten, relation="kin", from_on=timezone.localdate(),
        declared_by="刘督学", detail="配偶任园长",
    )  # fmt: skip
    data = {"title": "督学抽取", "numbers": "1", "strata": "", "campaign": str(running.pk)}
    post(office, "new", query="?kind=inspectors", office=str(town.city.pk), **data)
    row = Draw.objects.get()
    shown = page(office, "draw", row.pk)
    assert "应当回避的督学" in shown and "刘督学：平江县城关镇中心幼儿园" in shown and "配偶" not in shown
    (found,) = reads.conflicts(row)
    post(office, "members", row.pk, "exclude", ids=found.member.pk, reason="与被评单位有回避情形")
    assert "应当回避的督学" not in page(office, "draw", row.pk)
    assert reads.members(row).exclude(excluded="").get().name == "刘督学"


def test_the_list_asks_a_constant_number_of_times(office, django_assert_max_num_queries):
    prepared(office)
    for _ in range(5):
        prepared_again(office)
    with django_assert_max_num_queries(25):
        shown = page(office, "draws")
    assert re.search(r"共\s*<[^>]*>\s*6\s*<", shown) or "共 6 条" in shown
