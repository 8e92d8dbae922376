SELECT {schema}.normalise(t) AS normal FROM (VALUES ('  Hello   WORLD '), ('STRASSE Straße'), ('ﬁne Ａｂｃ①'), (NULL)) AS texts(t);
-- normal
-- hello world
-- strasse strasse
-- fine abc1
--

SELECT {schema}.slug(t) AS slug FROM (VALUES ('Hello, World!'), ('Crème brûlée'), ('JFK → Los Angeles (2013)'), ('Don''t stop'), ('Москва'), (NULL)) AS texts(t);
-- slug
-- hello-world
-- creme-brulee
-- jfk-los-angeles-2013
-- dont-stop
-- moskva
--

SELECT {schema}.slug('?!') = '' AS empty, {schema}.normalise('   ') = '' AS blank;
-- empty,blank
-- true,true
