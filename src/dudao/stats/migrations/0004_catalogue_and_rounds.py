"""The catalogue and rounds are kept by people: revisions, what may be taken over, later deadlines, reminders."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("stats", "0003_elimination"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="value",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="value",
            name="update_update",
        ),
        migrations.AddField(
            model_name="checkrule",
            name="revision",
            field=models.PositiveIntegerField(default=0, verbose_name="修订"),
        ),
        migrations.AddField(
            model_name="dataitem",
            name="carried",
            field=models.BooleanField(default=False, verbose_name="可沿用上年"),
        ),
        migrations.AddField(
            model_name="dataitem",
            name="revision",
            field=models.PositiveIntegerField(default=0, verbose_name="修订"),
        ),
        migrations.AddField(
            model_name="return",
            name="due_on",
            field=models.DateField(blank=True, null=True, verbose_name="延长到"),
        ),
        migrations.AddField(
            model_name="return",
            name="reminded_on",
            field=models.DateField(blank=True, null=True, verbose_name="最近提醒"),
        ),
        migrations.AddField(
            model_name="return",
            name="taken",
            field=models.PositiveIntegerField(default=0, verbose_name="待核对的沿用数"),
        ),
        migrations.AddField(
            model_name="round",
            name="revision",
            field=models.PositiveIntegerField(default=0, verbose_name="修订"),
        ),
        migrations.AddField(
            model_name="value",
            name="taken",
            field=models.CharField(
                blank=True,
                choices=[("last", "上年报表"), ("register", "机构信息"), ("below", "所属学校报表")],
                max_length=10,
                verbose_name="沿用自",
            ),
        ),
        migrations.AddField(
            model_name="valueevent",
            name="taken",
            field=models.CharField(
                blank=True,
                choices=[("last", "上年报表"), ("register", "机构信息"), ("below", "所属学校报表")],
                max_length=10,
                verbose_name="沿用自",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="value",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "stats_valueevent" ("id", "item_id", "note", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "ret_id", "stage", "taken") VALUES (NEW."id", NEW."item_id", NEW."note", NEW."number", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."ret_id", NEW."stage", NEW."taken"); RETURN NULL;',
                    hash="c7e30791e13cb7d2a230376b92d80d2981a6b04c",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_36caa",
                    table="stats_value",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="value",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "stats_valueevent" ("id", "item_id", "note", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "ret_id", "stage", "taken") VALUES (NEW."id", NEW."item_id", NEW."note", NEW."number", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."ret_id", NEW."stage", NEW."taken"); RETURN NULL;',
                    hash="fdbb5e09393356a30f823ca316ec8f849d42b93d",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_59aef",
                    table="stats_value",
                    when="AFTER",
                ),
            ),
        ),
    ]
