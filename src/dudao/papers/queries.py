"""Reads over papers: whose list holds what, a paper's Word files and words, its receivers, its number, what is to be done."""

import re
import shutil
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from dudao.core import audit, files
from dudao.core.access import VERBS, Actor
from dudao.core.documents import Reading, read_word, text_of
from dudao.core.models import Job
from dudao.orgs.models import Kind as UnitKind
from dudao.orgs.models import Unit
from dudao.papers.comparing import Difference, differences, typed_in
from dudao.papers.composing import look_of
from dudao.papers.flow import DRAFTING
from dudao.papers.models import Delivery, Number, OfficeFont, OfficeStyle, Paper, PaperVersion, Template
from dudao.papers.sources import Fact, facts_now, is_known
from dudao.people.models import Account
from dudao.people.queries import nearest_holders

OPEN = (*DRAFTING, Paper.State.SUBMITTED, Paper.State.CHECKED, Paper.State.SIGNED)
"""States in which a paper's words can still be compared with the database."""


def fonts_folder() -> Path:
    """Where an office drops fonts of its own (docs/operations.md)."""
    return Path(settings.DATA) / "fonts"


def own_fonts() -> Path | None:
    """The folder with all fonts that offices have brought: those from their style pages are laid beside those put there by hand.

    Each host that sets papers has the folder for itself; what is missing there is fetched once.
    """
    folder = fonts_folder()
    for row in OfficeFont.objects.select_related("file"):
        place = folder / f"{row.file.digest}{Path(row.name).suffix.lower() or '.otf'}"
        if not place.exists():
            folder.mkdir(parents=True, exist_ok=True)
            # One that is lost hinders no paper; no half font is ever read, also where two processes fetch it at once.
            with suppress(files.Missing), files.opened(row.file) as source:
                with tempfile.NamedTemporaryFile(dir=folder, delete=False) as target:
                    shutil.copyfileobj(source, target)
                Path(target.name).replace(place)
    return folder if folder.is_dir() else None


# --- whose papers ----------------------------------------------------------------------------------------------


def _below(actor: Actor, verb: str, lookup: str = "unit__path") -> Q:
    if actor.everything:
        return Q()
    found = Q(pk__in=[])
    for path in actor.paths(verb):
        found |= Q(**{f"{lookup}__startswith": path})
    return found


def _written(actor: Actor, way: str = "") -> Q:
    """The papers that one's offices write. One about a person: where one may know of it, and isn't that person."""
    found = _below(actor, "paper.view", f"{way}unit__path")
    if actor.everything:
        return found
    personal = _below(actor, "paper.personal", f"{way}unit__path")
    others = ~Q(**{f"{way}person": actor.id}) | Q(**{f"{way}person__isnull": True})
    return found & (Q(**{f"{way}about_person": False}) | personal & others)


def _received(actor: Actor) -> QuerySet[Delivery]:
    """What was delivered to one's units and those below. A paper about a person: to that person, and to who answers for the very
    unit (for a teaching point that of its school), not to an office in between.
    """
    rows = Delivery.objects.visible_to(actor, "paper.view")
    if actor.everything:
        return rows
    found = Q(paper__about_person=False) | Q(paper__person=actor.id)
    at = {grant.path for grant in actor.grants if "paper.personal" in grant.verbs}
    if at:
        dependent = Unit.objects.filter(kind__in=[UnitKind.OFFICE, UnitKind.TEACHING_POINT], parent__path__in=at)
        found |= Q(unit__path__in=at) | Q(unit__in=dependent.values("pk"))
    return rows.filter(found)


def seen(actor: Actor) -> QuerySet[Paper]:
    """The papers one may see at all: those of one's offices, and those that were delivered to one's units."""
    received = _received(actor).values("paper")
    rows = Paper.objects.filter(_written(actor) | Q(pk__in=received))
    return rows.select_related("unit", "number", "replaces", "pdf", "sealed", "drafted_by", "checked_by", "signed_by")


def paper(actor: Actor, pk: int) -> Paper | None:
    """A paper of one's office, or one that one's unit received."""
    return seen(actor).filter(pk=pk).first()


def office_paper(actor: Actor, pk: int) -> Paper | None:
    """A paper of one's office: what a receiver doesn't see of it is not there for them."""
    found = paper(actor, pk)
    return found if found is not None and is_inside(actor, found) else None


_WHOLE_NUMBER = re.compile(r"(?P<code>[^〔\[]*)[〔\[](?P<year>\d{4})[〕\]](?P<number>\d{1,6})号?")


def named(rows: QuerySet[Paper], text: str) -> QuerySet[Paper]:
    """Those whose title holds every word, or whose number is the one typed («某政教督办〔2026〕3号», brackets of any kind)."""
    number = _WHOLE_NUMBER.fullmatch(text.replace(" ", ""))
    if number is not None:
        typed = {"number__year": number["year"], "number__number": number["number"]}
        return rows.filter(number__code_word__endswith=number["code"], **typed)
    words = Q()
    for word in text.split():
        words &= Q(title__icontains=word)
    return rows.filter(words)


def is_inside(actor: Actor, paper: Paper) -> bool:
    """Whether one belongs to the office that writes the paper; a receiver sees what was issued, and nothing of the drafting."""
    if not actor.may("paper.view", paper.unit.path):
        return False
    if not paper.about_person or actor.everything:
        return True
    return actor.may("paper.personal", paper.unit.path) and paper.person_id != actor.id


def _light(rows: Any, way: str = "") -> Any:
    """Rows for a list, without what only a paper's own page needs: a sort of many would carry it along."""
    return rows.defer(*(f"{way}{name}" for name in ("values", "facts", "recipients", "acknowledged")))


def ours(actor: Actor) -> QuerySet[Paper]:
    """The papers that one's offices write, with how many receivers have signed: ``sent`` and ``signed``."""
    counted = Delivery.objects.filter(paper=OuterRef("pk")).order_by().values("paper")
    rows = Paper.objects.filter(_written(actor))
    return _light(rows.select_related("unit", "number", "drafted_by")).annotate(
        sent=Coalesce(Subquery(counted.annotate(n=Count("pk")).values("n")), 0),
        signed=Coalesce(Subquery(counted.annotate(n=Count("pk", filter=Q(state="signed"))).values("n")), 0),
    )


def writes_papers(actor: Actor) -> bool:
    """Whether one works in an office that writes papers: leaders sign them, the others draft, check or read them."""
    return any(actor.may_somewhere(verb) for verb in ("paper.draft", "paper.check", "paper.sign", "finding.create"))


def mine(actor: Actor) -> Q:
    """Which papers of the very offices at which one is appointed wait for this person: to be drafted on, checked, signed, issued.

    A city's officers may check the papers of every county; that doesn't make it their work.
    """
    own = Q(drafted_by=actor.id)
    return (
        (Q(state__in=[Paper.State.DRAFT, Paper.State.RETURNED]) & own & _at(actor, "paper.draft"))
        | (Q(state=Paper.State.SUBMITTED) & ~own & _at(actor, "paper.check"))
        | (Q(state=Paper.State.CHECKED) & _at(actor, "paper.sign"))
        | (Q(state=Paper.State.SIGNED) & _at(actor, "paper.issue"))
    )


def _at(actor: Actor, verb: str) -> Q:
    return Q(unit__path__in={grant.path for grant in actor.grants if verb in grant.verbs})


def waiting(actor: Actor) -> QuerySet[Paper]:
    """The papers that wait for this person, the oldest first."""
    return ours(actor).filter(mine(actor)).order_by("created_at", "id")


def years(actor: Actor) -> list[int]:
    """The years in which one's offices signed papers, the latest first."""
    rows = Number.objects.visible_to(actor, "paper.view").order_by("-year").values_list("year", flat=True)
    return list(dict.fromkeys(rows.distinct()))


def numbers_seen(actor: Actor) -> QuerySet[Number]:
    """The register of numbers (发文登记) of one's offices."""
    rows = Number.objects.visible_to(actor, "paper.view")
    return _light(rows.select_related("unit", "paper__unit", "paper__signed_by"), "paper__")


def last_reason(paper: Paper) -> str:
    """Why the paper was last sent back, withdrawn or discarded."""
    if paper.state not in {Paper.State.RETURNED, Paper.State.WITHDRAWN, Paper.State.DISCARDED}:
        return ""
    verbs = ["paper.send_back", "paper.withdraw", "paper.discard"]
    event = audit.history(paper).filter(verb__in=verbs).first()
    return event.reason if event is not None else ""


def _sequence(code_word: str, year: int, last: int, held: int) -> str:
    span = f"1—{last}号" if last > 1 else "1号"
    return f"{code_word}〔{year}〕{span}，" + ("没有空号" if held == last else f"缺 {last - held} 个号")


def sequences(actor: Actor) -> list[str]:
    """What the register says of this year's and last year's sequences: «某政教督办〔2026〕1—12号，没有空号»."""
    rows = Number.objects.visible_to(actor, "paper.view").filter(year__gte=timezone.localdate().year - 1)
    groups = rows.order_by().values("unit", "code_word", "year").annotate(last=Max("number"), held=Count("pk"))
    return [
        _sequence(row["code_word"], row["year"], row["last"], row["held"])
        for row in groups.order_by("-year", "unit__path", "code_word")[:6]
    ]


# --- receivers -------------------------------------------------------------------------------------------------


def deliveries_seen(actor: Actor) -> QuerySet[Delivery]:
    """What was delivered to one's units and those below (收文)."""
    rows = _received(actor).select_related("unit", "paper__unit", "paper__number")
    return _light(rows, "paper__")


def own(actor: Actor) -> Q:
    """Which deliveries are to the very units at which one is appointed: what one signs for."""
    return Q(unit__path__in={grant.path for grant in actor.grants if "paper.receive" in grant.verbs})


def own_deliveries(actor: Actor) -> QuerySet[Delivery]:
    """What was delivered to one's own units, not to those below."""
    return deliveries_seen(actor).filter(own(actor))


def deliveries_of(actor: Actor, paper: Paper) -> list[Delivery]:
    """The receivers of a paper as far as one may see them: all for its office, else those of one's units."""
    rows = paper.deliveries.select_related("unit").order_by("unit__sort_no", "unit__sort_key", "pk")
    if not is_inside(actor, paper):
        rows = rows.filter(pk__in=_received(actor).filter(paper=paper).values("pk"))
    found = list(rows)
    for delivery in found:
        delivery.paper = paper
    return found


def overdue(day: date, *, soon: int = 1) -> QuerySet[Delivery]:
    """Unsigned deliveries of issued papers whose deadline has passed or comes within ``soon`` days, not reminded on ``day``."""
    start = timezone.make_aware(datetime.combine(day, datetime.min.time()))
    rows = Delivery.objects.filter(state=Delivery.State.SENT, paper__state=Paper.State.ISSUED, due_on__isnull=False)
    rows = rows.filter(Q(reminded_at__isnull=True) | Q(reminded_at__lt=start), due_on__lte=day + timedelta(soon))
    return rows.select_related("unit", "paper__unit")


GROUPS = {
    "counties": ("各县市区人民政府", (UnitKind.COUNTY, UnitKind.ZONE)),
    "departments": ("各成员单位", (UnitKind.DEPARTMENT,)),
    "schools": ("各学校", (UnitKind.SCHOOL, UnitKind.TEACHING_POINT)),
    "kindergartens": ("各幼儿园", (UnitKind.KINDERGARTEN,)),
}
"""Receivers that are named by one word, as it stands in the paper: all open units of these kinds below the office."""


def units_of_group(office: Unit, group: str) -> list[Unit]:
    """The open units of a group below an office."""
    units = Unit.objects.filter(path__startswith=office.path, valid_to__isnull=True, kind__in=GROUPS[group][1])
    return list(units.exclude(pk=office.pk).order_by("sort_no", "sort_key", "pk"))


def reachable(actor: Actor, office: Unit, had: Sequence[int] = ()) -> QuerySet[Unit]:
    """Whom an office may write to: the open units that one sees, those above the office, and whom a draft names already."""
    above = [int(key) for key in office.path.split(".")[:-1]]
    seen_units = Unit.objects.visible_to(actor, "unit.view").values("pk")
    return Unit.objects.filter(Q(pk__in=seen_units) | Q(pk__in=above) | Q(pk__in=list(had)), valid_to__isnull=True)


def recipients_of(paper: Paper) -> list[Unit]:
    """The receivers named in the draft, in their order."""
    found = Unit.objects.in_bulk(paper.recipients)
    return [found[key] for key in paper.recipients if key in found]


# --- Word files ------------------------------------------------------------------------------------------------


def checkers(actor: Actor, paper: Paper) -> frozenset[int]:
    """The accounts of the paper's own office, other than the drafter's, that may check it."""
    held = nearest_holders(["paper.check"], [paper.unit.path])[paper.unit.path]
    return held - {paper.drafted_by_id, actor.id}


def office_name(paper: Paper) -> str:
    """The full name of the office that writes, as it stands under the paper."""
    return look_of(paper.unit, paper.signed_on or timezone.localdate()).signature


def latest(paper: Paper) -> PaperVersion:
    version: PaperVersion = paper.versions.select_related("file").order_by("-number")[:1].get()
    return version


def composed(paper: Paper) -> PaperVersion | None:
    """The last version that the platform itself made of the fields."""
    return paper.versions.select_related("file").filter(is_uploaded=False).order_by("-number").first()


def content_of(version: PaperVersion) -> bytes:
    with files.opened(version.file) as stream:
        return bytes(stream.read())


def version_seen(actor: Actor, pk: int) -> PaperVersion | None:
    """A version of a draft: only for the office that writes it."""
    rows = PaperVersion.objects.visible_to(actor, "paper.view").filter(_written(actor, "paper__"))
    return rows.select_related("file", "paper__unit").filter(pk=pk).first()


def template_of(unit: Unit, kind: str) -> bytes | None:
    """The office's own template for this kind of paper, if it uses one."""
    found = Template.objects.select_related("file").filter(unit=unit, kind=kind, in_use=True).first()
    if found is None:
        return None
    with files.opened(found.file) as stream:
        return bytes(stream.read())


def has_style(unit: Unit, day: date) -> bool:
    return OfficeStyle.objects.filter(unit=unit, valid_from__lte=day).exclude(valid_to__lte=day).exists()


# --- before issue ----------------------------------------------------------------------------------------------


def stored_facts(paper: Paper) -> list[Fact]:
    return [Fact(fact["name"], fact["value"], fact["text"]) for fact in paper.facts]


def compare(paper: Paper, reading: Reading | None = None) -> list[Difference]:
    """What to look at before the paper is issued, with the office's answers. ``reading``: its latest Word file, if it is read."""
    current = latest(paper)
    if reading is None:
        reading = read_word(content_of(current))
    explained = [_day_words(paper.signed_on), str(getattr(paper, "number", "")), paper.title]
    own = composed(paper) if current.is_uploaded else None
    if own is not None:
        explained.append(text_of(read_word(content_of(own))))
    elif not current.is_uploaded:
        explained.append(text_of(reading))
    stored = stored_facts(paper)
    # A source that nobody answers for can't be asked; its facts must still stand in the paper.
    now = facts_now(paper.source_key) if is_known(paper.source_key) else None
    answers = {row["key"]: row for row in paper.acknowledged}
    return [
        Difference(
            item.sort,
            item.key,
            item.words,
            answers.get(item.key, {}).get("reason", ""),
            answers.get(item.key, {}).get("by", ""),
        )
        for item in differences(reading, stored=stored, now=now, explained=explained, fonts=own_fonts())
    ]


def signatory_of(office: Unit) -> str:
    """Who signs for an office, where that is one person: what an upward report names as 签发人; else it is left to be filled in."""
    found = nearest_holders(["paper.sign"], [office.path])[office.path]
    return str(Account.objects.get(pk=next(iter(found))).name) if len(found) == 1 else ""


def typed_by_hand(paper: Paper) -> list[str]:
    """The numbers of a paper's latest Word file that nothing in the database stands behind."""
    return typed_in(read_word(content_of(latest(paper))), stored_facts(paper))


def _day_words(day: date | None) -> str:
    return "" if day is None else f"{day.year}年{day.month}月{day.day}日"


# --- the public page -------------------------------------------------------------------------------------------


def paper_of_code(code: str) -> Paper | None:
    """The issued or withdrawn paper of a verification code. Asked by anybody: the caller shows only what is public."""
    states = [Paper.State.ISSUED, Paper.State.WITHDRAWN]
    found: Paper | None = (
        Paper.objects.filter(verify_code=code, state__in=states).select_related("unit", "number", "sealed").first()
        if code
        else None
    )
    return found


def successor(paper: Paper) -> Paper | None:
    """The issued paper that replaces this one."""
    found: Any = paper.replaced_by.filter(state=Paper.State.ISSUED).select_related("number").first()
    return found


# --- in the background -----------------------------------------------------------------------------------------

BACKGROUND = {"paper.sign": "papers.sign", "paper.issue": "papers.issue"}
"""The jobs that take a step of a paper with very many rows."""
TOGETHER = "papers.together"
"""The job that takes a step with many papers."""


def going(paper: Paper) -> Job | None:
    """The job that takes a step of this paper now, whoever began it."""
    kinds = list(BACKGROUND.values())
    waiting = Job.objects.filter(kind__in=[*kinds, TOGETHER], state__in=[Job.State.QUEUED, Job.State.RUNNING])
    return waiting.filter(Q(params__paper=paper.pk) | Q(params__contains={"papers": [paper.pk]})).first()


def going_word(paper: Paper) -> str:
    """«签发», «印发»: what is done to this paper in the background; "" when nothing is."""
    job = going(paper)
    if job is not None and job.kind == TOGETHER:
        return VERBS[job.params["step"]].label
    step = next((step for step, kind in BACKGROUND.items() if job is not None and job.kind == kind), None)
    return VERBS[step].label if step is not None else ""
