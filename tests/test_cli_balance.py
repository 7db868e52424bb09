"""``dudao balance`` and ``dudao selfcheck`` as people use them: processes, files, exit codes, JSON."""

import csv
import io
import json

import pytest
import xlsxwriter
import yaml

from calc.balance.tables import COLUMNS, cells, school
from dudao import packs
from processes import run

ROWS = [
    school(name="一小", primary=600),
    school(name="二小", primary=800, 小学骨干教师数=7, 小学体艺教师数=7),
    school("九年一贯制学校", name="实验学校", primary=450, junior=300),
    school("初中", name="三中", junior=700),
    school("教学点", name="点", primary=12) | {"网络多媒体教室数": None},
]
SHAPE = ["schools", "pupils", "indicators", "composite_cv", "schools_passing", "verdict"]
CHINESE = {"LANG": "zh_CN.UTF-8"}


def as_csv(path, grid, encoding="utf-8"):
    text = io.StringIO()
    csv.writer(text).writerows(grid)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def as_xlsx(path, grid):
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(grid):
            sheet.write_row(number, 0, row)
    return path


def balance(*arguments, code=0, **more):
    done = run("balance", *arguments, **more)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done


def test_workbook_and_csv_of_any_encoding_give_the_same_json(tmp_path):
    grid = cells(*ROWS)
    files = [
        as_xlsx(tmp_path / "学校.xlsx", grid),
        as_csv(tmp_path / "a.csv", grid),
        as_csv(tmp_path / "b.csv", grid, "utf-8-sig"),
        as_csv(tmp_path / "c.csv", grid, "gb18030"),
    ]
    outputs = [balance(file, "--json", cwd=tmp_path).stdout for file in files]
    assert len(set(outputs)) == 1
    result = json.loads(outputs[0])
    assert list(result) == ["counties", "errors"] and result["errors"] == []
    (county,) = result["counties"]
    assert county["county"] == "甲县" and list(county["stages"]) == ["小学", "初中"]
    for stage in county["stages"].values():
        assert list(stage) == SHAPE and list(stage["indicators"]) == [f"L{i}" for i in range(1, 8)]
        for indicator in stage["indicators"].values():
            assert list(indicator) == ["mean", "sd", "cv", "limit", "pass", "schools_reaching"]
    primary = county["stages"]["小学"]
    assert (primary["schools"], primary["pupils"], primary["schools_passing"], primary["verdict"]) == (
        3,
        1850,
        2,
        "未达标",
    )
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.csv", "b.csv", "c.csv", "学校.xlsx"]


def test_the_report_for_people(tmp_path):
    done = balance(as_csv(tmp_path / "a.csv", cells(*ROWS)), env=CHINESE)
    assert "甲县　7 项指标：未达标" in done.stdout
    assert "小学　3 所，1850 人，2 所达标" in done.stdout
    assert "L2 每百名学生拥有县级以上骨干教师数　均值" in done.stdout
    assert "1 所学校没有达到资源配置要求。" in done.stdout
    assert "不计入：不足 50 人的教学点 1 所" in done.stdout


def test_faulty_cells_are_code_1_and_named_in_both_forms(tmp_path):
    grid = cells(*ROWS)
    grid[2][3] = "三十七"
    file = as_csv(tmp_path / "a.csv", grid)
    (error,) = json.loads(balance(file, "--json", code=1).stdout)["errors"]
    assert error == {
        "row": 3,
        "column": "小学在校生数",
        "county": "甲县",
        "school": "二小",
        "message": "第 3 行“小学在校生数”是文字“三十七”，请填数字。",
    }
    done = balance(file, code=1)
    assert "数据有 1 处错误" in done.stdout and error["message"] in done.stdout


def test_many_faulty_cells_are_not_all_printed(tmp_path):
    rows = [school(name=f"{place}小", primary=100) | {"小学骨干教师数": -1} for place in range(60)]
    assert "…另有 10 处，用 --json 查看全部。" in balance(as_csv(tmp_path / "a.csv", cells(*rows)), code=1).stdout


def test_an_error_value_in_a_workbook(tmp_path):
    file = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(cells(*ROWS)):
            sheet.write_row(number, 0, row)
        sheet.write_formula(1, 16, "=1/0", None, "#DIV/0!")
    (error,) = json.loads(balance(file, "--json", code=1).stdout)["errors"]
    assert (error["row"], error["column"]) == (2, "网络多媒体教室数")


def test_merged_counties(tmp_path):
    file = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(cells(*ROWS)):
            sheet.write_row(number, 0, row)
        sheet.merge_range(1, 1, len(ROWS), 1, "甲县")
    assert [item["county"] for item in json.loads(balance(file, "--json").stdout)["counties"]] == ["甲县"]


def test_missing_columns_are_code_2_and_named_in_both_forms(tmp_path):
    file = as_csv(tmp_path / "a.csv", cells(*ROWS, columns=COLUMNS[:-1]))
    done = balance(file, "--json", code=2)
    assert json.loads(done.stdout) == {
        "counties": [],
        "errors": [
            {
                "row": 1,
                "column": "网络多媒体教室数",
                "county": "",
                "school": "",
                "message": "第 1 行表头缺少“网络多媒体教室数”，请补上这一列。",
            }
        ],
    }
    assert "a.csv：第 1 行表头缺少“网络多媒体教室数”" in balance(file, code=2).stderr


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", b"", "没有表头"),
        ("a.csv", b"\xff\xfe\x00\x81", "编码不是 UTF-8 或 GB 18030"),
        ("a.csv", '学校名称,"县区'.encode(), "不是正确的 CSV"),
        ("a.xlsx", b"", "文件是空的"),
        ("a.xlsx", b"not a workbook", "a.xlsx"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 99, "a.xls"),
    ],
)
def test_files_that_are_no_table(tmp_path, name, content, words):
    (tmp_path / name).write_bytes(content)
    assert words in balance(tmp_path / name, code=2, env=CHINESE).stderr


def test_a_missing_file_a_folder_and_a_huge_file(tmp_path):
    huge = tmp_path / "huge.csv"
    with huge.open("wb") as file:
        file.truncate(300 * 1024 * 1024)
    for path in (tmp_path / "none.csv", tmp_path, huge):
        assert str(path) in balance(path, code=2).stderr


class TestRules:
    def test_a_pack_of_ones_own_with_a_local_line(self, tmp_path):
        pack = dict(packs.read("balance", "excellent-2017"))
        pack["thresholds"] = [*pack["thresholds"], {"indicator": "L1", "小学": 6, "region": "43", "source": "某省文件"}]
        own = tmp_path / "own.yaml"
        own.write_text(yaml.safe_dump(pack, allow_unicode=True), encoding="utf-8")
        file = as_csv(tmp_path / "a.csv", cells(*ROWS))
        reaching = []
        for region in ("430602", "110101"):
            done = balance(file, "--json", "--rules", own, "--region", region)
            reaching.append(
                json.loads(done.stdout)["counties"][0]["stages"]["小学"]["indicators"]["L1"]["schools_reaching"]
            )
        assert reaching == [0, 3]

    def test_by_name_and_day(self, tmp_path):
        file = as_csv(tmp_path / "a.csv", cells(*ROWS))
        assert balance(file, "--rules", "excellent-2017", "--day", "2024-01-01").stdout == balance(file).stdout
        assert "在2016-01-01没有小学 L1 的标准值" in balance(file, "--day", "2016-01-01", code=2).stderr
        assert "2016年" in balance(file, "--day", "2016年", code=2).stderr

    @pytest.mark.parametrize(
        ("name", "content", "words"),
        [
            ("none", None, "没有标准“none”，现有："),
            ("none.yaml", None, "无法读取 none.yaml"),
            ("bad.yaml", b"a: [", "标准“bad.yaml”的 第 2 行：不是正确的 YAML"),
            ("bad.yaml", b"\xff\xfe\xff", "标准“bad.yaml”：不是 UTF-8 编码的文字"),
            ("bad.yaml", b"kind: framework", "kind 是“framework”，只能是：balance"),
            ("bad.yaml", b"- 1", "标准“bad.yaml”：应当是一组"),
        ],
    )
    def test_rules_that_can_not_be_used(self, tmp_path, name, content, words):
        file = as_csv(tmp_path / "a.csv", cells(*ROWS))
        if content is not None:
            (tmp_path / name).write_bytes(content)
        assert words in balance(file, "--rules", name, code=2, env=CHINESE, cwd=tmp_path).stderr


def test_detail_names_schools_and_reasons(tmp_path):
    result = json.loads(balance(as_csv(tmp_path / "a.csv", cells(*ROWS)), "--json", "--detail").stdout)
    assert [item["school"] for item in result["schools"] if not item["passed"]] == ["二小"]
    assert result["excluded"] == [{"row": 6, "county": "甲县", "school": "点", "reason": "不足 50 人的教学点"}]


class TestPlan:
    def test_says_what_it_would_take(self, tmp_path):
        file = as_csv(tmp_path / "a.csv", cells(*ROWS))
        (plan,) = json.loads(balance(file, "--json", "--plan").stdout)["plans"]
        assert (plan["county"], plan["reason"]) == ("甲县", None)
        assert [(change["school"], change["column"], change["amount"]) for change in plan["changes"]] == [
            ("二小", "小学骨干教师数", 1),
            ("二小", "小学体艺教师数", 1),
        ]
        printed = balance(file, "--plan").stdout
        assert "小学骨干教师数　1.00（不少于 1.00）" in printed
        assert "第 3 行 二小　小学骨干教师数 +1.00（其中本校达标 1.00）" in printed

    def test_a_county_that_passes_and_one_that_can_not_be_computed(self, tmp_path):
        rows = [ROWS[0], *ROWS[2:4], ROWS[0] | {"县区": "乙县"}]
        printed = balance(as_csv(tmp_path / "a.csv", cells(*rows)), "--plan").stdout
        assert "不需要，已全部达标。" in printed and "乙县的小学无法计算" in printed

    def test_a_long_list_is_cut(self, tmp_path):
        rows = [school(name=f"{place}小", primary=600, 小学骨干教师数=2) for place in range(60)] + ROWS[2:4]
        assert "…共 60 处，用 --json 查看全部。" in balance(as_csv(tmp_path / "a.csv", cells(*rows)), "--plan").stdout


def test_selfcheck_recomputes_everything_that_is_shipped():
    done = run("selfcheck", env=CHINESE)
    assert done.returncode == 0, done.stderr
    assert "一致　某县五所小学的生均图书册数　差异系数　公布 0.52，重算 0.52" in done.stdout
    assert done.stdout.rstrip().endswith("不一致 0 项。")
    result = json.loads(run("selfcheck", "--json").stdout)
    assert result["differ"] == 0 and result["agree"] == len(result["checks"]) > 30


def test_verify_wants_the_number_of_a_run_and_a_file_has_no_number(tmp_path):
    assert "测算的编号" in balance("verify", code=2, cwd=tmp_path, env=CHINESE).stderr
    file = as_csv(tmp_path / "a.csv", cells(*ROWS))
    assert "一次只算一个文件" in balance(file, "12", code=2, cwd=tmp_path, env=CHINESE).stderr
