"""What holds for any text, and for any plan."""

import json
from collections import Counter
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from dudao.calc import worktext
from dudao.calc.worktext.characters import is_invisible
from dudao.calc.worktext.layout import lay_out
from dudao.calc.worktext.source import text_lines

FRAGMENTS = (
    "一、", "二、", "三、", "（一）", "（二）", "(三)", "1.", "2.", "3、", "1．", "（1）", "（2）",
    "1）", "2)", "①", "②", "第一条", "第二部分", "第一章", "一是", "二是", "三是", "第一，",
    "第二，", "一要", "二要", "。", "，", "；", "：", "、", "！", "“", "”", "《", "》", "（",
    "）", "…", "\n", "\n\n", "\f", "\t", "　", "—", "3", "—", "第3页共8页", "4", "5", "-6-",
    "......7", "2023年", "2024年度", "年底前", "6月底前", "第三季度", "五年一轮", "1:5", "2名",
    "2-3名", "85%以上", "不少于", "每学期", "2次", "三个学科", "30日内", "县市区",
    "市政府教育督导办", "学校", "幼儿园", "督学", "督导评估", "质量监测", "质量检测", "專項督導",
    "青河市教育局", "2024年教育督导工作要点", "2024年3月5日", "附件", "附件：表", "抄送：各县",
    "各县区：", "青教督〔2024〕1号", "的有关教育重点任务专项督导", "建立联席会议制度",
    "推动工作落实", "AI", "Lab", "12,345万元", "\u200b", "\ufeff", "\u0000", "\ud800",
)  # fmt: skip

texts = st.one_of(
    st.text(max_size=300),
    st.lists(st.sampled_from(FRAGMENTS), max_size=60).map("".join),
    st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.text(max_size=5)), max_size=40).map("\n".join),
)


@settings(max_examples=200, deadline=None)
@given(texts)
def test_no_text_makes_the_parser_fail_and_places_are_right(text):
    plan = worktext.parse(text)
    json.dumps(plan.to_json(), ensure_ascii=True)
    lines = [line.text for line in text_lines(text).lines]
    for point in plan.points:
        for words, segments in ((point.title, point.title_segments), (point.text, point.text_segments)):
            for part in segments:
                if (
                    words[part.start : part.start + part.length] != " "
                ):  # the blank between two Latin words has no place
                    there = lines[part.line - 1][part.column - 1 : part.column - 1 + part.length]
                    assert there == words[part.start : part.start + part.length]
        for item in point.items:
            assert point.text[item.span[0] : item.span[1]] == item.text
        for spot in _spots(point):
            assert {"title": point.title, "text": point.text}[spot.field][spot.span[0] : spot.span[1]] == spot.words
        for target in point.targets:
            assert target.minimum is None or target.maximum is None or target.minimum <= target.maximum
        for period in point.periods:
            assert period.start is None or period.end is None or period.start <= period.end
    for warning in plan.warnings:
        assert warning.message.endswith(("。", "？"))
        assert 0 <= warning.line <= len(lines)


def _spots(point: worktext.Point) -> list[worktext.Spot]:
    found = [entry.spot for entry in (*point.targets, *point.periods, *point.actors)]
    return found + [spot for kind in point.kinds for spot in kind.spots]


def _visible(text: str) -> Counter[str]:
    return Counter(char for char in text if not char.isspace() and not is_invisible(char))


@settings(max_examples=120, deadline=None)
@given(texts)
def test_putting_lines_together_loses_no_character(text):
    layout = lay_out(text_lines(text).lines)
    kept = "".join(paragraph.text for paragraph in layout.paragraphs) + "".join(part.text for part in layout.dropped)
    assert _visible(kept) == _visible(text)


@settings(max_examples=120, deadline=None)
@given(texts)
def test_reading_paragraphs_loses_no_character(text):
    """Every character of a paragraph is somewhere in the plan; only the stop between a heading and its text may go."""
    layout = lay_out(text_lines(text).lines)
    plan = worktext.parse(text)
    parts = [plan.title, plan.issuer, plan.preamble, plan.document_number, plan.recipients, *plan.front, *plan.closing]
    for section in plan.sections:
        parts += [section.label, section.title, section.intro]
        for point in section.points:
            parts += [point.label, point.original_title, point.original_text, *point.group]
    missing = _visible("".join(paragraph.text for paragraph in layout.paragraphs)) - _visible("".join(parts))
    assert set(missing) <= set("。！？!?:：;；….．"), missing


WORDS = (
    "完善联席会议办法", "组织年度综合评估", "落实问题整改责任", "配强专职督学力量",
    "举办业务提升活动", "用好监测反馈报告", "规范幼儿园办学行为", "总结推广先进做法",
    "加大经费保障力度", "推进平台应用工作", "建立信息互通渠道", "压实属地管理责任",
    "开展校园安全巡查", "做好新闻宣传报道", "健全考核激励机制", "深化教育评价改革",
    "优化资源均衡配置", "强化结果应用导向", "严肃工作纪律要求", "营造良好社会氛围",
)  # fmt: skip


@st.composite
def plans(draw: st.DrawFn) -> worktext.WorkPlanText:
    words = draw(st.permutations(WORDS))
    taken = iter(words * 20)

    def take(count: int) -> list[str]:
        return [next(taken) for _ in range(count)]

    sections = []
    number = 0
    with_sections = draw(st.booleans())
    for at in range(1, draw(st.integers(2, 4)) + 1 if with_sections else 2):
        points = []
        for _ in range(draw(st.integers(1, 4))):
            number += 1
            items = draw(st.integers(0, 4))
            body = "".join(f"{'一二三四'[index]}是{'，'.join(take(2))}；" for index in range(items))
            sentences = draw(st.integers(0, 2))
            body += "\n" if items and sentences else ""
            body += "".join("，".join(take(2)) + "。" for _ in range(sentences))
            points.append(worktext.Point(number=number, title="".join(take(1)), text=body))
        title = "、".join(take(2)) if with_sections else ""
        sections.append(worktext.Section(number=at if with_sections else None, title=title, points=tuple(points)))
    if not with_sections and number == 1:  # a single number with nothing beside it
        sections = [replace(sections[0], points=(*sections[0].points, worktext.Point(number=2, title="收尾", text="")))]
    return worktext.WorkPlanText(
        title="青河市2024年教育督导工作要点",
        issuer=draw(st.sampled_from(["", "青河市教育局"])),
        year=2024,
        preamble=draw(st.sampled_from(["", "2024年，全市教育督导工作要稳中求进。"])),
        sections=tuple(sections),
        warnings=(),
    )


def _structure(plan: worktext.WorkPlanText) -> list:
    sections = [(s.number, s.title, [(p.number, p.title, p.text) for p in s.points]) for s in plan.sections]
    return [plan.title, plan.issuer, plan.year, plan.preamble, sections]


@settings(max_examples=80, deadline=None)
@given(plans())
def test_a_rendered_plan_is_read_back(plan):
    again = worktext.parse(worktext.render(plan))
    assert _structure(again) == _structure(plan)
    for point in again.points:
        assert [item.ordinal for item in point.items] == list(range(1, len(point.items) + 1))
        assert len(point.items) == point.text.count("是")


@settings(max_examples=50, deadline=None)
@given(plans())
def test_reading_what_was_read_changes_nothing(plan):
    once = worktext.render(worktext.parse(worktext.render(plan)))
    assert worktext.render(worktext.parse(once)) == once == worktext.render(plan)


@settings(max_examples=50, deadline=None)
@given(plans(), st.data())
def test_page_breaks_in_the_middle_of_sentences_change_nothing(plan, data):
    text = worktext.render(plan)
    middles = [
        at for at in range(1, len(text) - 1)
        if "一" <= text[at - 1] <= "龥" and "一" <= text[at] <= "龥" and text.rfind("。", 0, at) > text.rfind("\n", 0, at)
        and text[at : at + 2] not in ("一是", "二是", "三是", "四是")
    ]  # fmt: skip
    if not middles:
        return
    at = data.draw(st.sampled_from(middles))
    broken = f"{text[:at]}\n\n— 2 —\n\n{text[at:]}"
    assert _structure(worktext.parse(broken)) == _structure(plan)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(["a.txt", "a.docx", "a", "a.pdf"]))
def test_no_file_makes_the_reader_fail_but_with_its_own_error(data, name):
    try:
        source = worktext.read_document(data, name)
    except worktext.DocumentError as error:
        assert str(error).endswith("。")
    else:
        worktext.parse(source)
