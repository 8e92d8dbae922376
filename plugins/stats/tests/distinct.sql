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
