"""Returns of counties: items of counties, choices and decimals; rules about them; rounds narrowed to regions."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("orgs", "0005_search_words_cost"),
        ("stats", "0001_initial"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="checkrule",
            name="rule_names_other_items",
        ),
        migrations.RemoveConstraint(
            model_name="dataitem",
            name="item_of_school_has_no_stages",
        ),
        migrations.AddField(
            model_name="checkrule",
            name="changed",
            field=models.BooleanField(default=False, verbose_name="本单位改过"),
        ),
        migrations.AddField(
            model_name="checkrule",
            name="pack",
            field=models.CharField(blank=True, max_length=60, verbose_name="标准"),
        ),
        migrations.AddField(
            model_name="checkrule",
            name="types",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=3), blank=True, default=list, size=None, verbose_name="办学类型"
            ),
        ),
        migrations.AddField(
            model_name="dataitem",
            name="changed",
            field=models.BooleanField(default=False, verbose_name="本单位改过"),
        ),
        migrations.AddField(
            model_name="dataitem",
            name="decimals",
            field=models.PositiveSmallIntegerField(default=2, verbose_name="小数位数"),
        ),
        migrations.AddField(
            model_name="dataitem",
            name="options",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=60), blank=True, default=list, size=None, verbose_name="选项"
            ),
        ),
        migrations.AddField(
            model_name="dataitem",
            name="pack",
            field=models.CharField(blank=True, max_length=60, verbose_name="标准"),
        ),
        migrations.AddField(
            model_name="round",
            name="regions",
            field=models.ManyToManyField(blank=True, related_name="+", to="orgs.unit", verbose_name="布置范围"),
        ),
        migrations.AlterField(
            model_name="checkrule",
            name="kind",
            field=models.CharField(
                choices=[
                    ("sum", "等于各项之和"),
                    ("at_most", "不大于另一项"),
                    ("range", "在范围之内"),
                    ("ratio", "与另一项之比在范围之内"),
                    ("change", "与上年相比变动"),
                    ("register", "与机构登记的学段一致"),
                    ("type", "学段与办学类型一致"),
                    ("nature", "与机构登记的办园性质一致"),
                    ("count", "与机构登记的学校数一致"),
                    ("below", "等于所属学校之和"),
                ],
                max_length=12,
                verbose_name="类型",
            ),
        ),
        migrations.AlterField(
            model_name="dataitem",
            name="kind",
            field=models.CharField(
                choices=[("integer", "整数"), ("decimal", "小数"), ("yes_no", "是否"), ("choice", "选项")],
                max_length=10,
                verbose_name="类型",
            ),
        ),
        migrations.AlterField(
            model_name="dataupload",
            name="sort",
            field=models.CharField(
                choices=[
                    ("table", "一行一校的汇总表"),
                    ("county", "一行一县的县级数据表"),
                    ("workbook", "一校一册的教育事业统计报表"),
                    ("zip", "多所学校的工作簿（ZIP 压缩包）"),
                ],
                max_length=10,
                verbose_name="文件种类",
            ),
        ),
        migrations.AlterField(
            model_name="round",
            name="stages",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("preschool", "学前"),
                        ("primary", "小学"),
                        ("junior", "初中"),
                        ("senior", "高中"),
                        ("vocational", "中职"),
                        ("special", "特教"),
                    ],
                    max_length=12,
                ),
                blank=True,
                size=None,
                verbose_name="报送学段",
            ),
        ),
        migrations.AddConstraint(
            model_name="checkrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind__in", ["sum", "at_most", "ratio", "below"]), _negated=True),
                    models.Q(("others", []), _negated=True),
                    _connector="OR",
                ),
                name="rule_names_other_items",
            ),
        ),
        migrations.AddConstraint(
            model_name="checkrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "count"), _negated=True), models.Q(("types", []), _negated=True), _connector="OR"
                ),
                name="rule_of_count_names_types",
            ),
        ),
        migrations.AddConstraint(
            model_name="dataitem",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("level", "county"), _negated=True), ("stages", []), _connector="OR"),
                name="item_of_county_has_no_stages",
            ),
        ),
        migrations.AddConstraint(
            model_name="dataitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "choice"), models.Q(("options", []), _negated=True)),
                    models.Q(models.Q(("kind", "choice"), _negated=True), ("options", [])),
                    _connector="OR",
                ),
                name="item_of_choice_has_options",
            ),
        ),
        migrations.AddConstraint(
            model_name="dataitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("decimals__lte", 4)), name="item_decimals_fit_the_column"
            ),
        ),
    ]
