"""In a real browser: two reviewers blind, a disagreement, a third who decides; axe on every page.

``DUDAO_SHOTS=folder`` leaves pictures of the pages.
"""

import pytest

from dudao.evaluations.models import Mark, Review
from dudao.evaluations.queries.scoring import adopted
from e2e.looking import look
from review_town import CODES, build

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def town(db, settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"
    return build()


@pytest.fixture
def open_as(page_of, town):
    return lambda name, path, *args, **more: page_of(town.accounts[name], *args, path=path, **more)


def saved(page):
    page.locator("[data-saved]", has_text="已保存").wait_for()


def test_two_reviewers_blind_a_disagreement_and_the_third(town, open_as):
    officer = open_as("officer", f"/evaluations/{town.campaign.pk}/reviewing/", expected=("422",))
    look(officer, "reviewing-empty")
    officer.get_by_role("link", name="分配评审任务").first.click()
    for name in ("张督学", "刘督学", "赵督学", "钱督学"):
        officer.get_by_label(name, exact=False).check()
    look(officer, "review-assign")
    officer.get_by_role("button", name="分配", exact=True).click()
    officer.get_by_text("已分配 4 项评审任务").wait_for()
    look(officer, "reviewing-assigned")
    first, second = Review.objects.filter(subject=town.subject).order_by("seat").select_related("reviewer")
    name_of = {person.pk: name for name, person in town.accounts.items()}

    # The first reviewer works by keyboard.
    one = open_as(name_of[first.reviewer_id], "/evaluations/reviews/", expected=("422", "409"))
    look(one, "review-queue")
    one.get_by_role("link", name="平江县第一中学").click()
    look(one, "review-desk")
    one.keyboard.press("3")
    saved(one)
    one.keyboard.press("s")
    one.get_by_text("这个评分要写理由").wait_for()
    one.keyboard.type("党组织会议记录缺两次。")
    one.keyboard.press("Escape")
    one.keyboard.press("s")
    one.wait_for_url("**code=F1.2**")
    questions = one.locator("form[data-save] [data-input]")
    for place in range(4):
        keyed = [bool(questions.nth(at).locator("kbd:visible").count()) for at in range(4)]
        assert keyed == [at == place for at in range(4)], "only the question that the digits answer shows them"
        one.keyboard.press("1")
    saved(one)
    look(one, "review-desk-truths")
    one.keyboard.press("s")
    one.wait_for_url("**code=F2.1**")
    one.get_by_label("F2.1", exact=False).first.fill("0")
    saved(one)
    one.goto(one.url.split("?")[0] + "?code=F1.1")
    one.get_by_role("link", name="形成问题：F1.1").wait_for()
    look(one, "review-desk-low")
    assert [mark.cells for mark in Mark.objects.filter(review=first, code="F1.1")] == [{"F1.1": "0.6"}]
    one.get_by_label("总的评审意见", exact=False).fill("材料基本齐全。")
    one.get_by_role("button", name="提交评审").click()
    one.get_by_text("已提交对“平江县第一中学”的评审").wait_for()

    # The second sees nothing of it and gives full marks with the mouse.
    two = open_as(name_of[second.reviewer_id], f"/evaluations/reviews/{second.pk}/?code=F1.1", expected=("404", "422"))
    assert "党组织会议记录缺两次" not in two.content()
    two.get_by_role("button", name="好 1", exact=False).first.click()
    saved(two)
    two.get_by_role("button", name="保存并到下一项").click()
    two.wait_for_url("**code=F1.2**")
    for group in two.locator("fieldset").all():
        group.locator("label").first.click()
    saved(two)
    two.get_by_role("button", name="保存并到下一项").click()
    two.wait_for_url("**code=F2.1**")
    two.get_by_role("button", name="0", exact=False).first.click()
    saved(two)
    two.get_by_role("button", name="提交评审").click()
    two.get_by_text("已提交对“平江县第一中学”的评审").wait_for()

    # A third was asked, sees neither, and decides.
    third = Review.objects.get(seat=3)
    assert third.codes == ["F1.1"] and third.reviewer_id not in {first.reviewer_id, second.reviewer_id}
    officer.goto(officer.url)
    officer.get_by_text("裁定中").wait_for()
    look(officer, "reviewing-differ")
    judge = open_as(name_of[third.reviewer_id], f"/evaluations/reviews/{third.pk}/")
    judge.get_by_role("button", name="较好 0.8", exact=False).first.click()
    saved(judge)
    judge.locator("#id_reason").fill("一次记录后补，按较好评。")
    judge.keyboard.press("Escape")
    saved(judge)
    judge.get_by_role("button", name="提交评审").click()
    judge.get_by_text("已提交对“平江县第一中学”的评审").wait_for()
    found = adopted(town.campaign, Mark.objects.filter(subject=town.subject).select_related("review"))
    assert (found["online", "F1.1"].by, found["online", "F1.1"].cells) == ("third", {"F1.1": "0.8"})
    assert {code for _, code in found} == set(CODES)
    officer.goto(officer.url)
    assert officer.get_by_text("裁定中").count() == 0
    look(officer, "reviewing-done")
