"""Pages of cases and talks: who reads what, errors beside their field, lists that don't grow in queries."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dudao.accountability.actions import opening
from dudao.accountability.models import Case
from dudao.core.models import Notice
from findings_town import day, proof
from signing import signed_in

pytestmark = pytest.mark.django_db


def get(town, who, name, *args, **data):
    return signed_in(town.accounts[who]).get(reverse(f"accountability:{name}", args=args), data)


def post(town, who, name, *args, **data):
    return signed_in(town.accounts[who]).post(reverse(f"accountability:{name}", args=args), data)


def read(town, who, name, *args, **data):
    answer = get(town, who, name, *args, **data)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


@pytest.mark.parametrize(
    ("step", "name", "data", "said"),
    [
        ("opened", "examine", {"members": ""}, "请填写“工作组成员”"),
        ("opened", "examine", {"members": "甲", "on": day(3).isoformat()}, "晚于今天"),
        ("opened", "edit", {"trigger": "other", "facts": "x", "ended_on": day().isoformat()}, "写明依据的条款"),
        ("examined", "notify", {"established": "x", "proposal": "y", "defend_by": "明天"}, "这不是日期"),
        ("examined", "notify", {"established": "x", "proposal": "y", "defend_by": day(2).isoformat()}, "不能少给"),
        ("heard", "consult", {}, "征求意见的成员单位"),
        ("consulted", "submit", {"publicity": "range"}, "请至少选择一种问责方式"),
        ("consulted", "submit", {"publicity": "none", "measures": ["circular"]}, "不公开的，请写明理由"),
        ("received", "publish", {"where": "", "on": day().isoformat()}, "请填写“公开载体”"),
    ],
)
def test_an_error_stands_beside_its_field_and_changes_nothing(town, step, name, data, said):
    row = town.again(getattr(town, step)())
    answer = post(town, "officer", name, row.pk, **data)
    assert answer.status_code == 422 and said in answer.content.decode()
    assert town.again(row).revision == row.revision and town.again(row).state == row.state


def test_the_accused_read_what_concerns_them_and_no_more(town):
    row = town.submitted(files=[proof("举报信.pdf")])
    for who in ("head", "county"):
        content = read(town, who, "case", row.pk)
        assert "经费未到位" in content and "拟给予督导通报" in content
        for hidden in ("举报信", "成员单位意见", "陈某", "办理记录", "暂缓年度评优"):
            assert hidden not in content, (who, hidden)
    content = read(town, "officer", "case", row.pk)
    assert all(word in content for word in ("举报信", "成员单位意见", "陈某", "暂缓年度评优"))
    assert get(town, "head", "file", row.files.get(part="evidence").pk).status_code == 404
    assert get(town, "officer", "file", row.files.get(part="evidence").pk).status_code == 200


def test_a_person_is_named_to_those_who_need_it_only(town):
    row = town.notified(person_name="钱多多", person_post="校长", person_account=town.accounts["head"])
    for who in ("officer", "leader", "head"):
        assert "钱多多" in read(town, who, "case", row.pk), who
    assert get(town, "reporter", "case", row.pk).status_code == 404
    for who in ("officer", "head", "leader"):
        content = read(town, who, "cases")
        assert "钱多多" not in content and "平江一中有关责任人" in content
    for who in ("reporter", "county", "county_leader", "stranger"):
        assert row.code not in read(town, who, "cases"), who
        assert get(town, who, "case", row.pk).status_code == 404
    told = set(Notice.objects.filter(verb="case.notify").values_list("account__name", flat=True))
    assert told == {"校长", "副校长"}, "the reporter doesn't even hear of it"
    assert row.code not in read(town, "officer", "cases", q="钱多多"), "names are not searched"


def test_a_member_unit_reads_the_proposal_and_not_the_case(town):
    row = town.consulted(person_name="钱多多", person_post="校长", person_account=town.accounts["head"])
    content = read(town, "liaison", "opinion", row.opinions.get().pk)
    assert "钱多多" not in content and "钱某" in content and "拟给予督导通报" in content
    assert get(town, "liaison", "case", row.pk).status_code == 404
    assert get(town, "stranger", "opinion", row.opinions.get().pk).status_code == 404


def test_a_form_that_cannot_be_filled_in_now_says_why(town):
    row = town.opened()
    answer = get(town, "officer", "submit", row.pk)
    assert answer.status_code == 302
    assert "不能报请审定" in signed_follow(town, "officer", answer["Location"], "submit", row)


def signed_follow(town, who, url, name, row):
    client = signed_in(town.accounts[who])
    client.get(reverse(f"accountability:{name}", args=[row.pk]))
    return client.get(url).content.decode()


def test_a_form_sent_twice_opens_one_case(town):
    from uuid import uuid4

    values = {"trigger": "overdue", "facts": "逾期", "ended_on": day().isoformat(), "form_token": str(uuid4())}
    client = signed_in(town.accounts["officer"])
    url = f"{reverse('accountability:new', args=[town.school.pk])}?office={town.city.pk}"
    assert {client.post(url, values).status_code for _ in range(2)} == {302}
    assert Case.objects.count() == 1


def test_a_case_against_a_person_is_opened_by_its_log_in(town):
    values = {
        "trigger": "duty", "facts": "失职", "ended_on": day().isoformat(), "person_name": "", "person_post": "校长",
        "person_account": "nobody",
    }  # fmt: skip
    answer = post(town, "officer", "new", town.school.pk, **values)
    assert answer.status_code == 422 and "没有这个登录名" in answer.content.decode()
    values["person_account"] = town.accounts["head"].username
    assert post(town, "officer", "new", town.school.pk, **values).status_code == 302
    assert Case.objects.get().person_account_id == town.accounts["head"].pk


def _count(town, who, name):
    client = signed_in(town.accounts[who])
    url = reverse(f"accountability:{name}")
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


@pytest.mark.parametrize("who", ["officer", "leader"])
def test_the_list_does_not_grow_in_queries(town, who):
    town.opened()
    few = _count(town, who, "cases")
    for number in range(6):
        opening.set_up_group(town.officer, case=town.opened(facts=f"事实{number}"), members="甲")
    assert _count(town, who, "cases") == few <= 40


def test_the_head_finds_no_link_that_leads_nowhere(town):
    row = town.submitted()
    opinion = reverse("accountability:opinion", args=[row.opinions.get().pk])
    assert opinion not in read(town, "leader", "case", row.pk) and opinion in read(town, "officer", "case", row.pk)
