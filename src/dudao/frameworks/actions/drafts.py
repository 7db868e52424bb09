"""What every change of a version starts from: the locked row, the draft at the revision the page was opened on, its tree."""

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import F, Max

from dudao.calc.tree import Tree, TreeDataError
from dudao.core import audit
from dudao.core.access import Actor, Denied
from dudao.core.workflow import Conflict
from dudao.frameworks.editing.changes import conflict_words
from dudao.frameworks.models import Framework, FrameworkVersion, Indicator
from dudao.frameworks.queries import indicators
from dudao.frameworks.trees import rows_of, tree_of


def locked(version: FrameworkVersion) -> FrameworkVersion:
    """The version as it stands now, locked until the action ends."""
    return FrameworkVersion.objects.select_related("framework__unit").select_for_update(of=("self",)).get(pk=version.pk)


def write_tree(version: FrameworkVersion, tree: Tree) -> None:
    count = sum(1 for _ in tree.root.walk())
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('frameworks_indicator', 'id')) FROM generate_series(1, %s)", [count]
        )
        keys = [row[0] for row in cursor.fetchall()]
    Indicator.objects.bulk_create(rows_of(version, tree, keys), batch_size=500)


def next_number(system: Framework) -> int:
    return (FrameworkVersion.objects.filter(framework=system).aggregate(last=Max("number"))["last"] or 0) + 1


def draft_of(actor: Actor, version: FrameworkVersion, revision: int) -> FrameworkVersion:
    """The draft, locked; refused when it was published or changed since the page was opened."""
    found = locked(version)
    actor.require("framework.edit", found.framework.unit.path)
    if found.state != FrameworkVersion.State.DRAFT:
        raise Denied("已发布的版本不能再改，请另立新版本后修改。", "framework.edit")
    if found.revision != revision:
        raise Conflict(conflict_words(audit.history(found).filter(data__revision__gt=revision)[:3]))
    FrameworkVersion.objects.filter(pk=found.pk).update(revision=F("revision") + 1)
    found.revision += 1
    return found


def readable(version: FrameworkVersion) -> Tree:
    try:
        return tree_of(version, indicators(version))
    except TreeDataError as error:
        raise ValidationError(f"{error}") from None
