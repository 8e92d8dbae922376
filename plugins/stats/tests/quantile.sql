SELECT round({schema}.approx_quantile(v, 0.25), 6) AS q25, round({schema}.approx_quantile(v, 0.5), 6) AS q50, round({schema}.approx_quantile(v, 0.9), 6) AS q90 FROM (VALUES (1), (2), (NULL), (3), (4), (10)) AS t(v);
-- q25,q50,q90
-- 2.0,3.0,7.6

SELECT array_to_string({schema}.approx_quantiles(v, [0.0, 0.5, 1.0]), ' ') AS qs FROM (VALUES (1.0), (2.0), (4.0)) AS t(v);
-- qs
-- 1 2 4

SELECT {schema}.approx_quantile(v, 0.5) AS median FROM (VALUES (1.0), (2.0)) AS t(v) WHERE v > 5;
-- median
--

SELECT g, {schema}.approx_quantile(v, 0.5) AS median FROM (VALUES ('a', 1.0), ('b', 10.0), ('a', 3.0), ('c', NULL)) AS t(g, v) GROUP BY g ORDER BY g;
-- g,median
-- a,2.0
-- b,10.0
-- c,

SELECT abs({schema}.approx_quantile(value, 0.5) - 50000.5) < 500 AS middle, abs({schema}.approx_quantile(value, 0.99) - 99000.01) < 100 AS tail FROM generate_series(1, 100000);
-- middle,tail
-- true,true

SELECT {schema}.approx_quantile(v, 1.5) FROM (VALUES (1.0)) AS t(v);
-- error: a quantile is a number from 0 to 1, not 1.5

SELECT {schema}.approx_quantile(v, v) FROM (VALUES (0.1), (0.2)) AS t(v);
-- error: must be a constant
