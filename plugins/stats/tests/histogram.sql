SELECT * FROM {schema}.histogram([1.0, 2.0, 2.0, NULL, 3.0, 5.0], 4);
-- bin,low,high,count
-- 1,1.0,2.0,1
-- 2,2.0,3.0,2
-- 3,3.0,4.0,1
-- 4,4.0,5.0,1

SELECT * FROM {schema}.histogram([7.0, 7.0], 2);
-- bin,low,high,count
-- 1,6.5,7.0,0
-- 2,7.0,7.5,2

SELECT id, b['low'] AS low, b['count'] AS count FROM (SELECT id, unnest({schema}.histogram(v, 2)) AS b FROM (VALUES (1, [0.0, 1.0, 2.0]), (2, [5.0, 9.0])) AS t(id, v)) ORDER BY id, low;
-- id,low,count
-- 1,0.0,1
-- 1,1.0,2
-- 2,5.0,1
-- 2,7.0,1

SELECT * FROM {schema}.histogram([1.0], 0);
-- error: a histogram has 1 to 10000 bins, not 0
