-- Ringwatch 0.1.0 (tables: main 0002, telemetry 0001) after one night, dumped as its own code left it.
BEGIN TRANSACTION;
CREATE TABLE hot (
	shard INTEGER NOT NULL, 
	at_ms BIGINT NOT NULL, 
	lines TEXT NOT NULL, 
	PRIMARY KEY (shard, at_ms)
)
 WITHOUT ROWID

;
INSERT INTO "hot" VALUES(0,1795398420000,'[1,{"battery_pct":88.0,"temperature_c":31.5,"clock_offset_s":0.0}]
');
INSERT INTO "hot" VALUES(0,1795398430000,'[2,{"battery_pct":88.0,"temperature_c":31.5,"clock_offset_s":0.0}]
');
INSERT INTO "hot" VALUES(0,1795398435000,'[4,{"battery_pct":88.0,"temperature_c":31.5,"clock_offset_s":0.0}]
');
INSERT INTO "hot" VALUES(0,1795398445000,'[3,{"battery_pct":88.0,"temperature_c":31.5,"clock_offset_s":0.0}]
');
INSERT INTO "hot" VALUES(0,1795398480000,'[1,{"battery_pct":88.0,"temperature_c":31.5,"clock_offset_s":0.0}]
');
INSERT INTO "hot" VALUES(0,1795398490000,'[2,{"battery_pct":88.0,"temperature_c":31.5,"clock_offset_s":0.0}]
');
INSERT INTO "hot" VALUES(0,1795398495000,'[4,{"battery_pct":88.0,"temperature_c":31.5,"clock_offset_s":0.0}]
');
INSERT INTO "hot" VALUES(0,1795398505000,'[3,{"battery_pct":88.0,"temperature_c":31.5,"clock_offset_s":0.0}]
');
INSERT INTO "hot" VALUES(0,1795398540000,'[1,{"battery_pct":88.0,"temperature_c":31.5,"clock_offset_s":0.0}]
');
CREATE TABLE hourly (
	device_id INTEGER NOT NULL, 
	metric TEXT NOT NULL, 
	hour INTEGER NOT NULL, 
	samples INTEGER NOT NULL, 
	low FLOAT NOT NULL, 
	high FLOAT NOT NULL, 
	total FLOAT NOT NULL, 
	PRIMARY KEY (device_id, metric, hour)
)
 WITHOUT ROWID

;
INSERT INTO "hourly" VALUES(1,'battery_pct',498721,14,88.0,88.0,1232.0);
INSERT INTO "hourly" VALUES(1,'clock_offset_s',498721,14,0.0,0.0,0.0);
INSERT INTO "hourly" VALUES(1,'temperature_c',498721,14,31.5,31.5,441.0);
INSERT INTO "hourly" VALUES(2,'battery_pct',498721,14,88.0,88.0,1232.0);
INSERT INTO "hourly" VALUES(2,'clock_offset_s',498721,14,0.0,0.0,0.0);
INSERT INTO "hourly" VALUES(2,'temperature_c',498721,14,31.5,31.5,441.0);
INSERT INTO "hourly" VALUES(3,'battery_pct',498721,14,88.0,88.0,1232.0);
INSERT INTO "hourly" VALUES(3,'clock_offset_s',498721,14,0.0,0.0,0.0);
INSERT INTO "hourly" VALUES(3,'temperature_c',498721,14,31.5,31.5,441.0);
INSERT INTO "hourly" VALUES(4,'battery_pct',498721,14,88.0,88.0,1232.0);
INSERT INTO "hourly" VALUES(4,'clock_offset_s',498721,14,0.0,0.0,0.0);
INSERT INTO "hourly" VALUES(4,'temperature_c',498721,14,31.5,31.5,441.0);
CREATE TABLE telemetry_schema_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT telemetry_schema_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "telemetry_schema_version" VALUES('0001');
CREATE INDEX ix_hot_at_ms ON hot (at_ms);
COMMIT;
