SELECT {schema}.initials('ada lovelace') AS initials;
-- initials
-- AL

SELECT {schema}.initials(NULL) IS NULL AS propagates;
-- propagates
-- true

SELECT {schema}.longest(name) AS longest FROM (VALUES ('Ada'), ('Grace'), (NULL), ('Edsger')) AS people(name);
-- longest
-- Edsger

SELECT * FROM {schema}.words('make new land');
-- word,position
-- make,1
-- new,2
-- land,3
