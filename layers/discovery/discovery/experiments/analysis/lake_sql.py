"""The SQL of an analysis. docs/analysis.md has the same for Athena.

A person and a search are UUIDs, 16 bytes each: what they are called in the lake has 32 hexadecimal digits.
"""

TABLES = """
CREATE TABLE outcomes (
    person UUID, event VARCHAR, search UUID, action VARCHAR, content VARCHAR, value DOUBLE, time BIGINT, received BIGINT
);
CREATE TABLE searches (
    search UUID, person UUID, time BIGINT, variant VARCHAR, epoch VARCHAR, failed BOOLEAN, nothing BOOLEAN,
    off BOOLEAN, ms FLOAT, concerned STRUCT(id VARCHAR, team VARCHAR, shares MAP(VARCHAR, DOUBLE))[]
);
"""

INSERT_OUTCOMES = """
INSERT INTO outcomes
SELECT coalesce(TRY_CAST("user" AS UUID), md5("user")::UUID), event_id,
       coalesce(TRY_CAST(search_id AS UUID), md5(search_id)::UUID), action, content_id, value, time, received
FROM {source} WHERE schema IS DISTINCT FROM 'discovery.outcome/1' OR ("user" IS NOT NULL AND search_id IS NOT NULL)
"""
"""Those that are joined to a search of a person; of others there is nothing to learn here, and they are no damage."""

DAMAGED_OUTCOMES = """
DELETE FROM outcomes WHERE person IS NULL OR event IS NULL OR search IS NULL OR action IS NULL OR content IS NULL
    OR time IS NULL
"""

DEDUPLICATE_OUTCOMES = """
DELETE FROM outcomes USING (
    SELECT person, event, arg_min(rowid, received) AS kept FROM outcomes GROUP BY ALL HAVING count(*) > 1
) AS repeated
WHERE outcomes.person = repeated.person AND outcomes.event = repeated.event AND outcomes.rowid <> repeated.kept
"""
"""An event that was sent twice counts once, as it was first received."""

CONCERNED = """
CREATE TABLE concerned AS SELECT search, person, list(DISTINCT content) AS contents FROM outcomes GROUP BY ALL
"""

INSERT_SEARCHES = """
INSERT INTO searches
SELECT read.search, read.person, read.time, read.variant, CASE WHEN read.variant IS NOT NULL THEN read.epoch END,
       read.failed, read.nothing, read.off, read.ms,
       CASE WHEN contents IS NOT NULL THEN list_filter(read.shown, lambda one: list_contains(contents, one.id)) END
FROM (
    SELECT coalesce(TRY_CAST(search_id AS UUID), md5(search_id)::UUID) AS search,
           CASE WHEN schema = 'discovery.exposure/1' THEN coalesce(TRY_CAST("user" AS UUID), md5("user")::UUID) END
               AS person,
           struct_extract(_aws, 'Timestamp') AS time,
           list_filter(layers, lambda one: one.experiment = $name AND one.layer <> 'weight')[1] AS other_layer,
           CASE WHEN experiment = $name THEN CASE WHEN assigned_by = 'experiment' THEN variant END
                ELSE struct_extract(other_layer, 'variant') END AS variant,
           CASE WHEN experiment = $name THEN epoch ELSE struct_extract(other_layer, 'epoch') END AS epoch,
           status = 'failed' AS failed, total_count = 0 AS nothing, reason IS NOT DISTINCT FROM 'disabled' AS off,
           SearchTime[1]::FLOAT AS ms, shown
    FROM {source}
) AS read LEFT JOIN concerned USING (search, person)
"""
"""In one pass, since of JSON the reading costs most. What was shown is kept only where an outcome asks for it."""

DAMAGED_SEARCHES = "DELETE FROM searches WHERE person IS NULL OR search IS NULL OR time IS NULL"

IS_REPEATED = "SELECT count(*) > count(DISTINCT search) FROM searches"
DEDUPLICATE_SEARCHES = """
DELETE FROM searches USING (
    SELECT search, min(rowid) AS kept FROM searches GROUP BY search HAVING count(*) > 1
) AS repeated
WHERE searches.search = repeated.search AND searches.rowid <> repeated.kept
"""
"""Log subscriptions and Firehose deliver at least once."""

JOINED = """
CREATE TABLE joined AS
SELECT search, person, outcomes.action, outcomes.content, outcomes.value, outcomes.time,
       list_filter(concerned, lambda one: one.id = outcomes.content)[1].team AS team,
       list_filter(concerned, lambda one: one.id = outcomes.content)[1].shares AS shares
FROM searches JOIN outcomes USING (search, person)
WHERE outcomes.time >= searches.time - $skew AND outcomes.time < searches.time + $within
  AND list_contains(list_transform(concerned, lambda one: one.id), outcomes.content)
"""

EPOCHS = """
SELECT epoch, min(time) AS first, max(time) AS last, count(*) AS searches, count(DISTINCT person) AS people,
       list_sort(list(DISTINCT variant)) AS variants
FROM searches WHERE variant IS NOT NULL AND NOT off GROUP BY epoch ORDER BY first
"""

PART = """
CREATE OR REPLACE TEMP TABLE part AS
SELECT person, min(variant) AS variant, min(variant) <> max(variant) AS mixed
FROM searches WHERE epoch = $epoch AND variant IS NOT NULL AND NOT off GROUP BY person
"""
"""Who took part in an epoch; `mixed` where somebody was seen in two variants."""

IN_THE_EPOCH = """
SELECT search, person, nothing, failed, ms, NULL::BIGINT AS until
FROM searches WHERE epoch = $epoch AND variant IS NOT NULL AND NOT off
"""
BEFORE_IT = """
SELECT search, person, nothing, failed, ms, $begin AS until
FROM searches SEMI JOIN part USING (person)
WHERE time >= $begin - $before AND time < $begin AND variant IS NULL AND NOT off
"""
"""Searches under an earlier epoch are none of it: what they showed differed by variant already."""

SUMS = """
WITH looked_at AS ({looked_at}),
did AS (SELECT joined.* FROM joined JOIN looked_at USING (search) WHERE until IS NULL OR joined.time < until),
sums AS (
    SELECT person, count(*) AS searches, count(*) FILTER (nothing) AS zero_results, count(*) FILTER (failed) AS failed,
           count(*) FILTER (ms > $slow_ms) AS slow, sum(ms) AS search_time_sum_ms
    FROM looked_at GROUP BY person
),
done AS (
    SELECT person, count(DISTINCT search) FILTER (action = 'click') AS searches_clicked,
           count(*) FILTER (action = 'click') AS clicks, count(*) FILTER (action = 'play') AS plays,
           count(*) FILTER (action = 'complete') AS completions,
           count(*) FILTER (action = 'add_to_list') AS list_adds, count(*) FILTER (action = 'dismiss') AS dismissals
    FROM did GROUP BY person
),
watched AS (
    SELECT person, sum(most) AS minutes FROM (
        SELECT person, max(value) AS most FROM did WHERE action IN ('play', 'complete')
        GROUP BY person, search, content
    ) GROUP BY person
)
SELECT list_position($variants, variant) - 1 AS variant, {columns}
FROM part LEFT JOIN sums USING (person) LEFT JOIN done USING (person) LEFT JOIN watched USING (person)
WHERE NOT mixed ORDER BY person
"""
"""A row a person. Minutes: of a title of a search the most that was told, since `complete` repeats what `play` told."""

CREDITS = """
WITH given AS (
    SELECT person, coalesce(any_value(shares), MAP {any_value(team): 1.0}) AS shares
    FROM joined SEMI JOIN (SELECT search FROM searches WHERE epoch = $epoch AND variant IS NOT NULL AND NOT off) AS mine
    USING (search)
    WHERE action = $action AND team IS NOT NULL GROUP BY person, search, content
),
shared AS (SELECT person, unnest(map_entries(shares)) AS share FROM given)
SELECT dense_rank() OVER (ORDER BY person) - 1 AS person, list_position($variants, share.key) - 1 AS variant,
       sum(share.value) AS credit
FROM shared WHERE list_contains($variants, share.key) GROUP BY person, share.key
"""
"""What is told of a title of a search counts once. Its credit is the team's alone where the record has no shares."""

READABLE = "SELECT count(schema) FROM {source}"
DESCRIBE_PARQUET = "DESCRIBE SELECT * FROM read_parquet($files, union_by_name = true)"
PARQUET = "(SELECT {columns} FROM read_parquet($files, union_by_name = true))"

# What a plan is made from: everybody, whatever decided their searches.

SPAN = "SELECT min(time), max(time) FROM searches WHERE NOT off"

EVERYBODY = """
CREATE OR REPLACE TEMP TABLE part AS
SELECT DISTINCT person, 'all' AS variant, false AS mixed FROM searches WHERE time >= $begin AND NOT off
"""

OF_EVERYBODY = """
SELECT search, person, nothing, failed, ms, NULL::BIGINT AS until FROM searches WHERE time >= $begin AND NOT off
"""
