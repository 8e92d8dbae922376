-- A tour of Polder over the real on-time data of all 336,776 flights that left New York's airports in 2013.
--
-- `polder demo` builds the plugins, runs this file and shows each answer. To run it yourself, from the root
-- of the repository:
--     for plugin in geo text stats pii; do polder plugin build plugins/$plugin; done
--     polder sql -f examples/nycflights.sql
-- Lines that begin with `-- >` tell what follows; `-- > as NAME` changes who asks; `-- > denied` says that
-- the next statement must be refused.

-- > A volume governs a folder of files; read_files reads them under its grants.
CREATE VOLUME main.default.raw LOCATION 'examples/data/nycflights13';
CREATE SCHEMA main.nyc COMMENT 'Flights from New York in 2013';

-- > Five Delta tables from Parquet files, the largest partitioned by airport.
CREATE TABLE main.nyc.flights PARTITIONED BY (origin) AS
SELECT * FROM read_files('/Volumes/main/default/raw/flights.parquet');
CREATE TABLE main.nyc.airports AS SELECT * FROM read_files('/Volumes/main/default/raw/airports.parquet');
CREATE TABLE main.nyc.airlines AS SELECT * FROM read_files('/Volumes/main/default/raw/airlines.parquet');
CREATE TABLE main.nyc.planes AS SELECT * FROM read_files('/Volumes/main/default/raw/planes.parquet');
CREATE TABLE main.nyc.weather AS SELECT * FROM read_files('/Volumes/main/default/raw/weather.parquet');

-- > Four plugins, each a WebAssembly component pinned by its digest; their functions now live in schemas.
CREATE SCHEMA main.geo;
CREATE SCHEMA main.text;
CREATE SCHEMA main.stats;
CREATE SCHEMA main.pii;
INSTALL PLUGIN geo FROM 'plugins/geo/target/polder/geo.wasm' INTO SCHEMA main.geo;
INSTALL PLUGIN text FROM 'plugins/text/target/polder/text.wasm' INTO SCHEMA main.text;
INSTALL PLUGIN stats FROM 'plugins/stats/target/polder/stats.wasm' INTO SCHEMA main.stats;
INSTALL PLUGIN pii FROM 'plugins/pii/target/polder/pii.wasm' INTO SCHEMA main.pii;
USE main.nyc;

-- > Do long flights leave later? A sandboxed function runs once per row, in GROUP BY as anywhere else.
SELECT CAST(floor(main.geo.haversine(o.lat, o.lon, d.lat, d.lon) / 1000) AS INT) AS thousand_km,
       count(*) AS flights,
       round(avg(f.dep_delay), 1) AS avg_delay_min
FROM flights f
JOIN airports o ON o.faa = f.origin
JOIN airports d ON d.faa = f.dest
GROUP BY thousand_km
ORDER BY thousand_km;

-- > Which large airline is punctual? Aggregates are vectorised over groups: t-digest quantiles, HyperLogLog counts.
SELECT a.name AS airline,
       count(*) AS flights,
       round(main.stats.approx_quantile(f.dep_delay, 0.5), 0) AS median_min,
       round(main.stats.approx_quantile(f.dep_delay, 0.95), 0) AS p95_min,
       main.stats.approx_distinct(f.tailnum) AS planes
FROM flights f JOIN airlines a ON a.carrier = f.carrier
GROUP BY a.name
ORDER BY flights DESC
LIMIT 8;

-- > A table function in FROM: the shape of departure delays under two hours.
SELECT * FROM main.stats.histogram((SELECT array_agg(CAST(dep_delay AS DOUBLE)) FROM flights WHERE dep_delay < 120), 7);

-- > A table function for each row: the words in the names of airports.
SELECT t['token'] AS word, count(*) AS airports
FROM (SELECT unnest(main.text.tokens(name)) AS t FROM airports)
GROUP BY word ORDER BY airports DESC, word LIMIT 5;

-- > In a window frame: a sliding weighted mean, delays weighted by distance, over three months.
SELECT month, round(avg(delay), 1) AS delay,
       round(main.stats.weighted_mean(avg(delay), CAST(sum(distance) AS DOUBLE)) OVER (ORDER BY month ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING), 2) AS smoothed
FROM (SELECT month, CAST(dep_delay AS DOUBLE) AS delay, distance FROM flights WHERE dep_delay IS NOT NULL)
GROUP BY month ORDER BY month LIMIT 4;

-- > Late corrections arrive: cancelled flights of 8 February (a blizzard) were in fact diverted.
CREATE TABLE corrections AS
SELECT carrier, flight, origin, month, day, 0 AS dep_delay
FROM flights WHERE month = 2 AND day = 8 AND dep_delay IS NULL;

-- > MERGE brings them in, in one Delta commit; a plugin function takes part in the assignment.
MERGE INTO flights AS f
USING corrections AS c
ON f.carrier = c.carrier AND f.flight = c.flight AND f.origin = c.origin AND f.month = c.month AND f.day = c.day
WHEN MATCHED THEN UPDATE SET dep_delay = c.dep_delay, tailnum = main.text.slug(coalesce(f.tailnum, 'unknown'));

-- > Time travel: the same question before and after.
SELECT 'before' AS version, count(*) AS flights, count(dep_delay) AS departed FROM flights VERSION AS OF 0 WHERE month = 2 AND day = 8
UNION ALL
SELECT 'after', count(*), count(dep_delay) FROM flights WHERE month = 2 AND day = 8
ORDER BY version DESC;

-- > Personal data: a table that few should read, and a view that masks it for the others.
CREATE TABLE crew (name STRING, email STRING, phone STRING, card STRING);
INSERT INTO crew VALUES
  ('Ada Byron', 'ada.byron@example.com', '+1 212 555 0142', '4111 1111 1111 1111'),
  ('Amelia Earhart', 'amelia@example.org', '(718) 555-0199', '5500 0000 0000 0004');
CREATE VIEW crew_masked AS
SELECT main.pii.pseudonym(name, 'correct horse battery staple') AS name,
       main.pii.mask_email(email) AS email,
       main.pii.mask_phone(phone) AS phone,
       main.pii.mask_card(card) AS card
FROM crew;

-- > An analyst may look around in the schema and read the masked view, no more.
CREATE USER IF NOT EXISTS analyst;
GRANT USE CATALOG ON CATALOG main TO analyst;
GRANT USE SCHEMA, BROWSE ON SCHEMA main.nyc TO analyst;
GRANT SELECT ON VIEW main.nyc.crew_masked TO analyst;

-- > as analyst
-- > The view runs with its owner's rights: the analyst sees masked values, and needs no right on the table.
SELECT * FROM main.nyc.crew_masked;

-- > denied
-- > The table itself is refused, with the statement that would allow it.
SELECT * FROM main.nyc.crew;

-- > as owner
USE main.nyc;

-- > A derived table, built with two plugins from three tables.
CREATE TABLE routes AS
SELECT f.origin, f.dest, d.name AS destination,
       main.geo.geohash_encode(d.lat, d.lon, 5) AS cell,
       round(main.geo.haversine(o.lat, o.lon, d.lat, d.lon), 0) AS km,
       main.stats.approx_quantile(f.arr_delay, 0.9) AS p90_arr_delay
FROM flights f JOIN airports o ON o.faa = f.origin JOIN airports d ON d.faa = f.dest
GROUP BY f.origin, f.dest, d.name, o.lat, o.lon, d.lat, d.lon;

-- > Its lineage: every table with its version, every component with its digest, column by column.
SELECT source_table, source_version AS version, target_table, components
FROM system.access.table_lineage WHERE target_table = 'main.nyc.routes';
SELECT target_column, string_agg(source_table || '.' || source_column, ', ' ORDER BY source_column) AS made_from
FROM system.access.column_lineage WHERE target_table = 'main.nyc.routes'
GROUP BY target_column ORDER BY target_column;

-- > And the audit log knows who was refused what.
SELECT principal, action_name, object_name, outcome FROM system.access.audit WHERE outcome = 'denied';
