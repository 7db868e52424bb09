"""Ledgers that came back move to the table of all imports, with new keys.

What waits can still be confirmed. Faulty ones lose their red copy, which is made at the check now: they say what was wrong, and the
ledger is brought again.
"""

import json
import zlib

from django.db import migrations


def carry_over(apps, schema_editor):
    old, new = apps.get_model("plans", "LedgerUpload"), apps.get_model("core", "SheetImport")
    for row in old.objects.select_related("owner").order_by("pk").iterator():
        made = new.objects.create(
            kind="plans.ledger", target=0, place="", into="", owner=row.owner, uploaded_by=row.owner.name, file_id=row.file_id,
            name=row.name, state={"checked": "ready", "applied": "done"}.get(row.state, row.state), done_at=row.applied_at,
            counts={
                "rows": row.rows, "changes": len(row.changes), "touched": len({change["row"] for change in row.changes}),
                "problems": len(row.problems),
            },
            preview=row.changes[:500], problems=[f"第 {line} 行{text}" for line, _, text in row.problems[:200]], notes=row.notes,
            kept=zlib.compress(json.dumps(row.changes, ensure_ascii=False).encode()) if row.state == "checked" else b"",
        )  # fmt: skip
        new.objects.filter(pk=made.pk).update(uploaded_at=row.created_at)


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0005_owned_imports"),
        # The uploads of units keep their keys, so they go first.
        ("orgs", "0004_one_import"),
        ("plans", "0002_guards"),
    ]

    operations = [
        migrations.RunPython(carry_over, migrations.RunPython.noop, elidable=True),
        migrations.DeleteModel("LedgerUpload"),
    ]
