SELECT {schema}.pseudonym(t, 'correct horse battery staple') AS pseudonym FROM (VALUES ('4111 1111 1111 1111'), ('N14228'), ('Jane Doe-Smith'), ('jane.doe99@example.com'), ('Ольга Иванова'), ('山田太郎'), ('0000000'), ('--'), (NULL)) AS texts(t);
-- pseudonym
-- 4741 7062 3168 3865
-- M42858
-- Pjox Ayh-Cwkue
-- krdz.mmi68@pbziahw.fpm
-- Злѝмы Сгѐяојє
-- 屎膀楏蒲
-- 6498750
-- --
--

SELECT {schema}.unpseudonym('Pjox Ayh-Cwkue', 'correct horse battery staple') AS name, {schema}.unpseudonym('M42858', 'correct horse battery staple') AS tail, {schema}.unpseudonym(NULL, 'correct horse battery staple') AS unknown;
-- name,tail,unknown
-- Jane Doe-Smith,N14228,

SELECT {schema}.unpseudonym('M42858', 'another horse battery staple') = 'N14228' AS same;
-- same
-- false

SELECT {schema}.token(t, 'correct horse battery staple') AS token FROM (VALUES ('N14228'), (''), (NULL)) AS texts(t);
-- token
-- a1ba791d4399b91d8ecddbed735440e3
-- 63a06b957a45fd239194813ca27e3d7e
--

SELECT {schema}.pseudonym('N14228', 'short');
-- error: the secret is too weak

SELECT {schema}.token('N14228', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaa');
-- error: the secret is too weak

SELECT {schema}.pseudonym('12345', 'correct horse battery staple');
-- error: only 100000 possible pseudonyms

SELECT {schema}.pseudonym('नमस्ते', 'correct horse battery staple');
-- error: its alphabet is not supported
