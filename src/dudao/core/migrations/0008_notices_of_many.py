import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0007_unread_by_event")]

    operations = [
        migrations.AddField(
            model_name="notice",
            name="event_ids",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), default=list, size=None, verbose_name="操作记录编号"
            ),
        ),
        migrations.RunSQL(
            "UPDATE core_notice SET event_ids = ARRAY[event_id] WHERE event_id IS NOT NULL AND read_at IS NULL",
            migrations.RunSQL.noop,
        ),
        migrations.RemoveIndex(model_name="notice", name="notice_unread_event"),
        migrations.RemoveField(model_name="notice", name="event_id"),
        migrations.AddIndex(
            model_name="notice",
            index=django.contrib.postgres.indexes.GinIndex(
                condition=models.Q(("read_at__isnull", True)), fields=["event_ids"], name="notice_unread_events"
            ),
        ),
    ]
