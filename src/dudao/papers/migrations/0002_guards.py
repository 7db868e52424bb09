"""What was issued is frozen in the database too: the paper with its bytes, its number, the versions of its draft, its receivers.

A signed paper keeps its words and goes on to be issued or discarded; an issued one can only be withdrawn, and be given the scan
with the seal once. Numbers are voided, never changed or deleted; versions and deliveries are added, never taken away.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION papers_refuse(what text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', what USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE FUNCTION papers_paper_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    free text[];
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.state <> 'draft' THEN PERFORM papers_refuse('a paper that left its drafter is kept: discard it'); END IF;
        RETURN OLD;
    END IF;
    IF OLD.state = 'signed' THEN
        IF NEW.state NOT IN ('signed', 'issued', 'discarded') THEN
            PERFORM papers_refuse('a signed paper is issued or discarded');
        END IF;
        free := ARRAY['state', 'pdf_id', 'sealed_id', 'seal', 'digest', 'verify_code', 'issued_at', 'acknowledged'];
    ELSIF OLD.state = 'issued' THEN
        IF NEW.state NOT IN ('issued', 'withdrawn') THEN PERFORM papers_refuse('an issued paper can only be withdrawn'); END IF;
        IF OLD.sealed_id IS NOT NULL AND NEW.sealed_id IS DISTINCT FROM OLD.sealed_id THEN
            PERFORM papers_refuse('the sealed copy of an issued paper is kept');
        END IF;
        free := ARRAY['state', 'sealed_id'];
    ELSIF OLD.state IN ('withdrawn', 'discarded') THEN
        free := ARRAY[]::text[];
    ELSE
        RETURN NEW;
    END IF;
    IF (to_jsonb(NEW) - free) IS DISTINCT FROM (to_jsonb(OLD) - free) THEN
        PERFORM papers_refuse('a signed or issued paper is frozen: draft a new one');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER papers_paper_frozen BEFORE UPDATE OR DELETE ON papers_paper
    FOR EACH ROW EXECUTE FUNCTION papers_paper_refuse();

CREATE FUNCTION papers_number_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN PERFORM papers_refuse('a document number is kept: void it'); END IF;
    IF OLD.void_reason <> '' OR (to_jsonb(NEW) - 'void_reason') IS DISTINCT FROM (to_jsonb(OLD) - 'void_reason') THEN
        PERFORM papers_refuse('a document number can only be voided, once');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER papers_number_frozen BEFORE UPDATE OR DELETE ON papers_number
    FOR EACH ROW EXECUTE FUNCTION papers_number_refuse();

CREATE FUNCTION papers_version_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN PERFORM papers_refuse('a version of a draft is kept as it is'); END IF;
    IF EXISTS (SELECT 1 FROM papers_paper WHERE id = NEW.paper_id AND state IN ('issued', 'withdrawn', 'discarded')) THEN
        PERFORM papers_refuse('an issued paper gets no further version');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER papers_version_frozen BEFORE INSERT OR UPDATE OR DELETE ON papers_paperversion
    FOR EACH ROW EXECUTE FUNCTION papers_version_refuse();

CREATE FUNCTION papers_delivery_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN PERFORM papers_refuse('a delivery is kept'); END IF;
    IF TG_OP = 'INSERT' THEN
        IF NOT EXISTS (SELECT 1 FROM papers_paper WHERE id = NEW.paper_id AND state = 'issued') THEN
            PERFORM papers_refuse('only an issued paper is delivered');
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state = 'signed' OR (NEW.paper_id, NEW.unit_id, NEW.sent_at) IS DISTINCT FROM (OLD.paper_id, OLD.unit_id, OLD.sent_at) THEN
        PERFORM papers_refuse('a signed delivery is kept as it is');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER papers_delivery_frozen BEFORE INSERT OR UPDATE OR DELETE ON papers_delivery
    FOR EACH ROW EXECUTE FUNCTION papers_delivery_refuse();
"""
BACKWARD = """
DROP TRIGGER papers_delivery_frozen ON papers_delivery; DROP FUNCTION papers_delivery_refuse();
DROP TRIGGER papers_version_frozen ON papers_paperversion; DROP FUNCTION papers_version_refuse();
DROP TRIGGER papers_number_frozen ON papers_number; DROP FUNCTION papers_number_refuse();
DROP TRIGGER papers_paper_frozen ON papers_paper; DROP FUNCTION papers_paper_refuse(); DROP FUNCTION papers_refuse(text);
"""


class Migration(migrations.Migration):
    replaces = [("papers", "0003_issued_is_frozen")]
    dependencies = [("papers", "0001_tables")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
