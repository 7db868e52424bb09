"""Uploads of numbers move to the table of all imports. They get new keys there; what waits in the queue is told."""

from django.db import migrations


def carry_over(apps, schema_editor):
    old, new = apps.get_model("stats", "DataUpload"), apps.get_model("core", "SheetImport")
    jobs = apps.get_model("core", "Job")
    same = (
        "file_id", "name", "state", "uploaded_at", "uploaded_by", "counts", "preview", "notes", "message", "errors_id", "job_id",
        "problems",
    )  # fmt: skip
    for row in old.objects.select_related("root").order_by("pk"):
        made = new.objects.create(
            kind="stats", target=row.root_id, place=row.root.path, into=row.root.name[:200],
            params={"round": row.round_id, "sort": row.sort}, **{name: getattr(row, name) for name in same},
        )  # fmt: skip
        for job in jobs.objects.filter(kind__in=["stats.check", "stats.import"], params={"upload": row.pk}):
            job.params = {"import": made.pk}
            job.url = job.url.replace(f"/import/{row.pk}/", f"/import/{made.pk}/")
            job.save(update_fields=["params", "url"])


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0004_imports"),
        # The uploads of units keep their keys, so they go first.
        ("orgs", "0004_one_import"),
        ("stats", "0002_guards"),
    ]

    operations = [
        migrations.RunPython(carry_over, migrations.RunPython.noop, elidable=True),
        migrations.DeleteModel("DataUpload"),
    ]
