-- Queries in the manner of published analyses of GDELT and POLECAT, in our own words. Each runs with nothing but its table names
-- changed (tests/unit/test_public_queries.py has the names); an alias that is a word of time (day, month) is written with AS. query: what it asks. source: the analysis. expect: its rows, as JSON.

-- query: share of material conflict by day
-- source: The GDELT Project, "Complex Queries: Combining Events, EventMentions, and GKG", 2015
-- expect: [["20230509", 0.25]]
SELECT STRING(a.SQLDATE) AS day, COUNT(1) / MIN(totals.totc) cnt
FROM [gdelt-bq:gdeltv2.events] a
JOIN (SELECT COUNT(*) totc, SQLDATE FROM [gdelt-bq:gdeltv2.events] GROUP BY 2) totals ON a.SQLDATE = totals.SQLDATE
WHERE QuadClass = 4 AND a.SQLDATE > 20230501
AND GLOBALEVENTID IN (
  SELECT GLOBALEVENTID FROM [gdelt-bq:gdeltv2.eventmentions] WHERE MentionIdentifier LIKE '%news.example%' GROUP BY GLOBALEVENTID
)
GROUP BY day ORDER BY day;

-- query: the pair of countries most in the news each year
-- source: Google Cloud, "World's largest event dataset now publicly available in BigQuery", 2014
-- expect: [[2023, "RUS", "UKR", 2]]
SELECT Year, Actor1, Actor2, Count FROM (
  SELECT Year, Actor1, Actor2, COUNT(*) Count, RANK() OVER (PARTITION BY Year ORDER BY COUNT(*) DESC, Actor2) rank
  FROM (
    SELECT Year, LEAST(Actor1CountryCode, Actor2CountryCode) Actor1, GREATEST(Actor1CountryCode, Actor2CountryCode) Actor2
    FROM `gdelt-bq.full.events`
    WHERE Actor1CountryCode != '' AND Actor2CountryCode != '' AND Actor1CountryCode != Actor2CountryCode
  )
  WHERE Actor1 IS NOT NULL AND Actor2 IS NOT NULL
  GROUP BY 1, 2, 3
) WHERE rank = 1 ORDER BY Year;

-- query: protests of a month as a share of all events there
-- source: The GDELT Project, "Mapping Global Protests Redux", 2015
-- expect: [[202304, "VE", 1, 1.0], [202305, "FR", 1, 1.0]]
SELECT MonthYear, ActionGeo_CountryCode, COUNTIF(EventRootCode = '14') protests,
  SAFE_DIVIDE(COUNTIF(EventRootCode = '14'), COUNT(*)) intensity
FROM `gdelt-bq.gdeltv2.events`
WHERE ActionGeo_Type > 0
GROUP BY MonthYear, ActionGeo_CountryCode
HAVING COUNTIF(EventRootCode = '14') > 0
ORDER BY MonthYear;

-- query: where protests are, for a map
-- source: J. Beieler, map of protests since 1979, 2013
-- expect: [["2023-04-02", 10.48, -66.87, "Caracas, Distrito Capital, Venezuela", 4], ["2023-05-01", 48.85, 2.35, "Paris, Île-de-France, France", 4]]
SELECT PARSE_DATE('%Y%m%d', CAST(SQLDATE AS STRING)) AS day, ActionGeo_Lat, ActionGeo_Long, ActionGeo_FullName, ActionGeo_Type
FROM `gdelt-bq.full.events`
WHERE EventRootCode = '14' AND ActionGeo_Lat IS NOT NULL AND ActionGeo_Type IN (2, 3, 4, 5)
ORDER BY day;

-- query: tone of a dyad by month, weighted by coverage
-- source: P. A. Schrodt and K. Leetaru, "GDELT: Global Data on Events, Location, and Tone", ISA 2013
-- expect: [["2023-05", "RUS", "UKR", -10.0], ["2023-05", "UKR", "RUS", -2.0]]
SELECT FORMAT_DATE('%Y-%m', PARSE_DATE('%Y%m%d', CAST(SQLDATE AS STRING))) AS month, Actor1CountryCode, Actor2CountryCode,
  SAFE_DIVIDE(SUM(GoldsteinScale * NumMentions), SUM(NumMentions)) goldstein
FROM `gdelt-bq.gdeltv2.events`
WHERE (Actor1CountryCode = 'RUS' AND Actor2CountryCode = 'UKR') OR (Actor1CountryCode = 'UKR' AND Actor2CountryCode = 'RUS')
GROUP BY 1, 2, 3 ORDER BY 2;

-- query: who carries the news of governments
-- source: The GDELT Project, "Mapping the media: a geographic lookup of GDELT's sources", 2015
-- expect: [["news.example", "news.example", 3]]
SELECT NET.HOST(SOURCEURL) host, NET.REG_DOMAIN(SOURCEURL) domain, COUNT(DISTINCT GLOBALEVENTID) events
FROM `gdelt-bq.gdeltv2.events`
WHERE Actor1Type1Code = 'GOV' AND REGEXP_CONTAINS(SOURCEURL, '^https?://')
GROUP BY host, domain ORDER BY events DESC;

-- query: days between the first report of an event and the others
-- source: The GDELT Project, "GDELT 2.0: our global world in realtime" (mentions table), 2015
-- expect: [[0.0, 5], [1.0, 1]]
SELECT (UNIX_SECONDS(PARSE_TIMESTAMP('%Y%m%d%H%M%S', CAST(MentionTimeDate AS STRING)))
  - UNIX_SECONDS(PARSE_TIMESTAMP('%Y%m%d%H%M%S', CAST(EventTimeDate AS STRING)))) / 86400 AS days, COUNT(*) mentions
FROM `gdelt-bq.gdeltv2.eventmentions`
WHERE Confidence >= 50 AND MentionType = 1
GROUP BY days ORDER BY days;

-- query: documents by the path of their address
-- source: F. Hoffa, "GDELT and BigQuery" notebooks, 2014
-- expect: [["a", 5, 5], ["b", 1, 1]]
SELECT REGEXP_EXTRACT(MentionIdentifier, '//[^/]+/([a-z]+)') page, EXACT_COUNT_DISTINCT(GLOBALEVENTID) events, COUNT(*) mentions
FROM [gdelt-bq:gdeltv2.eventmentions]
WHERE REGEXP_MATCH(MentionSourceName, 'example$')
GROUP BY page ORDER BY page;

-- query: domestic unrest: workers and civilians against the state, in a window of days
-- source: B. Arva et al., "Improving forecasts of international events of interest" (GDELT), 2013
-- expect: [["FRA", "LAB", "GOV", "143", 1]]
SELECT Actor1CountryCode, Actor1Type1Code, Actor2Type1Code, EventBaseCode, SUM(NumArticles) articles
FROM `gdelt-bq.full.events`
WHERE Actor1CountryCode = Actor2CountryCode AND EventRootCode IN ('14', '15', '17', '18', '19')
  AND PARSE_DATE('%Y%m%d', CAST(SQLDATE AS STRING)) > DATE_SUB(DATE '2023-05-03', INTERVAL 7 DAY)
GROUP BY 1, 2, 3, 4;

-- query: mean intensity and material conflicts by month and country, by Correlates of War number
-- source: A. Halterman et al., "PLOVER and POLECAT: A New Political Event Ontology and Dataset", ISA 2023
-- expect: [["2023-05", "365", 3, -6.0, 1], ["2023-05", "369", 2, -6.0, 1]]
SELECT strftime("Event Date", '%Y-%m') AS month, cow, COUNT(*) AS events, MIN("Intensity") / 2 AS half_of_worst,
  SUM(CASE WHEN "Quad Code" = 'MATERIAL CONFLICT' THEN 1 ELSE 0 END) AS material_conflicts
FROM (SELECT *, unnest(string_split("Actor COW" || '; ' || coalesce("Recipient COW", ''), '; ')) AS cow FROM polecat)
WHERE cow IN ('365', '369') GROUP BY month, cow ORDER BY cow;

-- query: forms of protest, with those they address
-- source: "POLECAT Weekly Data", Harvard Dataverse, 2023, its columns of modes and sectors
-- expect: [["Venezuela", "demo", null, "Caracas"], ["France", "strike", "GOV", "Paris"]]
SELECT "Country", "Event Mode", "Primary Recipient Sector", "City"
FROM polecat WHERE "Event Type" = 'PROTEST' ORDER BY "Event Date";
