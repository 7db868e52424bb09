"""The event log is append-only, whoever asks: the database itself refuses UPDATE, DELETE and TRUNCATE."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION core_event_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'core_event is append-only: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER core_event_no_change BEFORE UPDATE OR DELETE ON core_event FOR EACH ROW EXECUTE FUNCTION core_event_refuse();
CREATE TRIGGER core_event_no_truncate BEFORE TRUNCATE ON core_event FOR EACH STATEMENT EXECUTE FUNCTION core_event_refuse();
"""
BACKWARD = """
DROP TRIGGER core_event_no_truncate ON core_event;
DROP TRIGGER core_event_no_change ON core_event;
DROP FUNCTION core_event_refuse();
"""


class Migration(migrations.Migration):
    replaces = [("core", "0002_event_append_only")]
    dependencies = [("core", "0001_tables")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
