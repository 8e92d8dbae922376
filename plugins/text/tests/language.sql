SELECT {schema}.language(t) AS language, {schema}.language_confidence(t) > 0.2 AS sure FROM (VALUES ('All human beings are born free and equal in dignity and rights.'), ('Alle mensen worden vrij en gelijk in waardigheid en rechten geboren.'), ('Tous les êtres humains naissent libres et égaux en dignité et en droits.'), ('12:34'), (NULL)) AS texts(t);
-- language,sure
-- eng,true
-- nld,true
-- fra,true
-- ,
-- ,
