SELECT lat, lon, {schema}.point_in_polygon(lat, lon, 'POLYGON((4.7 52.3, 5.1 52.3, 4.9 52.5, 4.7 52.3))') AS inside FROM (VALUES (52.3731, 4.8926), (4.8926, 52.3731), (52.3, 4.9), (NULL, 4.9)) AS places(lat, lon);
-- lat,lon,inside
-- 52.3731,4.8926,true
-- 4.8926,52.3731,false
-- 52.3,4.9,false
-- ,4.9,

SELECT {schema}.point_in_polygon(y, x, 'POLYGON((0 0, 4 0, 4 4, 0 4, 0 0), (1 1, 3 1, 3 3, 1 3, 1 1))') AS inside FROM (VALUES (2.0, 2.0), (0.5, 0.5), (2.0, 1.0)) AS places(y, x);
-- inside
-- false
-- true
-- false

SELECT {schema}.point_in_polygon(1, 1, polygon) AS inside FROM (VALUES ('POLYGON((0 0, 2 0, 2 2, 0 2, 0 0))'), ('POLYGON((0 0, 1 0, 0 1, 0 0))'), (NULL), ('MULTIPOLYGON(((5 5, 6 5, 6 6, 5 5)), ((0 0, 2 0, 2 2, 0 2, 0 0)))')) AS areas(polygon);
-- inside
-- true
-- false
--
-- true

SELECT {schema}.point_in_polygon(1.0, 1.0, 'POINT(1 1)');
-- error: not a polygon in WKT

SELECT {schema}.point_in_polygon(1.0, 1.0, 'POLYGON((0 0, 1');
-- error: not a polygon in WKT
