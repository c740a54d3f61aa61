/* Endpoint and keys, from the command line first and the environment second. */
#include "cli/link.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/interrupt.h"
#include "cli/output.h"
#include "proto/endpoint.h"

enum {
  CONNECT_MS = 10000, /* a mistyped endpoint is reported soon; a restarting broker is waited for */
  PATIENCE_S_MAX = 86400,
  SAY_AFTER_S = 2,
};

static const char *given(const char *chosen, const char *variable) {
  const char *value = chosen != NULL ? chosen : getenv(variable);
  return value != NULL && value[0] != '\0' ? value : NULL;
}

static status check_endpoint(const char *endpoint, error *err) {
  if (endpoint == NULL) {
    return error_set(err, STATUS_USAGE,
                     "which broker?  Give --broker ENDPOINT or set CANVASS_BROKER, such as "
                     "tcp://HOST:7117 or ipc:///PATH");
  }
  return endpoint_check(endpoint, ENDPOINT_CONNECT, err);
}

size_t link_files(const settings *s, const char *files[LINK_FILES_MAX]) {
  const char *const named[LINK_FILES_MAX] = {given(s->identity, "CANVASS_IDENTITY"),
                                             given(s->broker_key, "CANVASS_BROKER_KEY")};
  size_t count = 0;
  for (size_t i = 0; i < LINK_FILES_MAX; i++) {
    if (named[i] != NULL) {
      files[count++] = named[i];
    }
  }
  return count;
}

status link_address_of(const settings *s, link_address *out, error *err) {
  *out = (link_address){.endpoint = given(s->broker, "CANVASS_BROKER")};
  TRY(check_endpoint(out->endpoint, err));
  const char *identity = given(s->identity, "CANVASS_IDENTITY");
  const char *broker = given(s->broker_key, "CANVASS_BROKER_KEY");
  if (identity == NULL && broker == NULL) {
    return STATUS_OK;
  }
  if (identity == NULL) {
    return error_set(err, STATUS_USAGE,
                     "the broker's key is given, but not yours: give --identity FILE or set "
                     "CANVASS_IDENTITY; 'canvass keygen' makes one");
  }
  if (broker == NULL) {
    return error_set(err, STATUS_USAGE,
                     "your key is given, but not the broker's: give --broker-key KEY or set "
                     "CANVASS_BROKER_KEY to its public key, or to the file that has it");
  }
  TRY(key_pair_read(identity, &out->own, err));
  TRY(key_public_read(broker, &out->broker, err));
  out->has_keys = true;
  return STATUS_OK;
}

/* How long scripts wait for a broker that is away: $CANVASS_PATIENCE, in seconds. */
static status read_patience(session_options *out, error *err) {
  const char *text = getenv("CANVASS_PATIENCE");
  if (text == NULL || text[0] == '\0') {
    out->connect_ms = CONNECT_MS;
    return STATUS_OK;
  }
  char *end = NULL;
  const unsigned long seconds = strtoul(text, &end, 10);
  if (text[0] < '0' || text[0] > '9' || *end != '\0' || seconds == 0 || seconds > PATIENCE_S_MAX) {
    return error_set(err, STATUS_USAGE, "CANVASS_PATIENCE: '%.60s' is not a number of seconds from 1 to %d",
                     text, (int)PATIENCE_S_MAX);
  }
  out->patience_ms = (unsigned)seconds * 1000;
  out->connect_ms = out->patience_ms;
  return STATUS_OK;
}

typedef struct patience {
  const char *endpoint;
  time_t begun;
  bool is_said;
} patience;

static bool while_connecting(void *context, uint64_t done, uint64_t total) {
  (void)done;
  (void)total;
  patience *p = context;
  if (!p->is_said && time(NULL) - p->begun >= SAY_AFTER_S) {
    p->is_said = true;
    output_complain(
        language_say("waiting for the broker at %s", "正在等待 %s 的调度程序", "正在等待 %s 的調度程式"),
        p->endpoint);
  }
  return !interrupt_requested();
}

status link_open(const settings *s, session **out, error *err) {
  link_address address;
  TRY(link_address_of(s, &address, err));
  patience p = {.endpoint = address.endpoint, .begun = time(NULL), .is_said = s->quiet};
  const session_callback go_on = {while_connecting, &p};
  session_options options = {
      .endpoint = address.endpoint,
      .key = address.has_keys ? &address.own : NULL,
      .broker_key = address.has_keys ? address.broker.public_key : NULL,
      .go_on = &go_on,
  };
  TRY(read_patience(&options, err));
  return session_connect(&options, out, err);
}

void link_options_text(const settings *s, buf *out) {
  const struct {
    const char *name, *value;
  } options[] = {{"broker", s->broker}, {"identity", s->identity}, {"broker-key", s->broker_key}};
  for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
    if (options[i].value != NULL) {
      buf_printf(out, " --%s %s", options[i].name, options[i].value);
    }
  }
}
