# ruff: noqa: S608 - all of the SQL is this module's own, over files that the test has just written
"""Every figure counted again from the files of an export, by SQL in DuckDB that shares no code with winback.

The columns' kinds come from docs/figures-dictionary.md, as anybody would find them who was handed the files. Moments
are counted in whole microseconds, percentages as the two counts, money in cents: nothing is rounded on the way.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from tests.export.dictionary import columns_of_page

Figures = dict[tuple[str, ...], Any]

MACROS = """
CREATE MACRO rounded(part, whole) AS CASE WHEN whole = 0 THEN NULL
  ELSE CAST(sign(part) AS BIGINT) * ((2 * abs(part) + whole) // (2 * whole)) END;
CREATE MACRO middle(l) AS l[(len(l) + 1) // 2] + l[len(l) // 2 + 1];
CREATE MACRO half_to_even(s) AS s // 2 + CASE WHEN s % 2 = 1 AND (s // 2) % 2 = 1 THEN 1 ELSE 0 END;
"""
CASTS = {
    "number": "CAST({0} AS BIGINT)",
    "moment": "epoch_us(CAST({0} AS TIMESTAMPTZ))",
    "day": "CAST({0} AS DATE)",
    "money": "CAST(CAST({0} AS DECIMAL(16, 2)) * 100 AS BIGINT)",
    "seconds": "CAST(CAST({0} AS DECIMAL(18, 6)) * 1000000 AS BIGINT)",
}
# What the dictionary says about CSV: yes and no, and the apostrophe in front of some texts.
FROM_CSV = {
    "yes or no": "{0} = 'yes'",
    "text": "coalesce(CASE WHEN starts_with({0}, '''') THEN substr({0}, 2) ELSE {0} END, '')",
}

NPS = """
WITH latest AS (
  SELECT DISTINCT ON (contact_id) *, {group} AS grouped FROM responses WHERE {where}
  ORDER BY contact_id, responded_at DESC, response DESC
), counted AS (
  SELECT grouped, count(*) FILTER (score >= 9) AS p, count(*) FILTER (score BETWEEN 7 AND 8) AS s,
    count(*) FILTER (score <= 6) AS d, count(*) AS n
  FROM latest GROUP BY grouped
)
SELECT grouped, p, s, d, rounded(100 * (p - d), n),
  CAST(1.96 AS DOUBLE) * 100 * sqrt(CAST((p + d) * n - (p - d) * (p - d) AS DOUBLE) / CAST(n * n * n AS DOUBLE))
FROM counted
"""
# Groups with enough answers now and in the quarter before: by how many points they moved, and whether by more than 5.
MOVED = """
WITH enough AS (SELECT CAST(value AS BIGINT) AS enough FROM about WHERE name = 'enough_in_group'),
latest AS (
  SELECT DISTINCT ON (quarter, contact_id) quarter, {group} AS grouped, score FROM responses
  WHERE programme = '{programme}' AND quarter IN ('{quarter}', '{before}')
  ORDER BY quarter, contact_id, responded_at DESC, response DESC
), counted AS (
  SELECT quarter, grouped, count(*) FILTER (score >= 9) - count(*) FILTER (score <= 6) AS s, count(*) AS n
  FROM latest, enough GROUP BY quarter, grouped, enough HAVING count(*) >= enough
)
SELECT now.grouped, rounded(100 * (now.s * old.n - old.s * now.n), now.n * old.n),
  now.grouped <> '' AND 100 * abs(now.s * old.n - old.s * now.n) > 5 * now.n * old.n
FROM counted now JOIN counted old USING (grouped) WHERE now.quarter = '{quarter}' AND old.quarter = '{before}'
"""
DIVERGING = """
WITH latest AS (
  SELECT DISTINCT ON (contact_id) * FROM responses WHERE {where}
  ORDER BY contact_id, responded_at DESC, response DESC
), roles AS (
  SELECT account_id, group_role, sum(score) AS s, count(*) AS n FROM latest
  WHERE account_id IS NOT NULL AND group_role <> '' GROUP BY ALL
)
SELECT DISTINCT a.account_id FROM roles a JOIN roles b USING (account_id) WHERE a.s * b.n - b.s * a.n >= 4 * a.n * b.n
"""
# The groups again from what is known of the accounts, not from the columns group_….
RAW_GROUPS = {
    "segment": "lower(trim(regexp_replace(coalesce(a.segment, ''), '\\s+', ' ', 'g')))",
    "acv_band": """CASE WHEN a.acv IS NULL THEN '' ELSE
        list_aggregate(list_prepend(0, list_filter(bands, lambda b: b * 100 <= a.acv)), 'max') || '-' ||
        coalesce(CAST(list_aggregate(list_filter(bands, lambda b: b * 100 > a.acv), 'min') AS VARCHAR), '') END""",
    "tenure": """CASE WHEN a.customer_since IS NULL OR a.customer_since > answered THEN ''
        WHEN months < 6 THEN '0-6' WHEN months < 18 THEN '6-18' ELSE '18+' END""",
    "role": "lower(trim(regexp_replace(r.role, '\\s+', ' ', 'g')))",
    "surface": "lower(trim(regexp_replace(r.surface, '\\s+', ' ', 'g')))",
    "plan": "lower(trim(coalesce(a.plan, '')))",
    "region": "lower(trim(coalesce(a.region, '')))",
    "csm": "lower(trim(coalesce(a.csm_email, '')))",
}
ANSWERED = "CAST(make_timestamp(r.responded_at) AS DATE)"
RAW = f"""
CREATE TABLE answers AS
SELECT r.*, {", ".join(f"{sql} AS raw_{name}" for name, sql in RAW_GROUPS.items())}
FROM (
  SELECT r.*, {ANSWERED} AS answered,
    (SELECT list_transform(string_split(value, ','), lambda b: CAST(b AS BIGINT)) FROM about
      WHERE name = 'acv_bands') AS bands,
    (SELECT CAST(value AS BIGINT) FROM about WHERE name = 'fiscal_year_starts') AS fiscal
  FROM responses r
) r LEFT JOIN (
  SELECT a.*, r.response AS of_response,
    12 * (year({ANSWERED}) - year(a.customer_since)) + month({ANSWERED}) - month(a.customer_since)
      - CASE WHEN day({ANSWERED}) < day(a.customer_since) THEN 1 ELSE 0 END AS months
  FROM responses r JOIN accounts a USING (account_id)
) a ON a.of_response = r.response;
CREATE TABLE quarters AS
SELECT response, CAST(year(answered) + CASE WHEN fiscal > 1 AND month(answered) >= fiscal THEN 1 ELSE 0 END AS VARCHAR)
  || 'Q' || (((month(answered) - fiscal + 12) % 12) // 3 + 1) AS raw_quarter FROM answers;
"""

WHOLE_CASES = """
CREATE TABLE moment AS SELECT epoch_us(CAST(value AS TIMESTAMPTZ)) AS now FROM about WHERE name = 'exported_at';
CREATE TABLE later AS
SELECT c.case_id, r.score, r.responded_at,
  row_number() OVER (PARTITION BY c.case_id ORDER BY r.responded_at, r.response) AS place
FROM cases c JOIN programmes cp ON cp.programme = c.programme
JOIN responses r ON r.contact_id = c.contact_id AND r.responded_at > c.submitted_at AND r.response <> c.response
JOIN programmes rp ON rp.programme = r.programme AND rp.kind = cp.kind;
CREATE TABLE told AS
SELECT case_id, number, kind, json_extract_string(nullif(details, ''), '$.kind') AS action,
  json_extract_string(nullif(details, ''), '$.result') AS result FROM events;
CREATE TABLE promised AS
SELECT case_id, count(*) FILTER (kind = 'action_committed') AS commitments,
  count(*) FILTER (result = 'slipped' AND kind = 'follow_up_logged') AS slips,
  count(*) FILTER (result = 'broken' AND kind = 'follow_up_logged') AS breaks,
  arg_max(action, number) FILTER (kind = 'action_committed') AS last_action,
  max(number) FILTER (kind = 'action_committed') AS last_number,
  arg_max(result, number) FILTER (kind = 'follow_up_logged') AS last_result,
  max(number) FILTER (kind = 'follow_up_logged') AS last_word
FROM told GROUP BY case_id;
CREATE TABLE pauses AS
WITH started AS (
  SELECT case_id, number, logged_at AS begins, epoch_us(CAST(after AS TIMESTAMPTZ)) AS until FROM events
  WHERE kind = 'paused'
), ended AS (
  SELECT s.*, least(until, coalesce((SELECT min(e.logged_at) FROM events e
    WHERE e.case_id = s.case_id AND e.number > s.number AND e.kind IN
      ('resumed', 'released', 'closed', 'withdrawn', 'reopened')), until)) AS ends FROM started s
), capped AS (
  SELECT *, greatest(0, least(ends - begins, (SELECT 1000000 * CAST(value AS BIGINT) FROM about
      WHERE name = 'most_waiting_seconds')
    - coalesce(sum(ends - begins) OVER (PARTITION BY case_id ORDER BY begins ROWS BETWEEN UNBOUNDED PRECEDING
      AND 1 PRECEDING), 0))) AS counts FROM ended
)
SELECT case_id, sum(least(begins + counts, now) - begins) AS waited FROM capped, moment
WHERE begins < now GROUP BY case_id;
CREATE TABLE counted AS
SELECT c.* EXCLUDE (commitments, slips, breaks, waiting, result, next_step), now,
  CASE WHEN c.account_id IS NULL THEN 'case ' || c.case_id ELSE 'account ' || c.account_id END AS payer,
  coalesce(p.commitments, 0) AS commitments, coalesce(p.slips, 0) AS slips, coalesce(p.breaks, 0) AS breaks,
  p.last_action, p.last_word > p.last_number AND p.last_result = 'held' AS held,
  p.last_number IS NOT NULL AND NOT coalesce(p.last_word > p.last_number AND p.last_result = 'broken', false) AS stands,
  coalesce(w.waited, 0) AS waiting,
  c.outcome NOT IN ('withdrawn', 'duplicate') AS counts,
  CASE WHEN c.outcome IN ('withdrawn', 'duplicate') THEN 'unmeasured'
    WHEN l.case_id IS NOT NULL AND l.score >= 7 AND c.first_committed_at < l.responded_at THEN 'saved'
    WHEN l.case_id IS NOT NULL THEN 'not_saved'
    WHEN c.outcome IN ('churned', 'unreachable') THEN 'unmeasured' ELSE 'pending' END AS result
FROM cases c CROSS JOIN moment LEFT JOIN promised p USING (case_id) LEFT JOIN pauses w USING (case_id)
LEFT JOIN later l ON l.case_id = c.case_id AND l.place = 1;
CREATE TABLE needed AS
SELECT case_id, step, step NOT IN (SELECT unnest(string_split(skipped, ',')))
    OR (commitments > 0 AND list_contains(string_split(skipped, ','), 'action')
      AND step IN ('action', 'follow_up')) AS asked
FROM counted, (SELECT unnest(['flag', 'assign', 'outreach', 'conversation', 'action', 'follow_up']) AS step);
CREATE TABLE rungs AS
SELECT c.case_id, c.counts, c.closed_at, now, step, asked,
  CASE step WHEN 'flag' THEN flagged_at WHEN 'assign' THEN assigned_at WHEN 'outreach' THEN contacted_at
    WHEN 'conversation' THEN conversation_at WHEN 'action' THEN first_committed_at
    ELSE CASE WHEN held THEN follow_up_at END END AS done,
  CASE step WHEN 'flag' THEN flag_due WHEN 'assign' THEN assign_due WHEN 'outreach' THEN outreach_due
    WHEN 'conversation' THEN conversation_due WHEN 'action' THEN action_due ELSE follow_up_due END AS due
FROM counted c JOIN needed USING (case_id);
CREATE TABLE to_do AS
SELECT c.case_id, step, place, CASE step WHEN 'action' THEN coalesce(action_again_due, action_due)
    WHEN 'assign' THEN assign_due WHEN 'outreach' THEN outreach_due WHEN 'conversation' THEN conversation_due
    ELSE follow_up_due END AS due
FROM counted c JOIN needed USING (case_id)
JOIN (SELECT unnest(['assign', 'outreach', 'conversation', 'action', 'follow_up']) AS step, unnest(range(5)) AS place)
  USING (step)
WHERE state <> 'closed' AND asked AND CASE step WHEN 'assign' THEN assigned_at IS NULL
  WHEN 'outreach' THEN contacted_at IS NULL WHEN 'conversation' THEN conversation_at IS NULL
  WHEN 'action' THEN NOT stands ELSE stands AND NOT coalesce(held, false) END;
CREATE TABLE open_ones AS
SELECT c.case_id, c.now, arg_min(step, place) AS next_step, min(due) AS first_due
FROM counted c LEFT JOIN to_do USING (case_id) WHERE state <> 'closed' GROUP BY ALL;
"""

CONTACTED = """
SELECT count(*) FILTER (contacted_at <= outreach_due), count(*) FILTER (contacted_at IS NOT NULL OR now > outreach_due),
  count(*) FILTER (contacted_at IS NULL AND now <= outreach_due) FROM counted WHERE counts AND {where}
"""
OUTREACH = """
WITH l AS (SELECT list_sort(list(contacted_at - submitted_at)) AS l FROM counted
  WHERE counts AND contacted_at IS NOT NULL AND {where})
SELECT half_to_even(middle(l)), l[(9 * len(l) + 9) // 10], coalesce(len(l), 0) FROM l
"""
ON_TIME = """
SELECT count(*) FILTER (done <= due), count(*) FILTER (done IS NOT NULL OR now > due),
  count(*) FILTER (done IS NULL AND now <= due)
FROM rungs WHERE case_id IN (SELECT case_id FROM counted WHERE {where}) AND counts AND step = '{step}'
  AND due IS NOT NULL AND (step = 'outreach' OR (asked AND NOT (done IS NULL AND coalesce(closed_at <= due, false))))
"""
ACTIONS = """
SELECT coalesce(sum(commitments), 0) - count(*) FILTER (last_action = 'honest_no'),
  count(*) FILTER (held AND last_action <> 'honest_no'), coalesce(sum(slips), 0), coalesce(sum(breaks), 0),
  count(*) FILTER (last_action = 'honest_no'),
  count(*) FILTER (last_action = 'honest_no' AND outcome = 'honest_no_accepted')
FROM counted WHERE counts AND {where}
"""
SAVED = """
SELECT count(*) FILTER (result = 'saved'), count(*) FILTER (result = 'not_saved'), count(*) FILTER (result = 'pending'),
  count(*) FILTER (result = 'unmeasured'),
  rounded(100 * count(*) FILTER (result = 'saved'), count(*) FILTER (result IN ('saved', 'not_saved')))
FROM counted WHERE {where}
"""
AMOUNT = """
WITH each AS (SELECT payer, max(acv) AS acv FROM counted WHERE {where} AND {which} GROUP BY payer)
SELECT CASE WHEN count(*) > 0 AND count(acv) = 0 THEN NULL ELSE coalesce(sum(acv), 0) END, count(acv),
  count(*) - count(acv) FROM each
"""
WAITED = """
SELECT count(*), coalesce(sum(waiting), 0), coalesce(max(waiting), 0) FROM counted
WHERE counts AND waiting > 0 AND {where}
"""
ESCALATED = """
WITH e AS (SELECT * FROM alarms WHERE level IN ('breach', 'executive') AND spoken
  AND case_outcome NOT IN ('withdrawn', 'duplicate') AND {where}),
l AS (SELECT list_sort(list(acknowledged_at - raised_at)) AS l FROM e WHERE acknowledged_at IS NOT NULL)
SELECT (SELECT count(acknowledged_at) FROM e), (SELECT count(*) FROM e), half_to_even(middle(l)),
  l[(9 * len(l) + 9) // 10] FROM l
"""
MONEY = {
    "at risk": "counts AND state <> 'closed'",
    "saved": "counts AND result = 'saved'",
    "lost": "counts AND outcome = 'churned'",
}
STEPS = ("flag", "assign", "outreach", "conversation", "action", "follow_up")
DIMENSIONS = ("segment", "acv_band", "tenure", "role", "surface", "plan", "region", "csm")


@dataclass(slots=True)
class Recount:
    """One export, opened in DuckDB."""

    folder: Path
    format: str
    db: duckdb.DuckDBPyConnection = field(init=False)

    def __post_init__(self) -> None:
        self.db = duckdb.connect()
        self.db.execute("SET TimeZone = 'UTC'; SET threads = 1;" + MACROS)
        for name, columns in columns_of_page().items():
            self.db.execute(f"CREATE TABLE {name} AS SELECT {self._cast(columns)} FROM {self._file(name)}")
        self.db.execute(RAW + WHOLE_CASES)

    def close(self) -> None:
        self.db.close()

    def _file(self, name: str) -> str:
        path = self.folder / f"{name}.{self.format}"
        if self.format == "parquet":
            return f"read_parquet('{path}')"
        return f"read_csv('{path}', all_varchar = true, header = true, delim = ',', quote = '\"', escape = '\"')"

    def _cast(self, columns: dict[str, str]) -> str:
        casts = CASTS | (FROM_CSV if self.format == "csv" else {})
        return ", ".join(f"{casts.get(form, '{0}').format(name)} AS {name}" for name, form in columns.items())

    def all(self, query: str) -> list[tuple[Any, ...]]:
        return self.db.execute(query).fetchall()

    def one(self, query: str) -> Any:
        (row,) = self.all(query)
        return row

    def contradictions(self) -> dict[str, int]:
        """How often a column that winback worked out isn't what SQL makes of the raw ones."""
        checks = {
            f"group_{name}": f"SELECT count(*) FROM answers WHERE group_{name} <> raw_{name}" for name in DIMENSIONS
        }
        checks["quarter"] = "SELECT count(*) FROM answers JOIN quarters USING (response) WHERE quarter <> raw_quarter"
        checks["category"] = """SELECT count(*) FROM responses WHERE category <>
            CASE WHEN score >= 9 THEN 'promoter' WHEN score >= 7 THEN 'passive' ELSE 'detractor' END"""
        for name in ("commitments", "slips", "breaks", "waiting", "result"):
            checks[name] = f"SELECT count(*) FROM cases c JOIN counted k USING (case_id) WHERE c.{name} <> k.{name}"
        checks["next_step"] = """SELECT count(*) FROM cases c LEFT JOIN open_ones o USING (case_id)
            WHERE c.next_step <> coalesce(o.next_step, '') OR c.first_due IS DISTINCT FROM o.first_due"""
        checks["actions"] = """SELECT count(*) FROM counted c WHERE commitments <>
            (SELECT count(*) FROM actions a WHERE a.case_id = c.case_id)"""
        return {name: self.one(query)[0] for name, query in checks.items()}

    def answers(self, programme: str, quarter: str) -> Figures:
        """NPS of everybody and of each group; "" for all time."""
        where = f"programme = '{programme}'" + (f" AND quarter = '{quarter}'" if quarter else "")
        found: Figures = {}
        for dimension in ("", *DIMENSIONS):
            group = f"group_{dimension}" if dimension else "''"
            for value, *counts, nps, margin in self.all(NPS.format(group=group, where=where)):
                found["nps", programme, quarter, dimension, value] = (*counts, nps, margin)
        found["diverging", programme, quarter] = {row[0] for row in self.all(DIVERGING.format(where=where))}
        return found

    def moves(self, programme: str, quarter: str, before: str) -> Figures:
        """By how many points each group moved since the quarter before, where there are enough answers to say so."""
        found: Figures = {}
        for dimension in DIMENSIONS:
            query = MOVED.format(group=f"group_{dimension}", programme=programme, quarter=quarter, before=before)
            for value, points, is_mover in self.all(query):
                found["moved", programme, quarter, dimension, value] = (points, is_mover)
        return found

    def cases(self, programme: str, begins: int, ends: int) -> Figures:
        """Figures of the cases submitted from one microsecond until before another."""
        where = f"programme = '{programme}' AND submitted_at >= {begins} AND submitted_at < {ends}"
        return dict(self._cases(where))

    def _cases(self, where: str) -> Iterator[tuple[tuple[str, ...], Any]]:
        yield from self._grouped("contacted", CONTACTED, where, ("tier", "group_segment", "owner"))
        yield from self._grouped("outreach", OUTREACH, where, ("tier", "group_segment"))
        yield from self._grouped("saved", SAVED, where, ("group_segment", "root_cause", "owner"))
        for step in STEPS:
            yield ("on time", step), self.one(ON_TIME.format(where=where, step=step))
        yield ("actions",), self.one(ACTIONS.format(where=where))
        yield ("waited",), self.one(WAITED.format(where=where))
        yield ("escalated",), self.one(ESCALATED.format(where=where.replace("submitted_at", "raised_at")))
        for name, which in MONEY.items():
            yield ("money", name), self.one(AMOUNT.format(where=where, which=which))
        yield from self._open(where)

    def _grouped(self, name: str, query: str, where: str, by: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
        yield (name,), self.one(query.format(where=where))
        for column in by:
            for (value,) in self.all(f"SELECT DISTINCT {column} FROM counted WHERE {where}"):
                yield (name, column, value), self.one(query.format(where=f"{where} AND {column} = '{value}'"))

    def _open(self, where: str) -> Iterator[tuple[tuple[str, ...], Any]]:
        late = "greatest(0, o.now - first_due)"
        of = f"FROM open_ones o WHERE case_id IN (SELECT case_id FROM counted WHERE {where})"
        told = f"count(*), count(*) FILTER ({late} > 0)"
        yield ("open",), self.one(f"SELECT {told}, count(*) FILTER (next_step IS NULL) {of}")
        query = f"SELECT next_step, {told}, max({late}) {of} AND next_step IS NOT NULL GROUP BY ALL"
        for step, *counts in self.all(query):
            yield ("open", step), tuple(counts)
