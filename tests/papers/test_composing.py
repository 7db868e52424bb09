"""What each kind of paper says, in the built-in form and in an office's template; and what is refused."""

import io
import re
import subprocess
from datetime import UTC, date, datetime
from pathlib import Path

import docx
import pytest
from docxtpl import DocxTemplate
from hypothesis import given, settings
from hypothesis import strategies as st

from dudao.core.documents import DocumentError, missing, read_word, text_of, typeset
from dudao.papers.composing import (
    FIELDS,
    SAMPLE_RECIPIENTS,
    ComposeError,
    Look,
    compose,
    examine,
    layout_with,
    placeholder,
    sample,
    standard,
    starter,
)
from dudao.papers.composing.drafts import chinese_day, period
from dudao.papers.kinds import Kind
from dudao.papers.stamping import turned
from office import to_pdf

LOOK = Look("某市人民政府教育督导委员会办公室", "某市人民政府教育督导委员会办公室文件", "某政教督办")
DAY = date(2026, 3, 5)
MOMENT = datetime(2026, 3, 5, tzinfo=UTC)


def made(kind, values=None, **more):
    said = {"look": LOOK, "number": "某政教督办〔2026〕1号", "day": DAY, "recipients": SAMPLE_RECIPIENTS.get(kind, "")}
    return compose(kind, sample(kind) if values is None else values, **said | more)


def text(content):
    return text_of(read_word(content))


def template(*paragraphs):
    document = docx.Document()
    for each in paragraphs:
        document.add_paragraph(each)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


# --- every kind --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", Kind)
def test_fields_and_sample_belong_together(kind):
    fields = FIELDS[kind]
    names = [field.name for field in fields]
    assert len(set(names)) == len(names)
    assert {*sample(kind), "title"} == {*names}
    # A label is also a name in templates.
    assert all(field.label.isidentifier() for field in fields)
    assert all(column.label.isidentifier() for field in fields for column in field.columns)


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_says_all_that_was_filled_in(kind):
    words = text(made(kind)).replace("\n", "")
    for field in FIELDS[kind]:
        value = sample(kind).get(field.name)
        match field.kind:
            case "date" if value and field.name not in {"from_on", "to_on"}:
                assert chinese_day(date.fromisoformat(value)) in words, field.label
            case "list":
                assert all(item.rstrip("。") in words for item in value), field.label
            case "table":
                for row in value:
                    for name, cell in row.items():
                        if name != "due_on" and not cell.startswith("20"):
                            assert cell.rstrip("。").split("\n")[0] in words, (field.label, cell)
            case "line" | "text" if value:
                assert value.rstrip("。").split("\n")[0].split("：")[0] in words, field.label


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_its_parts(kind):
    words = text(made(kind))
    if kind in {Kind.TALK_RECORD, Kind.PUBLICITY, Kind.BRIEF, Kind.VISIT_RECORD, Kind.SELF_REPORT}:
        assert LOOK.masthead not in words
    else:
        assert words.startswith(LOOK.masthead) or kind == Kind.REPORT
        assert "某政教督办〔2026〕1号" in words
        assert f"{SAMPLE_RECIPIENTS[kind]}：" in words
    printed = f"{LOOK.signature}\t2026年3月5日印发" in words
    assert printed == (kind not in {Kind.VISIT_RECORD, Kind.SELF_REPORT, Kind.PUBLICITY})


def test_an_opinion_has_what_the_regulation_asks_for():
    # 《教育督导条例》 Art. 21: judgement on each matter, problems, time limit and advice.
    words = text(made(Kind.OPINION))
    places = [words.index(head) for head in ("一、督导评价", "三、存在问题", "四、意见建议", "五、整改要求")]
    assert places == sorted(places)
    assert "于2026年5月31日前完成整改" in words


def test_a_decision_has_facts_grounds_forms_and_the_day_it_takes_effect():
    words = text(made(Kind.ACCOUNTABILITY))
    for head in ("一、基本情况", "二、违规事实", "四、问责依据", "六、问责决定", "七、救济途径"):
        assert head in words
    assert "本决定自2026年9月1日起生效。" in words


def test_a_rectification_notice_has_standard_and_value_a_limit_and_a_receipt():
    words = text(made(Kind.RECTIFICATION))
    assert "（标准要求：周课时总量不超过34节；实际情况：38节）" in words  # its limit is the general one
    assert "限2026年3月31日前完成" in words
    assert "请于2026年4月15日前完成整改" in words
    assert "签收人（签字）" in words


def test_a_publication_shows_what_it_publishes_before_how_long_and_how_to_object():
    said = text(made("publicity"))
    assert said.index("示例县第一幼儿园") < said.index("公示时间") < said.index("实名反映")


def test_a_report_of_looking_back_makes_no_demands_of_whom_it_reports_to():
    said = text(made("look_back"))
    assert "下一步工作" in said and "工作要求" not in said and "特此报告" in said


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("查阅资料 126 份，满意度 93.4% ，共 1,840 人", "查阅资料126份，满意度93.4% ，共1840人"),
        ("12 处中 3 处失效", "12处中3处失效"),
        ("P1.1 党委教育工作；3 教师队伍", "P1.1 党委教育工作；3 教师队伍"),
        ("GB 50099 第 4.2 条，A4 纸", "GB 50099 第4.2条，A4 纸"),
    ],
)
def test_no_space_stands_around_a_number(said, words):
    assert words in text(made(Kind.OPINION, {**sample(Kind.OPINION), "method": said}))


def test_empty_parts_leave_no_heading_and_no_hole_in_the_counting():
    values = sample(Kind.NOTICE) | {"self_due": "", "materials": [], "demands": []}
    words = text(made(Kind.NOTICE, values))
    assert "自评和材料准备" not in words
    assert "三、督导时间和人员" in words
    assert "四、" not in words


def test_many_problems_become_a_list_behind_the_letter():
    row = sample(Kind.RECTIFICATION)["problems"][0]
    values = sample(Kind.RECTIFICATION) | {"problems": [row | {"description": f"第{place}处"} for place in range(5000)]}
    words = text(made(Kind.RECTIFICATION, values))
    assert "共发现问题5000个，详见附件《问题清单》。" in words
    assert "第4999处" in words
    reading = read_word(made(Kind.RECTIFICATION, values))
    table = max((block for block in reading.blocks if block.rows), key=lambda block: len(block.rows))
    assert (len(table.rows), table.head_rows) == (5001, 1)


def test_a_brief_of_several_articles_begins_with_their_list_whatever_it_is_called():
    words = text(made(Kind.BRIEF, {**sample(Kind.BRIEF), "title": "教育督导工作简报第3期"}))
    assert "本期要目" in words and "教育督导工作简报第3期" not in words


def test_a_title_of_ones_own_stands_over_the_made_one():
    words = text(made(Kind.CIRCULAR, sample(Kind.CIRCULAR) | {"title": "关于校园安全的通报"}))
    assert "关于校园安全的通报" in words
    assert "开学工作专项督导情况的通报" not in words


@settings(max_examples=40, deadline=None)
@given(st.text(alphabet=st.characters(blacklist_categories=["Cs"]), min_size=1, max_size=60))
def test_any_name_can_be_a_school(name):
    values = sample(Kind.RECTIFICATION) | {"subject": name, "basis": name}
    try:
        content = made(Kind.RECTIFICATION, values, recipients=name)
    except ComposeError as problem:
        assert not name.strip(), problem
    else:
        try:
            typeset(read_word(content), LOOK.layout, title=name, author=name, moment=MOMENT)
        except DocumentError as problem:
            assert missing(name), problem


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (date(2026, 3, 5), date(2026, 3, 5), "2026年3月5日"),
        (date(2026, 3, 16), date(2026, 3, 20), "2026年3月16日至20日"),
        (date(2026, 3, 30), date(2026, 4, 2), "2026年3月30日至4月2日"),
        (date(2026, 12, 30), date(2027, 1, 2), "2026年12月30日至2027年1月2日"),
    ],
)
def test_a_period_says_nothing_twice(first, last, words):
    assert period(first, last) == words


# --- what is refused ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"problems": []}, "缺少“存在问题”，请填写"),
        ({"due_on": ""}, "缺少“整改期限”"),
        ({"due_on": "三月"}, "“整改期限”是“三月”，应为日期"),
        ({"demands": "一条"}, "“整改要求”应为一行一项的清单"),
        ({"problems": [{"descripton": "甲"}]}, "第 1 行多出“descripton”一列"),
        ({"problems": ["甲"]}, "第 1 行不是一行表格"),
        ({"problems": [{"description": ["甲"]}]}, "“问题描述”应为文字"),
        ({"problems": [{"description": "甲"}] * 10_001}, "最多 10000 行"),
        ({"subject": "甲" * 20_001}, "超过 20000 字"),
        ({"nonsense": 1}, "没有“nonsense”这一项"),
    ],
)
def test_what_is_missing_or_wrong_is_said(change, words):
    with pytest.raises(ComposeError, match=words):
        made(Kind.RECTIFICATION, sample(Kind.RECTIFICATION) | change)


def test_all_faults_are_said_at_once():
    with pytest.raises(ComposeError) as raised:
        made(Kind.RECTIFICATION, {})
    assert len(str(raised.value).splitlines()) == sum(field.required for field in FIELDS[Kind.RECTIFICATION])


# --- templates ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", Kind)
def test_the_template_to_begin_with_works_and_lacks_nothing(kind):
    content = starter(kind, LOOK)
    found = examine(kind, content)
    assert (found.missing, found.unknown) == ((), ())
    words = text(made(kind, template=content))
    assert "{{" not in words
    # It is the built-in paper: the sentences that this has stand in it too.
    if kind not in {Kind.BRIEF}:
        own = text(made(kind)).splitlines()
        heads = [line for line in own if line.startswith(("一、", "二、")) and len(line) < 20]
        assert all(head in words for head in heads), (heads, words)
        assert "。。" not in words


def test_a_template_is_told_what_it_lacks_and_what_is_unknown():
    content = template(
        "{{ 标题 }}", "{{ 整改期线 }}", "{%p for 行 in 存在问题 %}", "{{ 行.问题描叙 }}", "{%p endfor %}", "{{ 领导 }}"
    )
    found = examine(Kind.RECTIFICATION, content)
    assert {(item.name, item.table, item.near) for item in found.unknown} == {
        ("整改期线", "", "整改期限"), ("问题描叙", "存在问题", "问题描述"), ("领导", "", ""),
    }  # fmt: skip
    assert "整改期限" in found.missing
    assert "存在问题" not in found.missing
    assert "是不是“整改期限”" in "".join(item.words for item in found.unknown)


def test_a_title_comes_into_a_template_broken_by_meaning():
    lines = text(made(Kind.OPINION, template=template("{{ 标题 }}"))).splitlines()
    assert lines == ["关于示例县第一中学", "普通高中学校综合督导的督导意见书"]


def test_placeholders_are_what_a_template_takes():
    for kind in Kind:
        for field in FIELDS[kind]:
            code = placeholder(field)
            assert field.label in code
            assert code.count("{%") == code.count("%}")


# What an attacker may write: with the engine of the library alone, it runs.
ATTACK = "{{ cycler.__init__.__globals__.os.system('touch ' ~ 标题) }}"


def test_an_unsandboxed_engine_would_have_run_the_attack(tmp_path):
    proof = tmp_path / "ran"
    document = DocxTemplate(io.BytesIO(template(ATTACK)))
    document.render({"标题": str(proof)})
    assert proof.exists()
    proof.unlink()
    with pytest.raises(ComposeError, match=r"cycler|不能用"):
        made(Kind.NOTICE, sample(Kind.NOTICE) | {"title": str(proof)}, template=template(ATTACK))
    assert not proof.exists()


@pytest.mark.parametrize(
    "text_of_template",
    [
        "{{ 标题.__class__.__mro__[1].__subclasses__() }}",
        "{{ self.__init__.__globals__ }}",
        "{% include '/etc/passwd' %}",
        "{% import '/etc/passwd' as x %}",
        "{% extends '/etc/passwd' %}",
        "{{ lipsum.__globals__ }}",
        "{{ 标题|attr('__class__') }}",
        "{% set x = 标题.format %}{{ x('a') }}",
        "{{ joiner() }}",
        "{{ 标题|replace('a', 'b' * 9999999) }}",
    ],
)
def test_no_template_gets_out_of_the_sandbox(text_of_template):
    with pytest.raises(ComposeError, match="文书模板有误"):
        made(Kind.NOTICE, template=template(text_of_template))


def test_a_template_without_end_is_stopped(monkeypatch):
    from dudao.core.documents import filling

    loops = "".join(f"{{% for {name} in 存在问题 %}}" for name in ("甲", "乙", "丙", "丁"))
    endless = template(loops + "{{ 甲.类别 }}" + "{% endfor %}" * 4)
    row = sample(Kind.RECTIFICATION)["problems"][0]
    values = sample(Kind.RECTIFICATION) | {"problems": [row] * 5000}
    monkeypatch.setattr(filling.fill, "__kwdefaults__", {"seconds": 3.0})
    with pytest.raises(ComposeError, match="运行了 3 秒还没有结束"):
        made(Kind.RECTIFICATION, values, template=endless)
    monkeypatch.undo()
    assert "教育督导整改通知书" in text(made(Kind.RECTIFICATION, template=template("{{ 标题 }}")))


def test_the_process_of_templates_knows_no_secrets_and_writes_no_files():
    from dudao.core.documents import filling

    made(Kind.NOTICE, template=template("{{ 标题 }}"))
    process = filling._CHILD.process
    environment = Path(f"/proc/{process.pid}/environ").read_text()
    assert "DATABASE_URL" not in environment
    limits = Path(f"/proc/{process.pid}/limits").read_text()
    assert any(line.split()[:4] == ["Max", "file", "size", "0"] for line in limits.splitlines())


# --- looks -------------------------------------------------------------------------------------------------------


def test_a_look_lays_its_changes_over_the_standard():
    layout = layout_with({"grid": {"lines": 20}, "fonts": {"body": ["仿宋"]}})
    assert (layout.lines, layout.characters) == (20, standard().characters)
    assert layout.fonts["body"] == ("仿宋",)
    assert layout.fonts["title"] == standard().fonts["title"]


# --- as an office would open them --------------------------------------------------------------------------------


def _pages(file):
    said = subprocess.run(["pdfinfo", str(file)], check=True, capture_output=True, text=True).stdout
    return int(re.search(r"Pages:\s+(\d+)", said)[1])


@pytest.mark.office
def test_every_kind_opens_in_libreoffice_with_its_words(tmp_path):
    for kind in (Kind.RECTIFICATION, Kind.REPORT, Kind.VISIT_RECORD, Kind.BRIEF):
        content = turned(made(kind), LOOK.layout)
        file = to_pdf(content, f"{kind}.docx", tmp_path)
        pdf = typeset(read_word(content), LOOK.layout, title="x", author="y", moment=MOMENT)
        own = tmp_path / "own.pdf"
        own.write_bytes(pdf)
        assert _pages(file) == _pages(own), kind
        both = [
            "".join(
                subprocess.run(["pdftotext", str(each), "-"], check=True, capture_output=True, text=True).stdout.split()
            )
            for each in (file, own)
        ]
        # Marks may be squeezed into other ones by a program; characters and digits may not.
        assert [sorted(re.findall(r"[\d\u4e00-\u9fff]", words)) for words in both].count(
            sorted(re.findall(r"[\d\u4e00-\u9fff]", both[0]))
        ) == 2, kind
