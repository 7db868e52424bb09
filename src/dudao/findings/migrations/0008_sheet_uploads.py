"""Sheets of findings that people bring, between their check and the moment they say yes."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0004_counter"),
        ("findings", "0007_facts_of_sources"),
        ("orgs", "0005_search_words_cost"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FindingUpload",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200, verbose_name="文件名")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("checked", "待确认"),
                            ("faulty", "有错误"),
                            ("applied", "已导入"),
                            ("discarded", "已放弃"),
                        ],
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("rows", models.PositiveIntegerField(default=0, verbose_name="行数")),
                (
                    "changes",
                    models.JSONField(
                        default=list, help_text="每格一项：row, number, column, before, after", verbose_name="改动"
                    ),
                ),
                ("problems", models.JSONField(default=list, verbose_name="错误")),
                ("notes", models.JSONField(default=list, verbose_name="提示")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="上传时间")),
                ("applied_at", models.DateTimeField(null=True, verbose_name="导入时间")),
                (
                    "kind",
                    models.CharField(
                        choices=[("new", "登记新问题"), ("ledger", "导回整改台账")], max_length=10, verbose_name="种类"
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.storedfile",
                        verbose_name="台账文件",
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.job",
                        verbose_name="后台任务",
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orgs.unit",
                        verbose_name="下达单位",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="导入人",
                    ),
                ),
            ],
            options={
                "verbose_name": "导入的问题表",
                "ordering": ["-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("applied_at__isnull", False), ("state", "applied")),
                            models.Q(models.Q(("state", "applied"), _negated=True), ("applied_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="finding_upload_applied_has_date",
                    )
                ],
            },
        ),
    ]
