"""The page of all template parts with all their states, served in development only. Its words and numbers are samples.

The list page runs on Django's own table of content types, because ``core`` knows no other that is never empty.
"""

from datetime import date, timedelta
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.contrib.contenttypes.models import ContentType
from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from dudao.core.access import Denied
from dudao.core.process import Act, Button
from dudao.core.ui.filters import Chip, Chips, Choice, DateRange, Search, YesNo
from dudao.core.ui.forms import DateField, FileField, Form, PickField, PickManyField, Section, form_page
from dudao.core.ui.help import page_help
from dudao.core.ui.listing import BulkAction, Column, Empty, Listing
from dudao.core.ui.parts import Crumb, FileRow, MenuItem, Moment, Option, RowLink, State, Tab, Todo, TreeNode, stages
from dudao.core.ui.problems import problem_page
from dudao.core.ui.shell import Appointment, Shell
from dudao.core.ui.templatetags.ui import badge, deadline, icon_names, progress

STATES = {
    "todo": State("未开始", "grey"),
    "doing": State("进行中", "blue"),
    "soon": State("临近", "amber"),
    "late": State("逾期", "red"),
    "done": State("已完成", "green"),
    "back": State("已退回", "purple"),
}
FLOW = [("draft", "草稿"), ("issued", "下达"), ("signed", "签收"), ("reported", "上报"), ("confirmed", "销号")]


def _shell(request: HttpRequest) -> Shell:
    here = request.path
    pages = (
        ("工作台", reverse("dev:parts"), "home"),
        ("年度计划", reverse("dev:list"), "calendar-stats"),
        ("督导项目", reverse("dev:object"), "clipboard-check"),
        ("问题整改", reverse("dev:form"), "tool"),
        ("统计数据", reverse("dev:board"), "chart-bar"),
        ("机构人员", f"{reverse('dev:list')}?kind=core", "building-community"),
    )
    return Shell(
        office="岳阳市人民政府教育督导委员会办公室",
        person="李文静",
        unit="岳阳市教育督导办",
        role="工作人员",
        appointments=(
            Appointment("1", "岳阳市教育督导办", "工作人员", current=True),
            Appointment("2", "岳阳市", "市督学"),
        ),
        switch_url=reverse("dev:parts"),
        menu=tuple(
            MenuItem(label, url, icon, current=url == here, count=7 if label == "问题整改" else None)
            for label, url, icon in pages
        ),
        account_links=(("我的账号", reverse("dev:form"), "user-cog"),),
        logout_url=reverse("dev:parts"),
        notices=12,
        notices_url=reverse("dev:list"),
        search_url=reverse("dev:list"),
        help=page_help("dev:parts"),
        demo=True,
        slim=request.COOKIES.get("dd_menu") == "slim",
    )


def _context(request: HttpRequest, **more: Any) -> dict[str, Any]:
    return {"shell": _shell(request), **more}


def _acts() -> list[Button]:
    def act(word: str, look: str, denied: str = "", **said: Any) -> Button:
        return Button(Act("dev.step", icon="", **said), word, reverse("dev:parts"), look, denied, said.get("ask", ""))

    return [
        act("退回修改", "btn-plain", reason="理由", ask="请写明理由，对方会看到。"),
        act("撤销下达", "btn-danger-plain", ask="撤销后各县市区的任务会收回，已报送的进展保留在历史里。"),
        act("下达", "btn-primary", ask="下达后 13 个县市区会收到通知，任务内容不能再改。"),
        act("确认销号", "btn-primary", "还有 2 个县市区没有报送佐证材料，齐全后才能销号。"),
    ]


def _tree(depth: int) -> list[TreeNode]:
    names = (
        ("岳阳楼区", "云溪区", "君山区", "岳阳县", "平江县") if depth == 1 else ("第一小学", "第二小学", "中心幼儿园")
    )
    return [
        TreeNode(
            name,
            url=reverse("dev:object"),
            children_url=reverse("dev:branch", args=[depth + 1]) if depth < 4 else "",
            note=f"{len(name) * 31} 所" if depth == 1 else "",
            state=STATES["done"] if depth == 3 else None,
        )
        for name in names
    ]


def parts_page(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        messages.success(
            request,
            "已收到："
            + "，".join(f"{key}={value}" for key, value in request.POST.items() if key != "csrfmiddlewaretoken"),
        )
        return redirect("dev:parts")
    today = timezone.localdate()
    now = timezone.now()
    return render(
        request,
        "ui/dev/parts.html",
        _context(
            request,
            states=list(STATES.values()),
            days=[today + timedelta(days=days) for days in (40, 3, 0, -2)],
            today=today,
            now=now,
            late=today - timedelta(days=4),
            acts=_acts(),
            lines=[
                stages(FLOW, "draft"),
                stages(FLOW, "reported", notes={"signed": "3月2日"}),
                stages(FLOW, "returned", back="reported"),
                stages(FLOW, "confirmed"),
            ],
            tabs=[
                Tab("进展", "?tab=1", current=True, count=3),
                Tab("佐证材料", "?tab=2", count=0),
                Tab("历史", "?tab=3"),
            ],
            moments=[
                Moment(now, "李文静", "退回", "第 3 项缺少盖章扫描件，请补充后再报。", "purple", "arrow-back-up"),
                Moment(now - timedelta(hours=3), "平江县教育督导办 方建国", "上报进展", "", "blue", "send"),
                Moment(now - timedelta(days=2), "李文静", "下达", "", "green", "flag"),
            ],
            nodes=_tree(1),
            files=[
                FileRow("督导评估自评报告（盖章）.pdf", "#", 2_400_000, "方建国", now),
                FileRow("在校生花名册.xlsx", "#", 38_000, note="第 2 版"),
            ],
            todos=[
                Todo(
                    "审核平江县报送的“双减”专项督导进展",
                    "#",
                    "平江县 · 第 3 次报送",
                    today + timedelta(days=2),
                    STATES["soon"],
                    "审核",
                ),
                Todo(
                    "君山区签收任务“学前教育普及普惠自评”",
                    "#",
                    "君山区",
                    today - timedelta(days=1),
                    STATES["late"],
                    "催办",
                ),
            ],
            options=[
                Option(1, "岳阳楼区", "湖南省 / 岳阳市"),
                Option(2, "平江县", "湖南省 / 岳阳市", denied="已经选过"),
            ],
            items=[
                RowLink("查看", "#", "eye"),
                RowLink("催办", "#", "bell-ringing"),
                RowLink("删除", "#", "trash", denied="已下达的任务不能删除，可以撤销下达。"),
            ],
            icons=sorted(icon_names()),
        ),
    )


def _state(row: Any) -> State:
    return STATES[list(STATES)[row.pk % 6]]


def _day(row: Any) -> date:
    return timezone.localdate() + timedelta(days=row.pk % 40 - 8)


TYPES = Listing(
    key="dev",
    columns=[
        Column(
            "model", "名称", link=lambda row: reverse("dev:object"), sort="model", sub=lambda row: f"编号 {row.pk:04d}"
        ),
        Column("app_label", "所属应用", sort="app_label"),
        Column("state", "状态", lambda row: _state(row).word, show=lambda row: badge(_state(row))),
        Column("deadline", "完成时限", _day, show=lambda row: deadline(_day(row), soon=7), nowrap=True),
        Column(
            "share", "进度", lambda row: row.pk * 7 % 101, show=lambda row: progress(row.pk * 7 % 101), optional=True
        ),
        Column(
            "number",
            "在校生数",
            lambda row: None if row.pk % 9 == 0 else row.pk * 137,
            numeric=True,
            optional=True,
            sort="pk",
        ),
        Column("note", "备注", lambda row: f"第 {row.pk} 行的备注", hidden=True),
    ],
    filters=[
        Search(["model", "app_label"], "名称、应用"),
        Choice(
            "kind",
            "应用",
            lambda request: [
                (label, label)
                for label in ContentType.objects.order_by("app_label").values_list("app_label", flat=True).distinct()
            ],
            lookup="app_label",
        ),
        YesNo("early", "编号小于 20", where=Q(pk__lt=20)),
        DateRange("day", "时限", lookup="pk"),
        Choice(
            "odd",
            "奇偶",
            [("1", "单号"), ("0", "双号")],
            apply=lambda rows, value: rows.annotate(half=F("pk") % 2).filter(half=int(value)),
        ),
    ],
    chips=Chips(
        "state",
        [Chip(key, state.word, Q(rest=place), state.tone) for place, (key, state) in enumerate(STATES.items())],
    ),
    sort="model",
    page_size=20,
    row_menu=lambda row, request: [
        RowLink("查看", reverse("dev:object"), "eye"),
        RowLink("修改", reverse("dev:form"), "pencil"),
        RowLink("删除", "#", "trash", denied="已下达的任务不能删除，可以撤销下达。"),
    ],
    bulk=lambda request: [
        BulkAction("下达", reverse("dev:parts"), "send", confirm="下达后各单位会收到通知，任务内容不能再改。"),
        BulkAction(
            "退回",
            reverse("dev:parts"),
            "arrow-back-up",
            confirm="退回后由原单位修改。",
            reason="退回理由",
            danger=True,
        ),
        BulkAction("催办", reverse("dev:parts"), "bell-ringing"),
    ],
    export_name="样例台账",
    empty=Empty("还没有任务", "把年度工作要点导入后，任务会出现在这里。", "导入工作要点", "#", "file-import"),
)


def list_page(request: HttpRequest) -> HttpResponse:
    rows = ContentType.objects.annotate(rest=F("pk") % 6)
    if "nothing" in request.GET:
        rows = rows.none()
    return TYPES.respond(
        request,
        rows,
        title="任务台账",
        shell=_shell(request),
        crumbs=[Crumb("年度计划", reverse("dev:list")), Crumb("2026 年工作要点")],
        primary=("新建任务", reverse("dev:form"), "plus"),
        actions=[("导入", reverse("dev:form"), "file-import")],
    )


class SampleForm(Form):
    sections: ClassVar = [
        Section("任务", ["title", "kind", "deadline", "amount", "text"]),
        Section("责任", ["lead", "others", "lights", "urgent"], note="牵头单位只能有一个，配合单位可以有多个。"),
        Section("材料", ["file"]),
    ]
    title = forms.CharField(label="任务名称", max_length=60, help_text="写清做什么、做到什么程度，60 字以内。")
    kind = forms.ChoiceField(label="工作类别", choices=[("", "请选择"), ("a", "学校督导"), ("b", "专项督导")])
    deadline = DateField(label="完成时限")
    amount = forms.DecimalField(
        label="经费（万元）", required=False, min_value=0, widget=forms.NumberInput(attrs={"class": "is-short"})
    )
    text = forms.CharField(label="工作要求", required=False, widget=forms.Textarea)
    lead = PickField(label="牵头应用", url=lambda: reverse("dev:pick"), objects=ContentType.objects.all)
    others = PickManyField(
        label="配合应用", url=lambda: reverse("dev:pick"), objects=ContentType.objects.all, required=False
    )
    lights = forms.ChoiceField(
        label="自评亮灯", choices=[("g", "绿灯"), ("y", "黄灯"), ("r", "红灯")], widget=forms.RadioSelect
    )
    urgent = forms.BooleanField(label="需要市领导协调", required=False)
    file = FileField(
        label="佐证材料", required=False, multiple=True, max_bytes=5 * 1024 * 1024, kinds=(".pdf", ".docx", ".xlsx")
    )

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("title") == "错":
            raise forms.ValidationError("同一计划里已有叫这个名字的任务。")
        return self.cleaned_data


def form(request: HttpRequest) -> HttpResponse:
    filled = SampleForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and filled.is_valid():
        messages.success(request, f"已保存“{filled.cleaned_data['title']}”。")
        return redirect("dev:list")
    return form_page(
        request,
        filled,
        title="新建任务",
        save="保存任务",
        cancel_url=reverse("dev:list"),
        crumbs=[Crumb("年度计划", reverse("dev:list")), Crumb("新建任务")],
        shell=_shell(request),
    )


def object_page(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "ui/dev/object.html",
        _context(
            request,
            crumbs=[Crumb("年度计划", reverse("dev:list")), Crumb("2026 年工作要点", "#"), Crumb("第 3 条")],
            state=STATES["doing"],
            line=stages(FLOW, "reported"),
            acts=_acts(),
            today=timezone.localdate(),
            day=timezone.localdate() + timedelta(days=3),
            tabs=[Tab("进展", "#", current=True, count=3), Tab("佐证材料", "#", count=2), Tab("县市区", "#", count=13)],
            moments=[
                Moment(
                    timezone.now(), "李文静", "退回", "第 3 项缺少盖章扫描件，请补充后再报。", "purple", "arrow-back-up"
                ),
                Moment(timezone.now(), "方建国", "上报进展", "", "blue", "send"),
            ],
            files=[FileRow("督导评估自评报告（盖章）.pdf", "#", 2_400_000, "方建国", timezone.now())],
        ),
    )


def _span(label: str, start: int, end: int, tone: str, word: str) -> dict[str, Any]:
    today = timezone.localdate()
    return {
        "label": label,
        "start": (today + timedelta(days=start)).isoformat(),
        "end": (today + timedelta(days=end)).isoformat(),
        "tone": tone,
        "word": word,
    }


def board_page(request: HttpRequest) -> HttpResponse:
    counties = ["平江县", "岳阳县", "华容县", "湘阴县", "汨罗市", "临湘市", "君山区", "云溪区", "岳阳楼区"]
    today = timezone.localdate()
    common = {"categories": counties, "unit": "项", "links": [reverse("dev:list")] * len(counties)}
    late = {"name": "逾期", "values": [12, 9, 7, 6, 4, 3, 2, 1, 0], "tone": "red"}
    done = {"name": "已完成", "values": [5, 8, 9, 7, 9, 11, 10, 8, 12], "tone": "green"}
    doing = {"name": "进行中", "values": [8, 7, 6, 6, 4, 3, 4, 5, 3], "tone": "blue"}
    return render(
        request,
        "ui/dev/board.html",
        _context(
            request,
            late=common | {"kind": "rank", "series": [late]},
            states=common | {"kind": "stack", "series": [done, doing, late]},
            trend={
                "kind": "line",
                "categories": [f"{month}月" for month in range(1, 11)],
                "unit": "%",
                "max": 100,
                "series": [{"name": "按期完成率", "values": [62, 66, 70, None, 75, 78, 81, 80, 84, 87]}],
                "mark": {"value": 80, "label": "目标 80%"},
            },
            gantt={
                "kind": "gantt",
                "today": today.isoformat(),
                "deadline": (today + timedelta(days=60)).isoformat(),
                "rows": [
                    _span("印发通知", -20, -16, "green", "已完成"),
                    _span("学校自评", -15, 10, "blue", "进行中"),
                    _span("县级复核", 11, 30, "grey", "未开始"),
                    _span("市级实地督导", 31, 60, "grey", "未开始"),
                ],
            },
        ),
    )


def pick(request: HttpRequest) -> HttpResponse:
    typed = request.GET.get("q", "")
    rows = (
        ContentType.objects.filter(model__icontains=typed)
        .exclude(pk__in=request.GET.getlist("not"))
        .order_by("model")[:20]
    )
    return render(request, "ui/options.html", {"options": [Option(row.pk, str(row), row.app_label) for row in rows]})


def branch(request: HttpRequest, depth: int) -> HttpResponse:
    return render(request, "ui/tree_nodes.html", {"nodes": _tree(depth)})


def job(request: HttpRequest) -> HttpResponse:
    """Long work in ten seconds, by the clock."""
    share = (timezone.now().second % 12) * 10
    done = share > 100
    words = "导入完成：新增 2 604 所，更新 13 所。" if done else f"正在导入第 {share * 26} 行，共 2 617 行"
    return render(
        request,
        "ui/job_state.html",
        {"words": words, "share": min(share, 100), "done": done, "tone": "blue", "next": ""},
    )


def problem(request: HttpRequest, code: int) -> HttpResponse:
    if code == 4030:
        raise Denied("您的“下达”权限不包括这个单位。")
    return problem_page(request, code)
