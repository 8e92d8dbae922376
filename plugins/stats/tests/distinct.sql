SELECT {schema}.approx_distinct(v) AS n FROM (VALUES ('a'), ('b'), (NULL), ('a')) AS t(v);
-- n
-- 2

SELECT {schema}.approx_distinct(value % 200) AS n FROM generate_series(1, 10000);
-- n
-- 200

SELECT {schema}.approx_distinct(v) AS n FROM (VALUES ('a')) AS t(v) WHERE v = 'b';
-- n
-- 0

SELECT value % 2 AS g, abs({schema}.approx_distinct(value / 2) - 25000) < 1250 AS close FROM generate_series(1, 49999) GROUP BY g ORDER BY g;
-- g,close
-- 0,true
-- 1,true

SELECT {schema}.approx_distinct(b) AS booleans, {schema}.approx_distinct(d) AS dates, {schema}.approx_distinct(f) AS doubles, {schema}.approx_distinct(NULL) AS nothing FROM (VALUES (true, DATE '2013-01-01', 0.0), (true, DATE '2013-01-02', -0.0), (NULL, NULL, 1.5)) AS t(b, d, f);
-- booleans,dates,doubles,nothing
-- 1,2,2,0

SELECT {schema}.approx_distinct([1, 2]);
-- error: values of this type cannot be counted
