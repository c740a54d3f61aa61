/* Files as the world has them: compressed, in other encodings, from pipes, in several parts; and the real
 * surveys beside the project, where they are. */
#include <iconv.h>
#include <pthread.h>
#include <zlib.h>
#include <zstd.h>

#include "tests/reading/csv_reading.h"

#define DATA CANVASS_SOURCE_DIR "/../shared/data/"

static reading_options plain_options(void) {
  return (reading_options){.decimal_mark = '.', .shard_rows = 1000, .threads = 2};
}

static buf gzip_member(const void *bytes, size_t length) {
  buf out;
  buf_init(&out);
  z_stream z = {0};
  assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  const size_t bound = deflateBound(&z, length);
  assert_true(buf_reserve(&out, bound));
  z.next_in = (z_const Bytef *)bytes;
  z.avail_in = (uInt)length;
  z.next_out = out.data;
  z.avail_out = (uInt)bound;
  assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
  out.length = bound - z.avail_out;
  deflateEnd(&z);
  return out;
}

static buf zstd_frame(const void *bytes, size_t length) {
  buf out;
  buf_init(&out);
  assert_true(buf_reserve(&out, ZSTD_compressBound(length)));
  out.length = ZSTD_compress(out.data, ZSTD_compressBound(length), bytes, length, 3);
  assert_false(ZSTD_isError(out.length));
  return out;
}

/* Enough text for several blocks of everything. */
static buf long_text(void) {
  buf text;
  buf_init(&text);
  buf_printf(&text, "id,answer,score,comment\n");
  for (int i = 0; i < 60000; i++) {
    buf_printf(&text, "%d,%s,%d.%02d,\"say \"\"%d\"\"\n客户\"\n", i, i % 7 == 0 ? "不行" : "很满意", i % 11,
               i % 100, i % 300);
  }
  return text;
}

static buf packed_in_two(const buf *text, buf (*pack)(const void *, size_t)) {
  const size_t cut = text->length / 3;
  buf first = pack(text->data, cut);
  buf second = pack(text->data + cut, text->length - cut);
  buf_put(&first, second.data, second.length);
  buf_fini(&second);
  return first;
}

static void compressed_files_give_the_shards_of_the_plain_one(void **state) {
  (void)state;
  buf text = long_text();
  reading_options options = plain_options();
  dataset plain = read_text(&options, text.data, text.length);
  assert_int_equal(plain.rows_count, 60000);
  digest sha256;
  error err;
  assert_int_equal(digest_of(text.data, text.length, &sha256, &err), STATUS_OK);
  assert_true(digest_equal(&sha256, &plain.facts->files[0].sha256));
  assert_int_equal(plain.facts->files[0].bytes, text.length);
  buf (*const packers[])(const void *, size_t) = {gzip_member, zstd_frame};
  for (size_t i = 0; i < 2; i++) {
    buf packed = packed_in_two(&text, packers[i]);
    dataset d = read_text(&options, packed.data, packed.length);
    assert_same_data(&plain, &d);
    assert_true(digest_equal(&sha256, &d.facts->files[0].sha256)); /* of what it unpacks to */
    assert_int_equal(d.facts->files[0].bytes, text.length);
    drop_dataset(&d);
    dataset cut = read_text(&options, packed.data, packed.length - 20);
    assert_int_equal(cut.code, STATUS_DATA);
    drop_dataset(&cut);
    buf_fini(&packed);
  }
  drop_dataset(&plain);
  buf_fini(&text);
}

static void zeros_behind_a_gzip_member_are_padding_and_other_bytes_are_not(void **state) {
  (void)state;
  reading_options options = plain_options();
  buf packed = gzip_member("a,b\n1,2\n", 8);
  buf_put(&packed, "\0\0\0\0", 4);
  dataset d = read_text(&options, packed.data, packed.length);
  assert_int_equal(d.code, STATUS_OK);
  drop_dataset(&d);
  buf_put(&packed, "x", 1);
  d = read_text(&options, packed.data, packed.length);
  assert_int_equal(d.code, STATUS_DATA);
  drop_dataset(&d);
  buf_fini(&packed);
}

static buf converted(const buf *text, const char *encoding) {
  buf out;
  buf_init(&out);
  assert_true(buf_reserve(&out, text->length * 4 + 16));
  iconv_t handle = iconv_open(encoding, "UTF-8");
  assert_true(handle != (iconv_t)-1);
  char *in = (char *)text->data;
  char *to = (char *)out.data;
  size_t in_left = text->length;
  size_t to_left = text->length * 4 + 16;
  assert_true(iconv(handle, &in, &in_left, &to, &to_left) != (size_t)-1);
  out.length = (size_t)(to - (char *)out.data);
  iconv_close(handle);
  return out;
}

static void other_encodings_give_the_shards_of_utf8(void **state) {
  (void)state;
  static const struct {
    const char *written;
    const char *stated;
    bool marked; /* a byte-order mark, and nothing stated */
  } cases[] = {
      {"GB18030", "gbk", false},     {"GBK", "GB2312", false},        {"UTF-16LE", "utf-16", false},
      {"UTF-16BE", "utf-16", false}, {"UTF-16LE", "utf-16le", false}, {"UTF-16LE", NULL, true},
      {"UTF-16BE", NULL, true},      {"UTF-32LE", NULL, true},        {"UTF-8", "gb18030", true},
  };
  buf text = long_text();
  reading_options options = plain_options();
  dataset plain = read_text(&options, text.data, text.length);
  buf marked;
  buf_init(&marked);
  buf_printf(&marked, "\xef\xbb\xbf%.*s", (int)text.length, (const char *)text.data);
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    buf bytes = converted(cases[i].marked ? &marked : &text, cases[i].written);
    options.encoding = cases[i].stated;
    dataset d = read_text(&options, bytes.data, bytes.length);
    if (d.code != STATUS_OK) {
      fail_msg("%s: %s", cases[i].written, d.err.message);
    }
    assert_same_data(&plain, &d);
    drop_dataset(&d);
    buf_fini(&bytes);
  }
  buf_fini(&marked);
  drop_dataset(&plain);
  buf_fini(&text);
}

static void bytes_that_an_encoding_does_not_have_are_placed(void **state) {
  (void)state;
  reading_options options = plain_options();
  options.encoding = "gb18030";
  dataset d = read_text(&options, "a,b\n1,2\n3,\xff\n", 12);
  assert_int_equal(d.code, STATUS_DATA);
  assert_contains(d.err.message, ":3:");
  assert_contains(d.err.message, "byte 11");
  drop_dataset(&d);
  d = read_text(&options, "a,b\n1,2\n3,\xb2", 11);
  assert_int_equal(d.code, STATUS_DATA);
  assert_contains(d.err.message, "middle of a character");
  drop_dataset(&d);
}

typedef struct writing {
  int fd;
  const buf *text;
} writing;

static void *write_slowly(void *argument) {
  const writing *w = argument;
  for (size_t at = 0; at < w->text->length;) {
    const size_t left = w->text->length - at;
    const ssize_t put = write(w->fd, w->text->data + at, left < 5000 ? left : 5000);
    assert_true(put > 0);
    at += (size_t)put;
  }
  close(w->fd);
  return NULL;
}

static void standard_input_gives_the_shards_of_the_file(void **state) {
  (void)state;
  buf text = long_text();
  reading_options options = plain_options();
  dataset plain = read_text(&options, text.data, text.length);
  int ends[2];
  assert_int_equal(pipe(ends), 0);
  const int kept = dup(STDIN_FILENO);
  assert_true(dup2(ends[0], STDIN_FILENO) >= 0);
  close(ends[0]);
  pthread_t thread;
  writing w = {ends[1], &text};
  assert_int_equal(pthread_create(&thread, NULL, write_slowly, &w), 0);
  const char *paths[] = {"-"};
  dataset d = read_dataset(&options, paths, 1);
  pthread_join(thread, NULL);
  if (kept >= 0) {
    dup2(kept, STDIN_FILENO);
    close(kept);
  }
  assert_same_data(&plain, &d);
  assert_true(slice_is(d.facts->files[0].name, "-"));
  assert_true(digest_equal(&plain.facts->files[0].sha256, &d.facts->files[0].sha256));
  drop_dataset(&d);
  drop_dataset(&plain);
  buf_fini(&text);
}

static void columns_of_several_files_are_matched_by_name(void **state) {
  (void)state;
  char *first = make_file("a,b,c\n1,2,3\n4,5,6\n", 18);
  char *second = make_file(
      "\xef\xbb\xbf"
      "c;x;b;a\r\n7;0;8;9\r\n",
      21);
  const char *paths[] = {first, second};
  const reading_column wanted[] = {{"a", 0, false}, {"c", 0, false}};
  reading_options options = plain_options();
  options.columns = wanted;
  options.columns_count = 2;
  dataset d = read_dataset(&options, paths, 2);
  assert_int_equal(d.code, STATUS_OK);
  assert_int_equal(d.rows_count, 3);
  assert_true(slice_is(d.rows[2].cells[0], "9"));
  assert_true(slice_is(d.rows[2].cells[1], "7"));
  assert_int_equal(d.rows[2].ordinal, 2);
  assert_int_equal(d.rows[2].line, 2);
  assert_int_equal(d.facts->files_count, 2);
  assert_int_equal(d.facts->shards[1].file, 1);
  drop_dataset(&d);
  options.columns = NULL;
  const char *reversed[] = {second, first};
  d = read_dataset(&options, reversed, 2);
  assert_int_equal(d.code, STATUS_DATA);
  assert_contains(d.err.message, "\"x\"");
  assert_memory_equal(d.err.message, first, strlen(first));
  drop_dataset(&d);
  drop_file(first);
  drop_file(second);
}

/* Skips the test, saying so, where the real data are not. */
static void need_data(const char *path) {
  if (access(path, R_OK) != 0) {
    print_message("%s is not here\n", path);
    skip();
  }
}

static void the_korean_kiosk_survey_reads_alike_in_both_encodings(void **state) {
  (void)state;
  const char *utf8[] = {DATA "servqual/kiosk_utf8.csv"};
  const char *cp949[] = {DATA "servqual/kiosk_cp949.csv"};
  need_data(utf8[0]);
  reading_options options = plain_options();
  dataset a = read_dataset(&options, utf8, 1);
  assert_int_equal(a.code, STATUS_OK);
  assert_int_equal(a.rows_count, 211);
  assert_int_equal(a.facts->columns_count, 163);
  assert_int_equal(a.facts->files[0].quarantined, 0);
  dataset b = read_dataset(&options, cp949, 1);
  assert_int_equal(b.code, STATUS_DATA);
  assert_contains(b.err.message, "encoding: cp949");
  drop_dataset(&b);
  options.encoding = "euc-kr";
  b = read_dataset(&options, cp949, 1);
  assert_same_data(&a, &b);
  size_t with_comma = 0;
  size_t with_tab = 0;
  for (uint32_t i = 0; i < a.facts->columns_count; i++) {
    const slice name = a.facts->columns[i].name;
    with_comma += memchr(name.bytes, ',', name.length) != NULL;
    with_tab += memchr(name.bytes, '\t', name.length) != NULL;
  }
  assert_int_equal(with_comma, 78);
  assert_int_equal(with_tab, 2);
  drop_dataset(&a);
  drop_dataset(&b);
}

static void the_kano_cohorts_read_as_they_are(void **state) {
  (void)state;
  static const char *const paths[] = {
      DATA "kano/storage--cohort1-clean.csv", DATA "kano/storage--cohort2-clean.csv",
      DATA "kano/storage--cohort3-clean.csv", DATA "kano/storage--cohort4-clean.csv"};
  static const size_t rows[] = {91, 97, 89, 86};
  need_data(paths[0]);
  reading_options options = plain_options();
  for (size_t i = 0; i < 4; i++) {
    dataset d = read_dataset(&options, &paths[i], 1);
    assert_int_equal(d.code, STATUS_OK);
    assert_int_equal(d.rows_count, rows[i]);
    assert_int_equal(d.facts->columns_count, 21);
    assert_int_equal(d.facts->files[0].quarantined, 0);
    drop_dataset(&d);
  }
  dataset all = read_dataset(&options, paths, 4);
  assert_int_equal(all.rows_count, 91 + 97 + 89 + 86);
  assert_true(slice_is(all.rows[91 + 97].cells[0], "C3-1"));
  drop_dataset(&all);
}

static void the_airline_survey_reads_alike_plain_and_compressed(void **state) {
  (void)state;
  const char *packed[] = {DATA "airline/airline_passenger_satisfaction.csv.gz"};
  need_data(packed[0]);
  buf text;
  buf_init(&text);
  gzFile in = gzopen(packed[0], "rb");
  assert_non_null(in);
  static char block[1 << 16];
  for (int got; (got = gzread(in, block, sizeof block)) > 0;) {
    buf_put(&text, block, (size_t)got);
  }
  gzclose(in);
  reading_options options = plain_options();
  options.shard_rows = 7919;
  dataset plain = read_text(&options, text.data, text.length);
  assert_int_equal(plain.rows_count, 129880);
  assert_int_equal(plain.facts->files[0].quarantined, 0);
  /* sha256sum of the unpacked file, from the page that describes the data */
  char hex[DIGEST_HEX_BYTES];
  digest_hex(&plain.facts->files[0].sha256, hex);
  assert_string_equal(hex, "50870322733d4778f823e5b652b19f8440456415fa5dfdd4979bc7eabeadba81");
  for (unsigned threads = 1; threads <= 3; threads++) {
    options.threads = threads;
    dataset d = read_dataset(&options, packed, 1);
    assert_same_data(&plain, &d);
    drop_dataset(&d);
  }
  drop_dataset(&plain);
  buf_fini(&text);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(compressed_files_give_the_shards_of_the_plain_one),
      cmocka_unit_test(zeros_behind_a_gzip_member_are_padding_and_other_bytes_are_not),
      cmocka_unit_test(other_encodings_give_the_shards_of_utf8),
      cmocka_unit_test(bytes_that_an_encoding_does_not_have_are_placed),
      cmocka_unit_test(standard_input_gives_the_shards_of_the_file),
      cmocka_unit_test(columns_of_several_files_are_matched_by_name),
      cmocka_unit_test(the_korean_kiosk_survey_reads_alike_in_both_encodings),
      cmocka_unit_test(the_kano_cohorts_read_as_they_are),
      cmocka_unit_test(the_airline_survey_reads_alike_plain_and_compressed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
