/* Figures out of a report, and their comparison with reference values. */
#ifndef CANVASS_TESTS_STATS_REPORT_READER_H
#define CANVASS_TESTS_STATS_REPORT_READER_H

#include "base/json.h"
#include "tests/stats/fixture.h"

/* The row of the table TABLE of the analysis called NAME whose cells are those of MATCH, or NULL. */
const json *report_find(const json *report, slice name, slice table, const json *match);
/* The same, MATCH as JSON text. */
const json *report_row(const json *report, const char *name, const char *table, const char *match);
/* Whether the section has a warning (LIST "warnings") or note ("notes") with that code. */
bool report_says(const json *report, const char *name, const char *list, const char *code);

/* The JSON file at PATH, in A; a failure ends the test. */
json *report_file(arena *a, const char *path);
/* Compares every figure of GOLDEN (a list of {analysis, table, match, figures}) with REPORT, and prints
 * those that differ by more than TOLERANCE; their number. */
unsigned report_differences(const json *report, const json *golden, double tolerance);
/* The same canonical text. */
bool report_same(const json *a, const json *b);
/* |a - b| <= tolerance * max(|b|, 1); two nulls are equal. */
bool figure_is_near(const json *figure, const json *expected, double tolerance);

/* A CSV file without quotes, gzipped or not, as a fixture (blanks in titles become underscores); NULL when
 * it cannot be opened. */
fixture *fixture_from_csv(const char *path);

/* Log relative error: the digits of CERTIFIED that FIGURE has right; 17 when it is exact. */
double log_relative_error(double figure, double certified);

#endif
