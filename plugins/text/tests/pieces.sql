SELECT * FROM {schema}.tokens('The (can''t) of 3.14');
-- token,position
-- The,1
-- can't,2
-- of,3
-- 3.14,4

SELECT count(*) AS n FROM {schema}.tokens(' ?! ');
-- n
-- 0

SELECT count(*) AS n FROM {schema}.tokens(NULL);
-- n
-- 0

SELECT id, piece['token'] AS token, piece['position'] AS position FROM (SELECT id, unnest({schema}.tokens(t)) AS piece FROM (VALUES (1, 'a b'), (2, NULL), (3, 'c')) AS texts(id, t)) ORDER BY id, position;
-- id,token,position
-- 1,a,1
-- 1,b,2
-- 3,c,1

SELECT * FROM {schema}.ngrams('polder', 4);
-- ngram,position
-- pold,1
-- olde,2
-- lder,3

SELECT count(*) AS n FROM {schema}.ngrams('ab', 3);
-- n
-- 0

SELECT * FROM {schema}.ngrams('ab', 0);
-- error: an n-gram has at least one character, not 0
