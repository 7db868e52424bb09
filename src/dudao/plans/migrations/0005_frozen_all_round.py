"""The freeze of a published plan, all round.

A row can't leave a published plan either (only the new owner was looked at), remarks are part of the document, where the plan came
from is as fixed as what it says, and an amendment is never changed or removed.
"""

from django.db import migrations

ITEM_PLAN = "(SELECT s.plan_id FROM plans_section s JOIN plans_point p ON p.section_id = s.id WHERE p.id = row.point_id)"
TABLES = {
    "plans_section": "row.plan_id",
    "plans_point": "(SELECT plan_id FROM plans_section WHERE id = row.section_id)",
    "plans_item": ITEM_PLAN,
    "plans_guess": ITEM_PLAN,
    "plans_remark": "row.plan_id",
}
REFUSAL = (
    "RAISE EXCEPTION 'a published work plan is frozen: make an amendment' USING ERRCODE = 'integrity_constraint_violation'"
)


def forward() -> str:
    parts = [
        f"""
CREATE OR REPLACE FUNCTION plans_plan_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'published' AND NEW IS DISTINCT FROM OLD THEN
        {REFUSAL};
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION plans_amendment_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an amendment is never changed or removed: make another one' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER plans_amendment_frozen BEFORE UPDATE OR DELETE ON plans_amendment
    FOR EACH ROW EXECUTE FUNCTION plans_amendment_refuse();
"""
    ]
    for table, plan in TABLES.items():
        parts.append(
            f"""
CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE row {table}%ROWTYPE;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        row := OLD;
        IF EXISTS (SELECT 1 FROM plans_workplan WHERE id = {plan} AND state = 'published') THEN {REFUSAL}; END IF;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        row := NEW;
        IF EXISTS (SELECT 1 FROM plans_workplan WHERE id = {plan} AND state = 'published') THEN {REFUSAL}; END IF;
    END IF;
    RETURN row;
END $$;
"""
        )
    parts.append(
        "CREATE TRIGGER plans_remark_frozen BEFORE INSERT OR UPDATE OR DELETE ON plans_remark"
        " FOR EACH ROW EXECUTE FUNCTION plans_remark_refuse();"
    )
    return "".join(parts)


BACKWARD = """
DROP TRIGGER plans_remark_frozen ON plans_remark; DROP FUNCTION plans_remark_refuse();
DROP TRIGGER plans_amendment_frozen ON plans_amendment; DROP FUNCTION plans_amendment_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("plans", "0004_remarks_and_places")]
    operations = [migrations.RunSQL(forward(), BACKWARD)]
