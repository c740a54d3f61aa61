/* SPSS system files (reading/sav/sav.h).  The first two bytes are how the file is read: blank rows and the
 * stated encoding, rows of a shard; the rest is the file.  ReadStat writes all seeds but one. */
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/read_twice.h"
#include "tests/reading/readstat_files.h"
#include "tests/reading/sav_by_hand.h"

int fuzz_one(const uint8_t *bytes, size_t length) {
  read_twice_statistics("fuzz.sav", bytes, length);
  return 0;
}

static void add_variables(readstat_writer_t *w) {
  readstat_label_set_t *labels = readstat_add_label_set(w, READSTAT_TYPE_DOUBLE, "labels");
  readstat_label_double_value(labels, 1, "no");
  readstat_label_double_value(labels, 9, "refused");
  readstat_variable_t *q = readstat_add_variable(w, "question_1", READSTAT_TYPE_DOUBLE, 0);
  readstat_variable_set_label(q, "Q");
  readstat_variable_set_label_set(q, labels);
  readstat_well(readstat_variable_add_missing_double_range(q, 90, 99));
  readstat_variable_set_format(readstat_add_variable(w, "day", READSTAT_TYPE_DOUBLE, 0), "DATETIME20");
  readstat_label_set_t *texts = readstat_add_label_set(w, READSTAT_TYPE_STRING, "texts");
  readstat_label_string_value(texts, "a long code", "A");
  readstat_variable_t *t = readstat_add_variable(w, "t", READSTAT_TYPE_STRING, 20);
  readstat_variable_set_label_set(t, texts);
  readstat_well(readstat_variable_add_missing_string_value(t, "none"));
  readstat_add_variable(w, "very_long", READSTAT_TYPE_STRING, 300);
}

static void write_seed(written_as as, buf *out) {
  enum { ROWS = 4, COLUMNS = 4 };
  readstat_writer_t *w = readstat_file_new();
  add_variables(w);
  readstat_file_begin(w, as, out, ROWS);
  for (int i = 0; i < ROWS; i++) {
    readstat_well(readstat_begin_row(w));
    for (int c = 0; c < COLUMNS; c++) {
      const readstat_variable_t *v = readstat_get_variable(w, c);
      if (c < 2) {
        readstat_well(readstat_insert_double_value(w, v, c == 0 ? i + 0.5 : 13e9 * i));
      } else {
        readstat_well(readstat_insert_string_value(w, v,
                                                   i % 2 == 0 ? "s\xc3\xbc"
                                                                "d"
                                                              : ""));
      }
    }
    readstat_well(readstat_end_row(w));
  }
  readstat_file_end(w);
}

/* With sets, in a file of the other byte order. */
static void add_sets(fuzz_corpus *out) {
  by_hand h = begin_by_hand(true, 0, 1);
  put_variable(&h, "A", 0);
  put_variable(&h, "B", 3);
  put_information(&h, 7, "$c=C 5 label a b\n$d=D1 1 0  a\n$e=E 11 1 1 0  a b\n");
  put_information(&h, 13, "A=first_name\tB=second_name");
  end_dictionary(&h);
  put_double(&h, 1);
  put_padded(&h, "x", 8);
  buf seed;
  buf_init(&seed);
  buf_put(&seed, "\0\3", 2);
  buf_put(&seed, h.file.data, h.file.length);
  fuzz_corpus_add(out, seed.data, seed.length);
  buf_fini(&seed);
  buf_fini(&h.file);
}

void fuzz_seeds(fuzz_corpus *out) {
  add_sets(out);
  for (written_as as = WRITTEN_SAV; as <= WRITTEN_ZSAV; as++) {
    buf file;
    buf_init(&file);
    buf_put_u8(&file, (uint8_t)as);
    buf_put_u8(&file, 3);
    write_seed(as, &file);
    fuzz_corpus_add(out, file.data, file.length);
    buf_fini(&file);
  }
}
