"""A balance run with its schools and forecasts, and a preschool run, are frozen in the database too."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION stats_balance_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a balance run is frozen: make a new one' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER stats_balancerun_frozen BEFORE UPDATE OR DELETE ON stats_balancerun
    FOR EACH ROW EXECUTE FUNCTION stats_balance_refuse();
CREATE TRIGGER stats_schoolresult_frozen BEFORE UPDATE OR DELETE ON stats_schoolresult
    FOR EACH ROW EXECUTE FUNCTION stats_balance_refuse();
CREATE TRIGGER stats_enrolmentforecast_frozen BEFORE UPDATE OR DELETE ON stats_enrolmentforecast
    FOR EACH ROW EXECUTE FUNCTION stats_balance_refuse();
CREATE FUNCTION stats_preschool_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a preschool run is frozen: make a new one' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER stats_preschoolrun_frozen BEFORE UPDATE OR DELETE ON stats_preschoolrun
    FOR EACH ROW EXECUTE FUNCTION stats_preschool_refuse();
"""
BACKWARD = """
DROP TRIGGER stats_preschoolrun_frozen ON stats_preschoolrun;
DROP FUNCTION stats_preschool_refuse();
DROP TRIGGER stats_enrolmentforecast_frozen ON stats_enrolmentforecast;
DROP TRIGGER stats_schoolresult_frozen ON stats_schoolresult;
DROP TRIGGER stats_balancerun_frozen ON stats_balancerun;
DROP FUNCTION stats_balance_refuse();
"""


class Migration(migrations.Migration):
    replaces = [("stats", "0006_balance_is_frozen"), ("stats", "0007_preschool")]
    dependencies = [("stats", "0001_tables")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
