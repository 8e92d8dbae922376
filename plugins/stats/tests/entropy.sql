SELECT round({schema}.entropy(v), 12) AS bits FROM (VALUES ('a'), ('b'), ('b'), (NULL), ('b')) AS t(v);
-- bits
-- 0.811278124459

SELECT g, {schema}.entropy(v) AS bits FROM (VALUES (1, 'x'), (1, 'y'), (2, 'x'), (2, 'x'), (3, NULL)) AS t(g, v) GROUP BY g ORDER BY g;
-- g,bits
-- 1,1.0
-- 2,0.0
-- 3,

SELECT round({schema}.entropy(value % 1024), 9) AS bits FROM generate_series(1, 102400);
-- bits
-- 10.0
