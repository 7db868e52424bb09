"""In a real browser: the city divides its self-evaluation among departments. The office spreads, a department answers with evidence
and hands in, the office returns and merges, hands in the whole; a neighbour department sees nothing of it. axe on every page.

``DUDAO_SHOTS=folder`` leaves pictures of the pages.
"""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from dudao.calc.expr import Kind as ItemKind
from dudao.demo.builders import account, unit
from dudao.evaluations.actions import parts as acts
from dudao.evaluations.actions.answering import save_answer, save_figure
from dudao.evaluations.actions.campaigns import PhaseGiven, SubjectGiven, create_campaign, set_subjects, start_campaign
from dudao.evaluations.models import Answer, Part
from dudao.evaluations.queries.answering import leaves_of
from dudao.evaluations.queries.systems import system_of
from dudao.orgs.models import Kind
from dudao.people.queries import actor_for
from e2e.conftest import PHONE
from e2e.looking import ask, look
from evaluations_town import build_town, published

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

TITLE = "2026年市人民政府履行教育职责自评"


@pytest.fixture
def town(db, settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"
    town = build_town()
    town.finance = unit("岳阳市财政局", Kind.DEPARTMENT, town.city)
    town.staffing = unit("中共岳阳市委机构编制委员会办公室", Kind.DEPARTMENT, town.city)
    for name, person, at in (("money", "苏联络", town.finance), ("posts", "白联络", town.staffing)):
        town.accounts[name] = account(person, at, "liaison")
        setattr(town, name, actor_for(town.accounts[name]))
    day = timezone.localdate()
    made = create_campaign(
        town.director, office=town.city, title=TITLE, year=2026, objects_kind="city", template="city-government",
        version=published(town, "county-government-template"),
        phases=[PhaseGiven("self", "分工填报", day - timedelta(5), day + timedelta(20), source="self")],
    )  # fmt: skip
    given = [SubjectGiven(town.city, "岳阳市人民政府")]
    made = set_subjects(town.director, campaign=made, revision=made.revision, subjects=given)
    start_campaign(town.director, campaign=made, revision=made.revision)
    town.subject = made.subjects.get()
    town.scan = tmp_path / "拨付凭证.pdf"
    town.scan.write_bytes(b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n")
    return town


@pytest.fixture
def open_as(page_of, town):
    """A page of somebody of the town, at an address."""
    return lambda name, path="/", *args, **more: page_of(town.accounts[name], *args, path=path, **more)


def base(page) -> str:
    """The address of the server that a page is on."""
    return "/".join(page.url.split("/")[:3])


def test_a_city_divides_its_self_evaluation(town, open_as):
    office = open_as("officer", town.subject.get_absolute_url())
    spread(town, office)
    money = open_as("money")
    answered(town, money)
    handed_in(town, money)
    returned_and_merged(town, office, money)
    the_neighbour_sees_nothing(town, open_as)
    the_whole_is_handed_in(town, office)


def spread(town, office) -> None:
    """As the template suggests, and one more by hand."""
    office.get_by_role("link", name="分给成员单位").click()
    expect(office.get_by_text("中共岳阳市委机构编制委员会办公室")).to_be_visible()
    look(office, "division-suggested")
    office.get_by_role("button", name="按此下达").click()
    office.get_by_text("已下达分工").wait_for()
    look(office, "division")
    assert Part.objects.get(unit=town.finance).codes == ["P5.1", "D1.1", "D1.2", "D1.3", "D1.4", "D1.5"]
    office.get_by_role("link", name="岳阳市财政局").click()
    office.get_by_role("link", name="修改分工").click()
    office.get_by_label("联系人").fill("督导科王科员，0730-0000000")
    office.get_by_label("P5.3").check()
    look(office, "part-edit")
    office.get_by_role("button", name="保存").click()
    office.get_by_text("已修改分工").wait_for()


def answered(town, money) -> None:
    """From the workbench to the desk; nothing but its own is there."""
    expect(money.get_by_text("自评分工待填报")).to_be_visible()
    money.get_by_role("link", name=TITLE).first.click()
    look(money, "part-open")
    expect(money.get_by_text("P5.1 投入保障机制：还没有填。")).to_be_visible()
    money.get_by_role("link", name="填报", exact=True).click()
    expect(money.locator('a[data-code="P5.1"]')).to_be_visible()
    expect(money.locator('a[data-code="P1.1"]')).to_have_count(0)
    field = money.locator("form[data-save] [name^='c:']").first
    field.check() if field.get_attribute("type") == "radio" else field.fill("4")
    money.get_by_label("说明").fill("预算安排和执行情况经市人大审查。")
    expect(money.locator("[data-saved]")).to_contain_text("已保存")
    money.get_by_role("link", name="添加佐证材料").click()
    money.locator("input[data-files]").first.set_input_files(town.scan)
    money.locator(".sa-side").get_by_role("link", name="拨付凭证").wait_for()
    look(money, "part-desk")
    assert Answer.objects.get(subject=town.subject, code="P5.1").saved_by == "苏联络"
    money.goto(f"{base(money)}/evaluations/subjects/{town.subject.pk}/figures/")
    expect(money.get_by_role("textbox", name="应拨付公用经费", exact=True)).to_be_visible()
    expect(money.get_by_text("空编数")).to_have_count(0)
    look(money, "part-figures")


def handed_in(town, money) -> None:
    part = Part.objects.get(unit=town.finance)
    _type_in(town.money, town.subject, part.codes)
    money.goto(base(money) + part.get_absolute_url())
    ask(money, "交出")
    money.get_by_text("已交出，等待汇总。").wait_for()
    look(money, "part-handed-in")


def _type_in(actor, subject, codes) -> None:
    """The rest, which another journey types."""
    leaves = leaves_of(system_of(subject.campaign))
    items = system_of(subject.campaign).tree.catalogue.items
    given = {answer.code: answer for answer in subject.answers.all()}
    typed = set(subject.figures.values_list("name", flat=True))
    for code in codes:
        leaf, answer = leaves[code], given.get(code)
        if leaf.needed and not leaf.is_filled(answer.cells if answer is not None else {}):
            cells = {one.name: one.item.options[0] if one.item.options else "1" for one in leaf.columns}
            revision = answer.revision if answer is not None else 0
            save_answer(actor, subject=subject, code=code, revision=revision, cells=cells)
        for name in leaf.items:
            if name not in typed:
                truth = items[name].kind is ItemKind.TRUTH
                save_figure(actor, subject=subject, name=name, revision=0, cell="是" if truth else "12")
                typed.add(name)


def returned_and_merged(town, office, money) -> None:
    part = Part.objects.get(unit=town.finance)
    office.goto(base(office) + "/")
    expect(office.get_by_text("成员单位交来待汇总")).to_be_visible()
    office.goto(base(office) + part.get_absolute_url())
    office.get_by_role("link", name="退回成员单位").click()
    office.get_by_label("退回理由和要求").fill("请在说明里写明预算文号。")
    office.get_by_role("button", name="退回", exact=True).click()
    office.get_by_text("已退回岳阳市财政局").wait_for()
    money.goto(base(money) + part.get_absolute_url())
    expect(money.get_by_text("请在说明里写明预算文号。").first).to_be_visible()
    look(money, "part-returned")
    ask(money, "交出")
    money.get_by_text("已交出，等待汇总。").wait_for()
    office.goto(f"{base(office)}/evaluations/subjects/{town.subject.pk}/parts/")
    ask(office, "汇总已交的")
    office.get_by_text("已汇总到自评。").wait_for()
    look(office, "division-merged")
    part.refresh_from_db()
    assert part.state == Part.State.MERGED


def the_neighbour_sees_nothing(town, open_as) -> None:
    part = Part.objects.get(unit=town.finance)
    posts = open_as("posts", part.get_absolute_url(), expected=("404",))
    expect(posts.get_by_text("苏联络")).to_have_count(0)
    posts.goto(f"{base(posts)}/evaluations/subjects/{town.subject.pk}/answer/?at=P5.1")
    expect(posts.get_by_role("heading", name="P5.2")).to_be_visible()
    expect(posts.locator('a[data-code="P5.1"]')).to_have_count(0)
    phone = open_as("posts", "/evaluations/parts/", PHONE)
    look(phone, "parts-phone")
    phone.get_by_role("link", name=TITLE).first.click()
    look(phone, "part-phone")


def the_whole_is_handed_in(town, office) -> None:
    """Not before the last part is merged."""
    office.goto(f"{base(office)}/evaluations/subjects/{town.subject.pk}/submit/")
    expect(office.get_by_text("中共岳阳市委机构编制委员会办公室的分工还没有交来。")).to_be_visible()
    part = Part.objects.get(unit=town.staffing)
    _type_in(town.posts, town.subject, part.codes)
    acts.submit_part(town.posts, part=part)
    acts.merge_parts(town.officer, subject=town.subject)
    _type_in(town.officer, town.subject, leaves_of(system_of(town.subject.campaign)))
    save_figure(town.officer, subject=town.subject, name="拖欠教师工资_万元", revision=0, cell="0")
    office.goto(f"{base(office)}/evaluations/subjects/{town.subject.pk}/submit/")
    look(office, "city-submit")
    office.get_by_role("button", name="提交自评").click()
    office.get_by_text("第 1 次提交的回执").wait_for()
    town.subject.refresh_from_db()
    assert town.subject.state == "accepted"
