SELECT {schema}.geohash_encode(42.605, -5.603, 5) AS a, {schema}.geohash_encode(52.3731, 4.8926, 9) AS b, {schema}.geohash_encode(-33.8568, 151.2153, 7) AS c, {schema}.geohash_encode(57.64911, 10.40744, 11) AS d;
-- a,b,c,d
-- ezs42,u173zq4xm,r3gx2ux,u4pruydqqvj

SELECT {schema}.geohash_encode(lat, 0.0, 4) AS hash FROM (VALUES (90.0), (NULL), (-90.0)) AS places(lat);
-- hash
-- upbp
--
-- h000

SELECT cell['lat'] AS lat, cell['lon'] AS lon, cell['lat_error'] AS lat_error, cell['lon_error'] AS lon_error FROM (SELECT {schema}.geohash_decode('ezs42') AS cell);
-- lat,lon,lat_error,lon_error
-- 42.60498046875,-5.60302734375,0.02197265625,0.02197265625

SELECT array_to_string({schema}.geohash_neighbours('ezs42'), ' ') AS around;
-- around
-- ezs48 ezs49 ezs43 ezs41 ezs40 ezefp ezefr ezefx

SELECT array_to_string({schema}.geohash_neighbours('u'), ' ') AS beside_the_pole, {schema}.geohash_neighbours(NULL) IS NULL AS unknown;
-- beside_the_pole,unknown
-- v t s e g,true

SELECT {schema}.geohash_encode(91.0, 0.0, 5);
-- error: latitude 91 is not between -90 and 90 degrees

SELECT {schema}.geohash_encode(0.0, -180.5, 5);
-- error: longitude -180.5 is not between -180 and 180 degrees

SELECT {schema}.geohash_encode(0.0, 0.0, 13);
-- error: a geohash has 1 to 12 characters, not 13

SELECT {schema}.geohash_decode('aloha');
-- error: 'aloha' is not a geohash
