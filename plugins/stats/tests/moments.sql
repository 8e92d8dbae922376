SELECT round({schema}.corr_pearson(x, y), 12) AS anscombe FROM (VALUES (10, 8.04), (8, 6.95), (13, 7.58), (9, 8.81), (11, 8.33), (14, 9.96), (6, 7.24), (4, 4.26), (12, 10.84), (7, 4.82), (5, 5.68), (NULL, 3.0), (3, NULL)) AS t(x, y);
-- anscombe
-- 0.816420516345

SELECT {schema}.corr_pearson(x, y) AS r FROM (VALUES (1.0, 2.0), (1.0, 3.0)) AS t(x, y);
-- r
--

SELECT g, {schema}.weighted_mean(v, w) AS mean FROM (VALUES ('a', 10.0, 1.0), ('a', 20.0, 3.0), ('a', NULL, 9.0), ('b', 5.0, 0.0)) AS t(g, v, w) GROUP BY g ORDER BY g;
-- g,mean
-- a,17.5
-- b,

SELECT {schema}.weighted_mean(v, w) FROM (VALUES (1.0, -2.0)) AS t(v, w);
-- error: a weight is a number that is not negative, not -2
