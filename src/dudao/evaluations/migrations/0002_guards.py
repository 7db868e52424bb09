"""What was computed, handed in or published is frozen in the database too.

Score sheets and submissions are never changed; only a trial may be deleted. Of a published campaign nothing changes but the step to
the archive: neither it, nor its subjects, answers, figures, marks, reviews. A decision of a meeting is kept. A committed draw keeps
its frame, numbers and seed; a drawn one keeps who came out; overrides are written once and stay.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION evaluations_kept_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was handed in is kept as it is' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER evaluations_submission_frozen BEFORE UPDATE OR DELETE ON evaluations_submission
    FOR EACH ROW EXECUTE FUNCTION evaluations_kept_refuse();
CREATE TRIGGER evaluations_decision_frozen BEFORE UPDATE OR DELETE ON evaluations_decision
    FOR EACH ROW EXECUTE FUNCTION evaluations_kept_refuse();

CREATE FUNCTION evaluations_sheet_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.purpose = 'trial' THEN RETURN OLD; END IF;
    RAISE EXCEPTION 'a score sheet is kept as it was computed' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER evaluations_sheet_frozen BEFORE UPDATE OR DELETE ON evaluations_scoresheet
    FOR EACH ROW EXECUTE FUNCTION evaluations_sheet_refuse();

CREATE FUNCTION evaluations_result_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND NOT EXISTS (
        SELECT 1 FROM evaluations_scoresheet WHERE id = OLD.sheet_id AND purpose <> 'trial') THEN RETURN OLD; END IF;
    RAISE EXCEPTION 'a result is kept as it was computed' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER evaluations_result_frozen BEFORE UPDATE OR DELETE ON evaluations_result
    FOR EACH ROW EXECUTE FUNCTION evaluations_result_refuse();

CREATE FUNCTION evaluations_campaign_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state NOT IN ('published', 'archived') THEN
        IF TG_OP = 'DELETE' THEN RETURN OLD; ELSE RETURN NEW; END IF;
    END IF;
    IF TG_OP = 'UPDATE' AND (NEW.state = OLD.state OR (OLD.state = 'published' AND NEW.state = 'archived'))
        AND (NEW.office_id, NEW.title, NEW.year, NEW.objects_kind, NEW.version_id, NEW.system_digest, NEW.rules, NEW.decision,
             NEW.published_at)
        IS NOT DISTINCT FROM (OLD.office_id, OLD.title, OLD.year, OLD.objects_kind, OLD.version_id, OLD.system_digest, OLD.rules,
             OLD.decision, OLD.published_at)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a published evaluation is frozen' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER evaluations_campaign_frozen BEFORE UPDATE OR DELETE ON evaluations_campaign
    FOR EACH ROW EXECUTE FUNCTION evaluations_campaign_refuse();

CREATE FUNCTION evaluations_subject_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    part record;
BEGIN
    IF TG_OP = 'DELETE' THEN part := OLD; ELSE part := NEW; END IF;
    IF EXISTS (SELECT 1 FROM evaluations_campaign WHERE id = part.campaign_id AND state IN ('published', 'archived')) THEN
        RAISE EXCEPTION 'a published evaluation is frozen' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN part;
END $$;
CREATE TRIGGER evaluations_subject_frozen BEFORE INSERT OR UPDATE OR DELETE ON evaluations_subject
    FOR EACH ROW EXECUTE FUNCTION evaluations_subject_refuse();

CREATE FUNCTION evaluations_part_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    part record;
BEGIN
    IF TG_OP = 'DELETE' THEN part := OLD; ELSE part := NEW; END IF;
    IF EXISTS (
        SELECT 1 FROM evaluations_subject s JOIN evaluations_campaign c ON c.id = s.campaign_id
        WHERE s.id = part.subject_id AND c.state IN ('published', 'archived')) THEN
        RAISE EXCEPTION 'a published evaluation is frozen' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN part;
END $$;

CREATE FUNCTION evaluations_draw_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'draft' THEN
        IF TG_OP = 'UPDATE' THEN RETURN NEW; END IF;
        RETURN OLD;
    END IF;
    IF TG_OP = 'UPDATE'
        AND (NEW.uid, NEW.office_id, NEW.title, NEW.campaign_id, NEW.kind, NEW.criteria, NEW.columns, NEW.strata_column, NEW.numbers,
             NEW.commitment, NEW.frame_digest, NEW.seed, NEW.committed_at)
        IS NOT DISTINCT FROM (OLD.uid, OLD.office_id, OLD.title, OLD.campaign_id, OLD.kind, OLD.criteria, OLD.columns,
             OLD.strata_column, OLD.numbers, OLD.commitment, OLD.frame_digest, OLD.seed, OLD.committed_at)
        AND NEW.state <> 'draft' AND OLD.state <> 'void'
        AND ((OLD.state = 'committed' AND NEW.state <> 'published')
             OR (NEW.state <> 'committed'
                 AND (NEW.words, NEW.drawn_at) IS NOT DISTINCT FROM (OLD.words, OLD.drawn_at)
                 AND (OLD.state = 'drawn' OR NEW.state <> 'drawn')))
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a committed draw is frozen' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER evaluations_draw_frozen BEFORE UPDATE OR DELETE ON evaluations_draw
    FOR EACH ROW EXECUTE FUNCTION evaluations_draw_refuse();

CREATE FUNCTION evaluations_drawmember_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    part record;
    reached text;
BEGIN
    IF TG_OP = 'DELETE' THEN part := OLD; ELSE part := NEW; END IF;
    SELECT state INTO reached FROM evaluations_draw WHERE id = part.draw_id;
    IF reached = 'draft' AND (TG_OP <> 'UPDATE' OR NEW.draw_id = OLD.draw_id) THEN RETURN part; END IF;
    IF TG_OP = 'UPDATE'
        AND (NEW.draw_id, NEW.position, NEW.unit_id, NEW.account_id, NEW.identifier, NEW.name, NEW.stratum, NEW.cells, NEW.excluded)
        IS NOT DISTINCT FROM (OLD.draw_id, OLD.position, OLD.unit_id, OLD.account_id, OLD.identifier, OLD.name, OLD.stratum,
             OLD.cells, OLD.excluded)
        AND ((reached = 'committed' AND NEW.override = '')
             OR (reached IN ('drawn', 'published') AND OLD.override = ''
                 AND (NEW.ticket, NEW.drawn) IS NOT DISTINCT FROM (OLD.ticket, OLD.drawn)))
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a committed draw is frozen' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER evaluations_drawmember_frozen BEFORE INSERT OR UPDATE OR DELETE ON evaluations_drawmember
    FOR EACH ROW EXECUTE FUNCTION evaluations_drawmember_refuse();
""" + "\n".join(
    f"CREATE TRIGGER evaluations_{name}_frozen BEFORE INSERT OR UPDATE OR DELETE ON evaluations_{name} "
    "FOR EACH ROW EXECUTE FUNCTION evaluations_part_refuse();"
    for name in ("answer", "figure", "mark", "review", "remark", "objection")
)
BACKWARD = (
    "\n".join(
        f"DROP TRIGGER evaluations_{name}_frozen ON evaluations_{name};"
        for name in ("answer", "figure", "mark", "review", "remark", "objection", "subject", "campaign", "result")
    )
    + """
DROP TRIGGER evaluations_drawmember_frozen ON evaluations_drawmember;
DROP TRIGGER evaluations_draw_frozen ON evaluations_draw;
DROP FUNCTION evaluations_drawmember_refuse(); DROP FUNCTION evaluations_draw_refuse();
DROP TRIGGER evaluations_decision_frozen ON evaluations_decision;
DROP TRIGGER evaluations_sheet_frozen ON evaluations_scoresheet;
DROP TRIGGER evaluations_submission_frozen ON evaluations_submission;
DROP FUNCTION evaluations_part_refuse(); DROP FUNCTION evaluations_subject_refuse(); DROP FUNCTION evaluations_campaign_refuse();
DROP FUNCTION evaluations_result_refuse(); DROP FUNCTION evaluations_sheet_refuse(); DROP FUNCTION evaluations_kept_refuse();
"""
)


class Migration(migrations.Migration):
    replaces = [
        ("evaluations", "0002_results_are_frozen"),
        ("evaluations", "0003_draws"),
        ("evaluations", "0005_decisions"),
    ]
    dependencies = [("evaluations", "0001_tables")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
