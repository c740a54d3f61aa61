/* Tables of the report: what every analysis writes and every renderer reads.
 *
 * A section is {"analysis", "name", "tables": [...], "warnings": [...], "notes": [...]}.  A table has
 * a name, a view (how people want to see it), its columns in order, and rows that are objects with exactly
 * one member per column:
 *
 *   {"name":"summary","view":"list","columns":["item","group","n","mean"],
 *    "rows":[{"group":null,"item":"q1","mean":3.5,"n":120}, {"group":{"class":"Eco"}, ...}]}
 *
 * Every column key is a term (stats/analyses/terms.h), which knows its title in three languages and how its
 * numbers are shown.  Figures that do not exist are null, with the reason as a warning or a note.
 * Rows hold variables by name and keys by value; labels are looked up by the renderer in the report's
 * "variables".
 */
#ifndef CANVASS_STATS_ANALYSES_TABLE_H
#define CANVASS_STATS_ANALYSES_TABLE_H

#include "stats/analyses/analysis.h"

typedef struct table table;

/* The view is the one that the kind's presentation gives the table NAME, a list where it gives none.
 * COLUMNS: term keys, space separated ("item group n mean").  A column "item" holds a variable's name,
 * "value" a key of that row's item, "group" the breakdown. */
table *table_new(analysis_run *run, const char *name, const char *columns);
void table_row(table *t); /* starts a row, all of whose cells are null until they are set */
/* COLUMN is one of the table's (asserted), here and below. */
void table_item(table *t, const char *column, uint32_t variable); /* its name */
void table_integer(table *t, const char *column, int64_t v);
void table_i128(table *t, const char *column, i128 v, unsigned decimals); /* exact integer if it is one */
void table_number(table *t, const char *column, double v);                /* not finite: null */
void table_json(table *t, const char *column, json *v);
/* KEY-th key of AX, or the missing place (null). */
void table_key(table *t, const char *column, const axis *ax, uint32_t key);
/* "group": the total (null), or {"class": key, ...} for a place in a breakdown's grid. */
void table_total(table *t);
void table_group(table *t, const plan *p, const plan_breakdown *b, const grouping *g, const uint32_t *keys);

/* Writes down which of its kind's headlines this run has: the one in the table NAME (asserted to be one).
 * Without it, it is the first of them whose table exists. */
void run_headline(analysis_run *run, const char *name);
/* CODE is a term whose title is a sentence with {item}, {group}, {n}, ... filled by the renderer from
 * the members of DETAIL (may be NULL). */
void run_warn(analysis_run *run, const char *code, json *detail);
void run_note(analysis_run *run, const char *code, json *detail);
/* A fresh object in the section's arena, for DETAIL. */
json *run_detail(analysis_run *run);
/* The usual one: a base below the request's threshold (or empty) for the row's item and group. */
void run_warn_base(analysis_run *run, uint32_t variable, const json *group, int64_t base);

#endif
