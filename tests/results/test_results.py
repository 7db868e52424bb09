"""From marks to a published result: sheets, digests, ties, vetoes, the meeting, publicity, publication, replay."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from dudao.core.access import Denied
from dudao.evaluations.models import Campaign, Mark, Result, ScoreSheet, Subject
from dudao.evaluations.queries import scores as reads
from dudao.evaluations.queries.sheets import computed, replayed
from dudao.evaluations.queries.systems import rules_of, system_of
from dudao.evaluations.rules import Rules
from dudao.frameworks.actions.versions import retire_version
from dudao.orgs.queries import work_calendar
from dudao.results.actions import results as acts
from dudao.results.queries.comparing import compared
from evaluations_town import campaign, published
from results_town import GOVERNMENT, deciding, marked


@pytest.fixture
def formed(town):
    """A campaign with marks by points, scored: (campaign, sheet)."""
    return deciding(town, version=published(town, GOVERNMENT))


def tampered(sql, *values):
    """Change the database past its triggers, as somebody with the keys to it could."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql, values)
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")


def past(row, days=30):
    """Move a campaign's publicity into the past."""
    today = timezone.localdate()
    Campaign.objects.filter(pk=row.pk).update(
        publicised_on=today - timedelta(days + 10), publicised_until=today - timedelta(days)
    )


def decided(town, row):
    acts.record_decision(
        town.director, campaign=row, held_on=timezone.localdate(), attendees="李主任、王科员", text="同意评定结果。"
    )
    row.refresh_from_db()


def test_forming_a_result_takes_the_campaign_on_and_keeps_every_number(town, formed):
    row, sheet = formed
    assert (row.state, sheet.number, sheet.purpose, sheet.size) == ("deciding", 1, "final", 3)
    first = sheet.results.first()
    assert first.rank == 1
    assert first.county == "平江县"
    assert set(first.outcome) >= {"total", "grade", "blocks", "vetoes", "open"}
    assert replayed(sheet).is_sound


def test_digests_do_not_hang_on_the_order_of_subjects(formed):
    row, sheet = formed
    rows = [(one.subject_id, one.name, one.cells) for one in sheet.results.all()]
    for order in (rows, rows[::-1]):
        again = computed(system_of(row), row.system_digest, order)
        assert (again.inputs_digest, again.digest) == (sheet.inputs_digest, sheet.digest)


def test_equal_marks_share_a_rank(town):
    running = marked(town, version=published(town, GOVERNMENT))
    one, other = Subject.objects.filter(campaign=running, unit__in=[town.kindergarten, town.foreign])
    for mark in one.marks.all():
        other.marks.filter(source=mark.source, code=mark.code).update(cells=mark.cells)
    for figure in one.figures.all():
        other.figures.filter(name=figure.name).update(cell=figure.cell)
    sheet = acts.make_sheet(town.officer, campaign=running, purpose="trial")
    ranks = sorted(sheet.results.values_list("rank", flat=True))
    assert ranks in ([1, 1, 3], [1, 2, 2])


def test_a_veto_lowers_the_grade_and_is_told(town):
    running = marked(town, version=published(town, GOVERNMENT))
    subject = running.subjects.get(unit=town.kindergarten)
    veto = next(veto for veto in system_of(running).tree.vetoes if not veto.when)
    Mark.objects.create(subject=subject, source="review", code=veto.code, cells={veto.code: "是"}, by="办公室")
    sheet = acts.make_sheet(town.officer, campaign=running, purpose="trial")
    assert veto.code in sheet.results.get(subject=subject).outcome["vetoes"]


def test_what_is_open_needs_a_reason_or_is_refused(town):
    running = campaign(town, version=published(town, GOVERNMENT))
    with pytest.raises(ValidationError, match="请写明为什么"):
        acts.make_sheet(town.officer, campaign=running, purpose="final")
    assert not ScoreSheet.objects.exists()
    assert acts.make_sheet(town.officer, campaign=running, purpose="trial").open_count > 0
    strict = campaign(town, version=running.version, title="全部评完", rules=Rules(open_marks="refuse"))
    with pytest.raises(ValidationError, match="全部评完才能"):
        acts.make_sheet(town.officer, campaign=strict, purpose="final", reason="着急。")


def test_without_subjects_nothing_is_scored(town):
    running = campaign(town)
    running.subjects.update(state="out", opinion="停办。")
    with pytest.raises(ValidationError, match="没有参评的单位"):
        acts.make_sheet(town.officer, campaign=running, purpose="trial")


def test_a_cell_that_cannot_be_read_neither_counts_nor_ranks(town):
    running = marked(town, version=published(town, GOVERNMENT))
    subject = running.subjects.get(unit=town.kindergarten)
    figure = subject.figures.first()
    subject.figures.filter(pk=figure.pk).update(cell="三十七")
    with pytest.raises(ValidationError, match="读不出来"):
        acts.make_sheet(town.officer, campaign=running, purpose="final", reason="测试。")
    sheet = acts.make_sheet(town.officer, campaign=running, purpose="trial")
    found = sheet.results.get(subject=subject)
    assert (found.rank, found.total) == (None, None)
    assert "三十七" in found.outcome["problems"][0]
    assert sheet.results.exclude(rank=None).count() == 2
    assert replayed(sheet).is_sound


def test_a_retired_version_still_scores(town, formed):
    row, sheet = formed
    retire_version(town.director, version=row.version, reason="换新办法。")
    row = Campaign.objects.get(pk=row.pk)
    again = acts.make_sheet(town.officer, campaign=row, purpose="final", reason="复算。")
    assert again.digest == sheet.digest


def test_others_do_not_score(town, formed):
    row, _ = formed
    for actor in (town.county_officer, town.head, town.inspector):
        with pytest.raises(Denied):
            acts.make_sheet(actor, campaign=row, purpose="final", reason="测试。")


def test_publication_waits_for_everything(town, formed):
    row, _ = formed
    with pytest.raises(ValidationError) as found:
        acts.publish_campaign(town.director, campaign=row)
    assert "还没有登记评定会议。" in found.value.messages
    assert "还没有公示。" in found.value.messages
    decided(town, row)
    row = acts.publicise(town.director, campaign=row)
    days = (timezone.localdate() + timedelta(n) for n in range(1, 30))
    working = [day for day in days if work_calendar(row.office).is_workday(day)]
    assert row.publicised_until == working[rules_of(row).publicity_days - 1]
    with pytest.raises(ValidationError, match="期满后才能公布"):
        acts.publish_campaign(town.director, campaign=row)
    past(row)
    mark = Mark.objects.filter(subject__campaign=row).first()
    Mark.objects.filter(pk=mark.pk).update(cells={})
    with pytest.raises(ValidationError, match="又有评分或数据改动"):
        acts.publish_campaign(town.director, campaign=row)
    Mark.objects.filter(pk=mark.pk).update(cells=mark.cells)
    row = acts.publish_campaign(town.director, campaign=row)
    assert row.state == "published"
    with pytest.raises(IntegrityError), transaction.atomic():
        Mark.objects.filter(pk=mark.pk).update(cells={})
    assert acts.archive_campaign(town.director, campaign=row).state == "archived"


def test_a_meeting_is_held_between_start_and_today(town, formed):
    row, _ = formed
    for day, said in ((1, "晚于今天"), (-400, "早于项目启动")):
        with pytest.raises(ValidationError, match=said):
            acts.record_decision(
                town.director,
                campaign=row,
                held_on=timezone.localdate() + timedelta(day),
                attendees="李主任",
                text="同意。",
            )
    with pytest.raises(Denied):
        acts.record_decision(
            town.officer, campaign=row, held_on=timezone.localdate(), attendees="王科员", text="同意。"
        )
    decided(town, row)
    with pytest.raises(IntegrityError), transaction.atomic():
        row.decisions.update(text="别的。")


def test_sent_back_everything_is_decided_again(town, formed):
    row, _ = formed
    decided(town, row)
    row = acts.reopen_campaign(town.director, campaign=row, reason="补评。")
    assert (row.state, row.decided_on, row.decision) == ("running", None, "")
    assert row.decisions.count() == 1


def test_a_trial_may_go_a_final_sheet_stays(town, formed):
    row, sheet = formed
    trial = acts.make_sheet(town.officer, campaign=row, purpose="trial")
    acts.delete_trial(town.officer, sheet=trial)
    assert list(row.sheets.all()) == [sheet]
    with pytest.raises(Denied):
        acts.delete_trial(town.officer, sheet=sheet)


def test_two_sheets_tell_who_moved_and_why(town, formed):
    row, before = formed
    subject = row.subjects.get(unit=town.private)
    mark = next(one for one in subject.marks.all() if set(one.cells.values()) == {"4"} or "." in str(one.cells))
    Mark.objects.filter(pk=mark.pk).update(cells=dict.fromkeys(mark.cells, "0"))
    after = acts.make_sheet(town.officer, campaign=row, purpose="final", reason="改分。")
    found = compared(before, after)
    assert subject.label in {moved.name for moved in found.moves}
    assert {cell[0] for cell in found.cells} == {subject.label}
    assert {cell[3] for cell in found.cells} == {"0"}


@pytest.mark.parametrize(
    ("column", "change"),
    [
        ("outcome", """outcome = jsonb_set(outcome, '{total}', '"99.5"')"""),
        ("rank", "rank = 77"),
        ("total", "total = total + 0.00000001"),
        ("grade", "grade = '优秀'"),
    ],
)
def test_tampering_past_the_triggers_is_found(formed, column, change):
    _, sheet = formed
    victim = sheet.results.exclude(rank=None).first()
    tampered(f"UPDATE evaluations_result SET {change} WHERE id = %s", victim.pk)
    found = replayed(sheet)
    assert not found.is_sound, column
    assert found.differences[0].startswith(victim.name)


def test_a_changed_input_is_found_by_its_digest_and_by_what_comes_out(formed):
    _, sheet = formed
    victim = sheet.results.exclude(rank=None).first()
    cells = {key: ("0" if key.endswith("@review") and "." in str(cell) else cell) for key, cell in victim.cells.items()}
    assert cells != victim.cells
    tampered("UPDATE evaluations_result SET cells = %s WHERE id = %s", json.dumps(cells), victim.pk)
    found = replayed(sheet)
    assert {check.name for check in found.checks if not check.agrees} >= {"输入", "重新计算的结果"}
    assert found.different >= 1


def test_a_changed_digest_or_a_row_too_few_is_found(formed):
    _, sheet = formed
    with transaction.atomic():
        tampered("UPDATE evaluations_scoresheet SET digest = 'x' WHERE id = %s", sheet.pk)
    assert not replayed(ScoreSheet.objects.get(pk=sheet.pk)).is_sound
    with transaction.atomic():
        tampered("UPDATE evaluations_scoresheet SET digest = %s WHERE id = %s", sheet.digest, sheet.pk)
        tampered("DELETE FROM evaluations_result WHERE sheet_id = %s AND position = 3", sheet.pk)
    assert not replayed(ScoreSheet.objects.get(pk=sheet.pk)).is_sound


def test_a_changed_indicator_system_is_found(formed):
    row, sheet = formed
    tampered(
        "UPDATE frameworks_indicator SET name = '别的' WHERE version_id = %s AND parent_id IS NULL", row.version_id
    )
    assert next(check.name for check in replayed(sheet).checks if not check.agrees) == "指标体系"


def test_who_sees_a_result_when(town, formed):
    row, sheet = formed
    own = sheet.results.get(subject__unit=town.kindergarten)

    def seen(actor):
        return set(reads.seen(actor).filter(sheet=sheet).values_list("name", flat=True))

    everybody = set(sheet.results.values_list("name", flat=True))
    assert seen(town.officer) == everybody
    assert seen(town.head) == set()
    assert seen(town.county_officer) == {town.kindergarten.name, town.private.name}
    assert seen(town.stranger) == {town.foreign.name}
    decided(town, row)
    acts.publicise(town.director, campaign=row)
    assert seen(town.head) == {own.name}
    assert reads.sheet(town.county_officer, sheet.pk) is None
    acts.make_sheet(town.officer, campaign=row, purpose="trial")
    assert set(reads.seen(town.head).values_list("sheet_id", flat=True)) == {sheet.pk}


def test_marks_that_are_not_shown_stay_with_the_office(town):
    row, _ = deciding(town, version=published(town, GOVERNMENT), rules=Rules(shown="never"))
    decided(town, row)
    row = acts.publicise(town.director, campaign=row)
    assert not reads.seen(town.head).exists()
    past(row)
    acts.publish_campaign(town.director, campaign=Campaign.objects.get(pk=row.pk))
    found = reads.seen(town.head).get()
    assert not reads.shows_marks(town.head, found)
    assert reads.shows_marks(town.officer, found)


def test_a_bad_figure_is_not_zero(formed):
    _, sheet = formed
    assert all(Decimal(one.total) > 0 for one in Result.objects.filter(sheet=sheet).exclude(total=None))
