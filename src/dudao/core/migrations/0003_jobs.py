import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("core", "0001_initial"),
        ("core", "0002_event_append_only"),
        ("core", "0003_jobs_and_notices"),
        ("core", "0004_counter"),
    ]

    dependencies = [
        ("core", "0001_tables"),
        ("core", "0002_guards"),
        ("people", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="Job",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=60, verbose_name="种类")),
                ("label", models.CharField(max_length=200, verbose_name="名称")),
                (
                    "owner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="jobs",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="发起人",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("queued", "排队中"), ("running", "进行中"), ("done", "已完成"), ("failed", "未完成")],
                        default="queued",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("done", models.PositiveIntegerField(default=0, verbose_name="已处理")),
                ("total", models.PositiveIntegerField(null=True, verbose_name="总数")),
                ("message", models.TextField(blank=True, verbose_name="说明")),
                ("params", models.JSONField(default=dict, verbose_name="参数")),
                ("tries", models.PositiveSmallIntegerField(default=0, verbose_name="第几次尝试")),
                (
                    "result",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.storedfile",
                        verbose_name="结果文件",
                    ),
                ),
                ("result_name", models.CharField(blank=True, max_length=200, verbose_name="结果文件名")),
                ("url", models.CharField(blank=True, max_length=300, verbose_name="结果页面")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="发起时间")),
                ("started_at", models.DateTimeField(null=True, verbose_name="开始时间")),
                ("finished_at", models.DateTimeField(null=True, verbose_name="结束时间")),
            ],
            options={
                "verbose_name": "后台任务",
                "ordering": ["-id"],
                "indexes": [models.Index(fields=["owner", "-id"], name="job_owner")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["queued", "running"])),
                        fields=("owner", "kind"),
                        name="job_one_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("finished_at__isnull", False), ("state__in", ["done", "failed"])),
                            models.Q(("state__in", ["queued", "running"]), ("finished_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="job_finished_has_date",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="notices", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("verb", models.CharField(blank=True, max_length=60, verbose_name="动作")),
                ("text", models.CharField(max_length=300, verbose_name="内容")),
                ("url", models.CharField(blank=True, max_length=300, verbose_name="页面")),
                ("place", models.TextField(default="", verbose_name="所属单位路径")),
                ("urgent", models.BooleanField(default=False, verbose_name="紧急")),
                ("event_id", models.BigIntegerField(null=True, verbose_name="操作记录编号")),
                ("key", models.CharField(blank=True, max_length=100)),
                ("at", models.DateTimeField(verbose_name="时间")),
                ("read_at", models.DateTimeField(null=True, verbose_name="已读时间")),
            ],
            options={
                "verbose_name": "通知",
                "ordering": ["-id"],
                "indexes": [
                    models.Index(fields=["account", "-id"], name="notice_account"),
                    models.Index(
                        condition=models.Q(("read_at__isnull", True)), fields=["account"], name="notice_unread"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("key", ""), _negated=True),
                        fields=("account", "key"),
                        name="notice_key_once",
                    )
                ],
            },
        ),
    ]
