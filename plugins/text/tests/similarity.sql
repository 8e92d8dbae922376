SELECT {schema}.edit_distance(a, b) AS edits FROM (VALUES ('kitten', 'sitting'), ('', 'abc'), ('naïve', 'naive'), ('same', 'same'), (NULL, 'x')) AS pairs(a, b);
-- edits
-- 3
-- 3
-- 1
-- 0
--

SELECT round({schema}.jaro_winkler(a, b), 3) AS likeness FROM (VALUES ('MARTHA', 'MARHTA'), ('DWAYNE', 'DUANE'), ('DIXON', 'DICKSONX'), ('A', 'Z'), ('A', NULL)) AS pairs(a, b);
-- likeness
-- 0.961
-- 0.84
-- 0.813
-- 0.0
--
