/* Separators, units, ages. */
#include "cli/words.h"

#include <stddef.h>
#include <stdio.h>

#include "base/text.h"
#include "cli/language.h"

void words_of_count(uint64_t v, char out[WORDS_BYTES]) {
  (void)text_of_count(v, out);
}

void words_of_bytes(uint64_t bytes, char out[WORDS_BYTES]) {
  static const char *const units[] = {NULL, "kB", "MB", "GB", "TB", "PB"};
  double shown = (double)bytes;
  size_t unit = 0;
  while (shown >= 999.5 && unit + 1 < sizeof units / sizeof units[0]) {
    shown /= 1000;
    unit++;
  }
  if (unit == 0) {
    const char *format = language_say(text_plural(bytes, "%u byte", "%u bytes"), "%u 字节", "%u 位元組");
    (void)snprintf(out, WORDS_BYTES, format, (unsigned)bytes);
    return;
  }
  (void)snprintf(out, WORDS_BYTES, shown < 99.95 ? "%.1f %s" : "%.0f %s", shown, units[unit]);
}

/* Below two units the next smaller one is told, so that none is ever alone. */
void words_of_age(int64_t seconds, char out[WORDS_BYTES]) {
  static const struct {
    int64_t above, unit;
    const char *name[LANGUAGES];
  } scales[] = {{2 * 86400, 86400, SAID("days", "天前", "天前")},
                {2 * 3600, 3600, SAID("h", "小时前", "小時前")},
                {120, 60, SAID("min", "分钟前", "分鐘前")},
                {1, 1, SAID("s", "秒前", "秒前")}};
  for (size_t i = 0; i < sizeof scales / sizeof scales[0]; i++) {
    if (seconds >= scales[i].above) {
      (void)snprintf(out, WORDS_BYTES, "%lld %s", (long long)(seconds / scales[i].unit),
                     language_said(scales[i].name));
      return;
    }
  }
  (void)snprintf(out, WORDS_BYTES, "%s", language_say("now", "刚刚", "剛剛"));
}
