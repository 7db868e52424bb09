import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('orgs', '0001_initial'), ('orgs', '0002_calendar_and_order'), ('orgs', '0003_unit_import'), ('orgs', '0004_search_words'), ('orgs', '0005_search_words_cost')]

    dependencies = [
        ('core', '0001_tables'),
        ('core', '0003_jobs'),
        ('orgs', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='UnitImport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('root', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.unit', verbose_name='导入到')),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.storedfile', verbose_name='上传的文件')),
                ('name', models.CharField(max_length=200, verbose_name='文件名')),
                ('state', models.CharField(choices=[('checking', '检查中'), ('ready', '待确认'), ('faulty', '有错误'), ('importing', '导入中'), ('done', '已导入')], default='checking', max_length=12, verbose_name='状态')),
                ('uploaded_at', models.DateTimeField(auto_now_add=True, verbose_name='上传时间')),
                ('uploaded_by', models.CharField(max_length=100, verbose_name='上传人')),
                ('counts', models.JSONField(default=dict, verbose_name='行数')),
                ('preview', models.JSONField(default=list, verbose_name='前几行')),
                ('problems', models.JSONField(default=list, verbose_name='前几个错误')),
                ('notes', models.JSONField(default=list, verbose_name='提示')),
                ('message', models.TextField(blank=True, verbose_name='说明')),
                ('errors', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.storedfile', verbose_name='错误对照表')),
                ('job', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='core.job', verbose_name='后台任务')),
            ],
            options={
                'verbose_name': '机构导入',
                'ordering': ['-id'],
            },
        ),
    ]
