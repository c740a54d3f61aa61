/* A table of words.  Nearly every text is told apart by its first and last bytes; the others are folded and
 * looked up by their first six. */
#include "reading/total_words.h"

#include <assert.h>
#include <string.h>

#include "base/tidy.h"

typedef enum word_form {
  WORD_WHOLE,  /* the text itself */
  WORD_BEFORE, /* what it begins with: a word of several, or Chinese, which has no blanks */
  WORD_BEHIND, /* what it ends with */
} word_form;

/* In lower case; Chinese without blanks. */
static const struct known_word {
  total_word is;
  word_form form;
  const char *texts; /* separated by tabs */
} known_words[] = {
    {TOTAL_WORD_SURE, WORD_WHOLE,
     "合计\t总计\t总合计\t小计\t共计\t汇总\t总和\t加总\t合计行\t平均\t平均分\t平均值\t平均数\t平均得分\t均值"
     "\t得分率\t满意率\t"
     "标准差\t标准偏差\t方差\t最大值\t最小值\t中位数\t众数\t有效样本\t样本数\t样本量\t"
     "合計\t總計\t小計\t共計\t彙總\t總和\t加總\t平均數\t平均得分\t均值\t滿意率\t標準差\t最大值\t最小值\t中位"
     "數\t樣本數\t"
     "합계\t총계\t소계\t평균\t표준편차\t"
     "grand total\tsubtotal\tsubtotals\tsub total\tsub-total\tstd dev\tstd. dev\tstd.dev\tstd deviation\t"
     "std. deviation\tstandard deviation\tstddev\tgesamtsumme\tzwischensumme\tmittelwert\tdurchschnitt\t"
     "standardabweichung\ttotal general\ttotal général\tsous-total\tmoyenne\tpromedio\técart-type"},
    {TOTAL_WORD_PLAIN, WORD_WHOLE,
     "total\ttotals\tsum\tsums\taverage\taverages\tavg\tmean\tmeans\tmedian\tgesamt\tsumme\t总\t總"},
    {TOTAL_WORD_PLAIN, WORD_BEFORE,
     "合计\t总计\t小计\t总和\t汇总\t平均\t均值\t合計\t總計\t小計\t總和\t彙總\t합계\t총계\t평균"},
    {TOTAL_WORD_PLAIN, WORD_BEHIND, "汇总\t小计\t合计\t总计\t彙總\t小計\t合計\t總計\t평균\t합계"},
    {TOTAL_WORD_WEAK, WORD_WHOLE,
     "n\tcount\tcounts\tmax\tmin\tmaximum\tminimum\tbase\tsd\tse\tvariance\tvalid n"},
    {TOTAL_WORD_WEAK, WORD_BEFORE,
     "total \tgrand total \tsubtotal \tsub-total \taverage \tsum of \tmean of \tcount of \taverage of "
     "\tgesamt \t"
     "summe \tmittelwert \tdurchschnitt \tmoyenne \tpromedio "},
    {TOTAL_WORD_WEAK, WORD_BEHIND, " total\t total sum\t subtotal\t sub-total\t average\t gesamt\t summe"},
};
enum { KNOWN_WORDS = sizeof known_words / sizeof known_words[0] };

/* Behind each stands a colon. */
static const char notes[] =
    "制表\t制表人\t制表日期\t制表时间\t审核\t审核人\t复核\t复核人\t填表\t填表人\t填表日期\t填报人\t注\t备注\t"
    "说明\t数据来源\t资料来源\t"
    "来源\t导出时间\t統計\t製表\t製表人\t審核\t覆核\t填表人\t註\t備註\t說明\t資料來源\t來源\t"
    "note\tnotes\tsource\tsources\tprepared by\treviewed by\tapproved by\tchecked by\texported\texported on\t"
    "generated\tgenerated on\tprinted\tquelle\thinweis\tanmerkung";

static bool begins_with(slice text, slice start) {
  return text.length >= start.length && memcmp(text.bytes, start.bytes, start.length) == 0;
}

static bool ends_with(slice text, slice end) {
  return text.length >= end.length &&
         memcmp(text.bytes + (text.length - end.length), end.bytes, end.length) == 0;
}

static slice next_word(slice *words) {
  const char *tab = memchr(words->bytes, '\t', words->length);
  const size_t length = tab != NULL ? (size_t)(tab - words->bytes) : words->length;
  const slice word = {words->bytes, length};
  const size_t gone = tab != NULL ? length + 1 : length;
  *words = (slice){words->bytes + gone, words->length - gone};
  return word;
}

/* Up to the first bracket, colon or sign of equality; *IS_COLON: it is a colon. */
static slice head_of(slice text, bool *is_colon) {
  static const char *const wide[] = {"（", "【", "：", "＝"};
  *is_colon = false;
  for (size_t at = 0; at < text.length; at++) {
    const char c = text.bytes[at];
    bool is_end = c == '(' || c == '[' || c == ':' || c == '=';
    *is_colon = c == ':';
    for (size_t i = 0; !is_end && (c == '\xef' || c == '\xe3') && i < sizeof wide / sizeof wide[0]; i++) {
      is_end = begins_with((slice){text.bytes + at, text.length - at}, slice_of(wide[i]));
      *is_colon = is_end && strcmp(wide[i], "：") == 0;
    }
    if (is_end) {
      return (slice){text.bytes, at};
    }
  }
  return text;
}

/* HEAD in lower case, without blanks where it is beyond ASCII, and without a full stop at its end, in ROOM.
 */
static slice folded(slice head, char room[TOTAL_WORD_BYTES_MAX]) {
  bool is_ascii = true;
  size_t length = 0;
  head = slice_trim(head);
  for (size_t i = 0; i < head.length; i++) {
    is_ascii = is_ascii && (unsigned char)head.bytes[i] < 0x80;
  }
  for (size_t i = 0; i < head.length; i++) {
    const char c = head.bytes[i];
    if (c != ' ' || is_ascii || (i > 0 && (unsigned char)head.bytes[i - 1] < 0x80)) {
      room[length++] = (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    }
  }
  while (length > 0 && (room[length - 1] == '.' || room[length - 1] == ' ')) {
    length--;
  }
  return (slice){room, length};
}

/* ---- Finding ------------------------------------------------------------------------------------- */

static uint8_t lower(uint8_t c) {
  return c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c;
}

static bool is_letter_or_digit(uint8_t c) {
  return c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
}

enum { HASHED_BYTES = 6 }; /* two Chinese characters */

/* Characters of full width, wide blanks, and what cannot be seen begin so, and may be folded to others. */
static bool is_lead(uint8_t c) {
  return c == 0xc2 || c == 0xe2 || c == 0xe3 || c == 0xef;
}

static uint32_t hash_of(uint64_t bytes) {
  static_assert(TOTAL_WORD_HASHES == 1 << 14, "as many as the hash has values");
  return (uint32_t)((bytes * UINT64_C(0x9E3779B97F4A7C15)) >> 50); /* Knuth's multiplicative hash */
}

/* Of the first bytes, up to a mark, or what may be one. */
static uint32_t start_of(slice text) {
  const uint8_t *bytes = (const uint8_t *)text.bytes;
  uint64_t all = lower(bytes[0]);
  for (size_t i = 1; i < HASHED_BYTES && i < text.length; i++) {
    const uint8_t c = lower(bytes[i]);
    if (!is_letter_or_digit(c) || (is_lead(c) && i % 3 == 0)) {
      break;
    }
    all |= (uint64_t)c << (8 * i);
  }
  return hash_of(all);
}

/* Of the last bytes, down to a mark. */
static uint32_t end_of(slice text) {
  const uint8_t *end = (const uint8_t *)text.bytes + text.length;
  uint64_t all = lower(end[-1]);
  for (size_t i = 1; i < HASHED_BYTES && i < text.length; i++) {
    const uint8_t c = lower(end[-1 - (ptrdiff_t)i]);
    if (!is_letter_or_digit(c)) {
      break;
    }
    all |= (uint64_t)c << (8 * i);
  }
  return hash_of(all);
}

static bool has_bit(const uint64_t *bits, uint32_t at) {
  return (bits[at / 64] >> (at % 64) & 1) != 0;
}

static void see(total_word is, total_word *best) {
  *best = is > *best ? is : *best;
}

static total_word find(const total_words *w, slice word, bool is_colon) {
  total_word best = TOTAL_WORD_NONE;
  for (uint16_t at = w->buckets[start_of(word) % TOTAL_WORD_BUCKETS]; at > 0; at = w->entries[at - 1].next) {
    const struct total_word_entry *e = &w->entries[at - 1];
    const bool fits = e->form == WORD_BEFORE ? begins_with(word, e->word) : slice_equal(word, e->word);
    see(fits && (e->is != TOTAL_WORD_NOTE || is_colon) ? e->is : TOTAL_WORD_NONE, &best);
  }
  for (uint16_t i = w->behind; i < w->count; i++) {
    const struct total_word_entry *e = &w->entries[i];
    see(word.length > e->word.length && ends_with(word, e->word) ? e->is : TOTAL_WORD_NONE, &best);
  }
  return best;
}

static bool is_ascii(slice text) {
  unsigned all = 0;
  for (size_t i = 0; i < text.length; i++) {
    all |= (unsigned char)text.bytes[i];
  }
  return all < 0x80;
}

total_word total_word_of(const total_words *w, slice text) {
  char tidy[TIDY_GROWTH * TOTAL_WORD_BYTES_MAX];
  char room[TOTAL_WORD_BYTES_MAX];
  bool is_colon;
  const bool is_short = text.length <= TOTAL_WORD_BYTES_MAX;
  const slice shown = is_short && !is_ascii(text) ? tidy_text(text, tidy) : text;
  const slice head = head_of(text_cut(shown, TOTAL_WORD_BYTES_MAX), &is_colon);
  if (head.length == 0 || head.length == TOTAL_WORD_BYTES_MAX) {
    return TOTAL_WORD_NONE;
  }
  const slice word = folded(head, room);
  const total_word is = word.length > 0 ? find(w, word, is_colon) : TOTAL_WORD_NONE;
  return is_short || is == TOTAL_WORD_NOTE ? is : TOTAL_WORD_NONE;
}

/* ---- All words ----------------------------------------------------------------------------------- */

static void set_bit(uint64_t *bits, uint32_t at) {
  bits[at / 64] |= UINT64_C(1) << (at % 64);
}

static void set_letter(bool *bytes, char c) {
  bytes[(uint8_t)c] = true;
  bytes[(uint8_t)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c)] = true;
}

static void set_pair(const total_words *w, uint64_t *pairs, char a, char b) {
  set_bit(pairs, total_words_pair(w, (uint8_t)a, (uint8_t)b));
}

/* Whatever stands beside C. */
static void set_all_pairs(const total_words *w, uint64_t *pairs, char c) {
  for (int other = 0; other < 256; other++) {
    set_pair(w, pairs, c, (char)other);
  }
}

static void add_word(total_words *w, slice word, word_form form, total_word is) {
  struct total_word_entry *e = &w->entries[w->count++];
  assert(w->count <= TOTAL_WORDS_MAX);
  *e = (struct total_word_entry){.word = word, .form = (uint8_t)form, .is = is};
  enum { CHARACTER = 3 }; /* a Chinese one, behind or before which there may be a blank */
  const bool is_chinese = (uint8_t)word.bytes[0] >= 0xe4 && word.length > CHARACTER;
  if (form == WORD_BEHIND) {
    set_bit(w->ends, end_of(word));
    set_bit(w->ends, end_of(is_chinese ? (slice){word.bytes + word.length - CHARACTER, CHARACTER} : word));
    set_letter(w->ends_so, word.bytes[word.length - 1]);
    set_pair(w, w->last, word.bytes[word.length - 1], word.length > 1 ? word.bytes[word.length - 2] : '\0');
    return;
  }
  uint16_t *bucket = &w->buckets[start_of(word) % TOTAL_WORD_BUCKETS];
  e->next = *bucket;
  *bucket = w->count;
  set_bit(w->starts, start_of(word));
  set_bit(w->starts, start_of(is_chinese ? (slice){word.bytes, CHARACTER} : word));
  set_letter(w->begins, word.bytes[0]);
  set_pair(w, w->first, word.bytes[0], word.length > 1 ? word.bytes[1] : '\0');
}

static void add_words(total_words *w, const char *list, word_form form, total_word is) {
  slice words = slice_of(list);
  while (words.length > 0) {
    add_word(w, next_word(&words), form, is);
  }
}

/* Texts that are other bytes than they look are looked up: characters of full width, wide blanks, and what
 * cannot be seen; and those that end with what may stand behind a word. */
static const char leads[] = "\xc2\xe2\xe3\xef \"";
static const char marks[] = ")]:=. \"\x89\x91\x9a\x9d"; /* the last four: of ）】：＝ */

void total_words_init(total_words *w) {
  *w = (total_words){.count = 0};
  for (int c = 0; c < 256; c++) {
    const uint8_t folded_to = lower((uint8_t)c);
    w->fold[c] = is_letter_or_digit(folded_to) ? folded_to : 0;
  }
  add_words(w, notes, WORD_WHOLE, TOTAL_WORD_NOTE);
  for (int is_behind = 0; is_behind < 2; is_behind++) {
    w->behind = w->count;
    for (size_t i = 0; i < KNOWN_WORDS; i++) {
      const struct known_word *k = &known_words[i];
      if ((k->form == WORD_BEHIND) == (is_behind == 1)) {
        add_words(w, k->texts, k->form, k->is);
      }
    }
  }
  for (const char *at = leads; *at != '\0'; at++) {
    set_letter(w->begins, *at);
    set_all_pairs(w, w->first, *at);
  }
  for (const char *at = marks; *at != '\0'; at++) {
    set_letter(w->ends_so, *at);
    set_all_pairs(w, w->last, *at);
  }
}

bool total_words_may(const total_words *w, slice text) {
  if (text.length == 0) {
    return false;
  }
  const char first = text.bytes[0];
  const char last = text.bytes[text.length - 1];
  return has_bit(w->starts, start_of(text)) || has_bit(w->ends, end_of(text)) ||
         memchr(marks, last, sizeof marks - 1) != NULL || memchr(leads, first, sizeof leads - 1) != NULL;
}
