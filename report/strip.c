/* Drawing with block and box characters. */
#include "report/strip.h"

#include <assert.h>
#include <math.h>

#include "base/buf.h"

static slice finish(arena *memory, buf *b) {
  slice copy = arena_slice(memory, (slice){(const char *)b->data, b->length});
  buf_fini(b);
  return copy;
}

slice strip_bar(arena *memory, double percent) {
  static const char *const eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  if (!(percent >= 0) || percent > 100) {
    return slice_of("");
  }
  unsigned units = (unsigned)lround(percent / 100 * STRIP_BAR_COLUMNS * 8);
  buf bar;
  buf_init(&bar);
  for (unsigned i = 0; i < units / 8; i++) {
    buf_printf(&bar, "█");
  }
  buf_printf(&bar, "%s", eighths[units % 8]);
  return finish(memory, &bar);
}

static size_t column_of(size_t columns, strip_scale scale, double v) {
  double share = (v - scale.low) / (scale.high - scale.low);
  share = share < 0 ? 0 : share > 1 ? 1 : share;
  return (size_t)lround(share * (double)(columns - 1));
}

slice strip_interval(arena *memory, size_t columns, strip_scale scale, double from, double value, double to) {
  assert(scale.low < scale.high && !isnan(value));
  size_t inner = columns < 3 ? 1 : columns - 2;
  size_t at = column_of(inner, scale, value);
  size_t first = isnan(from) ? at : column_of(inner, scale, from);
  size_t last = isnan(to) ? at : column_of(inner, scale, to);
  buf strip;
  buf_init(&strip);
  buf_printf(&strip, "├");
  for (size_t i = 0; i < inner; i++) {
    buf_printf(&strip, "%s", i == at ? "╋" : i >= first && i <= last ? "━" : "─");
  }
  buf_printf(&strip, "┤");
  return finish(memory, &strip);
}
