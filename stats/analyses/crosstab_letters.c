/* crosstab's letters: the shares of a row compared column by column, as agencies mark them. */
#include <math.h>
#include <string.h>

#include "stats/analyses/crosstab_parts.h"
#include "stats/methods/estimate.h"
#include "stats/methods/holm.h"

enum { LETTERED_COLUMNS_MAX = 60, LETTER_BYTES = 4 };

static const double lower_case_confidence = 0.9;

void cross_letters_open(crossing *c) {
  if (run_argument(c->run, "letters")->integer == LETTERS_NONE || c->turned) {
    return;
  }
  c->tables.letter_names =
      table_new(c->run, "letter_names",
                c->weighting == WEIGHTING_SAMPLING ? "item other_item group other_value letter n n_effective"
                                                   : "item other_item group other_value letter n");
  c->tables.letters =
      table_new(c->run, "column_letters", "value other_value letters item other_item group column_percent");
}

/* A .. Z, then AA, AB, ..; in small letters on demand. */
static void name_of(uint32_t column, bool small, char *name) {
  const char first = small ? 'a' : 'A';
  if (column >= 26) {
    *name++ = (char)(first + (int)(column / 26) - 1);
  }
  *name++ = (char)(first + (int)(column % 26));
  *name = 0;
}

static void write_names(const crossing *c) {
  table *t = c->tables.letter_names;
  for (uint32_t j = 0; j < c->columns; j++) {
    char name[LETTER_BYTES];
    const cross_mass base = crossing_mass(c, CROSS_ALL, j);
    name_of(j, false, name);
    crossing_start_row(c, t);
    crossing_column_key(c, t, j);
    table_json(t, "letter", json_text(c->memory, slice_of(name)));
    table_integer(t, "n", base.n);
    if (c->weighting == WEIGHTING_SAMPLING) {
      table_number(t, "n_effective", crossing_effective(c, &base));
    }
    const int64_t tested = (int64_t)crossing_effective(c, &base); /* what the test rests on */
    if (tested < (int64_t)run_request(c->run)->small_base) {
      json *detail = crossing_detail(c);
      json_set_text(detail, "letter", name);
      json_set_integer(detail, "n", tested);
      json_set_integer(detail, "threshold", run_request(c->run)->small_base);
      run_warn(c->run, "small_letter_base", detail);
    }
  }
}

/* The shares of one row. */
typedef struct lettered {
  double *share, *base; /* of a column: in [0, 1], and what it is worth */
  double *p;            /* of a pair, adjusted */
  size_t pairs;
} lettered;

/* Two-sided p of the z test of two shares with the share of both together; NaN when both are 0 or both 1. */
static double z_test(double a, double base_a, double b, double base_b) {
  const double both = (a * base_a + b * base_b) / (base_a + base_b);
  const double se = sqrt(both * (1 - both) * (1 / base_a + 1 / base_b));
  return se > 0 ? two_sided_z((a - b) / se) : NAN;
}

static status adjust(const crossing *c, const lettered *l, error *err) {
  const int64_t how = run_argument(c->run, "letters")->integer;
  size_t tests = 0;
  for (size_t k = 0; k < l->pairs; k++) {
    tests += isnan(l->p[k]) ? 0 : 1;
  }
  for (size_t k = 0; k < l->pairs && how == LETTERS_BONFERRONI; k++) {
    l->p[k] = isnan(l->p[k]) ? NAN : fmin(1, l->p[k] * (double)tests);
  }
  return how == LETTERS_HOLM ? holm_adjust(l->p, l->p, l->pairs, err) : STATUS_OK;
}

static status test_row(const crossing *c, lettered *l, uint32_t i, error *err) {
  for (uint32_t j = 0; j < c->columns; j++) {
    const cross_mass part = crossing_mass(c, i, j), base = crossing_asked(c, i, j);
    l->share[j] = percent_of(part.count, base.count) / 100;
    l->base[j] = crossing_effective(c, &base);
  }
  l->pairs = 0;
  for (uint32_t a = 0; a < c->columns; a++) {
    for (uint32_t b = a + 1; b < c->columns; b++) {
      l->p[l->pairs++] = z_test(l->share[a], l->base[a], l->share[b], l->base[b]);
    }
  }
  return adjust(c, l, err);
}

/* The names of the columns with lower shares than column J, a blank between them. */
static json *letters_of(const crossing *c, const lettered *l, uint32_t j) {
  const double confidence = run_request(c->run)->confidence;
  char text[LETTERED_COLUMNS_MAX * LETTER_BYTES] = "";
  size_t length = 0;
  for (uint32_t other = 0; other < c->columns; other++) {
    const uint32_t a = j < other ? j : other, b = j < other ? other : j;
    if (other == j || !(l->share[j] > l->share[other])) {
      continue;
    }
    /* Pairs come row by row of a triangle: those of the columns before A are past. */
    const double p = l->p[(size_t)a * (2 * (size_t)c->columns - a - 1) / 2 + (b - a - 1)];
    const bool is_capital = p < 1 - confidence;
    if (is_capital || (confidence > lower_case_confidence && p < 1 - lower_case_confidence)) {
      if (length > 0) {
        text[length++] = ' ';
      }
      name_of(other, !is_capital, text + length);
      length += strlen(text + length);
    }
  }
  return json_text(c->memory, (slice){text, length});
}

static status write_row(const crossing *c, lettered *l, uint32_t i, error *err) {
  TRY(test_row(c, l, i, err));
  for (uint32_t j = 0; j < c->columns; j++) {
    table *t = c->tables.letters;
    crossing_start_row(c, t);
    crossing_row_key(c, t, i);
    crossing_column_key(c, t, j);
    table_number(t, "column_percent", 100 * l->share[j]);
    if (l->base[j] > 0) {
      table_json(t, "letters", letters_of(c, l, j));
    }
  }
  return STATUS_OK;
}

status cross_letters_write(const crossing *c, error *err) {
  if (c->tables.letters == NULL) {
    return STATUS_OK;
  }
  if (c->columns > LETTERED_COLUMNS_MAX) {
    json *detail = crossing_detail(c);
    json_set_integer(detail, "n", c->columns);
    json_set_integer(detail, "threshold", LETTERED_COLUMNS_MAX);
    run_warn(c->run, "letters_left_out", detail);
    return STATUS_OK;
  }
  write_names(c);
  lettered l = {.share = ARENA_ARRAY(c->memory, double, (size_t)c->columns + 1),
                .base = ARENA_ARRAY(c->memory, double, (size_t)c->columns + 1),
                .p = ARENA_ARRAY(c->memory, double, (size_t)c->columns * c->columns + 1)};
  if (l.share == NULL || l.base == NULL || l.p == NULL) {
    return error_no_memory(err, "letters of columns");
  }
  for (uint32_t i = 0; i < c->rows; i++) {
    TRY(write_row(c, &l, i, err));
  }
  return STATUS_OK;
}

void cross_letters_note(const crossing *c) {
  static const char *const notes[] = {[LETTERS_HOLM] = "note_letters_holm",
                                      [LETTERS_BONFERRONI] = "note_letters_bonferroni",
                                      [LETTERS_UNADJUSTED] = "note_letters_unadjusted"};
  const int64_t how = run_argument(c->run, "letters")->integer;
  if (how != LETTERS_NONE && c->turned) {
    run_note(c->run, "note_letters_turned", NULL);
  } else if (how != LETTERS_NONE) {
    json *detail = run_detail(c->run);
    json_set_number(detail, "percent", round(100 * 100 * run_request(c->run)->confidence) / 100);
    run_note(c->run, notes[how], detail);
    if (c->weighting == WEIGHTING_SAMPLING) {
      run_note(c->run, "note_letters_sampling", NULL);
    }
  }
}
