/* Words that name rows which add up or average those above, and remarks below a table: what people append to
 * a table before they save it, and what platforms write. */
#ifndef CANVASS_READING_TOTAL_WORDS_H
#define CANVASS_READING_TOTAL_WORDS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

/* What the first cell of a row says, from the least to the most certain. */
typedef enum total_word {
  TOTAL_WORD_NONE,
  TOTAL_WORD_WEAK,  /* it may be one, but words like it are answers and names as well: "N", "Total recall" */
  TOTAL_WORD_PLAIN, /* usually one: "Total", "Average" */
  TOTAL_WORD_SURE,  /* nothing else: "合计", "Std. Dev." */
  TOTAL_WORD_NOTE,  /* a remark: "制表：", "Source: ..." */
} total_word;

enum { TOTAL_WORD_BYTES_MAX = 80 }; /* none is longer, but for what stands behind a remark's colon */

/* The words in a form in which they are found at once. */
enum { TOTAL_WORDS_MAX = 320, TOTAL_WORD_HASHES = 16384, TOTAL_WORD_PAIRS = 1024, TOTAL_WORD_BUCKETS = 256 };
typedef struct total_words {
  uint64_t starts[TOTAL_WORD_HASHES / 64], ends[TOTAL_WORD_HASHES / 64]; /* of six bytes */
  uint64_t first[TOTAL_WORD_PAIRS / 64], last[TOTAL_WORD_PAIRS / 64];    /* of two */
  bool begins[256], ends_so[256];                                        /* of one */
  uint8_t fold[256];                    /* letters in lower case; 0: a mark, behind which nothing counts */
  uint16_t buckets[TOTAL_WORD_BUCKETS]; /* by hash of the start: an entry + 1 */
  struct total_word_entry {
    slice word;
    uint8_t form;
    total_word is;
    uint16_t next; /* of the bucket: an entry + 1 */
  } entries[TOTAL_WORDS_MAX];
  uint16_t count;
  uint16_t behind; /* the first entry that texts end with, of which all others follow */
} total_words;
void total_words_init(total_words *w);

/* Of two neighbours, the outer one of which is A. */
static inline uint32_t total_words_pair(const total_words *w, uint8_t a, uint8_t b) {
  return ((uint32_t)(w->fold[a] != 0 ? w->fold[a] : a) * 31 + w->fold[b]) % TOTAL_WORD_PAIRS;
}
/* Whether the text in [BEGIN, END), with bytes on both sides, may be such a word by its outermost bytes. */
static inline bool total_words_may_be(const total_words *w, const uint8_t *begin, const uint8_t *end) {
  if (!w->begins[begin[0]] && !w->ends_so[end[-1]]) {
    return false;
  }
  const uint32_t first = total_words_pair(w, begin[0], begin[1]);
  const uint32_t last = total_words_pair(w, end[-1], end[-2]);
  return (w->first[first / 64] >> (first % 64) & 1) != 0 || (w->last[last / 64] >> (last % 64) & 1) != 0;
}
/* The same of TEXT, as it stands: false for nearly every cell. */
bool total_words_may(const total_words *w, slice text);

/* As it looks (base/tidy.h), in letters of any case, without blanks between Chinese characters, and without
 * what stands in brackets, behind a colon or behind a sign of equality: `合 计（40份）`, `Total (n=40)`. */
total_word total_word_of(const total_words *w, slice text);

#endif
