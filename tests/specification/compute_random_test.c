/* `compute` against a slow oracle: random expressions over random tables, written as text, read by the
 * specification and computed by a frame, against the same tree in GMP rationals. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stats/frame/frame.h"
#include "tests/check.h"
#include "tests/specification/compute_tree.h"
#include "tests/specification/spec_page.h"
#include "tests/stats/fixture.h"

enum { ROWS = 64, ROUNDS = 500, TEXT_BYTES = 1 << 16 };

/* ---- Tables --------------------------------------------------------------------------------------- */

static record table[ROWS];

static void column(fixture *f, const char *name, char texts[ROWS][32], packed_kind packing) {
  const char *cells[ROWS];
  for (uint32_t r = 0; r < ROWS; r++) {
    cells[r] = texts[r];
  }
  fixture_column(f, name, packing, cells);
}

static fixture *random_table(seeded *random) {
  static char texts[6][ROWS][32];
  fixture *f = fixture_new(ROWS);
  memset(texts, 0, sizeof texts);
  for (uint32_t r = 0; r < ROWS; r++) {
    record *row = &table[r];
    *row = (record){.numbers = {(int64_t)seeded_pick(random, 4000) - 2000, seeded_pick(random, 7),
                                1 + seeded_pick(random, 5)},
                    .first_day = seeded_pick(random, 5),
                    .second_day = seeded_pick(random, 5),
                    .text = (int)seeded_pick(random, 4)};
    for (uint32_t i = 0; i < 3; i++) {
      row->reasons[i] = seeded_pick(random, 4) == 0 ? MISSING_BLANK : ANSWER;
      if (row->reasons[i] == ANSWER) {
        decimal_format((decimal){row->numbers[i], i == 0 ? 2 : 0}, texts[i][r]);
      }
    }
    if (row->reasons[2] != ANSWER && seeded_pick(random, 2) == 0) {
      strcpy(texts[2][r], "9");
      row->reasons[2] = MISSING_DONT_KNOW;
    }
    strcpy(texts[3][r], tree_days[row->first_day].text);
    strcpy(texts[4][r], tree_days[row->second_day].text);
    texts[5][r][0] = row->text == 0 ? '\0' : (char)('w' + row->text);
  }
  column(f, "a", texts[0], PACKED_DECIMALS);
  column(f, "b", texts[1], PACKED_DECIMALS);
  column(f, "q", texts[2], PACKED_CODES);
  column(f, "d", texts[3], PACKED_CODES);
  column(f, "e", texts[4], PACKED_CODES);
  column(f, "n", texts[5], PACKED_CODES);
  return f;
}

typedef struct tally {
  uint32_t answered, missing, huge;
} tally;

static void check_rows(const plan *p, const stats_rows *rows, uint32_t first, const tree *t, const char *text,
                       tally *seen) {
  frame *f = NULL;
  number_view view;
  assert_int_equal(frame_new(p->program, rows, &f, NULL), STATUS_OK);
  assert_int_equal(frame_number(f, plan_find(p, "v")->variable, &view, NULL), STATUS_OK);
  for (uint32_t r = 0; r < rows->count; r++) {
    answer x;
    mpq_init(x.value);
    tree_evaluate(t, &table[first + r], &x);
    const int64_t expected = tree_mantissa(&x, view.decimals);
    if (!x.huge && view.values[r] != expected) {
      fail_msg("row %u of %s at %u decimals: %lld instead of %lld", first + r, text, view.decimals,
               (long long)view.values[r], (long long)expected);
    }
    seen->huge += x.huge;
    seen->answered += !x.huge && x.reason == ANSWER;
    seen->missing += !x.huge && x.reason != ANSWER;
    mpq_clear(x.value);
  }
  frame_destroy(f);
}

static void check_tree(seeded *random, const tree *t, bool is_truth, const fixture *data, tally *seen) {
  static char page[TEXT_BYTES];
  buf text;
  buf_init(&text);
  tree_show(t, &text);
  buf_put_u8(&text, 0);
  char decimals[32] = "";
  if (!is_truth && seeded_pick(random, 3) > 0) {
    (void)snprintf(decimals, sizeof decimals, ", decimals: %u", seeded_pick(random, 13));
  }
  const int length =
      snprintf(page, sizeof page,
               "variables:\n  a: {type: number, decimals: 2}\n  b: {type: number, decimals: 0}\n"
               "  q: {type: scale, range: [1, 5], missing: {9: dont_know}}\n  d: {type: date}\n"
               "  e: {type: date}\n  n: {type: nominal}\n"
               "derived: {v: {compute: \"%s\"%s}}\nanalyses: [describe: {items: v}]\n",
               (const char *)text.data, decimals);
  assert_true(length > 0 && (size_t)length < sizeof page);
  plan *p = page_plan(page, "a|b|q|d|e|n");
  check_rows(p, fixture_rows(data), 0, t, (const char *)text.data, seen);
  const uint32_t cut = 1 + seeded_pick(random, ROWS - 2);
  tally again = {0};
  fixture *head = fixture_cut(data, 0, cut);
  fixture *tail = fixture_cut(data, cut, ROWS - cut);
  check_rows(p, fixture_rows(head), 0, t, (const char *)text.data, &again);
  check_rows(p, fixture_rows(tail), cut, t, (const char *)text.data, &again);
  fixture_destroy(head);
  fixture_destroy(tail);
  plan_destroy(p);
  buf_fini(&text);
}

static void random_expressions(bool are_truths) {
  tally seen = {0};
  for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
    seeded random = {seed * 2 + are_truths};
    const unsigned depth = 1 + seeded_pick(&random, 4);
    const tree *t = are_truths ? tree_new_truth(&random, depth) : tree_new_number(&random, depth);
    if (!tree_has_variable(t)) {
      continue;
    }
    fixture *data = random_table(&random);
    check_tree(&random, t, are_truths, data, &seen);
    fixture_destroy(data);
  }
  assert_true(seen.answered > 10000 && seen.missing > 2000 && seen.huge < seen.answered / 20);
}

static void numbers_are_exact_and_rounded_once(void **state) {
  (void)state;
  random_expressions(false);
}

static void conditions_are_kleene_s(void **state) {
  (void)state;
  random_expressions(true);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(numbers_are_exact_and_rounded_once),
      cmocka_unit_test(conditions_are_kleene_s),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
