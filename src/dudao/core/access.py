"""Who may do what where: verbs on a node of the unit tree, and on everything below it.

An ``Actor`` is loaded once a request and passed explicitly; there is no ambient user. ``actor.why_not(verb, place)`` answers
``None`` or a ``Denied`` that carries a reason a person can read. ``Model.objects.visible_to(actor, verb)`` is the same question
asked of a table. A place is the materialised path of a unit with a trailing dot: ``"1.4."`` is no prefix of ``"1.40."``.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Self

from django.db import models
from django.db.models import Q


@dataclass(frozen=True, slots=True)
class Verb:
    """One entry of the vocabulary: ``name`` is "app.verb", ``label`` what a button and the history say."""

    name: str
    label: str
    writes: bool = True


@dataclass(frozen=True, slots=True)
class Power:
    """Verbs that belong to one piece of work and are given together: ``key`` is "work:part", ``label`` its name for people."""

    key: str
    label: str
    verbs: tuple[Verb, ...]


VERBS: dict[str, Verb] = {}
POWERS: dict[str, Power] = {}


def power(key: str, label: str, *verbs: Verb) -> None:
    """Add verbs to the vocabulary together with the power that holds them; each app does so in its ``verbs.py``."""
    declare(*verbs)
    if POWERS.setdefault(key, Power(key, label, verbs)) != Power(key, label, verbs):
        raise ValueError(f"power {key} is declared twice with different verbs")


def declare(*verbs: Verb) -> None:
    """Add verbs to the vocabulary that are in no power: roles name them one by one."""
    for verb in verbs:
        if VERBS.setdefault(verb.name, verb) != verb:
            raise ValueError(f"verb {verb.name} is declared twice with different meanings")


def verbs_of(keys: Iterable[str]) -> frozenset[str]:
    """The names of the verbs in these powers; a verb that is in none stands for itself."""
    found: set[str] = set()
    for key in keys:
        if key in POWERS:
            found.update(verb.name for verb in POWERS[key].verbs)
        elif key in VERBS:
            found.add(key)
        else:
            raise KeyError(f"no app declares a power or verb {key}")
    return frozenset(found)


class Denied(Exception):
    """A refusal with its reason in the user's words. It has no truth value, so it can't be mistaken for a yes or a no."""

    def __init__(self, reason: str, verb: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.verb = verb

    def __bool__(self) -> bool:
        if self.__traceback__ is not None:  # raised: Python's own traceback printer asks
            return True
        raise TypeError("Denied has no truth value: compare with None")


@dataclass(frozen=True, slots=True)
class Grant:
    """Verbs held on one node and all below it; ``source`` says by which appointment, for «why can I see this?»."""

    verbs: frozenset[str]
    path: str
    source: str = ""

    def covers(self, verb: str, place: str) -> bool:
        return verb in self.verbs and place.startswith(self.path)


@dataclass(frozen=True, slots=True)
class Actor:
    """A person (or the system) with the grants of today. ``read_only`` is set while somebody looks «as» this person."""

    id: int | None
    name: str
    grants: tuple[Grant, ...] = ()
    read_only: bool = False
    address: str = field(default="", compare=False)
    everything: bool = False

    def why_not(self, verb: str, place: str) -> Denied | None:
        """``None`` when the act is allowed; otherwise why it isn't."""
        if verb not in VERBS:
            raise KeyError(f"unknown verb {verb}: declare it in the app's verbs.py")
        if self.read_only and VERBS[verb].writes:
            return Denied("当前为只读查看，不能进行任何操作。", verb)
        if self.everything or any(grant.covers(verb, place) for grant in self.grants):
            return None
        label = VERBS[verb].label
        if any(verb in grant.verbs for grant in self.grants):
            return Denied(f"您的“{label}”权限不包括这个单位。", verb)
        return Denied(f"您没有“{label}”的权限，如工作需要请联系安全管理员。", verb)

    def require(self, verb: str, *places: str) -> None:
        """Raise ``Denied`` unless the act is allowed on every place: the object's own and each target it moves to."""
        for place in places:
            denied = self.why_not(verb, place)
            if denied is not None:
                raise denied

    def may(self, verb: str, place: str) -> bool:
        return self.why_not(verb, place) is None

    def may_somewhere(self, verb: str) -> bool:
        """Whether any grant holds the verb: what the menu asks."""
        return self.everything or bool(self.paths(verb))

    def paths(self, verb: str) -> tuple[str, ...]:
        """The highest nodes on which the verb is held, none below another."""
        found: list[str] = []
        for path in sorted({grant.path for grant in self.grants if verb in grant.verbs}):
            if not any(path.startswith(upper) for upper in found):
                found.append(path)
        return tuple(found)

    def sources(self, verb: str, place: str) -> Iterator[Grant]:
        """The grants that allow the act: the answer to «why can I see this?»."""
        return (grant for grant in self.grants if grant.covers(verb, place))


SYSTEM = Actor(id=None, name="系统", everything=True)
"""The platform itself: scheduled jobs, set-up. Recorded as such."""


class ScopedQuerySet(models.QuerySet[Any]):
    """The manager of every model that has a place. The model names the look-ups to its places in ``SCOPE``.

    ``SCOPE`` is a tuple of look-ups to unit paths, for example ``("unit__path",)``; with several, any one of them opens the row.
    """

    def visible_to(self, actor: Actor, verb: str) -> Self:
        """The rows on which the actor holds the verb. Without a grant: none."""
        if verb not in VERBS:
            raise KeyError(f"unknown verb {verb}: declare it in the app's verbs.py")
        if actor.read_only and VERBS[verb].writes:
            return self.none()
        if actor.everything:
            return self.all()
        paths = actor.paths(verb)
        if not paths:
            return self.none()
        # What is the row's own comes first, in one join; what it has many of is asked as keys (a join would repeat rows), each by
        # itself: one question over all their tables takes longer to plan than to answer, and an OR stops at the first yes.
        own, keys = Q(), Q()
        for lookup in self.model.SCOPE:
            scope = Q()
            for path in paths:
                scope |= Q(**{f"{lookup}__startswith": path})
            if _spans_many(self.model, lookup):  # type: ignore[arg-type]
                keys |= Q(pk__in=self.model._base_manager.filter(scope).values("pk"))
            else:
                own |= scope
        return self.filter(own | keys)


@cache
def _spans_many(model: Any, lookup: str) -> bool:
    for part in lookup.split("__"):
        found: Any = model._meta.get_field(part)
        if found.many_to_many or found.one_to_many:
            return True
        if found.is_relation:
            model = found.related_model
    return False


def place_of(obj: Any) -> str:
    """The path of the unit an object belongs to: its own answer (``place``) or the first look-up of its ``SCOPE``."""
    own = getattr(obj, "place", None)
    if isinstance(own, str):
        return own
    value = obj
    for part in obj.SCOPE[0].split("__"):
        value = getattr(value, part)
    return str(value)
