"""Keep a run's table with it, its schools as rows; prices, relief claims, judgements, forecasts."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


def schools_to_rows(apps, schema_editor):
    """Runs made before kept their schools inside the result; their table is gone, so they can be read but not computed again."""
    Run, Row = (apps.get_model("stats", name) for name in ("BalanceRun", "SchoolResult"))
    for run in Run.objects.all():
        schools = run.results.pop("schools", [])
        Row.objects.bulk_create(
            (
                Row(
                    run=run, unit_id=one["unit"], row=place, county=one["county"], school=one["school"], stage=one["stage"],
                    pupils=one["pupils"], values=one["values"], reached=one["reached"], short=one["reached"].count(False),
                    passed=one["passed"], boundary=one["boundary"], lacks=one["lacks"],
                )
                for place, one in enumerate(schools, 1)
            ),
            batch_size=2000,
        )  # fmt: skip
        run.save()


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0003_jobs_and_notices"),
        ("orgs", "0005_search_words_cost"),
        ("stats", "0004_catalogue_and_rounds"),
    ]

    operations = [
        migrations.AddField(
            model_name="balancerun",
            name="outputs",
            field=models.CharField(blank=True, max_length=64, verbose_name="结果摘要"),
        ),
        migrations.AddField(
            model_name="balancerun",
            name="reliefs",
            field=models.JSONField(default=list, verbose_name="采用的放宽条款"),
        ),
        migrations.AddField(
            model_name="balancerun",
            name="table",
            field=models.JSONField(default=dict, verbose_name="学校数据表"),
        ),
        migrations.CreateModel(
            name="EnrolmentForecast",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "method",
                    models.CharField(
                        choices=[("growth", "按年增长率推算"), ("table", "逐校填报预计学生数")],
                        max_length=10,
                        verbose_name="方法",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                (
                    "years",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(), size=None, verbose_name="学年"
                    ),
                ),
                ("growth", models.JSONField(default=dict, verbose_name="年增长率")),
                ("pupils", models.JSONField(verbose_name="预计学生数")),
                ("results", models.JSONField(verbose_name="结果")),
                ("made_at", models.DateTimeField(auto_now_add=True, verbose_name="预测时间")),
                ("made_by", models.CharField(max_length=100, verbose_name="预测人")),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="forecasts", to="stats.balancerun"
                    ),
                ),
            ],
            options={
                "verbose_name": "入学预测",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="ItemJudgement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=10, verbose_name="项目")),
                (
                    "verdict",
                    models.CharField(
                        choices=[
                            ("met", "达标"),
                            ("failed", "未达标"),
                            ("none", "没有发生"),
                            ("applies", "有，一票否决"),
                        ],
                        max_length=10,
                        verbose_name="判定",
                    ),
                ),
                ("note", models.TextField(verbose_name="依据")),
                ("file_name", models.CharField(blank=True, max_length=200, verbose_name="文件名")),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("judged_at", models.DateTimeField(auto_now=True, verbose_name="判定时间")),
                ("judged_by", models.CharField(max_length=100, verbose_name="判定人")),
                (
                    "county",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orgs.unit",
                        verbose_name="县市区",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.storedfile",
                        verbose_name="佐证材料",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="judgements", to="stats.balancerun"
                    ),
                ),
            ],
            options={
                "verbose_name": "人工判定",
                "constraints": [
                    models.UniqueConstraint(fields=("run", "county", "code"), name="judgement_once"),
                    models.CheckConstraint(condition=models.Q(("note", ""), _negated=True), name="judgement_has_note"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("file__isnull", True), ("file_name", "")),
                            models.Q(("file__isnull", False), models.Q(("file_name", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="judgement_file_is_named",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReliefClaim",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("clause", models.CharField(max_length=10, verbose_name="条款")),
                ("stage", models.CharField(blank=True, max_length=10, verbose_name="学段")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=12, null=True, verbose_name="增加的数")),
                ("reason", models.TextField(verbose_name="情况说明")),
                ("basis", models.CharField(blank=True, max_length=200, verbose_name="延用依据")),
                ("claimed_at", models.DateTimeField(auto_now_add=True, verbose_name="登记时间")),
                ("claimed_by", models.CharField(max_length=100, verbose_name="登记人")),
                ("withdrawn_at", models.DateTimeField(null=True, verbose_name="撤回时间")),
                ("withdrawn_by", models.CharField(blank=True, max_length=100, verbose_name="撤回人")),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reliefs",
                        to="stats.round",
                        verbose_name="数据报送",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orgs.unit",
                        verbose_name="学校",
                    ),
                ),
            ],
            options={
                "verbose_name": "放宽条款",
                "ordering": ["unit__path", "clause", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_at__isnull", True)),
                        fields=("round", "unit", "clause", "stage"),
                        name="relief_once",
                    ),
                    models.CheckConstraint(condition=models.Q(("reason", ""), _negated=True), name="relief_has_reason"),
                    models.CheckConstraint(
                        condition=models.Q(("amount__isnull", True), ("amount__gt", 0), _connector="OR"),
                        name="relief_amount_positive",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ResourcePrice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=10, verbose_name="指标")),
                ("per", models.CharField(max_length=20, verbose_name="计价单位")),
                ("price", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="单价（元）")),
                ("valid_from", models.DateField(verbose_name="起始日期")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="截止日期")),
                ("note", models.CharField(max_length=200, verbose_name="依据")),
                ("made_at", models.DateTimeField(auto_now_add=True, verbose_name="登记时间")),
                ("made_by", models.CharField(max_length=100, verbose_name="登记人")),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orgs.unit",
                        verbose_name="适用地区",
                    ),
                ),
            ],
            options={
                "verbose_name": "资源单价",
                "ordering": ["code", "-valid_from", "-id"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("price__gte", 0)), name="price_not_negative"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                        ),
                        name="price_days_in_order",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SchoolResult",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("row", models.PositiveIntegerField(verbose_name="行号")),
                ("county", models.CharField(max_length=120, verbose_name="县区")),
                ("school", models.CharField(max_length=160, verbose_name="学校")),
                ("stage", models.CharField(max_length=10, verbose_name="学段")),
                ("pupils", models.PositiveIntegerField(verbose_name="学生数")),
                (
                    "values",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.FloatField(), size=None, verbose_name="生均值"
                    ),
                ),
                (
                    "reached",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BooleanField(), size=None, verbose_name="是否达到"
                    ),
                ),
                ("short", models.PositiveSmallIntegerField(verbose_name="没有达到的项数")),
                ("passed", models.BooleanField(verbose_name="达标")),
                ("boundary", models.BooleanField(verbose_name="临界")),
                ("lacks", models.JSONField(default=list, verbose_name="还差")),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="school_results",
                        to="stats.balancerun",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orgs.unit",
                        verbose_name="学校",
                    ),
                ),
            ],
            options={
                "verbose_name": "学校测算结果",
                "ordering": ["row", "id"],
                "indexes": [models.Index(fields=["run", "county", "stage"], name="school_result_county")],
                "constraints": [models.UniqueConstraint(fields=("run", "row", "stage"), name="school_result_once")],
            },
        ),
        migrations.RunPython(schools_to_rows, migrations.RunPython.noop),
    ]
