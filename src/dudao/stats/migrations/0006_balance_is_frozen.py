"""A balance run, its schools and its forecasts are frozen in the database too."""

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
"""
BACKWARD = """
DROP TRIGGER stats_enrolmentforecast_frozen ON stats_enrolmentforecast;
DROP TRIGGER stats_schoolresult_frozen ON stats_schoolresult;
DROP TRIGGER stats_balancerun_frozen ON stats_balancerun;
DROP FUNCTION stats_balance_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("stats", "0005_balance_complete")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
