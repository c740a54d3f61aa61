/* Separators, units, ages. */
#include "cli/words.h"

#include <stddef.h>
#include <stdio.h>

#include "base/text.h"

void words_of_count(uint64_t v, char out[WORDS_BYTES]) {
  (void)text_of_count(v, out);
}

void words_of_bytes(uint64_t bytes, char out[WORDS_BYTES]) {
  static const char *const units[] = {"bytes", "kB", "MB", "GB", "TB", "PB"};
  double shown = (double)bytes;
  size_t unit = 0;
  while (shown >= 999.5 && unit + 1 < sizeof units / sizeof units[0]) {
    shown /= 1000;
    unit++;
  }
  (void)snprintf(out, WORDS_BYTES, unit > 0 && shown < 99.95 ? "%.1f %s" : "%.0f %s", shown, units[unit]);
}

void words_of_age(int64_t seconds, char out[WORDS_BYTES]) {
  static const struct {
    int64_t above, unit;
    const char *name;
  } scales[] = {{2 * 86400, 86400, "days"}, {2 * 3600, 3600, "h"}, {120, 60, "min"}, {1, 1, "s"}};
  for (size_t i = 0; i < sizeof scales / sizeof scales[0]; i++) {
    if (seconds >= scales[i].above) {
      (void)snprintf(out, WORDS_BYTES, "%lld %s", (long long)(seconds / scales[i].unit), scales[i].name);
      return;
    }
  }
  (void)snprintf(out, WORDS_BYTES, "now");
}
