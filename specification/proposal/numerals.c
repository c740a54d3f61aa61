#include "specification/proposal/numerals.h"

#include <ctype.h>
#include <string.h>

#include "stats/frame/frame.h"

enum { LENGTHY_DIGITS = 16, NUMERAL_BYTES_MAX = 100 };

static const char *const prefixes[] = {"US$", "NT$", "HK$", "A$",  "$",   "€",  "£",
                                       "¥",   "￥",  "RMB", "CNY", "USD", "EUR"};

/* Longer ones come first. */
static const char *const suffixes[] = {
    "分钟", "分鐘", "小时", "小時",    "万元", "萬元", "元",    "円",   "원",    "秒", "分",  "岁",
    "歲",   "次",   "天",   "年",      "个",   "個",   "人",    "%",    "€",     "$",  "USD", "EUR",
    "CNY",  "kg",   "km",   "minutes", "min",  "sec",  "hours", "days", "years", "h",  "s",
};

static bool is_digit_at(slice s, size_t at) {
  return at < s.length && isdigit((unsigned char)s.bytes[at]);
}

static void read_plain(slice text, numeral *out) {
  decimal commaed;
  out->plain = decimal_parse(text, '.', &out->value);
  out->comma = out->plain || decimal_parse(text, ',', &commaed);
  size_t digits = 0;
  for (size_t i = 0; i < text.length; i++) {
    digits += is_digit_at(text, i);
  }
  const size_t sign = text.bytes[0] == '-' || text.bytes[0] == '+';
  out->whole = out->plain && out->value.scale == 0 && digits + sign == text.length;
  out->padded = out->whole && digits > 1 && text.bytes[sign] == '0';
  out->lengthy = out->whole && digits >= LENGTHY_DIGITS;
  if (out->comma && !out->plain) {
    const char *comma = memchr(text.bytes, ',', text.length);
    const size_t before = (size_t)(comma - text.bytes) - sign;
    out->value = commaed;
    out->has_fraction = commaed.scale > 1 || (before == 1 && text.bytes[sign] == '0');
  }
}

/* Longer ones may end with a shorter one, so the first that fits is the right one. */
static void find_dress(slice text, program_variable *v, numeral *out) {
  out->prefix = "";
  out->suffix = "";
  for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0] && out->prefix[0] == '\0'; i++) {
    const size_t length = strlen(prefixes[i]);
    if (text.length > length && memcmp(text.bytes, prefixes[i], length) == 0) {
      out->prefix = prefixes[i];
    }
  }
  for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0] && out->suffix[0] == '\0'; i++) {
    const size_t length = strlen(suffixes[i]);
    if (text.length > length && memcmp(text.bytes + text.length - length, suffixes[i], length) == 0) {
      out->suffix = suffixes[i];
    }
  }
  v->prefix = slice_of(out->prefix);
  v->suffix = slice_of(out->suffix);
}

static void read_dressed(slice text, numeral *out) {
  program_variable v = {.kind = VARIABLE_NUMBER};
  decimal value;
  find_dress(text, &v, out);
  out->dressed = frame_notation_number(&v, '.', text, &value);
  if (!out->dressed) {
    v.thousands = slice_of(",");
    out->dressed = frame_notation_number(&v, '.', text, &value);
    out->thousands = out->dressed;
  }
  if (out->dressed && !out->plain && !out->comma) {
    out->value = value;
  }
}

static void read_leading(slice text, numeral *out) {
  const program_variable v = {.kind = VARIABLE_SCALE, .leading_number = true};
  decimal value;
  out->leading = frame_notation_number(&v, '.', text, &value);
  if (out->leading && !out->plain && !out->comma && !out->dressed) {
    out->value = value;
  }
}

void numeral_read(slice text, numeral *out) {
  *out = (numeral){.prefix = "", .suffix = ""};
  bool any = false;
  for (size_t i = 0; i < text.length && i < NUMERAL_BYTES_MAX && !any; i++) {
    any = is_digit_at(text, i);
  }
  if (!any || text.length > NUMERAL_BYTES_MAX) {
    return;
  }
  read_plain(text, out);
  out->dressed = out->plain;
  out->leading = out->plain;
  if (!out->plain) {
    read_dressed(text, out);
    read_leading(text, out);
  }
}
