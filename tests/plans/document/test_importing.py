"""Bringing a plan in: the rows that come of a document, and what is refused."""

import pytest
from django.core.exceptions import ValidationError

from dudao.calc.worktext import DocumentError
from dudao.core import audit
from dudao.core.access import Denied
from dudao.plans.actions.document import import_plan
from dudao.plans.models import Guess, Remark, WorkPlan
from plans.document.conftest import TEXT, point


def test_a_text_becomes_sections_points_items_guesses_and_remarks(draft):
    assert (draft.title, draft.year, draft.state) == ("某市 2026 年教育督导工作要点", 2026, "draft")
    assert [(row.number, row.title) for row in draft.sections.all()] == [
        ("一、", "健全教育督導运行机制"),
        ("二、", "深入推进学校督导评估"),
        ("三、", "加强督学队伍建设"),
    ]
    first = point(draft, "1")
    assert (first.label, first.title, first.first_line) == ("1.", "落实改革任务清单", 9)
    items = list(first.items.all())
    assert [item.ordinal for item in items] == [1, 2, 3]
    assert all(first.text[item.start : item.end] == item.text for item in items)
    labels = set(Guess.objects.filter(point__section__plan=draft).values_list("sort", flat=True))
    assert labels == {"target", "period", "actor", "kind"}
    assert set(Guess.objects.values_list("state", flat=True)) == {"proposed"}
    codes = set(Remark.objects.filter(plan=draft, level="check").values_list("code", flat=True))
    assert {"traditional", "slip", "repeated"} <= codes


def test_a_guess_belongs_to_the_item_its_words_stand_in(draft):
    guess = Guess.objects.get(point=point(draft, "1"), sort="period")
    assert (guess.item.ordinal, guess.data["end"]) == (1, "2026-06-30")
    spot = guess.data["spots"][0]
    assert guess.point.text[spot["start"] : spot["end"]] == spot["words"] == guess.words


def test_a_clause_repeated_by_accident_is_kept_once_and_as_issued(draft):
    fourth = point(draft, "4")
    assert fourth.text.count("开学条件保障情况专项督导任务") == 1
    assert fourth.original.count("开学条件保障情况专项督导任务") == 2


def test_the_source_stays_line_by_line(draft):
    lines = draft.source_text.split("\n")
    assert lines[point(draft, "3").first_line - 1].startswith("3. 做好国家")


def test_an_upload_is_kept_as_it_came(city, settings, tmp_path):
    settings.FILES_ROOT = tmp_path
    plan = import_plan(city.officer, unit=city.city, data=TEXT.encode("gb18030"), filename="要点.txt")
    assert plan.source_name == "要点.txt"
    assert plan.source_file.size == len(TEXT.encode("gb18030"))
    assert plan.sections.count() == 3


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (b"", "空.docx", "0 字节"),
        (b"%PDF-1.7 \x00\x01", "要点.pdf", "PDF"),
        (b"PK\x03\x04broken", "要点.docx", "损坏"),
        (b"\x00\x01\x02\x03" * 400, "要点.txt", "乱码"),
    ],
)
def test_a_bad_file_leaves_nothing(city, data, name, words):
    before = WorkPlan.objects.count()
    with pytest.raises(DocumentError, match=words):
        import_plan(city.officer, unit=city.city, data=data, filename=name)
    assert WorkPlan.objects.count() == before


def test_words_are_needed_and_not_too_many(city):
    with pytest.raises(ValidationError, match="没有读到文字"):
        import_plan(city.officer, unit=city.city, text=" \n ")
    with pytest.raises(ValidationError, match="上限"):
        import_plan(city.officer, unit=city.city, text="督" * 100_001)


def test_a_text_file_of_many_megabytes_is_refused_before_it_is_read(city):
    with pytest.raises(ValidationError, match=r"2\.0 MB"):
        import_plan(city.officer, unit=city.city, data=b"x" * (2 << 20), filename="长.txt")


def test_a_text_without_structure_is_one_point_to_split(city):
    plan = import_plan(city.officer, unit=city.city, text="今年要抓好督学培训。还要抓好挂牌督导。")
    assert [section.points.count() for section in plan.sections.all()] == [1]
    assert plan.remarks.filter(code="no_structure", level="check").exists()


def test_only_who_may_import_does(city):
    for person in (city.county, city.leader, city.liaison):
        with pytest.raises(Denied):
            import_plan(person, unit=city.city, text=TEXT)


def test_the_event_says_what_came(city, draft):
    event = audit.history(draft).get()
    assert (event.verb, event.data["points"], event.data["source"]) == ("plan.import", 5, "粘贴的文本")
