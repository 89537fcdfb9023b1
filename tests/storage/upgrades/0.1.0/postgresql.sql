-- Ringwatch 0.1.0 (tables: main 0002, telemetry 0001) after one night, dumped as its own code left it.
SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
SET default_tablespace = '';
SET default_table_access_method = heap;
CREATE TABLE public.alerts (
    id bigint NOT NULL,
    code text DEFAULT ''::text NOT NULL,
    subject text DEFAULT ''::text NOT NULL,
    facts json NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    cleared_at timestamp with time zone,
    acknowledged_at timestamp with time zone,
    acknowledged_by bigint,
    pages_made integer DEFAULT 0 NOT NULL
);
CREATE SEQUENCE public.alerts_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.alerts_id_seq OWNED BY public.alerts.id;
CREATE TABLE public.api_answers (
    token_id bigint NOT NULL,
    key text NOT NULL,
    request text DEFAULT ''::text NOT NULL,
    at timestamp with time zone NOT NULL,
    status integer DEFAULT 0 NOT NULL,
    headers json NOT NULL,
    body text DEFAULT ''::text NOT NULL
);
CREATE TABLE public.api_tokens (
    id bigint NOT NULL,
    token_hash text NOT NULL,
    person_id bigint NOT NULL,
    name text DEFAULT ''::text NOT NULL,
    scopes json NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    last_used_at timestamp with time zone,
    revoked_at timestamp with time zone
);
CREATE SEQUENCE public.api_tokens_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.api_tokens_id_seq OWNED BY public.api_tokens.id;
CREATE TABLE public.company (
    name text NOT NULL,
    value json NOT NULL,
    changed_at timestamp with time zone NOT NULL
);
CREATE TABLE public.conditions (
    device_id bigint NOT NULL,
    code text NOT NULL,
    point text DEFAULT ''::text NOT NULL,
    true_since timestamp with time zone NOT NULL,
    clear_since timestamp with time zone,
    evidence json NOT NULL
);
CREATE TABLE public.contracts (
    id bigint NOT NULL,
    number text NOT NULL,
    customer_id bigint NOT NULL,
    tier text DEFAULT ''::text NOT NULL,
    scope text DEFAULT ''::text NOT NULL,
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    free_until date,
    retention_days integer,
    quarter text DEFAULT 'natural'::text NOT NULL,
    survey_months integer DEFAULT 12 NOT NULL,
    CONSTRAINT ck_contracts_quarter CHECK ((quarter = ANY (ARRAY['natural'::text, 'contract'::text]))),
    CONSTRAINT ck_contracts_survey_months CHECK (((survey_months >= 6) AND (survey_months <= 12))),
    CONSTRAINT ck_contracts_term CHECK ((starts_on <= ends_on)),
    CONSTRAINT ck_contracts_tier CHECK ((tier = ANY (ARRAY['basic'::text, 'advanced'::text, 'exclusive'::text])))
);
CREATE SEQUENCE public.contracts_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.contracts_id_seq OWNED BY public.contracts.id;
CREATE TABLE public.counters (
    name text NOT NULL,
    value bigint NOT NULL
);
CREATE TABLE public.customers (
    id bigint NOT NULL,
    code text NOT NULL,
    name text DEFAULT ''::text NOT NULL,
    address text DEFAULT ''::text NOT NULL,
    phone text DEFAULT ''::text NOT NULL,
    email text DEFAULT ''::text NOT NULL,
    language text DEFAULT 'zh'::text NOT NULL,
    CONSTRAINT ck_customers_language CHECK ((language = ANY (ARRAY['zh'::text, 'en'::text])))
);
CREATE SEQUENCE public.customers_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.customers_id_seq OWNED BY public.customers.id;
CREATE TABLE public.deadlines (
    id bigint NOT NULL,
    kind text DEFAULT ''::text NOT NULL,
    subject_kind text DEFAULT ''::text NOT NULL,
    subject_id bigint NOT NULL,
    step integer DEFAULT 0 NOT NULL,
    due_at timestamp with time zone NOT NULL,
    promised_at timestamp with time zone NOT NULL,
    failures integer DEFAULT 0 NOT NULL,
    last_error text DEFAULT ''::text NOT NULL,
    CONSTRAINT ck_deadlines_subject_kind CHECK ((subject_kind = ANY (ARRAY['order'::text, 'fault'::text, 'alert'::text])))
);
CREATE SEQUENCE public.deadlines_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.deadlines_id_seq OWNED BY public.deadlines.id;
CREATE TABLE public.deaf_spells (
    id bigint NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    why text DEFAULT ''::text NOT NULL,
    CONSTRAINT ck_deaf_spells_lasts CHECK ((starts_at <= ends_at))
);
CREATE SEQUENCE public.deaf_spells_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.deaf_spells_id_seq OWNED BY public.deaf_spells.id;
CREATE TABLE public.device_links (
    device_id bigint NOT NULL,
    kind text NOT NULL,
    parent_id bigint NOT NULL,
    CONSTRAINT ck_device_links_kind CHECK ((kind = ANY (ARRAY['via'::text, 'powered_by'::text, 'recorded_by'::text]))),
    CONSTRAINT ck_device_links_no_own_parent CHECK ((device_id <> parent_id))
);
CREATE TABLE public.device_states (
    device_id bigint NOT NULL,
    wire_state text DEFAULT ''::text NOT NULL,
    wire_state_at timestamp with time zone,
    last_heard_at timestamp with time zone,
    device_t timestamp with time zone,
    seq bigint,
    clock_offset_s double precision,
    interval_s double precision,
    metrics text DEFAULT '{}'::text NOT NULL,
    flags text DEFAULT '{}'::text NOT NULL
);
CREATE TABLE public.devices (
    id bigint NOT NULL,
    site_id bigint NOT NULL,
    system_id bigint,
    code text NOT NULL,
    name text DEFAULT ''::text NOT NULL,
    type text DEFAULT ''::text NOT NULL,
    importance text DEFAULT 'normal'::text NOT NULL,
    ups boolean DEFAULT false NOT NULL,
    monitored text DEFAULT 'yes'::text NOT NULL,
    location text DEFAULT ''::text NOT NULL,
    "position" text DEFAULT ''::text NOT NULL,
    model text DEFAULT ''::text NOT NULL,
    serial text DEFAULT ''::text NOT NULL,
    batch text DEFAULT ''::text NOT NULL,
    supplier text DEFAULT ''::text NOT NULL,
    asset_tag text DEFAULT ''::text NOT NULL,
    ip text DEFAULT ''::text NOT NULL,
    mac text DEFAULT ''::text NOT NULL,
    firmware text DEFAULT ''::text NOT NULL,
    reporting_interval_s integer,
    installed_on date,
    warranty_end date,
    dialect text DEFAULT 'native'::text NOT NULL,
    dialect_id text DEFAULT ''::text NOT NULL,
    enrolled_at timestamp with time zone NOT NULL,
    disabled_at timestamp with time zone,
    maintenance_until timestamp with time zone,
    sought text GENERATED ALWAYS AS (lower(((((((((((name || ' '::text) || code) || ' '::text) || location) || ' '::text) || ip) || ' '::text) || serial) || ' '::text) || asset_tag))) STORED NOT NULL,
    CONSTRAINT ck_devices_importance CHECK ((importance = ANY (ARRAY['normal'::text, 'key'::text]))),
    CONSTRAINT ck_devices_monitored CHECK ((monitored = ANY (ARRAY['yes'::text, 'indirect'::text, 'no'::text]))),
    CONSTRAINT ck_devices_reporting_interval_s CHECK ((reporting_interval_s > 0)),
    CONSTRAINT ck_devices_type CHECK ((type = ANY (ARRAY['camera'::text, 'lens'::text, 'ptz'::text, 'encoder'::text, 'decoder'::text, 'recorder'::text, 'detector'::text, 'panic_button'::text, 'sounder'::text, 'zone'::text, 'alarm_host'::text, 'expander'::text, 'access_controller'::text, 'reader'::text, 'lock'::text, 'switch'::text, 'gateway'::text, 'uplink'::text, 'power'::text, 'ups'::text, 'spd'::text, 'ground'::text, 'line'::text, 'monitor'::text, 'matrix'::text, 'sensor'::text, 'other'::text])))
);
CREATE SEQUENCE public.devices_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.devices_id_seq OWNED BY public.devices.id;
CREATE TABLE public.discovered (
    site text NOT NULL,
    device text NOT NULL,
    first_at timestamp with time zone NOT NULL,
    last_at timestamp with time zone NOT NULL,
    messages bigint DEFAULT '1'::bigint NOT NULL,
    topic text DEFAULT ''::text NOT NULL,
    sample text DEFAULT ''::text NOT NULL,
    ignored boolean DEFAULT false NOT NULL
);
CREATE TABLE public.faults (
    id bigint NOT NULL,
    device_id bigint NOT NULL,
    site_id bigint NOT NULL,
    code text DEFAULT ''::text NOT NULL,
    point text DEFAULT ''::text NOT NULL,
    severity text DEFAULT ''::text NOT NULL,
    source text DEFAULT ''::text NOT NULL,
    why text DEFAULT ''::text NOT NULL,
    evidence json NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    provisional_until timestamp with time zone,
    explained_by bigint,
    order_id bigint,
    occurrences integer DEFAULT 1 NOT NULL,
    cleared_at timestamp with time zone,
    clear_why text DEFAULT ''::text NOT NULL,
    CONSTRAINT ck_faults_not_its_own_cause CHECK ((explained_by <> id))
);
CREATE SEQUENCE public.faults_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.faults_id_seq OWNED BY public.faults.id;
CREATE TABLE public.hot (
    shard bigint NOT NULL,
    at_ms bigint NOT NULL,
    lines text NOT NULL
);
CREATE TABLE public.hourly (
    device_id bigint NOT NULL,
    metric text NOT NULL,
    hour integer NOT NULL,
    samples integer NOT NULL,
    low double precision NOT NULL,
    high double precision NOT NULL,
    total double precision NOT NULL
);
CREATE TABLE public.journal (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    actor text DEFAULT ''::text NOT NULL,
    person_id bigint,
    verb text DEFAULT ''::text NOT NULL,
    site_id bigint,
    order_id bigint,
    fault_id bigint,
    device_id bigint,
    facts json NOT NULL,
    CONSTRAINT ck_journal_actor CHECK ((actor = ANY (ARRAY['person'::text, 'monitor'::text, 'clock'::text, 'device'::text, 'system'::text])))
);
CREATE SEQUENCE public.journal_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.journal_id_seq OWNED BY public.journal.id;
CREATE TABLE public.listening (
    id integer NOT NULL,
    watermark timestamp with time zone,
    stalled_since timestamp with time zone,
    connected_at timestamp with time zone,
    session text DEFAULT ''::text NOT NULL,
    messages bigint DEFAULT '0'::bigint NOT NULL,
    rejected bigint DEFAULT '0'::bigint NOT NULL,
    repeated bigint DEFAULT '0'::bigint NOT NULL,
    dropped bigint,
    CONSTRAINT ck_listening_single CHECK ((id = 1))
);
CREATE TABLE public.logins (
    id bigint NOT NULL,
    person_id bigint NOT NULL,
    name text NOT NULL,
    password_hash text DEFAULT ''::text NOT NULL,
    must_change boolean DEFAULT false NOT NULL,
    changed_at timestamp with time zone NOT NULL
);
CREATE SEQUENCE public.logins_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.logins_id_seq OWNED BY public.logins.id;
CREATE TABLE public.notice_attempts (
    id bigint NOT NULL,
    notice_id bigint NOT NULL,
    lease integer NOT NULL,
    at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    provider text DEFAULT ''::text NOT NULL,
    result text DEFAULT ''::text NOT NULL,
    words text DEFAULT ''::text NOT NULL
);
CREATE SEQUENCE public.notice_attempts_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.notice_attempts_id_seq OWNED BY public.notice_attempts.id;
CREATE TABLE public.notices (
    id bigint NOT NULL,
    key text NOT NULL,
    kind text DEFAULT ''::text NOT NULL,
    rank integer NOT NULL,
    person_id bigint NOT NULL,
    channel text DEFAULT ''::text NOT NULL,
    target text DEFAULT ''::text NOT NULL,
    order_id bigint,
    fault_id bigint,
    site_id bigint,
    facts json NOT NULL,
    state text DEFAULT 'waiting'::text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    not_before timestamp with time zone NOT NULL,
    lease integer DEFAULT 0 NOT NULL,
    leased_until timestamp with time zone,
    attempts integer DEFAULT 0 NOT NULL,
    done_at timestamp with time zone,
    text text DEFAULT ''::text NOT NULL,
    CONSTRAINT ck_notices_rank CHECK (((rank >= 0) AND (rank <= 2))),
    CONSTRAINT ck_notices_state CHECK ((state = ANY (ARRAY['waiting'::text, 'sending'::text, 'sent'::text, 'failed'::text, 'dead'::text, 'silenced'::text])))
);
CREATE SEQUENCE public.notices_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.notices_id_seq OWNED BY public.notices.id;
CREATE TABLE public.people (
    id bigint NOT NULL,
    code text NOT NULL,
    name text DEFAULT ''::text NOT NULL,
    roles json NOT NULL,
    all_sites boolean DEFAULT false NOT NULL,
    customer_id bigint,
    phone text DEFAULT ''::text NOT NULL,
    email text DEFAULT ''::text NOT NULL,
    channels json NOT NULL,
    language text DEFAULT 'zh'::text NOT NULL,
    left_at timestamp with time zone,
    CONSTRAINT ck_people_language CHECK ((language = ANY (ARRAY['zh'::text, 'en'::text])))
);
CREATE SEQUENCE public.people_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.people_id_seq OWNED BY public.people.id;
CREATE TABLE public.person_sites (
    person_id bigint NOT NULL,
    site_id bigint NOT NULL
);
CREATE TABLE public.personal_links (
    id bigint NOT NULL,
    token_hash text NOT NULL,
    person_id bigint NOT NULL,
    subject_kind text DEFAULT ''::text NOT NULL,
    subject_id bigint NOT NULL,
    notice_id bigint,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    CONSTRAINT ck_personal_links_subject_kind CHECK ((subject_kind = ANY (ARRAY['order'::text, 'alert'::text])))
);
CREATE SEQUENCE public.personal_links_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.personal_links_id_seq OWNED BY public.personal_links.id;
CREATE TABLE public.rejects (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    topic text DEFAULT ''::text NOT NULL,
    body bytea NOT NULL,
    size integer NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    traceback text DEFAULT ''::text NOT NULL
);
CREATE SEQUENCE public.rejects_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.rejects_id_seq OWNED BY public.rejects.id;
CREATE TABLE public.revision (
    id integer NOT NULL,
    number bigint NOT NULL,
    CONSTRAINT ck_revision_single CHECK ((id = 1))
);
CREATE TABLE public.schema_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.seen_batches (
    id bigint NOT NULL,
    count integer NOT NULL,
    pairs bytea NOT NULL
);
CREATE SEQUENCE public.seen_batches_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.seen_batches_id_seq OWNED BY public.seen_batches.id;
CREATE TABLE public.sessions (
    token_hash text NOT NULL,
    login_id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    agent text DEFAULT ''::text NOT NULL,
    address text DEFAULT ''::text NOT NULL
);
CREATE TABLE public.setup_tokens (
    token_hash text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone
);
CREATE TABLE public.shifts (
    id bigint NOT NULL,
    layer text DEFAULT ''::text NOT NULL,
    person_id bigint NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    CONSTRAINT ck_shifts_lasts CHECK ((starts_at < ends_at)),
    CONSTRAINT ck_shifts_layer CHECK ((layer = ANY (ARRAY['first'::text, 'second'::text, 'head'::text])))
);
CREATE SEQUENCE public.shifts_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.shifts_id_seq OWNED BY public.shifts.id;
CREATE TABLE public.sites (
    id bigint NOT NULL,
    code text NOT NULL,
    name text DEFAULT ''::text NOT NULL,
    customer_id bigint NOT NULL,
    contract_id bigint,
    address text DEFAULT ''::text NOT NULL,
    lon double precision,
    lat double precision,
    given_crs text DEFAULT ''::text NOT NULL,
    zone text DEFAULT ''::text NOT NULL,
    zone_how text DEFAULT ''::text NOT NULL,
    zone_reason text DEFAULT ''::text NOT NULL,
    on_site_hours double precision NOT NULL,
    on_site_rule text DEFAULT ''::text NOT NULL,
    key_project boolean DEFAULT false NOT NULL,
    retention_days integer,
    access_note text DEFAULT ''::text NOT NULL,
    timezone text DEFAULT ''::text NOT NULL,
    CONSTRAINT ck_sites_given_crs CHECK ((given_crs = ANY (ARRAY[''::text, 'wgs84'::text, 'gcj02'::text, 'bd09'::text]))),
    CONSTRAINT ck_sites_on_site_hours CHECK ((on_site_hours > (0)::double precision)),
    CONSTRAINT ck_sites_zone CHECK ((zone = ANY (ARRAY['ring1'::text, 'ring2'::text, 'ring3'::text, 'city'::text, 'neighbour'::text, 'remote'::text])))
);
CREATE SEQUENCE public.sites_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.sites_id_seq OWNED BY public.sites.id;
CREATE TABLE public.systems (
    id bigint NOT NULL,
    site_id bigint NOT NULL,
    code text NOT NULL,
    name text DEFAULT ''::text NOT NULL,
    kind text DEFAULT ''::text NOT NULL,
    size text DEFAULT ''::text NOT NULL,
    complexity text DEFAULT ''::text NOT NULL,
    importance text DEFAULT ''::text NOT NULL,
    extra_cycles text DEFAULT ''::text NOT NULL
);
CREATE SEQUENCE public.systems_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.systems_id_seq OWNED BY public.systems.id;
CREATE TABLE public.telemetry_schema_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.throttles (
    key text NOT NULL,
    failures integer NOT NULL,
    last_at timestamp with time zone NOT NULL,
    blocked_until timestamp with time zone
);
CREATE TABLE public.work_orders (
    id bigint NOT NULL,
    number text NOT NULL,
    site_id bigint NOT NULL,
    root_fault_id bigint NOT NULL,
    severity text DEFAULT ''::text NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    clock_started_at timestamp with time zone NOT NULL,
    clock_source text DEFAULT ''::text NOT NULL,
    zone text DEFAULT ''::text NOT NULL,
    on_site_hours double precision NOT NULL,
    on_site_rule text DEFAULT ''::text NOT NULL,
    on_site_by timestamp with time zone NOT NULL,
    pages_made integer DEFAULT 0 NOT NULL,
    ladder_started_at timestamp with time zone,
    first_paged_id bigint,
    received_by bigint,
    received_at timestamp with time zone,
    head_id bigint,
    head_informed_at timestamp with time zone,
    arranged_at timestamp with time zone,
    arranged_by bigint,
    self_dispatched_at timestamp with time zone,
    assignee_id bigint,
    dispatched_at timestamp with time zone,
    appointment_at timestamp with time zone,
    departed_at timestamp with time zone,
    arrived_at timestamp with time zone,
    late_reason text DEFAULT ''::text NOT NULL,
    diagnosed_at timestamp with time zone,
    diagnosis text DEFAULT ''::text NOT NULL,
    repaired_at timestamp with time zone,
    repair text DEFAULT ''::text NOT NULL,
    verified_at timestamp with time zone,
    verified_how text DEFAULT ''::text NOT NULL,
    left_at timestamp with time zone,
    accepted_at timestamp with time zone,
    accepted_by text DEFAULT ''::text NOT NULL,
    closed_at timestamp with time zone,
    close_reason text DEFAULT ''::text NOT NULL,
    CONSTRAINT ck_work_orders_clock_source CHECK ((clock_source = ANY (ARRAY['customer_notice'::text, 'monitor'::text]))),
    CONSTRAINT ck_work_orders_closed_for_a_reason CHECK (((closed_at IS NULL) OR (close_reason <> ''::text))),
    CONSTRAINT ck_work_orders_deadline_after_start CHECK ((on_site_by > clock_started_at)),
    CONSTRAINT ck_work_orders_severity CHECK ((severity = ANY (ARRAY['emergency'::text, 'major'::text, 'minor'::text]))),
    CONSTRAINT ck_work_orders_zone CHECK ((zone = ANY (ARRAY['ring1'::text, 'ring2'::text, 'ring3'::text, 'city'::text, 'neighbour'::text, 'remote'::text])))
);
CREATE SEQUENCE public.work_orders_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.work_orders_id_seq OWNED BY public.work_orders.id;
ALTER TABLE ONLY public.alerts ALTER COLUMN id SET DEFAULT nextval('public.alerts_id_seq'::regclass);
ALTER TABLE ONLY public.api_tokens ALTER COLUMN id SET DEFAULT nextval('public.api_tokens_id_seq'::regclass);
ALTER TABLE ONLY public.contracts ALTER COLUMN id SET DEFAULT nextval('public.contracts_id_seq'::regclass);
ALTER TABLE ONLY public.customers ALTER COLUMN id SET DEFAULT nextval('public.customers_id_seq'::regclass);
ALTER TABLE ONLY public.deadlines ALTER COLUMN id SET DEFAULT nextval('public.deadlines_id_seq'::regclass);
ALTER TABLE ONLY public.deaf_spells ALTER COLUMN id SET DEFAULT nextval('public.deaf_spells_id_seq'::regclass);
ALTER TABLE ONLY public.devices ALTER COLUMN id SET DEFAULT nextval('public.devices_id_seq'::regclass);
ALTER TABLE ONLY public.faults ALTER COLUMN id SET DEFAULT nextval('public.faults_id_seq'::regclass);
ALTER TABLE ONLY public.journal ALTER COLUMN id SET DEFAULT nextval('public.journal_id_seq'::regclass);
ALTER TABLE ONLY public.logins ALTER COLUMN id SET DEFAULT nextval('public.logins_id_seq'::regclass);
ALTER TABLE ONLY public.notice_attempts ALTER COLUMN id SET DEFAULT nextval('public.notice_attempts_id_seq'::regclass);
ALTER TABLE ONLY public.notices ALTER COLUMN id SET DEFAULT nextval('public.notices_id_seq'::regclass);
ALTER TABLE ONLY public.people ALTER COLUMN id SET DEFAULT nextval('public.people_id_seq'::regclass);
ALTER TABLE ONLY public.personal_links ALTER COLUMN id SET DEFAULT nextval('public.personal_links_id_seq'::regclass);
ALTER TABLE ONLY public.rejects ALTER COLUMN id SET DEFAULT nextval('public.rejects_id_seq'::regclass);
ALTER TABLE ONLY public.seen_batches ALTER COLUMN id SET DEFAULT nextval('public.seen_batches_id_seq'::regclass);
ALTER TABLE ONLY public.shifts ALTER COLUMN id SET DEFAULT nextval('public.shifts_id_seq'::regclass);
ALTER TABLE ONLY public.sites ALTER COLUMN id SET DEFAULT nextval('public.sites_id_seq'::regclass);
ALTER TABLE ONLY public.systems ALTER COLUMN id SET DEFAULT nextval('public.systems_id_seq'::regclass);
ALTER TABLE ONLY public.work_orders ALTER COLUMN id SET DEFAULT nextval('public.work_orders_id_seq'::regclass);
INSERT INTO public.alerts (id, code, subject, facts, opened_at, cleared_at, acknowledged_at, acknowledged_by, pages_made) VALUES (1, 'MON_CLOCK_STEP', '2026-11-23T01:10Z', '{"seconds": 2.4}', '2026-11-23 01:49:00+00', NULL, NULL, NULL, 1);
INSERT INTO public.api_tokens (id, token_hash, person_id, name, scopes, created_at, expires_at, last_used_at, revoked_at) VALUES (1, 'bdc1e845522ba761b05305c2363248f7248a5c31c4dbeb25cea1bf3c765a5046', 3, 'ERP', '["faults:read", "orders:read"]', '2026-11-23 01:49:00+00', '2027-11-23 01:49:00+00', NULL, NULL);
INSERT INTO public.company (name, value, changed_at) VALUES ('name', '"\u5b89\u4fe1"', '2026-11-23 01:00:00+00');
INSERT INTO public.company (name, value, changed_at) VALUES ('timezone', '"Asia/Shanghai"', '2026-11-23 01:00:00+00');
INSERT INTO public.contracts (id, number, customer_id, tier, scope, starts_on, ends_on, free_until, retention_days, quarter, survey_months) VALUES (1, 'K1', 1, 'basic', '', '2026-01-01', '2026-12-31', NULL, NULL, 'natural', 12);
INSERT INTO public.counters (name, value) VALUES ('order-2026', 5);
INSERT INTO public.customers (id, code, name, address, phone, email, language) VALUES (1, 'C1', 'C1', '', '', '', 'zh');
INSERT INTO public.customers (id, code, name, address, phone, email, language) VALUES (2, 'C2', 'C2', '', '', '', 'zh');
INSERT INTO public.deadlines (id, kind, subject_kind, subject_id, step, due_at, promised_at, failures, last_error) VALUES (27, 'on_site', 'order', 5, 50, '2026-11-23 02:42:05+00', '2026-11-23 02:42:05+00', 0, '');
INSERT INTO public.deadlines (id, kind, subject_kind, subject_id, step, due_at, promised_at, failures, last_error) VALUES (28, 'on_site', 'order', 5, 75, '2026-11-23 03:12:05+00', '2026-11-23 03:12:05+00', 0, '');
INSERT INTO public.deadlines (id, kind, subject_kind, subject_id, step, due_at, promised_at, failures, last_error) VALUES (29, 'on_site', 'order', 5, 100, '2026-11-23 03:42:05+00', '2026-11-23 03:42:05+00', 0, '');
INSERT INTO public.deadlines (id, kind, subject_kind, subject_id, step, due_at, promised_at, failures, last_error) VALUES (31, 'head', 'order', 5, 0, '2026-11-23 01:52:05+00', '2026-11-23 01:52:05+00', 0, '');
INSERT INTO public.deadlines (id, kind, subject_kind, subject_id, step, due_at, promised_at, failures, last_error) VALUES (30, 'ladder', 'order', 5, 0, '2026-11-23 01:52:05+00', '2026-11-23 01:52:05+00', 0, '');
INSERT INTO public.deadlines (id, kind, subject_kind, subject_id, step, due_at, promised_at, failures, last_error) VALUES (33, 'alert', 'alert', 1, 0, '2026-11-23 01:54:00+00', '2026-11-23 01:54:00+00', 0, '');
INSERT INTO public.device_links (device_id, kind, parent_id) VALUES (2, 'via', 1);
INSERT INTO public.device_links (device_id, kind, parent_id) VALUES (4, 'via', 3);
INSERT INTO public.device_states (device_id, wire_state, wire_state_at, last_heard_at, device_t, seq, clock_offset_s, interval_s, metrics, flags) VALUES (2, '', NULL, '2026-11-23 01:48:10+00', '2026-11-23 01:48:10+00', NULL, 0, NULL, '{"battery_pct":88.0,"temperature_c":31.5,"clock_offset_s":0.0}', '{"tamper":false}');
INSERT INTO public.device_states (device_id, wire_state, wire_state_at, last_heard_at, device_t, seq, clock_offset_s, interval_s, metrics, flags) VALUES (4, '', NULL, '2026-11-23 01:48:15+00', '2026-11-23 01:48:15+00', NULL, 0, NULL, '{"battery_pct":88.0,"temperature_c":31.5,"clock_offset_s":0.0}', '{"tamper":false}');
INSERT INTO public.device_states (device_id, wire_state, wire_state_at, last_heard_at, device_t, seq, clock_offset_s, interval_s, metrics, flags) VALUES (3, '', NULL, '2026-11-23 01:48:25+00', '2026-11-23 01:48:25+00', NULL, 0, NULL, '{"battery_pct":88.0,"temperature_c":31.5,"clock_offset_s":0.0}', '{"tamper":false}');
INSERT INTO public.device_states (device_id, wire_state, wire_state_at, last_heard_at, device_t, seq, clock_offset_s, interval_s, metrics, flags) VALUES (1, '', NULL, '2026-11-23 01:49:00+00', '2026-11-23 01:49:00+00', NULL, 0, NULL, '{"battery_pct":88.0,"temperature_c":31.5,"clock_offset_s":0.0}', '{"tamper":false}');
INSERT INTO public.devices (id, site_id, system_id, code, name, type, importance, ups, monitored, location, "position", model, serial, batch, supplier, asset_tag, ip, mac, firmware, reporting_interval_s, installed_on, warranty_end, dialect, dialect_id, enrolled_at, disabled_at, maintenance_until) VALUES (1, 1, 1, 'd0', 'd0', 'camera', 'normal', false, 'yes', '', '', '', '', '', '', '', '', '', '', 60, NULL, NULL, 'native', '', '2026-10-24 01:00:00+00', NULL, NULL);
INSERT INTO public.devices (id, site_id, system_id, code, name, type, importance, ups, monitored, location, "position", model, serial, batch, supplier, asset_tag, ip, mac, firmware, reporting_interval_s, installed_on, warranty_end, dialect, dialect_id, enrolled_at, disabled_at, maintenance_until) VALUES (2, 1, 1, 'd1', 'd1', 'camera', 'normal', false, 'yes', '', '', '', '', '', '', '', '', '', '', 60, NULL, NULL, 'native', '', '2026-10-24 01:00:00+00', NULL, NULL);
INSERT INTO public.devices (id, site_id, system_id, code, name, type, importance, ups, monitored, location, "position", model, serial, batch, supplier, asset_tag, ip, mac, firmware, reporting_interval_s, installed_on, warranty_end, dialect, dialect_id, enrolled_at, disabled_at, maintenance_until) VALUES (3, 1, 1, 'sw', 'sw', 'switch', 'normal', false, 'yes', '', '', '', '', '', '', '', '', '', '', 60, NULL, NULL, 'native', '', '2026-10-24 01:00:00+00', NULL, NULL);
INSERT INTO public.devices (id, site_id, system_id, code, name, type, importance, ups, monitored, location, "position", model, serial, batch, supplier, asset_tag, ip, mac, firmware, reporting_interval_s, installed_on, warranty_end, dialect, dialect_id, enrolled_at, disabled_at, maintenance_until) VALUES (4, 1, 1, 'd2', 'd2', 'detector', 'normal', false, 'yes', '', '', '', '', '', '', '', '', '', '', 60, NULL, NULL, 'native', '', '2026-10-24 01:00:00+00', NULL, NULL);
INSERT INTO public.discovered (site, device, first_at, last_at, messages, topic, sample, ignored) VALUES ('S1', 'new', '2026-11-23 01:49:00+00', '2026-11-23 01:49:00+00', 3, 'ringwatch/v1/S1/new/state', 'online', false);
INSERT INTO public.faults (id, device_id, site_id, code, point, severity, source, why, evidence, opened_at, provisional_until, explained_by, order_id, occurrences, cleared_at, clear_why) VALUES (2, 4, 1, 'NO_DATA_YET', '', 'minor', 'monitor', 'silent', '{"heard_at": null}', '2026-11-23 01:00:10+00', NULL, NULL, NULL, 1, '2026-11-23 01:00:15+00', 'heard_again');
INSERT INTO public.faults (id, device_id, site_id, code, point, severity, source, why, evidence, opened_at, provisional_until, explained_by, order_id, occurrences, cleared_at, clear_why) VALUES (3, 3, 1, 'NO_DATA_YET', '', 'minor', 'monitor', 'silent', '{"heard_at": null}', '2026-11-23 01:00:10+00', NULL, NULL, NULL, 1, '2026-11-23 01:00:25+00', 'heard_again');
INSERT INTO public.faults (id, device_id, site_id, code, point, severity, source, why, evidence, opened_at, provisional_until, explained_by, order_id, occurrences, cleared_at, clear_why) VALUES (1, 1, 1, 'NO_DATA_YET', '', 'minor', 'monitor', 'silent', '{"heard_at": null}', '2026-11-23 01:00:10+00', NULL, NULL, NULL, 1, '2026-11-23 01:01:00+00', 'heard_again');
INSERT INTO public.faults (id, device_id, site_id, code, point, severity, source, why, evidence, opened_at, provisional_until, explained_by, order_id, occurrences, cleared_at, clear_why) VALUES (4, 1, 1, 'CAM_VIDEO_LOSS', '', 'major', 'monitor', 'reading', '{"heard_at": "2026-11-23T01:02:00+00:00"}', '2026-11-23 01:02:00+00', NULL, NULL, 1, 1, '2026-11-23 01:29:00+00', 'reading');
INSERT INTO public.faults (id, device_id, site_id, code, point, severity, source, why, evidence, opened_at, provisional_until, explained_by, order_id, occurrences, cleared_at, clear_why) VALUES (5, 2, 1, 'DEV_OFFLINE', '', 'major', 'monitor', 'silent', '{"heard_at": "2026-11-23T01:02:10+00:00"}', '2026-11-23 01:28:05+00', NULL, NULL, 2, 1, '2026-11-23 01:30:10+00', 'heard_again');
INSERT INTO public.faults (id, device_id, site_id, code, point, severity, source, why, evidence, opened_at, provisional_until, explained_by, order_id, occurrences, cleared_at, clear_why) VALUES (6, 4, 1, 'DEV_OFFLINE', '', 'major', 'monitor', 'silent', '{"heard_at": "2026-11-23T01:02:15+00:00"}', '2026-11-23 01:28:05+00', NULL, 7, NULL, 1, '2026-11-23 01:30:15+00', 'heard_again');
INSERT INTO public.faults (id, device_id, site_id, code, point, severity, source, why, evidence, opened_at, provisional_until, explained_by, order_id, occurrences, cleared_at, clear_why) VALUES (7, 3, 1, 'NET_SWITCH_DOWN', '', 'major', 'monitor', 'silent', '{"heard_at": "2026-11-23T01:02:25+00:00"}', '2026-11-23 01:28:05+00', NULL, NULL, 3, 1, '2026-11-23 01:30:25+00', 'heard_again');
INSERT INTO public.faults (id, device_id, site_id, code, point, severity, source, why, evidence, opened_at, provisional_until, explained_by, order_id, occurrences, cleared_at, clear_why) VALUES (8, 2, 1, 'BATT_LOW', '', 'minor', 'monitor', 'event', '{"heard_at": "2026-11-23T01:42:00+00:00"}', '2026-11-23 01:42:00+00', NULL, NULL, NULL, 1, '2026-11-23 01:42:10+00', 'reading');
INSERT INTO public.faults (id, device_id, site_id, code, point, severity, source, why, evidence, opened_at, provisional_until, explained_by, order_id, occurrences, cleared_at, clear_why) VALUES (10, 4, 1, 'DEV_OFFLINE', '', 'major', 'monitor', 'silent', '{"heard_at": "2026-11-23T01:31:15+00:00"}', '2026-11-23 01:42:05+00', NULL, 11, NULL, 1, '2026-11-23 01:44:15+00', 'heard_again');
INSERT INTO public.faults (id, device_id, site_id, code, point, severity, source, why, evidence, opened_at, provisional_until, explained_by, order_id, occurrences, cleared_at, clear_why) VALUES (11, 3, 1, 'NET_SWITCH_DOWN', '', 'major', 'monitor', 'silent', '{"heard_at": "2026-11-23T01:31:25+00:00"}', '2026-11-23 01:42:05+00', NULL, NULL, 5, 1, '2026-11-23 01:44:25+00', 'heard_again');
INSERT INTO public.faults (id, device_id, site_id, code, point, severity, source, why, evidence, opened_at, provisional_until, explained_by, order_id, occurrences, cleared_at, clear_why) VALUES (9, 1, 1, 'DEV_OFFLINE', '', 'major', 'monitor', 'silent', '{"heard_at": "2026-11-23T01:32:00+00:00"}', '2026-11-23 01:42:05+00', NULL, NULL, 4, 1, '2026-11-23 01:45:00+00', 'heard_again');
INSERT INTO public.hot (shard, at_ms, lines) VALUES (0, 1795398420000, '[1,{"battery_pct":88.0,"temperature_c":31.5,"clock_offset_s":0.0}]
');
INSERT INTO public.hot (shard, at_ms, lines) VALUES (0, 1795398430000, '[2,{"battery_pct":88.0,"temperature_c":31.5,"clock_offset_s":0.0}]
');
INSERT INTO public.hot (shard, at_ms, lines) VALUES (0, 1795398435000, '[4,{"battery_pct":88.0,"temperature_c":31.5,"clock_offset_s":0.0}]
');
INSERT INTO public.hot (shard, at_ms, lines) VALUES (0, 1795398445000, '[3,{"battery_pct":88.0,"temperature_c":31.5,"clock_offset_s":0.0}]
');
INSERT INTO public.hot (shard, at_ms, lines) VALUES (0, 1795398480000, '[1,{"battery_pct":88.0,"temperature_c":31.5,"clock_offset_s":0.0}]
');
INSERT INTO public.hot (shard, at_ms, lines) VALUES (0, 1795398490000, '[2,{"battery_pct":88.0,"temperature_c":31.5,"clock_offset_s":0.0}]
');
INSERT INTO public.hot (shard, at_ms, lines) VALUES (0, 1795398495000, '[4,{"battery_pct":88.0,"temperature_c":31.5,"clock_offset_s":0.0}]
');
INSERT INTO public.hot (shard, at_ms, lines) VALUES (0, 1795398505000, '[3,{"battery_pct":88.0,"temperature_c":31.5,"clock_offset_s":0.0}]
');
INSERT INTO public.hot (shard, at_ms, lines) VALUES (0, 1795398540000, '[1,{"battery_pct":88.0,"temperature_c":31.5,"clock_offset_s":0.0}]
');
INSERT INTO public.hourly (device_id, metric, hour, samples, low, high, total) VALUES (2, 'battery_pct', 498721, 14, 88, 88, 1232);
INSERT INTO public.hourly (device_id, metric, hour, samples, low, high, total) VALUES (2, 'temperature_c', 498721, 14, 31.5, 31.5, 441);
INSERT INTO public.hourly (device_id, metric, hour, samples, low, high, total) VALUES (2, 'clock_offset_s', 498721, 14, 0, 0, 0);
INSERT INTO public.hourly (device_id, metric, hour, samples, low, high, total) VALUES (4, 'battery_pct', 498721, 14, 88, 88, 1232);
INSERT INTO public.hourly (device_id, metric, hour, samples, low, high, total) VALUES (4, 'temperature_c', 498721, 14, 31.5, 31.5, 441);
INSERT INTO public.hourly (device_id, metric, hour, samples, low, high, total) VALUES (4, 'clock_offset_s', 498721, 14, 0, 0, 0);
INSERT INTO public.hourly (device_id, metric, hour, samples, low, high, total) VALUES (3, 'battery_pct', 498721, 14, 88, 88, 1232);
INSERT INTO public.hourly (device_id, metric, hour, samples, low, high, total) VALUES (3, 'temperature_c', 498721, 14, 31.5, 31.5, 441);
INSERT INTO public.hourly (device_id, metric, hour, samples, low, high, total) VALUES (3, 'clock_offset_s', 498721, 14, 0, 0, 0);
INSERT INTO public.hourly (device_id, metric, hour, samples, low, high, total) VALUES (1, 'battery_pct', 498721, 14, 88, 88, 1232);
INSERT INTO public.hourly (device_id, metric, hour, samples, low, high, total) VALUES (1, 'temperature_c', 498721, 14, 31.5, 31.5, 441);
INSERT INTO public.hourly (device_id, metric, hour, samples, low, high, total) VALUES (1, 'clock_offset_s', 498721, 14, 0, 0, 0);
INSERT INTO public.journal (id, at, actor, person_id, verb, site_id, order_id, fault_id, device_id, facts) VALUES (1, '2026-11-23 01:00:00+00', 'person', 3, 'login_given', NULL, NULL, NULL, NULL, '{}');
INSERT INTO public.journal (id, at, actor, person_id, verb, site_id, order_id, fault_id, device_id, facts) VALUES (2, '2026-11-23 01:00:10+00', 'monitor', NULL, 'fault_opened', 1, NULL, 1, 1, '{"code": "NO_DATA_YET", "why": "silent", "heard_at": null}');
INSERT INTO public.journal (id, at, actor, person_id, verb, site_id, order_id, fault_id, device_id, facts) VALUES (3, '2026-11-23 01:00:10+00', 'monitor', NULL, 'fault_opened', 1, NULL, 2, 4, '{"code": "NO_DATA_YET", "why": "silent", "heard_at": null}');
INSERT INTO public.journal (id, at, actor, person_id, verb, site_id, order_id, fault_id, device_id, facts) VALUES (4, '2026-11-23 01:00:10+00', 'monitor', NULL, 'fault_opened', 1, NULL, 3, 3, '{"code": "NO_DATA_YET", "why": "silent", "heard_at": null}');
INSERT INTO public.journal (id, at, actor, person_id, verb, site_id, order_id, fault_id, device_id, facts) VALUES (5, '2026-11-23 01:00:15+00', 'monitor', NULL, 'fault_cleared', 1, NULL, 2, 4, '{"code": "NO_DATA_YET", "why": "heard_again"}');
INSERT INTO public.journal (id, at, actor, person_id, verb, site_id, order_id, fault_id, device_id, facts) VALUES (6, '2026-11-23 01:00:25+00', 'monitor', NULL, 'fault_cleared', 1, NULL, 3, 3, '{"code": "NO_DATA_YET", "why": "heard_again"}');
INSERT INTO public.journal (id, at, actor, person_id, verb, site_id, order_id, fault_id, device_id, facts) VALUES (7, '2026-11-23 01:01:00+00', 'monitor', NULL, 'fault_cleared', 1, NULL, 1, 1, '{"code": "NO_DATA_YET", "why": "heard_again"}');
INSERT INTO public.journal (id, at, actor, person_id, verb, site_id, order_id, fault_id, device_id, facts) VALUES (8, '2026-11-23 01:02:00+00', 'monitor', NULL, 'fault_opened', 1, NULL, 4, 1, '{"code": "CAM_VIDEO_LOSS", "why": "reading", "heard_at": "2026-11-23T01:02:00+00:00"}');
INSERT INTO public.journal (id, at, actor, person_id, verb, site_id, order_id, fault_id, device_id, facts) VALUES (9, '2026-11-23 01:02:00+00', 'monitor', NULL, 'order_opened', 1, 1, 4, NULL, '{"number": "2026-00001", "zone": "ring1", "hours": 2.0, "rule": "zone.table"}');
INSERT INTO public.journal (id, at, actor, person_id, verb, site_id, order_id, fault_id, device_id, facts) VALUES (10, '2026-11-23 01:02:00+00', 'clock', NULL, 'paged', 1, 1, 4, NULL, '{"person": "Li", "person_id": 1, "layer": "first", "why": "new_fault", "nobody_on_duty": false, "channels": 1, "page": 1}');
INSERT INTO public.journal (id, at, actor, person_id, verb, site_id, order_id, fault_id, device_id, facts) VALUES (11, '2026-11-23 01:02:00+00', 'clock', NULL, 'head_told', 1, 1, 4, NULL, '{"person": "Chen", "person_id": 3, "paged": ["Li"], "nobody_on_duty": false, "channels": 1}');
INSERT INTO public.journal (id, at, actor, person_id, verb, site_id, order_id, fault_id, device_id, facts) VALUES (12, '2026-11-23 01:08:00+00', 'person', 1, 'acknowledged', 1, 1, 4, NULL, '{"how": "app"}');
INSERT INTO public.journal (id, at, actor, person_id, verb, site_id, order_id, fault_id, device_id, facts) VALUES (13, '2026-11-23 01:13:00+00', 'person', 1, 'departed', 1, 1, 4, NULL, '{}');
INSERT INTO public.journal (id, at, actor, person_id, verb, site_id, order_id, fault_id, device_id, facts) VALUES (14, '2026-11-23 01:18:00+00', 'person', 1, 'arrived', 1, 1, 4, NULL, '{"reason": ""}');
INSERT INTO public.journal (id, at, actor, person_id, verb, site_id, order_id, fault_id, device_id, facts) VALUES (15, '2026-11-23 01:23:00+00', 'person', 1, 'diagnosed', 1, 1, 4, NULL, '{"text": "\u6c34\u6676\u5934\u6c27\u5316"}');
INSERT INTO public.journal (id, at, actor, person_id, verb, site_id, order_id, fault_id, device_id, facts) VALUES (16, '2026-11-23 01:28:00+00', 'person', 1, 'repaired', 1, 1, 4, NULL, '{"text": "\u66f4\u6362\u6c34\u6676\u5934"}');
INSERT INTO public.journal (id, at, actor, person_id, verb, site_id, order_id, fault_id, device_id, facts) VALUES (17, '2026-11-23 01:28:05+00', 'monitor', NULL, 'fault_opened', 1, NULL, 5, 2, '{"code": "DEV_OFFLINE", "why": "silent", "heard_at": "2026-11-23T01:02:10+00:00"}');
INSERT INTO public.journal (id, at, actor, person_id, verb, site_id, order_id, fault_id, device_id, facts) VALUES (18, '2026-11-23 01:28:05+00', 'monitor', NULL, 'order_opened', 1, 2, 5, NULL, '{"number": "2026-00002", "zone": "ring1", "hours": 2.0, "rule": "zone.table"}');
INSERT INTO public.journal (id, at, actor, person_id, verb, site_id, order_id, fault_id, device_id, facts) VALUES (19, '2026-11-23 01:28:05+00', 'clock', NULL, 'paged', 1, 2, 5, NULL, '{"person": "Li", "person_id": 1, "layer": "first", "why": "new_fault", "nobody_on_duty": false, "channels": 1, "page": 1}');
INSERT INTO public.journal (id, at, actor, person_id, verb, site_id, order_id, fault_id, device_id, facts) VALUES (20, '2026-11-23 01:28:05+00', 'clock', NULL, 'head_told', 1, 2, 5, NULL, '{"person": "Chen", "person_id": 3, "paged": ["Li"], "nobody_on_duty": false, "channels": 1}');
INSERT INTO public.journal (id, at, actor, person_id, verb, site_id, order_id, fault_id, device_id, facts) VALUES (21, '2026-11-23 01:28:05+00', 'monitor', NULL, 'fault_opened', 1, NULL, 6, 4, '{"code": "DEV_OFFLINE", "why": "silent", "heard_at": "2026-11-23T01:02:15+00:00"}');
INSERT INTO public.journal (id, at, actor, person_id, verb, site_id, order_id, fault_id, device_id, facts) VALUES (22, '2026-11-23 01:28:05+00', 'monitor', NULL, 'fault_opened', 1, NULL, 7, 3, '{"code": "NET_SWITCH_DOWN", "why": "silent", "heard_at": "2026-11-23T01:02:25+00:00"}');
INSERT INTO public.journal (id, at, actor, person_id, verb, site_id, order_id, fault_id, device_id, facts) VALUES (23, '2026-11-23 01:28:05+00', 'monitor', NULL, 'order_opened', 1, 3, 7, NULL, '{"number": "2026-00003", "zone": "ring1", "hours": 2.0, "rule": "zone.table"}');
INSERT INTO public.journal (id, at, actor, person_id, verb, site_id, order_id, fault_id, device_id, facts) VALUES (24, '2026-11-23 01:28:05+00', 'clock', NULL, 'paged', 1, 3, 7, NULL, '{"person": "Li", "person_id": 1, "layer": "first", "why": "new_fault", "nobody_on_duty": false, "channels": 1, "page": 1}');
INSERT INTO public.journal (id, at, actor, person_id, verb, site_id, order_id, fault_id, device_id, facts) VALUES (25, '2026-11-23 01:28:05+00', 'clock', NULL, 'head_told', 1, 3, 7, NULL, '{"person": "Chen", "person_id": 3, "paged": ["Li"], "nobody_on_duty": false, "channels": 1}');
INSERT INTO public.journal (id, at, actor, person_id, verb, site_id, order_id, fault_id, device_id, facts) VALUES (26, '2026-11-23 01:28:05+00', 'monitor', NULL, 'fault_explained', 1, NULL, 6, 4, '{"code": "DEV_OFFLINE", "cause": 7}');
INSERT INTO public.journal (id, at, actor, person_id, verb, site_id, order_id, fault_id, device_id, facts) VALUES (27, '2026-11-23 01:29:00+00', 'monitor', NULL, 'fault_cleared', 1, 1, 4, 1, '{"code": "CAM_VIDEO_LOSS", "why": "reading"}');
INSERT INTO public.journal (id, at, actor, person_id, verb, site_id, order_id, fault_id, device_id, facts) VALUES (28, '2026-11-23 01:29:00+00', 'monitor', NULL, 'verified_by_device', 1, 1, 4, NULL, '{}');
INSERT INTO public.journal (id, at, actor, person_id, verb, site_id, order_id, fault_id, device_id, facts) VALUES (29, '2026-11-23 01:30:10+00', 'monitor', NULL, 'fault_cleared', 1, 2, 5, 2, '{"code": "DEV_OFFLINE", "why": "heard_again"}');
INSERT INTO public.journal (id, at, actor, person_id, verb, site_id, order_id, fault_id, device_id, facts) VALUES (30, '2026-11-23 01:30:10+00', 'monitor', NULL, 'closed', 1, 2, 5, NULL, '{"reason": "recovered"}');
INSERT INTO public.journal (id, at, actor, person_id, verb, site_id, order_id, fault_id, device_id, facts) VALUES (31, '2026-11-23 01:30:15+00', 'monitor', NULL, 'fault_cleared', 1, NULL, 6, 4, '{"code": "DEV_OFFLINE", "why": "heard_again"}');
INSERT INTO public.journal (id, at, actor, person_id, verb, site_id, order_id, fault_id, device_id, facts) VALUES (32, '2026-11-23 01:30:25+00', 'monitor', NULL, 'fault_cleared', 1, 3, 7, 3, '{"code": "NET_SWITCH_DOWN", "why": "heard_again"}');
INSERT INTO public.journal (id, at, actor, person_id, verb, site_id, order_id, fault_id, device_id, facts) VALUES (33, '2026-11-23 01:30:25+00', 'monitor', NULL, 'closed', 1, 3, 7, NULL, '{"reason": "recovered"}');
INSERT INTO public.journal (id, at, actor, person_id, verb, site_id, order_id, fault_id, device_id, facts) VALUES (34, '2026-11-23 01:37:00+00', 'person', 1, 'left', 1, 1, 4, NULL, '{}');
INSERT INTO public.journal (id, at, actor, person_id, verb, site_id, order_id, fault_id, device_id, facts) VALUES (35, '2026-11-23 01:42:00+00', 'person', 1, 'accepted', 1, 1, 4, NULL, '{"name": "\u5468"}');
INSERT INTO public.journal (id, at, actor, person_id, verb, site_id, order_id, fault_id, device_id, facts) VALUES (36, '2026-11-23 01:42:00+00', 'person', 1, 'closed', 1, 1, 4, NULL, '{"reason": "accepted"}');
INSERT INTO public.journal (id, at, actor, person_id, verb, site_id, order_id, fault_id, device_id, facts) VALUES (37, '2026-11-23 01:42:00+00', 'monitor', NULL, 'fault_opened', 1, NULL, 8, 2, '{"code": "BATT_LOW", "why": "event", "heard_at": "2026-11-23T01:42:00+00:00"}');
INSERT INTO public.journal (id, at, actor, person_id, verb, site_id, order_id, fault_id, device_id, facts) VALUES (38, '2026-11-23 01:42:05+00', 'monitor', NULL, 'fault_opened', 1, NULL, 9, 1, '{"code": "DEV_OFFLINE", "why": "silent", "heard_at": "2026-11-23T01:32:00+00:00"}');
INSERT INTO public.journal (id, at, actor, person_id, verb, site_id, order_id, fault_id, device_id, facts) VALUES (39, '2026-11-23 01:42:05+00', 'monitor', NULL, 'order_opened', 1, 4, 9, NULL, '{"number": "2026-00004", "zone": "ring1", "hours": 2.0, "rule": "zone.table"}');
INSERT INTO public.journal (id, at, actor, person_id, verb, site_id, order_id, fault_id, device_id, facts) VALUES (40, '2026-11-23 01:42:05+00', 'clock', NULL, 'paged', 1, 4, 9, NULL, '{"person": "Li", "person_id": 1, "layer": "first", "why": "new_fault", "nobody_on_duty": false, "channels": 1, "page": 1}');
INSERT INTO public.journal (id, at, actor, person_id, verb, site_id, order_id, fault_id, device_id, facts) VALUES (41, '2026-11-23 01:42:05+00', 'clock', NULL, 'head_told', 1, 4, 9, NULL, '{"person": "Chen", "person_id": 3, "paged": ["Li"], "nobody_on_duty": false, "channels": 1}');
INSERT INTO public.journal (id, at, actor, person_id, verb, site_id, order_id, fault_id, device_id, facts) VALUES (42, '2026-11-23 01:42:05+00', 'monitor', NULL, 'fault_opened', 1, NULL, 10, 4, '{"code": "DEV_OFFLINE", "why": "silent", "heard_at": "2026-11-23T01:31:15+00:00"}');
INSERT INTO public.journal (id, at, actor, person_id, verb, site_id, order_id, fault_id, device_id, facts) VALUES (43, '2026-11-23 01:42:05+00', 'monitor', NULL, 'fault_opened', 1, NULL, 11, 3, '{"code": "NET_SWITCH_DOWN", "why": "silent", "heard_at": "2026-11-23T01:31:25+00:00"}');
INSERT INTO public.journal (id, at, actor, person_id, verb, site_id, order_id, fault_id, device_id, facts) VALUES (44, '2026-11-23 01:42:05+00', 'monitor', NULL, 'order_opened', 1, 5, 11, NULL, '{"number": "2026-00005", "zone": "ring1", "hours": 2.0, "rule": "zone.table"}');
INSERT INTO public.journal (id, at, actor, person_id, verb, site_id, order_id, fault_id, device_id, facts) VALUES (45, '2026-11-23 01:42:05+00', 'clock', NULL, 'paged', 1, 5, 11, NULL, '{"person": "Li", "person_id": 1, "layer": "first", "why": "new_fault", "nobody_on_duty": false, "channels": 1, "page": 1}');
INSERT INTO public.journal (id, at, actor, person_id, verb, site_id, order_id, fault_id, device_id, facts) VALUES (46, '2026-11-23 01:42:05+00', 'clock', NULL, 'head_told', 1, 5, 11, NULL, '{"person": "Chen", "person_id": 3, "paged": ["Li"], "nobody_on_duty": false, "channels": 1}');
INSERT INTO public.journal (id, at, actor, person_id, verb, site_id, order_id, fault_id, device_id, facts) VALUES (47, '2026-11-23 01:42:05+00', 'monitor', NULL, 'fault_explained', 1, NULL, 10, 4, '{"code": "DEV_OFFLINE", "cause": 11}');
INSERT INTO public.journal (id, at, actor, person_id, verb, site_id, order_id, fault_id, device_id, facts) VALUES (48, '2026-11-23 01:42:10+00', 'monitor', NULL, 'fault_cleared', 1, NULL, 8, 2, '{"code": "BATT_LOW", "why": "reading"}');
INSERT INTO public.journal (id, at, actor, person_id, verb, site_id, order_id, fault_id, device_id, facts) VALUES (49, '2026-11-23 01:43:00+00', 'person', 3, 'customer_called', 1, 5, 10, 4, '{"symptom": "\u6ca1\u6709\u56fe\u50cf", "reporter": "\u5468"}');
INSERT INTO public.journal (id, at, actor, person_id, verb, site_id, order_id, fault_id, device_id, facts) VALUES (50, '2026-11-23 01:44:15+00', 'monitor', NULL, 'fault_cleared', 1, NULL, 10, 4, '{"code": "DEV_OFFLINE", "why": "heard_again"}');
INSERT INTO public.journal (id, at, actor, person_id, verb, site_id, order_id, fault_id, device_id, facts) VALUES (51, '2026-11-23 01:44:25+00', 'monitor', NULL, 'fault_cleared', 1, 5, 11, 3, '{"code": "NET_SWITCH_DOWN", "why": "heard_again"}');
INSERT INTO public.journal (id, at, actor, person_id, verb, site_id, order_id, fault_id, device_id, facts) VALUES (52, '2026-11-23 01:44:25+00', 'monitor', NULL, 'recovered', 1, 5, 11, NULL, '{}');
INSERT INTO public.journal (id, at, actor, person_id, verb, site_id, order_id, fault_id, device_id, facts) VALUES (53, '2026-11-23 01:45:00+00', 'monitor', NULL, 'fault_cleared', 1, 4, 9, 1, '{"code": "DEV_OFFLINE", "why": "heard_again"}');
INSERT INTO public.journal (id, at, actor, person_id, verb, site_id, order_id, fault_id, device_id, facts) VALUES (54, '2026-11-23 01:45:00+00', 'monitor', NULL, 'closed', 1, 4, 9, NULL, '{"reason": "recovered"}');
INSERT INTO public.journal (id, at, actor, person_id, verb, site_id, order_id, fault_id, device_id, facts) VALUES (55, '2026-11-23 01:47:05+00', 'clock', NULL, 'paged', 1, 5, 11, NULL, '{"person": "Li", "person_id": 1, "layer": "first", "why": "nobody_answered", "nobody_on_duty": false, "channels": 1, "page": 2}');
INSERT INTO public.journal (id, at, actor, person_id, verb, site_id, order_id, fault_id, device_id, facts) VALUES (56, '2026-11-23 01:49:00+00', 'system', 3, 'token_given', NULL, NULL, NULL, NULL, '{"name": "ERP", "token": 1, "scopes": "faults:read orders:read"}');
INSERT INTO public.journal (id, at, actor, person_id, verb, site_id, order_id, fault_id, device_id, facts) VALUES (57, '2026-11-23 01:49:00+00', 'system', NULL, 'alert_raised', NULL, NULL, NULL, NULL, '{"alert_id": 1, "code": "MON_CLOCK_STEP", "subject": "2026-11-23T01:10Z"}');
INSERT INTO public.listening (id, watermark, stalled_since, connected_at, session, messages, rejected, repeated, dropped) VALUES (1, NULL, NULL, '2026-11-23 01:00:00+00', '', 59, 0, 0, NULL);
INSERT INTO public.logins (id, person_id, name, password_hash, must_change, changed_at) VALUES (1, 3, 'chen', '$argon2id$v=19$m=65536,t=3,p=4$iMwwIfRg8xQ33oByembSrg$83DFJXV/tFBcS8OrHfulIxrbumtPN+d3RT/eCrNO4Ns', false, '2026-11-23 01:00:00+00');
INSERT INTO public.notice_attempts (id, notice_id, lease, at, ended_at, provider, result, words) VALUES (1, 13, 1, '2026-11-23 01:49:00+00', '2026-11-23 01:49:00+00', 'ntfy://127.0.0.1', 'sent', '200 OK');
INSERT INTO public.notices (id, key, kind, rank, person_id, channel, target, order_id, fault_id, site_id, facts, state, created_at, not_before, lease, leased_until, attempts, done_at, text) VALUES (1, 'order:1:page:1:1:mail:li@mail', 'page', 1, 1, 'mail', 'li@mail', 1, 4, 1, '{"layer": "first", "why": "new_fault", "nobody_on_duty": false}', 'silenced', '2026-11-23 01:02:00+00', '2026-11-23 01:02:00+00', 0, NULL, 0, '2026-11-23 01:08:00+00', '');
INSERT INTO public.notices (id, key, kind, rank, person_id, channel, target, order_id, fault_id, site_id, facts, state, created_at, not_before, lease, leased_until, attempts, done_at, text) VALUES (2, 'order:1:report:3:mail:chen@mail', 'report', 1, 3, 'mail', 'chen@mail', 1, 4, 1, '{"paged": ["Li"], "nobody_on_duty": false}', 'silenced', '2026-11-23 01:02:00+00', '2026-11-23 01:02:00+00', 0, NULL, 0, '2026-11-23 01:28:05+00', '');
INSERT INTO public.notices (id, key, kind, rank, person_id, channel, target, order_id, fault_id, site_id, facts, state, created_at, not_before, lease, leased_until, attempts, done_at, text) VALUES (3, 'order:2:page:1:1:mail:li@mail', 'page', 1, 1, 'mail', 'li@mail', 2, 5, 1, '{"layer": "first", "why": "new_fault", "nobody_on_duty": false}', 'silenced', '2026-11-23 01:28:05+00', '2026-11-23 01:28:05+00', 0, NULL, 0, '2026-11-23 01:30:10+00', '');
INSERT INTO public.notices (id, key, kind, rank, person_id, channel, target, order_id, fault_id, site_id, facts, state, created_at, not_before, lease, leased_until, attempts, done_at, text) VALUES (4, 'order:2:report:3:mail:chen@mail', 'report', 1, 3, 'mail', 'chen@mail', 2, 5, 1, '{"paged": ["Li"], "nobody_on_duty": false}', 'silenced', '2026-11-23 01:28:05+00', '2026-11-23 01:28:05+00', 0, NULL, 0, '2026-11-23 01:30:10+00', '');
INSERT INTO public.notices (id, key, kind, rank, person_id, channel, target, order_id, fault_id, site_id, facts, state, created_at, not_before, lease, leased_until, attempts, done_at, text) VALUES (7, 'restored:2:3:1:mail:li@mail', 'restored', 2, 1, 'mail', 'li@mail', 2, 5, 1, '{}', 'waiting', '2026-11-23 01:30:10+00', '2026-11-23 01:30:10+00', 0, NULL, 0, NULL, '');
INSERT INTO public.notices (id, key, kind, rank, person_id, channel, target, order_id, fault_id, site_id, facts, state, created_at, not_before, lease, leased_until, attempts, done_at, text) VALUES (8, 'restored:2:3:3:mail:chen@mail', 'restored', 2, 3, 'mail', 'chen@mail', 2, 5, 1, '{}', 'waiting', '2026-11-23 01:30:10+00', '2026-11-23 01:30:10+00', 0, NULL, 0, NULL, '');
INSERT INTO public.notices (id, key, kind, rank, person_id, channel, target, order_id, fault_id, site_id, facts, state, created_at, not_before, lease, leased_until, attempts, done_at, text) VALUES (5, 'order:3:page:1:1:mail:li@mail', 'page', 1, 1, 'mail', 'li@mail', 3, 7, 1, '{"layer": "first", "why": "new_fault", "nobody_on_duty": false}', 'silenced', '2026-11-23 01:28:05+00', '2026-11-23 01:28:05+00', 0, NULL, 0, '2026-11-23 01:30:25+00', '');
INSERT INTO public.notices (id, key, kind, rank, person_id, channel, target, order_id, fault_id, site_id, facts, state, created_at, not_before, lease, leased_until, attempts, done_at, text) VALUES (6, 'order:3:report:3:mail:chen@mail', 'report', 1, 3, 'mail', 'chen@mail', 3, 7, 1, '{"paged": ["Li"], "nobody_on_duty": false}', 'silenced', '2026-11-23 01:28:05+00', '2026-11-23 01:28:05+00', 0, NULL, 0, '2026-11-23 01:30:25+00', '');
INSERT INTO public.notices (id, key, kind, rank, person_id, channel, target, order_id, fault_id, site_id, facts, state, created_at, not_before, lease, leased_until, attempts, done_at, text) VALUES (9, 'restored:3:3:1:mail:li@mail', 'restored', 2, 1, 'mail', 'li@mail', 3, 7, 1, '{}', 'waiting', '2026-11-23 01:30:25+00', '2026-11-23 01:30:25+00', 0, NULL, 0, NULL, '');
INSERT INTO public.notices (id, key, kind, rank, person_id, channel, target, order_id, fault_id, site_id, facts, state, created_at, not_before, lease, leased_until, attempts, done_at, text) VALUES (10, 'restored:3:3:3:mail:chen@mail', 'restored', 2, 3, 'mail', 'chen@mail', 3, 7, 1, '{}', 'waiting', '2026-11-23 01:30:25+00', '2026-11-23 01:30:25+00', 0, NULL, 0, NULL, '');
INSERT INTO public.notices (id, key, kind, rank, person_id, channel, target, order_id, fault_id, site_id, facts, state, created_at, not_before, lease, leased_until, attempts, done_at, text) VALUES (14, 'order:5:report:3:mail:chen@mail', 'report', 1, 3, 'mail', 'chen@mail', 5, 11, 1, '{"paged": ["Li"], "nobody_on_duty": false}', 'waiting', '2026-11-23 01:42:05+00', '2026-11-23 01:42:05+00', 0, NULL, 0, NULL, '');
INSERT INTO public.notices (id, key, kind, rank, person_id, channel, target, order_id, fault_id, site_id, facts, state, created_at, not_before, lease, leased_until, attempts, done_at, text) VALUES (15, 'restored:5:2:1:mail:li@mail', 'restored', 2, 1, 'mail', 'li@mail', 5, 11, 1, '{}', 'waiting', '2026-11-23 01:44:25+00', '2026-11-23 01:44:25+00', 0, NULL, 0, NULL, '');
INSERT INTO public.notices (id, key, kind, rank, person_id, channel, target, order_id, fault_id, site_id, facts, state, created_at, not_before, lease, leased_until, attempts, done_at, text) VALUES (16, 'restored:5:2:3:mail:chen@mail', 'restored', 2, 3, 'mail', 'chen@mail', 5, 11, 1, '{}', 'waiting', '2026-11-23 01:44:25+00', '2026-11-23 01:44:25+00', 0, NULL, 0, NULL, '');
INSERT INTO public.notices (id, key, kind, rank, person_id, channel, target, order_id, fault_id, site_id, facts, state, created_at, not_before, lease, leased_until, attempts, done_at, text) VALUES (11, 'order:4:page:1:1:mail:li@mail', 'page', 1, 1, 'mail', 'li@mail', 4, 9, 1, '{"layer": "first", "why": "new_fault", "nobody_on_duty": false}', 'silenced', '2026-11-23 01:42:05+00', '2026-11-23 01:42:05+00', 0, NULL, 0, '2026-11-23 01:45:00+00', '');
INSERT INTO public.notices (id, key, kind, rank, person_id, channel, target, order_id, fault_id, site_id, facts, state, created_at, not_before, lease, leased_until, attempts, done_at, text) VALUES (12, 'order:4:report:3:mail:chen@mail', 'report', 1, 3, 'mail', 'chen@mail', 4, 9, 1, '{"paged": ["Li"], "nobody_on_duty": false}', 'silenced', '2026-11-23 01:42:05+00', '2026-11-23 01:42:05+00', 0, NULL, 0, '2026-11-23 01:45:00+00', '');
INSERT INTO public.notices (id, key, kind, rank, person_id, channel, target, order_id, fault_id, site_id, facts, state, created_at, not_before, lease, leased_until, attempts, done_at, text) VALUES (17, 'restored:4:3:1:mail:li@mail', 'restored', 2, 1, 'mail', 'li@mail', 4, 9, 1, '{}', 'waiting', '2026-11-23 01:45:00+00', '2026-11-23 01:45:00+00', 0, NULL, 0, NULL, '');
INSERT INTO public.notices (id, key, kind, rank, person_id, channel, target, order_id, fault_id, site_id, facts, state, created_at, not_before, lease, leased_until, attempts, done_at, text) VALUES (18, 'restored:4:3:3:mail:chen@mail', 'restored', 2, 3, 'mail', 'chen@mail', 4, 9, 1, '{}', 'waiting', '2026-11-23 01:45:00+00', '2026-11-23 01:45:00+00', 0, NULL, 0, NULL, '');
INSERT INTO public.notices (id, key, kind, rank, person_id, channel, target, order_id, fault_id, site_id, facts, state, created_at, not_before, lease, leased_until, attempts, done_at, text) VALUES (19, 'order:5:page:2:1:mail:li@mail', 'page', 1, 1, 'mail', 'li@mail', 5, 11, 1, '{"layer": "first", "why": "nobody_answered", "nobody_on_duty": false}', 'waiting', '2026-11-23 01:47:05+00', '2026-11-23 01:47:05+00', 0, NULL, 0, NULL, '');
INSERT INTO public.notices (id, key, kind, rank, person_id, channel, target, order_id, fault_id, site_id, facts, state, created_at, not_before, lease, leased_until, attempts, done_at, text) VALUES (13, 'order:5:page:1:1:mail:li@mail', 'page', 1, 1, 'mail', 'li@mail', 5, 11, 1, '{"layer": "first", "why": "new_fault", "nobody_on_duty": false}', 'sent', '2026-11-23 01:42:05+00', '2026-11-23 01:42:05+00', 1, '2026-11-21 23:13:57.677889+00', 1, '2026-11-23 01:49:00+00', '主题
正文');
INSERT INTO public.notices (id, key, kind, rank, person_id, channel, target, order_id, fault_id, site_id, facts, state, created_at, not_before, lease, leased_until, attempts, done_at, text) VALUES (20, 'alert:1:1:1:mail:li@mail', 'alert', 0, 1, 'mail', 'li@mail', NULL, NULL, NULL, '{"seconds": 2.4, "alert_id": 1, "alert": "MON_CLOCK_STEP", "subject": "2026-11-23T01:10Z", "since": "2026-11-23T01:49:00+00:00", "nobody_on_duty": false}', 'waiting', '2026-11-23 01:49:00+00', '2026-11-23 01:49:00+00', 0, NULL, 0, NULL, '');
INSERT INTO public.notices (id, key, kind, rank, person_id, channel, target, order_id, fault_id, site_id, facts, state, created_at, not_before, lease, leased_until, attempts, done_at, text) VALUES (21, 'alert:1:1:3:mail:chen@mail', 'alert', 0, 3, 'mail', 'chen@mail', NULL, NULL, NULL, '{"seconds": 2.4, "alert_id": 1, "alert": "MON_CLOCK_STEP", "subject": "2026-11-23T01:10Z", "since": "2026-11-23T01:49:00+00:00", "nobody_on_duty": false}', 'waiting', '2026-11-23 01:49:00+00', '2026-11-23 01:49:00+00', 0, NULL, 0, NULL, '');
INSERT INTO public.people (id, code, name, roles, all_sites, customer_id, phone, email, channels, language, left_at) VALUES (1, 'li', 'Li', '["engineer"]', true, NULL, '', '', '[["mail", "li@mail"]]', 'zh', NULL);
INSERT INTO public.people (id, code, name, roles, all_sites, customer_id, phone, email, channels, language, left_at) VALUES (2, 'wang', 'Wang', '["engineer"]', true, NULL, '', '', '[["mail", "wang@mail"]]', 'zh', NULL);
INSERT INTO public.people (id, code, name, roles, all_sites, customer_id, phone, email, channels, language, left_at) VALUES (3, 'chen', 'Chen', '["head"]', true, NULL, '', '', '[["mail", "chen@mail"]]', 'zh', NULL);
INSERT INTO public.people (id, code, name, roles, all_sites, customer_id, phone, email, channels, language, left_at) VALUES (4, 'zhou', '周', '["customer"]', false, 1, '+8613800000000', '', '[["mail", "zhou@example.com"]]', 'zh', NULL);
INSERT INTO public.rejects (id, at, topic, body, size, reason, traceback) VALUES (1, '2026-11-23 01:49:00+00', 'ringwatch/v1/S1/d0/health', '\xff7b', 2, 'not_json', '');
INSERT INTO public.revision (id, number) VALUES (1, 5);
INSERT INTO public.schema_version (version_num) VALUES ('0002');
INSERT INTO public.seen_batches (id, count, pairs) VALUES (1, 1, '\x01001642104f');
INSERT INTO public.seen_batches (id, count, pairs) VALUES (2, 1, '\x0200f1482044');
INSERT INTO public.seen_batches (id, count, pairs) VALUES (3, 1, '\x03006e003548');
INSERT INTO public.seen_batches (id, count, pairs) VALUES (4, 1, '\x04009238adf8');
INSERT INTO public.seen_batches (id, count, pairs) VALUES (5, 1, '\x05007f23d047');
INSERT INTO public.seen_batches (id, count, pairs) VALUES (6, 1, '\x0600ba437229');
INSERT INTO public.seen_batches (id, count, pairs) VALUES (7, 1, '\x07005d494222');
INSERT INTO public.seen_batches (id, count, pairs) VALUES (8, 1, '\x0800c201572e');
INSERT INTO public.seen_batches (id, count, pairs) VALUES (9, 1, '\x0900663a0b52');
INSERT INTO public.seen_batches (id, count, pairs) VALUES (10, 1, '\x0a004e41d483');
INSERT INTO public.seen_batches (id, count, pairs) VALUES (11, 1, '\x0b00a94be488');
INSERT INTO public.seen_batches (id, count, pairs) VALUES (12, 1, '\x0c003603f184');
INSERT INTO public.seen_batches (id, count, pairs) VALUES (13, 1, '\x0d00ca3b6934');
INSERT INTO public.seen_batches (id, count, pairs) VALUES (14, 1, '\x0e00167e59d1');
INSERT INTO public.seen_batches (id, count, pairs) VALUES (15, 1, '\x0f00315e9eaf');
INSERT INTO public.seen_batches (id, count, pairs) VALUES (16, 1, '\x1000d654aea4');
INSERT INTO public.seen_batches (id, count, pairs) VALUES (17, 1, '\x1100491cbba8');
INSERT INTO public.seen_batches (id, count, pairs) VALUES (18, 1, '\x1200b5242318');
INSERT INTO public.seen_batches (id, count, pairs) VALUES (19, 1, '\x13009d5ffcc9');
INSERT INTO public.seen_batches (id, count, pairs) VALUES (20, 1, '\x14007a55ccc2');
INSERT INTO public.seen_batches (id, count, pairs) VALUES (21, 1, '\x1500e51dd9ce');
INSERT INTO public.seen_batches (id, count, pairs) VALUES (22, 1, '\x160039a9b524');
INSERT INTO public.seen_batches (id, count, pairs) VALUES (23, 1, '\x170011d26af5');
INSERT INTO public.seen_batches (id, count, pairs) VALUES (24, 1, '\x1800f6d85afe');
INSERT INTO public.seen_batches (id, count, pairs) VALUES (25, 1, '\x190069904ff2');
INSERT INTO public.seen_batches (id, count, pairs) VALUES (26, 1, '\x1a0095a8d742');
INSERT INTO public.seen_batches (id, count, pairs) VALUES (27, 1, '\x1b00bdd30893');
INSERT INTO public.seen_batches (id, count, pairs) VALUES (28, 1, '\x1c005ad93898');
INSERT INTO public.seen_batches (id, count, pairs) VALUES (29, 1, '\x1d00c5912d94');
INSERT INTO public.seen_batches (id, count, pairs) VALUES (30, 1, '\x1e0061aa71e8');
INSERT INTO public.seen_batches (id, count, pairs) VALUES (31, 1, '\x1f00fde19fc8');
INSERT INTO public.seen_batches (id, count, pairs) VALUES (32, 1, '\x2000c47a2c49');
INSERT INTO public.seen_batches (id, count, pairs) VALUES (33, 1, '\x210023701c42');
INSERT INTO public.seen_batches (id, count, pairs) VALUES (34, 1, '\x2200bc38094e');
INSERT INTO public.seen_batches (id, count, pairs) VALUES (35, 1, '\x2300400091fe');
INSERT INTO public.seen_batches (id, count, pairs) VALUES (36, 1, '\x2400687b4e2f');
INSERT INTO public.seen_batches (id, count, pairs) VALUES (37, 1, '\x25008f717e24');
INSERT INTO public.seen_batches (id, count, pairs) VALUES (38, 1, '\x260010396b28');
INSERT INTO public.seen_batches (id, count, pairs) VALUES (39, 1, '\x27004502ce16');
INSERT INTO public.seen_batches (id, count, pairs) VALUES (40, 1, '\x28006d7911c7');
INSERT INTO public.seen_batches (id, count, pairs) VALUES (41, 1, '\x29008a7321cc');
INSERT INTO public.seen_batches (id, count, pairs) VALUES (42, 1, '\x2a00153b34c0');
INSERT INTO public.seen_batches (id, count, pairs) VALUES (43, 1, '\x2b00e903ac70');
INSERT INTO public.seen_batches (id, count, pairs) VALUES (44, 1, '\x2c00c17873a1');
INSERT INTO public.seen_batches (id, count, pairs) VALUES (45, 1, '\x2d00267243aa');
INSERT INTO public.seen_batches (id, count, pairs) VALUES (46, 1, '\x2e00b93a56a6');
INSERT INTO public.seen_batches (id, count, pairs) VALUES (47, 1, '\x2f001d010ada');
INSERT INTO public.seen_batches (id, count, pairs) VALUES (48, 1, '\x3000357ad50b');
INSERT INTO public.seen_batches (id, count, pairs) VALUES (49, 1, '\x3100d270e500');
INSERT INTO public.seen_batches (id, count, pairs) VALUES (50, 1, '\x32004d38f00c');
INSERT INTO public.seen_batches (id, count, pairs) VALUES (51, 1, '\x3300b10068bc');
INSERT INTO public.seen_batches (id, count, pairs) VALUES (52, 1, '\x3400997bb76d');
INSERT INTO public.seen_batches (id, count, pairs) VALUES (53, 1, '\x35007e718766');
INSERT INTO public.seen_batches (id, count, pairs) VALUES (54, 1, '\x3600e139926a');
INSERT INTO public.seen_batches (id, count, pairs) VALUES (55, 1, '\x37005603c5d1');
INSERT INTO public.seen_batches (id, count, pairs) VALUES (56, 1, '\x38007e781a00');
INSERT INTO public.seen_batches (id, count, pairs) VALUES (57, 1, '\x390099722a0b');
INSERT INTO public.seen_batches (id, count, pairs) VALUES (58, 1, '\x3a00063a3f07');
INSERT INTO public.seen_batches (id, count, pairs) VALUES (59, 1, '\x3b00fa02a7b7');
INSERT INTO public.shifts (id, layer, person_id, starts_at, ends_at) VALUES (1, 'first', 1, '2015-07-03 00:00:00+00', '2037-05-28 00:00:00+00');
INSERT INTO public.shifts (id, layer, person_id, starts_at, ends_at) VALUES (2, 'second', 2, '2015-07-03 00:00:00+00', '2037-05-28 00:00:00+00');
INSERT INTO public.shifts (id, layer, person_id, starts_at, ends_at) VALUES (3, 'head', 3, '2015-07-03 00:00:00+00', '2037-05-28 00:00:00+00');
INSERT INTO public.sites (id, code, name, customer_id, contract_id, address, lon, lat, given_crs, zone, zone_how, zone_reason, on_site_hours, on_site_rule, key_project, retention_days, access_note, timezone) VALUES (2, 'S2', 'S2', 2, NULL, '', NULL, NULL, '', 'ring1', 'manual', '', 2, 'zone.table', false, NULL, '', 'Asia/Shanghai');
INSERT INTO public.sites (id, code, name, customer_id, contract_id, address, lon, lat, given_crs, zone, zone_how, zone_reason, on_site_hours, on_site_rule, key_project, retention_days, access_note, timezone) VALUES (1, 'S1', 'S1', 1, 1, '', NULL, NULL, '', 'ring1', 'manual', '', 2, 'zone.table', false, NULL, '', 'Asia/Shanghai');
INSERT INTO public.systems (id, site_id, code, name, kind, size, complexity, importance, extra_cycles) VALUES (1, 1, 'V', '视频', 'video', '', '', '', '');
INSERT INTO public.telemetry_schema_version (version_num) VALUES ('0001');
INSERT INTO public.work_orders (id, number, site_id, root_fault_id, severity, version, opened_at, clock_started_at, clock_source, zone, on_site_hours, on_site_rule, on_site_by, pages_made, ladder_started_at, first_paged_id, received_by, received_at, head_id, head_informed_at, arranged_at, arranged_by, self_dispatched_at, assignee_id, dispatched_at, appointment_at, departed_at, arrived_at, late_reason, diagnosed_at, diagnosis, repaired_at, repair, verified_at, verified_how, left_at, accepted_at, accepted_by, closed_at, close_reason) VALUES (2, '2026-00002', 1, 5, 'major', 3, '2026-11-23 01:28:05+00', '2026-11-23 01:28:05+00', 'monitor', 'ring1', 2, 'zone.table', '2026-11-23 03:28:05+00', 1, '2026-11-23 01:28:05+00', 1, NULL, NULL, 3, '2026-11-23 01:28:05+00', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', NULL, '', NULL, '', NULL, '', NULL, NULL, '', '2026-11-23 01:30:10+00', 'recovered');
INSERT INTO public.work_orders (id, number, site_id, root_fault_id, severity, version, opened_at, clock_started_at, clock_source, zone, on_site_hours, on_site_rule, on_site_by, pages_made, ladder_started_at, first_paged_id, received_by, received_at, head_id, head_informed_at, arranged_at, arranged_by, self_dispatched_at, assignee_id, dispatched_at, appointment_at, departed_at, arrived_at, late_reason, diagnosed_at, diagnosis, repaired_at, repair, verified_at, verified_how, left_at, accepted_at, accepted_by, closed_at, close_reason) VALUES (3, '2026-00003', 1, 7, 'major', 3, '2026-11-23 01:28:05+00', '2026-11-23 01:28:05+00', 'monitor', 'ring1', 2, 'zone.table', '2026-11-23 03:28:05+00', 1, '2026-11-23 01:28:05+00', 1, NULL, NULL, 3, '2026-11-23 01:28:05+00', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', NULL, '', NULL, '', NULL, '', NULL, NULL, '', '2026-11-23 01:30:25+00', 'recovered');
INSERT INTO public.work_orders (id, number, site_id, root_fault_id, severity, version, opened_at, clock_started_at, clock_source, zone, on_site_hours, on_site_rule, on_site_by, pages_made, ladder_started_at, first_paged_id, received_by, received_at, head_id, head_informed_at, arranged_at, arranged_by, self_dispatched_at, assignee_id, dispatched_at, appointment_at, departed_at, arrived_at, late_reason, diagnosed_at, diagnosis, repaired_at, repair, verified_at, verified_how, left_at, accepted_at, accepted_by, closed_at, close_reason) VALUES (1, '2026-00001', 1, 4, 'major', 11, '2026-11-23 01:02:00+00', '2026-11-23 01:02:00+00', 'monitor', 'ring1', 2, 'zone.table', '2026-11-23 03:02:00+00', 1, '2026-11-23 01:02:00+00', 1, 1, '2026-11-23 01:08:00+00', 3, '2026-11-23 01:02:00+00', NULL, NULL, NULL, 1, '2026-11-23 01:13:00+00', NULL, '2026-11-23 01:13:00+00', '2026-11-23 01:18:00+00', '', '2026-11-23 01:23:00+00', '水晶头氧化', '2026-11-23 01:28:00+00', '更换水晶头', '2026-11-23 01:29:00+00', 'telemetry', '2026-11-23 01:37:00+00', '2026-11-23 01:42:00+00', '周', '2026-11-23 01:42:00+00', 'accepted');
INSERT INTO public.work_orders (id, number, site_id, root_fault_id, severity, version, opened_at, clock_started_at, clock_source, zone, on_site_hours, on_site_rule, on_site_by, pages_made, ladder_started_at, first_paged_id, received_by, received_at, head_id, head_informed_at, arranged_at, arranged_by, self_dispatched_at, assignee_id, dispatched_at, appointment_at, departed_at, arrived_at, late_reason, diagnosed_at, diagnosis, repaired_at, repair, verified_at, verified_how, left_at, accepted_at, accepted_by, closed_at, close_reason) VALUES (4, '2026-00004', 1, 9, 'major', 3, '2026-11-23 01:42:05+00', '2026-11-23 01:42:05+00', 'monitor', 'ring1', 2, 'zone.table', '2026-11-23 03:42:05+00', 1, '2026-11-23 01:42:05+00', 1, NULL, NULL, 3, '2026-11-23 01:42:05+00', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', NULL, '', NULL, '', NULL, '', NULL, NULL, '', '2026-11-23 01:45:00+00', 'recovered');
INSERT INTO public.work_orders (id, number, site_id, root_fault_id, severity, version, opened_at, clock_started_at, clock_source, zone, on_site_hours, on_site_rule, on_site_by, pages_made, ladder_started_at, first_paged_id, received_by, received_at, head_id, head_informed_at, arranged_at, arranged_by, self_dispatched_at, assignee_id, dispatched_at, appointment_at, departed_at, arrived_at, late_reason, diagnosed_at, diagnosis, repaired_at, repair, verified_at, verified_how, left_at, accepted_at, accepted_by, closed_at, close_reason) VALUES (5, '2026-00005', 1, 11, 'major', 3, '2026-11-23 01:42:05+00', '2026-11-23 01:42:05+00', 'monitor', 'ring1', 2, 'zone.table', '2026-11-23 03:42:05+00', 2, '2026-11-23 01:42:05+00', 1, NULL, NULL, 3, '2026-11-23 01:42:05+00', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', NULL, '', NULL, '', NULL, '', NULL, NULL, '', NULL, '');
SELECT pg_catalog.setval('public.alerts_id_seq', 1, true);
SELECT pg_catalog.setval('public.api_tokens_id_seq', 1, true);
SELECT pg_catalog.setval('public.contracts_id_seq', 1, true);
SELECT pg_catalog.setval('public.customers_id_seq', 2, true);
SELECT pg_catalog.setval('public.deadlines_id_seq', 33, true);
SELECT pg_catalog.setval('public.deaf_spells_id_seq', 1, false);
SELECT pg_catalog.setval('public.devices_id_seq', 4, true);
SELECT pg_catalog.setval('public.faults_id_seq', 11, true);
SELECT pg_catalog.setval('public.journal_id_seq', 57, true);
SELECT pg_catalog.setval('public.logins_id_seq', 1, true);
SELECT pg_catalog.setval('public.notice_attempts_id_seq', 1, true);
SELECT pg_catalog.setval('public.notices_id_seq', 21, true);
SELECT pg_catalog.setval('public.people_id_seq', 4, true);
SELECT pg_catalog.setval('public.personal_links_id_seq', 1, false);
SELECT pg_catalog.setval('public.rejects_id_seq', 1, true);
SELECT pg_catalog.setval('public.seen_batches_id_seq', 59, true);
SELECT pg_catalog.setval('public.shifts_id_seq', 3, true);
SELECT pg_catalog.setval('public.sites_id_seq', 2, true);
SELECT pg_catalog.setval('public.systems_id_seq', 1, true);
SELECT pg_catalog.setval('public.work_orders_id_seq', 5, true);
ALTER TABLE ONLY public.hot
    ADD CONSTRAINT hot_pkey PRIMARY KEY (shard, at_ms);
ALTER TABLE ONLY public.hourly
    ADD CONSTRAINT hourly_pkey PRIMARY KEY (device_id, metric, hour);
ALTER TABLE ONLY public.alerts
    ADD CONSTRAINT pk_alerts PRIMARY KEY (id);
ALTER TABLE ONLY public.api_answers
    ADD CONSTRAINT pk_api_answers PRIMARY KEY (token_id, key);
ALTER TABLE ONLY public.api_tokens
    ADD CONSTRAINT pk_api_tokens PRIMARY KEY (id);
ALTER TABLE ONLY public.company
    ADD CONSTRAINT pk_company PRIMARY KEY (name);
ALTER TABLE ONLY public.conditions
    ADD CONSTRAINT pk_conditions PRIMARY KEY (device_id, code, point);
ALTER TABLE ONLY public.contracts
    ADD CONSTRAINT pk_contracts PRIMARY KEY (id);
ALTER TABLE ONLY public.counters
    ADD CONSTRAINT pk_counters PRIMARY KEY (name);
ALTER TABLE ONLY public.customers
    ADD CONSTRAINT pk_customers PRIMARY KEY (id);
ALTER TABLE ONLY public.deadlines
    ADD CONSTRAINT pk_deadlines PRIMARY KEY (id);
ALTER TABLE ONLY public.deaf_spells
    ADD CONSTRAINT pk_deaf_spells PRIMARY KEY (id);
ALTER TABLE ONLY public.device_links
    ADD CONSTRAINT pk_device_links PRIMARY KEY (device_id, kind);
ALTER TABLE ONLY public.device_states
    ADD CONSTRAINT pk_device_states PRIMARY KEY (device_id);
ALTER TABLE ONLY public.devices
    ADD CONSTRAINT pk_devices PRIMARY KEY (id);
ALTER TABLE ONLY public.discovered
    ADD CONSTRAINT pk_discovered PRIMARY KEY (site, device);
ALTER TABLE ONLY public.faults
    ADD CONSTRAINT pk_faults PRIMARY KEY (id);
ALTER TABLE ONLY public.journal
    ADD CONSTRAINT pk_journal PRIMARY KEY (id);
ALTER TABLE ONLY public.listening
    ADD CONSTRAINT pk_listening PRIMARY KEY (id);
ALTER TABLE ONLY public.logins
    ADD CONSTRAINT pk_logins PRIMARY KEY (id);
ALTER TABLE ONLY public.notice_attempts
    ADD CONSTRAINT pk_notice_attempts PRIMARY KEY (id);
ALTER TABLE ONLY public.notices
    ADD CONSTRAINT pk_notices PRIMARY KEY (id);
ALTER TABLE ONLY public.people
    ADD CONSTRAINT pk_people PRIMARY KEY (id);
ALTER TABLE ONLY public.person_sites
    ADD CONSTRAINT pk_person_sites PRIMARY KEY (person_id, site_id);
ALTER TABLE ONLY public.personal_links
    ADD CONSTRAINT pk_personal_links PRIMARY KEY (id);
ALTER TABLE ONLY public.rejects
    ADD CONSTRAINT pk_rejects PRIMARY KEY (id);
ALTER TABLE ONLY public.revision
    ADD CONSTRAINT pk_revision PRIMARY KEY (id);
ALTER TABLE ONLY public.seen_batches
    ADD CONSTRAINT pk_seen_batches PRIMARY KEY (id);
ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT pk_sessions PRIMARY KEY (token_hash);
ALTER TABLE ONLY public.setup_tokens
    ADD CONSTRAINT pk_setup_tokens PRIMARY KEY (token_hash);
ALTER TABLE ONLY public.shifts
    ADD CONSTRAINT pk_shifts PRIMARY KEY (id);
ALTER TABLE ONLY public.sites
    ADD CONSTRAINT pk_sites PRIMARY KEY (id);
ALTER TABLE ONLY public.systems
    ADD CONSTRAINT pk_systems PRIMARY KEY (id);
ALTER TABLE ONLY public.throttles
    ADD CONSTRAINT pk_throttles PRIMARY KEY (key);
ALTER TABLE ONLY public.work_orders
    ADD CONSTRAINT pk_work_orders PRIMARY KEY (id);
ALTER TABLE ONLY public.schema_version
    ADD CONSTRAINT schema_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.telemetry_schema_version
    ADD CONSTRAINT telemetry_schema_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.api_tokens
    ADD CONSTRAINT uq_api_tokens_token_hash UNIQUE (token_hash);
ALTER TABLE ONLY public.contracts
    ADD CONSTRAINT uq_contracts_number UNIQUE (number);
ALTER TABLE ONLY public.customers
    ADD CONSTRAINT uq_customers_code UNIQUE (code);
ALTER TABLE ONLY public.deadlines
    ADD CONSTRAINT uq_deadlines_kind_subject_kind_subject_id_step UNIQUE (kind, subject_kind, subject_id, step);
ALTER TABLE ONLY public.devices
    ADD CONSTRAINT uq_devices_site_id_code UNIQUE (site_id, code);
ALTER TABLE ONLY public.logins
    ADD CONSTRAINT uq_logins_name UNIQUE (name);
ALTER TABLE ONLY public.logins
    ADD CONSTRAINT uq_logins_person_id UNIQUE (person_id);
ALTER TABLE ONLY public.notices
    ADD CONSTRAINT uq_notices_key UNIQUE (key);
ALTER TABLE ONLY public.people
    ADD CONSTRAINT uq_people_code UNIQUE (code);
ALTER TABLE ONLY public.personal_links
    ADD CONSTRAINT uq_personal_links_token_hash UNIQUE (token_hash);
ALTER TABLE ONLY public.shifts
    ADD CONSTRAINT uq_shifts_layer_starts_at UNIQUE (layer, starts_at);
ALTER TABLE ONLY public.sites
    ADD CONSTRAINT uq_sites_code UNIQUE (code);
ALTER TABLE ONLY public.systems
    ADD CONSTRAINT uq_systems_site_id_code UNIQUE (site_id, code);
ALTER TABLE ONLY public.work_orders
    ADD CONSTRAINT uq_work_orders_number UNIQUE (number);
CREATE INDEX ix_api_answers_at ON public.api_answers USING btree (at);
CREATE INDEX ix_api_tokens_person_id ON public.api_tokens USING btree (person_id);
CREATE INDEX ix_contracts_customer_id ON public.contracts USING btree (customer_id);
CREATE INDEX ix_deadlines_due_at ON public.deadlines USING btree (due_at);
CREATE INDEX ix_deaf_spells_ends_at ON public.deaf_spells USING btree (ends_at);
CREATE INDEX ix_device_links_parent_id ON public.device_links USING btree (parent_id);
CREATE INDEX ix_devices_system_id ON public.devices USING btree (system_id);
CREATE INDEX ix_discovered_last_at ON public.discovered USING btree (last_at);
CREATE INDEX ix_faults_device_id_opened_at ON public.faults USING btree (device_id, opened_at);
CREATE INDEX ix_faults_explained_by ON public.faults USING btree (explained_by);
CREATE INDEX ix_faults_opened_at ON public.faults USING btree (opened_at);
CREATE INDEX ix_faults_order_id ON public.faults USING btree (order_id);
CREATE INDEX ix_hot_at_ms ON public.hot USING btree (at_ms);
CREATE INDEX ix_journal_at ON public.journal USING btree (at);
CREATE INDEX ix_journal_device_id ON public.journal USING btree (device_id);
CREATE INDEX ix_journal_fault_id ON public.journal USING btree (fault_id);
CREATE INDEX ix_journal_order_id ON public.journal USING btree (order_id);
CREATE INDEX ix_notice_attempts_notice_id ON public.notice_attempts USING btree (notice_id);
CREATE INDEX ix_notices_created_at ON public.notices USING btree (created_at);
CREATE INDEX ix_notices_fault_id ON public.notices USING btree (fault_id);
CREATE INDEX ix_notices_order_id ON public.notices USING btree (order_id);
CREATE INDEX ix_notices_person_id ON public.notices USING btree (person_id);
CREATE INDEX ix_notices_site_id ON public.notices USING btree (site_id);
CREATE INDEX ix_people_customer_id ON public.people USING btree (customer_id);
CREATE INDEX ix_personal_links_expires_at ON public.personal_links USING btree (expires_at);
CREATE INDEX ix_personal_links_person_id ON public.personal_links USING btree (person_id);
CREATE INDEX ix_rejects_at ON public.rejects USING btree (at);
CREATE INDEX ix_sessions_expires_at ON public.sessions USING btree (expires_at);
CREATE INDEX ix_sessions_login_id ON public.sessions USING btree (login_id);
CREATE INDEX ix_shifts_layer_ends_at ON public.shifts USING btree (layer, ends_at);
CREATE INDEX ix_shifts_person_id ON public.shifts USING btree (person_id);
CREATE INDEX ix_sites_contract_id ON public.sites USING btree (contract_id);
CREATE INDEX ix_sites_customer_id ON public.sites USING btree (customer_id);
CREATE INDEX ix_systems_site_id ON public.systems USING btree (site_id);
CREATE INDEX ix_throttles_last_at ON public.throttles USING btree (last_at);
CREATE INDEX ix_work_orders_assignee_id ON public.work_orders USING btree (assignee_id);
CREATE INDEX ix_work_orders_closed_at ON public.work_orders USING btree (closed_at);
CREATE INDEX ix_work_orders_site_id_opened_at ON public.work_orders USING btree (site_id, opened_at);
CREATE INDEX notices_to_send ON public.notices USING btree (rank, created_at) WHERE (state = ANY (ARRAY['waiting'::text, 'sending'::text, 'failed'::text]));
CREATE UNIQUE INDEX one_open_alert_of_a_kind ON public.alerts USING btree (code, subject) WHERE (cleared_at IS NULL);
CREATE UNIQUE INDEX one_open_fault_of_a_kind ON public.faults USING btree (device_id, code, point) WHERE (cleared_at IS NULL);
CREATE UNIQUE INDEX one_open_order_per_root_cause ON public.work_orders USING btree (root_fault_id) WHERE (closed_at IS NULL);
CREATE INDEX open_faults_of_a_site ON public.faults USING btree (site_id) WHERE (cleared_at IS NULL);
CREATE INDEX open_orders_by_deadline ON public.work_orders USING btree (on_site_by) WHERE (closed_at IS NULL);
ALTER TABLE ONLY public.alerts
    ADD CONSTRAINT fk_alerts_acknowledged_by FOREIGN KEY (acknowledged_by) REFERENCES public.people(id);
ALTER TABLE ONLY public.api_answers
    ADD CONSTRAINT fk_api_answers_token_id FOREIGN KEY (token_id) REFERENCES public.api_tokens(id);
ALTER TABLE ONLY public.api_tokens
    ADD CONSTRAINT fk_api_tokens_person_id FOREIGN KEY (person_id) REFERENCES public.people(id);
ALTER TABLE ONLY public.contracts
    ADD CONSTRAINT fk_contracts_customer_id FOREIGN KEY (customer_id) REFERENCES public.customers(id);
ALTER TABLE ONLY public.device_links
    ADD CONSTRAINT fk_device_links_parent_id FOREIGN KEY (parent_id) REFERENCES public.devices(id);
ALTER TABLE ONLY public.devices
    ADD CONSTRAINT fk_devices_site_id FOREIGN KEY (site_id) REFERENCES public.sites(id);
ALTER TABLE ONLY public.devices
    ADD CONSTRAINT fk_devices_system_id FOREIGN KEY (system_id) REFERENCES public.systems(id);
ALTER TABLE ONLY public.faults
    ADD CONSTRAINT fk_faults_device_id FOREIGN KEY (device_id) REFERENCES public.devices(id);
ALTER TABLE ONLY public.faults
    ADD CONSTRAINT fk_faults_explained_by FOREIGN KEY (explained_by) REFERENCES public.faults(id);
ALTER TABLE ONLY public.faults
    ADD CONSTRAINT fk_faults_site_id FOREIGN KEY (site_id) REFERENCES public.sites(id);
ALTER TABLE ONLY public.notice_attempts
    ADD CONSTRAINT fk_notice_attempts_notice_id FOREIGN KEY (notice_id) REFERENCES public.notices(id);
ALTER TABLE ONLY public.notices
    ADD CONSTRAINT fk_notices_fault_id FOREIGN KEY (fault_id) REFERENCES public.faults(id);
ALTER TABLE ONLY public.notices
    ADD CONSTRAINT fk_notices_order_id FOREIGN KEY (order_id) REFERENCES public.work_orders(id);
ALTER TABLE ONLY public.notices
    ADD CONSTRAINT fk_notices_person_id FOREIGN KEY (person_id) REFERENCES public.people(id);
ALTER TABLE ONLY public.notices
    ADD CONSTRAINT fk_notices_site_id FOREIGN KEY (site_id) REFERENCES public.sites(id);
ALTER TABLE ONLY public.people
    ADD CONSTRAINT fk_people_customer_id FOREIGN KEY (customer_id) REFERENCES public.customers(id);
ALTER TABLE ONLY public.personal_links
    ADD CONSTRAINT fk_personal_links_person_id FOREIGN KEY (person_id) REFERENCES public.people(id);
ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT fk_sessions_login_id FOREIGN KEY (login_id) REFERENCES public.logins(id);
ALTER TABLE ONLY public.shifts
    ADD CONSTRAINT fk_shifts_person_id FOREIGN KEY (person_id) REFERENCES public.people(id);
ALTER TABLE ONLY public.sites
    ADD CONSTRAINT fk_sites_contract_id FOREIGN KEY (contract_id) REFERENCES public.contracts(id);
ALTER TABLE ONLY public.sites
    ADD CONSTRAINT fk_sites_customer_id FOREIGN KEY (customer_id) REFERENCES public.customers(id);
ALTER TABLE ONLY public.systems
    ADD CONSTRAINT fk_systems_site_id FOREIGN KEY (site_id) REFERENCES public.sites(id);
ALTER TABLE ONLY public.work_orders
    ADD CONSTRAINT fk_work_orders_arranged_by FOREIGN KEY (arranged_by) REFERENCES public.people(id);
ALTER TABLE ONLY public.work_orders
    ADD CONSTRAINT fk_work_orders_assignee_id FOREIGN KEY (assignee_id) REFERENCES public.people(id);
ALTER TABLE ONLY public.work_orders
    ADD CONSTRAINT fk_work_orders_first_paged_id FOREIGN KEY (first_paged_id) REFERENCES public.people(id);
ALTER TABLE ONLY public.work_orders
    ADD CONSTRAINT fk_work_orders_head_id FOREIGN KEY (head_id) REFERENCES public.people(id);
ALTER TABLE ONLY public.work_orders
    ADD CONSTRAINT fk_work_orders_received_by FOREIGN KEY (received_by) REFERENCES public.people(id);
ALTER TABLE ONLY public.work_orders
    ADD CONSTRAINT fk_work_orders_root_fault_id FOREIGN KEY (root_fault_id) REFERENCES public.faults(id);
ALTER TABLE ONLY public.work_orders
    ADD CONSTRAINT fk_work_orders_site_id FOREIGN KEY (site_id) REFERENCES public.sites(id);
