-- Written by docs/generate_analysis.py from the declaration of the tables; do not edit.
SET LOCAL ROLE dudao_app;
DO $dudao$
BEGIN
    IF obj_description('analysis'::regnamespace, 'pg_namespace') IS NOT DISTINCT FROM 'c00a00946c9c6fc549c9f03017029a4287de0fe5d25235e649b95c13256f2cb3' THEN
        RETURN;
    END IF;
    DROP VIEW IF EXISTS analysis.entries, analysis.roster, analysis.scope, analysis.flags, analysis.assessments, analysis.certificates, analysis.cases, analysis.actions, analysis.districts, analysis.checks, analysis.levels, analysis.occupations, analysis.catalogues, analysis.event_types CASCADE;
    DROP FUNCTION IF EXISTS analysis.diff(text, date, bigint, date, bigint);
    DROP FUNCTION IF EXISTS analysis.delays_at(date, bigint);

-- What the login may see: a district, '*' for the whole city, nothing where it was not admitted.
CREATE OR REPLACE FUNCTION analysis.seat() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $f$ SELECT coalesce(district, '*') FROM analysis.reader WHERE login = session_user $f$;

-- As `domain.terms.identifiers` masks names; a test compares. The functions below find what they call whatever
-- path the asker has set: nobody's own function is given a name to look at.
CREATE OR REPLACE FUNCTION analysis.masked(name text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (SELECT left(name, surname) || repeat('*', greatest(1, length(name) - surname))
  FROM (SELECT CASE WHEN length(name) > 2 AND left(name, 2) IN ('上官', '东方', '令狐', '公孙', '南宫', '司徒', '司马', '呼延', '夏侯', '宇文', '尉迟', '慕容', '欧阳', '独孤', '百里', '皇甫', '端木', '诸葛', '轩辕', '长孙') THEN 2 ELSE 1 END) s(surname));

-- As `projections.items.persons` takes people out of what has no fixed members; a test compares every entry.
CREATE OR REPLACE FUNCTION analysis.masked_names(value jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE jsonb_typeof(value)
    WHEN 'string' THEN to_jsonb(analysis.masked(value #>> '{}'))
    WHEN 'array' THEN (SELECT coalesce(jsonb_agg(to_jsonb(analysis.masked(e.one #>> '{}')) ORDER BY e.n), '[]')
                         FROM jsonb_array_elements(value) WITH ORDINALITY e(one, n))
    ELSE value END;

CREATE OR REPLACE FUNCTION analysis.without_persons(value jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $f$
DECLARE
    kept jsonb;
BEGIN
    IF jsonb_typeof(value) = 'array' THEN
        RETURN (SELECT coalesce(jsonb_agg(analysis.without_persons(e.one) ORDER BY e.n), '[]')
                  FROM jsonb_array_elements(value) WITH ORDINALITY e(one, n));
    ELSIF jsonb_typeof(value) IS DISTINCT FROM 'object' THEN
        RETURN value;
    END IF;
    SELECT coalesce(jsonb_object_agg(m.name, CASE
               WHEN m.name IN ('accuracy_m', 'basics', 'ethics', 'funding', 'hr_system', 'lat', 'lon', 'organisation_quality', 'performance', 'practice', 'premises_it', 'review', 'theory') AND m.one #>> '{}' ~ '^-?[0-9]+(\.[0-9]+)?$'
               THEN to_jsonb((m.one #>> '{}')::numeric)
               ELSE analysis.at_path(m.name, m.one) END), '{}')
      INTO kept
      FROM jsonb_each(value) m(name, one)
     WHERE analysis.last_of(m.name) NOT IN ('card_no', 'device_id', 'masked_name', 'subject_id');
    IF value ? 'staff_id' THEN
        kept := kept - 'staff_id';
        IF jsonb_typeof(value -> 'name') = 'string' THEN
            kept := kept || jsonb_build_object('name', analysis.masked_names(value -> 'name'));
        END IF;
    END IF;
    -- Elsewhere an outcome is the id of what a check found, and a subject a USCC.
    IF value ? 'finding_id' AND NOT value ?| ARRAY['flag', 'verdict']
       AND jsonb_typeof(value -> 'outcome') = 'string' THEN
        kept := kept || jsonb_build_object('outcome', '〔从略〕');
    END IF;
    IF value ? 'complaint_id' AND jsonb_typeof(value -> 'subject') = 'string' THEN
        kept := kept || jsonb_build_object('subject', '〔从略〕');
    END IF;
    RETURN kept;
END
$f$;

-- The member that a path ends at; of an element, the list that holds it.
CREATE OR REPLACE FUNCTION analysis.last_of(path text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN strpos(path, '.') = 0 THEN path
            ELSE coalesce(substring(path FROM '([^.]*[^.0-9][^.]*)(?:\.[0-9]+)*$'), path) END;

CREATE OR REPLACE FUNCTION analysis.at_path(path text, value jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $f$
DECLARE
    name text := analysis.last_of(path);
BEGIN
    IF name IN ('answer', 'basis', 'comment', 'file_name', 'main_business', 'note', 'own_method', 'reason', 'refusal', 'requirement', 'review_reason', 'statement', 'text', 'title', 'unit_statement', 'where') AND jsonb_typeof(value) = 'string' THEN
        RETURN to_jsonb('〔从略〕'::text);
    ELSIF name IN ('assessors', 'assessors_absent', 'quality_staff') OR name = 'name' AND string_to_array(path, '.') && ARRAY['experts', 'inspectors'] THEN
        RETURN analysis.masked_names(value);
    ELSIF name IN ('experts', 'inspectors') AND jsonb_typeof(value) = 'array' THEN
        RETURN (SELECT coalesce(jsonb_agg(CASE WHEN jsonb_typeof(p.one -> 'name') = 'string'
                    THEN p.one || jsonb_build_object('name', analysis.masked_names(p.one -> 'name'))
                    ELSE p.one END ORDER BY p.n), '[]')
                  FROM (SELECT analysis.without_persons(e.one), e.n
                          FROM jsonb_array_elements(value) WITH ORDINALITY e(one, n)) p(one, n));
    END IF;
    RETURN analysis.without_persons(value);
END
$f$;

-- What an entry says, as it was stored (its column `schema` says in which shape): what a correction or an act
-- that was asked for holds as text is read, as everywhere.
CREATE OR REPLACE FUNCTION analysis.told(type text, data jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $f$
BEGIN
    IF type IN ('RecordCorrected', 'CorrectionRequested') THEN
        RETURN jsonb_build_object('position', data -> 'position', 'fields', (
            SELECT coalesce(jsonb_object_agg(f.path, analysis.at_path(f.path, f.value::jsonb)), '{}')
              FROM jsonb_to_recordset(data -> 'fields') f(path text, value text)));
    ELSIF type = 'ActRequested' THEN
        RETURN analysis.without_persons(data || jsonb_build_object('data', (data ->> 'data')::jsonb));
    END IF;
    RETURN analysis.without_persons(data);
END
$f$;

-- Written by docs/generate_analysis.py from the declaration of the tables; do not edit.
CREATE OR REPLACE VIEW analysis.entries WITH (security_barrier) AS
SELECT t.position::text AS key, t.subject, t.district, t.valid_from, NULL::date AS valid_to, t.position AS known_from, NULL::bigint AS known_to,
       t.position AS "position",
       t.stream AS "stream",
       t.version::bigint AS "version",
       coalesce(k.name, 'Unreadable') AS "type",
       split_part(t.type, '/', 2)::bigint AS "schema",
       t.recorded_at AS "recorded_at",
       CASE WHEN jsonb_typeof((p.doc -> 'actor')) = 'object' THEN jsonb_build_object('account', ((p.doc -> 'actor') -> 'account'), 'role', ((p.doc -> 'actor') -> 'role'), 'organisation', ((p.doc -> 'actor') -> 'organisation')) END AS "actor",
       CASE WHEN (p.doc ->> 'reason') IS NOT NULL THEN '〔从略〕' END AS "reason",
       (p.doc ->> 'document_no') AS "document_no",
       (p.doc ->> 'correlation') AS "correlation",
       (p.doc ->> 'causation') AS "causation",
       (p.doc -> 'stamps' ->> 'received_on')::date AS "received_on",
       CASE WHEN jsonb_typeof((p.doc -> 'stamps' -> 'received_by')) = 'object' THEN jsonb_build_object('account', ((p.doc -> 'stamps' -> 'received_by') -> 'account'), 'role', ((p.doc -> 'stamps' -> 'received_by') -> 'role'), 'organisation', ((p.doc -> 'stamps' -> 'received_by') -> 'organisation')) END AS "received_by",
       (p.doc -> 'stamps' ->> 'claimed_on')::date AS "claimed_on",
       CASE WHEN jsonb_typeof((p.doc -> 'stamps' -> 'approved_by')) = 'object' THEN jsonb_build_object('account', ((p.doc -> 'stamps' -> 'approved_by') -> 'account'), 'role', ((p.doc -> 'stamps' -> 'approved_by') -> 'role'), 'organisation', ((p.doc -> 'stamps' -> 'approved_by') -> 'organisation')) END AS "approved_by",
       (p.doc -> 'stamps' ->> 'entered_by') AS "entered_by",
       coalesce((p.doc -> 'stamps' ->> 'backfill')::boolean, false) AS "backfill",
       CASE WHEN k.name IS NULL THEN jsonb_build_object('stored', t.type, 'reason', 'unknown type') ELSE analysis.told(k.name, p.doc -> 'data') END AS "data",
       encode(t.leaf, 'hex') AS "leaf"
  FROM ledger.entry t
 CROSS JOIN LATERAL (SELECT convert_from(t.payload, 'UTF8')::jsonb AS doc OFFSET 0) p
  LEFT JOIN (VALUES ('enterprise.enterprise-registered/1', 'EnterpriseRegistered'), ('enterprise.enterprise-profile-changed/1', 'EnterpriseProfileChanged'), ('enterprise.unit-covered/1', 'UnitCovered'), ('enterprise.unit-released/1', 'UnitReleased'), ('application.application-submitted/1', 'ApplicationSubmitted'), ('application.district-opinion-given/1', 'DistrictOpinionGiven'), ('application.application-accepted/1', 'ApplicationAccepted'), ('application.application-returned/1', 'ApplicationReturned'), ('application.experts-assigned/1', 'ExpertsAssigned'), ('application.evaluation-scored/1', 'EvaluationScored'), ('application.evaluation-score-revised/1', 'EvaluationScoreRevised'), ('application.evaluation-concluded/1', 'EvaluationConcluded'), ('application.application-confirmed/1', 'ApplicationConfirmed'), ('application.application-rejected/1', 'ApplicationRejected'), ('application.receipt-issued/1', 'ReceiptIssued'), ('application.application-withdrawn/1', 'ApplicationWithdrawn'), ('roster.roster-published/1', 'RosterPublished'), ('roster.roster-published/2', 'RosterPublished'), ('standing.enterprise-listed/1', 'EnterpriseListed'), ('standing.scope-changed/1', 'ScopeChanged'), ('standing.listing-suspended/1', 'ListingSuspended'), ('standing.listing-reinstated/1', 'ListingReinstated'), ('standing.listing-removed/1', 'ListingRemoved'), ('standing.listing-renewed/1', 'ListingRenewed'), ('plan.annual-plan-filed/1', 'AnnualPlanFiled'), ('plan.annual-plan-revised/1', 'AnnualPlanRevised'), ('assessment.assessment-held/1', 'AssessmentHeld'), ('assessment.results-published/1', 'ResultsPublished'), ('certificate.certificate-issued/1', 'CertificateIssued'), ('certificate.certificate-reissued/1', 'CertificateReissued'), ('certificate.certificate-revoked/1', 'CertificateRevoked'), ('inspection.inspection-drawn/1', 'InspectionDrawn'), ('inspection.inspection-dispatched/1', 'InspectionDispatched'), ('inspection.spot-check-recorded/1', 'SpotCheckRecorded'), ('finding.finding-raised/1', 'FindingRaised'), ('finding.rectification-ordered/1', 'RectificationOrdered'), ('finding.rectification-reported/1', 'RectificationReported'), ('finding.reinspection-recorded/1', 'ReinspectionRecorded'), ('finding.measure-imposed/1', 'MeasureImposed'), ('finding.measure-stayed/1', 'MeasureStayed'), ('finding.measure-varied/1', 'MeasureVaried'), ('finding.measure-set-aside/1', 'MeasureSetAside'), ('finding.measure-lifted/1', 'MeasureLifted'), ('finding.finding-closed/1', 'FindingClosed'), ('finding.finding-withdrawn/1', 'FindingWithdrawn'), ('finding.finding-disputed/1', 'FindingDisputed'), ('finding.hearing-held/1', 'HearingHeld'), ('flag.flag-reviewed/1', 'FlagReviewed'), ('flag.flag-reviewed/2', 'FlagReviewed'), ('flag.flag-answered/1', 'FlagAnswered'), ('staff.staff-registered/1', 'StaffRegistered'), ('staff.staff-released/1', 'StaffReleased'), ('partnership.partnership-filed/1', 'PartnershipFiled'), ('specification.specification-filed/1', 'SpecificationFiled'), ('complaint.complaint-received/1', 'ComplaintReceived'), ('catalogue.catalogue-adopted/1', 'CatalogueAdopted'), ('person.person-erased/1', 'PersonErased'), ('clock.clock-set/1', 'ClockSet'), ('demonstration.demonstration-begun/1', 'DemonstrationBegun'), ('day.day-closed/1', 'DayClosed'), ('record.record-corrected/1', 'RecordCorrected'), ('record.correction-requested/1', 'CorrectionRequested'), ('record.correction-decided/1', 'CorrectionDecided'), ('request.act-requested/1', 'ActRequested'), ('request.act-decided/1', 'ActDecided')) AS k(stored, name) ON k.stored = t.type
 WHERE (SELECT analysis.seat()) IN ('*', t.district);

CREATE OR REPLACE VIEW analysis.roster WITH (security_barrier) AS
SELECT t.key, t.subject, t.district, t.valid_from, t.valid_to, t.known_from, t.known_to,
       d."uscc" AS "uscc",
       d."name" AS "name",
       d."kind" AS "kind",
       d."address" AS "address",
       d."standing" AS "standing",
       d."batch" AS "batch",
       d."valid_from" AS "listed_from",
       d."valid_to" AS "listed_to",
       CASE WHEN jsonb_typeof(d."scope") = 'array' THEN (SELECT coalesce(jsonb_agg(CASE WHEN jsonb_typeof(x1.e) = 'object' THEN jsonb_build_object('edition', (x1.e -> 'edition'), 'code', (x1.e -> 'code'), 'name', (x1.e -> 'name'), 'trade', (x1.e -> 'trade'), 'levels', (x1.e -> 'levels'), 'batch', (x1.e -> 'batch'), 'valid_from', (x1.e -> 'valid_from'), 'valid_to', (x1.e -> 'valid_to')) END ORDER BY x1.n), '[]') FROM jsonb_array_elements(d."scope") WITH ORDINALITY x1(e, n)) END AS "scope",
       d."findings" AS "findings",
       d."because" AS "because"
  FROM projections.roster t
 CROSS JOIN LATERAL jsonb_to_record(t.doc::jsonb) AS d("uscc" text, "name" text, "kind" text, "address" text, "standing" text, "batch" text, "valid_from" date, "valid_to" date, "scope" jsonb, "findings" text[], "because" bigint[])
 WHERE (SELECT analysis.seat()) IN ('*', t.district);

CREATE OR REPLACE VIEW analysis.scope WITH (security_barrier) AS
SELECT t.key, t.subject, t.district, t.valid_from, t.valid_to, t.known_from, t.known_to,
       d."standing" AS "standing",
       CASE WHEN jsonb_typeof(d."scope") = 'array' THEN (SELECT coalesce(jsonb_agg(CASE WHEN jsonb_typeof(x1.e) = 'object' THEN jsonb_build_object('edition', (x1.e -> 'edition'), 'code', (x1.e -> 'code'), 'name', (x1.e -> 'name'), 'trade', (x1.e -> 'trade'), 'levels', (x1.e -> 'levels'), 'batch', (x1.e -> 'batch'), 'valid_from', (x1.e -> 'valid_from'), 'valid_to', (x1.e -> 'valid_to')) END ORDER BY x1.n), '[]') FROM jsonb_array_elements(d."scope") WITH ORDINALITY x1(e, n)) END AS "scope",
       d."because" AS "because"
  FROM projections.scope t
 CROSS JOIN LATERAL jsonb_to_record(t.doc::jsonb) AS d("standing" text, "scope" jsonb, "because" bigint[])
 WHERE (SELECT analysis.seat()) IN ('*', t.district);

CREATE OR REPLACE VIEW analysis.flags WITH (security_barrier) AS
SELECT t.key, t.subject, t.district, t.valid_from, t.valid_to, t.known_from, t.known_to,
       d."code" AS "code",
       d."verdict" AS "verdict",
       d."then" AS "then",
       d."severity" AS "severity",
       d."clause" AS "clause",
       d."rule" AS "rule",
       d."assessment_id" AS "assessment_id",
       d."certificate_no" AS "certificate_no",
       d."valid_at" AS "valid_at",
       d."known_from" AS "flag_known_from",
       d."known_to" AS "flag_known_to",
       d."outcome" AS "outcome",
       d."review" AS "review",
       d."review_stale" AS "review_stale",
       d."review_lapse" AS "review_lapse",
       d."review_lapsed_by" AS "review_lapsed_by",
       CASE WHEN d."review_reason" IS NOT NULL THEN '〔从略〕' END AS "review_reason",
       d."review_position" AS "review_position",
       d."finding_id" AS "finding_id",
       d."case" AS "case",
       CASE WHEN jsonb_typeof(d."responsible") = 'array' THEN (SELECT coalesce(jsonb_agg(CASE WHEN jsonb_typeof(x1.e) = 'object' THEN jsonb_build_object('uscc', (x1.e -> 'uscc'), 'organisation', (x1.e -> 'organisation'), 'district', (x1.e -> 'district'), 'role', (x1.e -> 'role')) END ORDER BY x1.n), '[]') FROM jsonb_array_elements(d."responsible") WITH ORDINALITY x1(e, n)) END AS "responsible",
       CASE WHEN jsonb_typeof(d."message") = 'object' THEN jsonb_build_object('zh', (d."message" -> 'zh'), 'en', (d."message" -> 'en')) END AS "message",
       d."because" AS "because",
       CASE WHEN jsonb_typeof(d."answers") = 'array' THEN (SELECT coalesce(jsonb_agg(CASE WHEN jsonb_typeof(x1.e) = 'object' THEN jsonb_build_object('position', (x1.e -> 'position'), 'said_on', (x1.e -> 'said_on'), 'statement', CASE WHEN (x1.e -> 'statement') IS NOT NULL AND jsonb_typeof((x1.e -> 'statement')) <> 'null' THEN to_jsonb('〔从略〕'::text) ELSE (x1.e -> 'statement') END, 'evidence', CASE WHEN jsonb_typeof((x1.e -> 'evidence')) = 'array' THEN (SELECT coalesce(jsonb_agg(CASE WHEN jsonb_typeof(x2.e) = 'object' THEN jsonb_build_object('sha256', (x2.e -> 'sha256'), 'media_type', (x2.e -> 'media_type'), 'file_name', CASE WHEN (x2.e -> 'file_name') IS NOT NULL AND jsonb_typeof((x2.e -> 'file_name')) <> 'null' THEN to_jsonb('〔从略〕'::text) ELSE (x2.e -> 'file_name') END, 'captured_at', (x2.e -> 'captured_at'), 'lon', (x2.e -> 'lon'), 'lat', (x2.e -> 'lat'), 'datum', (x2.e -> 'datum')) END ORDER BY x2.n), '[]') FROM jsonb_array_elements((x1.e -> 'evidence')) WITH ORDINALITY x2(e, n)) END) END ORDER BY x1.n), '[]') FROM jsonb_array_elements(d."answers") WITH ORDINALITY x1(e, n)) END AS "answers",
       CASE WHEN jsonb_typeof(d."corrections") = 'array' THEN (SELECT coalesce(jsonb_agg(CASE WHEN jsonb_typeof(x1.e) = 'object' THEN jsonb_build_object('position', (x1.e -> 'position'), 'fields', analysis.without_persons((x1.e -> 'fields')), 'asked_on', (x1.e -> 'asked_on'), 'reason', CASE WHEN (x1.e -> 'reason') IS NOT NULL AND jsonb_typeof((x1.e -> 'reason')) <> 'null' THEN to_jsonb('〔从略〕'::text) ELSE (x1.e -> 'reason') END, 'taken', (x1.e -> 'taken'), 'decided_on', (x1.e -> 'decided_on'), 'decision', (x1.e -> 'decision'), 'answer', CASE WHEN (x1.e -> 'answer') IS NOT NULL AND jsonb_typeof((x1.e -> 'answer')) <> 'null' THEN to_jsonb('〔从略〕'::text) ELSE (x1.e -> 'answer') END) END ORDER BY x1.n), '[]') FROM jsonb_array_elements(d."corrections") WITH ORDINALITY x1(e, n)) END AS "corrections"
  FROM projections.flags t
 CROSS JOIN LATERAL jsonb_to_record(t.doc::jsonb) AS d("code" text, "verdict" text, "then" text, "severity" text, "clause" text, "rule" text, "assessment_id" text, "certificate_no" text, "valid_at" date, "known_from" bigint, "known_to" bigint, "outcome" text, "review" text, "review_stale" boolean, "review_lapse" text, "review_lapsed_by" bigint, "review_reason" text, "review_position" bigint, "finding_id" text, "case" text, "responsible" jsonb, "message" jsonb, "because" bigint[], "answers" jsonb, "corrections" jsonb)
 WHERE (SELECT analysis.seat()) IN ('*', t.district);

CREATE OR REPLACE VIEW analysis.assessments WITH (security_barrier) AS
SELECT t.key, t.subject, t.district, t.valid_from, t.valid_to, t.known_from, t.known_to,
       d."assessment_id" AS "assessment_id",
       d."uscc" AS "uscc",
       d."unit_uscc" AS "unit_uscc",
       CASE WHEN jsonb_typeof(d."occupation") = 'object' THEN jsonb_build_object('edition', (d."occupation" -> 'edition'), 'code', (d."occupation" -> 'code'), 'name', (d."occupation" -> 'name'), 'trade', (d."occupation" -> 'trade')) END AS "occupation",
       d."level" AS "level",
       d."method" AS "method",
       d."mode" AS "mode",
       d."held_from" AS "held_from",
       d."held_to" AS "held_to",
       CASE WHEN jsonb_typeof(d."venue") = 'object' THEN jsonb_build_object('name', (d."venue" -> 'name'), 'address', (d."venue" -> 'address'), 'division', (d."venue" -> 'division'), 'lon', (d."venue" -> 'lon'), 'lat', (d."venue" -> 'lat'), 'datum', (d."venue" -> 'datum'), 'accuracy_m', (d."venue" -> 'accuracy_m')) END AS "venue",
       CASE WHEN jsonb_typeof(d."venues") = 'array' THEN (SELECT coalesce(jsonb_agg(CASE WHEN jsonb_typeof(x1.e) = 'object' THEN jsonb_build_object('name', (x1.e -> 'name'), 'address', (x1.e -> 'address'), 'division', (x1.e -> 'division'), 'lon', (x1.e -> 'lon'), 'lat', (x1.e -> 'lat'), 'datum', (x1.e -> 'datum'), 'accuracy_m', (x1.e -> 'accuracy_m')) END ORDER BY x1.n), '[]') FROM jsonb_array_elements(d."venues") WITH ORDINALITY x1(e, n)) END AS "venues",
       CASE WHEN jsonb_typeof(d."candidates") = 'object' THEN jsonb_build_object('employee', (d."candidates" -> 'employee'), 'dispatched', (d."candidates" -> 'dispatched'), 'student', (d."candidates" -> 'student'), 'apprentice', (d."candidates" -> 'apprentice'), 'other', (d."candidates" -> 'other')) END AS "candidates",
       CASE WHEN d."assessors" IS NOT NULL THEN ARRAY(SELECT analysis.masked(u.name) FROM unnest(d."assessors") WITH ORDINALITY u(name, n) ORDER BY u.n) END AS "assessors",
       CASE WHEN d."quality_staff" IS NOT NULL THEN ARRAY(SELECT analysis.masked(u.name) FROM unnest(d."quality_staff") WITH ORDINALITY u(name, n) ORDER BY u.n) END AS "quality_staff",
       d."position" AS "position",
       d."because" AS "because",
       CASE WHEN jsonb_typeof(d."results_published") = 'array' THEN (SELECT coalesce(jsonb_agg(CASE WHEN jsonb_typeof(x1.e) = 'object' THEN jsonb_build_object('published_on', (x1.e -> 'published_on'), 'until', (x1.e -> 'until'), 'where', CASE WHEN (x1.e -> 'where') IS NOT NULL AND jsonb_typeof((x1.e -> 'where')) <> 'null' THEN to_jsonb('〔从略〕'::text) ELSE (x1.e -> 'where') END) END ORDER BY x1.n), '[]') FROM jsonb_array_elements(d."results_published") WITH ORDINALITY x1(e, n)) END AS "results_published"
  FROM projections.sessions t
 CROSS JOIN LATERAL jsonb_to_record(t.doc::jsonb) AS d("assessment_id" text, "uscc" text, "unit_uscc" text, "occupation" jsonb, "level" text, "method" text, "mode" text, "held_from" date, "held_to" date, "venue" jsonb, "venues" jsonb, "candidates" jsonb, "assessors" text[], "quality_staff" text[], "position" bigint, "because" bigint[], "results_published" jsonb)
 WHERE (SELECT analysis.seat()) IN ('*', t.district);

CREATE OR REPLACE VIEW analysis.certificates WITH (security_barrier) AS
SELECT t.key, t.subject, t.district, t.valid_from, t.valid_to, t.known_from, t.known_to,
       d."certificate_no" AS "certificate_no",
       d."assessment_id" AS "assessment_id",
       d."uscc" AS "uscc",
       d."issuer_uscc" AS "issuer_uscc",
       CASE WHEN jsonb_typeof(d."occupation") = 'object' THEN jsonb_build_object('edition', (d."occupation" -> 'edition'), 'code', (d."occupation" -> 'code'), 'name', (d."occupation" -> 'name'), 'trade', (d."occupation" -> 'trade')) END AS "occupation",
       d."level" AS "level",
       CASE WHEN jsonb_typeof(d."holder") = 'object' THEN jsonb_build_object('id_type', (d."holder" -> 'id_type'), 'category', (d."holder" -> 'category')) END AS "holder",
       CASE WHEN jsonb_typeof(d."results") = 'object' THEN jsonb_build_object('theory', (d."results" -> 'theory'), 'practice', (d."results" -> 'practice'), 'review', (d."results" -> 'review'), 'performance', (d."results" -> 'performance'), 'ethics', (d."results" -> 'ethics'), 'content', (d."results" -> 'content'), 'ground', CASE WHEN jsonb_typeof((d."results" -> 'ground')) = 'object' THEN jsonb_build_object('kind', ((d."results" -> 'ground') -> 'kind'), 'text', CASE WHEN ((d."results" -> 'ground') -> 'text') IS NOT NULL AND jsonb_typeof(((d."results" -> 'ground') -> 'text')) <> 'null' THEN to_jsonb('〔从略〕'::text) ELSE ((d."results" -> 'ground') -> 'text') END, 'document_no', ((d."results" -> 'ground') -> 'document_no')) END) END AS "results",
       d."issued_on" AS "issued_on",
       d."reissued_on" AS "reissued_on",
       d."state" AS "state",
       d."ended_on" AS "ended_on",
       d."ended_position" AS "ended_position",
       d."replaced_by" AS "replaced_by",
       d."replaces" AS "replaces",
       d."issued_as" AS "issued_as",
       d."position" AS "position"
  FROM projections.certificates t
 CROSS JOIN LATERAL jsonb_to_record(t.doc::jsonb) AS d("certificate_no" text, "assessment_id" text, "uscc" text, "issuer_uscc" text, "occupation" jsonb, "level" text, "holder" jsonb, "results" jsonb, "issued_on" date, "reissued_on" date, "state" text, "ended_on" date, "ended_position" bigint, "replaced_by" text, "replaces" text, "issued_as" text, "position" bigint)
 WHERE (SELECT analysis.seat()) IN ('*', t.district);

CREATE OR REPLACE VIEW analysis.cases WITH (security_barrier) AS
SELECT t.key, t.subject, t.district, t.valid_from, t.valid_to, t.known_from, t.known_to,
       t.kind,
       t.stage,
       CASE WHEN t.kind = 'applications' THEN CASE WHEN jsonb_typeof(d.doc) = 'object' THEN jsonb_build_object('application_id', (d.doc -> 'application_id'), 'uscc', (d.doc -> 'uscc'), 'window', (d.doc -> 'window'), 'stage', (d.doc -> 'stage'), 'submitted_on', (d.doc -> 'submitted_on'), 'materials', CASE WHEN jsonb_typeof((d.doc -> 'materials')) = 'array' THEN (SELECT coalesce(jsonb_agg(CASE WHEN jsonb_typeof(x1.e) = 'object' THEN jsonb_build_object('kind', (x1.e -> 'kind'), 'file_name', CASE WHEN (x1.e -> 'file_name') IS NOT NULL AND jsonb_typeof((x1.e -> 'file_name')) <> 'null' THEN to_jsonb('〔从略〕'::text) ELSE (x1.e -> 'file_name') END, 'sha256', (x1.e -> 'sha256')) END ORDER BY x1.n), '[]') FROM jsonb_array_elements((d.doc -> 'materials')) WITH ORDINALITY x1(e, n)) END, 'scope', CASE WHEN jsonb_typeof((d.doc -> 'scope')) = 'array' THEN (SELECT coalesce(jsonb_agg(CASE WHEN jsonb_typeof(x1.e) = 'object' THEN jsonb_build_object('edition', (x1.e -> 'edition'), 'code', (x1.e -> 'code'), 'name', (x1.e -> 'name'), 'trade', (x1.e -> 'trade'), 'levels', (x1.e -> 'levels')) END ORDER BY x1.n), '[]') FROM jsonb_array_elements((d.doc -> 'scope')) WITH ORDINALITY x1(e, n)) END, 'methods', (d.doc -> 'methods'), 'own_method', CASE WHEN (d.doc -> 'own_method') IS NOT NULL AND jsonb_typeof((d.doc -> 'own_method')) <> 'null' THEN to_jsonb('〔从略〕'::text) ELSE (d.doc -> 'own_method') END, 'units', CASE WHEN jsonb_typeof((d.doc -> 'units')) = 'array' THEN (SELECT coalesce(jsonb_agg(CASE WHEN jsonb_typeof(x1.e) = 'object' THEN jsonb_build_object('uscc', (x1.e -> 'uscc'), 'name', (x1.e -> 'name')) END ORDER BY x1.n), '[]') FROM jsonb_array_elements((d.doc -> 'units')) WITH ORDINALITY x1(e, n)) END, 'premises', CASE WHEN jsonb_typeof((d.doc -> 'premises')) = 'array' THEN (SELECT coalesce(jsonb_agg(CASE WHEN jsonb_typeof(x1.e) = 'object' THEN jsonb_build_object('name', (x1.e -> 'name'), 'address', (x1.e -> 'address'), 'division', (x1.e -> 'division'), 'lon', (x1.e -> 'lon'), 'lat', (x1.e -> 'lat'), 'datum', (x1.e -> 'datum'), 'accuracy_m', (x1.e -> 'accuracy_m')) END ORDER BY x1.n), '[]') FROM jsonb_array_elements((d.doc -> 'premises')) WITH ORDINALITY x1(e, n)) END, 'main_business', CASE WHEN (d.doc -> 'main_business') IS NOT NULL AND jsonb_typeof((d.doc -> 'main_business')) <> 'null' THEN to_jsonb('〔从略〕'::text) ELSE (d.doc -> 'main_business') END, 'staff', CASE WHEN jsonb_typeof((d.doc -> 'staff')) = 'array' THEN (SELECT coalesce(jsonb_agg(CASE WHEN jsonb_typeof(x1.e) = 'object' THEN jsonb_build_object('occupation', CASE WHEN jsonb_typeof((x1.e -> 'occupation')) = 'object' THEN jsonb_build_object('edition', ((x1.e -> 'occupation') -> 'edition'), 'code', ((x1.e -> 'occupation') -> 'code'), 'name', ((x1.e -> 'occupation') -> 'name'), 'trade', ((x1.e -> 'occupation') -> 'trade')) END, 'number', (x1.e -> 'number')) END ORDER BY x1.n), '[]') FROM jsonb_array_elements((d.doc -> 'staff')) WITH ORDINALITY x1(e, n)) END, 'standards', CASE WHEN jsonb_typeof((d.doc -> 'standards')) = 'array' THEN (SELECT coalesce(jsonb_agg(CASE WHEN jsonb_typeof(x1.e) = 'object' THEN jsonb_build_object('occupation', CASE WHEN jsonb_typeof((x1.e -> 'occupation')) = 'object' THEN jsonb_build_object('edition', ((x1.e -> 'occupation') -> 'edition'), 'code', ((x1.e -> 'occupation') -> 'code'), 'name', ((x1.e -> 'occupation') -> 'name'), 'trade', ((x1.e -> 'occupation') -> 'trade')) END, 'sha256', (x1.e -> 'sha256')) END ORDER BY x1.n), '[]') FROM jsonb_array_elements((d.doc -> 'standards')) WITH ORDINALITY x1(e, n)) END, 'resubmits', (d.doc -> 'resubmits'), 'opinion', CASE WHEN jsonb_typeof((d.doc -> 'opinion')) = 'object' THEN jsonb_build_object('application_id', ((d.doc -> 'opinion') -> 'application_id'), 'district', ((d.doc -> 'opinion') -> 'district'), 'opinion', ((d.doc -> 'opinion') -> 'opinion'), 'text', CASE WHEN ((d.doc -> 'opinion') -> 'text') IS NOT NULL AND jsonb_typeof(((d.doc -> 'opinion') -> 'text')) <> 'null' THEN to_jsonb('〔从略〕'::text) ELSE ((d.doc -> 'opinion') -> 'text') END, 'given_on', ((d.doc -> 'opinion') -> 'given_on')) END, 'accepted_on', (d.doc -> 'accepted_on'), 'experts', CASE WHEN jsonb_typeof((d.doc -> 'experts')) = 'array' THEN (SELECT coalesce(jsonb_agg(CASE WHEN jsonb_typeof(x1.e) = 'object' THEN jsonb_build_object('expert_id', (x1.e -> 'expert_id'), 'name', analysis.masked_names((x1.e -> 'name')), 'affiliation', (x1.e -> 'affiliation'), 'recusal_declared', (x1.e -> 'recusal_declared')) END ORDER BY x1.n), '[]') FROM jsonb_array_elements((d.doc -> 'experts')) WITH ORDINALITY x1(e, n)) END, 'scores', CASE WHEN jsonb_typeof((d.doc -> 'scores')) = 'array' THEN (SELECT coalesce(jsonb_agg(CASE WHEN jsonb_typeof(x1.e) = 'object' THEN jsonb_build_object('expert_id', (x1.e -> 'expert_id'), 'basics', (x1.e -> 'basics'), 'hr_system', (x1.e -> 'hr_system'), 'funding', (x1.e -> 'funding'), 'organisation_quality', (x1.e -> 'organisation_quality'), 'premises_it', (x1.e -> 'premises_it'), 'total', (x1.e -> 'total'), 'left_out', (x1.e -> 'left_out')) END ORDER BY x1.n), '[]') FROM jsonb_array_elements((d.doc -> 'scores')) WITH ORDINALITY x1(e, n)) END, 'recommended', (d.doc -> 'recommended'), 'recommended_scope', CASE WHEN jsonb_typeof((d.doc -> 'recommended_scope')) = 'array' THEN (SELECT coalesce(jsonb_agg(CASE WHEN jsonb_typeof(x1.e) = 'object' THEN jsonb_build_object('edition', (x1.e -> 'edition'), 'code', (x1.e -> 'code'), 'name', (x1.e -> 'name'), 'trade', (x1.e -> 'trade'), 'levels', (x1.e -> 'levels')) END ORDER BY x1.n), '[]') FROM jsonb_array_elements((d.doc -> 'recommended_scope')) WITH ORDINALITY x1(e, n)) END, 'mean', (d.doc -> 'mean'), 'confirmed_on', (d.doc -> 'confirmed_on'), 'confirmed_scope', CASE WHEN jsonb_typeof((d.doc -> 'confirmed_scope')) = 'array' THEN (SELECT coalesce(jsonb_agg(CASE WHEN jsonb_typeof(x1.e) = 'object' THEN jsonb_build_object('edition', (x1.e -> 'edition'), 'code', (x1.e -> 'code'), 'name', (x1.e -> 'name'), 'trade', (x1.e -> 'trade'), 'levels', (x1.e -> 'levels')) END ORDER BY x1.n), '[]') FROM jsonb_array_elements((d.doc -> 'confirmed_scope')) WITH ORDINALITY x1(e, n)) END, 'published', (d.doc -> 'published'), 'receipt_no', (d.doc -> 'receipt_no'), 'receipt_on', (d.doc -> 'receipt_on'), 'district', (d.doc -> 'district'), 'because', (d.doc -> 'because')) END END AS application,
       CASE WHEN t.kind = 'inspections' THEN CASE WHEN jsonb_typeof(d.doc) = 'object' THEN jsonb_build_object('inspection_id', (d.doc -> 'inspection_id'), 'uscc', (d.doc -> 'uscc'), 'kind', (d.doc -> 'kind'), 'stage', (d.doc -> 'stage'), 'dispatched_on', (d.doc -> 'dispatched_on'), 'inspectors', CASE WHEN jsonb_typeof((d.doc -> 'inspectors')) = 'array' THEN (SELECT coalesce(jsonb_agg(CASE WHEN jsonb_typeof(x1.e) = 'object' THEN jsonb_build_object('account', (x1.e -> 'account'), 'name', analysis.masked_names((x1.e -> 'name')), 'recusal_declared', (x1.e -> 'recusal_declared')) END ORDER BY x1.n), '[]') FROM jsonb_array_elements((d.doc -> 'inspectors')) WITH ORDINALITY x1(e, n)) END, 'spot_checks', CASE WHEN jsonb_typeof((d.doc -> 'spot_checks')) = 'array' THEN (SELECT coalesce(jsonb_agg(CASE WHEN jsonb_typeof(x1.e) = 'object' THEN jsonb_build_object('inspection_id', (x1.e -> 'inspection_id'), 'uscc', (x1.e -> 'uscc'), 'assessment_id', (x1.e -> 'assessment_id'), 'district', (x1.e -> 'district'), 'kind', (x1.e -> 'kind'), 'inspectors', CASE WHEN jsonb_typeof((x1.e -> 'inspectors')) = 'array' THEN (SELECT coalesce(jsonb_agg(CASE WHEN jsonb_typeof(x2.e) = 'object' THEN jsonb_build_object('account', (x2.e -> 'account'), 'name', analysis.masked_names((x2.e -> 'name')), 'recusal_declared', (x2.e -> 'recusal_declared')) END ORDER BY x2.n), '[]') FROM jsonb_array_elements((x1.e -> 'inspectors')) WITH ORDINALITY x2(e, n)) END, 'captured_at', (x1.e -> 'captured_at'), 'place', CASE WHEN jsonb_typeof((x1.e -> 'place')) = 'object' THEN jsonb_build_object('name', ((x1.e -> 'place') -> 'name'), 'address', ((x1.e -> 'place') -> 'address'), 'division', ((x1.e -> 'place') -> 'division'), 'lon', ((x1.e -> 'place') -> 'lon'), 'lat', ((x1.e -> 'place') -> 'lat'), 'datum', ((x1.e -> 'place') -> 'datum'), 'accuracy_m', ((x1.e -> 'place') -> 'accuracy_m')) END, 'offline', (x1.e -> 'offline'), 'checklist', CASE WHEN jsonb_typeof((x1.e -> 'checklist')) = 'array' THEN (SELECT coalesce(jsonb_agg(CASE WHEN jsonb_typeof(x2.e) = 'object' THEN jsonb_build_object('item', (x2.e -> 'item'), 'value', (x2.e -> 'value'), 'scale', (x2.e -> 'scale'), 'note', CASE WHEN (x2.e -> 'note') IS NOT NULL AND jsonb_typeof((x2.e -> 'note')) <> 'null' THEN to_jsonb('〔从略〕'::text) ELSE (x2.e -> 'note') END) END ORDER BY x2.n), '[]') FROM jsonb_array_elements((x1.e -> 'checklist')) WITH ORDINALITY x2(e, n)) END, 'evidence', CASE WHEN jsonb_typeof((x1.e -> 'evidence')) = 'array' THEN (SELECT coalesce(jsonb_agg(CASE WHEN jsonb_typeof(x2.e) = 'object' THEN jsonb_build_object('sha256', (x2.e -> 'sha256'), 'media_type', (x2.e -> 'media_type'), 'file_name', CASE WHEN (x2.e -> 'file_name') IS NOT NULL AND jsonb_typeof((x2.e -> 'file_name')) <> 'null' THEN to_jsonb('〔从略〕'::text) ELSE (x2.e -> 'file_name') END, 'captured_at', (x2.e -> 'captured_at'), 'lon', (x2.e -> 'lon'), 'lat', (x2.e -> 'lat'), 'datum', (x2.e -> 'datum')) END ORDER BY x2.n), '[]') FROM jsonb_array_elements((x1.e -> 'evidence')) WITH ORDINALITY x2(e, n)) END, 'unit_statement', CASE WHEN (x1.e -> 'unit_statement') IS NOT NULL AND jsonb_typeof((x1.e -> 'unit_statement')) <> 'null' THEN to_jsonb('〔从略〕'::text) ELSE (x1.e -> 'unit_statement') END, 'signature_refused', (x1.e -> 'signature_refused'), 'seen', CASE WHEN jsonb_typeof((x1.e -> 'seen')) = 'object' THEN jsonb_build_object('held', ((x1.e -> 'seen') -> 'held'), 'occupation', CASE WHEN jsonb_typeof(((x1.e -> 'seen') -> 'occupation')) = 'object' THEN jsonb_build_object('edition', (((x1.e -> 'seen') -> 'occupation') -> 'edition'), 'code', (((x1.e -> 'seen') -> 'occupation') -> 'code'), 'name', (((x1.e -> 'seen') -> 'occupation') -> 'name'), 'trade', (((x1.e -> 'seen') -> 'occupation') -> 'trade')) END, 'level', ((x1.e -> 'seen') -> 'level'), 'candidates', ((x1.e -> 'seen') -> 'candidates'), 'assessors_absent', analysis.masked_names(((x1.e -> 'seen') -> 'assessors_absent'))) END, 'complaints', (x1.e -> 'complaints'), 'seen_on', (x1.e -> 'seen_on'), 'position', (x1.e -> 'position')) END ORDER BY x1.n), '[]') FROM jsonb_array_elements((d.doc -> 'spot_checks')) WITH ORDINALITY x1(e, n)) END, 'district', (d.doc -> 'district'), 'because', (d.doc -> 'because')) END END AS inspection,
       CASE WHEN t.kind = 'findings' THEN CASE WHEN jsonb_typeof(d.doc) = 'object' THEN jsonb_build_object('finding_id', (d.doc -> 'finding_id'), 'uscc', (d.doc -> 'uscc'), 'kind', (d.doc -> 'kind'), 'severity', (d.doc -> 'severity'), 'rule', (d.doc -> 'rule'), 'statement', CASE WHEN (d.doc -> 'statement') IS NOT NULL AND jsonb_typeof((d.doc -> 'statement')) <> 'null' THEN to_jsonb('〔从略〕'::text) ELSE (d.doc -> 'statement') END, 'inspection_id', (d.doc -> 'inspection_id'), 'assessments', (d.doc -> 'assessments'), 'certificates', (d.doc -> 'certificates'), 'flags', (d.doc -> 'flags'), 'complaints', (d.doc -> 'complaints'), 'stage', (d.doc -> 'stage'), 'raised_on', (d.doc -> 'raised_on'), 'position', (d.doc -> 'position'), 'orders', CASE WHEN jsonb_typeof((d.doc -> 'orders')) = 'array' THEN (SELECT coalesce(jsonb_agg(CASE WHEN jsonb_typeof(x1.e) = 'object' THEN jsonb_build_object('position', (x1.e -> 'position'), 'requirement', CASE WHEN (x1.e -> 'requirement') IS NOT NULL AND jsonb_typeof((x1.e -> 'requirement')) <> 'null' THEN to_jsonb('〔从略〕'::text) ELSE (x1.e -> 'requirement') END, 'due_on', (x1.e -> 'due_on'), 'ordered', (x1.e -> 'ordered'), 'reported', (x1.e -> 'reported'), 'reported_position', (x1.e -> 'reported_position'), 'report', CASE WHEN jsonb_typeof((x1.e -> 'report')) = 'object' THEN jsonb_build_object('finding_id', ((x1.e -> 'report') -> 'finding_id'), 'statement', CASE WHEN ((x1.e -> 'report') -> 'statement') IS NOT NULL AND jsonb_typeof(((x1.e -> 'report') -> 'statement')) <> 'null' THEN to_jsonb('〔从略〕'::text) ELSE ((x1.e -> 'report') -> 'statement') END, 'evidence', CASE WHEN jsonb_typeof(((x1.e -> 'report') -> 'evidence')) = 'array' THEN (SELECT coalesce(jsonb_agg(CASE WHEN jsonb_typeof(x2.e) = 'object' THEN jsonb_build_object('sha256', (x2.e -> 'sha256'), 'media_type', (x2.e -> 'media_type'), 'file_name', CASE WHEN (x2.e -> 'file_name') IS NOT NULL AND jsonb_typeof((x2.e -> 'file_name')) <> 'null' THEN to_jsonb('〔从略〕'::text) ELSE (x2.e -> 'file_name') END, 'captured_at', (x2.e -> 'captured_at'), 'lon', (x2.e -> 'lon'), 'lat', (x2.e -> 'lat'), 'datum', (x2.e -> 'datum')) END ORDER BY x2.n), '[]') FROM jsonb_array_elements(((x1.e -> 'report') -> 'evidence')) WITH ORDINALITY x2(e, n)) END) END, 'passed', (x1.e -> 'passed'), 'replaced', (x1.e -> 'replaced'), 'replaced_position', (x1.e -> 'replaced_position')) END ORDER BY x1.n), '[]') FROM jsonb_array_elements((d.doc -> 'orders')) WITH ORDINALITY x1(e, n)) END, 'measures', CASE WHEN jsonb_typeof((d.doc -> 'measures')) = 'array' THEN (SELECT coalesce(jsonb_agg(CASE WHEN jsonb_typeof(x1.e) = 'object' THEN jsonb_build_object('measure_id', (x1.e -> 'measure_id'), 'kind', (x1.e -> 'kind'), 'stands', (x1.e -> 'stands'), 'effective_from', (x1.e -> 'effective_from'), 'effective_to', (x1.e -> 'effective_to'), 'stays', CASE WHEN jsonb_typeof((x1.e -> 'stays')) = 'array' THEN (SELECT coalesce(jsonb_agg(CASE WHEN jsonb_typeof(x2.e) = 'object' THEN jsonb_build_object('effective_from', (x2.e -> 'effective_from'), 'effective_to', (x2.e -> 'effective_to')) END ORDER BY x2.n), '[]') FROM jsonb_array_elements((x1.e -> 'stays')) WITH ORDINALITY x2(e, n)) END, 'in_effect', (x1.e -> 'in_effect')) END ORDER BY x1.n), '[]') FROM jsonb_array_elements((d.doc -> 'measures')) WITH ORDINALITY x1(e, n)) END, 'hearings', CASE WHEN jsonb_typeof((d.doc -> 'hearings')) = 'array' THEN (SELECT coalesce(jsonb_agg(CASE WHEN jsonb_typeof(x1.e) = 'object' THEN jsonb_build_object('finding_id', (x1.e -> 'finding_id'), 'held_on', (x1.e -> 'held_on'), 'outcome', CASE WHEN (x1.e -> 'outcome') IS NOT NULL AND jsonb_typeof((x1.e -> 'outcome')) <> 'null' THEN to_jsonb('〔从略〕'::text) ELSE (x1.e -> 'outcome') END, 'document_no', (x1.e -> 'document_no')) END ORDER BY x1.n), '[]') FROM jsonb_array_elements((d.doc -> 'hearings')) WITH ORDINALITY x1(e, n)) END, 'disputed', (d.doc -> 'disputed'), 'ended_on', (d.doc -> 'ended_on'), 'outcome', CASE WHEN (d.doc -> 'outcome') IS NOT NULL AND jsonb_typeof((d.doc -> 'outcome')) <> 'null' THEN to_jsonb('〔从略〕'::text) ELSE (d.doc -> 'outcome') END, 'district', (d.doc -> 'district'), 'because', (d.doc -> 'because')) END END AS finding,
       CASE WHEN t.kind = 'plans' THEN CASE WHEN jsonb_typeof(d.doc) = 'object' THEN jsonb_build_object('key', (d.doc -> 'key'), 'uscc', (d.doc -> 'uscc'), 'year', (d.doc -> 'year'), 'stage', (d.doc -> 'stage'), 'filed_on', (d.doc -> 'filed_on'), 'revised_on', (d.doc -> 'revised_on'), 'summary', CASE WHEN jsonb_typeof((d.doc -> 'summary')) = 'object' THEN jsonb_build_object('sessions', ((d.doc -> 'summary') -> 'sessions'), 'candidates', ((d.doc -> 'summary') -> 'candidates'), 'certificates', ((d.doc -> 'summary') -> 'certificates')) END, 'sessions', CASE WHEN jsonb_typeof((d.doc -> 'sessions')) = 'array' THEN (SELECT coalesce(jsonb_agg(CASE WHEN jsonb_typeof(x1.e) = 'object' THEN jsonb_build_object('occupation', CASE WHEN jsonb_typeof((x1.e -> 'occupation')) = 'object' THEN jsonb_build_object('edition', ((x1.e -> 'occupation') -> 'edition'), 'code', ((x1.e -> 'occupation') -> 'code'), 'name', ((x1.e -> 'occupation') -> 'name'), 'trade', ((x1.e -> 'occupation') -> 'trade')) END, 'levels', (x1.e -> 'levels'), 'planned_on', (x1.e -> 'planned_on'), 'headcount', (x1.e -> 'headcount')) END ORDER BY x1.n), '[]') FROM jsonb_array_elements((d.doc -> 'sessions')) WITH ORDINALITY x1(e, n)) END, 'position', (d.doc -> 'position'), 'district', (d.doc -> 'district'), 'because', (d.doc -> 'because')) END END AS plan,
       CASE WHEN t.kind = 'registers' THEN CASE WHEN jsonb_typeof(d.doc) = 'object' THEN jsonb_build_object('uscc', (d.doc -> 'uscc'), 'stage', (d.doc -> 'stage'), 'staff', CASE WHEN jsonb_typeof((d.doc -> 'staff')) = 'array' THEN (SELECT coalesce(jsonb_agg(CASE WHEN jsonb_typeof(x1.e) = 'object' THEN jsonb_build_object('name', analysis.masked_names((x1.e -> 'name')), 'duty', (x1.e -> 'duty'), 'registered_on', (x1.e -> 'registered_on')) END ORDER BY x1.n), '[]') FROM jsonb_array_elements((d.doc -> 'staff')) WITH ORDINALITY x1(e, n)) END, 'partnerships', CASE WHEN jsonb_typeof((d.doc -> 'partnerships')) = 'array' THEN (SELECT coalesce(jsonb_agg(CASE WHEN jsonb_typeof(x1.e) = 'object' THEN jsonb_build_object('kind', (x1.e -> 'kind'), 'partner', (x1.e -> 'partner'), 'valid_to', (x1.e -> 'valid_to'), 'filed_on', (x1.e -> 'filed_on')) END ORDER BY x1.n), '[]') FROM jsonb_array_elements((d.doc -> 'partnerships')) WITH ORDINALITY x1(e, n)) END, 'specifications', CASE WHEN jsonb_typeof((d.doc -> 'specifications')) = 'array' THEN (SELECT coalesce(jsonb_agg(CASE WHEN jsonb_typeof(x1.e) = 'object' THEN jsonb_build_object('occupation', CASE WHEN jsonb_typeof((x1.e -> 'occupation')) = 'object' THEN jsonb_build_object('edition', ((x1.e -> 'occupation') -> 'edition'), 'code', ((x1.e -> 'occupation') -> 'code'), 'name', ((x1.e -> 'occupation') -> 'name'), 'trade', ((x1.e -> 'occupation') -> 'trade')) END, 'title', CASE WHEN (x1.e -> 'title') IS NOT NULL AND jsonb_typeof((x1.e -> 'title')) <> 'null' THEN to_jsonb('〔从略〕'::text) ELSE (x1.e -> 'title') END, 'sha256', (x1.e -> 'sha256'), 'filed_with', (x1.e -> 'filed_with'), 'filing_no', (x1.e -> 'filing_no'), 'filed_on', (x1.e -> 'filed_on'), 'received_on', (x1.e -> 'received_on')) END ORDER BY x1.n), '[]') FROM jsonb_array_elements((d.doc -> 'specifications')) WITH ORDINALITY x1(e, n)) END, 'district', (d.doc -> 'district'), 'because', (d.doc -> 'because')) END END AS register,
       CASE WHEN t.kind = 'complaints' THEN CASE WHEN jsonb_typeof(d.doc) = 'object' THEN jsonb_build_object('complaint_id', (d.doc -> 'complaint_id'), 'uscc', (d.doc -> 'uscc'), 'complained_on', (d.doc -> 'complained_on'), 'received_on', (d.doc -> 'received_on'), 'subject', CASE WHEN (d.doc -> 'subject') IS NOT NULL AND jsonb_typeof((d.doc -> 'subject')) <> 'null' THEN to_jsonb('〔从略〕'::text) ELSE (d.doc -> 'subject') END, 'statement', CASE WHEN (d.doc -> 'statement') IS NOT NULL AND jsonb_typeof((d.doc -> 'statement')) <> 'null' THEN to_jsonb('〔从略〕'::text) ELSE (d.doc -> 'statement') END, 'evidence', CASE WHEN jsonb_typeof((d.doc -> 'evidence')) = 'array' THEN (SELECT coalesce(jsonb_agg(CASE WHEN jsonb_typeof(x1.e) = 'object' THEN jsonb_build_object('sha256', (x1.e -> 'sha256'), 'media_type', (x1.e -> 'media_type'), 'file_name', CASE WHEN (x1.e -> 'file_name') IS NOT NULL AND jsonb_typeof((x1.e -> 'file_name')) <> 'null' THEN to_jsonb('〔从略〕'::text) ELSE (x1.e -> 'file_name') END, 'captured_at', (x1.e -> 'captured_at'), 'lon', (x1.e -> 'lon'), 'lat', (x1.e -> 'lat'), 'datum', (x1.e -> 'datum')) END ORDER BY x1.n), '[]') FROM jsonb_array_elements((d.doc -> 'evidence')) WITH ORDINALITY x1(e, n)) END, 'stage', (d.doc -> 'stage'), 'position', (d.doc -> 'position'), 'district', (d.doc -> 'district'), 'because', (d.doc -> 'because')) END END AS complaint
  FROM projections.cases t
 CROSS JOIN LATERAL (SELECT t.doc::jsonb AS doc OFFSET 0) d
 WHERE (SELECT analysis.seat()) IN ('*', t.district);

CREATE OR REPLACE VIEW analysis.actions WITH (security_barrier) AS
SELECT t.position::text AS key, t.subject, t.district, t.valid_from, NULL::date AS valid_to, t.position AS known_from, NULL::bigint AS known_to,
       t.position AS "position",
       k.name AS "type",
       split_part(t.stream, '/', 1) AS "concerns",
       substr(t.stream, strpos(t.stream, '/') + 1) AS "concerns_id",
       coalesce(p.doc -> 'data' ->> 'decision', p.doc -> 'data' ->> 'opinion', p.doc -> 'data' ->> 'recommended', p.doc -> 'data' ->> 'passed', p.doc -> 'data' ->> 'taken') AS "decision",
       p.doc -> 'data' ->> 'finding_id' AS "finding_id",
       CASE WHEN jsonb_typeof((p.doc -> 'actor')) = 'object' THEN jsonb_build_object('account', ((p.doc -> 'actor') -> 'account'), 'role', ((p.doc -> 'actor') -> 'role'), 'organisation', ((p.doc -> 'actor') -> 'organisation')) END AS "actor",
       CASE WHEN jsonb_typeof((p.doc -> 'stamps' -> 'approved_by')) = 'object' THEN jsonb_build_object('account', ((p.doc -> 'stamps' -> 'approved_by') -> 'account'), 'role', ((p.doc -> 'stamps' -> 'approved_by') -> 'role'), 'organisation', ((p.doc -> 'stamps' -> 'approved_by') -> 'organisation')) END AS "approved_by",
       (p.doc -> 'stamps' ->> 'received_on')::date AS "received_on",
       CASE WHEN (p.doc ->> 'reason') IS NOT NULL THEN '〔从略〕' END AS "reason",
       (p.doc ->> 'document_no') AS "document_no",
       coalesce((p.doc -> 'stamps' ->> 'backfill')::boolean, false) AS "backfill",
       (t.recorded_at AT TIME ZONE 'Asia/Shanghai')::date AS "recorded_on",
       ((t.recorded_at AT TIME ZONE 'Asia/Shanghai')::date - t.valid_from)::bigint AS "days_late"
  FROM ledger.entry t
 CROSS JOIN LATERAL (SELECT convert_from(t.payload, 'UTF8')::jsonb AS doc OFFSET 0) p
  JOIN (VALUES ('enterprise.enterprise-profile-changed/1', 'EnterpriseProfileChanged'), ('enterprise.unit-covered/1', 'UnitCovered'), ('enterprise.unit-released/1', 'UnitReleased'), ('application.application-submitted/1', 'ApplicationSubmitted'), ('application.district-opinion-given/1', 'DistrictOpinionGiven'), ('application.application-accepted/1', 'ApplicationAccepted'), ('application.application-returned/1', 'ApplicationReturned'), ('application.experts-assigned/1', 'ExpertsAssigned'), ('application.evaluation-scored/1', 'EvaluationScored'), ('application.evaluation-score-revised/1', 'EvaluationScoreRevised'), ('application.evaluation-concluded/1', 'EvaluationConcluded'), ('application.application-confirmed/1', 'ApplicationConfirmed'), ('application.application-rejected/1', 'ApplicationRejected'), ('application.receipt-issued/1', 'ReceiptIssued'), ('application.application-withdrawn/1', 'ApplicationWithdrawn'), ('roster.roster-published/1', 'RosterPublished'), ('roster.roster-published/2', 'RosterPublished'), ('standing.enterprise-listed/1', 'EnterpriseListed'), ('standing.scope-changed/1', 'ScopeChanged'), ('standing.listing-suspended/1', 'ListingSuspended'), ('standing.listing-reinstated/1', 'ListingReinstated'), ('standing.listing-removed/1', 'ListingRemoved'), ('standing.listing-renewed/1', 'ListingRenewed'), ('plan.annual-plan-filed/1', 'AnnualPlanFiled'), ('plan.annual-plan-revised/1', 'AnnualPlanRevised'), ('assessment.results-published/1', 'ResultsPublished'), ('certificate.certificate-reissued/1', 'CertificateReissued'), ('certificate.certificate-revoked/1', 'CertificateRevoked'), ('inspection.inspection-drawn/1', 'InspectionDrawn'), ('inspection.inspection-dispatched/1', 'InspectionDispatched'), ('finding.finding-raised/1', 'FindingRaised'), ('finding.rectification-ordered/1', 'RectificationOrdered'), ('finding.rectification-reported/1', 'RectificationReported'), ('finding.reinspection-recorded/1', 'ReinspectionRecorded'), ('finding.measure-imposed/1', 'MeasureImposed'), ('finding.measure-stayed/1', 'MeasureStayed'), ('finding.measure-varied/1', 'MeasureVaried'), ('finding.measure-set-aside/1', 'MeasureSetAside'), ('finding.measure-lifted/1', 'MeasureLifted'), ('finding.finding-closed/1', 'FindingClosed'), ('finding.finding-withdrawn/1', 'FindingWithdrawn'), ('finding.finding-disputed/1', 'FindingDisputed'), ('finding.hearing-held/1', 'HearingHeld'), ('flag.flag-reviewed/1', 'FlagReviewed'), ('flag.flag-reviewed/2', 'FlagReviewed'), ('flag.flag-answered/1', 'FlagAnswered'), ('staff.staff-registered/1', 'StaffRegistered'), ('staff.staff-released/1', 'StaffReleased'), ('partnership.partnership-filed/1', 'PartnershipFiled'), ('specification.specification-filed/1', 'SpecificationFiled'), ('catalogue.catalogue-adopted/1', 'CatalogueAdopted'), ('person.person-erased/1', 'PersonErased'), ('clock.clock-set/1', 'ClockSet'), ('demonstration.demonstration-begun/1', 'DemonstrationBegun'), ('day.day-closed/1', 'DayClosed'), ('record.record-corrected/1', 'RecordCorrected'), ('record.correction-requested/1', 'CorrectionRequested'), ('record.correction-decided/1', 'CorrectionDecided'), ('request.act-requested/1', 'ActRequested'), ('request.act-decided/1', 'ActDecided')) AS k(stored, name) ON k.stored = t.type
 WHERE (SELECT analysis.seat()) IN ('*', t.district);

CREATE OR REPLACE VIEW analysis.districts WITH (security_barrier) AS
SELECT v."code"::text,
       v."zh"::text,
       v."en"::text
  FROM (VALUES
    ('110101', '东城区', 'Dongcheng'),
    ('110102', '西城区', 'Xicheng'),
    ('110105', '朝阳区', 'Chaoyang'),
    ('110106', '丰台区', 'Fengtai'),
    ('110107', '石景山区', 'Shijingshan'),
    ('110108', '海淀区', 'Haidian'),
    ('110109', '门头沟区', 'Mentougou'),
    ('110111', '房山区', 'Fangshan'),
    ('110112', '通州区', 'Tongzhou'),
    ('110113', '顺义区', 'Shunyi'),
    ('110114', '昌平区', 'Changping'),
    ('110115', '大兴区', 'Daxing'),
    ('110116', '怀柔区', 'Huairou'),
    ('110117', '平谷区', 'Pinggu'),
    ('110118', '密云区', 'Miyun'),
    ('110119', '延庆区', 'Yanqing'),
    ('BDA', '北京经济技术开发区', 'Economic-Technological Development Area')) AS v("code", "zh", "en");

CREATE OR REPLACE VIEW analysis.checks WITH (security_barrier) AS
SELECT v."code"::text,
       v."zh"::text,
       v."en"::text,
       v."clause"::text,
       v."severity"::text,
       v."version"::bigint,
       v."of_enterprise"::boolean
  FROM (VALUES
    ('S1', '超范围：职业', 'occupation outside the scope', '七(三)', 'major', 1, true),
    ('S2', '超范围：等级', 'level outside the scope', '七(三)', 'major', 2, true),
    ('S3', '准入类职业', 'access-controlled occupation', '三', 'severe', 3, true),
    ('S4', '职业未公布', 'occupation not published', '三', 'major', 2, true),
    ('S5', '对象不符', 'candidate of no eligible category', '二(一)', 'major', 2, true),
    ('S6', '方式不符', 'method not declared', '二(三)', 'minor', 1, true),
    ('S7', '不在名单', 'not on the roster', '六(三)', 'severe', 1, true),
    ('S8', '无确认回执 / 未报备计划', 'no receipt or no plan', '六(四)', 'minor', 2, true),
    ('S9', '实施单位不符', 'unit not covered', '六(一)', 'major', 2, true),
    ('G1', '北京行政区域外', 'held outside Beijing', '七(三)', 'severe', 1, true),
    ('G2', '地点信息矛盾', 'contradictory place', '七(三)', 'minor', 1, true),
    ('R1', '评价与发证主体不一致', 'issuer is not the assessor', '七(二)', 'severe', 1, true),
    ('C1', '证书编号不合规', 'certificate number', '京职技鉴发〔2019〕9号', 'minor', 1, true),
    ('C2', '证书重复', 'duplicate certificate', '七(二)', 'major', 2, true),
    ('C3', '发证数超过考生数', 'more certificates than candidates', '七(二)', 'major', 2, true),
    ('T1', '技师考评内容缺失', 'technician''s content missing', '二(二)2', 'major', 1, true),
    ('S10', '考评人员', 'examiners', '一(四)', 'minor', 1, true),
    ('R2', '证书与认定不符', 'certificate departs from its session', '七(二)', 'major', 1, true),
    ('T2', '直接认定无依据', 'direct certification without ground', '二(三)4', 'major', 1, true),
    ('V1', '督导所见与上报不符', 'visit contradicts the report', '四', 'major', 1, true),
    ('P1', '年度计划逾期未报', 'annual plan overdue', '六(四)', 'minor', 1, true),
    ('Q1', '督导程序', 'procedure of the inspection', '四', 'minor', 2, false),
    ('Q2', '整改逾期', 'rectification overdue', '七', 'major', 1, true)) AS v("code", "zh", "en", "clause", "severity", "version", "of_enterprise");

CREATE OR REPLACE VIEW analysis.levels WITH (security_barrier) AS
SELECT v."level"::text,
       v."rank"::bigint,
       v."zh"::text,
       v."en"::text
  FROM (VALUES
    ('apprentice', 0, '学徒工', 'apprentice'),
    ('5', 1, '五级/初级工', 'level 5 (elementary)'),
    ('4', 2, '四级/中级工', 'level 4 (intermediate)'),
    ('3', 3, '三级/高级工', 'level 3 (advanced)'),
    ('2', 4, '二级/技师', 'level 2 (technician)'),
    ('1', 5, '一级/高级技师', 'level 1 (senior technician)'),
    ('special', 6, '特级技师', 'special technician'),
    ('chief', 7, '首席技师', 'chief technician')) AS v("level", "rank", "zh", "en");

CREATE OR REPLACE VIEW analysis.occupations WITH (security_barrier) AS
SELECT t."edition",
       t."kind",
       t."code",
       t."name",
       t."skills",
       t."levels",
       t."valid_from",
       t."valid_to",
       t."known_from"
  FROM analysis.occupation t;

CREATE OR REPLACE VIEW analysis.catalogues WITH (security_barrier) AS
SELECT t."kind",
       t."edition",
       t."sha256",
       t."valid_from",
       t."valid_to",
       t."known_from"
  FROM analysis.adopted t;

CREATE OR REPLACE VIEW analysis.event_types WITH (security_barrier) AS
SELECT v."type"::text,
       v."zh"::text,
       v."en"::text,
       v."stream"::text,
       v."schema"::bigint,
       v."stored"::text[]
  FROM (VALUES
    ('EnterpriseRegistered', '企业登记', 'enterprise registered', 'enterprise', 1, ARRAY['enterprise.enterprise-registered/1']),
    ('EnterpriseProfileChanged', '企业信息变更', 'profile changed', 'enterprise', 1, ARRAY['enterprise.enterprise-profile-changed/1']),
    ('UnitCovered', '纳入所属单位', 'unit covered', 'enterprise', 1, ARRAY['enterprise.unit-covered/1']),
    ('UnitReleased', '所属单位退出', 'unit released', 'enterprise', 1, ARRAY['enterprise.unit-released/1']),
    ('ApplicationSubmitted', '提交申报', 'application submitted', 'application', 1, ARRAY['application.application-submitted/1']),
    ('DistrictOpinionGiven', '区级初步意见', 'district opinion given', 'application', 1, ARRAY['application.district-opinion-given/1']),
    ('ApplicationAccepted', '受理申报', 'application accepted', 'application', 1, ARRAY['application.application-accepted/1']),
    ('ApplicationReturned', '退回申报', 'application returned', 'application', 1, ARRAY['application.application-returned/1']),
    ('ExpertsAssigned', '派出专家', 'experts assigned', 'application', 1, ARRAY['application.experts-assigned/1']),
    ('EvaluationScored', '专家评分', 'evaluation scored', 'application', 1, ARRAY['application.evaluation-scored/1']),
    ('EvaluationScoreRevised', '修改评分', 'score revised', 'application', 1, ARRAY['application.evaluation-score-revised/1']),
    ('EvaluationConcluded', '评估结论', 'evaluation concluded', 'application', 1, ARRAY['application.evaluation-concluded/1']),
    ('ApplicationConfirmed', '确认申报', 'application confirmed', 'application', 1, ARRAY['application.application-confirmed/1']),
    ('ApplicationRejected', '不予确认', 'application rejected', 'application', 1, ARRAY['application.application-rejected/1']),
    ('ReceiptIssued', '发确认回执', 'receipt issued', 'application', 1, ARRAY['application.receipt-issued/1']),
    ('ApplicationWithdrawn', '撤回申报', 'application withdrawn', 'application', 1, ARRAY['application.application-withdrawn/1']),
    ('RosterPublished', '公布名单', 'roster published', 'roster', 2, ARRAY['roster.roster-published/1', 'roster.roster-published/2']),
    ('EnterpriseListed', '列入名单', 'enterprise listed', 'standing', 1, ARRAY['standing.enterprise-listed/1']),
    ('ScopeChanged', '确认范围变更', 'scope changed', 'standing', 1, ARRAY['standing.scope-changed/1']),
    ('ListingSuspended', '暂停', 'listing suspended', 'standing', 1, ARRAY['standing.listing-suspended/1']),
    ('ListingReinstated', '恢复', 'listing reinstated', 'standing', 1, ARRAY['standing.listing-reinstated/1']),
    ('ListingRemoved', '移出名单', 'listing removed', 'standing', 1, ARRAY['standing.listing-removed/1']),
    ('ListingRenewed', '续期', 'listing renewed', 'standing', 1, ARRAY['standing.listing-renewed/1']),
    ('AnnualPlanFiled', '报备年度计划', 'annual plan filed', 'plan', 1, ARRAY['plan.annual-plan-filed/1']),
    ('AnnualPlanRevised', '修订年度计划', 'annual plan revised', 'plan', 1, ARRAY['plan.annual-plan-revised/1']),
    ('AssessmentHeld', '开展认定', 'assessment held', 'assessment', 1, ARRAY['assessment.assessment-held/1']),
    ('ResultsPublished', '公示结果', 'results published', 'assessment', 1, ARRAY['assessment.results-published/1']),
    ('CertificateIssued', '发证', 'certificate issued', 'certificate', 1, ARRAY['certificate.certificate-issued/1']),
    ('CertificateReissued', '换证', 'certificate reissued', 'certificate', 1, ARRAY['certificate.certificate-reissued/1']),
    ('CertificateRevoked', '撤销证书', 'certificate revoked', 'certificate', 1, ARRAY['certificate.certificate-revoked/1']),
    ('InspectionDrawn', '随机抽取', 'inspection drawn', 'inspection', 1, ARRAY['inspection.inspection-drawn/1']),
    ('InspectionDispatched', '派出督导', 'inspection dispatched', 'inspection', 1, ARRAY['inspection.inspection-dispatched/1']),
    ('SpotCheckRecorded', '现场督导记录', 'spot check recorded', 'inspection', 1, ARRAY['inspection.spot-check-recorded/1']),
    ('FindingRaised', '提出问题', 'finding raised', 'finding', 1, ARRAY['finding.finding-raised/1']),
    ('RectificationOrdered', '责令整改', 'rectification ordered', 'finding', 1, ARRAY['finding.rectification-ordered/1']),
    ('RectificationReported', '报告整改', 'rectification reported', 'finding', 1, ARRAY['finding.rectification-reported/1']),
    ('ReinspectionRecorded', '复查', 'reinspection recorded', 'finding', 1, ARRAY['finding.reinspection-recorded/1']),
    ('MeasureImposed', '采取措施', 'measure imposed', 'finding', 1, ARRAY['finding.measure-imposed/1']),
    ('MeasureStayed', '暂缓执行', 'measure stayed', 'finding', 1, ARRAY['finding.measure-stayed/1']),
    ('MeasureVaried', '变更措施', 'measure varied', 'finding', 1, ARRAY['finding.measure-varied/1']),
    ('MeasureSetAside', '撤销措施', 'measure set aside', 'finding', 1, ARRAY['finding.measure-set-aside/1']),
    ('MeasureLifted', '解除措施', 'measure lifted', 'finding', 1, ARRAY['finding.measure-lifted/1']),
    ('FindingClosed', '问题销号', 'finding closed', 'finding', 1, ARRAY['finding.finding-closed/1']),
    ('FindingWithdrawn', '撤回问题', 'finding withdrawn', 'finding', 1, ARRAY['finding.finding-withdrawn/1']),
    ('FindingDisputed', '提出异议', 'finding disputed', 'finding', 1, ARRAY['finding.finding-disputed/1']),
    ('HearingHeld', '听取陈述', 'hearing held', 'finding', 1, ARRAY['finding.hearing-held/1']),
    ('FlagReviewed', '复核疑点', 'flag reviewed', 'flag', 2, ARRAY['flag.flag-reviewed/1', 'flag.flag-reviewed/2']),
    ('FlagAnswered', '陈述申辩', 'flag answered', 'flag', 1, ARRAY['flag.flag-answered/1']),
    ('StaffRegistered', '登记考评人员', 'staff registered', 'staff', 1, ARRAY['staff.staff-registered/1']),
    ('StaffReleased', '注销考评人员', 'staff released', 'staff', 1, ARRAY['staff.staff-released/1']),
    ('PartnershipFiled', '备案合作', 'partnership filed', 'partnership', 1, ARRAY['partnership.partnership-filed/1']),
    ('SpecificationFiled', '备案评价规范', 'specification filed', 'specification', 1, ARRAY['specification.specification-filed/1']),
    ('ComplaintReceived', '收到投诉', 'complaint received', 'complaint', 1, ARRAY['complaint.complaint-received/1']),
    ('CatalogueAdopted', '采用目录版本', 'catalogue adopted', 'catalogue', 1, ARRAY['catalogue.catalogue-adopted/1']),
    ('PersonErased', '抹除个人信息', 'person erased', 'person', 1, ARRAY['person.person-erased/1']),
    ('ClockSet', '校正时钟', 'clock set', 'clock', 1, ARRAY['clock.clock-set/1']),
    ('DemonstrationBegun', '演示开始', 'demonstration begun', 'demonstration', 1, ARRAY['demonstration.demonstration-begun/1']),
    ('DayClosed', '日终封账', 'day closed', 'day', 1, ARRAY['day.day-closed/1']),
    ('RecordCorrected', '更正记录', 'record corrected', 'record', 1, ARRAY['record.record-corrected/1']),
    ('CorrectionRequested', '申请更正', 'correction requested', 'record', 1, ARRAY['record.correction-requested/1']),
    ('CorrectionDecided', '办理更正申请', 'correction decided', 'record', 1, ARRAY['record.correction-decided/1']),
    ('ActRequested', '提请批准', 'approval asked for', 'request', 1, ARRAY['request.act-requested/1']),
    ('ActDecided', '批准或退回', 'request decided on', 'request', 1, ARRAY['request.act-decided/1'])) AS v("type", "zh", "en", "stream", "schema", "stored");

CREATE FUNCTION analysis.roster_at(day date, "position" bigint) RETURNS SETOF analysis.roster
LANGUAGE sql STABLE
AS $f$ SELECT * FROM analysis.roster t
        WHERE t.known_from <= $2 AND (t.known_to IS NULL OR t.known_to > $2)
          AND t.valid_from <= $1 AND (t.valid_to IS NULL OR t.valid_to > $1) $f$;

CREATE FUNCTION analysis.scope_at(day date, "position" bigint) RETURNS SETOF analysis.scope
LANGUAGE sql STABLE
AS $f$ SELECT * FROM analysis.scope t
        WHERE t.known_from <= $2 AND (t.known_to IS NULL OR t.known_to > $2)
          AND t.valid_from <= $1 AND (t.valid_to IS NULL OR t.valid_to > $1) $f$;

CREATE FUNCTION analysis.flags_at(day date, "position" bigint) RETURNS SETOF analysis.flags
LANGUAGE sql STABLE
AS $f$ SELECT * FROM analysis.flags t
        WHERE t.known_from <= $2 AND (t.known_to IS NULL OR t.known_to > $2)
          AND t.valid_from <= $1 AND (t.valid_to IS NULL OR t.valid_to > $1) $f$;

CREATE FUNCTION analysis.assessments_at(day date, "position" bigint) RETURNS SETOF analysis.assessments
LANGUAGE sql STABLE
AS $f$ SELECT * FROM analysis.assessments t
        WHERE t.known_from <= $2 AND (t.known_to IS NULL OR t.known_to > $2)
          AND t.valid_from <= $1 AND (t.valid_to IS NULL OR t.valid_to > $1) $f$;

CREATE FUNCTION analysis.certificates_at(day date, "position" bigint) RETURNS SETOF analysis.certificates
LANGUAGE sql STABLE
AS $f$ SELECT * FROM analysis.certificates t
        WHERE t.known_from <= $2 AND (t.known_to IS NULL OR t.known_to > $2)
          AND t.valid_from <= $1 AND (t.valid_to IS NULL OR t.valid_to > $1) $f$;

CREATE FUNCTION analysis.cases_at(day date, "position" bigint) RETURNS SETOF analysis.cases
LANGUAGE sql STABLE
AS $f$ SELECT * FROM analysis.cases t
        WHERE t.known_from <= $2 AND (t.known_to IS NULL OR t.known_to > $2)
          AND t.valid_from <= $1 AND (t.valid_to IS NULL OR t.valid_to > $1) $f$;

-- How long it took from a breach to what followed: the rows of /v1/delays, of `projections.counts.delays`.
-- It reads with its owner's rights, since an entry that taught of a breach may be about another district; who asks sees
-- their own breaches and findings alone.
CREATE FUNCTION analysis.delays_at(day date, "position" bigint)
RETURNS TABLE ("key" text, "code" text, "subject" text, "district" text, "valid_at" date, "known_from" bigint, "backfilled" boolean, "known_on" date, "reviewed_on" date, "finding_id" text, "raised_on" date, "ordered_on" date, "closed_on" date, "days_to_knowledge" bigint, "days_to_review" bigint, "days_to_finding" bigint, "days_to_order" bigint, "days_to_closure" bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $f$
WITH breach AS (
    SELECT t.key, t.code, t.subject, t.district, t.day AS first, t.since, e.backfill,
           CASE WHEN NOT e.backfill
                THEN greatest((e.recorded_at AT TIME ZONE 'Asia/Shanghai')::date, t.day) END AS known_on,
           r.valid_from AS reviewed_on,
           CASE WHEN t.review = 'converted' THEN t.doc::json ->> 'finding_id' END AS converted
      FROM projections.flags t
      JOIN ledger.entry e ON e.position = t.since
      LEFT JOIN ledger.entry r
        ON r.position = CASE WHEN t.review IS NOT NULL THEN (t.doc::json ->> 'review_position')::bigint END
     WHERE t.known_from <= $2 AND (t.known_to IS NULL OR t.known_to > $2)
       AND t.valid_from <= $1 AND (t.valid_to IS NULL OR t.valid_to > $1)
       AND t.verdict = 'breach' AND t.code NOT IN ('Q1') AND (SELECT analysis.seat()) IN ('*', t.district)
), finding AS MATERIALIZED (
    SELECT d.doc ->> 'finding_id' AS finding_id, (d.doc ->> 'raised_on')::date AS raised_on,
           (SELECT min((o.one ->> 'ordered')::date) FROM jsonb_array_elements(d.doc -> 'orders') o(one)) AS ordered_on,
           CASE WHEN t.stage = 'closed' THEN (d.doc ->> 'ended_on')::date END AS closed_on,
           d.doc -> 'flags' AS flags
      FROM projections.cases t
     CROSS JOIN LATERAL (SELECT t.doc::jsonb AS doc OFFSET 0) d
     WHERE t.known_from <= $2 AND (t.known_to IS NULL OR t.known_to > $2)
       AND t.valid_from <= $1 AND (t.valid_to IS NULL OR t.valid_to > $1)
       AND t.kind = 'findings' AND t.stage <> 'withdrawn' AND (SELECT analysis.seat()) IN ('*', t.district)
), named AS (
    SELECT f.key, finding.* FROM finding CROSS JOIN LATERAL jsonb_array_elements_text(finding.flags) f(key)
    UNION ALL
    SELECT breach.key, finding.* FROM breach JOIN finding ON finding.finding_id = breach.converted
)
SELECT DISTINCT ON (b.key) b.key, b.code, b.subject, b.district, b.first, b.since, b.backfill,
       b.known_on, b.reviewed_on, n.finding_id, n.raised_on, n.ordered_on, n.closed_on,
       (b.known_on - b.first)::bigint, (b.reviewed_on - b.first)::bigint, (n.raised_on - b.first)::bigint,
       (n.ordered_on - b.first)::bigint, (n.closed_on - b.first)::bigint
  FROM breach b LEFT JOIN named n ON n.key = b.key AND n.raised_on >= b.first
 ORDER BY b.key, n.raised_on, n.finding_id
$f$;

-- What two days, each as known at an entry, show differently; the ends of what was known aside.
CREATE FUNCTION analysis.diff(
    "of" text, day_before date, position_before bigint, day_after date, position_after bigint)
RETURNS TABLE (change text, key text, before jsonb, after jsonb)
LANGUAGE plpgsql STABLE
AS $f$
BEGIN
    IF "of" NOT IN ('roster', 'scope', 'flags', 'assessments', 'certificates', 'cases') THEN
        RAISE EXCEPTION 'there is no table % in two times', "of" USING ERRCODE = '22023';
    END IF;
    RETURN QUERY EXECUTE format($q$
        SELECT CASE WHEN b.doc IS NULL THEN 'added' WHEN a.doc IS NULL THEN 'removed'
                    ELSE 'changed' END, coalesce(b.key, a.key), b.doc, a.doc
          FROM (SELECT r.key, to_jsonb(r) - ARRAY['valid_from', 'valid_to', 'known_from', 'known_to'] AS doc
                  FROM analysis.%1$I($1, $2) r) b
          FULL JOIN (SELECT r.key, to_jsonb(r) - ARRAY['valid_from', 'valid_to', 'known_from', 'known_to'] AS doc
                  FROM analysis.%1$I($3, $4) r) a ON a.key = b.key
         WHERE b.doc IS DISTINCT FROM a.doc ORDER BY 2 $q$, "of" || '_at')
    USING day_before, position_before, day_after, position_after;
END
$f$;

COMMENT ON VIEW analysis.entries IS '记录及其叶哈希 / an entry with its leaf in the Merkle tree';
COMMENT ON COLUMN analysis.entries."key" IS '标识 / key';
COMMENT ON COLUMN analysis.entries."subject" IS '企业代码 / USCC';
COMMENT ON COLUMN analysis.entries."district" IS '主管区 / competent district';
COMMENT ON COLUMN analysis.entries."valid_from" IS '有效自 / valid from';
COMMENT ON COLUMN analysis.entries."valid_to" IS '有效至（不含） / valid until, not included';
COMMENT ON COLUMN analysis.entries."known_from" IS '自哪条记录起得知 / known since entry';
COMMENT ON COLUMN analysis.entries."known_to" IS '至哪条记录为止（不含） / known until entry, not included';
COMMENT ON COLUMN analysis.entries."position" IS '记录位置 / position';
COMMENT ON COLUMN analysis.entries."stream" IS '记录流 / stream';
COMMENT ON COLUMN analysis.entries."version" IS '流内序号 / version in the stream';
COMMENT ON COLUMN analysis.entries."type" IS '记录类型 / event';
COMMENT ON COLUMN analysis.entries."schema" IS '格式版本 / schema';
COMMENT ON COLUMN analysis.entries."recorded_at" IS '入账时间 / recorded at';
COMMENT ON COLUMN analysis.entries."actor" IS '经办人 / actor';
COMMENT ON COLUMN analysis.entries."reason" IS '理由 / reason';
COMMENT ON COLUMN analysis.entries."document_no" IS '文号 / document number';
COMMENT ON COLUMN analysis.entries."correlation" IS '关联标识 / correlation';
COMMENT ON COLUMN analysis.entries."causation" IS '起因标识 / causation';
COMMENT ON COLUMN analysis.entries."received_on" IS '收件日期 / received on';
COMMENT ON COLUMN analysis.entries."received_by" IS '收件人 / received by';
COMMENT ON COLUMN analysis.entries."claimed_on" IS '企业所称日期 / claimed day';
COMMENT ON COLUMN analysis.entries."approved_by" IS '批准人 / approved by';
COMMENT ON COLUMN analysis.entries."entered_by" IS '录入账户 / entered by';
COMMENT ON COLUMN analysis.entries."backfill" IS '历史补录 / backfill';
COMMENT ON COLUMN analysis.entries."data" IS '内容 / data';
COMMENT ON COLUMN analysis.entries."leaf" IS '叶哈希（SHA-256） / leaf hash (SHA-256)';
COMMENT ON VIEW analysis.roster IS '名单上的企业 / an enterprise with its standing and scope on the day';
COMMENT ON COLUMN analysis.roster."key" IS '标识 / key';
COMMENT ON COLUMN analysis.roster."subject" IS '企业代码 / USCC';
COMMENT ON COLUMN analysis.roster."district" IS '主管区 / competent district';
COMMENT ON COLUMN analysis.roster."valid_from" IS '有效自 / valid from';
COMMENT ON COLUMN analysis.roster."valid_to" IS '有效至（不含） / valid until, not included';
COMMENT ON COLUMN analysis.roster."known_from" IS '自哪条记录起得知 / known since entry';
COMMENT ON COLUMN analysis.roster."known_to" IS '至哪条记录为止（不含） / known until entry, not included';
COMMENT ON COLUMN analysis.roster."uscc" IS '统一社会信用代码 / USCC';
COMMENT ON COLUMN analysis.roster."name" IS '企业名称 / name';
COMMENT ON COLUMN analysis.roster."kind" IS '企业类别 / kind';
COMMENT ON COLUMN analysis.roster."address" IS '登记地址 / registered address';
COMMENT ON COLUMN analysis.roster."standing" IS '名单状态 / standing';
COMMENT ON COLUMN analysis.roster."batch" IS '公布批次 / batch';
COMMENT ON COLUMN analysis.roster."listed_from" IS '有效期起 / valid from';
COMMENT ON COLUMN analysis.roster."listed_to" IS '有效期止 / valid until';
COMMENT ON COLUMN analysis.roster."scope" IS '确认范围 / confirmed scope';
COMMENT ON COLUMN analysis.roster."findings" IS '暂停或移出所依据的问题 / findings behind the suspension or removal';
COMMENT ON COLUMN analysis.roster."because" IS '依据（记录位置） / rests on entries';
COMMENT ON VIEW analysis.scope IS '范围区间 / days on which the scope stays the same';
COMMENT ON COLUMN analysis.scope."key" IS '标识 / key';
COMMENT ON COLUMN analysis.scope."subject" IS '企业代码 / USCC';
COMMENT ON COLUMN analysis.scope."district" IS '主管区 / competent district';
COMMENT ON COLUMN analysis.scope."valid_from" IS '有效自 / valid from';
COMMENT ON COLUMN analysis.scope."valid_to" IS '有效至（不含） / valid until, not included';
COMMENT ON COLUMN analysis.scope."known_from" IS '自哪条记录起得知 / known since entry';
COMMENT ON COLUMN analysis.scope."known_to" IS '至哪条记录为止（不含） / known until entry, not included';
COMMENT ON COLUMN analysis.scope."standing" IS '名单状态 / standing';
COMMENT ON COLUMN analysis.scope."scope" IS '确认范围 / confirmed scope';
COMMENT ON COLUMN analysis.scope."because" IS '依据（记录位置） / rests on entries';
COMMENT ON VIEW analysis.flags IS '疑点 / what a check says of a record, then and now';
COMMENT ON COLUMN analysis.flags."key" IS '标识 / key';
COMMENT ON COLUMN analysis.flags."subject" IS '企业代码 / USCC';
COMMENT ON COLUMN analysis.flags."district" IS '主管区 / competent district';
COMMENT ON COLUMN analysis.flags."valid_from" IS '有效自 / valid from';
COMMENT ON COLUMN analysis.flags."valid_to" IS '有效至（不含） / valid until, not included';
COMMENT ON COLUMN analysis.flags."known_from" IS '自哪条记录起得知 / known since entry';
COMMENT ON COLUMN analysis.flags."known_to" IS '至哪条记录为止（不含） / known until entry, not included';
COMMENT ON COLUMN analysis.flags."code" IS '检查 / check';
COMMENT ON COLUMN analysis.flags."verdict" IS '结论 / verdict';
COMMENT ON COLUMN analysis.flags."then" IS '入账时的结论 / verdict then';
COMMENT ON COLUMN analysis.flags."severity" IS '严重程度 / severity';
COMMENT ON COLUMN analysis.flags."clause" IS '条款 / clause';
COMMENT ON COLUMN analysis.flags."rule" IS '规则 / rule';
COMMENT ON COLUMN analysis.flags."assessment_id" IS '认定活动编号 / session';
COMMENT ON COLUMN analysis.flags."certificate_no" IS '证书编号 / certificate number';
COMMENT ON COLUMN analysis.flags."valid_at" IS '业务日期 / day';
COMMENT ON COLUMN analysis.flags."flag_known_from" IS '自哪条记录起得知 / known since entry';
COMMENT ON COLUMN analysis.flags."flag_known_to" IS '至哪条记录为止 / known until entry';
COMMENT ON COLUMN analysis.flags."outcome" IS '判定依据 / outcome';
COMMENT ON COLUMN analysis.flags."review" IS '复核 / review';
COMMENT ON COLUMN analysis.flags."review_stale" IS '复核已不作数 / review holds no more';
COMMENT ON COLUMN analysis.flags."review_lapse" IS '复核不作数的原因 / why';
COMMENT ON COLUMN analysis.flags."review_lapsed_by" IS '使复核不作数的记录 / entry that ended the review';
COMMENT ON COLUMN analysis.flags."review_reason" IS '复核理由 / reason of the review';
COMMENT ON COLUMN analysis.flags."review_position" IS '复核的记录位置 / entry of the review';
COMMENT ON COLUMN analysis.flags."finding_id" IS '问题编号 / finding';
COMMENT ON COLUMN analysis.flags."case" IS '时间情形 / then and now';
COMMENT ON COLUMN analysis.flags."responsible" IS '责任主体 / responsible bodies';
COMMENT ON COLUMN analysis.flags."message" IS '说明 / what it says';
COMMENT ON COLUMN analysis.flags."because" IS '依据（记录位置） / rests on entries';
COMMENT ON COLUMN analysis.flags."answers" IS '陈述申辩 / answers';
COMMENT ON COLUMN analysis.flags."corrections" IS '更正申请 / corrections asked for';
COMMENT ON VIEW analysis.assessments IS '认定活动 / a session as it was reported';
COMMENT ON COLUMN analysis.assessments."key" IS '标识 / key';
COMMENT ON COLUMN analysis.assessments."subject" IS '企业代码 / USCC';
COMMENT ON COLUMN analysis.assessments."district" IS '主管区 / competent district';
COMMENT ON COLUMN analysis.assessments."valid_from" IS '有效自 / valid from';
COMMENT ON COLUMN analysis.assessments."valid_to" IS '有效至（不含） / valid until, not included';
COMMENT ON COLUMN analysis.assessments."known_from" IS '自哪条记录起得知 / known since entry';
COMMENT ON COLUMN analysis.assessments."known_to" IS '至哪条记录为止（不含） / known until entry, not included';
COMMENT ON COLUMN analysis.assessments."assessment_id" IS '认定活动编号 / session';
COMMENT ON COLUMN analysis.assessments."uscc" IS '统一社会信用代码 / USCC';
COMMENT ON COLUMN analysis.assessments."unit_uscc" IS '实施单位代码 / implementing unit';
COMMENT ON COLUMN analysis.assessments."occupation" IS '职业 / occupation';
COMMENT ON COLUMN analysis.assessments."level" IS '等级 / level';
COMMENT ON COLUMN analysis.assessments."method" IS '认定方式 / method';
COMMENT ON COLUMN analysis.assessments."mode" IS '组织形式 / mode';
COMMENT ON COLUMN analysis.assessments."held_from" IS '开始日期 / first day';
COMMENT ON COLUMN analysis.assessments."held_to" IS '结束日期 / last day';
COMMENT ON COLUMN analysis.assessments."venue" IS '地点 / venue';
COMMENT ON COLUMN analysis.assessments."venues" IS '其他地点 / further venues';
COMMENT ON COLUMN analysis.assessments."candidates" IS '考生 / candidates';
COMMENT ON COLUMN analysis.assessments."assessors" IS '考评人员 / assessors';
COMMENT ON COLUMN analysis.assessments."quality_staff" IS '质量内控人员 / quality staff';
COMMENT ON COLUMN analysis.assessments."position" IS '记录位置 / position';
COMMENT ON COLUMN analysis.assessments."because" IS '依据（记录位置） / rests on entries';
COMMENT ON COLUMN analysis.assessments."results_published" IS '成绩公示 / results made public';
COMMENT ON VIEW analysis.certificates IS '证书 / a certificate as it was issued or replaced';
COMMENT ON COLUMN analysis.certificates."key" IS '标识 / key';
COMMENT ON COLUMN analysis.certificates."subject" IS '企业代码 / USCC';
COMMENT ON COLUMN analysis.certificates."district" IS '主管区 / competent district';
COMMENT ON COLUMN analysis.certificates."valid_from" IS '有效自 / valid from';
COMMENT ON COLUMN analysis.certificates."valid_to" IS '有效至（不含） / valid until, not included';
COMMENT ON COLUMN analysis.certificates."known_from" IS '自哪条记录起得知 / known since entry';
COMMENT ON COLUMN analysis.certificates."known_to" IS '至哪条记录为止（不含） / known until entry, not included';
COMMENT ON COLUMN analysis.certificates."certificate_no" IS '证书编号 / certificate number';
COMMENT ON COLUMN analysis.certificates."assessment_id" IS '认定活动编号 / session';
COMMENT ON COLUMN analysis.certificates."uscc" IS '统一社会信用代码 / USCC';
COMMENT ON COLUMN analysis.certificates."issuer_uscc" IS '发证机构代码 / issuing body';
COMMENT ON COLUMN analysis.certificates."occupation" IS '职业 / occupation';
COMMENT ON COLUMN analysis.certificates."level" IS '等级 / level';
COMMENT ON COLUMN analysis.certificates."holder" IS '持证人（脱敏） / holder, masked';
COMMENT ON COLUMN analysis.certificates."results" IS '成绩 / results';
COMMENT ON COLUMN analysis.certificates."issued_on" IS '发证日期 / issued on';
COMMENT ON COLUMN analysis.certificates."reissued_on" IS '换发日期 / replaced an earlier one on';
COMMENT ON COLUMN analysis.certificates."state" IS '证书状态 / state';
COMMENT ON COLUMN analysis.certificates."ended_on" IS '终止日期 / ended on';
COMMENT ON COLUMN analysis.certificates."ended_position" IS '终止的记录位置 / ended by entry';
COMMENT ON COLUMN analysis.certificates."replaced_by" IS '换发后编号 / replaced by';
COMMENT ON COLUMN analysis.certificates."replaces" IS '换发前编号 / replaces';
COMMENT ON COLUMN analysis.certificates."issued_as" IS '首次发证的编号 / first issued as';
COMMENT ON COLUMN analysis.certificates."position" IS '记录位置 / position';
COMMENT ON VIEW analysis.cases IS '案卷 / a case of one of six kinds, with all that is shown of it under its own kind';
COMMENT ON COLUMN analysis.cases."key" IS '标识 / key';
COMMENT ON COLUMN analysis.cases."subject" IS '企业代码 / USCC';
COMMENT ON COLUMN analysis.cases."district" IS '主管区 / competent district';
COMMENT ON COLUMN analysis.cases."valid_from" IS '有效自 / valid from';
COMMENT ON COLUMN analysis.cases."valid_to" IS '有效至（不含） / valid until, not included';
COMMENT ON COLUMN analysis.cases."known_from" IS '自哪条记录起得知 / known since entry';
COMMENT ON COLUMN analysis.cases."known_to" IS '至哪条记录为止（不含） / known until entry, not included';
COMMENT ON COLUMN analysis.cases."kind" IS '类别 / kind';
COMMENT ON COLUMN analysis.cases."stage" IS '阶段 / stage';
COMMENT ON COLUMN analysis.cases."application" IS '申报 / application';
COMMENT ON COLUMN analysis.cases."inspection" IS '督导 / inspection';
COMMENT ON COLUMN analysis.cases."finding" IS '问题 / finding';
COMMENT ON COLUMN analysis.cases."plan" IS '年度计划 / plan';
COMMENT ON COLUMN analysis.cases."register" IS '登记 / registers';
COMMENT ON COLUMN analysis.cases."complaint" IS '投诉 / complaint';
COMMENT ON VIEW analysis.actions IS '办理 / an act or a filing: who did what to which case, and how long after its day it was recorded';
COMMENT ON COLUMN analysis.actions."key" IS '标识 / key';
COMMENT ON COLUMN analysis.actions."subject" IS '企业代码 / USCC';
COMMENT ON COLUMN analysis.actions."district" IS '主管区 / competent district';
COMMENT ON COLUMN analysis.actions."valid_from" IS '有效自 / valid from';
COMMENT ON COLUMN analysis.actions."valid_to" IS '有效至（不含） / valid until, not included';
COMMENT ON COLUMN analysis.actions."known_from" IS '自哪条记录起得知 / known since entry';
COMMENT ON COLUMN analysis.actions."known_to" IS '至哪条记录为止（不含） / known until entry, not included';
COMMENT ON COLUMN analysis.actions."position" IS '记录位置 / position';
COMMENT ON COLUMN analysis.actions."type" IS '记录类型 / event';
COMMENT ON COLUMN analysis.actions."concerns" IS '事项类别 / concerns';
COMMENT ON COLUMN analysis.actions."concerns_id" IS '事项编号 / id of what it concerns';
COMMENT ON COLUMN analysis.actions."decision" IS '结果 / decision';
COMMENT ON COLUMN analysis.actions."finding_id" IS '问题编号 / finding';
COMMENT ON COLUMN analysis.actions."actor" IS '经办人 / actor';
COMMENT ON COLUMN analysis.actions."approved_by" IS '批准人 / approved by';
COMMENT ON COLUMN analysis.actions."received_on" IS '收件日期 / received on';
COMMENT ON COLUMN analysis.actions."reason" IS '理由 / reason';
COMMENT ON COLUMN analysis.actions."document_no" IS '文号 / document number';
COMMENT ON COLUMN analysis.actions."backfill" IS '历史补录 / backfill';
COMMENT ON COLUMN analysis.actions."recorded_on" IS '入账日期（北京） / recorded on, in Beijing';
COMMENT ON COLUMN analysis.actions."days_late" IS '滞后天数 / days late';
COMMENT ON VIEW analysis.districts IS '主管区 / one of the 17 district authorities';
COMMENT ON COLUMN analysis.districts."code" IS '代码 / code';
COMMENT ON COLUMN analysis.districts."zh" IS '中文名称 / Chinese name';
COMMENT ON COLUMN analysis.districts."en" IS '英文名称 / English name';
COMMENT ON VIEW analysis.checks IS '检查 / a check with its clause';
COMMENT ON COLUMN analysis.checks."code" IS '代码 / code';
COMMENT ON COLUMN analysis.checks."zh" IS '中文名称 / Chinese name';
COMMENT ON COLUMN analysis.checks."en" IS '英文名称 / English name';
COMMENT ON COLUMN analysis.checks."clause" IS '条款 / clause';
COMMENT ON COLUMN analysis.checks."severity" IS '严重程度 / severity';
COMMENT ON COLUMN analysis.checks."version" IS '判法版本 / version of the rule';
COMMENT ON COLUMN analysis.checks."of_enterprise" IS '企业的违规 / a breach of the enterprise';
COMMENT ON VIEW analysis.levels IS '等级 / a skill level; ordered by rank, never by its digit';
COMMENT ON COLUMN analysis.levels."level" IS '等级代码 / level';
COMMENT ON COLUMN analysis.levels."rank" IS '等级次序 / rank';
COMMENT ON COLUMN analysis.levels."zh" IS '中文名称 / Chinese name';
COMMENT ON COLUMN analysis.levels."en" IS '英文名称 / English name';
COMMENT ON VIEW analysis.occupations IS '职业 / an occupation of an adopted edition, or of a batch that extends it';
COMMENT ON COLUMN analysis.occupations."edition" IS '大典版本或批次 / edition or batch';
COMMENT ON COLUMN analysis.occupations."kind" IS '目录类别 / catalogue';
COMMENT ON COLUMN analysis.occupations."code" IS '职业编码 / code';
COMMENT ON COLUMN analysis.occupations."name" IS '职业名称 / name';
COMMENT ON COLUMN analysis.occupations."skills" IS '技能类 / a skills occupation';
COMMENT ON COLUMN analysis.occupations."levels" IS '标准所设等级 / levels of its standard';
COMMENT ON COLUMN analysis.occupations."valid_from" IS '自 / from';
COMMENT ON COLUMN analysis.occupations."valid_to" IS '至（不含） / until, not included';
COMMENT ON COLUMN analysis.occupations."known_from" IS '采用的记录位置 / adopted by entry';
COMMENT ON VIEW analysis.catalogues IS '采用的目录 / a catalogue as it was adopted';
COMMENT ON COLUMN analysis.catalogues."kind" IS '目录类别 / catalogue';
COMMENT ON COLUMN analysis.catalogues."edition" IS '版本 / edition';
COMMENT ON COLUMN analysis.catalogues."sha256" IS 'SHA-256 摘要 / SHA-256 digest';
COMMENT ON COLUMN analysis.catalogues."valid_from" IS '自 / from';
COMMENT ON COLUMN analysis.catalogues."valid_to" IS '至（不含） / until, not included';
COMMENT ON COLUMN analysis.catalogues."known_from" IS '采用的记录位置 / adopted by entry';
COMMENT ON VIEW analysis.event_types IS '记录类型 / a kind of entry, with the names under which it was ever stored';
COMMENT ON COLUMN analysis.event_types."type" IS '记录类型 / event';
COMMENT ON COLUMN analysis.event_types."zh" IS '中文名称 / Chinese name';
COMMENT ON COLUMN analysis.event_types."en" IS '英文名称 / English name';
COMMENT ON COLUMN analysis.event_types."stream" IS '记录流 / stream';
COMMENT ON COLUMN analysis.event_types."schema" IS '格式版本 / schema';
COMMENT ON COLUMN analysis.event_types."stored" IS '存储名称 / stored names';
    COMMENT ON SCHEMA analysis IS 'c00a00946c9c6fc549c9f03017029a4287de0fe5d25235e649b95c13256f2cb3';
END
$dudao$;
REVOKE ALL ON ALL TABLES IN SCHEMA analysis FROM PUBLIC;
-- Where an administrator has made the role (docs/analysts.md); plain owners may not.
DO $dudao$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'dudao_analyst') THEN
        GRANT USAGE ON SCHEMA analysis TO dudao_analyst;
        GRANT SELECT ON analysis.entries, analysis.roster, analysis.scope, analysis.flags, analysis.assessments, analysis.certificates, analysis.cases, analysis.actions, analysis.districts, analysis.checks, analysis.levels, analysis.occupations, analysis.catalogues, analysis.event_types TO dudao_analyst;
    END IF;
END
$dudao$;
SET LOCAL ROLE dudao_ledger;
