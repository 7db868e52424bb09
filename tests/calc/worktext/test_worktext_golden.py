"""The whole way on two real documents: our own sample, and the plan in the shared folder where it is present."""

import json
from pathlib import Path

import pytest

from dudao.calc import worktext
from work import calls

DATA = Path(__file__).parent / "data"
SAMPLE = DATA / "plan-2024.txt"
SHARED = Path(__file__).parents[4] / "shared" / "seed" / "yueyang-2023-work-points.txt"


def _read(path: Path) -> worktext.WorkPlanText:
    return worktext.parse(worktext.read_document(path.read_bytes(), path.name))


@pytest.fixture(scope="module")
def plan() -> worktext.WorkPlanText:
    return _read(SAMPLE)


def _outline(plan: worktext.WorkPlanText) -> dict:
    """The part of the JSON that a reader checks by hand: everything but places in the document."""
    document = plan.to_json()
    for section in document["sections"]:
        for point in section["points"]:
            point["targets"] = [target["text"] for target in point["targets"]]
            point["notes"] = [note["code"] for note in point["notes"]]
            point["periods"] = [period["text"] for period in point["periods"]]
            point["actors"] = sorted({actor["code"] for actor in point["actors"]})
            point["kinds"] = [kind["code"] for kind in point["kinds"]]
            del point["source"], point["original_title"], point["original_text"], point["label"], point["group"]
    document["warnings"] = [[warning["level"], warning["code"], warning["line"]] for warning in document["warnings"]]
    return document


def test_own_sample_is_read_as_checked_by_hand(plan):
    golden = json.loads((DATA / "plan-2024.json").read_text(encoding="utf-8"))
    assert _outline(plan) == golden


def test_json_has_exactly_the_promised_keys(plan):
    document = json.loads(json.dumps(plan.to_json(), ensure_ascii=False))
    assert list(document) == ["title", "issuer", "year", "preamble", "sections", "warnings"]
    for section in document["sections"]:
        assert list(section) == ["number", "title", "points"]
        for point in section["points"]:
            assert list(point)[:6] == ["number", "title", "text", "items", "targets", "notes"]
            for item in point["items"]:
                assert list(item) == ["ordinal", "text"]


def test_every_finding_points_at_its_words_in_the_document(plan):
    lines = SAMPLE.read_text(encoding="utf-8").split("\n")
    seen = 0
    for point in plan.points:
        spots = [target.spot for target in point.targets] + [period.spot for period in point.periods]
        spots += [actor.spot for actor in point.actors] + [spot for kind in point.kinds for spot in kind.spots]
        for spot in spots:
            field = {"title": point.title, "text": point.text}[spot.field]
            assert field[spot.span[0] : spot.span[1]] == spot.words
            if spot.item is not None:
                item = next(item for item in point.items if item.ordinal == spot.item)
                assert item.span[0] <= spot.span[0] < item.span[1]
            rest = lines[spot.line - 1][spot.column - 1 :]
            assert rest.startswith(spot.words) or spot.words.startswith(rest)  # the words may go on behind a page
            seen += 1
    assert seen > 100


def test_segments_rebuild_title_and_text_from_the_document(plan):
    lines = SAMPLE.read_text(encoding="utf-8").split("\n")
    for point in plan.points:
        for text, segments in ((point.title, point.title_segments), (point.text, point.text_segments)):
            rebuilt = "".join(lines[part.line - 1][part.column - 1 :][: part.length] for part in segments)
            assert rebuilt == text.replace("\n", "")
            assert all(point.first_line <= part.line <= point.last_line for part in segments)


def test_deadlines_come_from_the_words_of_the_point(plan):
    found = {point.number: point.deadline for point in plan.points}
    assert (found[1].date.isoformat(), found[1].words, found[1].sure) == ("2024-06-30", "6 月底前", True)
    assert (found[4].date.isoformat(), found[4].words, found[4].sure) == ("2024-12-31", "第四季度", False)
    assert (found[12].date.isoformat(), found[12].words, found[12].sure) == ("2024-12-31", "年底前", True)
    assert found[2] is None


def test_the_repeated_clause_is_kept_once_and_the_original_is_kept_too(plan):
    point = plan.points[9]
    clause = "的开学条件保障情况专项督导任务"
    assert point.text.count(clause) == 1
    assert point.original_text.count(clause) == 3
    assert point.items[1].text == "完成上级部署的开学条件保障情况专项督导任务。"


def test_rendered_plan_reads_the_same(plan):
    again = worktext.parse(worktext.render(plan))
    assert worktext.render(again) == worktext.render(plan)
    assert [(p.number, p.title, p.text, p.items) for p in again.points] == [
        (p.number, p.title, p.text, p.items) for p in plan.points
    ]
    assert (again.title, again.issuer, again.year, again.preamble) == (
        plan.title,
        plan.issuer,
        plan.year,
        plan.preamble,
    )


def test_the_work_grows_with_the_text():
    text = SAMPLE.read_text(encoding="utf-8")
    one, eight = (calls(lambda times=times: worktext.parse(text * times)) for times in (1, 8))
    assert eight < one * 8 * 1.5


@pytest.mark.parametrize(
    "text",
    [
        "一是" * 20_000,
        "（" * 40_000,
        "1" * 40_000,
        "一" * 40_000,
        "1. " * 15_000,
        "督导评估" * 10_000,
        "每学期" * 15_000 + "2次",
        "a b " * 10_000,
        "第一季度至" * 8_000,
        "1:" * 20_000,
        "。，" * 20_000,
        "县市区和" * 10_000 + "履行",
        "一、\n" * 10_000,
        "…" * 30_000,
        "2023年-" * 6_000,
        "12月" * 12_000,
        "岳阳市教育局\n" * 5_000,
    ],
)
def test_hostile_text_of_forty_thousand_characters_stays_linear(text):
    # A quadratic rule would take minutes and meet the time limit of the whole suite.
    assert worktext.parse(text).points is not None


def test_shared_plan_has_six_sections_and_fifteen_points():
    if not SHARED.exists():
        return  # the sample of our own has the same structure
    plan = _read(SHARED)
    assert plan.title.replace(" ", "") == "岳阳市2023年教育督导工作要点"
    assert plan.issuer == "岳阳市人民政府教育督导委员会办公室"
    assert plan.year == 2023
    assert plan.preamble.startswith("2023 年，全市教育督导工作") and plan.preamble.endswith("监督保障作用。")
    assert [section.number for section in plan.sections] == [1, 2, 3, 4, 5, 6]
    assert [len(section.points) for section in plan.sections] == [2, 3, 3, 1, 4, 2]
    assert [point.number for point in plan.points] == list(range(1, 16))
    assert [len(point.items) for point in plan.points] == [3, 0, 0, 0, 0, 4, 2, 2, 3, 2, 2, 2, 3, 0, 4]
    points = {point.number: point for point in plan.points}
    assert "建立教育督导联席会议和定期沟通交流制度" in points[2].text
    assert points[6].items[3].text == "配合省教育督导办开展高中阶段学校评估抽查工作。"
    assert "健全监测发现问题的整改制度" in points[9].items[2].text
    assert points[14].text.endswith("并根据工作需要，聘用 2-3 名兼职督学。")
    clause = "的有关教育重点任务专项督导检查工作"
    assert (points[10].text.count(clause), points[10].original_text.count(clause)) == (1, 3)
    codes = {warning.code: warning for warning in plan.warnings}
    assert "教育督導體制" in codes["traditional"].message and "教育督导体制" in codes["traditional"].message
    assert (codes["slip"].words, codes["slip"].suggestion) == ("质量检测", "质量监测")
    assert codes["repeated"].point == 10
    assert [warning.point for warning in plan.warnings if warning.code == "joined"] == [2, 6, 9, 14]
    assert [p.number for p in plan.points if any(note.code == "joined" for note in p.notes)] == [2, 6, 9, 14]
    assert {target.text for point in plan.points for target in point.targets} >= {
        "1:5",
        "2名",
        "2-3名",
        "三个学科",
        "五年一轮",
    }
    assert points[3].kinds[0].code == "city_evaluation"
    assert points[5].kinds[0].code == "township_evaluation"
    assert points[15].kinds[0].code == "team_building"
