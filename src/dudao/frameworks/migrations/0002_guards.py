"""A published version is frozen in the database too: its indicators can't be added to, changed or removed, nor its settings.

Only the step to ``retired`` is left. A version that was ever published can't be deleted.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION frameworks_version_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'draft' THEN
        IF TG_OP = 'DELETE' THEN RETURN OLD; ELSE RETURN NEW; END IF;
    END IF;
    IF TG_OP = 'UPDATE' AND (NEW.state = OLD.state OR (OLD.state = 'published' AND NEW.state = 'retired'))
        AND (NEW.whole, NEW.number, NEW.framework_id, NEW.digest, NEW.published_at, NEW.revision, NEW.pack_digest)
        IS NOT DISTINCT FROM (OLD.whole, OLD.number, OLD.framework_id, OLD.digest, OLD.published_at, OLD.revision, OLD.pack_digest)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a published indicator system is frozen: make a new version' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER frameworks_version_frozen BEFORE UPDATE OR DELETE ON frameworks_frameworkversion
    FOR EACH ROW EXECUTE FUNCTION frameworks_version_refuse();

CREATE FUNCTION frameworks_indicator_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND EXISTS (
        SELECT 1 FROM frameworks_frameworkversion WHERE id = OLD.version_id AND state <> 'draft') THEN
        RAISE EXCEPTION 'a published indicator system is frozen: make a new version' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    IF EXISTS (SELECT 1 FROM frameworks_frameworkversion WHERE id = NEW.version_id AND state <> 'draft') THEN
        RAISE EXCEPTION 'a published indicator system is frozen: make a new version' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER frameworks_indicator_frozen BEFORE INSERT OR UPDATE OR DELETE ON frameworks_indicator
    FOR EACH ROW EXECUTE FUNCTION frameworks_indicator_refuse();
"""
BACKWARD = """
DROP TRIGGER frameworks_indicator_frozen ON frameworks_indicator; DROP FUNCTION frameworks_indicator_refuse();
DROP TRIGGER frameworks_version_frozen ON frameworks_frameworkversion; DROP FUNCTION frameworks_version_refuse();
"""


class Migration(migrations.Migration):
    replaces = [("frameworks", "0002_published_is_frozen")]
    dependencies = [("frameworks", "0001_tables")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
