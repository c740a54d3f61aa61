/* Drawing the progress line. */
#include "cli/progress.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum { LINE_BYTES = 256, BAR_COLUMNS = 20, REDRAW_MS = 100, COLUMNS_DEFAULT = 80 };

static int64_t now_ms(void) {
  struct timespec t;
  (void)clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static unsigned terminal_columns(void) {
  struct winsize size;
  bool is_known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return is_known ? size.ws_col : COLUMNS_DEFAULT;
}

void progress_init(progress *p, bool quiet) {
  *p = (progress){.is_shown = !quiet && isatty(STDERR_FILENO) == 1, .begun_ms = now_ms()};
}

/* 1234567 -> "1.23 M" */
static void format_rate(double rows_per_second, char *out, size_t capacity) {
  static const struct {
    double above;
    const char *unit;
  } units[] = {{1e9, " G"}, {1e6, " M"}, {1e3, " k"}, {0, ""}};
  size_t i = 0;
  while (rows_per_second < units[i].above) {
    i++;
  }
  double shown = units[i].above > 0 ? rows_per_second / units[i].above : rows_per_second;
  (void)snprintf(out, capacity, "%.3g%s", shown, units[i].unit);
}

/* Digits in threes: 1,811. */
static void format_rows(uint64_t rows, char *out, size_t capacity) {
  char digits[32];
  int length = snprintf(digits, sizeof digits, "%llu", (unsigned long long)rows);
  size_t used = 0;
  for (int i = 0; i < length && used + 2 < capacity; i++) {
    if (i > 0 && (length - i) % 3 == 0) {
      out[used++] = ',';
    }
    out[used++] = digits[i];
  }
  out[used] = '\0';
}

static void format_bar(double share, char *out, size_t capacity) {
  int full = (int)(share * BAR_COLUMNS);
  size_t used = 0;
  for (int i = 0; i < BAR_COLUMNS; i++) {
    const char *mark = i < full ? "█" : "░";
    size_t length = strlen(mark);
    if (used + length + 1 < capacity) {
      memcpy(out + used, mark, length);
      used += length;
    }
  }
  out[used] = '\0';
}

void progress_line(char *out, const char *activity, uint32_t stage, uint64_t rows, uint64_t done,
                   uint64_t total, int64_t elapsed_ms, unsigned columns) {
  char what[48];
  char count[48];
  char rate[32];
  (void)snprintf(what, sizeof what, stage > 0 ? "%s, stage %u" : "%s", activity, stage);
  format_rows(rows, count, sizeof count);
  double seconds = (double)elapsed_ms / 1000;
  format_rate(seconds > 0 ? (double)rows / seconds : 0, rate, sizeof rate);
  if (total == 0 || done > total) {
    (void)snprintf(out, LINE_BYTES, "%s  %s rows  %s rows/s", what, count, rate);
    return;
  }
  char bar[BAR_COLUMNS * 4 + 1];
  double share = (double)done / (double)total;
  format_bar(share, bar, sizeof bar);
  int64_t left_s = share > 0 ? (int64_t)(seconds * (1 - share) / share + 0.5) : 0;
  if (columns < COLUMNS_DEFAULT) {
    (void)snprintf(out, LINE_BYTES, "%s %3d%%", what, (int)(share * 100));
    return;
  }
  (void)snprintf(out, LINE_BYTES, "%-19s %s %3d%%  %s rows  %s/s  %lld:%02lld left", what, bar,
                 (int)(share * 100), count, rate, (long long)(left_s / 60), (long long)(left_s % 60));
}

void progress_show(progress *p, const char *activity, uint32_t stage, uint64_t rows, uint64_t done,
                   uint64_t total) {
  if (!p->is_shown) {
    return;
  }
  int64_t now = now_ms();
  bool is_new = p->activity == NULL || strcmp(p->activity, activity) != 0 || p->stage != stage;
  if (is_new) {
    p->begun_ms = p->activity == NULL ? p->begun_ms : now; /* the first one began with the program */
    p->activity = activity;
    p->stage = stage;
  }
  if (p->is_drawn && now - p->drawn_ms < REDRAW_MS) {
    return;
  }
  char line[LINE_BYTES];
  progress_line(line, activity, stage, rows, done, total, now - p->begun_ms, terminal_columns());
  (void)fprintf(stderr, "\r%s\x1b[K", line);
  (void)fflush(stderr);
  p->drawn_ms = now;
  p->is_drawn = true;
}

void progress_clear(progress *p) {
  if (p->is_drawn) {
    (void)fputs("\r\x1b[K", stderr);
    (void)fflush(stderr);
    p->is_drawn = false;
  }
}
