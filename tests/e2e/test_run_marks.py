"""In a real browser: a campaign of balanced development takes its numbers and verdicts from a run, says which, and leads there; a
newer run is shown and pinned by the office with a reason; the county sees where each number comes from. axe on every page.
"""

import pytest
from playwright.sync_api import expect

from dudao.evaluations.models import Figure
from e2e.looking import look
from evaluations.test_runs import CV, again, campaign, filled, good, place, run, subject  # noqa: F401

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def test_a_campaign_takes_a_run_and_another_one_only_by_hand(page_of, filled, run, campaign, subject):  # noqa: F811
    county = page_of(filled.accounts["east"], path=f"/evaluations/subjects/{subject.pk}/answer/?at=L0")
    expect(county.get_by_text("低于标准 1 所").first).to_be_visible()
    look(county, "run-desk")
    county.get_by_role("link", name="2025—2026学年义务教育均衡测算第1次").last.click()
    expect(county.get_by_text("汉昌小学").first).to_be_visible()
    look(county, "run-of-county")
    again(filled)
    office = page_of(filled.accounts["director"], path=f"/evaluations/campaigns/{campaign.pk}/runs/")
    expect(office.get_by_text("之后又有新的测算")).to_be_visible()
    look(office, "campaign-runs")
    office.get_by_role("link", name="2025—2026学年义务教育均衡测算第1次").first.click()
    assert f"/balance/{run.pk}/" in office.url
    office.go_back()
    office.locator("#id_balance_reason").fill("两所学校补报后重新测算。")
    office.get_by_role("button", name="改用这次测算").click()
    office.get_by_text("已取用2025—2026学年义务教育均衡测算第2次").wait_for()
    look(office, "campaign-runs-second")
    assert Figure.objects.get(subject=subject, name=CV).taken.endswith("第2次")
    county.goto(f"{county.url.split('/evaluations/')[0]}/evaluations/subjects/{subject.pk}/figures/")
    expect(county.get_by_text("义务教育均衡测算第2次").first).to_be_visible()
    look(county, "run-figures")
