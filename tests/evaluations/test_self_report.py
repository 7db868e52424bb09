"""The self-report as Word: in the built-in form, or in an office's own template, with what the platform knows filled in."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from dudao.core.documents import read_word, text_of
from dudao.evaluations.actions.answering import save_answer
from dudao.evaluations.actions.campaigns import PhaseGiven, SubjectGiven, create_campaign, set_subjects, start_campaign
from dudao.evaluations.papers.selfreport import self_report, values_of
from dudao.evaluations.queries.answering import leaves_of
from dudao.evaluations.queries.systems import system_of
from dudao.papers.actions.templates import return_to_builtin, upload_template, use_template
from dudao.papers.kinds import Kind
from evaluations_town import published
from papers.test_offices import upload, word
from signing import signed_in


def words(subject):
    return text_of(read_word(self_report(subject)))


def used(actor, unit, *paragraphs):
    made = upload_template(actor, unit=unit, kind=Kind.SELF_REPORT, upload=upload(word(*paragraphs), "自评报告.docx"))
    use_template(actor, template=made)
    return made


def test_the_built_in_form_says_what_is_known(town, running):
    subject = running.subjects.get(unit=town.kindergarten)
    code, leaf = next((code, leaf) for code, leaf in leaves_of(system_of(running)).items() if leaf.needed)
    cells = {column.name: column.item.options[0] for column in leaf.columns}
    save_answer(town.clerk, subject=subject, code=code, revision=0, cells=cells, text="证照齐全。")
    said = words(subject)
    for part in (
        "自评报告",
        "一、基本情况与依据",
        "自评共涉及31项指标",
        f"{code} {leaf.node.name}：证照齐全",
        "负责人签字",
    ):
        assert part in said
    values = values_of(subject)
    assert values["said"][0]["text"].endswith("：证照齐全。") and values["subject"] == "平江县城关镇中心幼儿园"


def test_the_office_s_own_template_is_used_and_the_nearer_one_first(town, running):
    subject = running.subjects.get(unit=town.kindergarten)
    own = used(
        town.director,
        town.city,
        "{{ 自评单位 }}·{{ 督导项目 }}·市里的格式",
        "{% for 行 in 自评结果 %}{{ 行.指标 }}：{{ 行.已自评项数 }}{% endfor %}",
        "{{ 签字栏 }}",
    )
    assert "自评过程" in own.missing and "自评结果" not in own.missing
    said = words(subject)
    assert "平江县城关镇中心幼儿园·2026年幼儿园办园行为督导评估·市里的格式" in said and "负责人签字" in said
    return_to_builtin(town.director, unit=town.city, kind=Kind.SELF_REPORT)
    assert "市里的格式" not in words(subject)


def test_a_county_s_own_government_reports_in_the_county_s_format(town):
    day = timezone.localdate()
    made = create_campaign(
        town.director, office=town.city, title="县级政府评价", year=2026, objects_kind="counties",
        version=published(town, "county-government-template"),
        phases=[PhaseGiven("self", "自评", day - timedelta(1), day + timedelta(9), source="self")],
    )  # fmt: skip
    made = set_subjects(town.director, campaign=made, revision=made.revision, subjects=[SubjectGiven(town.county)])
    start_campaign(town.director, campaign=made, revision=made.revision)
    used(town.director, town.city, "{{ 自评单位 }}市里的格式")
    used(town.county_officer, town.county, "{{ 自评单位 }}县里的格式")
    assert "县里的格式" in words(made.subjects.get())


def test_the_page_gives_the_file(town, running):
    subject = running.subjects.get(unit=town.kindergarten)
    answer = signed_in(town.accounts["clerk"]).get(reverse("evaluations:subject_report_word", args=[subject.pk]))
    assert answer.status_code == 200 and answer["Content-Type"].endswith("wordprocessingml.document")
    assert signed_in(town.accounts["stranger"]).get(answer.request["PATH_INFO"]).status_code == 404
