"""A draft of the demo city's as one person edits it, on the days on which they would have."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from dudao.core.access import Actor
from dudao.demo import clock
from dudao.frameworks.actions import nodes, whole
from dudao.frameworks.models import FrameworkVersion, Indicator
from dudao.frameworks.trees import node_data
from dudao.packs import FACTS

MARK = "演示数据"


@contextmanager
def on(now: datetime, day: int) -> Iterator[None]:
    with clock.set_to(now + timedelta(day)):
        yield


class Draft:
    """A draft as one person edits it, from revision to revision."""

    def __init__(self, actor: Actor, version: FrameworkVersion) -> None:
        self.actor, self.version = actor, version

    @property
    def revision(self) -> int:
        return int(FrameworkVersion.objects.values_list("revision", flat=True).get(pk=self.version.pk))

    @property
    def root(self) -> str:
        return str(Indicator.objects.values_list("code", flat=True).get(version=self.version, parent=None))

    def row(self, code: str) -> Indicator:
        return Indicator.objects.select_related("version").get(version=self.version, code=code)

    def edit(self, code: str, **changes: Any) -> None:
        row = self.row(code)
        nodes.edit_node(self.actor, node=row, revision=self.revision, values={**node_data(row), **changes})

    def add(self, below: str, **values: Any) -> None:
        nodes.add_node(self.actor, parent=self.row(below), revision=self.revision, values=values)

    def points(self, points: Mapping[str, str]) -> None:
        values = {self.row(code).pk: {"points": Decimal(value)} for code, value in points.items()}
        nodes.set_points(self.actor, version=self.version, revision=self.revision, values=values)

    def set_weights(self, weights: Mapping[str, Decimal]) -> None:
        values = {self.row(code).pk: {"weight": weight} for code, weight in weights.items()}
        nodes.set_points(self.actor, version=self.version, revision=self.revision, values=values)

    def say(self, title: str, notes: str) -> None:
        """A title and notes of its own; the document is the office's now, indicators that nobody compared stay so."""
        about = {**self.version.whole.get("about", {}), "number": "", "issuer": "", "notes": f"{MARK}：{notes}"}
        about |= {"unchecked": [code for code in about.get("unchecked", ()) if code not in FACTS], "level": "office"}
        whole.set_document(self.actor, version=self.version, revision=self.revision, title=title, about=about)
        self.version.refresh_from_db()
