"""Uploads of units move to the table of all imports, under their keys, so that links to them stay good."""

from django.db import migrations


def carry_over(apps, schema_editor):
    old, new = apps.get_model("orgs", "UnitImport"), apps.get_model("core", "SheetImport")
    same = (
        "id", "file_id", "name", "state", "uploaded_at", "uploaded_by", "counts", "notes", "message", "errors_id", "job_id",
        "problems",
    )  # fmt: skip
    for row in old.objects.select_related("root").order_by("pk"):
        new.objects.create(
            kind="units", target=row.root_id, place=row.root.path, into=row.root.name[:200],
            preview=[
                {**line, "sub": f"{line.get('kind', '—')}，隶属{line.get('parent', '—')}"} for line in row.preview
            ],
            **{name: getattr(row, name) for name in same},
        )  # fmt: skip
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence('core_sheetimport', 'id'),"
            " greatest((SELECT max(id) FROM core_sheetimport), 1), (SELECT count(*) > 0 FROM core_sheetimport))"
        )


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0004_imports"),
        ("orgs", "0003_licences"),
    ]

    operations = [
        migrations.RunPython(carry_over, migrations.RunPython.noop, elidable=True),
        migrations.DeleteModel("UnitImport"),
    ]
