SELECT {schema}.h3_encode(52.3731, 4.8926, 0) AS r0, {schema}.h3_encode(52.3731, 4.8926, 5) AS r5, {schema}.h3_encode(52.3731, 4.8926, 7) AS r7, {schema}.h3_encode(52.3731, 4.8926, 15) AS r15;
-- r0,r5,r7,r15
-- 801ffffffffffff,85196953fffffff,871969c9bffffff,8f1969c9b3901a6

SELECT {schema}.h3_encode(lat, 4.8926, 7) AS cell FROM (VALUES (52.3731), (NULL)) AS places(lat);
-- cell
-- 871969c9bffffff
--

SELECT round(place['lat'], 9) AS lat, round(place['lon'], 9) AS lon FROM (SELECT {schema}.h3_decode('871969c9bffffff') AS place);
-- lat,lon
-- 52.377688686,4.893443654

SELECT cell FROM (SELECT unnest({schema}.h3_neighbours('871969c9bffffff')) AS cell) ORDER BY cell;
-- cell
-- 871969526ffffff
-- 871969534ffffff
-- 871969535ffffff
-- 871969c98ffffff
-- 871969c99ffffff
-- 871969c9affffff

SELECT cell AS around_a_pentagon FROM (SELECT unnest({schema}.h3_neighbours('8009fffffffffff')) AS cell) ORDER BY cell;
-- around_a_pentagon
-- 8001fffffffffff
-- 8007fffffffffff
-- 8011fffffffffff
-- 8019fffffffffff
-- 801ffffffffffff

SELECT array_length({schema}.h3_disk('871969c9bffffff', 2)) AS cells, ({schema}.h3_disk('871969c9bffffff', 0))[1] AS itself;
-- cells,itself
-- 19,871969c9bffffff

SELECT {schema}.h3_parent('871969c9bffffff', 5) AS r5, {schema}.h3_parent('871969c9bffffff', 0) AS r0, {schema}.h3_parent(NULL, 0) AS unknown;
-- r5,r0,unknown
-- 851969cbfffffff,8019fffffffffff,

SELECT {schema}.h3_encode(0.0, 0.0, 16);
-- error: an H3 resolution is a number from 0 to 15, not 16

SELECT {schema}.h3_decode('somewhere');
-- error: 'somewhere' is not an H3 cell

SELECT {schema}.h3_disk('871969c9bffffff', 101);
-- error: a disk reaches 0 to 100 cells around its centre, not 101

SELECT {schema}.h3_parent('871969c9bffffff', 8);
-- error: cell 871969c9bffffff has resolution 7
