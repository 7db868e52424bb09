"""Draws that anybody can check: one digest whatever the file, exact shares, equal chances, no change that doesn't show."""

import json
import math
from collections import Counter
from datetime import date, datetime, time
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dudao.calc.sampling import (
    AllocationError,
    FrameError,
    Override,
    Record,
    RecordError,
    check_numbers,
    checks_of,
    draw_record,
    frame_of,
    holds,
    mixed,
    plain,
    plan_of,
    proportional,
    proportional_to_size,
    read_numbers,
    record_of,
    ticket,
)

HEADS = ["编号", "名称", "县区", "在园幼儿"]
COUNTIES = ["平江县"] * 11 + ["湘阴县"] * 7 + ["云溪区"] * 3
CELLS = [HEADS, *([f"Y{place:02d}", f"第{place}幼儿园", name, 90 + place] for place, name in enumerate(COUNTIES, 1))]
SIZES = st.dictionaries(st.sampled_from("甲乙丙丁戊己庚"), st.integers(0, 60), min_size=1, max_size=7)


@pytest.fixture
def frame():
    return frame_of(CELLS)


@pytest.fixture
def record(frame):
    """One that has everything a record can have."""
    plan = plan_of(frame, 7, column="县区", excluded={"Y03": "督学曾在该园任职"}, title="2026年秋季幼儿园抽查")
    drawn = draw_record(plan, frame, "5f0c", "开奖号 05 17 22")
    first = drawn.drawn[0]
    other = next(row[0] for row in frame.rows if row[0] not in {*drawn.drawn, "Y03"})
    changes = (Override(first, "out", "正在搬迁"), Override(other, "in", "代替搬迁的一所"))
    return Record(drawn.plan, drawn.seed, drawn.commitment, drawn.drawn, drawn.words, changes)


def rows_of(frame):
    return [list(row) for row in (frame.columns, *frame.rows)]


def sentence(call, error):
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value).endswith(("。", "？"))
    return str(caught.value)


class TestShares:
    def test_the_worked_example_of_the_documentation(self):
        assert proportional({"平江县": 60, "湘阴县": 25, "云溪区": 3}, 10) == {"平江县": 7, "湘阴县": 3, "云溪区": 0}

    def test_equal_remainders_go_to_the_larger_stratum_then_to_the_smaller_name(self):
        assert proportional({"c": 1, "a": 3, "b": 1, "d": 3}, 4) == {"a": 2, "b": 0, "c": 0, "d": 2}
        assert proportional({"b": 1, "a": 1, "c": 1}, 2) == {"a": 1, "b": 1, "c": 0}
        # Quotas 1½ and ½: the larger goes first.
        assert proportional({"a": 1, "b": 3}, 2) == {"a": 0, "b": 2}

    @given(SIZES, st.data())
    def test_within_one_of_the_quota_and_together_exact(self, sizes, data):
        total = sum(sizes.values())
        if not total:
            return
        wanted = data.draw(st.integers(1, total))
        numbers = proportional(sizes, wanted)
        assert sum(numbers.values()) == wanted and numbers.keys() == sizes.keys()
        for name, size in sizes.items():
            assert abs(numbers[name] - Fraction(wanted * size, total)) < 1 and numbers[name] <= size

    def test_what_cant_be_drawn_is_refused(self):
        assert "可抽的只有 3 个" in sentence(lambda: proportional({"甲": 3}, 4), AllocationError)
        assert "至少抽 1 个" in sentence(lambda: proportional({"甲": 3}, 0), AllocationError)
        assert "这一层可抽的只有 3 个" in sentence(lambda: check_numbers({"甲": 3}, {"甲": 4}), AllocationError)
        assert "不能是负数" in sentence(lambda: check_numbers({"甲": 3}, {"甲": -1}), AllocationError)
        assert "都是 0" in sentence(lambda: check_numbers({"甲": 3}, {"甲": 0}), AllocationError)
        unknown = sentence(lambda: check_numbers(dict.fromkeys("123456", 3), {"乙": 1}), AllocationError)
        assert "没有这样的层：乙" in unknown and "等 6 个" in unknown
        assert "（未分层）" in sentence(lambda: check_numbers({"": 3}, {"乙": 1}), AllocationError)

    def test_named_numbers(self):
        assert read_numbers(" 12 ") == 12
        assert read_numbers("平江县=5，湘阴县 = 3,云溪=区=0") == {"平江县": 5, "湘阴县": 3, "云溪=区": 0}
        assert check_numbers({"甲": 3, "乙": 2}, {"甲": 1}) == {"乙": 0, "甲": 1}
        for text in ("", "十", "-3", "3.5", "平江县", "平江县=", "=3", "甲=1,", "甲=1,乙=多", "²"):
            assert "看不懂" in sentence(lambda text=text: read_numbers(text), AllocationError)
        assert "写了两次" in sentence(lambda: read_numbers("甲=1,甲=2"), AllocationError)


class TestFrame:
    def test_the_order_of_rows_and_empty_rows_and_columns_change_nothing(self, frame):
        other = frame_of([[], ["", None], [*HEADS, "", ""], *(["", ""], *CELLS[:0:-1]), [None]])
        assert other == frame and other.digest == frame.digest

    def test_every_changed_cell_changes_the_digest(self, frame):
        digests = {frame.digest}
        for line in range(len(CELLS)):
            for place in range(len(HEADS)):
                cells = rows_of(frame)
                cells[line][place] += "x"
                digests.add(frame_of(cells).digest)
        assert len(digests) == 1 + len(CELLS) * len(HEADS)

    def test_a_missing_and_an_added_row_change_the_digest(self, frame):
        assert len({frame.digest, frame_of(CELLS[:-1]).digest, frame_of([*CELLS, ["Y99"]]).digest}) == 3

    @pytest.mark.parametrize(
        ("cell", "text"),
        [
            (None, ""),
            (12.0, "12"),
            (12, "12"),
            (27.5, "27.5"),
            (0.1 + 0.2, "0.3"),
            (1e-7, "0.0000001"),
            (True, "TRUE"),
            (False, "FALSE"),
            (date(2026, 3, 5), "2026-03-05"),
            (datetime(2026, 3, 5), "2026-03-05"),
            (datetime(2026, 3, 5, 14, 30), "2026-03-05 14:30:00"),
            (time(8, 5), "08:05:00"),
            (" 第一\n幼儿园　", "第一 幼儿园"),
            ("e\u0301", "é"),
        ],
    )
    def test_cells_as_text(self, cell, text):
        assert plain(cell) == text

    def test_cells_without_a_text_say_where_they_stand(self):
        for cell, word in ((math.nan, "不是数"), ("#错误值", "公式"), ("甲\u200b", "看不见"), ("\ud800", "看不见")):
            assert "第 2 行第 2 列" in (said := sentence(lambda c=cell: frame_of([["号", "名"], ["1", c]]), FrameError))
            assert word in said

    @pytest.mark.parametrize(
        ("cells", "words"),
        [
            ([], "没有可以抽取的对象"),
            ([HEADS], "没有可以抽取的对象"),
            ([["号", "名"], ["1"], ["", "甲"]], "第 3 行的编号（第一列“号”）是空的"),
            ([["号", "名"], ["1"], ["2"], [1.0]], "编号“1”出现了两次：第 2 行和第 4 行"),
            ([["号"], [4.30602e17]], "已经失真"),
            ([["号", "", "名"], ["1"]], "第 1 行是列名，第 2 列没有列名"),
            ([["号"], ["A1"], ["Ａ１"]], "第 2 行的编号“A1”和第 3 行的“Ａ１”只是全角半角或大小写不同"),
            ([["号"], ["a1"], ["A1"]], "只是全角半角或大小写不同"),
            ([["号", "名", "名"], ["1"]], "列名“名”出现了两次"),
            ([["号"], ["1", "甲"]], "第 2 行第 2 列有内容"),
        ],
    )
    def test_faulty_tables(self, cells, words):
        assert words in sentence(lambda: frame_of(cells), FrameError)

    def test_strata(self, frame):
        assert {name: len(keys) for name, keys in frame.strata("县区").items()} == {
            "云溪区": 3,
            "平江县": 11,
            "湘阴县": 7,
        }
        assert len(frame.strata()[""]) == 21
        assert "没有“乡镇”这一列" in sentence(lambda: frame.strata("乡镇"), FrameError)
        blank = frame_of([["号", "县"], *([str(place)] for place in range(8))])
        assert "等 8 个" in sentence(lambda: blank.strata("县"), FrameError)
        short = frame_of([["号", "县"], ["1"], ["2", "甲"]])
        assert "：1。" in sentence(lambda: short.strata("县"), FrameError)


class TestDrawing:
    def test_the_tickets_of_the_documentation(self):
        assert [ticket("2026-01", key)[:12] for key in (7, 8, 9)] == ["e3d77a0d63dd", "3c9d6e2241d7", "d6abf2c15cdf"]
        assert ticket("2026-01", "8") == ticket("2026-01", 8)

    def test_the_same_again_whatever_the_order(self, frame):
        plan = plan_of(frame, 7, column="县区")
        other = frame_of([HEADS, *CELLS[:0:-1]])
        assert draw_record(plan, frame, "a") == draw_record(plan_of(other, 7, column="县区"), other, "a")
        assert draw_record(plan, frame, "a").drawn != draw_record(plan, frame, "b").drawn

    def test_excluded_members_are_never_drawn_and_dont_count(self, frame):
        plan = plan_of(frame, {"云溪区": 2}, column="县区", excluded={"Y21": "回避"})
        assert [(one.name, one.size, one.n) for one in plan.strata] == [
            ("云溪区", 2, 2),
            ("平江县", 11, 0),
            ("湘阴县", 7, 0),
        ]
        assert set(draw_record(plan, frame, "a").drawn) == {"Y19", "Y20"}
        whole = dict.fromkeys(("Y19", "Y20", "Y21"), "回避")
        assert plan_of(frame, 5, column="县区", excluded=whole).strata[0].size == 0

    def test_words_said_in_public_change_the_draw_but_not_the_commitment(self, frame):
        plan = plan_of(frame, 7)
        silent, spoken = draw_record(plan, frame, "a"), draw_record(plan, frame, "a", "05 17")
        assert silent.commitment == spoken.commitment and silent.drawn != spoken.drawn
        assert mixed("a", "") == "a" and mixed("a", "05 17") == "a+05 17"

    def test_everybody_in_a_stratum_has_the_same_chance(self, frame):
        plan = plan_of(frame, {"平江县": 4, "湘阴县": 1}, column="县区")
        draws = 2000
        counts = Counter(key for seed in range(draws) for key in draw_record(plan, frame, f"s{seed}").drawn)
        for name, drawn, limit in (("平江县", 4, 29.6), ("湘阴县", 1, 22.5)):
            keys = frame.strata("县区")[name]
            expected = draws * drawn / len(keys)
            statistic = sum((counts[key] - expected) ** 2 / expected for key in keys)
            # 0.999 quantiles of chi-square with 10 and 6 degrees of freedom; drawing without replacement only lowers it.
            assert statistic < limit, name

    def test_pairs_are_drawn_together_as_often_as_chance_has_it(self):
        frame = frame_of([["号"], *([f"k{place}"] for place in range(5))])
        plan = plan_of(frame, 2)
        pairs = Counter(frozenset(draw_record(plan, frame, f"s{seed}").drawn) for seed in range(2000))
        assert len(pairs) == 10 and sum((count - 200) ** 2 / 200 for count in pairs.values()) < 27.9

    def test_what_cant_be_planned_or_drawn(self, frame):
        for error, words, call in (
            (FrameError, "不在表里", lambda: plan_of(frame, 1, excluded={"X": "回避"})),
            (RecordError, "没有写理由", lambda: plan_of(frame, 1, excluded={"Y01": " "})),
            (RecordError, "只能写一行", lambda: plan_of(frame, 1, title="甲\n乙")),
            (FrameError, "没有分层", lambda: plan_of(frame, {"甲": 1})),
            (RecordError, "没有随机种子", lambda: draw_record(plan_of(frame, 1), frame, "")),
            (RecordError, "只能是一行", lambda: draw_record(plan_of(frame, 1), frame, "a\tb")),
            (RecordError, "只能是一行", lambda: draw_record(plan_of(frame, 1), frame, "a", "b\nc")),
        ):
            assert words in sentence(call, error)


class TestBySize:
    """A draw whose chances are in proportion to a column of the frame."""

    SIZES = (100, 50, 30, 20, 0)

    def frame(self, cells=SIZES):
        return frame_of(
            [["号", "县区", "人数"], *([f"k{place}", "甲乙"[place % 2], n] for place, n in enumerate(cells))]
        )

    def test_chances_are_in_proportion_and_the_large_ones_certain(self):
        plan = plan_of(self.frame(), 2, size_column="人数")
        seen = Counter(key for seed in range(2000) for key in draw_record(plan, self.frame(), f"s{seed}").drawn)
        assert seen["k0"] == 2000 and "k4" not in seen
        assert all(abs(seen[key] - 20 * size) < 100 for key, size in (("k1", 50), ("k2", 30), ("k3", 20)))

    def test_strata_share_by_their_whole_sizes_and_the_record_says_so(self):
        plan = plan_of(self.frame(), 2, column="县区", size_column="人数", title="试")
        assert [(one.name, one.size, one.n) for one in plan.strata] == [("乙", 2, 1), ("甲", 3, 1)]
        record = draw_record(plan, self.frame(), "5f0c", "7")
        checks = checks_of(record_of(json.dumps(record.data())), self.frame())
        assert holds(checks) and checks[2].found.endswith("按比例分配，抽中的机会与“人数”成正比")
        assert plan.text("s").startswith("dudao draw 2\n") and "size\t人数\n" in plan.text("s")
        named = plan_of(self.frame(), {"甲": 2}, column="县区", size_column="人数")
        assert "不是按比例" in checks_of(draw_record(named, self.frame(), "x"), self.frame())[2].found

    def test_a_full_stratum_gives_the_rest_to_the_others(self):
        weights = {"甲": Fraction(900), "乙": Fraction(60), "丙": Fraction(40), "丁": Fraction(0)}
        limits = {"甲": 2, "乙": 3, "丙": 3, "丁": 0}
        assert proportional_to_size(weights, limits, 5) == {"丁": 0, "丙": 1, "乙": 2, "甲": 2}
        assert proportional_to_size(weights, limits, 8) == {"丁": 0, "丙": 3, "乙": 3, "甲": 2}

    @given(
        st.dictionaries(st.sampled_from("甲乙丙丁戊"), st.lists(st.integers(0, 90), max_size=9), min_size=1), st.data()
    )
    def test_shares_sum_up_and_never_pass_what_is_there(self, sizes, data):
        limits = {name: sum(size > 0 for size in found) for name, found in sizes.items()}
        if not any(limits.values()):
            return
        wanted = data.draw(st.integers(1, sum(limits.values())))
        weights = {name: Fraction(sum(found)) for name, found in sizes.items()}
        found = proportional_to_size(weights, limits, wanted)
        assert sum(found.values()) == wanted and all(0 <= found[name] <= limits[name] for name in limits)

    def test_what_cant_be_drawn_says_why(self):
        frame = self.frame((100, "", 30, "许多", 0))
        for error, words, call in (
            (FrameError, "没有“班数”这一列", lambda: plan_of(frame, 1, size_column="班数")),
            (FrameError, "这些不是：k1、k3", lambda: plan_of(frame, 1, size_column="人数")),
            (AllocationError, "至少抽 1 个", lambda: plan_of(self.frame(), 0, size_column="人数")),
            (AllocationError, "规模大于 0 的只有 4 个", lambda: plan_of(self.frame(), 5, size_column="人数")),
            (
                AllocationError,
                "“甲”要抽 3 个，这一层规模大于 0 的只有 2 个",
                lambda: plan_of(self.frame(), {"甲": 3}, column="县区", size_column="人数"),
            ),
            (
                AllocationError,
                "“甲”要抽 4 个",
                lambda: plan_of(self.frame(), {"甲": 4}, column="县区", size_column="人数"),
            ),
        ):
            assert words in sentence(call, error)

    def test_a_changed_record_shows(self):
        plan = plan_of(self.frame(), 2, size_column="人数")
        data = draw_record(plan, self.frame(), "5f0c").data()
        for change, place, words in (
            ({"size_column": "班数"}, 2, "没有“班数”这一列"),
            ({"strata": [{"name": "", "size": 5, "n": 5}]}, 2, "规模大于 0 的只有 4 个"),
            ({"strata": [{"name": "", "size": 5, "n": 5}]}, 4, "无法重新抽取"),
        ):
            check = checks_of(record_of(json.dumps({**data, **change})), self.frame())[place]
            assert not check.holds and words in check.found
        assert not holds(
            checks_of(record_of(json.dumps({key: data[key] for key in data if key != "size_column"})), self.frame())
        )


class TestChecking:
    def test_a_record_holds_after_the_way_through_a_file(self, frame, record):
        again = record_of(json.dumps(record.data(), ensure_ascii=False).encode())
        assert again == record
        checks = checks_of(again, frame)
        assert holds(checks) and [check.name for check in checks] == [
            "抽样框",
            "排除",
            "分层和数量",
            "核对码",
            "抽取结果",
            "人工调整",
        ]
        assert len(again.final) == 7 and again.drawn[0] not in again.final

    def test_the_smallest_record_has_five_entries(self, frame):
        record = draw_record(plan_of(frame, 3), frame, "a")
        assert list(record.data()) == ["seed", "commitment", "frame_digest", "strata", "drawn"]
        assert holds(checks_of(record_of(json.dumps(record.data())), frame))
        assert record.final == list(record.drawn)

    def test_numbers_in_proportion_are_told_from_named_ones(self, frame):
        for wanted, words in ((7, "按比例分配"), ({"云溪区": 3}, "另行指定")):
            checks = checks_of(draw_record(plan_of(frame, wanted, column="县区"), frame, "a"), frame)
            assert holds(checks) and words in checks[2].found

    def test_every_changed_entry_shows(self, frame, record):
        tried = 0
        for path, changed in tampered(record.data()):
            try:
                sound = holds(checks_of(record_of(json.dumps(changed)), frame))
            except RecordError:
                sound = False
            assert not sound, path
            tried += 1
        assert tried > 60

    def test_a_changed_frame_shows(self, frame, record):
        for line in range(1, len(CELLS)):
            for place in range(len(HEADS)):
                cells = rows_of(frame)
                cells[line][place] += "x"
                assert not holds(checks_of(record, frame_of(cells)))
        assert not holds(checks_of(record, frame_of(CELLS[:-1])))
        assert not holds(checks_of(record, frame_of([row[:2] for row in CELLS])))

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            (lambda data: data["excluded"].append({"identifier": "Y03", "reason": "再写一次"}), "有重复"),
            (lambda data: data["excluded"][0].update(reason=" "), "没有理由"),
            (lambda data: data["excluded"][0].update(identifier="X"), "“X”不在表里"),
            (lambda data: data["strata"].pop(), "层与表里的层不同"),
            (lambda data: data["strata"][0].update(size=9), "记录里写 9 个"),
            (lambda data: data["strata"][0].update(n=4), "只有 3 个，记录里抽 4 个"),
            (lambda data: [one.update(n=0) for one in data["strata"]], "一个也没有抽"),
            (lambda data: data.update(strata_column="乡镇"), "没有“乡镇”这一列"),
            (lambda data: data["drawn"].reverse(), "次序或重复不对"),
            (lambda data: data["drawn"].pop(), "应当在里面"),
            (lambda data: data["drawn"].append("X"), "不该在里面：X"),
            (lambda data: data.update(words="别的号"), "应当在里面"),
            (lambda data: data["overrides"].append(data["overrides"][0]), "调整了两次"),
            (lambda data: data["overrides"][0].update(reason=" "), "没有理由"),
            (lambda data: data["overrides"][0].update(way="up"), "调入还是调出"),
            (lambda data: data["overrides"][0].update(way="in"), "对不上"),
            (lambda data: data["overrides"][1].update(identifier="Y03"), "已经排除"),
        ],
    )
    def test_what_is_wrong_is_named(self, frame, record, change, words):
        data = record.data()
        change(data)
        checks = checks_of(record_of(json.dumps(data)), frame)
        assert not holds(checks)
        assert any(words in check.found for check in checks if not check.holds), [check.found for check in checks]

    def test_an_unstratified_record_with_a_wrong_size(self, frame):
        data = draw_record(plan_of(frame, 3), frame, "a").data()
        data["strata"][0]["size"] = 20
        assert "不分层" in checks_of(record_of(json.dumps(data)), frame)[2].found

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("", "不是 JSON"),
            (b"\xff\xff\xff", "不是 JSON"),
            ("[" * 100_000, "不是 JSON"),
            ('{"seed": ' + "9" * 5000 + "}", "不是 JSON"),
            ("[]", "最外层"),
            ("{}", "缺少“seed”"),
            ('{"a": 1}', "不认识的项“a”"),
            ('{"\\ud800": 1}', "不认识的项"),
            ('{"seed": "a", "seed": "b"}', "写了两次"),
        ],
    )
    def test_what_is_no_record(self, text, words):
        assert words in sentence(lambda: record_of(text), RecordError)

    @pytest.mark.parametrize(
        ("key", "value", "words"),
        [
            ("seed", 5, "一行文字"),
            ("seed", "", "一行文字"),
            ("title", "a\nb", "一行文字"),
            ("strata", {}, "应当是一个列表"),
            ("strata", [{"name": "", "size": True, "n": 1}], "格式不对"),
            ("strata", [{"name": "", "size": -1, "n": 1}], "格式不对"),
            ("strata", [{"name": ""}], "格式不对"),
            ("strata", ["甲"], "格式不对"),
            ("drawn", [1], "格式不对"),
        ],
    )
    def test_entries_of_the_wrong_form(self, record, key, value, words):
        data = {**record.data(), key: value}
        assert words in sentence(lambda: record_of(json.dumps(data)), RecordError)


def tampered(data):
    """The data with one thing changed, each in turn: a text, a number, an entry left out, one more."""
    text = json.dumps(data)

    def walk(value, path):
        if isinstance(value, dict):
            for key in value:
                yield (*path, key), "drop"
                yield from walk(value[key], (*path, key))
        elif isinstance(value, list):
            for place in range(len(value)):
                yield (*path, place), "drop"
                yield from walk(value[place], (*path, place))
        else:
            yield path, "change"

    for path, what in walk(data, ()):
        changed = json.loads(text)
        *before, last = path
        inner = changed
        for step in before:
            inner = inner[step]
        if path[0] == "overrides" and (len(path) == 2 or path[-1] in {"reason"} or (what == "drop" and len(path) == 1)):
            continue  # what people change afterwards can't be computed; the platform's page keeps it
        if what == "drop":
            del inner[last]
        else:
            inner[last] = inner[last] + 1 if isinstance(inner[last], int) else inner[last] + "0"
        yield path, changed
    yield "more", {**data, "note": "x"}
    yield "upper", {**data, "frame_digest": data["frame_digest"].upper()}
