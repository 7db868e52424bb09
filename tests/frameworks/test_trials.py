"""Trials: a table uploaded, scored, kept as it came out; explained, played with, compared with the next version."""

import io
from pathlib import Path

import pytest
import xlsxwriter
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dudao.calc.score import System, columns_of
from dudao.calc.tree import from_data
from dudao.core import sheets
from dudao.core.models import Event
from dudao.frameworks import queries
from dudao.frameworks.actions.drafts import write_tree
from dudao.frameworks.actions.versions import clone_version, publish_version
from dudao.frameworks.models import Framework, FrameworkVersion, Indicator, Trial, TrialSubject
from dudao.frameworks.queries import trials
from dudao.frameworks.trees import whole_of
from frameworks.reporting import reported_round
from signing import signed_in

DOCUMENTED = Path(__file__).parents[2] / "docs/calculations/scoring.md"
HEAD = [
    "县市区",
    "在校生数",
    "高于规定学历教师数",
    "寄宿制",
    "C2·音乐室",
    "C2·美术室",
    "C3",
    "C4",
    "C5@自评",
    "C5",
    "D1",
    "V1",
]
ROWS = [
    ["平江县", 1180, 52, "是", "有", "无", 8, 3, 30, 28, 2, "否"],
    ["湘阴县", 900, 45, "否", "有", "有", "", 0, 30, 27.5, "", "否"],
    ["华容县", 1180, 52, "是", "有", "无", 8, 3, 28, 28, 2, "否"],
    ["汨罗市", 2000, 60, "是", "有", "有", 9, 1, 29, "", 1, "是"],
]


def workbook(*grid):
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(grid):
            sheet.write_row(number, 0, row)
    return target.getvalue()


def version_of(unit, data):
    tree = from_data(data)
    made = FrameworkVersion.objects.create(
        framework=Framework.objects.create(unit=unit, name=tree.root.name), number=1, whole=whole_of(tree)
    )
    write_tree(made, tree)
    return made


@pytest.fixture
def documented():
    return yaml.safe_load(DOCUMENTED.read_text(encoding="utf-8").split("```yaml\n")[1].split("```")[0])


@pytest.fixture
def version(town, documented):
    """The system of the documentation, published by the city."""
    return publish_version(town.director, version=version_of(town.city, documented), reason="照文件")


@pytest.fixture
def client(town):
    return signed_in(town.accounts["officer"])


def upload(client, version, content, unit, title="第一稿", follow=True):
    file = SimpleUploadedFile("县市区数据.xlsx", content)
    url = reverse("frameworks:trial_new", args=[version.pk])
    return client.post(url, {"unit": unit.pk, "title": title, "file": file}, follow=follow)


@pytest.fixture
def trial(client, version, town):
    upload(client, version, workbook(HEAD, *ROWS), town.city)
    return Trial.objects.get()


def page(client, url, **parameters):
    answer = client.get(url, parameters)
    assert answer.status_code == 200
    return answer.content.decode()


# ---- uploading ------------------------------------------------------------------------------------------------


def test_a_table_is_uploaded_and_ranked(client, version, town):
    answer = upload(client, version, workbook(HEAD, *ROWS), town.city).content.decode()
    assert "已试算 4 个单位。" in answer and "第 2 名并列：平江县、华容县" in answer
    assert "97.50<small>分</small>" in answer and "一票否决：弄虚作假" in answer
    made = Trial.objects.get()
    assert (made.title, made.size, made.unit, made.made_by) == ("第一稿", 4, town.city, "王科员")
    assert made.sources == ["self", "review"] and made.main == "adopted" and len(made.file_digest) == 64
    found = {row.name: row for row in made.rows.all()}
    assert [(row.rank, row.grade, row.open_count) for row in found.values()] == [
        (2, "合格", 0),
        (1, "优秀", 0),
        (2, "合格", 0),
        (None, "不合格", 1),
    ]
    assert found["平江县"].result["total"] == "88.5" and found["平江县"].total == 88.5
    assert found["汨罗市"].result["total"] is None and found["汨罗市"].result["open"] == ["C5"]
    event = Event.objects.filter(verb="trial.run").get()
    assert event.data["subjects"] == 4 and event.data["file"] == made.file_digest


def test_the_template_can_be_filled_in_and_comes_back(client, version, town):
    for query in ({}, {"apart": "1"}):
        answer = client.get(reverse("frameworks:trial_template", args=[version.pk]), query)
        grid = sheets.grid_of(answer.content)
        system = System(queries.tree(version))
        columns = columns_of(system, apart=bool(query))
        assert [str(cell).rstrip("*") for cell in grid[2]] == ["单位名称", *(column.header for column in columns)]
        values = {"count": 3, "truth": "是", "number": 1}
        row = ["平江县", *(values[str(column.item.kind)] for column in columns)]
        done = upload(client, version, workbook(*grid[:3], row), town.city, title=f"模板{len(query)}")
    assert "已试算 1 个单位。" in done.content.decode()


def test_a_table_with_errors_is_refused_with_all_of_them_and_nothing_is_kept(client, version, town):
    rows = [ROWS[0], ["平江县", "三十七", *ROWS[1][2:]], ["湘阴县", -3, *ROWS[1][2:]]]
    answer = upload(client, version, workbook([*HEAD, "食堂"], *rows), town.city)
    told = answer.content.decode()
    assert answer.status_code == 422 and "表里有 3 处错误" in told
    assert "第 3 行“县市区”“平江县”和第 2 行重复" in told and "第 4 行“在校生数”是负数 -3" in told
    assert "第 1 行“食堂”不是这个指标体系的数据项或指标代码" in told
    assert not Trial.objects.exists() and not Event.objects.filter(verb="trial.run").exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "空文件"),
        (b"not a workbook", "xlsx"),
        (workbook(["甲", "乙"], ["平江县", 1]), "没有表头"),
        (workbook([*HEAD, "C5"], ROWS[0]), "“C5”出现了两次"),
    ],
)
def test_what_is_no_table_is_refused(client, version, town, content, words):
    answer = upload(client, version, content, town.city)
    assert answer.status_code == 422 and words in answer.content.decode()
    assert not Trial.objects.exists()


def test_a_second_sending_makes_no_second_trial(client, version, town):
    token = "0b1f6c9e-2f3f-4b6e-9d0e-6a2f7c1d2e3f"
    for _ in range(2):
        file = SimpleUploadedFile("数据.xlsx", workbook(HEAD, *ROWS))
        url = reverse("frameworks:trial_new", args=[version.pk])
        client.post(url, {"unit": town.city.pk, "title": "一", "file": file, "form_token": token})
    assert Trial.objects.count() == 1


def test_a_draft_with_errors_can_not_be_tried(client, town, documented):
    broken = version_of(town.city, {**documented, "points": 99})
    answer = client.get(reverse("frameworks:trial_new", args=[broken.pk]))
    assert answer.status_code == 403 and "这个版本有 1 处错误，改正后才能试算" in answer.content.decode()


# ---- looking --------------------------------------------------------------------------------------------------


def test_marks_of_a_column_have_the_same_decimals(client, version, town):
    rows = [ROWS[0], [*ROWS[2][:7], 2, *ROWS[2][8:]]]
    upload(client, version, workbook(HEAD, *rows), town.city)
    ranking = page(client, Trial.objects.get().get_absolute_url())
    assert ">46.5<" in ranking and ">47.0<" in ranking


def test_the_list_the_ranking_and_a_subject(client, version, trial):
    listed = page(client, reverse("frameworks:trials", args=[version.pk]))
    assert "第一稿" in listed and "县市区数据.xlsx" in listed
    ranking = page(client, trial.get_absolute_url())
    assert ranking.index(">湘阴县<") < ranking.index(">平江县<") < ranking.index(">汨罗市<")
    assert "评估条件" not in ranking and "A1 办学条件" in ranking and "与自评的偏差" in ranking
    assert ">湘阴县<" in page(client, trial.get_absolute_url(), grade="优秀")
    row = trial.rows.get(name="平江县")
    told = page(client, row.get_absolute_url())
    assert "每百名学生拥有高于规定学历教师数 52 ÷ 1180 × 100 = 4.41，达到 4.2 的要求，得 20 分" in told
    assert "<details open><summary>办学水平督导评估：88.5 分（满分 100 分）" in told
    assert "−2" in told  # 28 of the review less 30 of its own
    alone = page(client, row.get_absolute_url(), code="C5")
    assert "复核评 28 分" in alone and "达到 4.2 的要求" not in alone.split('id="trace"')[1]
    assert client.get(row.get_absolute_url(), {"code": "C99"}).status_code == 404


def test_a_trace_names_what_is_open(client, trial):
    told = page(client, trial.rows.get(name="汨罗市").get_absolute_url())
    assert "C5 还没有得分，合计待定" in told and "—（未评）" in told


def test_names_are_shown_as_typed_and_never_as_html(client, version, town):
    rows = [["<b>甲</b>县", *ROWS[0][1:]]]
    upload(client, version, workbook(HEAD, *rows), town.city, title="<i>试</i>")
    trial = Trial.objects.get()
    for url in (trial.get_absolute_url(), trial.rows.get().get_absolute_url()):
        told = page(client, url)
        assert "<b>甲</b>县" not in told and "<i>试</i>" not in told and "&lt;b&gt;甲&lt;/b&gt;县" in told


def test_results_stay_when_the_draft_changes(client, town, documented):
    draft = version_of(town.city, documented)
    upload(client, draft, workbook(HEAD, *ROWS), town.city)
    trial = Trial.objects.get()
    assert "这份草稿在试算之后又有改动" not in page(client, trial.get_absolute_url())
    Indicator.objects.filter(version=draft, code="C5").update(name="安全管理与值守")
    assert "这份草稿在试算之后又有改动" in page(client, trial.get_absolute_url())
    told = page(client, trial.rows.get(name="平江县").get_absolute_url())
    assert "安全管理与值守" not in told and "88.5" in told


def test_the_export_holds_ranking_and_marks(client, trial):
    answer = client.post(reverse("frameworks:trial_export", args=[trial.pk]))
    book = sheets.open_book(answer.content)
    assert book.visible == ("名次", "各项得分")
    grid = sheets.grid_of(answer.content)
    assert grid[2][:5] == ["名次", "单位名称", "总分", "适用满分", "等次"]
    assert grid[3][:3] == [1, "湘阴县", 97.5] and grid[6][:3] == ["", "汨罗市", ""]
    assert grid[6][-2:] == ["C5", "弄虚作假"]
    marks = book.sheet("各项得分")[0].to_python(skip_empty_area=False)
    assert marks[2][:3] == ["单位名称", "A1 办学条件", "C1 教师学历"] and marks[3][:3] == ["平江县", 40, 20]
    assert Event.objects.filter(verb="trial.export").count() == 1


def test_a_trial_is_deleted_by_its_button(client, trial):
    answer = client.post(reverse("frameworks:trial_delete", args=[trial.pk]), follow=True)
    assert "已删除试算“第一稿”" in answer.content.decode()
    assert not Trial.objects.exists() and not TrialSubject.objects.exists()


def test_a_county_tries_the_citys_version_and_keeps_its_trial_to_itself(client, version, town, trial):
    keeper = signed_in(town.accounts["keeper"])
    assert keeper.get(trial.get_absolute_url()).status_code == 404
    assert keeper.get(trial.rows.first().get_absolute_url()).status_code == 404
    assert upload(keeper, version, workbook(HEAD, *ROWS), town.city).status_code == 422
    upload(keeper, version, workbook(HEAD, *ROWS), town.county, title="本县学校")
    own = Trial.objects.get(unit=town.county)
    assert "本县学校" in page(keeper, reverse("frameworks:trials", args=[version.pk]))
    assert "第一稿" not in page(keeper, reverse("frameworks:trials", args=[version.pk]))
    assert page(client, own.get_absolute_url())
    stranger = signed_in(town.accounts["stranger"])
    assert stranger.get(own.get_absolute_url()).status_code == 404
    reader = signed_in(town.accounts["reader"])
    assert reader.get(reverse("frameworks:trials", args=[version.pk])).status_code == 403
    assert reader.get(reverse("frameworks:trial_new", args=[version.pk])).status_code == 403


# ---- playing --------------------------------------------------------------------------------------------------


def play(client, trial, **parameters):
    return page(client, reverse("frameworks:what_if", args=[trial.pk]), **parameters)


def test_the_value_as_it_is_comes_first(client, trial):
    told = play(client, trial, target=["C1", "=优秀"], field=["rule", "total"], value=["", ""], follow="1")
    assert "≥4.2 | 20" in told and ">≥85<" in told
    assert 'id="moved"' not in told


def test_a_changed_threshold_moves_totals_and_ranks(client, trial):
    lines = "≥4.5 | 20\n[3.57,4.5) | 12\n<3.57 | 0"
    told = play(client, trial, target=["C1"], field=["rule"], value=[lines], follow="1")
    assert "4 个单位：2 个总分变动，0 个名次变动，0 个等次变动。" in told
    assert "88.50 → 80.50" in told and "−8.00" in told and told.index("平江县</td>") > 0
    assert Trial.objects.get().rows.get(name="平江县").result["total"] == "88.5"


def test_points_above_follow_and_marks_are_taken_over_by_their_rate(client, trial):
    told = play(client, trial, target=["C5"], field=["points"], value=["60"], follow="1")
    assert "A2 的分值随下级改为 80。" in told and "DEMO 的分值随下级改为 130。" in told
    assert "C5 由人评分，分值变了，原来的评分按得分率折算。" in told
    assert "88.50 → 116.50" in told
    alone = play(client, trial, target=["C5"], field=["points"], value=["60"], follow="0")
    assert "这样改以后不能计分" in alone and "A2" in alone


def test_a_grades_limit_and_one_mark(client, trial):
    told = play(client, trial, target=["=合格"], field=["total"], value=["≥90"], follow="1")
    assert "合格 → 不合格" in told and "2 个等次变动" in told
    told = play(client, trial, subject=["汨罗市"], column=["C5@review"], cell=["30"])
    assert "汨罗市" in told and "— → " in told
    assert "1 个总分变动" in told


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"target": ["C5"], "field": ["points"], "value": ["多"]}, "分值应当是 0 以上的数，写的是“多”"),
        ({"target": ["C5"], "field": ["points"], "value": ["-1"]}, "分值应当是 0 以上的数"),
        ({"target": ["C1"], "field": ["rule"], "value": ["大概 | 3"]}, "大概"),
        ({"target": ["C3"], "field": ["rule"], "value": ["1"]}, "C3 没有可以改写的计分规则"),
        ({"target": ["没有"], "field": ["points"], "value": ["1"]}, "没有代码为“没有”的指标"),
        ({"target": ["=优秀"], "field": ["points"], "value": ["1"]}, "等次可以改"),
        ({"target": ["C5"], "field": ["total"], "value": ["1"]}, "指标可以改"),
        ({"target": ["=优秀"], "field": ["total"], "value": ["很高"]}, "很高"),
        ({"subject": ["某县"], "column": ["C5@review"], "cell": ["1"]}, "没有单位“某县”"),
        ({"subject": ["平江县"], "column": ["C9@review"], "cell": ["1"]}, "没有“C9@review”这一项"),
        ({"subject": ["平江县"], "column": ["C5@review"], "cell": ["31"]}, "不能大于 30"),
        ({"subject": ["平江县"], "column": ["在校生数"], "cell": ["许多"]}, "是文字“许多”，请填数字"),
    ],
)
def test_a_change_that_can_not_be_is_told_at_its_row(client, trial, parameters, words):
    told = play(client, trial, **parameters, follow="1")
    assert words in told and "没有算成" in told and 'id="moved"' not in told


def test_weights_beside_fill_up_to_one(client, town):
    data = {
        "code": "W",
        "name": "按权重",
        "points": 100,
        "roll": "weighted",
        "indicators": [
            {"code": "A", "name": "甲", "points": 100, "weight": "0.5", "rule": "judged"},
            {"code": "B", "name": "乙", "points": 100, "weight": "0.3", "rule": "judged"},
            {"code": "C", "name": "丙", "points": 100, "weight": "0.2", "rule": "judged"},
        ],
    }
    version = version_of(town.city, data)
    upload(client, version, workbook(["县区", "A", "B", "C"], ["甲县", 90, 80, 70], ["乙县", 70, 90, 90]), town.city)
    trial = Trial.objects.get()
    told = play(client, trial, target=["A"], field=["weight"], value=["0.2"], follow="1")
    assert "B 的权重随之改为 0.48。" in told and "C 的权重随之改为 0.32。" in told
    assert "83.00 → 78.80" in told and "80.00 → 86.00" in told and "升 1 位" in told and "降 1 位" in told


# ---- comparing ------------------------------------------------------------------------------------------------


def test_a_trial_of_the_old_version_under_the_new(client, version, town, trial):
    draft = clone_version(town.officer, version=version)
    url = reverse("frameworks:compare", args=[draft.pk])
    assert "两版内容相同" in page(client, url) and "第一稿（4 个单位" in page(client, url)
    same = page(client, url, trial=trial.pk)
    assert "4 个单位的总分、名次和等次都没有变动" in same
    Indicator.objects.filter(version=draft, code="C5").update(points=20)
    c4 = Indicator.objects.get(version=draft, code="C4")
    Indicator.objects.create(
        version=draft,
        parent=c4.parent,
        position=9,
        path=f"{c4.path[:-5]}0009.",
        code="C6",
        name="应急演练",
        points=10,
        kind="judged",
        rule={"kind": "judged"},
    )
    told = page(client, url, trial=trial.pk)
    assert "新版要求、原来的数据里没有的" in told and "C6 应急演练" in told
    assert "原来的评分按得分率折算：C5 安全管理" in told
    assert "88.50 → —" in told and "没有得分：C6" in told
    assert client.get(url, {"trial": "999999"}).status_code == 404


def test_a_new_version_with_errors_says_so(client, version, town, trial):
    draft = clone_version(town.officer, version=version)
    Indicator.objects.filter(version=draft, code="C5").update(points=20)
    told = page(client, reverse("frameworks:compare", args=[draft.pk]), trial=trial.pk)
    assert "新版本还有错误，改正后才能比较结果" in told


def test_without_a_trial_the_page_says_what_to_do(client, version, town):
    draft = clone_version(town.officer, version=version)
    told = page(client, reverse("frameworks:compare", args=[draft.pk]))
    assert "第 1 版还没有试算" in told and reverse("frameworks:trial_new", args=[version.pk]) in told


# ---- what it costs --------------------------------------------------------------------------------------------


def test_pages_cost_the_same_with_4_and_with_300_subjects(client, version, town, trial):
    def cost(url):
        client.get(url)
        with CaptureQueriesContext(connection) as found:
            assert client.get(url).status_code == 200
        return len(found)

    rows = [[f"第{number}小学", *ROWS[number % 3][1:]] for number in range(300)]
    upload(client, version, workbook(HEAD, *rows), town.city, title="多")
    large = Trial.objects.get(title="多")
    assert cost(trial.get_absolute_url()) == cost(large.get_absolute_url()) <= 25
    assert cost(trial.rows.first().get_absolute_url()) == cost(large.rows.first().get_absolute_url())
    assert cost(reverse("frameworks:what_if", args=[trial.pk])) == cost(reverse("frameworks:what_if", args=[large.pk]))
    assert "第 1 名并列" in page(client, large.get_absolute_url())
    assert trials.loaded(large).scores().sheet().ranks()[:3] == [101, 1, 101]


# ---- from the statistics --------------------------------------------------------------------------------------


@pytest.fixture
def reported(town):
    """Two counties were asked; one has handed its numbers in."""
    return reported_round(town.city, town.county, {"回收有效问卷数": 1200})


def test_a_table_with_what_the_statistics_know(client, town, documented, reported):
    items = [
        {"name": "回收有效问卷数", "kind": "count", "unit": "份"},
        {"name": "满意问卷数", "kind": "count", "unit": "人"},
    ]
    data = {**documented, "items": [*documented["items"], *items]}
    version = version_of(town.city, data)
    told = page(client, reverse("frameworks:trial_new", args=[version.pk]))
    assert "县级数据报送（按县市区，1 项对得上）" in told
    url = reverse("frameworks:trial_template", args=[version.pk])
    answer = client.get(url, {"stats": f"{reported.pk}-county"})
    grid = sheets.grid_of(answer.content)
    row = dict(zip(grid[2], grid[3], strict=True))
    assert row["单位名称"] == "平江县" and row["回收有效问卷数"] == 1200 and row["满意问卷数"] == "" and len(grid) == 4
    row["V1 弄虚作假"] = "否"  # what no statistics know, somebody answers
    done = upload(client, version, workbook(list(row), list(row.values())), town.city).content.decode()
    assert "已试算 1 个单位。" in done
    for wrong in ("0-county", f"{reported.pk}-school", "x"):
        assert client.get(url, {"stats": wrong}).status_code == 404
    keeper = signed_in(town.accounts["keeper"])
    assert keeper.get(url, {"stats": f"{reported.pk}-county"}).status_code == 404


def test_a_system_that_the_statistics_know_nothing_of_offers_nothing(client, version, reported):
    assert "从统计数据带入" not in page(client, reverse("frameworks:trial_new", args=[version.pk]))
