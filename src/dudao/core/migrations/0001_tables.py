import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("core", "0001_initial"),
        ("core", "0002_event_append_only"),
        ("core", "0003_jobs_and_notices"),
        ("core", "0004_counter"),
    ]

    initial = True

    dependencies = [
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.CreateModel(
            name="StoredFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64, unique=True, verbose_name="SHA-256")),
                ("size", models.BigIntegerField(verbose_name="字节数")),
                ("media_type", models.CharField(max_length=120, verbose_name="类型")),
                ("stored_at", models.DateTimeField(auto_now_add=True, verbose_name="存入时间")),
            ],
            options={
                "verbose_name": "文件",
            },
        ),
        migrations.CreateModel(
            name="Counter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=120, unique=True, verbose_name="编号序列")),
                ("last", models.PositiveIntegerField(default=0, verbose_name="最后一个编号")),
            ],
            options={
                "verbose_name": "编号",
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(db_index=True, verbose_name="时间")),
                ("actor_id", models.BigIntegerField(db_index=True, null=True, verbose_name="操作人编号")),
                ("actor_name", models.CharField(max_length=100, verbose_name="操作人")),
                ("verb", models.CharField(db_index=True, max_length=60, verbose_name="动作")),
                (
                    "content_type",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contenttypes.contenttype",
                    ),
                ),
                ("object_id", models.BigIntegerField(null=True, verbose_name="对象编号")),
                ("label", models.CharField(max_length=300, verbose_name="对象")),
                ("place", models.TextField(default="", verbose_name="所属单位路径")),
                ("reason", models.TextField(default="", verbose_name="理由")),
                ("data", models.JSONField(default=dict, verbose_name="数据")),
                ("address", models.CharField(default="", max_length=45, verbose_name="来源地址")),
                ("previous", models.CharField(max_length=64, verbose_name="上一条摘要")),
                ("digest", models.CharField(max_length=64, verbose_name="摘要")),
            ],
            options={
                "verbose_name": "操作记录",
                "ordering": ["-id"],
                "indexes": [
                    models.Index(fields=["content_type", "object_id", "id"], name="event_object"),
                    models.Index(fields=["place"], name="event_place", opclasses=["text_pattern_ops"]),
                ],
            },
        ),
        migrations.CreateModel(
            name="Receipt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token", models.UUIDField(unique=True, verbose_name="表单令牌")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="时间")),
                ("verb", models.CharField(max_length=60, verbose_name="动作")),
                (
                    "content_type",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contenttypes.contenttype",
                    ),
                ),
                ("object_id", models.BigIntegerField(null=True)),
            ],
            options={
                "verbose_name": "表单回执",
            },
        ),
    ]
