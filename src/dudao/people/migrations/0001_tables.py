import datetime
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.text
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('people', '0001_initial'), ('people', '0002_login'), ('people', '0003_administrators_exclude_each_other'), ('people', '0004_history_without_context')]

    initial = True

    dependencies = [
        ('orgs', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='Account',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('username', models.CharField(max_length=40, unique=True, verbose_name='登录名')),
                ('name', models.CharField(max_length=60, verbose_name='姓名')),
                ('pinyin', models.CharField(blank=True, max_length=200, verbose_name='姓名拼音')),
                ('phone', models.CharField(blank=True, max_length=20, verbose_name='电话')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='电子邮箱')),
                ('home', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='accounts', to='orgs.unit', verbose_name='所在单位')),
                ('is_active', models.BooleanField(default=True, verbose_name='启用')),
                ('must_change_password', models.BooleanField(default=True, verbose_name='须改密码')),
                ('password_changed_at', models.DateTimeField(blank=True, null=True, verbose_name='密码修改时间')),
                ('code_digest', models.CharField(blank=True, editable=False, max_length=64, verbose_name='一次性登录码摘要')),
                ('code_expires_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='一次性登录码有效期')),
                ('placeholder', models.BooleanField(default=False, verbose_name='姓名待本人填写')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='建立时间')),
                ('demo', models.BooleanField(default=False, verbose_name='演示数据')),
            ],
            options={
                'verbose_name': '账号',
                'ordering': ['pinyin', 'id'],
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('username'), name='account_username_once'), models.CheckConstraint(condition=models.Q(models.Q(('code_digest', ''), ('code_expires_at__isnull', True)), models.Q(models.Q(('code_digest', ''), _negated=True), ('code_expires_at__isnull', False)), _connector='OR'), name='account_code_expires')],
            },
        ),
        migrations.CreateModel(
            name='Appointment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appointments', to=settings.AUTH_USER_MODEL, verbose_name='人员')),
                ('role', models.CharField(choices=[('city_director', '市督导办负责人'), ('city_officer', '市督导办工作人员'), ('county_office', '县级督导办'), ('township', '乡镇（街道）'), ('school_head', '学校（园）负责人'), ('school_reporter', '学校（园）填报员'), ('liaison', '成员单位联络员'), ('city_inspector', '市督学'), ('county_inspector', '县督学'), ('expert', '评估专家'), ('leader', '领导'), ('system_admin', '系统管理员'), ('security_admin', '安全管理员'), ('audit_admin', '审计管理员')], max_length=30, verbose_name='角色')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appointments', to='orgs.unit', verbose_name='单位')),
                ('valid_from', models.DateField(verbose_name='起')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='止')),
            ],
            options={
                'verbose_name': '任用',
                'ordering': ['valid_from', 'id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gte', django.db.models.expressions.CombinedExpression(models.F('valid_from'), '-', models.Value(datetime.timedelta(days=1)))), _connector='OR'), name='appointment_ends_after_start'), models.UniqueConstraint(fields=('account', 'role', 'unit', 'valid_from'), name='appointment_once')],
            },
        ),
        migrations.CreateModel(
            name='AppointmentEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='people.appointment')),
                ('id', models.BigIntegerField()),
                ('account', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='人员')),
                ('role', models.CharField(choices=[('city_director', '市督导办负责人'), ('city_officer', '市督导办工作人员'), ('county_office', '县级督导办'), ('township', '乡镇（街道）'), ('school_head', '学校（园）负责人'), ('school_reporter', '学校（园）填报员'), ('liaison', '成员单位联络员'), ('city_inspector', '市督学'), ('county_inspector', '县督学'), ('expert', '评估专家'), ('leader', '领导'), ('system_admin', '系统管理员'), ('security_admin', '安全管理员'), ('audit_admin', '审计管理员')], max_length=30, verbose_name='角色')),
                ('unit', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='orgs.unit', verbose_name='单位')),
                ('valid_from', models.DateField(verbose_name='起')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='止')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='LoginAttempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name_digest', models.CharField(max_length=64)),
                ('address', models.CharField(max_length=45)),
                ('device_digest', models.CharField(blank=True, max_length=64)),
                ('known_device', models.BooleanField(default=False)),
                ('at', models.DateTimeField()),
            ],
            options={
                'verbose_name': '登录尝试',
                'indexes': [models.Index(fields=['name_digest', 'at'], name='attempt_name'), models.Index(fields=['address', 'at'], name='attempt_address')],
            },
        ),
        migrations.CreateModel(
            name='LoginPolicy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateTimeField(verbose_name='生效时间')),
                ('idle_minutes', models.PositiveSmallIntegerField(default=30, verbose_name='无操作退出（分钟）')),
                ('admin_idle_minutes', models.PositiveSmallIntegerField(default=15, verbose_name='三员无操作退出（分钟）')),
                ('session_hours', models.PositiveSmallIntegerField(default=10, verbose_name='最长登录时间（小时）')),
                ('sessions', models.PositiveSmallIntegerField(default=5, verbose_name='同时登录数')),
                ('failures', models.PositiveSmallIntegerField(default=5, verbose_name='同一处连续失败几次锁定')),
                ('account_failures', models.PositiveSmallIntegerField(default=20, verbose_name='同一账号各处合计失败几次锁定')),
                ('address_failures', models.PositiveSmallIntegerField(default=50, verbose_name='同一地址各账号合计失败几次锁定')),
                ('lock_minutes', models.PositiveSmallIntegerField(default=15, verbose_name='锁定时间（分钟）')),
                ('password_days', models.PositiveSmallIntegerField(default=90, verbose_name='密码有效期（天）')),
                ('password_memory', models.PositiveSmallIntegerField(default=5, verbose_name='不得与最近几次密码相同')),
                ('code_days', models.PositiveSmallIntegerField(default=14, verbose_name='一次性登录码有效期（天）')),
            ],
            options={
                'verbose_name': '登录安全策略',
                'ordering': ['-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('idle_minutes__range', (5, 60))), name='policy_idle_minutes'), models.CheckConstraint(condition=models.Q(('admin_idle_minutes__range', (5, 30))), name='policy_admin_idle_minutes'), models.CheckConstraint(condition=models.Q(('session_hours__range', (1, 12))), name='policy_session_hours'), models.CheckConstraint(condition=models.Q(('sessions__range', (1, 20))), name='policy_sessions'), models.CheckConstraint(condition=models.Q(('failures__range', (3, 10))), name='policy_failures'), models.CheckConstraint(condition=models.Q(('account_failures__range', (10, 100))), name='policy_account_failures'), models.CheckConstraint(condition=models.Q(('address_failures__range', (20, 500))), name='policy_address_failures'), models.CheckConstraint(condition=models.Q(('lock_minutes__range', (10, 120))), name='policy_lock_minutes'), models.CheckConstraint(condition=models.Q(('password_days__range', (30, 180))), name='policy_password_days'), models.CheckConstraint(condition=models.Q(('password_memory__range', (3, 20))), name='policy_password_memory'), models.CheckConstraint(condition=models.Q(('code_days__range', (1, 30))), name='policy_code_days')],
            },
        ),
        migrations.CreateModel(
            name='LoginSession',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sessions', to=settings.AUTH_USER_MODEL)),
                ('session_key', models.CharField(max_length=40, unique=True)),
                ('device_digest', models.CharField(blank=True, max_length=64)),
                ('device', models.CharField(max_length=120, verbose_name='设备')),
                ('address', models.CharField(max_length=45, verbose_name='地址')),
                ('factor', models.CharField(max_length=20, verbose_name='验证方式')),
                ('started_at', models.DateTimeField(verbose_name='登录时间')),
                ('last_seen_at', models.DateTimeField(verbose_name='最近操作')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='结束时间')),
                ('end', models.CharField(blank=True, choices=[('logout', '退出登录'), ('idle', '长时间未操作'), ('long', '超过最长时间'), ('owner', '本人结束'), ('office', '管理员结束'), ('limit', '登录数超过上限')], max_length=10, verbose_name='结束原因')),
            ],
            options={
                'verbose_name': '登录会话',
                'ordering': ['-last_seen_at', '-id'],
                'indexes': [models.Index(fields=['account', 'device_digest'], name='session_known_device')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('end', ''), ('ended_at__isnull', True)), models.Q(('ended_at__isnull', False), models.Q(('end', ''), _negated=True)), _connector='OR'), name='session_end_has_reason')],
            },
        ),
        migrations.CreateModel(
            name='PasswordRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='passwords', to=settings.AUTH_USER_MODEL)),
                ('password', models.CharField(max_length=128)),
                ('set_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': '历史密码',
                'ordering': ['-id'],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='appointment',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "people_appointmentevent" ("account_id", "id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "unit_id", "valid_from", "valid_to") VALUES (NEW."account_id", NEW."id", NOW(), \'insert\', NEW."id", NEW."role", NEW."unit_id", NEW."valid_from", NEW."valid_to"); RETURN NULL;', hash='8647a4b12ef361c2b93759ff3569335e78418728', operation='INSERT', pgid='pgtrigger_insert_insert_f73ac', table='people_appointment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='appointment',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "people_appointmentevent" ("account_id", "id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "unit_id", "valid_from", "valid_to") VALUES (NEW."account_id", NEW."id", NOW(), \'update\', NEW."id", NEW."role", NEW."unit_id", NEW."valid_from", NEW."valid_to"); RETURN NULL;', hash='7597f8ca46e1374cf6aa6d8241cea741f6dc5616', operation='UPDATE', pgid='pgtrigger_update_update_a7dd2', table='people_appointment', when='AFTER')),
        ),
    ]
