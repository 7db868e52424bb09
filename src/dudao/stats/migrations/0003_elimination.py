"""Plans to end large classes and too large schools, and their rows."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("orgs", "0005_search_words_cost"),
        ("stats", "0002_county_returns"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="EliminationPlan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(default=1, verbose_name="版次")),
                ("base_year", models.PositiveSmallIntegerField(verbose_name="起始学年")),
                ("last_year", models.PositiveSmallIntegerField(verbose_name="完成年份")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "编制中"),
                            ("submitted", "待批准"),
                            ("returned", "已退回"),
                            ("approved", "已批准"),
                            ("replaced", "已修订"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("reason", models.TextField(blank=True, verbose_name="修订理由")),
                ("classes", models.PositiveIntegerField(default=0, verbose_name="起始学年班级数")),
                ("lines", models.PositiveIntegerField(default=0, verbose_name="涉及学校")),
                ("faults", models.PositiveIntegerField(default=0, verbose_name="未填全")),
                ("version", models.PositiveIntegerField(default=0, verbose_name="版本")),
                ("made_by", models.CharField(max_length=100, verbose_name="编制人")),
                ("saved_at", models.DateTimeField(null=True, verbose_name="保存时间")),
                ("saved_by", models.CharField(blank=True, max_length=100, verbose_name="保存人")),
                ("submitted_at", models.DateTimeField(null=True, verbose_name="提交时间")),
                ("opinion", models.TextField(blank=True, verbose_name="退回理由")),
                ("approved_at", models.DateTimeField(null=True, verbose_name="批准时间")),
                ("demo", models.BooleanField(default=False, verbose_name="演示数据")),
                (
                    "previous",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="amendments",
                        to="stats.eliminationplan",
                        verbose_name="修订自",
                    ),
                ),
                (
                    "submitted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="提交人",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orgs.unit",
                        verbose_name="县市区",
                    ),
                ),
            ],
            options={
                "verbose_name": "消除计划",
                "ordering": ["-base_year", "unit__path", "-number"],
            },
        ),
        migrations.CreateModel(
            name="EliminationRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "sort",
                    models.CharField(
                        choices=[("classes", "大班额"), ("school", "大校额")], max_length=10, verbose_name="类别"
                    ),
                ),
                (
                    "stage",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("preschool", "学前"),
                            ("primary", "小学"),
                            ("junior", "初中"),
                            ("senior", "高中"),
                            ("vocational", "中职"),
                            ("special", "特教"),
                        ],
                        max_length=12,
                        verbose_name="学段",
                    ),
                ),
                ("start", models.PositiveIntegerField(verbose_name="现有数")),
                ("extra", models.PositiveIntegerField(default=0, verbose_name="其中超大班额")),
                ("classes", models.PositiveIntegerField(default=0, verbose_name="班级数")),
                ("pupils", models.PositiveIntegerField(default=0, verbose_name="学生数")),
                ("moved", models.PositiveIntegerField(default=0, verbose_name="至少调整学生")),
                ("added", models.PositiveIntegerField(default=0, verbose_name="至少增加班数")),
                (
                    "targets",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveIntegerField(null=True),
                        default=list,
                        size=None,
                        verbose_name="各年目标",
                    ),
                ),
                (
                    "measures",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("build", "新建学校"),
                                ("extend", "改扩建"),
                                ("divert", "分流"),
                                ("zoning", "调整划片"),
                            ],
                            max_length=10,
                        ),
                        default=list,
                        size=None,
                        verbose_name="措施",
                    ),
                ),
                ("responsible", models.CharField(blank=True, max_length=60, verbose_name="责任人")),
                ("deadline", models.DateField(blank=True, null=True, verbose_name="完成时限")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rows", to="stats.eliminationplan"
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orgs.unit",
                        verbose_name="学校",
                    ),
                ),
            ],
            options={
                "verbose_name": "消除计划条目",
                "ordering": ["sort", "school__sort_no", "school__sort_key", "stage"],
            },
        ),
        migrations.AddConstraint(
            model_name="eliminationplan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("last_year__gt", models.F("base_year")),
                    (
                        "last_year__lte",
                        django.db.models.expressions.CombinedExpression(models.F("base_year"), "+", models.Value(5)),
                    ),
                ),
                name="elimination_years_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="eliminationplan",
            constraint=models.UniqueConstraint(fields=("unit", "number"), name="elimination_number_once"),
        ),
        migrations.AddConstraint(
            model_name="eliminationplan",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["draft", "submitted", "returned"])),
                fields=("unit",),
                name="elimination_one_in_the_making",
            ),
        ),
        migrations.AddConstraint(
            model_name="eliminationplan",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "approved")), fields=("unit",), name="elimination_one_in_force"
            ),
        ),
        migrations.AddConstraint(
            model_name="eliminationplan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["submitted", "approved", "replaced"]), _negated=True),
                    ("submitted_at__isnull", False),
                    _connector="OR",
                ),
                name="elimination_submitted_has_date",
            ),
        ),
        migrations.AddConstraint(
            model_name="eliminationplan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["approved", "replaced"]), _negated=True),
                    ("approved_at__isnull", False),
                    _connector="OR",
                ),
                name="elimination_approved_has_date",
            ),
        ),
        migrations.AddConstraint(
            model_name="eliminationplan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "returned"), _negated=True),
                    models.Q(("opinion", ""), _negated=True),
                    _connector="OR",
                ),
                name="elimination_sent_back_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="eliminationplan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("previous__isnull", True), models.Q(("reason", ""), _negated=True), _connector="OR"
                ),
                name="elimination_amended_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="eliminationrow",
            constraint=models.UniqueConstraint(fields=("plan", "school", "sort", "stage"), name="elimination_row_once"),
        ),
        migrations.AddConstraint(
            model_name="eliminationrow",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("sort", "classes"), models.Q(("stage", ""), _negated=True)),
                    models.Q(("sort", "school"), ("stage", "")),
                    _connector="OR",
                ),
                name="elimination_row_of_stage_or_school",
            ),
        ),
    ]
