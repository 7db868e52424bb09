"""Preschool runs, frozen by the database, and what people judge of them."""

import django.db.models.deletion
from django.db import migrations, models

FROZEN = """
CREATE FUNCTION stats_preschool_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a preschool run is frozen: make a new one' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER stats_preschoolrun_frozen BEFORE UPDATE OR DELETE ON stats_preschoolrun
    FOR EACH ROW EXECUTE FUNCTION stats_preschool_refuse();
"""
THAWED = """
DROP TRIGGER stats_preschoolrun_frozen ON stats_preschoolrun;
DROP FUNCTION stats_preschool_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0003_jobs_and_notices"),
        ("orgs", "0005_search_words_cost"),
        ("stats", "0006_balance_is_frozen"),
    ]

    operations = [
        migrations.CreateModel(
            name="PreschoolRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(verbose_name="学年")),
                ("pack", models.CharField(max_length=60, verbose_name="标准")),
                ("pack_name", models.CharField(max_length=120, verbose_name="标准名称")),
                ("standard", models.JSONField(verbose_name="标准内容")),
                ("day", models.DateField(verbose_name="标准适用日期")),
                ("accepted_only", models.BooleanField(default=True, verbose_name="只用已通过的数据")),
                ("skip_missing", models.BooleanField(default=False, verbose_name="缺报的幼儿园不计入")),
                ("inputs", models.CharField(max_length=64, verbose_name="数据摘要")),
                ("rules", models.CharField(max_length=64, verbose_name="标准摘要")),
                ("outputs", models.CharField(max_length=64, verbose_name="结果摘要")),
                ("kindergartens", models.PositiveIntegerField(default=0, verbose_name="幼儿园数")),
                ("results", models.JSONField(verbose_name="结果")),
                ("made_at", models.DateTimeField(auto_now_add=True, verbose_name="测算时间")),
                ("made_by", models.CharField(max_length=100, verbose_name="测算人")),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orgs.unit",
                        verbose_name="范围",
                    ),
                ),
            ],
            options={
                "verbose_name": "普及普惠测算",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="PreschoolJudgement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("item", models.CharField(max_length=20, verbose_name="指标")),
                (
                    "status",
                    models.CharField(
                        choices=[("met", "合格"), ("basic", "基本合格"), ("failed", "不合格")],
                        max_length=10,
                        verbose_name="判定",
                    ),
                ),
                ("note", models.TextField(verbose_name="说明")),
                ("file_name", models.CharField(blank=True, max_length=200, verbose_name="文件名")),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                ("judged_by", models.CharField(max_length=100, verbose_name="判定人")),
                ("judged_at", models.DateTimeField(verbose_name="判定时间")),
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
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.storedfile",
                        verbose_name="佐证",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="judgements", to="stats.preschoolrun"
                    ),
                ),
            ],
            options={
                "verbose_name": "普及普惠判定",
                "constraints": [
                    models.UniqueConstraint(fields=("run", "county", "item"), name="preschool_judged_once"),
                    models.CheckConstraint(
                        condition=models.Q(("note", ""), _negated=True), name="preschool_judged_with_reason"
                    ),
                ],
            },
        ),
        migrations.RunSQL(FROZEN, THAWED),
    ]
