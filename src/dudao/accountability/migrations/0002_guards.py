"""An archived case is frozen in the database too, with its evidence, forms, opinions and remedies."""

from django.db import migrations

CHILDREN = ("casefile", "measure", "opinion", "remedy")
FORWARD = """
CREATE FUNCTION accountability_case_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'archived' THEN
        RAISE EXCEPTION 'an archived case is kept as it is' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a case is kept: drop it with a reason' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER accountability_case_frozen BEFORE UPDATE OR DELETE ON accountability_case
    FOR EACH ROW EXECUTE FUNCTION accountability_case_refuse();

CREATE FUNCTION accountability_part_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    part record;
BEGIN
    IF TG_OP = 'DELETE' THEN part := OLD; ELSE part := NEW; END IF;
    IF EXISTS (SELECT 1 FROM accountability_case WHERE id = part.case_id AND state = 'archived') THEN
        RAISE EXCEPTION 'an archived case is kept as it is' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN part;
END $$;
""" + "\n".join(
    f"CREATE TRIGGER accountability_{name}_frozen BEFORE INSERT OR UPDATE OR DELETE ON accountability_{name} "
    "FOR EACH ROW EXECUTE FUNCTION accountability_part_refuse();"
    for name in CHILDREN
)
BACKWARD = (
    "\n".join(f"DROP TRIGGER accountability_{name}_frozen ON accountability_{name};" for name in CHILDREN)
    + """
DROP FUNCTION accountability_part_refuse();
DROP TRIGGER accountability_case_frozen ON accountability_case;
DROP FUNCTION accountability_case_refuse();
"""
)


class Migration(migrations.Migration):
    replaces = [("accountability", "0002_archived_is_frozen")]
    dependencies = [("accountability", "0001_tables")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
