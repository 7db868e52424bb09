"""A published plan is frozen in the database too: its document rows can't be added to, changed or removed.

Setting a guess's or item's link is part of the document; tasks and amendments live beside it and stay free.
"""

from django.db import migrations

TABLES = {
    "plans_section": "row.plan_id",
    "plans_point": "(SELECT plan_id FROM plans_section WHERE id = row.section_id)",
    "plans_item": "(SELECT s.plan_id FROM plans_section s JOIN plans_point p ON p.section_id = s.id WHERE p.id = row.point_id)",
    "plans_guess": "(SELECT s.plan_id FROM plans_section s JOIN plans_point p ON p.section_id = s.id WHERE p.id = row.point_id)",
}


def forward() -> str:
    parts = [
        """
CREATE FUNCTION plans_plan_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'published' AND (NEW.state, NEW.title, NEW.issuer, NEW.preamble, NEW.year, NEW.unit_id, NEW.source_text)
        IS DISTINCT FROM (OLD.state, OLD.title, OLD.issuer, OLD.preamble, OLD.year, OLD.unit_id, OLD.source_text) THEN
        RAISE EXCEPTION 'a published work plan is frozen: make an amendment' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER plans_plan_frozen BEFORE UPDATE ON plans_workplan FOR EACH ROW EXECUTE FUNCTION plans_plan_refuse();
"""
    ]
    for table, plan in TABLES.items():
        parts.append(
            f"""
CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE row {table}%ROWTYPE;
BEGIN
    IF TG_OP = 'DELETE' THEN row := OLD; ELSE row := NEW; END IF;
    IF EXISTS (SELECT 1 FROM plans_workplan WHERE id = {plan} AND state = 'published') THEN
        RAISE EXCEPTION 'a published work plan is frozen: make an amendment' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN row;
END $$;
CREATE TRIGGER {table}_frozen BEFORE INSERT OR UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_refuse();
"""
        )
    return "".join(parts)


def backward() -> str:
    parts = ["DROP TRIGGER plans_plan_frozen ON plans_workplan; DROP FUNCTION plans_plan_refuse();"]
    parts += [f"DROP TRIGGER {table}_frozen ON {table}; DROP FUNCTION {table}_refuse();" for table in TABLES]
    return "".join(parts)


class Migration(migrations.Migration):
    dependencies = [("plans", "0001_initial")]
    operations = [migrations.RunSQL(forward(), backward())]
