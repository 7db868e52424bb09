"""An administrator holds no other role, at any time from today on: said by the database, whoever writes.

An administrator's row stands for everything (the unbounded range), another row for itself ([id, id]): so an administrator meets
each of the person's rows, and two other roles never meet. Days gone by stay as they were: appointments are history. Other roles
that an administrator holds today end with yesterday; their history (pghistory) keeps what they were.
"""

from django.db import migrations

END_OTHERS = """
UPDATE people_appointment AS other SET valid_to = greatest(current_date - 1, other.valid_from - 1)
 WHERE other.role NOT IN ('system_admin', 'security_admin', 'audit_admin')
   AND (other.valid_to IS NULL OR other.valid_to >= greatest(current_date, other.valid_from))
   AND EXISTS (SELECT FROM people_appointment AS one
                WHERE one.account_id = other.account_id AND one.role IN ('system_admin', 'security_admin', 'audit_admin')
                  AND (one.valid_to IS NULL OR one.valid_to >= greatest(current_date, one.valid_from))
                  AND daterange(one.valid_from, one.valid_to + 1, '[)') && daterange(other.valid_from, other.valid_to + 1, '[)'));
"""
FORWARD = """
DO $$ BEGIN EXECUTE format($alter$
ALTER TABLE people_appointment ADD CONSTRAINT appointment_administrator_alone EXCLUDE USING gist (
    int8range(account_id, account_id, '[]') WITH &&,
    daterange(greatest(valid_from, %1$L::date), valid_to + 1, '[)') WITH &&,
    (CASE WHEN role IN ('system_admin', 'security_admin', 'audit_admin') THEN int8range(NULL, NULL)
          ELSE int8range(id, id, '[]') END) WITH &&
) WHERE (valid_to IS NULL OR valid_to >= greatest(valid_from, %1$L::date))
$alter$, current_date); END $$;
"""
BACKWARD = "ALTER TABLE people_appointment DROP CONSTRAINT appointment_administrator_alone;"


class Migration(migrations.Migration):
    dependencies = [("people", "0004_administrator_changes")]
    # The update fires triggers (pghistory), whose events would be pending when the table is altered: each has its own transaction.
    atomic = False
    operations = [migrations.RunSQL(END_OTHERS, migrations.RunSQL.noop), migrations.RunSQL(FORWARD, BACKWARD)]
