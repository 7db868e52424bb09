"""One unit: its page, what happens to it on a day, its people."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dudao.calc.codetables import SCHOOL_TYPES, URBAN_RURAL
from dudao.core import audit
from dudao.core.access import VERBS, Actor
from dudao.core.ui.forms import answered
from dudao.core.ui.listing import Column, Empty, Listing
from dudao.core.ui.parts import Crumb, RowLink, Tab
from dudao.orgs import actions, forms, queries
from dudao.orgs.models import REGIONS, Contact, Kind, Licensed, Unit, UnitName
from dudao.orgs.views.listing import licence_state, state_of

BELOW = Listing(
    key="units-below",
    columns=[
        Column("name", "名称", link=lambda unit: unit.get_absolute_url(), sort=("sort_no", "sort_key")),
        Column("kind", "类别", lambda unit: unit.get_kind_display(), sort="kind"),
        Column("stages", "学段", "stage_words"),
        Column(
            "licence", "办园许可", lambda unit: unit.standing and unit.standing.label, show=licence_state, nowrap=True
        ),
        Column("state", "状态", lambda unit: state_of(unit).word, show=state_of, nowrap=True),
    ],
    sort="name",
    prepare=lambda rows, request: queries.describe(rows),
    empty=Empty("没有下级机构", "新设下级机构，或把别的机构变更隶属到这里后，会列在这里。", icon="sitemap"),
)

STEPS = (
    ("unit.licence", "登记办园许可", "orgs:licence", "certificate"),
    ("unit.rename", "更名", "orgs:rename", "writing"),
    ("unit.move", "变更隶属", "orgs:move", "switch-horizontal"),
    ("unit.merge", "合并", "orgs:merge", "arrow-merge"),
    ("unit.split", "分设", "orgs:split", "arrows-split-2"),
    ("unit.close", "撤销", "orgs:close", "archive"),
)


ONE = timedelta(days=1)


def _seen(request: Any, pk: int) -> Unit:
    found: Unit = get_object_or_404(queries.visible_unit(request.actor, pk).select_related("parent"), pk=pk)
    return found


def _crumbs(actor: Actor, unit: Unit) -> list[Crumb]:
    """The way from the list: names of what is above one's scope without a link."""
    above = queries.ancestors(unit)
    visible = queries.visible_keys(actor, [upper.pk for upper in above])
    return [
        Crumb("机构", reverse("orgs:units")),
        *(Crumb(str(upper), upper.get_absolute_url() if upper.pk in visible else "") for upper in above),
    ]


def _denied(actor: Actor, verb: str, unit: Unit) -> str:
    if unit.is_closed:
        return f"机构已撤销，不能再{VERBS[verb].label}。"
    denied = actor.why_not(verb, unit.path)
    return denied.reason if denied is not None else ""


@require_GET
def unit(request: Any, pk: int, tab: str = "") -> HttpResponse:
    """Facts, people and what stands below; the history at the right."""
    actor: Actor = request.actor
    one = _seen(request, pk)
    below = queries.listed(actor).filter(parent=one)
    if tab == "below" and request.headers.get("HX-Target") == BELOW.region:
        return BELOW.respond(request, below, title=one.name)
    came, went = queries.links_of(one)
    events = audit.history(one)
    address = one.get_absolute_url()
    spans = list(queries.spans_of(one))
    around = (
        {link.source_id for link in came} | {link.target_id for link in went} | {span.parent_id or 0 for span in spans}
    )
    licences = queries.licences_of(one)
    held = licences[0] if licences and licences[0].valid_to is None else None
    day = queries.today()
    context: dict[str, Any] = {
        "one": one,
        "licence": held,
        "licence_state": licence_state(held.standing(day) if held is not None else Licensed.UNKNOWN)
        if one.kind == Kind.KINDERGARTEN
        else None,
        "licences": [
            (row, licence_state(row.standing((row.valid_to - ONE) if row.valid_to else day))) for row in licences
        ],
        "state": state_of(one),
        "crumbs": _crumbs(actor, one),
        "edit_denied": _denied(actor, "unit.edit", one) if actor.may_somewhere("unit.edit") else None,
        "open_denied": _denied(actor, "unit.open", one) if actor.may_somewhere("unit.open") else None,
        "steps": [
            RowLink(
                label, reverse(name, args=[one.pk]), icon, denied=_denied(actor, verb, one), danger=verb == "unit.close"
            )
            for verb, label, name, icon in STEPS
            if actor.may_somewhere(verb) and (verb != "unit.licence" or one.kind == Kind.KINDERGARTEN)
        ],
        "school_type": SCHOOL_TYPES[one.school_type].name if one.school_type in SCHOOL_TYPES else None,
        "area": URBAN_RURAL[one.urban_rural].name if one.urban_rural in URBAN_RURAL else None,
        "is_region": one.kind in REGIONS,
        "stages": queries.stage_words(one),
        "aliases": queries.names_of(one, UnitName.Sort.ALIAS),
        "former": queries.names_of(one, UnitName.Sort.FORMER),
        "came": came,
        "went": went,
        "linkable": queries.visible_keys(actor, around),
        "spans": [(span, VERBS[span.cause].label if span.cause in VERBS else span.cause) for span in spans],
        "events": events[:20],
        "tab": tab,
        "tabs": [
            Tab("概况", address, not tab),
            Tab(
                "下级机构", reverse("orgs:unit-below", args=[one.pk]), tab == "below", count=queries.count_children(one)
            ),
            Tab("沿革", reverse("orgs:unit-past", args=[one.pk]), tab == "past", count=len(spans)),
        ],
        "contacts": list(queries.contacts_of(one)),
        "contact_edit": actor.may("contact.edit", one.path) and not one.is_closed,
        "contact_reveal": actor.may("contact.reveal", one.path),
        "list": BELOW.page(request, below) if tab == "below" else None,
    }
    return render(request, "orgs/unit.html", context)


# --- dated actions -------------------------------------------------------------------------------------------------


def _answered(
    request: Any,
    form: Any,
    run: Callable[[], Any],
    done: str | Callable[[Any], str],
    *,
    one: Unit,
    save_icon: str = "check",
    **page: Any,
) -> HttpResponse:
    """A form about a unit, below the way to it."""
    crumbs = [*_crumbs(request.actor, one), Crumb(str(one), one.get_absolute_url())]
    return answered(
        request, form, run, done, cancel_url=one.get_absolute_url(), crumbs=crumbs, save_icon=save_icon, **page
    )


@require_http_methods(["GET", "POST"])
def new(request: Any) -> HttpResponse:
    actor: Actor = request.actor
    actor.require("unit.open", *[place.path for place in queries.roots_of(actor, "unit.open")[:1]] or [""])
    under = request.GET.get("under", "")
    initial = {"parent": int(under)} if under.isascii() and under.isdigit() else {}
    form = forms.OpenForm(request.POST or None, actor=actor, initial=initial)
    return answered(
        request, form, lambda: actions.open_unit(actor, **form.save_values()), lambda made: f"已新设“{made.name}”。",
        title="新设机构", save="新设机构", save_icon="plus", cancel_url=reverse("orgs:units"),
        crumbs=[Crumb("机构", reverse("orgs:units"))], note="新设后立即出现在机构树里，上级单位有权限的人员都能看到它。",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def edit(request: Any, pk: int) -> HttpResponse:
    actor: Actor = request.actor
    one = _seen(request, pk)
    actor.require("unit.edit", one.path)
    initial = forms.EditForm.initial_of(one, queries.names_of(one, UnitName.Sort.ALIAS), queries.levels_of(one))
    form = forms.EditForm(request.POST or None, unit=one, initial=initial)
    return _answered(
        request, form, lambda: actions.edit_unit(actor, unit=one, **form.save_values(one)),
        lambda _: f"已修改“{one.name}”的信息。", to=one,
        one=one, title=f"修改“{one}”", save="保存", save_icon="device-floppy",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def rename(request: Any, pk: int) -> HttpResponse:
    actor: Actor = request.actor
    one = _seen(request, pk)
    actor.require("unit.rename", one.path)
    form = forms.RenameForm(request.POST or None, initial={"name": one.name, "kind": one.kind})
    note = f"更名后“{one.name}”留作曾用名，仍能按它查到；此前的日期按原名显示。"
    return _answered(
        request, form, lambda: actions.rename_unit(actor, unit=one, **form.values),
        lambda done: f"“{one.name}”已更名为“{done.name}”。", to=one,
        one=one, title=f"“{one}”更名", save="确认更名", note=note,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def move(request: Any, pk: int) -> HttpResponse:
    actor: Actor = request.actor
    one = _seen(request, pk)
    actor.require("unit.move", one.path)
    form = forms.MoveForm(request.POST or None, actor=actor)
    below = queries.count_below(one)
    along = f"连同 {below} 个下级机构" if below else ""
    note = f"现在隶属“{one.parent or '—'}”。变更后{along}归新的上级管理，原上级的人员不再能看到；按以前的日期仍可查到原来的隶属。"
    return _answered(
        request, form, lambda: actions.move_unit(actor, unit=one, **form.values),
        lambda done: f"“{one.name}”已隶属“{done.parent}”。",
        to=lambda _: one if queries.visible_unit(actor, one.pk).exists() else reverse("orgs:units"),
        one=one, title=f"“{one}”变更隶属", save="确认变更", note=note,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def merge(request: Any, pk: int) -> HttpResponse:
    actor: Actor = request.actor
    one = _seen(request, pk)
    actor.require("unit.merge", one.path)
    form = forms.MergeForm(request.POST or None, actor=actor)

    def merged() -> Unit:
        cleaned = form.cleaned_data
        given: dict[str, Any] = {"target": one, "sources": cleaned["sources"]}
        if cleaned["into"] == "new":
            facts = {name: cleaned[name] for name in ("school_type", "institution_code") if cleaned[name]}
            new_unit = {"parent": one.parent, "kind": one.kind, "name": cleaned["name"], **facts}
            given = {"new": new_unit, "sources": [one, *cleaned["sources"]]}
        made: Unit = actions.merge_units(actor, day=cleaned["day"], reason=cleaned["reason"], **given)
        return made

    note = (
        "合并后，被合并的机构从生效日起撤销，标识码不再使用；它们的下级机构一并转过来，历史数据仍按当时的机构保存。"
        f"要把“{one}”并入别的机构，请到那个机构的页面办理。"
    )
    return _answered(
        request, form, merged, lambda done: f"已合并为“{done.name}”。",
        one=one, title=f"与“{one}”合并", save="确认合并", note=note,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def split(request: Any, pk: int) -> HttpResponse:
    actor: Actor = request.actor
    one = _seen(request, pk)
    actor.require("unit.split", one.path)
    form = forms.SplitForm(request.POST or None, unit=one)

    def parted() -> Any:
        cleaned = form.cleaned_data
        return actions.split_unit(
            actor, unit=one, parts=form.parts, day=cleaned["day"], keeps=cleaned["keeps"] == "1",
            reason=cleaned["reason"],
        )  # fmt: skip

    note = f"分出的机构与“{one}”同一上级，从生效日起设立，沿革里记明由它分设。"
    return _answered(
        request, form, parted, lambda done: f"已从“{one.name}”分设 {len(done)} 个机构。", to=one,
        one=one, title=f"“{one}”分设", save="确认分设", note=note,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def licence(request: Any, pk: int) -> HttpResponse:
    """That a kindergarten has a licence, or none, from a day on."""
    actor: Actor = request.actor
    one = _seen(request, pk)
    actor.require("unit.licence", one.path)
    rows = queries.licences_of(one)
    held = rows[0] if rows and rows[0].valid_to is None else None
    initial = (
        {"held": "1" if held.held else "0", "number": held.number, "until": held.until, "source": held.source}
        if held is not None
        else {}
    )
    form = forms.LicenceForm(request.POST or None, initial=initial)
    note = (
        "登记后列表、督导项目选择对象时按新的情况显示；无证的照样可以入园督导、提出整改，是否参加评定由督导项目规定。"
    )
    return _answered(
        request, form, lambda: actions.register_licence(actor, unit=one, **form.save_values()),
        lambda done: f"已登记“{one.name}”的办园许可：{done.standing(queries.today()).label}。", to=one,
        one=one, title=f"登记“{one}”的办园许可", save="登记", note=note, save_icon="certificate",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def close(request: Any, pk: int) -> HttpResponse:
    actor: Actor = request.actor
    one = _seen(request, pk)
    actor.require("unit.close", one.path)
    form = forms.CloseForm(request.POST or None)
    note = "撤销后不再出现在机构列表和选择框里，标识码不再使用；历史数据保留，按以前的日期仍可查到。撤销不能恢复。"
    return _answered(
        request, form, lambda: actions.close_unit(actor, unit=one, **form.values), lambda _: f"“{one.name}”已撤销。", to=one,
        one=one, title=f"撤销“{one}”", save="确认撤销", note=note, save_icon="archive",
    )  # fmt: skip


# --- people --------------------------------------------------------------------------------------------------------


def _contact(request: Any, pk: int) -> Contact:
    found: Contact = get_object_or_404(queries.visible_contacts(request.actor), pk=pk)
    return found


@require_http_methods(["GET", "POST"])
def contact_new(request: Any, pk: int) -> HttpResponse:
    one = _seen(request, pk)
    request.actor.require("contact.edit", one.path)
    return _contact_form(request, one, None)


@require_http_methods(["GET", "POST"])
def contact_edit(request: Any, pk: int) -> HttpResponse:
    contact = _contact(request, pk)
    request.actor.require("contact.edit", contact.unit.path)
    return _contact_form(request, contact.unit, contact)


def _contact_form(request: Any, one: Unit, contact: Contact | None) -> HttpResponse:
    initial = {"name": contact.name, "position": contact.position, "leader": contact.leader} if contact else {}
    masked = queries.masked_phone(contact) if contact else ""
    form = forms.ContactForm(request.POST or None, initial=initial, masked=masked)
    title = f"修改联系人“{contact.name}”" if contact else "新增联系人"
    return _answered(
        request, form, lambda: actions.save_contact(request.actor, unit=one, contact=contact, **form.values),
        lambda saved: f"已保存联系人“{saved.name}”。", to=one,
        one=one, title=title, save="保存联系人", save_icon="device-floppy",
    )  # fmt: skip


@require_POST
def contact_remove(request: Any, pk: int) -> HttpResponse:
    contact = _contact(request, pk)
    one = contact.unit
    actions.remove_contact(request.actor, contact=contact)
    messages.success(request, f"已移除联系人“{contact.name}”。")
    return redirect(one)


@require_POST
def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """The phone in full, for this once: into its place in the page, or as a page of its own."""
    contact = _contact(request, pk)
    phone = actions.reveal_contact(request.actor, contact=contact)  # type: ignore[attr-defined]
    template = "orgs/phone.html" if request.headers.get("HX-Request") == "true" else "orgs/phone_page.html"
    answer = render(request, template, {"contact": contact, "phone": phone})
    answer["Cache-Control"] = "no-store, private"
    return answer
