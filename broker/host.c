/* Log lines are shown as a terminal may show them: titles and messages come from peers. */
#include "broker/host.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/text.h"

enum {
  HELD_UP_MS = 2000, /* a longer turn counts as this long */
  LINE_MAX = 1200,
};

void host_log(const host *h, const char *format, ...) {
  if (h->say == NULL) {
    return;
  }
  char line[LINE_MAX];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  buf shown; /* no line breaks or colours */
  buf_init(&shown);
  buf_put_shown(&shown, slice_of(line));
  buf_put_u8(&shown, '\0');
  if (!shown.failed) {
    h->say(h->context, (const char *)shown.data);
  }
  buf_fini(&shown);
}

void host_fail(host *h, status st, const error *why) {
  if (h->fatal == STATUS_OK) {
    h->fatal = st;
    h->why_fatal = *why;
    h->why_fatal.code = st;
  }
}

bool host_has_failed(const host *h) {
  return h->fatal != STATUS_OK;
}

static uint64_t now_ms(const host *h) {
  return h->now_ms != NULL ? h->now_ms(h->context) : (uint64_t)clock_now_ms();
}

void host_begin(host *h) {
  h->clock_ms = h->clock_ms > 0 ? h->clock_ms : 1;
  h->seen_ms = now_ms(h);
}

void host_begin_turn(host *h) {
  const uint64_t now = now_ms(h);
  const uint64_t passed = now - h->seen_ms;
  h->clock_ms += passed < HELD_UP_MS ? passed : HELD_UP_MS;
  h->seen_ms = now;
  h->turn = (broker_turn){0};
}

uint64_t host_wall_s(void) {
  const time_t now = time(NULL);
  return now > 0 ? (uint64_t)now : 0;
}
