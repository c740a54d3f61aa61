/* Stata's files (reading/dta/dta.h).  The first two bytes are how the file is read: blank rows and the stated
 * encoding, rows of a shard; the rest is the file.  ReadStat writes the seeds but for two. */
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/read_twice.h"
#include "tests/reading/dta_by_hand.h"
#include "tests/reading/readstat_files.h"

enum { ROWS = 3 };

int fuzz_one(const uint8_t *bytes, size_t length) {
  read_twice_statistics("fuzz.dta", bytes, length);
  return 0;
}

static void write_seed(written_as as, buf *out) {
  const bool has_long_texts = as >= WRITTEN_DTA_117 && as < WRITTEN_DTA_119;
  readstat_writer_t *w = readstat_file_new();
  readstat_label_set_t *labels = readstat_add_label_set(w, READSTAT_TYPE_INT32, "labels");
  readstat_label_int32_value(labels, 1, "no");
  readstat_string_ref_t *long_text =
      has_long_texts ? readstat_add_string_ref(w, "a text of any length") : NULL;
  readstat_variable_t *q = readstat_add_variable(w, "q", READSTAT_TYPE_INT8, 0);
  readstat_variable_set_label_set(q, labels);
  const readstat_variable_t *f = readstat_add_variable(w, "f", READSTAT_TYPE_FLOAT, 0);
  readstat_variable_t *day = readstat_add_variable(w, "day", READSTAT_TYPE_DOUBLE, 0);
  readstat_variable_set_format(day, "%tq");
  const readstat_variable_t *t = readstat_add_variable(w, "t", READSTAT_TYPE_STRING, 6);
  const readstat_variable_t *l =
      has_long_texts ? readstat_add_variable(w, "l", READSTAT_TYPE_STRING_REF, 0) : NULL;
  readstat_file_begin(w, as, out, ROWS);
  for (int i = 0; i < ROWS; i++) {
    readstat_well(readstat_begin_row(w));
    readstat_well(readstat_insert_int8_value(w, q, (int8_t)i));
    readstat_well(readstat_insert_float_value(w, f, 0.1F * (float)i));
    readstat_well(i == 1 ? readstat_insert_missing_value(w, day) : readstat_insert_double_value(w, day, 160));
    readstat_well(readstat_insert_string_value(w, t, i == 0 ? "abc" : ""));
    if (has_long_texts) {
      readstat_well(readstat_insert_string_ref(w, l, long_text));
    }
    readstat_well(readstat_end_row(w));
  }
  readstat_file_end(w);
}

void fuzz_seeds(fuzz_corpus *out) {
  for (int is_big = 0; is_big < 2; is_big++) {
    buf file;
    buf_init(&file);
    buf_put(&file, "\0\0", 2);
    dta_by_hand(&file, is_big == 1);
    fuzz_corpus_add(out, file.data, file.length);
    buf_fini(&file);
  }
  for (written_as as = WRITTEN_DTA_110; as <= WRITTEN_DTA_119; as++) {
    buf file;
    buf_init(&file);
    buf_put_u8(&file, (uint8_t)as);
    buf_put_u8(&file, 2);
    write_seed(as, &file);
    fuzz_corpus_add(out, file.data, file.length);
    buf_fini(&file);
  }
}
