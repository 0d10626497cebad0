-- Functions of BigQuery that published GDELT queries use and DuckDB lacks or calls otherwise, as macros. They are
-- created in the build database with the models and so stand in the published file. What a macro cannot do
-- (SAFE_CAST(x as t), bare keywords such as DATE_DIFF(a, b, DAY), r'' strings, "double-quoted" strings, legacy
-- INTEGER(x)) is said in docs/gdelt.md. The linter does not know the indentation of macros.
-- noqa: disable=LT02

-- Names of types.
create or replace type main.float64 as double;

-- Dates and times; the formats are strftime's in both.
create or replace macro main.parse_date(date_format, text) as
    cast(strptime(cast(text as varchar), date_format) as date);
create or replace macro main.parse_timestamp(date_format, text) as strptime(cast(text as varchar), date_format);
create or replace macro main.parse_datetime(date_format, text) as strptime(cast(text as varchar), date_format);
create or replace macro main.format_date(date_format, day) as strftime(cast(day as date), date_format);
create or replace macro main.format_timestamp(date_format, instant) as
    strftime(cast(instant as timestamp), date_format);
create or replace macro main.format_datetime(date_format, instant) as strftime(cast(instant as timestamp), date_format);
create or replace macro main.unix_seconds(instant) as cast(epoch(cast(instant as timestamp)) as bigint);
create or replace macro main.timestamp_seconds(seconds) as make_timestamp(cast(seconds as bigint) * 1000000);
create or replace macro main.timestamp_sub(instant, amount) as cast(instant as timestamp) - amount;
create or replace macro main.timestamp_add(instant, amount) as cast(instant as timestamp) + amount;
-- With two arguments BigQuery's, with three DuckDB's own.
create or replace macro main.date_sub(day, amount) as cast(cast(day as date) - amount as date),
    (part, day, other) as system.main.date_sub(part, day, other);

-- Text. REGEXP_EXTRACT with two arguments gives the group of a pattern that has one, and null where nothing matches,
-- as BigQuery's does; with three or four it is DuckDB's own.
create or replace macro main.regexp_contains(text, pattern) as regexp_matches(text, pattern);
create or replace macro main.regexp_match(text, pattern) as regexp_matches(text, pattern);
create or replace macro main.regexp_extract(text, pattern) as
    case
        when not regexp_matches(text, pattern) then null
        when regexp_matches(replace(pattern, '\\', ''), '(^|[^\\])\(($|[^?])')
            then system.main.regexp_extract(text, pattern, 1)
        else system.main.regexp_extract(text, pattern, 0)
    end,
    (text, pattern, matched) as system.main.regexp_extract(text, pattern, matched),
    (text, pattern, matched, options) as system.main.regexp_extract(text, pattern, matched, options);
create or replace macro main.string(value) as cast(value as varchar);

-- Addresses: NET.HOST and NET.REG_DOMAIN. The registered domain is the last two labels, three where the second last is
-- a short label of a country's (co.uk, com.au).
create schema if not exists net;
create or replace macro net.host(address) as
    nullif(system.main.regexp_extract(address, '^[a-zA-Z]+://([^/:?#]+)', 1), '');
create or replace macro net.reg_domain(address) as
    nullif(
        system.main.regexp_extract(
            lower(system.main.regexp_extract(address, '^[a-zA-Z]+://([^/:?#]+)', 1)),
            '([^.]+\.(?:(?:com?|org|net|gov|edu|ac)\.[a-z]{2}|[^.]+))$', 1
        ), ''
    );

-- Numbers and counts.
create or replace macro main.safe_divide(numerator, denominator) as numerator / nullif(denominator, 0);
create or replace macro main.exact_count_distinct(value) as count(distinct value);
