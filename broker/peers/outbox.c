/* A list of messages that own all their bytes. */
#include "broker/peers/outbox.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"

static void letter_fini(letter *l) {
  for (size_t i = 0; i < l->frames_count; i++) {
    zmq_msg_close(&l->frames[i]);
  }
  free(l->frames);
  free(l->texts);
}

void outbox_clear(outbox *o) {
  for (size_t i = 0; i < o->count; i++) {
    letter_fini(&o->at[i]);
  }
  o->count = 0;
  o->bytes = 0;
}

void outbox_fini(outbox *o) {
  outbox_clear(o);
  free(o->at);
  *o = (outbox){0};
}

/* M's texts, moved into one block. */
static bool copy_texts(message *m, char **out) {
  size_t total = 1;
  for (int f = 0; f < FIELDS_COUNT; f++) {
    total += m->texts[f].length;
  }
  char *at = *out = malloc(total);
  for (int f = 0; at != NULL && f < FIELDS_COUNT; f++) {
    const size_t length = m->texts[f].length;
    if (length > 0) {
      memcpy(at, m->texts[f].bytes, length);
      m->texts[f].bytes = at;
      at += length;
    }
  }
  return *out != NULL;
}

status outbox_put(outbox *o, line_kind line, const wire_route *to, uint32_t peer, const message *header,
                  zmq_msg_t *frames, size_t frames_count, error *err) {
  letter l = {.line = line, .to = *to, .peer = peer, .header = *header};
  l.frames = frames_count ? malloc(frames_count * sizeof *l.frames) : NULL;
  if (!ARRAY_ROOM(o->at, o->count, o->capacity) || (frames_count && l.frames == NULL) ||
      !copy_texts(&l.header, &l.texts)) {
    free(l.frames);
    return error_no_memory(err, "an answer");
  }
  for (size_t i = 0; i < frames_count; i++) {
    zmq_msg_init(&l.frames[i]);
    zmq_msg_move(&l.frames[i], &frames[i]);
    o->bytes += zmq_msg_size(&l.frames[i]);
  }
  l.frames_count = frames_count;
  o->at[o->count++] = l;
  return STATUS_OK;
}
