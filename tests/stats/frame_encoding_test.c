/* Properties of frames over random data: the encoding of a column, the cut into shards and the form of
 * the kernels never change what a row says.
 *
 * Method: random cells, sane and not, for a program with every kind of variable; the rows' texts
 * (tests/stats/shown.h) from the dictionary encoding are compared with those of every other
 * presentation of the same cells.
 */
#include <stdlib.h>
#include <string.h>

#include "stats/accumulators/accumulator.h"
#include "stats/stats.h"
#include "tests/check.h"
#include "tests/seeded.h"
#include "tests/stats/fixture.h"
#include "tests/stats/sample_program.h"
#include "tests/stats/shown.h"

enum { ROWS = 600, ROUNDS = 12 };

static const char *const scale_cells[] = {"1",   "2",  "3",         "4", "5", "5.0",
                                          "2.5", "99", "very good", "",  "6", "x"};
static const char *const region_cells[] = {"north", "south", "n", "-", "", "east", "north"};
static const char *const number_cells[] = {"0",
                                           "999.99",
                                           "1000",
                                           "2500.5",
                                           "2500.505",
                                           "12.345",
                                           "-1",
                                           "",
                                           "n/a",
                                           "1e3",
                                           "10000",
                                           "7.125",
                                           "7.135",
                                           "123456789012",
                                           "3.10",
                                           "0.0012345678901234567",
                                           "4.53449843955693e-05",
                                           "1e400",
                                           "1e-400",
                                           "2500.50500000000000000000000",
                                           "-9999999999999999999.5"};
static const char *const date_cells[] = {"2025-06-30", "2025-07-01", "2024-02-29", "2023-02-29",
                                         "",           "soon",       "1969-12-31"};
static const char *const text_cells[] = {"good", "bad", "", "ok, fine", "good"};
static const char *const media_cells[] = {"tv", "tv;radio", "radio; tv", "web", "", ";", "web;tv;web"};
static const char *const order_cells[] = {"tv\xe2\x86\x92radio",
                                          "radio\xe2\x86\x92tv",
                                          "radio",
                                          "tv\xe2\x86\x92tv",
                                          "web",
                                          "",
                                          "radio \xe2\x86\x92 tv \xe2\x86\x92"};
static const char *const flag_cells[] = {"0", "1", "", "1", "0", "1.0", "?"};

static const struct column_source {
  const char *name;
  const char *const *cells;
  size_t count;
  bool numbers; /* decimals say the same */
} sources[] = {
#define CELLS(list) list, sizeof(list) / sizeof(list)[0]
    {"satisfaction", CELLS(scale_cells), true}, {"trust", CELLS(scale_cells), true},
    {"region", CELLS(region_cells), false},     {"income", CELLS(number_cells), true},
    {"visited", CELLS(date_cells), false},      {"comment", CELLS(text_cells), false},
    {"media", CELLS(media_cells), false},       {"tv", CELLS(flag_cells), true},
    {"radio", CELLS(flag_cells), true},         {"order", CELLS(order_cells), false},
#undef CELLS
};

/* Each column in one of the kinds; MIXED: a random one that suits it. */
static fixture *random_data(uint64_t seed, packed_kind kind, bool mixed) {
  fixture *data = fixture_new(ROWS);
  const char *cells[ROWS];
  for (size_t c = 0; c < sizeof sources / sizeof sources[0]; c++) {
    seeded state = {seed * 1000 + c};
    for (size_t r = 0; r < ROWS; r++) {
      cells[r] = sources[c].cells[seeded_next(&state) % sources[c].count];
    }
    seeded choice = {seed * 7777 + c};
    packed_kind own = mixed ? (packed_kind)(PACKED_CODES + seeded_next(&choice) % PACKED_SCALED) : kind;
    if ((own == PACKED_DECIMALS || own == PACKED_SCALED) && !sources[c].numbers) {
      own = PACKED_TEXTS;
    }
    fixture_column(data, sources[c].name, own, cells);
  }
  return data;
}

/* All that a frame says: every variable and every grouping, row by row. */
static char **say(const program *p, const stats_rows *rows) {
  frame *f = NULL;
  assert_int_equal(frame_new(p, rows, &f, NULL), STATUS_OK);
  uint32_t lines = p->variables_count + p->accumulators_count;
  char **said = calloc((size_t)lines * rows->count + 1, sizeof *said);
  assert_non_null(said);
  for (uint32_t i = 0; i < lines; i++) {
    group_view groups = {0};
    const program_accumulator *a = i < p->variables_count ? NULL : &p->accumulators[i - p->variables_count];
    if (a != NULL) {
      assert_int_equal(frame_groups(f, a->by, a->by_count, a->filter, a->weight, &groups, NULL), STATUS_OK);
    }
    for (uint32_t r = 0; r < rows->count; r++) {
      said[(size_t)i * rows->count + r] = strdup(a != NULL ? shown_group(&groups, r) : shown_row(f, i, r));
    }
  }
  frame_destroy(f);
  return said;
}

static void forget(char **said, size_t count) {
  for (size_t i = 0; i < count; i++) {
    free(said[i]);
  }
  free(said);
}

/* SAID is what WHOLE says of the rows from FIRST on. */
static void compare(const program *p, char **whole, char **said, uint32_t first, uint32_t count,
                    uint64_t seed, const char *what) {
  uint32_t lines = p->variables_count + p->accumulators_count;
  for (uint32_t i = 0; i < lines; i++) {
    for (uint32_t r = 0; r < count; r++) {
      const char *expected = whole[(size_t)i * ROWS + first + r];
      const char *got = said[(size_t)i * count + r];
      if (strcmp(expected, got) != 0) {
        fail_msg("seed %llu, %s: line %u, row %u: '%s' instead of '%s'", (unsigned long long)seed, what, i,
                 first + r, got, expected);
      }
    }
  }
}

static void every_encoding_says_the_same(void **state) {
  (void)state;
  sample_program s = sample_program_new(SAMPLE_PLAIN);
  size_t lines = s.program->variables_count + s.program->accumulators_count;
  for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
    fixture *data = random_data(seed, PACKED_CODES, false);
    char **whole = say(s.program, fixture_rows(data));
    const packed_kind kinds[] = {PACKED_WIDE, PACKED_TEXTS, PACKED_DECIMALS, PACKED_SCALED};
    for (size_t k = 0; k < 4; k++) {
      fixture *other = random_data(seed, kinds[k], false);
      char **said = say(s.program, fixture_rows(other));
      compare(s.program, whole, said, 0, ROWS, seed, "encoding");
      forget(said, lines * ROWS);
      fixture_destroy(other);
    }
    forget(whole, lines * ROWS);
    fixture_destroy(data);
  }
  program_destroy(s.program);
}

static void shards_cut_anywhere_say_the_same(void **state) {
  (void)state;
  sample_program s = sample_program_new(SAMPLE_PLAIN);
  size_t lines = s.program->variables_count + s.program->accumulators_count;
  for (uint64_t seed = 101; seed <= 100 + ROUNDS; seed++) {
    fixture *data = random_data(seed, PACKED_CODES, true);
    char **whole = say(s.program, fixture_rows(data));
    seeded random = {seed};
    for (uint32_t first = 0; first < ROWS;) {
      uint32_t count = 1 + (uint32_t)(seeded_next(&random) % 150);
      count = count > ROWS - first ? ROWS - first : count;
      fixture *shard = fixture_cut(data, first, count);
      char **said = say(s.program, fixture_rows(shard));
      compare(s.program, whole, said, first, count, seed, "shard");
      forget(said, lines * count);
      fixture_destroy(shard);
      first += count;
    }
    forget(whole, lines * ROWS);
    fixture_destroy(data);
  }
  program_destroy(s.program);
}

static void every_form_of_the_kernels_says_the_same(void **state) {
  (void)state;
  sample_program s = sample_program_new(SAMPLE_PLAIN);
  size_t lines = s.program->variables_count + s.program->accumulators_count;
  const char *forms[] = {"portable", "avx2", "avx512"};
  fixture *data = random_data(5, PACKED_CODES, false);
  assert_int_equal(stats_kernels_choose("portable", NULL), STATUS_OK);
  char **whole = say(s.program, fixture_rows(data));
  for (size_t k = 0; k < 3; k++) {
    if (stats_kernels_choose(forms[k], NULL) != STATUS_OK) {
      print_message("this processor has no %s\n", forms[k]);
      continue;
    }
    char **said = say(s.program, fixture_rows(data));
    compare(s.program, whole, said, 0, ROWS, 5, forms[k]);
    forget(said, lines * ROWS);
  }
  forget(whole, lines * ROWS);
  fixture_destroy(data);
  program_destroy(s.program);
}

/* Every byte value through every form: the sample has few codes. */
static void a_full_dictionary_is_looked_up_right(void **state) {
  (void)state;
  enum { MANY = 254, REPEAT = 1000 };
  static char texts[MANY][8];
  const char *cells[REPEAT];
  for (int i = 0; i < MANY; i++) {
    texts[i][0] = (char)('a' + i % 26);
    texts[i][1] = (char)('a' + i / 26);
  }
  seeded random = {9};
  for (int r = 0; r < REPEAT; r++) {
    cells[r] = r < MANY ? texts[r] : texts[seeded_next(&random) % MANY];
  }
  const char *forms[] = {"portable", "avx2", "avx512"};
  for (size_t k = 0; k < 3; k++) {
    if (stats_kernels_choose(forms[k], NULL) != STATUS_OK) {
      continue;
    }
    program *p = program_new();
    fixture *data = fixture_new(REPEAT);
    frame *f = NULL;
    coded_view view;
    uint32_t scale = 0;
    assert_int_equal(fixture_column(data, "x", PACKED_CODES, cells), PACKED_CODES);
    program_rule rules[MANY];
    for (int i = 0; i < MANY; i++) {
      rules[i] = (program_rule){.text = slice_of(texts[i]), .value = {i % 200, 0}};
    }
    sample_add(p,
               &(program_variable){.kind = VARIABLE_SCALE,
                                   .name = "x",
                                   .column = "x",
                                   .has_range = true,
                                   .high = 240,
                                   .rules = rules,
                                   .rules_count = MANY},
               &scale);
    assert_int_equal(frame_new(p, fixture_rows(data), &f, NULL), STATUS_OK);
    assert_int_equal(frame_coded(f, scale, &view, NULL), STATUS_OK);
    for (uint32_t r = 0; r < REPEAT; r++) {
      int i = (cells[r][1] - 'a') * 26 + (cells[r][0] - 'a');
      assert_int_equal(view.slots[r], i % 200);
    }
    for (uint32_t r = REPEAT; r < (REPEAT + 63) / 64 * 64; r++) {
      assert_int_equal(view.slots[r], SLOT_MISSING);
    }
    frame_destroy(f);
    fixture_destroy(data);
    program_destroy(p);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_encoding_says_the_same),
      cmocka_unit_test(shards_cut_anywhere_say_the_same),
      cmocka_unit_test(every_form_of_the_kernels_says_the_same),
      cmocka_unit_test(a_full_dictionary_is_looked_up_right),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
