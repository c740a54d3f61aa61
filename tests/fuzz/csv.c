/* Files of answers (reading/reading.h): the same outcome for 1 and 3 threads, and every record is reported.
 *
 * The first four bytes are how the file is read: delimiter; decimal mark, blank rows and the header's; rows
 * of a shard; encoding and format.  The rest is the file: plain, or packed by gzip or zstd, as its own first
 * bytes say. */
#include <string.h>
#include <zlib.h>

#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/read_twice.h"

enum { HOW_BYTES = 4 };

static reading_options options_of(const uint8_t how[HOW_BYTES]) {
  static const char delimiters[] = {0, ',', ';', '\t', '|'};
  static const char *const encodings[] = {NULL, NULL, NULL, "gbk", "windows-1252", "utf-16le", "shift_jis"};
  static const char *const formats[] = {NULL, NULL, "csv", "qualtrics", "surveymonkey", "kobo"};
  const uint8_t rows = how[1];
  return (reading_options){
      .header = {.skip = rows >> 2 & 1, .rows = rows >> 3 & 3, .titles = rows >> 5 & 3, .labels = rows >> 7},
      .format = formats[how[3] / 16 % (sizeof formats / sizeof formats[0])],
      .delimiter = delimiters[how[0] % sizeof delimiters],
      .decimal_mark = how[1] & 1 ? ',' : '.',
      .keeps_blank_rows = (how[1] & 2) != 0,
      .shard_rows = how[2] % 9,
      .encoding = encodings[how[3] % (sizeof encodings / sizeof encodings[0])]};
}

int fuzz_one(const uint8_t *bytes, size_t length) {
  if (length < HOW_BYTES) {
    return 0;
  }
  const reading_options options = options_of(bytes);
  read_twice(&options, "fuzz.csv", bytes + HOW_BYTES, length - HOW_BYTES);
  return 0;
}

static void add(fuzz_corpus *out, const uint8_t how[HOW_BYTES], const void *bytes, size_t length) {
  buf b;
  buf_init(&b);
  buf_put(&b, how, HOW_BYTES);
  buf_put(&b, bytes, length);
  fuzz_corpus_add(out, b.data, b.length);
  buf_fini(&b);
}

static void add_packed(fuzz_corpus *out, const uint8_t how[HOW_BYTES], const char *text) {
  uint8_t packed[4096];
  z_stream z = {.next_in = (Bytef *)(uintptr_t)text,
                .avail_in = (uInt)strlen(text),
                .next_out = packed,
                .avail_out = sizeof packed};
  enum { GZIP = 16 };
  fuzz_require(deflateInit2(&z, 9, Z_DEFLATED, MAX_WBITS + GZIP, 8, Z_DEFAULT_STRATEGY) == Z_OK &&
                   deflate(&z, Z_FINISH) == Z_STREAM_END && deflateEnd(&z) == Z_OK,
               "a text can be packed");
  add(out, how, packed, z.total_out);
}

void fuzz_seeds(fuzz_corpus *out) {
  static const char *const files[] = {
      "a,b\n1,2\n3,4\n",
      "score,amount,class\n5,1995.50,eco\n4,\"1,5\",\"first "
      "\"\"class\"\"\"\n,,\nscore,amount,class\n9,-3.5e2,x\n",
      "\xef\xbb\xbfq1;q2;q3\r\n1;2,5;\"a\r\nb\"\r\n3;4\r\n\r\n5;6,25;c\r\n",
      "\xe5\xbe\x97\xe5\x88\x86\t\xe5\xa7\x93\xe5\x90\x8d\n10\t\xe7\x8e\x8b\n9\t\xe6\x9d\x8e\n",
      "a,b,c,d\n1,2,3,4\n1,2,\"3,4\n5,6,7,8\n9,10,\"11\n12\",13\n",
      "x\n0.1\n1e-18\n9223372036854775807\n123456789012345678901234567890\n-0\n+.5\n5.\nn/a\n",
      "a|b\n1|2\r3|4\n|\n\"\"|\" \"\n",
      "sep=;\nResponseId;Q1\nResponse ID;How <b>is</b> it?\n{\"ImportId\":1};{\"ImportId\":2}\nR_1;5\n",
      "Respondent ID,Which?,,Why?\n,Web,App,Open-Ended Response\n1,Web,,x\n2,,App,\n,Web,App,Open-Ended "
      "Response\n",
      "\xef\xbb\xbf"
      "a,a,,b\nx,,y,\n1,2,3,4\n\xef\xbb\xbf"
      "5,6,7,8\n",
  };
  for (uint8_t i = 0; i < sizeof files / sizeof files[0]; i++) {
    const uint8_t how[HOW_BYTES] = {0, i, i, 0};
    add(out, how, files[i], strlen(files[i]));
    add_packed(out, how, files[i]);
  }
  static const char utf16[] =
      "\xff\xfe"
      "a\0,\0b\0\n\0"
      "1\0,\0"
      "2\0\n\0";
  static const char gbk[] = "\xc3\xfb,\xb7\xd6\n\xcd\xf5,5\n";
  add(out, (const uint8_t[HOW_BYTES]){0, 0, 2, 0}, utf16, sizeof utf16 - 1);
  add(out, (const uint8_t[HOW_BYTES]){0, 0, 2, 3}, gbk, sizeof gbk - 1);
  add(out, (const uint8_t[HOW_BYTES]){0, 2 << 3 | 4, 2, 0}, files[8], strlen(files[8]));
  add(out, (const uint8_t[HOW_BYTES]){0, 1 << 7, 2, 3 << 4}, files[7], strlen(files[7]));
  add(out, (const uint8_t[HOW_BYTES]){0, 0, 2, 0}, utf16 + 2, sizeof utf16 - 3);
}
