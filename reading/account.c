/* Long names and lines are cut.  Whoever prints the account escapes what could disturb a terminal. */
#include "reading/account.h"

enum { NAMES_ALL = 12, NAMES_SHOWN = 8, NAME_COLUMNS = 40, LINE_COLUMNS = 160 };

static void put_cut(buf *out, slice text, size_t columns) {
  const slice shown = text_cut(text_fit(text, columns), 3 * columns);
  buf_printf(out, "%.*s%s", SLICE_ARG(shown), shown.length < text.length ? "..." : "");
}

static void put_names(const input_header *h, buf *out) {
  const uint32_t shown = h->count <= NAMES_ALL ? h->count : NAMES_SHOWN;
  for (uint32_t i = 0; i < shown; i++) {
    buf_printf(out, "%s'", i > 0 ? ", " : ": ");
    put_cut(out, h->columns[i].name, NAME_COLUMNS);
    buf_printf(out, "'");
  }
  if (shown < h->count) {
    char left[TEXT_COUNT_BYTES];
    buf_printf(out, " and %s more", text_of_count(h->count - shown, left));
  }
}

void input_account(const input_file *f, buf *out) {
  const input_header *h = &f->header;
  char count[TEXT_COUNT_BYTES];
  (void)text_of_count(h->count, count);
  if (h->manner.length > 0) {
    buf_printf(out, "%.*s ", SLICE_ARG(h->manner));
  } else {
    buf_printf(out, "has ");
  }
  buf_printf(out, "%s column%s", count, h->count == 1 ? "" : "s");
  put_names(h, out);
  if (h->first_line.length > 0) {
    buf_printf(out, "; the line as read: ");
    put_cut(out, h->first_line, LINE_COLUMNS);
  }
}
