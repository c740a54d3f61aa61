/* SPSS system files (reading/sav/sav.h).  The first two bytes are how the file is read: blank rows and the
 * stated encoding, rows of a shard; the rest is the file.  ReadStat writes all seeds but three. */
#include <string.h>
#include <zlib.h>

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

static void put_how(fuzz_corpus *out, const char *how, by_hand *h) {
  buf seed;
  buf_init(&seed);
  buf_put(&seed, how, 2);
  buf_put(&seed, h->file.data, h->file.length);
  fuzz_corpus_add(out, seed.data, seed.length);
  buf_fini(&seed);
  buf_fini(&h->file);
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
  put_how(out, "\0\3", &h);
}

/* Codes of every kind; a very long text with labels and missing values; documents, displays, a code page. */
static void add_codes(fuzz_corpus *out) {
  enum { GROUPS = 5, GROUP = 8 };
  static const char segments[] = "B=00300\0\t";
  static const char displays[] = "\3\0\0\0\x08\0\0\0\0\0\0\0\1\0\0\0\x20\0\0\0\0\0\0\0";
  static const char labels[] =
      "\1\0\0\0"
      "B"
      "\x2c\1\0\0"
      "\1\0\0\0"
      "\1\0\0\0"
      "y"
      "\3\0\0\0"
      "why";
  static const char missing[] =
      "\1\0\0\0"
      "B"
      "\1"
      "\x08\0\0\0"
      "none    ";
  by_hand h = begin_by_hand(false, 1, -1);
  put_variable(&h, "A", 0);
  put_variable(&h, "B", 255);
  put_variable(&h, "B1", 45);
  put_u32(&h, 6);
  put_u32(&h, 1);
  put_padded(&h, "A document", 80);
  put_information_bytes(&h, 14, segments, sizeof segments - 1);
  put_information_bytes(&h, 11, displays, sizeof displays - 1);
  put_information(&h, 20, "gb18030");
  put_information_bytes(&h, 21, labels, sizeof labels - 1);
  put_information_bytes(&h, 22, missing, sizeof missing - 1);
  end_dictionary(&h);
  for (int i = 0; i <= GROUPS; i++) {
    uint8_t group[GROUP]; /* of 39 elements: 1 of A, 32 and 6 of B */
    memset(group, i == GROUPS ? 252 : 254, GROUP);
    if (i == 0) {
      memcpy(group, "\x65\xfd", 2);
    } else if (i == GROUPS - 1) {
      memcpy(group, "\0\xff\x65", 3);
    }
    buf_put(&h.file, group, GROUP);
    put_padded(&h, "element", i == 0 ? 8 : 0);
  }
  put_how(out, "\0\2", &h);
}

/* .zsav in two blocks, of which a group of codes lies in both. */
static void add_blocks(fuzz_corpus *out) {
  static const uint8_t codes[] = {101, 102, 103, 104, 105, 255, 254, 252};
  enum { FIRST = 3 };
  uint8_t packed[2][64];
  uLongf lengths[2] = {sizeof packed[0], sizeof packed[1]};
  by_hand h = begin_by_hand(false, 2, -1);
  h.file.data[3] = '3';
  put_variable(&h, "A", 0);
  end_dictionary(&h);
  fuzz_require(compress(packed[0], &lengths[0], codes, FIRST) == Z_OK &&
                   compress(packed[1], &lengths[1], codes + FIRST, sizeof codes - FIRST) == Z_OK,
               "blocks can be made");
  const uint64_t begin = h.file.length;
  buf_put_u64(&h.file, begin);
  buf_put_u64(&h.file, begin + 24 + lengths[0] + lengths[1]);
  buf_put_u64(&h.file, 24 + 2 * 24);
  buf_put(&h.file, packed[0], lengths[0]);
  buf_put(&h.file, packed[1], lengths[1]);
  for (int i = 0; i < 9; i++) {
    buf_put_u64(&h.file, (uint64_t)i);
  }
  put_how(out, "\0\0", &h);
}

void fuzz_seeds(fuzz_corpus *out) {
  add_sets(out);
  add_codes(out);
  add_blocks(out);
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
