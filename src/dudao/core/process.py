"""A process, declared once: what is done with an object, by whom, on which page and in which words.

    CASE = Process(
        "case", "accountability:case", flow.CASE, load=cases.case, crumbs=(("问责案件", "accountability:cases"),),
        acts=(
            Act("case.hear", deciding.hear, "已记录采纳情况。", "message-report", form=HearForm, title="听取申辩"),
            Act("case.archive", effects.archive, "已归档。", "archive", ask="归档后案卷不能再改。"),
        ),
    )
    urlpatterns = [path("cases/<int:pk>/", case_page, name="case"), *CASE.urls("cases/")]

The flow says what may happen (`core.workflow`); the process says how it looks. From one declaration come the addresses, the page
of every form, the buttons with their reasons, what is asked before and said afterwards. There is nothing to subclass: what one
act needs beyond the table is a function in it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_http_methods, require_POST

from dudao.core import audit
from dudao.core.access import SYSTEM, VERBS, Actor, place_of
from dudao.core.ui.acting import actor_of, found_or_404, may_anywhere, sent, tried
from dudao.core.ui.forms import Form, form_page, refused
from dudao.core.ui.parts import Crumb, stages
from dudao.core.workflow import Flow

PROCESSES: dict[str, "Process"] = {}
"""Every process of the platform by the name of its page: what the fences walk through."""


@dataclass(frozen=True, slots=True)
class Act:
    """One thing a person does: with ``form`` on a page of its own, without one a button that asks first.

    ``run(actor, <key>=object, **form.values)`` carries it out; ``done`` is said afterwards, a function is given the answer.
    """

    verb: str | Callable[[Any], str]
    """A function is given the object: one page may serve two verbs."""
    run: Callable[..., Any] | None = None
    done: str | Callable[[Any], str] = ""
    icon: str = "check"
    form: type[Form] | None = None
    given: Callable[[Actor, Any], dict[str, Any]] | None = None
    """What the form is made with beside what was sent: ``initial``, choices."""
    title: str | Callable[[Any], str] = ""
    """The page's heading; the verb's label where nothing is said."""
    word: str | Callable[[Any, Actor], str] = ""
    """The button's word; the title where nothing is said."""
    save: str = ""
    """The button under the form; the title where nothing is said."""
    save_icon: str = ""
    """Its icon; the act's where nothing is said."""
    ask: str | Callable[[Any], str] = ""
    """Without a form: what will follow, asked before."""
    reason: str = ""
    """Without a form: the label of a text that the person must give; ``run`` gets it as ``reason``."""
    name: str = ""
    """The last part of the address and its name; the verb's second half where nothing is said."""
    primary: bool | Callable[[Any, Actor], bool] = True
    later: bool = False
    """In the second row of the page's head."""
    danger: bool = False
    listed: bool = True
    """Whether the object's page offers it by itself; else a place of its own on that page does."""
    own: bool = False
    """Without a form: an address of its own instead of the one for all that only ask."""
    always: bool = False
    """Shown, greyed, also in the states it doesn't belong to."""
    beside: bool = False
    """No step of the flow, but what whoever holds the verb anywhere may do here: the action itself asks where."""
    fits: Callable[[Any], bool] | None = None
    """Whether it still belongs here, beyond the state."""
    hindered: Callable[[Any, Actor], str] | None = None
    """What stands against it today beyond the flow, "" for nothing: for what takes queries, which a guard may not."""
    page: str | Callable[[Any], str] = ""
    """The URL name of a page with a view of its own, which carries the act out: the button only leads there. A function is given
    the object and answers the whole address."""
    gone: bool = False
    """Whether the object is no more afterwards: the list is shown then."""
    part: "Part | None" = None
    """For an act on a part of the object: where it is found."""
    template: str = ""
    """Its form's page; the process's where nothing is said."""
    shown: Callable[[Any], dict[str, Any]] | None = None
    """What the form's page shows besides."""
    note: str | Callable[[Any], str] = ""
    """A line over its form; the process's where nothing is said."""
    asked: Callable[[HttpRequest], dict[str, Any]] | None = None
    """Without a form: what ``run`` gets from the request."""
    warns: Callable[[Actor, Any], str] | None = None
    """What the person should know besides, once it is done."""
    to: Callable[[Any], Any] | None = None
    """What is shown afterwards, of what ``run`` answers: a job, what was made; the object where nothing is said."""

    def verb_of(self, found: Any) -> str:
        return self.verb if isinstance(self.verb, str) else self.verb(found)

    def carry_out(self, actor: Actor, key: str, found: Any, values: dict[str, Any]) -> Any:
        assert self.run is not None, "an act with a page of its own is carried out there"
        return self.run(actor, **{key: found}, **values)

    def told(self, request: HttpRequest, done: Any, back: Any) -> HttpResponse:
        """What is said and shown after it."""
        said = self.done if isinstance(self.done, str) else self.done(done)
        if said:
            messages.success(request, said)
        return redirect(back if self.to is None else self.to(done))

    @property
    def slug(self) -> str:
        return self.name or str(self.verb).partition(".")[2]

    def title_of(self, found: Any) -> str:
        return (self.title if isinstance(self.title, str) else self.title(found)) or VERBS[self.verb_of(found)].label


def as_seen(act: Callable[..., Any], key: str) -> Callable[..., Any]:
    """An action on the object as it was when the page was asked for: it is given its revision."""
    return lambda actor, **given: act(actor, revision=given[key].revision, **given)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an object that has acts of its own: a demand of a talk, a request for more time."""

    key: str
    route: str
    load: Callable[..., Any]
    """``load(actor, **what the address says)``: the part as far as the person may see it, or ``None``."""
    whole: Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Button:
    """An act on the object's page: a link to its form, or a button that asks; greyed with the reason when it can't be done now."""

    act: Act
    word: str
    url: str
    """Of its form, or what is sent to when it was asked."""
    look: str
    denied: str
    ask: str
    """What will follow, for this object."""

    @property
    def asks(self) -> bool:
        return self.act.form is None and not self.act.page

    @property
    def value(self) -> str:
        return self.act.name or str(self.act.verb)


@dataclass(frozen=True, slots=True)
class Process:
    """``key``: the argument by which the actions take the object; ``page``: the URL name of the object's page."""

    key: str
    page: str
    flow: Flow
    load: Callable[[Actor, int], Any]
    acts: Sequence[Act]
    lists: str
    """The URL name of the list the object is found in, with ``list_word`` as its crumb."""
    list_word: str = ""
    code: Callable[[Any], str] = str
    """How the object is called in the crumbs."""
    template: str = "ui/form_page.html"
    """The page of the acts' forms; gets the object as ``row``."""
    note: Callable[[Any], str] | None = None
    """A line over every form."""
    trail: Callable[[Any, str], list[Crumb]] | None = None
    """The crumbs, where more than the list stands above the object: of its page (no title) or of the form with this title."""
    trail_of: Callable[[Any, str, Actor], list[Crumb]] | None = None
    """The same, where it depends on who looks: some come from their own list, others from that of who checks."""
    back: Callable[[HttpRequest, Any], str] | None = None
    """Where a form leads back to; the object's page where nothing is said."""
    slug: str = ""
    """What the names of the acts' addresses begin with, where the app has several processes: ``talk_``."""

    def __post_init__(self) -> None:
        PROCESSES[self.page] = self

    # What a page is made of

    def found_or_404(self, request: HttpRequest, pk: int) -> Any:
        """The object as far as the person may see it."""
        return found_or_404(self.load(actor_of(request), pk))

    def crumbs(self, row: Any, title: str = "", actor: Actor = SYSTEM) -> list[Crumb]:
        if self.trail_of is not None:
            return self.trail_of(row, title, actor)
        if self.trail is not None:
            return self.trail(row, title)
        made = [
            Crumb(self.list_word, reverse(self.lists)),
            Crumb(self.code(row), row.get_absolute_url() if title else ""),
        ]
        return [*made, Crumb(title)] if title else made

    def back_to(self, request: HttpRequest, row: Any) -> str:
        """Where a form about it leads back to."""
        return self.back(request, row) if self.back is not None else row.get_absolute_url()

    def frame(self, row: Any, actor: Actor, back: str = "") -> dict[str, Any]:
        """What the object's page says of the process: state, step line, crumbs, buttons of the head and of the second row."""
        buttons = self.buttons(row, actor)
        return {
            "row": row,
            "state": self.flow.states.get(row.state),
            "line": stages(self.flow.line, row.state, back=back) if self._on_line(back or row.state) else [],
            "crumbs": self.crumbs(row, "", actor),
            "acts": [button for button in buttons if not button.act.later],
            "more": [button for button in buttons if button.act.later],
            "step_url": self.step_url(row),
            "events": audit.history(row),
        }

    def _on_line(self, state: str) -> bool:
        return any(state == known for known, _ in self.flow.line)

    def step_url(self, row: Any) -> str:
        return reverse(self._named("step"), args=[row.pk])

    def buttons(self, row: Any, actor: Actor) -> list[Button]:
        """What is this person's trade in this state, possible or greyed."""
        return [
            self._button(act, row, actor)
            for act in self.acts
            if act.listed
            and act.part is None
            and (act.fits is None or act.fits(row))
            and self._concerns(act, row, actor)
        ]

    def _concerns(self, act: Act, row: Any, actor: Actor) -> bool:
        verb = act.verb_of(row)
        if act.beside:
            return actor.may_somewhere(verb)
        return (act.always or self.flow.stands(row, verb)) and self.flow.concerns(row, verb, actor)

    def _button(self, act: Act, row: Any, actor: Actor) -> Button:
        word = act.word if isinstance(act.word, str) else act.word(row, actor)
        primary = act.primary if isinstance(act.primary, bool) else act.primary(row, actor)
        if callable(act.page):
            url = act.page(row)
        else:
            url = reverse(act.page or self._named(act.slug if act.form or act.own else "step"), args=[row.pk])
        look = "btn-danger-plain" if act.danger else "btn-primary" if primary else "btn-plain"
        ask = act.ask if isinstance(act.ask, str) else act.ask(row)
        return Button(act, word or act.title_of(row), url, look, self.why_not(act, row, actor), ask)

    def why_not(self, act: Act, row: Any, actor: Actor) -> str:
        """Why an act can't be done now, in the user's words; "" when it can."""
        denied = None if act.beside else self.flow.why_not(row, act.verb_of(row), actor)
        if denied is not None:
            return denied.reason
        return act.hindered(row, actor) if act.hindered is not None else ""

    # Addresses and their pages

    def _named(self, slug: str) -> str:
        app = self.page.partition(":")[0]
        return f"{app}:{self.slug}{slug}"

    def urls(self, under: str = "", after: str = "") -> list[URLPattern]:
        """The addresses of the acts: a page for each form, one for all that only ask. ``after``: what stands behind the number."""
        found = (
            [path(f"{under}<int:pk>/{after}step/", self._step_view(), name=f"{self.slug}step")] if self._asked else []
        )
        for act in self.acts:
            if act.form is not None or act.part is not None or act.own:
                route = act.part.route if act.part is not None else "<int:pk>"
                address = (
                    f"{under}{route}/{after}{act.slug.replace('_', '-')}/" if act.part is None else f"{under}{route}"
                )
                view = self._form_view(act) if act.form is not None else self._own_step_view(act)
                found.append(path(address, view, name=f"{self.slug if act.part is None else ''}{act.slug}"))
        return found

    def own_names(self) -> list[str]:
        """The names of the addresses that name the object itself: for the fences."""
        own = [act.slug for act in self.acts if (act.form is not None or act.own) and act.part is None]
        return [self._named(slug) for slug in (*(["step"] if self._asked else []), *own)]

    def _form_view(self, act: Act) -> Callable[..., HttpResponse]:
        @require_http_methods(["GET", "POST"])
        def view(request: HttpRequest, **at: Any) -> HttpResponse:
            return self._answer(request, act, at)

        return view

    def _find(self, request: HttpRequest, act: Act, at: dict[str, Any]) -> tuple[Any, Any]:
        """(what the act is on, the object it belongs to)."""
        if act.part is None:
            row = self.found_or_404(request, at["pk"])
            return row, row
        found = found_or_404(act.part.load(actor_of(request), **at))
        return found, act.part.whole(found)

    def closed(self, request: HttpRequest, row: Any, verb: str) -> HttpResponse | None:
        """The answer instead of a page of an act that can't be done now: back to the object with the reason.

        A sent form is the action's to judge, which knows a form sent twice.
        """
        actor = actor_of(request)
        actor.require(verb, place_of(row))
        denied = self.flow.why_not(row, verb, actor) if request.method == "GET" else None
        if denied is None:
            return None
        messages.error(request, denied.reason)
        return redirect(self.back_to(request, row))

    def _answer(self, request: HttpRequest, act: Act, at: dict[str, Any]) -> HttpResponse:
        actor = actor_of(request)
        found, row = self._find(request, act, at)
        if (answer := self.closed(request, row, act.verb_of(found))) is not None:
            return answer
        back = self.back_to(request, row)
        title = act.title_of(found)
        given = act.given(actor, found) if act.given is not None else {}
        note = act.note(found) if callable(act.note) else act.note
        form = act.form(sent(request), request.FILES or None, **given)  # type: ignore[misc]  # has one: it is a form's view
        if request.method == "POST" and form.is_valid():
            key = act.part.key if act.part is not None else self.key
            done = refused(form, lambda: act.carry_out(actor, key, found, form.values))
            if done is not None:
                return act.told(request, done, back)
        return form_page(
            request,
            form,
            title=title,
            save=act.save or title,
            save_icon=act.save_icon or act.icon,
            cancel_url=back,
            crumbs=self.crumbs(row, title, actor),
            template=act.template or self.template,
            note=note or (self.note(row) if self.note is not None else ""),
            row=row,
            **(act.shown(found) if act.shown is not None else {}),
        )

    @property
    def _asked(self) -> dict[str, Act]:
        """The acts that only ask, by what their buttons send."""
        return {
            act.name or str(act.verb): act for act in self.acts if not (act.form or act.part or act.page or act.own)
        }

    def _step_view(self) -> Callable[..., HttpResponse]:
        asked = self._asked

        @require_POST
        def view(request: HttpRequest, pk: int) -> HttpResponse:
            row = self.found_or_404(request, pk)
            act = asked.get(request.POST.get("step", ""))
            if act is None:
                actor_of(request).require(str(self.acts[0].verb), place_of(row))
                raise Http404
            return self._carry_out(request, act, row, row)

        return view

    def _own_step_view(self, act: Act) -> Callable[..., HttpResponse]:
        @require_POST
        def view(request: HttpRequest, **at: Any) -> HttpResponse:
            return self._carry_out(request, act, *self._find(request, act, at))

        return view

    def _carry_out(self, request: HttpRequest, act: Act, found: Any, row: Any) -> HttpResponse:
        actor = actor_of(request)
        if act.beside:
            may_anywhere(request, act.verb_of(found))
        else:
            actor.require(act.verb_of(found), place_of(row))
        key = act.part.key if act.part is not None else self.key
        said = {"reason": request.POST.get("reason", "")} if act.reason else {}
        said |= act.asked(request) if act.asked is not None else {}
        done, why = tried(lambda: act.carry_out(actor, key, found, said))
        if why:
            messages.error(request, why)
            return redirect(self.back_to(request, row))
        if warning := act.warns(actor, found) if act.warns is not None else "":
            messages.warning(request, warning)
        return act.told(request, done, reverse(self.lists) if act.gone else self.back_to(request, row))
