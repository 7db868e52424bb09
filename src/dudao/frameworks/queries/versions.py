"""Reads of indicator systems. Who may see a version: its own office and those above; once published also all below."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from dudao.calc.tree import Change, Tree, diff, from_data
from dudao.core import audit
from dudao.core.access import Actor
from dudao.frameworks.models import FrameworkVersion, Indicator
from dudao.frameworks.trees import digest_of, tree_of
from dudao.orgs.models import Kind, Unit
from dudao.packs import FACTS, about, about_of, names, read, unchecked_words

PACKS = "frameworks"
_GROUPS = {"national": "国家标准", "local": "地方标准", "office": "本平台的模板"}


def _above(paths: Iterable[str]) -> set[str]:
    found = set()
    for path in paths:
        parts = path.rstrip(".").split(".")
        found |= {".".join(parts[:end]) + "." for end in range(1, len(parts) + 1)}
    return found


def versions(actor: Actor) -> QuerySet[Any]:
    """Own versions in every state, and what the offices above have published (or retired)."""
    counted = Indicator.objects.filter(version=OuterRef("pk")).exclude(kind="").order_by().values("version")
    leaves = Subquery(counted.annotate(count=Count("pk")).values("count"))
    rows = FrameworkVersion.objects.select_related("framework__unit").annotate(leaves=Coalesce(leaves, 0))
    if actor.everything:
        return rows
    own = FrameworkVersion.objects.visible_to(actor, "framework.view").values("pk")
    above = Q(framework__unit__path__in=_above(actor.paths("framework.view"))) & ~Q(state="draft")
    return rows.filter(Q(pk__in=own) | above)


def version_of(actor: Actor, pk: int) -> FrameworkVersion | None:
    found: FrameworkVersion | None = versions(actor).filter(pk=pk).first()
    return found


def indicators(version: FrameworkVersion) -> Sequence[Indicator]:
    """All rows in the order of the document, the root first."""
    return list(Indicator.objects.filter(version=version).order_by("path"))


def node_of(actor: Actor, pk: int) -> Indicator | None:
    """An indicator of a version that the actor may see."""
    return (
        Indicator.objects.select_related("version__framework__unit")
        .filter(pk=pk, version__in=versions(actor).values("pk"))
        .first()
    )


def node_by_code(version: FrameworkVersion, code: str) -> Indicator | None:
    return Indicator.objects.filter(version=version, code=code).first()


def tree(version: FrameworkVersion, rows: Sequence[Indicator] | None = None) -> Tree:
    return tree_of(version, indicators(version) if rows is None else rows)


def history(version: FrameworkVersion, most: int = 100) -> list[Any]:
    """What happened to a version and to its system, newest first."""
    return list((audit.history(version) | audit.history(version.framework))[:most])


def siblings(actor: Actor, version: FrameworkVersion) -> list[FrameworkVersion]:
    """The other versions of the same system that the actor may see, newest first."""
    return list(versions(actor).filter(framework=version.framework_id).exclude(pk=version.pk).order_by("-number"))


def offices(actor: Actor, verb: str) -> list[Unit]:
    """The units for which the actor may do something with indicator systems: cities and counties."""
    return list(
        Unit.objects.visible_to(actor, verb).filter(kind__in=(Kind.CITY, Kind.COUNTY, Kind.ZONE)).order_by("path")
    )


def pack_names() -> tuple[str, ...]:
    return names(PACKS)


def pack_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Packs as a form offers them, in groups: name, title with document number and what has still to be compared with it."""
    found: dict[str, list[tuple[str, str]]] = {level: [] for level in _GROUPS}
    for name in pack_names():
        facts_of = about(PACKS, name)
        parts = [
            facts_of.number or ("" if facts_of.level == "office" else "文号不详"),
            unchecked_words(facts_of),
            f"来源有 {len(facts_of.gaps)} 处缺口" if facts_of.gaps else "",
        ]
        words = "；".join(filter(None, parts))
        found[facts_of.level].append((name, f"{facts_of.title}（{words}）" if words else facts_of.title))
    return [(_GROUPS[level], choices) for level, choices in found.items()]


def facts(version: FrameworkVersion) -> dict[str, str]:
    """The facts of the document for reading; what nobody has compared with it says so, what is not known is «—»."""
    found = about_of({"about": version.whole.get("about", {})})
    return {name: found.said(name) for name in FACTS} | {"notes": found.notes}


def pack_news(version: FrameworkVersion) -> tuple[Change, ...]:
    """How the standard that the platform ships differs from a frozen version that came from it; nothing where what it holds today
    was loaded already, or where nobody knows. A new standard changes no system by itself.
    """
    system = version.framework
    if version.state == FrameworkVersion.State.DRAFT or system.pack not in pack_names():
        return ()
    shipped = pack_tree(system.pack)
    if FrameworkVersion.objects.filter(framework=system, pack_digest=digest_of(shipped)).exists():
        return ()
    return diff(tree(version), shipped)


def pack_tree(name: str) -> Tree:
    """A pack as `dudao.calc` knows it. Raises ``KeyError`` for an unknown name, `TreeDataError` for a wrong shape."""
    # Dates of the document become texts, as the database keeps them: a version and its pack have the same digest.
    return from_data(json.loads(json.dumps(dict(read(PACKS, name)), default=str)))
