-- Ringwatch 0.1.0 (tables: main 0002, telemetry 0001) after one night, dumped as its own code left it.
BEGIN TRANSACTION;
CREATE TABLE alerts (
	id INTEGER NOT NULL, 
	code TEXT DEFAULT '' NOT NULL, 
	subject TEXT DEFAULT '' NOT NULL, 
	facts JSON NOT NULL, 
	opened_at BIGINT NOT NULL, 
	cleared_at BIGINT, 
	acknowledged_at BIGINT, 
	acknowledged_by INTEGER, 
	pages_made INTEGER DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_alerts PRIMARY KEY (id), 
	CONSTRAINT fk_alerts_acknowledged_by FOREIGN KEY(acknowledged_by) REFERENCES people (id)
);
INSERT INTO "alerts" VALUES(1,'MON_CLOCK_STEP','2026-11-23T01:10Z','{"seconds": 2.4}',1795398540000000,NULL,NULL,NULL,1);
CREATE TABLE api_answers (
	token_id INTEGER NOT NULL, 
	"key" TEXT NOT NULL, 
	request TEXT DEFAULT '' NOT NULL, 
	at BIGINT NOT NULL, 
	status INTEGER DEFAULT '0' NOT NULL, 
	headers JSON NOT NULL, 
	body TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_api_answers PRIMARY KEY (token_id, "key"), 
	CONSTRAINT fk_api_answers_token_id FOREIGN KEY(token_id) REFERENCES api_tokens (id)
);
CREATE TABLE api_tokens (
	id INTEGER NOT NULL, 
	token_hash TEXT NOT NULL, 
	person_id INTEGER NOT NULL, 
	name TEXT DEFAULT '' NOT NULL, 
	scopes JSON NOT NULL, 
	created_at BIGINT NOT NULL, 
	expires_at BIGINT NOT NULL, 
	last_used_at BIGINT, 
	revoked_at BIGINT, 
	CONSTRAINT pk_api_tokens PRIMARY KEY (id), 
	CONSTRAINT fk_api_tokens_person_id FOREIGN KEY(person_id) REFERENCES people (id), 
	CONSTRAINT uq_api_tokens_token_hash UNIQUE (token_hash)
);
INSERT INTO "api_tokens" VALUES(1,'974b2032ba5d89bca0916e30d184f4dcb00d6fd89bdb53915eeba0b1f70fffc4',3,'ERP','["faults:read", "orders:read"]',1795398540000000,1826934540000000,NULL,NULL);
CREATE TABLE company (
	name TEXT NOT NULL, 
	value JSON NOT NULL, 
	changed_at BIGINT NOT NULL, 
	CONSTRAINT pk_company PRIMARY KEY (name)
);
INSERT INTO "company" VALUES('name','"\u5b89\u4fe1"',1795395600000000);
INSERT INTO "company" VALUES('timezone','"Asia/Shanghai"',1795395600000000);
CREATE TABLE conditions (
	device_id INTEGER NOT NULL, 
	code TEXT NOT NULL, 
	point TEXT DEFAULT '' NOT NULL, 
	true_since BIGINT NOT NULL, 
	clear_since BIGINT, 
	evidence JSON NOT NULL, 
	CONSTRAINT pk_conditions PRIMARY KEY (device_id, code, point)
);
CREATE TABLE contracts (
	id INTEGER NOT NULL, 
	number TEXT NOT NULL, 
	customer_id INTEGER NOT NULL, 
	tier TEXT DEFAULT '' NOT NULL, 
	scope TEXT DEFAULT '' NOT NULL, 
	starts_on DATE NOT NULL, 
	ends_on DATE NOT NULL, 
	free_until DATE, 
	retention_days INTEGER, 
	quarter TEXT DEFAULT 'natural' NOT NULL, 
	survey_months INTEGER DEFAULT '12' NOT NULL, 
	CONSTRAINT pk_contracts PRIMARY KEY (id), 
	CONSTRAINT ck_contracts_quarter CHECK (quarter IN ('natural', 'contract')), 
	CONSTRAINT ck_contracts_tier CHECK (tier IN ('basic', 'advanced', 'exclusive')), 
	CONSTRAINT ck_contracts_term CHECK (starts_on <= ends_on), 
	CONSTRAINT ck_contracts_survey_months CHECK (survey_months BETWEEN 6 AND 12), 
	CONSTRAINT fk_contracts_customer_id FOREIGN KEY(customer_id) REFERENCES customers (id), 
	CONSTRAINT uq_contracts_number UNIQUE (number)
);
INSERT INTO "contracts" VALUES(1,'K1',1,'basic','','2026-01-01','2026-12-31',NULL,NULL,'natural',12);
CREATE TABLE counters (
	name TEXT NOT NULL, 
	value BIGINT NOT NULL, 
	CONSTRAINT pk_counters PRIMARY KEY (name)
);
INSERT INTO "counters" VALUES('order-2026',5);
CREATE TABLE customers (
	id INTEGER NOT NULL, 
	code TEXT NOT NULL, 
	name TEXT DEFAULT '' NOT NULL, 
	address TEXT DEFAULT '' NOT NULL, 
	phone TEXT DEFAULT '' NOT NULL, 
	email TEXT DEFAULT '' NOT NULL, 
	language TEXT DEFAULT 'zh' NOT NULL, 
	CONSTRAINT pk_customers PRIMARY KEY (id), 
	CONSTRAINT ck_customers_language CHECK (language IN ('zh', 'en')), 
	CONSTRAINT uq_customers_code UNIQUE (code)
);
INSERT INTO "customers" VALUES(1,'C1','C1','','','','zh');
INSERT INTO "customers" VALUES(2,'C2','C2','','','','zh');
CREATE TABLE deadlines (
	id INTEGER NOT NULL, 
	kind TEXT DEFAULT '' NOT NULL, 
	subject_kind TEXT DEFAULT '' NOT NULL, 
	subject_id INTEGER NOT NULL, 
	step INTEGER DEFAULT '0' NOT NULL, 
	due_at BIGINT NOT NULL, 
	promised_at BIGINT NOT NULL, 
	failures INTEGER DEFAULT '0' NOT NULL, 
	last_error TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_deadlines PRIMARY KEY (id), 
	CONSTRAINT ck_deadlines_subject_kind CHECK (subject_kind IN ('order', 'fault', 'alert')), 
	CONSTRAINT uq_deadlines_kind_subject_kind_subject_id_step UNIQUE (kind, subject_kind, subject_id, step)
);
INSERT INTO "deadlines" VALUES(8,'on_site','order',5,50,1795401725000000,1795401725000000,0,'');
INSERT INTO "deadlines" VALUES(9,'on_site','order',5,75,1795403525000000,1795403525000000,0,'');
INSERT INTO "deadlines" VALUES(10,'on_site','order',5,100,1795405325000000,1795405325000000,0,'');
INSERT INTO "deadlines" VALUES(11,'ladder','order',5,0,1795398725000000,1795398725000000,0,'');
INSERT INTO "deadlines" VALUES(12,'head','order',5,0,1795398725000000,1795398725000000,0,'');
INSERT INTO "deadlines" VALUES(13,'alert','alert',1,0,1795398840000000,1795398840000000,0,'');
CREATE TABLE deaf_spells (
	id INTEGER NOT NULL, 
	starts_at BIGINT NOT NULL, 
	ends_at BIGINT NOT NULL, 
	why TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_deaf_spells PRIMARY KEY (id), 
	CONSTRAINT ck_deaf_spells_lasts CHECK (starts_at <= ends_at)
);
CREATE TABLE device_links (
	device_id INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	parent_id INTEGER NOT NULL, 
	CONSTRAINT pk_device_links PRIMARY KEY (device_id, kind), 
	CONSTRAINT ck_device_links_kind CHECK (kind IN ('via', 'powered_by', 'recorded_by')), 
	CONSTRAINT ck_device_links_no_own_parent CHECK (device_id <> parent_id), 
	CONSTRAINT fk_device_links_parent_id FOREIGN KEY(parent_id) REFERENCES devices (id)
);
INSERT INTO "device_links" VALUES(2,'via',1);
INSERT INTO "device_links" VALUES(4,'via',3);
CREATE TABLE device_states (
	device_id INTEGER NOT NULL, 
	wire_state TEXT DEFAULT '' NOT NULL, 
	wire_state_at BIGINT, 
	last_heard_at BIGINT, 
	device_t BIGINT, 
	seq BIGINT, 
	clock_offset_s FLOAT, 
	interval_s FLOAT, 
	metrics TEXT DEFAULT '{}' NOT NULL, 
	flags TEXT DEFAULT '{}' NOT NULL, 
	CONSTRAINT pk_device_states PRIMARY KEY (device_id)
);
INSERT INTO "device_states" VALUES(1,'',NULL,1795398540000000,1795398540000000,NULL,0.0,NULL,'{"battery_pct":88.0,"temperature_c":31.5,"clock_offset_s":0.0}','{"tamper":false}');
INSERT INTO "device_states" VALUES(2,'',NULL,1795398490000000,1795398490000000,NULL,0.0,NULL,'{"battery_pct":88.0,"temperature_c":31.5,"clock_offset_s":0.0}','{"tamper":false}');
INSERT INTO "device_states" VALUES(3,'',NULL,1795398505000000,1795398505000000,NULL,0.0,NULL,'{"battery_pct":88.0,"temperature_c":31.5,"clock_offset_s":0.0}','{"tamper":false}');
INSERT INTO "device_states" VALUES(4,'',NULL,1795398495000000,1795398495000000,NULL,0.0,NULL,'{"battery_pct":88.0,"temperature_c":31.5,"clock_offset_s":0.0}','{"tamper":false}');
CREATE TABLE devices (
	id INTEGER NOT NULL, 
	site_id INTEGER NOT NULL, 
	system_id INTEGER, 
	code TEXT NOT NULL, 
	name TEXT DEFAULT '' NOT NULL, 
	type TEXT DEFAULT '' NOT NULL, 
	importance TEXT DEFAULT 'normal' NOT NULL, 
	ups BOOLEAN DEFAULT (false) NOT NULL, 
	monitored TEXT DEFAULT 'yes' NOT NULL, 
	location TEXT DEFAULT '' NOT NULL, 
	position TEXT DEFAULT '' NOT NULL, 
	model TEXT DEFAULT '' NOT NULL, 
	serial TEXT DEFAULT '' NOT NULL, 
	batch TEXT DEFAULT '' NOT NULL, 
	supplier TEXT DEFAULT '' NOT NULL, 
	asset_tag TEXT DEFAULT '' NOT NULL, 
	ip TEXT DEFAULT '' NOT NULL, 
	mac TEXT DEFAULT '' NOT NULL, 
	firmware TEXT DEFAULT '' NOT NULL, 
	reporting_interval_s INTEGER, 
	installed_on DATE, 
	warranty_end DATE, 
	dialect TEXT DEFAULT 'native' NOT NULL, 
	dialect_id TEXT DEFAULT '' NOT NULL, 
	enrolled_at BIGINT NOT NULL, 
	disabled_at BIGINT, 
	maintenance_until BIGINT, 
	sought TEXT NOT NULL GENERATED ALWAYS AS (lower(name || ' ' || code || ' ' || location || ' ' || ip || ' ' || serial || ' ' || asset_tag)) STORED, 
	CONSTRAINT pk_devices PRIMARY KEY (id), 
	CONSTRAINT ck_devices_importance CHECK (importance IN ('normal', 'key')), 
	CONSTRAINT ck_devices_monitored CHECK (monitored IN ('yes', 'indirect', 'no')), 
	CONSTRAINT ck_devices_type CHECK (type IN ('camera', 'lens', 'ptz', 'encoder', 'decoder', 'recorder', 'detector', 'panic_button', 'sounder', 'zone', 'alarm_host', 'expander', 'access_controller', 'reader', 'lock', 'switch', 'gateway', 'uplink', 'power', 'ups', 'spd', 'ground', 'line', 'monitor', 'matrix', 'sensor', 'other')), 
	CONSTRAINT ck_devices_reporting_interval_s CHECK (reporting_interval_s > 0), 
	CONSTRAINT fk_devices_site_id FOREIGN KEY(site_id) REFERENCES sites (id), 
	CONSTRAINT fk_devices_system_id FOREIGN KEY(system_id) REFERENCES systems (id), 
	CONSTRAINT uq_devices_site_id_code UNIQUE (site_id, code)
);
INSERT INTO "devices" VALUES(1,1,1,'d0','d0','camera','normal',0,'yes','','','','','','','','','','',60,NULL,NULL,'native','',1792803600000000,NULL,NULL);
INSERT INTO "devices" VALUES(2,1,1,'d1','d1','camera','normal',0,'yes','','','','','','','','','','',60,NULL,NULL,'native','',1792803600000000,NULL,NULL);
INSERT INTO "devices" VALUES(3,1,1,'sw','sw','switch','normal',0,'yes','','','','','','','','','','',60,NULL,NULL,'native','',1792803600000000,NULL,NULL);
INSERT INTO "devices" VALUES(4,1,1,'d2','d2','detector','normal',0,'yes','','','','','','','','','','',60,NULL,NULL,'native','',1792803600000000,NULL,NULL);
CREATE TABLE discovered (
	site TEXT NOT NULL, 
	device TEXT NOT NULL, 
	first_at BIGINT NOT NULL, 
	last_at BIGINT NOT NULL, 
	messages BIGINT DEFAULT '1' NOT NULL, 
	topic TEXT DEFAULT '' NOT NULL, 
	sample TEXT DEFAULT '' NOT NULL, 
	ignored BOOLEAN DEFAULT (false) NOT NULL, 
	CONSTRAINT pk_discovered PRIMARY KEY (site, device)
);
INSERT INTO "discovered" VALUES('S1','new',1795398540000000,1795398540000000,3,'ringwatch/v1/S1/new/state','online',0);
CREATE TABLE faults (
	id INTEGER NOT NULL, 
	device_id INTEGER NOT NULL, 
	site_id INTEGER NOT NULL, 
	code TEXT DEFAULT '' NOT NULL, 
	point TEXT DEFAULT '' NOT NULL, 
	severity TEXT DEFAULT '' NOT NULL, 
	source TEXT DEFAULT '' NOT NULL, 
	why TEXT DEFAULT '' NOT NULL, 
	evidence JSON NOT NULL, 
	opened_at BIGINT NOT NULL, 
	provisional_until BIGINT, 
	explained_by INTEGER, 
	order_id INTEGER, 
	occurrences INTEGER DEFAULT '1' NOT NULL, 
	cleared_at BIGINT, 
	clear_why TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_faults PRIMARY KEY (id), 
	CONSTRAINT ck_faults_not_its_own_cause CHECK (explained_by <> id), 
	CONSTRAINT fk_faults_device_id FOREIGN KEY(device_id) REFERENCES devices (id), 
	CONSTRAINT fk_faults_explained_by FOREIGN KEY(explained_by) REFERENCES faults (id), 
	CONSTRAINT fk_faults_site_id FOREIGN KEY(site_id) REFERENCES sites (id)
);
INSERT INTO "faults" VALUES(1,1,1,'NO_DATA_YET','','minor','monitor','silent','{"heard_at": null}',1795395610000000,NULL,NULL,NULL,1,1795395660000000,'heard_again');
INSERT INTO "faults" VALUES(2,4,1,'NO_DATA_YET','','minor','monitor','silent','{"heard_at": null}',1795395610000000,NULL,NULL,NULL,1,1795395615000000,'heard_again');
INSERT INTO "faults" VALUES(3,3,1,'NO_DATA_YET','','minor','monitor','silent','{"heard_at": null}',1795395610000000,NULL,NULL,NULL,1,1795395625000000,'heard_again');
INSERT INTO "faults" VALUES(4,1,1,'CAM_VIDEO_LOSS','','major','monitor','reading','{"heard_at": "2026-11-23T01:02:00+00:00"}',1795395720000000,NULL,NULL,1,1,1795397340000000,'reading');
INSERT INTO "faults" VALUES(5,2,1,'DEV_OFFLINE','','major','monitor','silent','{"heard_at": "2026-11-23T01:02:10+00:00"}',1795397285000000,NULL,NULL,2,1,1795397410000000,'heard_again');
INSERT INTO "faults" VALUES(6,4,1,'DEV_OFFLINE','','major','monitor','silent','{"heard_at": "2026-11-23T01:02:15+00:00"}',1795397285000000,NULL,7,NULL,1,1795397415000000,'heard_again');
INSERT INTO "faults" VALUES(7,3,1,'NET_SWITCH_DOWN','','major','monitor','silent','{"heard_at": "2026-11-23T01:02:25+00:00"}',1795397285000000,NULL,NULL,3,1,1795397425000000,'heard_again');
INSERT INTO "faults" VALUES(8,2,1,'BATT_LOW','','minor','monitor','event','{"heard_at": "2026-11-23T01:42:00+00:00"}',1795398120000000,NULL,NULL,NULL,1,1795398130000000,'reading');
INSERT INTO "faults" VALUES(9,1,1,'DEV_OFFLINE','','major','monitor','silent','{"heard_at": "2026-11-23T01:32:00+00:00"}',1795398125000000,NULL,NULL,4,1,1795398300000000,'heard_again');
INSERT INTO "faults" VALUES(10,4,1,'DEV_OFFLINE','','major','monitor','silent','{"heard_at": "2026-11-23T01:31:15+00:00"}',1795398125000000,NULL,11,NULL,1,1795398255000000,'heard_again');
INSERT INTO "faults" VALUES(11,3,1,'NET_SWITCH_DOWN','','major','monitor','silent','{"heard_at": "2026-11-23T01:31:25+00:00"}',1795398125000000,NULL,NULL,5,1,1795398265000000,'heard_again');
CREATE TABLE journal (
	id INTEGER NOT NULL, 
	at BIGINT NOT NULL, 
	actor TEXT DEFAULT '' NOT NULL, 
	person_id INTEGER, 
	verb TEXT DEFAULT '' NOT NULL, 
	site_id INTEGER, 
	order_id INTEGER, 
	fault_id INTEGER, 
	device_id INTEGER, 
	facts JSON NOT NULL, 
	CONSTRAINT pk_journal PRIMARY KEY (id), 
	CONSTRAINT ck_journal_actor CHECK (actor IN ('person', 'monitor', 'clock', 'device', 'system'))
);
INSERT INTO "journal" VALUES(1,1795395600000000,'person',3,'login_given',NULL,NULL,NULL,NULL,'{}');
INSERT INTO "journal" VALUES(2,1795395610000000,'monitor',NULL,'fault_opened',1,NULL,1,1,'{"code": "NO_DATA_YET", "why": "silent", "heard_at": null}');
INSERT INTO "journal" VALUES(3,1795395610000000,'monitor',NULL,'fault_opened',1,NULL,2,4,'{"code": "NO_DATA_YET", "why": "silent", "heard_at": null}');
INSERT INTO "journal" VALUES(4,1795395610000000,'monitor',NULL,'fault_opened',1,NULL,3,3,'{"code": "NO_DATA_YET", "why": "silent", "heard_at": null}');
INSERT INTO "journal" VALUES(5,1795395615000000,'monitor',NULL,'fault_cleared',1,NULL,2,4,'{"code": "NO_DATA_YET", "why": "heard_again"}');
INSERT INTO "journal" VALUES(6,1795395625000000,'monitor',NULL,'fault_cleared',1,NULL,3,3,'{"code": "NO_DATA_YET", "why": "heard_again"}');
INSERT INTO "journal" VALUES(7,1795395660000000,'monitor',NULL,'fault_cleared',1,NULL,1,1,'{"code": "NO_DATA_YET", "why": "heard_again"}');
INSERT INTO "journal" VALUES(8,1795395720000000,'monitor',NULL,'fault_opened',1,NULL,4,1,'{"code": "CAM_VIDEO_LOSS", "why": "reading", "heard_at": "2026-11-23T01:02:00+00:00"}');
INSERT INTO "journal" VALUES(9,1795395720000000,'monitor',NULL,'order_opened',1,1,4,NULL,'{"number": "2026-00001", "zone": "ring1", "hours": 2.0, "rule": "zone.table"}');
INSERT INTO "journal" VALUES(10,1795395720000000,'clock',NULL,'paged',1,1,4,NULL,'{"person": "Li", "person_id": 1, "layer": "first", "why": "new_fault", "nobody_on_duty": false, "channels": 1, "page": 1}');
INSERT INTO "journal" VALUES(11,1795395720000000,'clock',NULL,'head_told',1,1,4,NULL,'{"person": "Chen", "person_id": 3, "paged": ["Li"], "nobody_on_duty": false, "channels": 1}');
INSERT INTO "journal" VALUES(12,1795396080000000,'person',1,'acknowledged',1,1,4,NULL,'{"how": "app"}');
INSERT INTO "journal" VALUES(13,1795396380000000,'person',1,'departed',1,1,4,NULL,'{}');
INSERT INTO "journal" VALUES(14,1795396680000000,'person',1,'arrived',1,1,4,NULL,'{"reason": ""}');
INSERT INTO "journal" VALUES(15,1795396980000000,'person',1,'diagnosed',1,1,4,NULL,'{"text": "\u6c34\u6676\u5934\u6c27\u5316"}');
INSERT INTO "journal" VALUES(16,1795397280000000,'person',1,'repaired',1,1,4,NULL,'{"text": "\u66f4\u6362\u6c34\u6676\u5934"}');
INSERT INTO "journal" VALUES(17,1795397285000000,'monitor',NULL,'fault_opened',1,NULL,5,2,'{"code": "DEV_OFFLINE", "why": "silent", "heard_at": "2026-11-23T01:02:10+00:00"}');
INSERT INTO "journal" VALUES(18,1795397285000000,'monitor',NULL,'order_opened',1,2,5,NULL,'{"number": "2026-00002", "zone": "ring1", "hours": 2.0, "rule": "zone.table"}');
INSERT INTO "journal" VALUES(19,1795397285000000,'clock',NULL,'paged',1,2,5,NULL,'{"person": "Li", "person_id": 1, "layer": "first", "why": "new_fault", "nobody_on_duty": false, "channels": 1, "page": 1}');
INSERT INTO "journal" VALUES(20,1795397285000000,'clock',NULL,'head_told',1,2,5,NULL,'{"person": "Chen", "person_id": 3, "paged": ["Li"], "nobody_on_duty": false, "channels": 1}');
INSERT INTO "journal" VALUES(21,1795397285000000,'monitor',NULL,'fault_opened',1,NULL,6,4,'{"code": "DEV_OFFLINE", "why": "silent", "heard_at": "2026-11-23T01:02:15+00:00"}');
INSERT INTO "journal" VALUES(22,1795397285000000,'monitor',NULL,'fault_opened',1,NULL,7,3,'{"code": "NET_SWITCH_DOWN", "why": "silent", "heard_at": "2026-11-23T01:02:25+00:00"}');
INSERT INTO "journal" VALUES(23,1795397285000000,'monitor',NULL,'order_opened',1,3,7,NULL,'{"number": "2026-00003", "zone": "ring1", "hours": 2.0, "rule": "zone.table"}');
INSERT INTO "journal" VALUES(24,1795397285000000,'clock',NULL,'paged',1,3,7,NULL,'{"person": "Li", "person_id": 1, "layer": "first", "why": "new_fault", "nobody_on_duty": false, "channels": 1, "page": 1}');
INSERT INTO "journal" VALUES(25,1795397285000000,'clock',NULL,'head_told',1,3,7,NULL,'{"person": "Chen", "person_id": 3, "paged": ["Li"], "nobody_on_duty": false, "channels": 1}');
INSERT INTO "journal" VALUES(26,1795397285000000,'monitor',NULL,'fault_explained',1,NULL,6,4,'{"code": "DEV_OFFLINE", "cause": 7}');
INSERT INTO "journal" VALUES(27,1795397340000000,'monitor',NULL,'fault_cleared',1,1,4,1,'{"code": "CAM_VIDEO_LOSS", "why": "reading"}');
INSERT INTO "journal" VALUES(28,1795397340000000,'monitor',NULL,'verified_by_device',1,1,4,NULL,'{}');
INSERT INTO "journal" VALUES(29,1795397410000000,'monitor',NULL,'fault_cleared',1,2,5,2,'{"code": "DEV_OFFLINE", "why": "heard_again"}');
INSERT INTO "journal" VALUES(30,1795397410000000,'monitor',NULL,'closed',1,2,5,NULL,'{"reason": "recovered"}');
INSERT INTO "journal" VALUES(31,1795397415000000,'monitor',NULL,'fault_cleared',1,NULL,6,4,'{"code": "DEV_OFFLINE", "why": "heard_again"}');
INSERT INTO "journal" VALUES(32,1795397425000000,'monitor',NULL,'fault_cleared',1,3,7,3,'{"code": "NET_SWITCH_DOWN", "why": "heard_again"}');
INSERT INTO "journal" VALUES(33,1795397425000000,'monitor',NULL,'closed',1,3,7,NULL,'{"reason": "recovered"}');
INSERT INTO "journal" VALUES(34,1795397820000000,'person',1,'left',1,1,4,NULL,'{}');
INSERT INTO "journal" VALUES(35,1795398120000000,'person',1,'accepted',1,1,4,NULL,'{"name": "\u5468"}');
INSERT INTO "journal" VALUES(36,1795398120000000,'person',1,'closed',1,1,4,NULL,'{"reason": "accepted"}');
INSERT INTO "journal" VALUES(37,1795398120000000,'monitor',NULL,'fault_opened',1,NULL,8,2,'{"code": "BATT_LOW", "why": "event", "heard_at": "2026-11-23T01:42:00+00:00"}');
INSERT INTO "journal" VALUES(38,1795398125000000,'monitor',NULL,'fault_opened',1,NULL,9,1,'{"code": "DEV_OFFLINE", "why": "silent", "heard_at": "2026-11-23T01:32:00+00:00"}');
INSERT INTO "journal" VALUES(39,1795398125000000,'monitor',NULL,'order_opened',1,4,9,NULL,'{"number": "2026-00004", "zone": "ring1", "hours": 2.0, "rule": "zone.table"}');
INSERT INTO "journal" VALUES(40,1795398125000000,'clock',NULL,'paged',1,4,9,NULL,'{"person": "Li", "person_id": 1, "layer": "first", "why": "new_fault", "nobody_on_duty": false, "channels": 1, "page": 1}');
INSERT INTO "journal" VALUES(41,1795398125000000,'clock',NULL,'head_told',1,4,9,NULL,'{"person": "Chen", "person_id": 3, "paged": ["Li"], "nobody_on_duty": false, "channels": 1}');
INSERT INTO "journal" VALUES(42,1795398125000000,'monitor',NULL,'fault_opened',1,NULL,10,4,'{"code": "DEV_OFFLINE", "why": "silent", "heard_at": "2026-11-23T01:31:15+00:00"}');
INSERT INTO "journal" VALUES(43,1795398125000000,'monitor',NULL,'fault_opened',1,NULL,11,3,'{"code": "NET_SWITCH_DOWN", "why": "silent", "heard_at": "2026-11-23T01:31:25+00:00"}');
INSERT INTO "journal" VALUES(44,1795398125000000,'monitor',NULL,'order_opened',1,5,11,NULL,'{"number": "2026-00005", "zone": "ring1", "hours": 2.0, "rule": "zone.table"}');
INSERT INTO "journal" VALUES(45,1795398125000000,'clock',NULL,'paged',1,5,11,NULL,'{"person": "Li", "person_id": 1, "layer": "first", "why": "new_fault", "nobody_on_duty": false, "channels": 1, "page": 1}');
INSERT INTO "journal" VALUES(46,1795398125000000,'clock',NULL,'head_told',1,5,11,NULL,'{"person": "Chen", "person_id": 3, "paged": ["Li"], "nobody_on_duty": false, "channels": 1}');
INSERT INTO "journal" VALUES(47,1795398125000000,'monitor',NULL,'fault_explained',1,NULL,10,4,'{"code": "DEV_OFFLINE", "cause": 11}');
INSERT INTO "journal" VALUES(48,1795398130000000,'monitor',NULL,'fault_cleared',1,NULL,8,2,'{"code": "BATT_LOW", "why": "reading"}');
INSERT INTO "journal" VALUES(49,1795398180000000,'person',3,'customer_called',1,5,10,4,'{"symptom": "\u6ca1\u6709\u56fe\u50cf", "reporter": "\u5468"}');
INSERT INTO "journal" VALUES(50,1795398255000000,'monitor',NULL,'fault_cleared',1,NULL,10,4,'{"code": "DEV_OFFLINE", "why": "heard_again"}');
INSERT INTO "journal" VALUES(51,1795398265000000,'monitor',NULL,'fault_cleared',1,5,11,3,'{"code": "NET_SWITCH_DOWN", "why": "heard_again"}');
INSERT INTO "journal" VALUES(52,1795398265000000,'monitor',NULL,'recovered',1,5,11,NULL,'{}');
INSERT INTO "journal" VALUES(53,1795398300000000,'monitor',NULL,'fault_cleared',1,4,9,1,'{"code": "DEV_OFFLINE", "why": "heard_again"}');
INSERT INTO "journal" VALUES(54,1795398300000000,'monitor',NULL,'closed',1,4,9,NULL,'{"reason": "recovered"}');
INSERT INTO "journal" VALUES(55,1795398425000000,'clock',NULL,'paged',1,5,11,NULL,'{"person": "Li", "person_id": 1, "layer": "first", "why": "nobody_answered", "nobody_on_duty": false, "channels": 1, "page": 2}');
INSERT INTO "journal" VALUES(56,1795398540000000,'system',3,'token_given',NULL,NULL,NULL,NULL,'{"name": "ERP", "token": 1, "scopes": "faults:read orders:read"}');
INSERT INTO "journal" VALUES(57,1795398540000000,'system',NULL,'alert_raised',NULL,NULL,NULL,NULL,'{"alert_id": 1, "code": "MON_CLOCK_STEP", "subject": "2026-11-23T01:10Z"}');
CREATE TABLE listening (
	id INTEGER NOT NULL, 
	watermark BIGINT, 
	stalled_since BIGINT, 
	connected_at BIGINT, 
	session TEXT DEFAULT '' NOT NULL, 
	messages BIGINT DEFAULT '0' NOT NULL, 
	rejected BIGINT DEFAULT '0' NOT NULL, 
	repeated BIGINT DEFAULT '0' NOT NULL, 
	dropped BIGINT, 
	CONSTRAINT pk_listening PRIMARY KEY (id), 
	CONSTRAINT ck_listening_single CHECK (id = 1)
);
INSERT INTO "listening" VALUES(1,NULL,NULL,1795395600000000,'',59,0,0,NULL);
CREATE TABLE logins (
	id INTEGER NOT NULL, 
	person_id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	password_hash TEXT DEFAULT '' NOT NULL, 
	must_change BOOLEAN DEFAULT (false) NOT NULL, 
	changed_at BIGINT NOT NULL, 
	CONSTRAINT pk_logins PRIMARY KEY (id), 
	CONSTRAINT uq_logins_name UNIQUE (name), 
	CONSTRAINT uq_logins_person_id UNIQUE (person_id)
);
INSERT INTO "logins" VALUES(1,3,'chen','$argon2id$v=19$m=65536,t=3,p=4$W8jrKAwHwX0Y9XKU9VviUw$nG/O4Vay2Re3jaNIf+6D4wjF4s26/AAfM1nmOV6q8m4',0,1795395600000000);
CREATE TABLE notice_attempts (
	id INTEGER NOT NULL, 
	notice_id INTEGER NOT NULL, 
	lease INTEGER NOT NULL, 
	at BIGINT NOT NULL, 
	ended_at BIGINT, 
	provider TEXT DEFAULT '' NOT NULL, 
	result TEXT DEFAULT '' NOT NULL, 
	words TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_notice_attempts PRIMARY KEY (id), 
	CONSTRAINT fk_notice_attempts_notice_id FOREIGN KEY(notice_id) REFERENCES notices (id)
);
INSERT INTO "notice_attempts" VALUES(1,13,1,1795398540000000,1795398540000000,'ntfy://127.0.0.1','sent','200 OK');
CREATE TABLE notices (
	id INTEGER NOT NULL, 
	"key" TEXT NOT NULL, 
	kind TEXT DEFAULT '' NOT NULL, 
	rank INTEGER NOT NULL, 
	person_id INTEGER NOT NULL, 
	channel TEXT DEFAULT '' NOT NULL, 
	target TEXT DEFAULT '' NOT NULL, 
	order_id INTEGER, 
	fault_id INTEGER, 
	site_id INTEGER, 
	facts JSON NOT NULL, 
	state TEXT DEFAULT 'waiting' NOT NULL, 
	created_at BIGINT NOT NULL, 
	not_before BIGINT NOT NULL, 
	lease INTEGER DEFAULT '0' NOT NULL, 
	leased_until BIGINT, 
	attempts INTEGER DEFAULT '0' NOT NULL, 
	done_at BIGINT, 
	text TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_notices PRIMARY KEY (id), 
	CONSTRAINT ck_notices_state CHECK (state IN ('waiting', 'sending', 'sent', 'failed', 'dead', 'silenced')), 
	CONSTRAINT ck_notices_rank CHECK (rank BETWEEN 0 AND 2), 
	CONSTRAINT fk_notices_fault_id FOREIGN KEY(fault_id) REFERENCES faults (id), 
	CONSTRAINT fk_notices_order_id FOREIGN KEY(order_id) REFERENCES work_orders (id), 
	CONSTRAINT fk_notices_person_id FOREIGN KEY(person_id) REFERENCES people (id), 
	CONSTRAINT fk_notices_site_id FOREIGN KEY(site_id) REFERENCES sites (id), 
	CONSTRAINT uq_notices_key UNIQUE ("key")
);
INSERT INTO "notices" VALUES(1,'order:1:page:1:1:mail:li@mail','page',1,1,'mail','li@mail',1,4,1,'{"layer": "first", "why": "new_fault", "nobody_on_duty": false}','silenced',1795395720000000,1795395720000000,0,NULL,0,1795396080000000,'');
INSERT INTO "notices" VALUES(2,'order:1:report:3:mail:chen@mail','report',1,3,'mail','chen@mail',1,4,1,'{"paged": ["Li"], "nobody_on_duty": false}','silenced',1795395720000000,1795395720000000,0,NULL,0,1795397285000000,'');
INSERT INTO "notices" VALUES(3,'order:2:page:1:1:mail:li@mail','page',1,1,'mail','li@mail',2,5,1,'{"layer": "first", "why": "new_fault", "nobody_on_duty": false}','silenced',1795397285000000,1795397285000000,0,NULL,0,1795397410000000,'');
INSERT INTO "notices" VALUES(4,'order:2:report:3:mail:chen@mail','report',1,3,'mail','chen@mail',2,5,1,'{"paged": ["Li"], "nobody_on_duty": false}','silenced',1795397285000000,1795397285000000,0,NULL,0,1795397410000000,'');
INSERT INTO "notices" VALUES(5,'order:3:page:1:1:mail:li@mail','page',1,1,'mail','li@mail',3,7,1,'{"layer": "first", "why": "new_fault", "nobody_on_duty": false}','silenced',1795397285000000,1795397285000000,0,NULL,0,1795397425000000,'');
INSERT INTO "notices" VALUES(6,'order:3:report:3:mail:chen@mail','report',1,3,'mail','chen@mail',3,7,1,'{"paged": ["Li"], "nobody_on_duty": false}','silenced',1795397285000000,1795397285000000,0,NULL,0,1795397425000000,'');
INSERT INTO "notices" VALUES(7,'restored:2:3:1:mail:li@mail','restored',2,1,'mail','li@mail',2,5,1,'{}','waiting',1795397410000000,1795397410000000,0,NULL,0,NULL,'');
INSERT INTO "notices" VALUES(8,'restored:2:3:3:mail:chen@mail','restored',2,3,'mail','chen@mail',2,5,1,'{}','waiting',1795397410000000,1795397410000000,0,NULL,0,NULL,'');
INSERT INTO "notices" VALUES(9,'restored:3:3:1:mail:li@mail','restored',2,1,'mail','li@mail',3,7,1,'{}','waiting',1795397425000000,1795397425000000,0,NULL,0,NULL,'');
INSERT INTO "notices" VALUES(10,'restored:3:3:3:mail:chen@mail','restored',2,3,'mail','chen@mail',3,7,1,'{}','waiting',1795397425000000,1795397425000000,0,NULL,0,NULL,'');
INSERT INTO "notices" VALUES(11,'order:4:page:1:1:mail:li@mail','page',1,1,'mail','li@mail',4,9,1,'{"layer": "first", "why": "new_fault", "nobody_on_duty": false}','silenced',1795398125000000,1795398125000000,0,NULL,0,1795398300000000,'');
INSERT INTO "notices" VALUES(12,'order:4:report:3:mail:chen@mail','report',1,3,'mail','chen@mail',4,9,1,'{"paged": ["Li"], "nobody_on_duty": false}','silenced',1795398125000000,1795398125000000,0,NULL,0,1795398300000000,'');
INSERT INTO "notices" VALUES(13,'order:5:page:1:1:mail:li@mail','page',1,1,'mail','li@mail',5,11,1,'{"layer": "first", "why": "new_fault", "nobody_on_duty": false}','sent',1795398125000000,1795398125000000,1,1795398600000000,1,1795398540000000,'主题

正文');
INSERT INTO "notices" VALUES(14,'order:5:report:3:mail:chen@mail','report',1,3,'mail','chen@mail',5,11,1,'{"paged": ["Li"], "nobody_on_duty": false}','waiting',1795398125000000,1795398125000000,0,NULL,0,NULL,'');
INSERT INTO "notices" VALUES(15,'restored:5:2:1:mail:li@mail','restored',2,1,'mail','li@mail',5,11,1,'{}','waiting',1795398265000000,1795398265000000,0,NULL,0,NULL,'');
INSERT INTO "notices" VALUES(16,'restored:5:2:3:mail:chen@mail','restored',2,3,'mail','chen@mail',5,11,1,'{}','waiting',1795398265000000,1795398265000000,0,NULL,0,NULL,'');
INSERT INTO "notices" VALUES(17,'restored:4:3:1:mail:li@mail','restored',2,1,'mail','li@mail',4,9,1,'{}','waiting',1795398300000000,1795398300000000,0,NULL,0,NULL,'');
INSERT INTO "notices" VALUES(18,'restored:4:3:3:mail:chen@mail','restored',2,3,'mail','chen@mail',4,9,1,'{}','waiting',1795398300000000,1795398300000000,0,NULL,0,NULL,'');
INSERT INTO "notices" VALUES(19,'order:5:page:2:1:mail:li@mail','page',1,1,'mail','li@mail',5,11,1,'{"layer": "first", "why": "nobody_answered", "nobody_on_duty": false}','waiting',1795398425000000,1795398425000000,0,NULL,0,NULL,'');
INSERT INTO "notices" VALUES(20,'alert:1:1:1:mail:li@mail','alert',0,1,'mail','li@mail',NULL,NULL,NULL,'{"seconds": 2.4, "alert_id": 1, "alert": "MON_CLOCK_STEP", "subject": "2026-11-23T01:10Z", "since": "2026-11-23T01:49:00+00:00", "nobody_on_duty": false}','waiting',1795398540000000,1795398540000000,0,NULL,0,NULL,'');
INSERT INTO "notices" VALUES(21,'alert:1:1:3:mail:chen@mail','alert',0,3,'mail','chen@mail',NULL,NULL,NULL,'{"seconds": 2.4, "alert_id": 1, "alert": "MON_CLOCK_STEP", "subject": "2026-11-23T01:10Z", "since": "2026-11-23T01:49:00+00:00", "nobody_on_duty": false}','waiting',1795398540000000,1795398540000000,0,NULL,0,NULL,'');
CREATE TABLE people (
	id INTEGER NOT NULL, 
	code TEXT NOT NULL, 
	name TEXT DEFAULT '' NOT NULL, 
	roles JSON NOT NULL, 
	all_sites BOOLEAN DEFAULT (false) NOT NULL, 
	customer_id INTEGER, 
	phone TEXT DEFAULT '' NOT NULL, 
	email TEXT DEFAULT '' NOT NULL, 
	channels JSON NOT NULL, 
	language TEXT DEFAULT 'zh' NOT NULL, 
	left_at BIGINT, 
	CONSTRAINT pk_people PRIMARY KEY (id), 
	CONSTRAINT ck_people_language CHECK (language IN ('zh', 'en')), 
	CONSTRAINT fk_people_customer_id FOREIGN KEY(customer_id) REFERENCES customers (id), 
	CONSTRAINT uq_people_code UNIQUE (code)
);
INSERT INTO "people" VALUES(1,'li','Li','["engineer"]',1,NULL,'','','[["mail", "li@mail"]]','zh',NULL);
INSERT INTO "people" VALUES(2,'wang','Wang','["engineer"]',1,NULL,'','','[["mail", "wang@mail"]]','zh',NULL);
INSERT INTO "people" VALUES(3,'chen','Chen','["head"]',1,NULL,'','','[["mail", "chen@mail"]]','zh',NULL);
INSERT INTO "people" VALUES(4,'zhou','周','["customer"]',0,1,'+8613800000000','','[["mail", "zhou@example.com"]]','zh',NULL);
CREATE TABLE person_sites (
	person_id INTEGER NOT NULL, 
	site_id INTEGER NOT NULL, 
	CONSTRAINT pk_person_sites PRIMARY KEY (person_id, site_id)
);
CREATE TABLE personal_links (
	id INTEGER NOT NULL, 
	token_hash TEXT NOT NULL, 
	person_id INTEGER NOT NULL, 
	subject_kind TEXT DEFAULT '' NOT NULL, 
	subject_id INTEGER NOT NULL, 
	notice_id INTEGER, 
	created_at BIGINT NOT NULL, 
	expires_at BIGINT NOT NULL, 
	used_at BIGINT, 
	CONSTRAINT pk_personal_links PRIMARY KEY (id), 
	CONSTRAINT ck_personal_links_subject_kind CHECK (subject_kind IN ('order', 'alert')), 
	CONSTRAINT fk_personal_links_person_id FOREIGN KEY(person_id) REFERENCES people (id), 
	CONSTRAINT uq_personal_links_token_hash UNIQUE (token_hash)
);
CREATE TABLE rejects (
	id INTEGER NOT NULL, 
	at BIGINT NOT NULL, 
	topic TEXT DEFAULT '' NOT NULL, 
	body BLOB NOT NULL, 
	size INTEGER NOT NULL, 
	reason TEXT DEFAULT '' NOT NULL, 
	traceback TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_rejects PRIMARY KEY (id)
);
INSERT INTO "rejects" VALUES(1,1795398540000000,'ringwatch/v1/S1/d0/health',X'FF7B',2,'not_json','');
CREATE TABLE revision (
	id INTEGER NOT NULL, 
	number BIGINT NOT NULL, 
	CONSTRAINT pk_revision PRIMARY KEY (id), 
	CONSTRAINT ck_revision_single CHECK (id = 1)
);
INSERT INTO "revision" VALUES(1,5);
CREATE TABLE schema_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT schema_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "schema_version" VALUES('0002');
CREATE TABLE seen_batches (
	id INTEGER NOT NULL, 
	count INTEGER NOT NULL, 
	pairs BLOB NOT NULL, 
	CONSTRAINT pk_seen_batches PRIMARY KEY (id)
);
INSERT INTO "seen_batches" VALUES(1,1,X'01001642104F');
INSERT INTO "seen_batches" VALUES(2,1,X'0200F1482044');
INSERT INTO "seen_batches" VALUES(3,1,X'03006E003548');
INSERT INTO "seen_batches" VALUES(4,1,X'04009238ADF8');
INSERT INTO "seen_batches" VALUES(5,1,X'05007F23D047');
INSERT INTO "seen_batches" VALUES(6,1,X'0600BA437229');
INSERT INTO "seen_batches" VALUES(7,1,X'07005D494222');
INSERT INTO "seen_batches" VALUES(8,1,X'0800C201572E');
INSERT INTO "seen_batches" VALUES(9,1,X'0900663A0B52');
INSERT INTO "seen_batches" VALUES(10,1,X'0A004E41D483');
INSERT INTO "seen_batches" VALUES(11,1,X'0B00A94BE488');
INSERT INTO "seen_batches" VALUES(12,1,X'0C003603F184');
INSERT INTO "seen_batches" VALUES(13,1,X'0D00CA3B6934');
INSERT INTO "seen_batches" VALUES(14,1,X'0E00167E59D1');
INSERT INTO "seen_batches" VALUES(15,1,X'0F00315E9EAF');
INSERT INTO "seen_batches" VALUES(16,1,X'1000D654AEA4');
INSERT INTO "seen_batches" VALUES(17,1,X'1100491CBBA8');
INSERT INTO "seen_batches" VALUES(18,1,X'1200B5242318');
INSERT INTO "seen_batches" VALUES(19,1,X'13009D5FFCC9');
INSERT INTO "seen_batches" VALUES(20,1,X'14007A55CCC2');
INSERT INTO "seen_batches" VALUES(21,1,X'1500E51DD9CE');
INSERT INTO "seen_batches" VALUES(22,1,X'160039A9B524');
INSERT INTO "seen_batches" VALUES(23,1,X'170011D26AF5');
INSERT INTO "seen_batches" VALUES(24,1,X'1800F6D85AFE');
INSERT INTO "seen_batches" VALUES(25,1,X'190069904FF2');
INSERT INTO "seen_batches" VALUES(26,1,X'1A0095A8D742');
INSERT INTO "seen_batches" VALUES(27,1,X'1B00BDD30893');
INSERT INTO "seen_batches" VALUES(28,1,X'1C005AD93898');
INSERT INTO "seen_batches" VALUES(29,1,X'1D00C5912D94');
INSERT INTO "seen_batches" VALUES(30,1,X'1E0061AA71E8');
INSERT INTO "seen_batches" VALUES(31,1,X'1F00FDE19FC8');
INSERT INTO "seen_batches" VALUES(32,1,X'2000C47A2C49');
INSERT INTO "seen_batches" VALUES(33,1,X'210023701C42');
INSERT INTO "seen_batches" VALUES(34,1,X'2200BC38094E');
INSERT INTO "seen_batches" VALUES(35,1,X'2300400091FE');
INSERT INTO "seen_batches" VALUES(36,1,X'2400687B4E2F');
INSERT INTO "seen_batches" VALUES(37,1,X'25008F717E24');
INSERT INTO "seen_batches" VALUES(38,1,X'260010396B28');
INSERT INTO "seen_batches" VALUES(39,1,X'27004502CE16');
INSERT INTO "seen_batches" VALUES(40,1,X'28006D7911C7');
INSERT INTO "seen_batches" VALUES(41,1,X'29008A7321CC');
INSERT INTO "seen_batches" VALUES(42,1,X'2A00153B34C0');
INSERT INTO "seen_batches" VALUES(43,1,X'2B00E903AC70');
INSERT INTO "seen_batches" VALUES(44,1,X'2C00C17873A1');
INSERT INTO "seen_batches" VALUES(45,1,X'2D00267243AA');
INSERT INTO "seen_batches" VALUES(46,1,X'2E00B93A56A6');
INSERT INTO "seen_batches" VALUES(47,1,X'2F001D010ADA');
INSERT INTO "seen_batches" VALUES(48,1,X'3000357AD50B');
INSERT INTO "seen_batches" VALUES(49,1,X'3100D270E500');
INSERT INTO "seen_batches" VALUES(50,1,X'32004D38F00C');
INSERT INTO "seen_batches" VALUES(51,1,X'3300B10068BC');
INSERT INTO "seen_batches" VALUES(52,1,X'3400997BB76D');
INSERT INTO "seen_batches" VALUES(53,1,X'35007E718766');
INSERT INTO "seen_batches" VALUES(54,1,X'3600E139926A');
INSERT INTO "seen_batches" VALUES(55,1,X'37005603C5D1');
INSERT INTO "seen_batches" VALUES(56,1,X'38007E781A00');
INSERT INTO "seen_batches" VALUES(57,1,X'390099722A0B');
INSERT INTO "seen_batches" VALUES(58,1,X'3A00063A3F07');
INSERT INTO "seen_batches" VALUES(59,1,X'3B00FA02A7B7');
CREATE TABLE sessions (
	token_hash TEXT NOT NULL, 
	login_id INTEGER NOT NULL, 
	created_at BIGINT NOT NULL, 
	seen_at BIGINT NOT NULL, 
	expires_at BIGINT NOT NULL, 
	agent TEXT DEFAULT '' NOT NULL, 
	address TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_sessions PRIMARY KEY (token_hash), 
	CONSTRAINT fk_sessions_login_id FOREIGN KEY(login_id) REFERENCES logins (id)
);
CREATE TABLE setup_tokens (
	token_hash TEXT NOT NULL, 
	created_at BIGINT NOT NULL, 
	used_at BIGINT, 
	CONSTRAINT pk_setup_tokens PRIMARY KEY (token_hash)
);
CREATE TABLE shifts (
	id INTEGER NOT NULL, 
	layer TEXT DEFAULT '' NOT NULL, 
	person_id INTEGER NOT NULL, 
	starts_at BIGINT NOT NULL, 
	ends_at BIGINT NOT NULL, 
	CONSTRAINT pk_shifts PRIMARY KEY (id), 
	CONSTRAINT ck_shifts_layer CHECK (layer IN ('first', 'second', 'head')), 
	CONSTRAINT ck_shifts_lasts CHECK (starts_at < ends_at), 
	CONSTRAINT fk_shifts_person_id FOREIGN KEY(person_id) REFERENCES people (id), 
	CONSTRAINT uq_shifts_layer_starts_at UNIQUE (layer, starts_at)
);
INSERT INTO "shifts" VALUES(1,'first',1,1435881600000000,2127081600000000);
INSERT INTO "shifts" VALUES(2,'second',2,1435881600000000,2127081600000000);
INSERT INTO "shifts" VALUES(3,'head',3,1435881600000000,2127081600000000);
CREATE TABLE sites (
	id INTEGER NOT NULL, 
	code TEXT NOT NULL, 
	name TEXT DEFAULT '' NOT NULL, 
	customer_id INTEGER NOT NULL, 
	contract_id INTEGER, 
	address TEXT DEFAULT '' NOT NULL, 
	lon FLOAT, 
	lat FLOAT, 
	given_crs TEXT DEFAULT '' NOT NULL, 
	zone TEXT DEFAULT '' NOT NULL, 
	zone_how TEXT DEFAULT '' NOT NULL, 
	zone_reason TEXT DEFAULT '' NOT NULL, 
	on_site_hours FLOAT NOT NULL, 
	on_site_rule TEXT DEFAULT '' NOT NULL, 
	key_project BOOLEAN DEFAULT (false) NOT NULL, 
	retention_days INTEGER, 
	access_note TEXT DEFAULT '' NOT NULL, 
	timezone TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_sites PRIMARY KEY (id), 
	CONSTRAINT ck_sites_given_crs CHECK (given_crs IN ('', 'wgs84', 'gcj02', 'bd09')), 
	CONSTRAINT ck_sites_zone CHECK (zone IN ('ring1', 'ring2', 'ring3', 'city', 'neighbour', 'remote')), 
	CONSTRAINT ck_sites_on_site_hours CHECK (on_site_hours > 0), 
	CONSTRAINT fk_sites_contract_id FOREIGN KEY(contract_id) REFERENCES contracts (id), 
	CONSTRAINT fk_sites_customer_id FOREIGN KEY(customer_id) REFERENCES customers (id), 
	CONSTRAINT uq_sites_code UNIQUE (code)
);
INSERT INTO "sites" VALUES(1,'S1','S1',1,1,'',NULL,NULL,'','ring1','manual','',2.0,'zone.table',0,NULL,'','Asia/Shanghai');
INSERT INTO "sites" VALUES(2,'S2','S2',2,NULL,'',NULL,NULL,'','ring1','manual','',2.0,'zone.table',0,NULL,'','Asia/Shanghai');
CREATE TABLE systems (
	id INTEGER NOT NULL, 
	site_id INTEGER NOT NULL, 
	code TEXT NOT NULL, 
	name TEXT DEFAULT '' NOT NULL, 
	kind TEXT DEFAULT '' NOT NULL, 
	size TEXT DEFAULT '' NOT NULL, 
	complexity TEXT DEFAULT '' NOT NULL, 
	importance TEXT DEFAULT '' NOT NULL, 
	extra_cycles TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_systems PRIMARY KEY (id), 
	CONSTRAINT fk_systems_site_id FOREIGN KEY(site_id) REFERENCES sites (id), 
	CONSTRAINT uq_systems_site_id_code UNIQUE (site_id, code)
);
INSERT INTO "systems" VALUES(1,1,'V','视频','video','','','','');
CREATE TABLE throttles (
	"key" TEXT NOT NULL, 
	failures INTEGER NOT NULL, 
	last_at BIGINT NOT NULL, 
	blocked_until BIGINT, 
	CONSTRAINT pk_throttles PRIMARY KEY ("key")
);
CREATE TABLE work_orders (
	id INTEGER NOT NULL, 
	number TEXT NOT NULL, 
	site_id INTEGER NOT NULL, 
	root_fault_id INTEGER NOT NULL, 
	severity TEXT DEFAULT '' NOT NULL, 
	version INTEGER DEFAULT '1' NOT NULL, 
	opened_at BIGINT NOT NULL, 
	clock_started_at BIGINT NOT NULL, 
	clock_source TEXT DEFAULT '' NOT NULL, 
	zone TEXT DEFAULT '' NOT NULL, 
	on_site_hours FLOAT NOT NULL, 
	on_site_rule TEXT DEFAULT '' NOT NULL, 
	on_site_by BIGINT NOT NULL, 
	pages_made INTEGER DEFAULT '0' NOT NULL, 
	ladder_started_at BIGINT, 
	first_paged_id INTEGER, 
	received_by INTEGER, 
	received_at BIGINT, 
	head_id INTEGER, 
	head_informed_at BIGINT, 
	arranged_at BIGINT, 
	arranged_by INTEGER, 
	self_dispatched_at BIGINT, 
	assignee_id INTEGER, 
	dispatched_at BIGINT, 
	appointment_at BIGINT, 
	departed_at BIGINT, 
	arrived_at BIGINT, 
	late_reason TEXT DEFAULT '' NOT NULL, 
	diagnosed_at BIGINT, 
	diagnosis TEXT DEFAULT '' NOT NULL, 
	repaired_at BIGINT, 
	repair TEXT DEFAULT '' NOT NULL, 
	verified_at BIGINT, 
	verified_how TEXT DEFAULT '' NOT NULL, 
	left_at BIGINT, 
	accepted_at BIGINT, 
	accepted_by TEXT DEFAULT '' NOT NULL, 
	closed_at BIGINT, 
	close_reason TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_work_orders PRIMARY KEY (id), 
	CONSTRAINT ck_work_orders_clock_source CHECK (clock_source IN ('customer_notice', 'monitor')), 
	CONSTRAINT ck_work_orders_closed_for_a_reason CHECK (closed_at IS NULL OR close_reason <> ''), 
	CONSTRAINT ck_work_orders_severity CHECK (severity IN ('emergency', 'major', 'minor')), 
	CONSTRAINT ck_work_orders_zone CHECK (zone IN ('ring1', 'ring2', 'ring3', 'city', 'neighbour', 'remote')), 
	CONSTRAINT ck_work_orders_deadline_after_start CHECK (on_site_by > clock_started_at), 
	CONSTRAINT fk_work_orders_arranged_by FOREIGN KEY(arranged_by) REFERENCES people (id), 
	CONSTRAINT fk_work_orders_assignee_id FOREIGN KEY(assignee_id) REFERENCES people (id), 
	CONSTRAINT fk_work_orders_first_paged_id FOREIGN KEY(first_paged_id) REFERENCES people (id), 
	CONSTRAINT fk_work_orders_head_id FOREIGN KEY(head_id) REFERENCES people (id), 
	CONSTRAINT fk_work_orders_received_by FOREIGN KEY(received_by) REFERENCES people (id), 
	CONSTRAINT fk_work_orders_root_fault_id FOREIGN KEY(root_fault_id) REFERENCES faults (id), 
	CONSTRAINT fk_work_orders_site_id FOREIGN KEY(site_id) REFERENCES sites (id), 
	CONSTRAINT uq_work_orders_number UNIQUE (number)
);
INSERT INTO "work_orders" VALUES(1,'2026-00001',1,4,'major',11,1795395720000000,1795395720000000,'monitor','ring1',2.0,'zone.table',1795402920000000,1,1795395720000000,1,1,1795396080000000,3,1795395720000000,NULL,NULL,NULL,1,1795396380000000,NULL,1795396380000000,1795396680000000,'',1795396980000000,'水晶头氧化',1795397280000000,'更换水晶头',1795397340000000,'telemetry',1795397820000000,1795398120000000,'周',1795398120000000,'accepted');
INSERT INTO "work_orders" VALUES(2,'2026-00002',1,5,'major',3,1795397285000000,1795397285000000,'monitor','ring1',2.0,'zone.table',1795404485000000,1,1795397285000000,1,NULL,NULL,3,1795397285000000,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'',NULL,'',NULL,'',NULL,'',NULL,NULL,'',1795397410000000,'recovered');
INSERT INTO "work_orders" VALUES(3,'2026-00003',1,7,'major',3,1795397285000000,1795397285000000,'monitor','ring1',2.0,'zone.table',1795404485000000,1,1795397285000000,1,NULL,NULL,3,1795397285000000,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'',NULL,'',NULL,'',NULL,'',NULL,NULL,'',1795397425000000,'recovered');
INSERT INTO "work_orders" VALUES(4,'2026-00004',1,9,'major',3,1795398125000000,1795398125000000,'monitor','ring1',2.0,'zone.table',1795405325000000,1,1795398125000000,1,NULL,NULL,3,1795398125000000,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'',NULL,'',NULL,'',NULL,'',NULL,NULL,'',1795398300000000,'recovered');
INSERT INTO "work_orders" VALUES(5,'2026-00005',1,11,'major',3,1795398125000000,1795398125000000,'monitor','ring1',2.0,'zone.table',1795405325000000,2,1795398125000000,1,NULL,NULL,3,1795398125000000,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'',NULL,'',NULL,'',NULL,'',NULL,NULL,'',NULL,'');
CREATE INDEX ix_deadlines_due_at ON deadlines (due_at);
CREATE INDEX ix_deaf_spells_ends_at ON deaf_spells (ends_at);
CREATE INDEX ix_discovered_last_at ON discovered (last_at);
CREATE INDEX ix_journal_at ON journal (at);
CREATE INDEX ix_journal_device_id ON journal (device_id);
CREATE INDEX ix_journal_fault_id ON journal (fault_id);
CREATE INDEX ix_journal_order_id ON journal (order_id);
CREATE INDEX ix_rejects_at ON rejects (at);
CREATE INDEX ix_throttles_last_at ON throttles (last_at);
CREATE INDEX ix_contracts_customer_id ON contracts (customer_id);
CREATE INDEX ix_people_customer_id ON people (customer_id);
CREATE INDEX ix_sessions_expires_at ON sessions (expires_at);
CREATE INDEX ix_sessions_login_id ON sessions (login_id);
CREATE UNIQUE INDEX one_open_alert_of_a_kind ON alerts (code, subject) WHERE cleared_at IS NULL;
CREATE INDEX ix_personal_links_expires_at ON personal_links (expires_at);
CREATE INDEX ix_personal_links_person_id ON personal_links (person_id);
CREATE INDEX ix_shifts_layer_ends_at ON shifts (layer, ends_at);
CREATE INDEX ix_shifts_person_id ON shifts (person_id);
CREATE INDEX ix_sites_contract_id ON sites (contract_id);
CREATE INDEX ix_sites_customer_id ON sites (customer_id);
CREATE INDEX ix_systems_site_id ON systems (site_id);
CREATE INDEX ix_devices_system_id ON devices (system_id);
CREATE INDEX ix_device_links_parent_id ON device_links (parent_id);
CREATE INDEX ix_faults_device_id_opened_at ON faults (device_id, opened_at);
CREATE INDEX ix_faults_explained_by ON faults (explained_by);
CREATE INDEX ix_faults_opened_at ON faults (opened_at);
CREATE INDEX ix_faults_order_id ON faults (order_id);
CREATE UNIQUE INDEX one_open_fault_of_a_kind ON faults (device_id, code, point) WHERE cleared_at IS NULL;
CREATE INDEX open_faults_of_a_site ON faults (site_id) WHERE cleared_at IS NULL;
CREATE INDEX ix_work_orders_assignee_id ON work_orders (assignee_id);
CREATE INDEX ix_work_orders_closed_at ON work_orders (closed_at);
CREATE INDEX ix_work_orders_site_id_opened_at ON work_orders (site_id, opened_at);
CREATE UNIQUE INDEX one_open_order_per_root_cause ON work_orders (root_fault_id) WHERE closed_at IS NULL;
CREATE INDEX open_orders_by_deadline ON work_orders (on_site_by) WHERE closed_at IS NULL;
CREATE INDEX ix_notices_created_at ON notices (created_at);
CREATE INDEX ix_notices_fault_id ON notices (fault_id);
CREATE INDEX ix_notices_order_id ON notices (order_id);
CREATE INDEX ix_notices_person_id ON notices (person_id);
CREATE INDEX ix_notices_site_id ON notices (site_id);
CREATE INDEX notices_to_send ON notices (rank, created_at) WHERE state IN ('waiting', 'sending', 'failed');
CREATE INDEX ix_notice_attempts_notice_id ON notice_attempts (notice_id);
CREATE INDEX ix_api_tokens_person_id ON api_tokens (person_id);
CREATE INDEX ix_api_answers_at ON api_answers (at);
COMMIT;
