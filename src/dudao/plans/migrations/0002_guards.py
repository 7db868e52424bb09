"""A published plan is frozen in the database too: its document rows can't be added to, changed, removed or moved out of it.

Setting a guess's or item's link is part of the document, and so are remarks; tasks lie beside it and stay free. An amendment is
never changed or removed.
"""

from django.db import migrations

ITEM_PLAN = (
    "(SELECT s.plan_id FROM plans_section s JOIN plans_point p ON p.section_id = s.id WHERE p.id = row.point_id)"
)
TABLES = {
    "plans_section": "row.plan_id",
    "plans_point": "(SELECT plan_id FROM plans_section WHERE id = row.section_id)",
    "plans_item": ITEM_PLAN,
    "plans_guess": ITEM_PLAN,
    "plans_remark": "row.plan_id",
}
REFUSAL = "RAISE EXCEPTION 'a published work plan is frozen: make an amendment' USING ERRCODE = 'integrity_constraint_violation'"


def forward() -> str:
    parts = [
        f"""
CREATE FUNCTION plans_plan_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'published' AND NEW IS DISTINCT FROM OLD THEN
        {REFUSAL};
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER plans_plan_frozen BEFORE UPDATE ON plans_workplan FOR EACH ROW EXECUTE FUNCTION plans_plan_refuse();
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
CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER {table}_frozen BEFORE INSERT OR UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_refuse();
"""
        )
    return "".join(parts)


def backward() -> str:
    parts = [
        "DROP TRIGGER plans_amendment_frozen ON plans_amendment; DROP FUNCTION plans_amendment_refuse();",
        "DROP TRIGGER plans_plan_frozen ON plans_workplan; DROP FUNCTION plans_plan_refuse();",
    ]
    parts += [f"DROP TRIGGER {table}_frozen ON {table}; DROP FUNCTION {table}_refuse();" for table in TABLES]
    return "".join(parts)


class Migration(migrations.Migration):
    replaces = [("plans", "0002_published_is_frozen"), ("plans", "0005_frozen_all_round")]
    dependencies = [("plans", "0001_tables")]
    operations = [migrations.RunSQL(forward(), backward())]
