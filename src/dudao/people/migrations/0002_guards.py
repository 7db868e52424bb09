"""One person is one of the three administrators at most, at any time: said by the database, whoever writes.

Ranges have GiST operators of their own, so that no extension (btree_gist) is needed: a single account number is the range
[n, n]. A second appointment to the *same* administrator role would overlap as well and says nothing new, so it is refused too.
"""

from django.db import migrations

FORWARD = """
ALTER TABLE people_appointment ADD CONSTRAINT appointment_one_administrator EXCLUDE USING gist (
    int8range(account_id, account_id, '[]') WITH &&,
    daterange(valid_from, valid_to + 1, '[)') WITH &&
) WHERE (role IN ('system_admin', 'security_admin', 'audit_admin'));
"""
BACKWARD = "ALTER TABLE people_appointment DROP CONSTRAINT appointment_one_administrator;"


class Migration(migrations.Migration):
    replaces = [("people", "0003_administrators_exclude_each_other")]
    dependencies = [("people", "0001_tables")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
