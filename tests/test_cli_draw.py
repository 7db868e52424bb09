"""``dudao draw`` as people use it: files of every kind, exit codes, JSON, and a record that another can check."""

import csv
import io
import json
import re

import pytest
import xlsxwriter

from processes import run

CHINESE = {"LANG": "zh_CN.UTF-8"}
HEADS = ["标识码", "名称", "县区", "在园幼儿"]
ROWS = [
    [f"K{place:03d}", f"第{place}幼儿园", "平江县" if place <= 12 else "湘阴县", 60 + place] for place in range(1, 21)
]


def as_csv(path, grid, encoding="utf-8"):
    text = io.StringIO()
    csv.writer(text).writerows(grid)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def as_book(path, grid):
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet()
        for line, row in enumerate(grid):
            sheet.write_row(line, 0, row)
    return path


def draw(*arguments, code=0, env=CHINESE):
    done = run("draw", *arguments, env=env)
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done


def said(*arguments, code=2):
    return draw(*arguments, code=code).stderr


@pytest.fixture
def frame(tmp_path):
    return as_csv(tmp_path / "frame.csv", [HEADS, *ROWS])


def test_the_same_record_of_every_kind_of_file(tmp_path):
    grid = [HEADS, *ROWS]
    files = (
        as_csv(tmp_path / "a.csv", grid),
        as_csv(tmp_path / "b.csv", grid, "utf-8-sig"),
        as_csv(tmp_path / "c.csv", grid, "gb18030"),
        as_csv(tmp_path / "d.csv", [HEADS, *ROWS[::-1]]),
        as_book(tmp_path / "e.xlsx", grid),
    )
    records = [
        json.loads(draw(file, "--n", "7", "--strata", "县区", "--seed", "2026-01", "--json").stdout) for file in files
    ]
    assert all(record == records[0] for record in records)
    assert list(records[0]) == ["seed", "commitment", "frame_digest", "strata", "drawn", "strata_column"]
    assert records[0]["strata"] == [{"name": "平江县", "size": 12, "n": 4}, {"name": "湘阴县", "size": 8, "n": 3}]
    (tmp_path / "r.json").write_text(json.dumps(records[0]), encoding="utf-8")
    for file in files:
        draw("verify", tmp_path / "r.json", file)
        draw("verify", "--json", tmp_path / "r.json", file)
        draw("verify", tmp_path / "r.json", "--json", file)


def test_a_new_seed_has_128_bits_and_every_draw_its_own(frame):
    records = [json.loads(draw(frame, "--n", "3", "--json").stdout) for _ in range(2)]
    assert all(re.fullmatch("[0-9a-f]{32}", record["seed"]) for record in records)
    assert records[0]["seed"] != records[1]["seed"] and records[0]["strata"] == [{"name": "", "size": 20, "n": 3}]


def test_committed_first_and_drawn_later_with_words_said_in_public(tmp_path, frame):
    how = ("--n", "平江县=2,湘阴县=1", "--strata", "县区", "--exclude", "K001=督学曾在该园任职", "--title", "秋季抽查")
    promised = json.loads(draw(frame, *how, "--commit-only", "--json").stdout)
    assert "drawn" not in promised
    assert promised["commitment"] in draw(frame, *how, "--commit-only", "--seed", promised["seed"]).stdout
    drawn = draw(frame, *how, "--seed", promised["seed"], "--words", "05 17 22", "--json")
    record = json.loads(drawn.stdout)
    assert {**promised, "words": "05 17 22", "drawn": record["drawn"]} == record
    assert "K001" not in record["drawn"] and len(record["drawn"]) == 3
    (tmp_path / "r.json").write_text(drawn.stdout, encoding="utf-8")
    printed = draw("verify", tmp_path / "r.json", frame).stdout
    assert "✓ 排除：1 个，都写了理由" in printed and f"核对码 {record['commitment']} 应当与" in printed
    for_people = draw(frame, *how, "--seed", promised["seed"], "--words", "05 17 22").stdout
    assert "排除 K001：督学曾在该园任职" in for_people and "现场公布的号码" in for_people
    assert all(f"  {key}　第{int(key[1:])}幼儿园" in for_people for key in record["drawn"])


def test_a_draw_that_doesnt_hold(tmp_path, frame):
    record = json.loads(draw(frame, "--n", "3", "--seed", "a", "--json").stdout)
    path = tmp_path / "r.json"
    path.write_text(json.dumps({**record, "seed": "b"}), encoding="utf-8")
    printed = draw("verify", path, frame, code=1).stdout
    assert "✗ 核对码" in printed and "核对不通过" in printed
    found = json.loads(draw("verify", path, frame, "--json", code=1).stdout)
    assert not found["holds"] and [check["holds"] for check in found["checks"]] == [True, True, True, False, False]
    path.write_text(json.dumps(record), encoding="utf-8")
    other = as_csv(tmp_path / "other.csv", [HEADS, *ROWS[:-1]])
    assert "✗ 抽样框" in draw("verify", path, other, code=1).stdout


def test_what_cant_be_drawn(tmp_path, frame):
    assert "可抽的只有 20 个" in said(frame, "--n", "21")
    assert "“湘阴县”要抽 9 个，这一层可抽的只有 8 个" in said(frame, "--n", "湘阴县=9", "--strata", "县区")
    assert "没有这样的层：岳阳县" in said(frame, "--n", "岳阳县=1", "--strata", "县区")
    assert "没有“乡镇”这一列" in said(frame, "--n", "1", "--strata", "乡镇")
    assert "没有分层" in said(frame, "--n", "湘阴县=1")
    assert "看不懂" in said(frame, "--n", "三")
    assert "请写明抽多少" in said(frame)
    assert "一行不空的文字" in said(frame, "--n", "1", "--seed", " ")
    assert "只能是一行" in said(frame, "--n", "1", "--words", "a\tb")
    assert "多了“x”" in said(frame, "x", "--n", "1")
    assert "请写成 编号=理由" in said(frame, "--n", "1", "--exclude", "K001")
    assert "排除了两次" in said(frame, "--n", "1", "--exclude", "K001=a", "--exclude", "K001=b")
    assert "“K999”不在表里" in said(frame, "--n", "1", "--exclude", "K999=a")
    twice = as_csv(tmp_path / "twice.csv", [HEADS, *ROWS, ROWS[0]])
    assert "twice.csv：编号“K001”出现了两次：第 2 行和第 22 行" in said(twice, "--n", "1")
    empty = as_book(tmp_path / "empty.xlsx", [HEADS, ["", "没有编号", "平江县"]])
    assert "第 2 行的编号" in said(empty, "--n", "1")


def test_files_that_are_no_use(tmp_path, frame):
    damaged = tmp_path / "damaged.xlsx"
    damaged.write_bytes(b"PK\x03\x04 not a workbook")
    assert "damaged.xlsx：" in said(damaged, "--n", "1")
    assert "无法读取" in said(tmp_path / "nowhere.csv", "--n", "1")
    assert "请先写抽取记录" in said("verify", frame)
    assert "frame.csv：这个文件不是抽取记录" in said("verify", frame, frame)
    record = tmp_path / "r.json"
    record.write_text(draw(frame, "--n", "1", "--json").stdout, encoding="utf-8")
    assert "damaged.xlsx：" in said("verify", record, damaged)
    assert "Say how many" in draw(frame, code=2, env={"LANG": "C.UTF-8"}).stderr
