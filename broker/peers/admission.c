/* Who is admitted: roles and keys of those who say hello, and the log of those who are turned away. */
#include <stdio.h>
#include <string.h>

#include "broker/peers/peers_inside.h"

/* ---- Hello --------------------------------------------------------------------------------------- */

static const struct {
  const char *name;
  unsigned way;
} roles[] = {{"client", WAY_CLIENT}, {"worker", WAY_WORKER}};

const char *peer_role_name(unsigned role) {
  return role == WAY_WORKER ? "worker" : "client";
}

status peers_read_role(const peers *p, line_kind line, const wire_message *m, unsigned *out, error *why) {
  const slice asked = m->header.texts[FIELD_ROLE];
  *out = 0;
  for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
    if (slice_equal(asked, slice_of(roles[i].name))) {
      *out = roles[i].way;
    }
  }
  if (*out == 0) {
    const slice shown = text_cut(asked, 40);
    return error_set(why, STATUS_PROTOCOL, "the role is 'client' or 'worker', not '%.*s'", SLICE_ARG(shown));
  }
  if (line == LINE_KEYED && !(key_list_roles(p->allowed, slice_of(m->user), NULL) & *out)) {
    return error_set(why, STATUS_USAGE,
                     "the key %s is not allowed as a %s by the broker's list of allowed keys (--allow)",
                     m->user, peer_role_name(*out));
  }
  return STATUS_OK;
}

static void copy_title(peer *one, slice title) {
  size_t length = title.length < sizeof one->title ? title.length : sizeof one->title - 1;
  length = text_utf8_check(title.bytes, length);
  if (length > 0) { /* a hello may come without a title */
    memcpy(one->title, title.bytes, length);
  }
  one->title[length] = '\0';
}

/* Without keys each connection is its own owner.  Jobs outlive the broker, so the name includes its start. */
static void name_owner(const peers *p, const char *key, char out[KEY_TEXT_BYTES]) {
  if (key[0] != '\0') {
    (void)snprintf(out, KEY_TEXT_BYTES, "%s", key);
  } else {
    (void)snprintf(out, KEY_TEXT_BYTES, "#%016llx-%u", (unsigned long long)p->start, p->last + 1);
  }
}

status peers_admit(peers *p, line_kind line, const wire_message *m, unsigned role, connection over,
                   peer **out, error *why) {
  const char *key = line == LINE_KEYED ? m->user : "";
  char whose[KEY_TEXT_BYTES];
  if (p->count >= PEERS_MAX || p->last == UINT32_MAX) {
    return error_set(why, STATUS_LIMIT, "the broker has %d peers and takes no more", (int)PEERS_MAX);
  }
  name_owner(p, key, whose);
  peer *one = peers_add(p, line, &m->from, whose);
  if (one == NULL) {
    return error_no_memory(why, "a peer");
  }
  one->role = role;
  peers_set_connection(p, one, over);
  one->joined_ms = one->heard_ms = p->host->clock_ms;
  const size_t key_length = strlen(key);
  memcpy(one->key, key, key_length < sizeof one->key ? key_length : sizeof one->key - 1);
  copy_title(one, m->header.texts[FIELD_TITLE]);
  *out = one;
  return STATUS_OK;
}

/* ---- Keys ---------------------------------------------------------------------------------------- */

bool peers_have_keys(const peers *p) {
  return p->door != NULL;
}

void peers_allow(peers *p, const key_list *list) {
  p->allowed = list;
  door_allow(p->door, list);
  memset(p->turned_away, 0, sizeof p->turned_away);
}

bool peers_is_allowed(const peers *p, const peer *one) {
  return one->line != LINE_KEYED || key_list_roles(p->allowed, slice_of(one->key), NULL) & one->role;
}

/* Logs each key only once, because a peer that is turned away keeps reconnecting. */
void admission_housekeep(peers *p) {
  char last[KEY_TEXT_BYTES] = "";
  if (p->door == NULL || door_turned_away(p->door, last) == 0) {
    return;
  }
  for (size_t i = 0; i < TURNED_AWAY_MAX; i++) {
    if (p->turned_away[i][0] && strcmp(p->turned_away[i], last) == 0) {
      return;
    }
  }
  memcpy(p->turned_away[p->turned_away_next++ % TURNED_AWAY_MAX], last, sizeof last);
  host_log(p->host, "turned away: the key %s is not among the allowed keys", last[0] ? last : "(none)");
}
