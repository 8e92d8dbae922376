SELECT * FROM {schema}.detect('Größe 9, mail jane@example.com, pay NL91 ABNA 0417 1643 00');
-- kind,start,length,value
-- email,15,16,jane@example.com
-- iban,37,22,NL91 ABNA 0417 1643 00

SELECT id, found['kind'] AS kind, found['value'] AS value FROM (SELECT id, unnest({schema}.detect(t)) AS found FROM (VALUES (1, 'call (212) 555-0123'), (2, NULL), (3, 'nothing'), (4, 'card 4111 1111 1111 1111')) AS texts(id, t)) ORDER BY id;
-- id,kind,value
-- 1,phone,(212) 555-0123
-- 4,card,4111 1111 1111 1111

SELECT array_to_string({schema}.detect_kinds('jane@example.com or +31 20 794 0958, not joe@example.com'), ' ') AS kinds;
-- kinds
-- email phone

SELECT {schema}.contains_pii(t) AS found FROM (VALUES ('jane@example.com'), ('2013-01-15 10:05:00'), ('4111 1111 1111 1112'), (NULL)) AS texts(t);
-- found
-- true
-- false
-- false
--

SELECT {schema}.mask(t) AS masked FROM (VALUES ('Mail jane@example.com or call (212) 555-0123.'), ('Card 4111-1111-1111-1111'), ('flight 1545 of N14228'), (NULL)) AS texts(t);
-- masked
-- Mail j***@example.com or call (***) ***-*123.
-- Card ****-****-****-1111
-- flight 1545 of N14228
--
