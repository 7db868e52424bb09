"""One unit: its page, what happens to it on a day, its people."""

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
from dudao.core.keys import is_number
from dudao.core.ui.forms import answered
from dudao.core.ui.listing import Column, Empty, Listing
from dudao.core.ui.parts import Crumb, RowLink, Tab
from dudao.orgs import actions, forms, queries
from dudao.orgs.models import REGIONS, Contact, Kind, Licensed, Unit, UnitName
from dudao.orgs.organs import organ_of
from dudao.orgs.process import UNIT
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

ONE = timedelta(days=1)


@require_GET
def unit(request: Any, pk: int, tab: str = "") -> HttpResponse:
    """Facts, people and what stands below; the history at the right."""
    actor: Actor = request.actor
    one = UNIT.found_or_404(request, pk)
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
    buttons = UNIT.buttons(one, actor)
    context: dict[str, Any] = {
        "one": one,
        "organ": organ_of(one),
        "licence": held,
        "licence_state": licence_state(held.standing(day) if held is not None else Licensed.UNKNOWN)
        if one.kind == Kind.KINDERGARTEN
        else None,
        "licences": [
            (row, licence_state(row.standing((row.valid_to - ONE) if row.valid_to else day))) for row in licences
        ],
        "state": state_of(one),
        "crumbs": UNIT.crumbs(one),
        "acts": [button for button in buttons if not button.act.later],
        "steps": [
            RowLink(button.word, button.url, button.act.icon, denied=button.denied, danger=button.act.danger)
            for button in buttons
            if button.act.later
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


@require_http_methods(["GET", "POST"])
def new(request: Any) -> HttpResponse:
    actor: Actor = request.actor
    actor.require("unit.open", *[place.path for place in queries.roots_of(actor, "unit.open")[:1]] or [""])
    under = request.GET.get("under", "")
    initial = {"parent": int(under)} if is_number(under) else {}
    form = forms.OpenForm(request.POST or None, actor=actor, initial=initial)
    return answered(
        request, form, lambda: actions.open_unit(actor, **form.values), lambda made: f"已新设“{made.name}”。",
        title="新设机构", save="新设机构", save_icon="plus", cancel_url=reverse("orgs:units"),
        crumbs=[Crumb("机构", reverse("orgs:units"))], note="新设后立即出现在机构树里，上级单位有权限的人员都能看到它。",
    )  # fmt: skip


# --- people --------------------------------------------------------------------------------------------------------


def _contact(request: Any, pk: int) -> Contact:
    found: Contact = get_object_or_404(queries.visible_contacts(request.actor), pk=pk)
    return found


@require_http_methods(["GET", "POST"])
def contact_new(request: Any, pk: int) -> HttpResponse:
    one = UNIT.found_or_404(request, pk)
    request.actor.require("contact.edit", one.path)
    return _contact_form(request, one, None)


@require_http_methods(["GET", "POST"])
def contact_edit(request: Any, pk: int) -> HttpResponse:
    contact = _contact(request, pk)
    request.actor.require("contact.edit", contact.unit.path)
    return _contact_form(request, UNIT.found_or_404(request, contact.unit_id), contact)


def _contact_form(request: Any, one: Unit, contact: Contact | None) -> HttpResponse:
    initial = {"name": contact.name, "position": contact.position, "leader": contact.leader} if contact else {}
    masked = queries.masked_phone(contact) if contact else ""
    form = forms.ContactForm(request.POST or None, initial=initial, masked=masked)
    title = f"修改联系人“{contact.name}”" if contact else "新增联系人"
    return answered(
        request, form, lambda: actions.save_contact(request.actor, unit=one, contact=contact, **form.values),
        lambda saved: f"已保存联系人“{saved.name}”。", to=one,
        title=title, save="保存联系人", cancel_url=one.get_absolute_url(), crumbs=UNIT.crumbs(one, title),
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
