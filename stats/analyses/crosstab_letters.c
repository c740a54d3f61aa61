/* crosstab's letters: the shares of a row compared column by column, as agencies mark them. */
#include <math.h>

#include "stats/analyses/crosstab_parts.h"
#include "stats/methods/column_test.h"

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

static void write_names(const crossing *c) {
  table *t = c->tables.letter_names;
  for (uint32_t j = 0; j < c->columns; j++) {
    char name[LETTER_BYTES];
    const cross_mass base = crossing_mass(c, CROSS_ALL, j);
    letters_name(j, false, name);
    crossing_start_row(c, t);
    crossing_column_key(c, t, j);
    table_json(t, "letter", json_text(c->memory, slice_of(name)));
    table_integer(t, "n", base.n);
    if (c->weighting == WEIGHTING_SAMPLING) {
      table_number(t, "n_effective", crossing_effective(c, &base));
    }
    const int64_t tested = (int64_t)crossing_effective(c, &base); /* what the test rests on */
    if (base.n > 0 && tested < (int64_t)run_request(c->run)->small_base) {
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
  letters_row row;
} lettered;

static status test_row(const crossing *c, lettered *l, uint32_t i, error *err) {
  for (uint32_t j = 0; j < c->columns; j++) {
    const cross_mass part = crossing_mass(c, i, j), base = crossing_asked(c, i, j);
    l->share[j] = percent_of(part.count, base.count) / 100;
    l->base[j] = crossing_effective(c, &base);
  }
  size_t pairs = 0;
  for (uint32_t a = 0; a < c->columns; a++) {
    for (uint32_t b = a + 1; b < c->columns; b++) {
      l->row.p[pairs++] = column_test_shares(l->share[a], l->base[a], l->share[b], l->base[b]);
    }
  }
  return letters_adjust(&l->row, run_argument(c->run, "letters")->integer, err);
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
      table_json(t, "letters",
                 letters_of(&l->row, j, run_request(c->run)->confidence, lower_case_confidence, c->memory));
    }
  }
  return STATUS_OK;
}

status cross_letters_write(const crossing *c, error *err) {
  if (c->tables.letters == NULL) {
    return STATUS_OK;
  }
  if (c->columns > LETTERS_COLUMNS_MAX) {
    json *detail = crossing_detail(c);
    json_set_integer(detail, "n", c->columns);
    json_set_integer(detail, "threshold", LETTERS_COLUMNS_MAX);
    run_warn(c->run, "letters_left_out", detail);
    return STATUS_OK;
  }
  write_names(c);
  lettered l = {
      .share = ARENA_ARRAY(c->memory, double, (size_t)c->columns + 1),
      .base = ARENA_ARRAY(c->memory, double, (size_t)c->columns + 1),
      .row = {.count = c->columns, .p = ARENA_ARRAY(c->memory, double, letters_pairs(c->columns) + 1)}};
  l.row.figure = l.share;
  if (l.share == NULL || l.base == NULL || l.row.p == NULL) {
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
