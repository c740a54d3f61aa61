/* Drawing the progress line. */
#include "cli/progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "cli/words.h"

enum {
  LINE_BYTES = 512,
  BAR_COLUMNS = 20,
  ACTIVITY_COLUMNS = 19,
  REDRAW_MS = 100,
  COLUMNS_DEFAULT = 80,
  ACTIVITY_BYTES = 160
};

static unsigned terminal_columns(void) {
  struct winsize size;
  bool is_known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return is_known ? size.ws_col : COLUMNS_DEFAULT;
}

/* A terminal that cannot return to the beginning of a line would get line after line. */
static bool is_dumb(void) {
  const char *terminal = getenv("TERM");
  return terminal != NULL && strcmp(terminal, "dumb") == 0;
}

void progress_init(progress *p, bool quiet) {
  *p = (progress){.is_shown = !quiet && isatty(STDERR_FILENO) == 1 && !is_dumb(), .begun_ms = clock_now_ms()};
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

/* ", 500 k/s, 0:08 left", as far as they are known. */
static void format_speed(const progress_figures *f, char *out, size_t capacity) {
  const int64_t rows = (int64_t)f->rows - f->begun_rows;
  const int64_t done = (int64_t)f->done - f->begun_done;
  int used = 0;
  out[0] = '\0';
  if (rows > 0 && f->elapsed_ms > 0) {
    char rate[32];
    format_rate((double)rows * 1000 / (double)f->elapsed_ms, rate, sizeof rate);
    used = snprintf(out, capacity, "  %s/s", rate);
  }
  if (done > 0 && f->elapsed_ms > 0 && f->total >= f->done) {
    const double seconds = (double)f->elapsed_ms / 1000 * (double)(f->total - f->done) / (double)done;
    const long long left = (long long)(seconds + 0.5);
    (void)snprintf(out + used, capacity - (size_t)used,
                   language_say("  %lld:%02lld left", "  剩余 %lld:%02lld", "  剩餘 %lld:%02lld"), left / 60,
                   left % 60);
  }
}

/* What a line is made of, and which parts each form of it has: the first form that is narrow enough is drawn.
 */
typedef enum part { PART_BAR = 1 << 0, PART_SHARE = 1 << 1, PART_ROWS = 1 << 2, PART_SPEED = 1 << 3 } part;

static const unsigned forms[] = {
    PART_BAR | PART_SHARE | PART_ROWS | PART_SPEED,
    PART_SHARE | PART_ROWS | PART_SPEED,
    PART_SHARE | PART_ROWS,
    PART_SHARE,
    0,
};
enum { FORMS = sizeof forms / sizeof forms[0] };

static bool is_counted(const progress_figures *f) {
  return f->total > 0 || f->rows > 0;
}

/* Rows; of what comes through a pipe, bytes until the rows in them are counted. */
static void format_amount(const progress_figures *f, char *out, size_t capacity) {
  char words[WORDS_BYTES];
  if (is_counted(f)) {
    words_of_count(f->rows, words);
    (void)snprintf(out, capacity,
                   language_say(text_plural(f->rows, "  %s row", "  %s rows"), "  %s 行", "  %s 列"), words);
  } else if (f->done > 0) {
    words_of_bytes(f->done, words);
    (void)snprintf(out, capacity, "  %s", words);
  }
}

static void format_form(char *out, const progress_figures *f, unsigned parts) {
  char what[ACTIVITY_BYTES];
  char bar[BAR_COLUMNS * 4 + 2] = "";
  char share[16] = "";
  char rows[WORDS_BYTES + 16] = "";
  char speed[64] = "";
  const bool is_known = f->total > 0 && f->done <= f->total;
  const double done = is_known ? (double)f->done / (double)f->total : 0;
  if (f->stage > 0) {
    (void)snprintf(what, sizeof what, language_say("%s, stage %u", "%s，第 %u 阶段", "%s，第 %u 階段"),
                   f->activity, f->stage);
  } else {
    (void)snprintf(what, sizeof what, "%s", f->activity);
  }
  what[text_utf8_check(what, strlen(what))] = '\0'; /* it may be cut within a character */
  if (is_known && (parts & PART_BAR) != 0) {
    bar[0] = ' ';
    format_bar(done, bar + 1, sizeof bar - 1);
  }
  if (is_known && (parts & PART_SHARE) != 0) {
    (void)snprintf(share, sizeof share, " %3d%%", (int)(done * 100));
  }
  if ((parts & PART_ROWS) != 0) {
    format_amount(f, rows, sizeof rows);
  }
  if (is_counted(f) && (parts & PART_SPEED) != 0) {
    format_speed(f, speed, sizeof speed);
  }
  const size_t width = text_width(slice_of(what));
  const int blanks = bar[0] != '\0' && width < ACTIVITY_COLUMNS ? (int)(ACTIVITY_COLUMNS - width) : 0;
  (void)snprintf(out, LINE_BYTES, "%s%*s%s%s%s%s", what, blanks, "", bar, share, rows, speed);
}

/* A line as wide as the terminal would wrap on some, and so leave a copy of itself at each redrawing. */
void progress_line(char *out, const progress_figures *f, unsigned columns) {
  const size_t most = columns > 1 ? columns - 1 : 1;
  for (size_t i = 0; i < FORMS; i++) {
    format_form(out, f, forms[i]);
    if (text_width(slice_of(out)) <= most) {
      return;
    }
  }
  out[text_fit(slice_of(out), most).length] = '\0';
}

static void begin(progress *p, const progress_figures *f, int64_t now) {
  const bool is_first = p->activity == NULL; /* it began with the program, at zero */
  const bool is_joined = !is_first || f->stage > 0;
  p->begun_ms = is_joined ? now : p->begun_ms;
  p->begun_rows = is_joined ? (int64_t)f->rows : 0;
  p->begun_done = is_joined ? (int64_t)f->done : 0;
}

/* The stages between the last one shown and this one are over, whether or not we saw them. */
static void pass_stages(progress *p, const progress_figures *f) {
  const int64_t passed = (int64_t)f->total * (int64_t)(f->stage - p->stage);
  p->begun_rows -= passed;
  p->begun_done -= passed;
}

static bool goes_on(const progress *p, const progress_figures *f) {
  if (p->stage == 0 || f->stage == 0) {
    return p->activity != NULL && strcmp(p->activity, f->activity) == 0 && p->stage == f->stage &&
           (p->total > 0) == (f->total > 0);
  }
  return f->stage >= p->stage && f->total == p->total;
}

void progress_show(progress *p, const char *activity, uint32_t stage, uint64_t rows, uint64_t done,
                   uint64_t total) {
  if (!p->is_shown) {
    return;
  }
  progress_figures f = {.activity = activity, .stage = stage, .rows = rows, .done = done, .total = total};
  const int64_t now = clock_now_ms();
  if (!goes_on(p, &f)) {
    begin(p, &f, now);
  } else if (f.stage > p->stage) {
    pass_stages(p, &f);
  }
  if ((int64_t)done < p->begun_done) {
    begin(p, &f, now);
  }
  p->activity = activity;
  p->stage = stage;
  p->total = total;
  if (p->is_drawn && now - p->drawn_ms < REDRAW_MS) {
    return;
  }
  f.begun_rows = p->begun_rows;
  f.begun_done = p->begun_done;
  f.elapsed_ms = now - p->begun_ms;
  char line[LINE_BYTES];
  progress_line(line, &f, terminal_columns());
  (void)fprintf(stderr, "\r%s\x1b[K", line);
  (void)fflush(stderr);
  p->drawn_ms = now;
  p->is_drawn = true;
}

void progress_evaluating(progress *p, bool finishing, uint32_t stage, uint64_t rows_done,
                         uint64_t rows_total) {
  progress_show(p,
                finishing ? language_say("Finishing", "正在收尾", "正在收尾")
                          : language_say("Evaluating", "正在计算", "正在計算"),
                stage, rows_done, rows_done, rows_total);
}

void progress_clear(progress *p) {
  if (p->is_drawn) {
    (void)fputs("\r\x1b[K", stderr);
    (void)fflush(stderr);
    p->is_drawn = false;
  }
}
