SELECT {schema}.mask_email(t) AS masked FROM (VALUES ('jane.doe@example.com'), ('j@example.com'), ('no address'), (NULL)) AS texts(t);
-- masked
-- j***@example.com
-- ***@example.com
-- ** *******
--

SELECT {schema}.mask_phone(t) AS masked FROM (VALUES ('+31 20 794 0958'), ('(212) 555-0123'), ('112'), (NULL)) AS texts(t);
-- masked
-- +** ** *** *958
-- (***) ***-*123
-- ***
--

SELECT {schema}.mask_card(t) AS masked FROM (VALUES ('4111 1111 1111 1111'), ('4111 1111 1111 1112'), ('378282246310005'), (NULL)) AS texts(t);
-- masked
-- **** **** **** 1111
-- **** **** **** ****
-- ***********0005
--

SELECT {schema}.mask_iban(t) AS masked FROM (VALUES ('NL91 ABNA 0417 1643 00'), ('NL92 ABNA 0417 1643 00'), (NULL)) AS texts(t);
-- masked
-- NL** **** **** **43 00
-- **** **** **** **** **
--

SELECT {schema}.luhn_valid(t) AS valid FROM (VALUES ('79927398713'), ('79927398710'), ('4111 1111 1111 1111'), ('x'), (NULL)) AS texts(t);
-- valid
-- true
-- false
-- true
-- false
--

SELECT {schema}.iban_valid(t) AS valid FROM (VALUES ('GB82 WEST 1234 5698 7654 32'), ('GB82 WEST 1234 5698 7654 33'), ('DE89370400440532013000'), ('DE8937040044053201300'), (NULL)) AS texts(t);
-- valid
-- true
-- false
-- true
-- false
--
