"""Bringing systems in and handing them out: who may, what happens twice, what nobody confirmed, what it costs."""

import io
import itertools

import docx
import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dudao.core import audit
from dudao.core.access import Denied
from dudao.core.workflow import Conflict
from dudao.frameworks.actions import exchange as acts
from dudao.frameworks.actions.versions import clone_version, publish_version
from dudao.frameworks.exchange import paper, workbook
from dudao.frameworks.models import Framework, FrameworkUpload, FrameworkVersion
from dudao.frameworks.queries import tree
from dudao.frameworks.trees import digest_of
from frameworks.office_files import book
from signing import signed_in

HEAD = ["一级指标", "二级指标", "考核方式", "分值", "评分标准"]
GOOD = book(
    ["某市学校督导评估指标体系"],
    HEAD,
    ["A1 甲（11分）", "B1 乙", "查阅", 5, "少1项扣1分"],
    ["", "B2 丙", "查看", 6, "是得6分，否得0分"],
)
FAULTY = book(HEAD, ["A1 甲", "B1 乙", "查阅", "五", ""])
NAMELESS = book(["大类", "小类", "怎么评", "最高"], ["甲", "乙", "少1项扣1分", 5], ["", "丙", "", 6])


@pytest.fixture
def client_of(town):
    return lambda name: signed_in(town.accounts[name])


@pytest.fixture
def send(client_of, town):
    def sent(data, file="评分表.xlsx", who="officer", unit=None, **more):
        values = {"unit": (unit or town.city).pk, "file": SimpleUploadedFile(file, data), **more}
        return client_of(who).post(reverse("frameworks:import_new"), values)

    return sent


@pytest.fixture
def taken(send):
    assert send(GOOD).status_code == 302
    return FrameworkUpload.objects.get()


def confirm(client, row, **values):
    return client.post(row.get_absolute_url(), {"act": "import", **values})


def test_nothing_is_made_before_a_person_confirms(client_of, taken):
    client = client_of("officer")
    page = client.get(taken.get_absolute_url()).content.decode()
    assert "某市学校督导评估指标体系" in page and "第 4 行 B 列" in page and "识别出的规则" in page
    assert taken.state == "ready" and not Framework.objects.exists()
    client.post(taken.get_absolute_url(), {"act": "check", "guess": ["1"]})
    assert not Framework.objects.exists()


def test_the_draft_holds_the_rules_that_were_let_stand(client_of, taken):
    guesses = {guess["code"]: guess["key"] for guess in taken.kept["guesses"]}
    confirm(client_of("officer"), taken, guess=[guesses["B1"]])
    made = FrameworkVersion.objects.get()
    kinds = dict(made.indicators.exclude(kind="").values_list("code", "kind"))
    assert (made.state, kinds) == ("draft", {"B1": "deduct", "B2": "judged"})
    assert made.indicators.get(code="B2").text == "查看\n是得6分，否得0分"
    taken.refresh_from_db()
    assert taken.state == "done" and taken.version == made and taken.imported_at
    assert audit.history(made).first().verb == "framework.import"


def test_a_file_is_imported_once(client_of, taken, town):
    confirm(client_of("officer"), taken)
    with pytest.raises(Conflict, match="已经导入过"):
        acts.import_upload(town.officer, taken=taken, chosen=())
    assert FrameworkVersion.objects.count() == 1


def test_the_same_name_is_refused_and_a_new_version_is_offered(client_of, send, taken):
    client = client_of("officer")
    confirm(client, taken)
    send(GOOD)
    again = FrameworkUpload.objects.order_by("-id").first()
    page = client.post(again.get_absolute_url(), {"act": "import"}, follow=True).content.decode()
    assert "已经有名为“某市学校督导评估指标体系”的指标体系" in page and FrameworkVersion.objects.count() == 1
    assert send(GOOD, file="另一.xlsx", system="").status_code == 302


def test_a_new_version_of_a_published_system(client_of, send, town, taken):
    client = client_of("officer")
    confirm(client, taken)
    version = FrameworkVersion.objects.get()
    publish_version(town.director, version=version)
    assert send(GOOD, system=version.framework_id).status_code == 302
    row = FrameworkUpload.objects.order_by("-id").first()
    confirm(client, row, guess=[guess["key"] for guess in row.kept["guesses"]])
    assert list(FrameworkVersion.objects.order_by("number").values_list("number", "state")) == [
        (1, "published"), (2, "draft"),
    ]  # fmt: skip
    refused = send(GOOD, system=version.framework_id)
    assert refused.status_code == 422  # it has a draft now, and is no longer offered


def test_faults_forbid_the_import_and_stand_in_a_copy(client_of, send, town):
    send(FAULTY)
    row = FrameworkUpload.objects.get()
    client = client_of("officer")
    page = client.get(row.get_absolute_url()).content.decode()
    assert row.state == "faulty" and "第 2 行 D 列“分值”是“五”，请填数字。" in page and 'value="import"' not in page
    copy = client.get(reverse("frameworks:upload_errors", args=[row.pk]))
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(copy) if copy.streaming else copy.content)).active
    assert "请填数字" in sheet["F2"].value
    with pytest.raises(Denied, match="有错误"):
        acts.import_upload(town.officer, taken=row, chosen=())
    client.post(row.get_absolute_url(), {"act": "discard"})
    row.refresh_from_db()
    assert row.state == "discarded" and not Framework.objects.exists()


def test_columns_are_chosen_on_the_page(client_of, send, town):
    send(NAMELESS, file="自制.xlsx")
    row, client = FrameworkUpload.objects.get(), client_of("officer")
    assert row.state == "faulty" and "没有认出表头：" in client.get(row.get_absolute_url()).content.decode()
    columns = {"column_0_0": "1", "column_0_1": "2", "column_0_2": "rule", "column_0_3": "points"}
    for wrong, words in (
        ({"column_0_0": ""}, "还没有选"),
        ({"column_0_1": "1"}, "选了不止一列"),
        ({"head_0": "99"}, "只有 3 行"),
        (dict.fromkeys(columns, ""), "没有选哪一列是指标"),
    ):
        values = {"act": "read", "head_0": "1", **columns, **wrong}
        if wrong == {"column_0_0": ""}:
            values["column_0_1"] = ""
        assert words in client.post(row.get_absolute_url(), values).content.decode()
    row.refresh_from_db()
    assert row.kept["unsure"]
    client.post(row.get_absolute_url(), {"act": "read", "head_0": "1", **columns})
    row.refresh_from_db()
    assert row.state == "ready" and row.kept["data"]["name"] == "自制"
    confirm(client, row)
    assert FrameworkVersion.objects.get().indicators.get(parent=None).points == 11
    with pytest.raises(Conflict, match="不能再读取"):
        acts.read_again(town.officer, taken=row, kept=row.kept, notes=())


def test_only_those_who_may_and_only_for_their_place(client_of, send, taken, town):
    assert send(GOOD, who="reader").status_code == 403
    assert send(GOOD, who="keeper").status_code == 422  # the city is not among the county's units
    assert client_of("stranger").get(taken.get_absolute_url()).status_code == 404
    with pytest.raises(Denied):
        acts.import_upload(town.stranger, taken=taken, chosen=())
    with pytest.raises(Denied):
        acts.read_again(town.stranger, taken=taken, kept=taken.kept, notes=())
    with pytest.raises(Denied):
        acts.discard_upload(town.stranger, taken=taken)
    assert send(GOOD, who="keeper", unit=town.county).status_code == 302


@pytest.mark.parametrize(
    ("data", "name"), [(b"no workbook", "a.xlsx"), (GOOD, "a.docx"), (GOOD, "a.et"), (b"", "a.xlsx")]
)
def test_a_file_of_no_use_is_refused_beside_the_field_and_not_kept(send, data, name):
    answer = send(data, file=name)
    assert answer.status_code == 422 and 'class="dd-field-error"' in answer.content.decode()
    assert not FrameworkUpload.objects.exists()


@pytest.mark.parametrize("sort", ["xlsx", "docx"])
def test_a_version_leaves_as_a_file_that_comes_back(client_of, send, draft, town, sort):
    answer = client_of("officer").post(reverse("frameworks:export", args=[draft.pk]), {"sort": sort})
    data = b"".join(answer) if answer.streaming else answer.content
    assert audit.history(draft).first().verb == "framework.export"
    if sort == "docx":
        assert docx.Document(io.BytesIO(data)).tables
    send(data, file=f"导出.{sort}", name="改名后的检查")
    row = FrameworkUpload.objects.get()
    assert row.state == "ready" and not row.kept["guesses"]
    confirm(client_of("officer"), row)
    made = FrameworkVersion.objects.exclude(pk=draft.pk).get()
    made_tree, was = tree(made), tree(draft)
    assert made_tree.root.name == "改名后的检查" and made_tree.root.children == was.root.children
    assert client_of("stranger").post(reverse("frameworks:export", args=[draft.pk]), {"sort": sort}).status_code == 404


def test_an_export_is_the_version_and_not_the_newest(client_of, draft, town):
    publish_version(town.director, version=draft)
    later = clone_version(town.officer, version=draft)
    assert digest_of(tree(later)) == digest_of(tree(draft))
    writers = {"xlsx": workbook, "docx": paper}
    for sort, version in itertools.product(writers, (draft, later)):
        answer = client_of("officer").post(reverse("frameworks:export", args=[version.pk]), {"sort": sort})
        assert f"{version.number}" in answer["Content-Disposition"]


def test_queries_do_not_grow_with_the_indicators(client_of, send, town):
    """Uploading, looking and importing cost the same for 20 indicators and for 400."""
    client = client_of("officer")
    costs = []
    for count in (20, 400):
        rows = [["A1 甲", "B1 乙", "查", 5, "少1项扣1分"]]
        rows += [["", f"B{number} 第{number}项", "查", 5, "少1项扣1分"] for number in range(2, count)]
        spent = []
        data = book([f"{count} 项的指标体系"], HEAD, *rows)
        with CaptureQueriesContext(connection) as seen:
            send(data)
        spent.append(len(seen))
        row = FrameworkUpload.objects.order_by("-id").first()
        with CaptureQueriesContext(connection) as seen:
            client.get(row.get_absolute_url())
        spent.append(len(seen))
        with CaptureQueriesContext(connection) as seen:
            confirm(client, row)
        spent.append(len(seen))
        assert FrameworkVersion.objects.order_by("-id").first().indicators.count() == count + 1
        with CaptureQueriesContext(connection) as seen:
            client.post(reverse("frameworks:export", args=[FrameworkVersion.objects.order_by("-id").first().pk]))
        spent.append(len(seen))
        costs.append(spent)
    assert all(large <= small for small, large in zip(*costs, strict=True)) and max(costs[0]) <= 40, costs


def test_a_large_system_is_shown_in_part_and_imported_whole(client_of, send):
    rows = [["A1 甲", "B1 乙", "查", 5, ""]] + [["", f"B{number} 项", "查", "", ""] for number in range(2, 500)]
    send(book(HEAD, *rows))
    row, client = FrameworkUpload.objects.get(), client_of("officer")
    page = client.get(row.get_absolute_url()).content.decode()
    assert "还有 201 个指标没有列在这里" in page and "另有 299 处" in page and page.count("没有写满分") == 200
    confirm(client, row)
    assert FrameworkVersion.objects.get().indicators.count() == 501
