SELECT round({schema}.haversine(40.639751, -73.778925, 33.942536, -118.408075), 3) AS km;
-- km
-- 3974.205

SELECT round({schema}.haversine(52.52, 13.405, 48.8566, 2.3522), 3) AS berlin_paris, {schema}.haversine(1, 2, 1, 2) AS same;
-- berlin_paris,same
-- 877.465,0.0

SELECT round({schema}.haversine(lat, lon, 0, 180), 3) AS km FROM (VALUES (0.0, 0.0), (NULL, 0.0), (0.0, NULL)) AS places(lat, lon);
-- km
-- 20015.114
--
--

SELECT round({schema}.bearing(40.639751, -73.778925, 33.942536, -118.408075), 3) AS degrees;
-- degrees
-- 273.845

SELECT {schema}.bearing(0, 0, -1, 0) AS south, {schema}.bearing(0, 0, 0, -1) AS west, {schema}.bearing(0, 0, NULL, 0) AS nowhere;
-- south,west,nowhere
-- 180.0,270.0,

SELECT round(place['lat'], 6) AS lat, round(place['lon'], 6) AS lon FROM (SELECT {schema}.destination(48.8566, 2.3522, 57.9987, 878.4) AS place);
-- lat,lon
-- 52.545788,13.401765

SELECT round(({schema}.destination(0, 179.5, 90, 111.195))['lon'], 4) AS over_the_date_line, {schema}.destination(0, 0, 0, NULL) IS NULL AS unknown;
-- over_the_date_line,unknown
-- -179.5,true
