"""Answers and figures are saved one by one: checked, counted, never written over unseen."""

import threading
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dudao.core.access import Denied
from dudao.core.models import Event
from dudao.evaluations.actions.answering import Stale, save_answer, save_figure
from dudao.evaluations.actions.submitting import submit_evaluation
from dudao.evaluations.models import Answer, Figure, Subject
from dudao.evaluations.queries.answering import leaves_of
from dudao.evaluations.queries.scoring import scored
from dudao.evaluations.queries.systems import system_of
from evaluations.filling import fill_all
from evaluations_town import build_town, campaign, phases, published


@pytest.fixture
def subject(town, running):
    return running.subjects.get(unit=town.kindergarten)


def leaf_of(subject, place=0):
    return [leaf for leaf in leaves_of(system_of(subject.campaign)).values() if leaf.needed][place]


def fill(actor, subject, leaf, **more):
    column = leaf.columns[0]
    return save_answer(
        actor, subject=subject, code=leaf.node.code, revision=0, cells={column.name: column.item.options[0]}, **more
    )


def test_an_answer_is_kept_and_counted(town, subject):
    leaf = leaf_of(subject)
    answer = fill(town.clerk, subject, leaf, text="证照齐全，均在有效期内。")
    subject.refresh_from_db()
    assert (subject.filled, answer.revision, answer.saved_by) == (1, 1, "周填报")
    assert scored(subject).sheet("self").level(leaf.node.code).at(0) == leaf.columns[0].item.options[0]
    save_answer(town.clerk, subject=subject, code=leaf.node.code, revision=1, cells={leaf.columns[0].name: ""})
    subject.refresh_from_db()
    assert subject.filled == 0
    assert Answer.objects.get().text == "证照齐全，均在有效期内。"


def test_saving_costs_the_same_however_much_is_answered(town, subject, django_assert_max_num_queries):
    fill(town.clerk, subject, leaf_of(subject))
    with django_assert_max_num_queries(11):
        fill(town.clerk, subject, leaf_of(subject, 1))


def test_what_is_no_answer_is_refused_with_words(town, subject):
    leaf = leaf_of(subject)
    name = leaf.columns[0].name
    with pytest.raises(ValidationError, match="请从这些里选一个"):
        save_answer(town.clerk, subject=subject, code=leaf.node.code, revision=0, cells={name: "很好"})
    with pytest.raises(ValidationError, match="没有“别的”这一问"):
        save_answer(town.clerk, subject=subject, code=leaf.node.code, revision=0, cells={"别的": "符合"})
    with pytest.raises(ValidationError, match="没有代码为“Z9”的指标"):
        save_answer(town.clerk, subject=subject, code="Z9", revision=0, cells={})
    with pytest.raises(ValidationError, match="最多 4000 字"):
        save_answer(town.clerk, subject=subject, code=leaf.node.code, revision=0, text="字" * 4001)
    assert not Answer.objects.exists()


def test_a_mark_out_of_range_is_refused(town):
    running = campaign(town, version=published(town, "county-government-template"))
    subject = running.subjects.get(unit=town.kindergarten)
    leaf = next(
        leaf
        for leaf in leaves_of(system_of(running)).values()
        if leaf.columns and leaf.columns[0].item.kind == "number" and leaf.columns[0].item.most == leaf.node.points
    )
    column = leaf.columns[0]
    for typed in (str(leaf.node.points + Decimal(1)), "-1", "三"):
        with pytest.raises(ValidationError, match=leaf.node.code):
            save_answer(town.clerk, subject=subject, code=leaf.node.code, revision=0, cells={column.name: typed})
    assert not Answer.objects.exists()


def test_the_same_field_changed_twice_is_no_loss(town, subject):
    leaf = leaf_of(subject)
    fill(town.head, subject, leaf, text="园长写的。")
    with pytest.raises(Stale) as stale:
        save_answer(town.clerk, subject=subject, code=leaf.node.code, revision=0, text="填报员写的。", was={"text": ""})
    assert stale.value.theirs == {"text": "园长写的。"}
    assert stale.value.mine == {"text": "填报员写的。"}
    assert Answer.objects.get().text == "园长写的。"
    save_answer(town.clerk, subject=subject, code=leaf.node.code, revision=stale.value.revision, text="合在一起。")
    assert Answer.objects.get().text == "合在一起。"


def test_different_fields_of_one_indicator_are_no_conflict(town, subject):
    leaf = leaf_of(subject)
    fill(town.head, subject, leaf)
    save_answer(town.clerk, subject=subject, code=leaf.node.code, revision=0, text="说明。", was={"text": ""})
    answer = Answer.objects.get()
    assert (answer.text, answer.cells) == ("说明。", {leaf.columns[0].name: leaf.columns[0].item.options[0]})


def test_a_page_that_saved_one_field_still_has_not_seen_the_other(town, subject):
    leaf = leaf_of(subject)
    fill(town.head, subject, leaf, text="园长写的。")
    column = leaf.columns[0]
    was = {column.name: column.item.options[0]}
    cells = {column.name: column.item.options[1]}
    kept = save_answer(town.clerk, subject=subject, code=leaf.node.code, revision=1, cells=cells, was=was)
    with pytest.raises(Stale):
        save_answer(
            town.clerk,
            subject=subject,
            code=leaf.node.code,
            revision=kept.revision,
            text="没看见的。",
            was={"text": ""},
        )


def test_the_same_save_sent_again_is_the_same_save(town, subject):
    leaf = leaf_of(subject)
    first = fill(town.clerk, subject, leaf)
    again = fill(town.clerk, subject, leaf)
    subject.refresh_from_db()
    assert (first.pk, again.revision, subject.filled) == (again.pk, 1, 1)


def test_strangers_and_readers_cannot_write(town, subject):
    for name in ("stranger", "private_head", "inspector", "expert"):
        with pytest.raises(Denied):
            fill(getattr(town, name), subject, leaf_of(subject))
    assert not Answer.objects.exists()


def test_before_it_begins_nothing_is_written(town):
    later = campaign(town, phases=phases(timezone.localdate() + timedelta(30)))
    with pytest.raises(Denied, match="日开始"):
        fill(town.clerk, later.subjects.get(unit=town.kindergarten), leaf_of(later.subjects.first()))


def test_a_typed_number_is_checked_and_kept(town, subject):
    figure = save_figure(town.clerk, subject=subject, name="班级数", revision=0, cell="9", note="含小班 3 个")
    assert (figure.cell, figure.note, figure.revision) == ("9", "含小班 3 个", 1)
    with pytest.raises(ValidationError, match="请填 0 或正数"):
        save_figure(town.clerk, subject=subject, name="班级数", revision=1, cell="-9")
    with pytest.raises(Stale):
        save_figure(town.head, subject=subject, name="班级数", revision=0, cell="8", was={"cell": ""})
    with pytest.raises(ValidationError, match="不用填"):
        save_figure(town.clerk, subject=subject, name="校长身高", revision=0, cell="1")
    assert Figure.objects.get().cell == "9"


@pytest.mark.django_db(transaction=True)
def test_two_clerks_at_the_same_moment_lose_nothing(settings, tmp_path):
    settings.FILES_ROOT = tmp_path
    town = build_town()
    subject = campaign(town).subjects.get(unit=town.kindergarten)
    leaf = leaf_of(subject)
    start, results = threading.Barrier(2), {}

    def save(name, actor):
        try:
            start.wait()
            results[name] = save_answer(
                actor, subject=subject, code=leaf.node.code, revision=0, text=f"{name}写的", was={"text": ""}
            )
        except Stale as stale:
            results[name] = stale
        finally:
            connection.close()

    threads = [threading.Thread(target=save, args=(one, getattr(town, one))) for one in ("head", "clerk")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lost = [name for name, result in results.items() if isinstance(result, Stale)]
    assert len(lost) == 1
    winner = ({"head", "clerk"} - set(lost)).pop()
    assert Answer.objects.get().text == f"{winner}写的"
    assert results[lost[0]].theirs == {"text": f"{winner}写的"}


@pytest.mark.django_db(transaction=True)
def test_handing_in_while_somebody_saves_leaves_nothing_between(settings, tmp_path):
    """Either what was saved is in what was handed in, or the save was refused: nothing acknowledged is lost."""
    settings.FILES_ROOT = tmp_path
    town = build_town()
    subject = campaign(town).subjects.get(unit=town.kindergarten)
    fill_all(town.clerk, subject)
    start, results = threading.Barrier(2), {}

    def run(name, act):
        try:
            start.wait()
            results[name] = act()
        except Denied as denied:
            results[name] = denied
        finally:
            connection.close()

    leaf = leaf_of(subject)
    acts = {
        "submit": lambda: submit_evaluation(town.head, subject=subject, received_at=timezone.now()),
        "save": lambda: save_answer(town.clerk, subject=subject, code=leaf.node.code, revision=1, text="最后一句。"),
    }
    threads = [threading.Thread(target=run, args=pair) for pair in acts.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    said = results["submit"].content["answers"][leaf.node.code]["text"]
    assert said == ("" if isinstance(results["save"], Denied) else "最后一句。")
    assert Answer.objects.get(subject=subject, code=leaf.node.code).text == said


@pytest.mark.django_db
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.integers(0, 2), st.sampled_from(["", "0", "1", "2"]), st.text("甲乙丙", max_size=3), st.booleans()
        ),
        max_size=12,
    )
)
def test_what_is_kept_is_what_a_replay_of_the_acknowledged_saves_gives(town, running, saves):
    subject = running.subjects.get(unit=town.kindergarten)
    Answer.objects.filter(subject=subject).delete()
    Subject.objects.filter(pk=subject.pk).update(filled=0)
    replay: dict[str, dict[str, str]] = {}
    for place, option, text, fresh in saves:
        leaf = leaf_of(subject, place)
        code, column = leaf.node.code, leaf.columns[0]
        cell = column.item.options[int(option)] if option else ""
        row = Answer.objects.filter(subject=subject, code=code).first()
        revision = row.revision if fresh and row else 0
        try:
            save_answer(town.clerk, subject=subject, code=code, revision=revision, cells={column.name: cell}, text=text)
        except Stale:
            continue
        replay[code] = {"cell": cell, "text": text}
    for code, said in replay.items():
        row = Answer.objects.get(subject=subject, code=code)
        assert {"cell": next(iter(row.cells.values()), ""), "text": row.text} == said
    subject.refresh_from_db()
    assert subject.filled == sum(bool(said["cell"]) for said in replay.values())


def test_every_save_leaves_an_event(town, subject):
    before = Event.objects.filter(verb="evaluation.fill").count()
    fill(town.clerk, subject, leaf_of(subject))
    event = Event.objects.filter(verb="evaluation.fill").latest("id")
    assert Event.objects.filter(verb="evaluation.fill").count() == before + 1
    assert event.data["code"] == leaf_of(subject).node.code
