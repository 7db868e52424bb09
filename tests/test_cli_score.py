"""``dudao score`` as people use it: processes, files, exit codes, JSON."""

import csv
import io
import json
from pathlib import Path

import pytest
import xlsxwriter

from processes import run

DOCUMENTED = Path(__file__).parents[1] / "docs/calculations/scoring.md"
CHINESE = {"LANG": "zh_CN.UTF-8"}
HEAD = ["学校", "在校生数", "高于规定学历教师数", "寄宿制", "C2·音乐室", "C2·美术室", "C3", "C4", "C5", "D1", "V1"]
ROWS = [
    ["云溪一中", 1180, 52, "是", "有", "无", 8, 3, 28, 2, "否"],
    ["临江中学", 900, 45, "否", "有", "有", "", 0, 27.5, "", "否"],
    ["城关中学", 1180, 52, "是", "有", "无", 8, 3, 28, 2, "否"],
]


@pytest.fixture
def pack(tmp_path):
    """The system of the documentation, as a file of one's own."""
    text = DOCUMENTED.read_text(encoding="utf-8").split("```yaml\n")[1].split("```")[0]
    path = tmp_path / "demo.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def as_csv(path, grid, encoding="utf-8"):
    text = io.StringIO()
    csv.writer(text).writerows(grid)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def score(*arguments, code=0):
    done = run("score", *arguments, env=CHINESE)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done


def test_workbook_and_csv_give_the_same_exact_json(tmp_path, pack):
    book = tmp_path / "学校.xlsx"
    with xlsxwriter.Workbook(book) as made:
        sheet = made.add_worksheet()
        sheet.write(0, 0, "某市评分表")
        for number, row in enumerate([HEAD, *ROWS], 1):
            sheet.write_row(number, 0, row)
    outputs = [
        json.loads(score(pack, file, "--json").stdout)
        for file in (
            book,
            as_csv(tmp_path / "a.csv", [HEAD, *ROWS]),
            as_csv(tmp_path / "b.csv", [HEAD, *ROWS], "gb18030"),
        )
    ]
    assert outputs[1] == outputs[2]
    for output in outputs:
        assert list(output) == ["pack", "system", "sheet", "sources", "subjects", "unscored", "errors", "notes"]
        assert output["system"] == {"code": "DEMO", "name": "办学水平督导评估", "points": "100"}
        assert output["errors"] == output["notes"] == output["unscored"] == []
        found = {subject["subject"]: subject for subject in output["subjects"]}
        assert [(s["rank"], s["total"], s["grade"]) for s in found.values()] == [
            (2, "88.5", "合格"),
            (1, "97.5", "优秀"),
            (2, "88.5", "合格"),
        ]
        assert found["临江中学"]["blocks"]["A1"] == {"mark": "50", "possible": "50", "level": None}
        assert found["云溪一中"]["blocks"]["D1"]["mark"] == "2" and found["云溪一中"]["totals"] == {"review": "88.5"}
    assert [subject["row"] for subject in outputs[0]["subjects"]] == [3, 4, 5]


def test_the_table_for_people_is_ranked_and_shows_ties(tmp_path, pack):
    lines = score(pack, as_csv(tmp_path / "a.csv", [HEAD, *ROWS])).stdout.splitlines()
    assert lines[0] == "DEMO 办学水平督导评估　满分 100 分"
    assert [line.split() for line in lines[2:]] == [
        ["名次", "单位", "总分", "等次", "A1", "A2", "D1"],
        ["1", "临江中学", "97.5", "优秀", "50", "47.5", "0"],
        ["2", "云溪一中", "88.5", "合格", "40", "46.5", "2"],
        ["2", "城关中学", "88.5", "合格", "40", "46.5", "2"],
    ]


def test_what_is_open_is_no_zero_and_a_veto_is_named(tmp_path, pack):
    rows = [[*ROWS[0][:6], "", *ROWS[0][7:]], [*ROWS[1][:-1], "是"]]
    out = score(pack, as_csv(tmp_path / "a.csv", [HEAD, *rows])).stdout.splitlines()
    assert out[3].split() == ["—", "云溪一中", "—", "—", "—", "46.5", "2", "C3"]
    assert out[4].split() == ["—", "临江中学", "97.5", "不合格", "50", "47.5", "0", "弄虚作假"], "out by veto: no rank"


def test_full_points_that_differ_are_shown(tmp_path, pack):
    """Ranks compare rates: 40 of 90 stands below 60 of 100, and the table says of how many."""
    pack.write_text(
        pack.read_text(encoding="utf-8").replace("otherwise: redistribute", "otherwise: exclude"), encoding="utf-8"
    )
    lines = score(pack, as_csv(tmp_path / "a.csv", [HEAD, *ROWS])).stdout.splitlines()
    assert [line.split()[:5] for line in lines[2:5]] == [
        ["名次", "单位", "总分", "适用满分", "等次"],
        ["1", "临江中学", "87.5", "90", "优秀"],
        ["2", "云溪一中", "88.5", "100", "合格"],
    ]
    told = score(pack, tmp_path / "a.csv", "--explain", "临江中学").stdout
    assert "适用的满分是 90 分，总分按比例折算：87.5 ÷ 90 × 100 = 97.22" in told


def test_a_subject_is_explained_in_words_and_as_data(tmp_path, pack):
    file = as_csv(tmp_path / "a.csv", [HEAD, *ROWS])
    told = score(pack, file, "--explain", "云溪一中").stdout
    assert told.startswith("办学水平督导评估：88.5 分（满分 100 分）\n")
    assert "每百名学生拥有高于规定学历教师数 52 ÷ 1180 × 100 = 4.41，达到 4.2 的要求，得 20 分" in told
    trace = json.loads(score(pack, file, "--explain", "云溪一中", "--json").stdout)["trace"]
    assert trace["mark"] == "177/2" and trace["children"][0]["code"] == "A1"
    assert "表里没有单位“云溪二中”，是不是：云溪一中" in score(pack, file, "--explain", "云溪二中", code=2).stderr


def test_faulty_cells_are_code_1_and_their_subject_is_not_scored(tmp_path, pack):
    rows = [["云溪一中", "三十七", *ROWS[0][2:]], ROWS[1], ["临江中学 ", *ROWS[1][1:]]]
    file = as_csv(tmp_path / "a.csv", [[*HEAD, "食堂"], *[[*row, 1] for row in rows]])
    output = json.loads(score(pack, file, "--json", code=1).stdout)
    assert [(problem["row"], problem["column"], problem["subject"]) for problem in output["errors"]] == [
        (1, "食堂", ""),
        (2, "在校生数", "云溪一中"),
        (4, "学校", "临江中学"),
    ]
    assert output["unscored"] == ["云溪一中"]
    assert [(subject["subject"], subject["rank"]) for subject in output["subjects"]] == [("临江中学", 1)]
    printed = score(pack, file, code=1).stdout
    assert "数据有错误、没有计分的单位 1 个：云溪一中" in printed
    assert "第 2 行“在校生数”是文字“三十七”，请填数字" in printed
    assert "“云溪一中”的数据有错误" in score(pack, file, "--explain", "云溪一中", code=2).stderr
    assert "表里有 3 处错误" in score(pack, file, "--explain", "临江中学", code=1).stderr


def test_only_self_evaluations_are_scored_as_such(tmp_path, pack):
    head = [name if name in HEAD[:4] else f"{name}@自评" for name in HEAD]
    assert "只有自评，按自评计分。" in score(pack, as_csv(tmp_path / "a.csv", [head, *ROWS])).stdout


def test_a_table_that_can_not_be_used_is_code_2_in_both_forms(tmp_path, pack):
    file = as_csv(tmp_path / "a.csv", [[*HEAD, "C5"], [*ROWS[0], 1]])
    output = json.loads(score(pack, file, "--json", code=2).stdout)
    assert output["subjects"] == []
    assert output["errors"][0]["message"] == "第 1 行“C5”出现了两次，不知道以哪一列为准，请只保留一列"
    assert "a.csv：第 1 行“C5”出现了两次" in score(pack, file, code=2).stderr


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("code: [", "不是正确的 YAML"),
        ("- 1", "标准“bad.yaml”：应当是一组"),
        ("code: X\nname: 甲", "bad.yaml 有 1 处错误"),
        (None, "无法读取 bad.yaml"),
    ],
)
def test_systems_that_can_not_be_used(tmp_path, content, words):
    if content is not None:
        (tmp_path / "bad.yaml").write_text(content, encoding="utf-8")
    file = as_csv(tmp_path / "a.csv", [HEAD, *ROWS])
    done = run("score", "bad.yaml", file, env=CHINESE, cwd=tmp_path)
    assert done.returncode == 2 and words in done.stderr and "Traceback" not in done.stderr


def test_a_system_with_errors_says_them(tmp_path, pack):
    pack.write_text(pack.read_text(encoding="utf-8").replace("points: 100", "points: 101", 1), encoding="utf-8")
    done = score(pack, as_csv(tmp_path / "a.csv", [HEAD, *ROWS]), code=2)
    assert "有 1 处错误，改正后才能计分" in done.stderr and "101" in done.stderr


def test_a_pack_by_its_name_and_a_wrong_name(tmp_path):
    head = ["学校", "SF1.1", "SF1.2", "SF1.3", "SF2.1", "SF2.2", "SF3.1", "SF3.2", "SF3.3"]
    head += ["SF4.1", "SF4.2", "SF4.3", "SF4.4", "SF4.5"]
    file = as_csv(tmp_path / "a.csv", [head, ["一小", 1, 2, 2, 1, 2, 5, 5, 3, 1, 1, 2, 2, 5]])
    assert json.loads(score("school-safety-36", file, "--json").stdout)["subjects"][0]["total"] == "32.5"
    assert "没有标准“none”，现有：" in score("none", file, code=2).stderr
