/* A table of chains. */
#include "broker/peers/owners.h"

#include <stdlib.h>
#include <string.h>

static owner **bucket_of(owners *o, const char *name) {
  size_t h = 0;
  for (const char *c = name; *c != '\0'; c++) {
    h = h * 31 + (unsigned char)*c;
  }
  return &o->buckets[h % OWNERS_BUCKETS];
}

void owners_fini(owners *o) {
  for (size_t i = 0; i < OWNERS_BUCKETS; i++) {
    for (owner *w = o->buckets[i], *next = NULL; w != NULL; w = next) {
      next = w->chain;
      free(w);
    }
    o->buckets[i] = NULL;
  }
}

static owner *find(owners *o, const char *name) {
  owner *w = *bucket_of(o, name);
  while (w != NULL && strcmp(w->name, name) != 0) {
    w = w->chain;
  }
  return w;
}

static owner *find_or_add(owners *o, const char *name) {
  owner *w = find(o, name);
  const size_t length = strlen(name);
  if (w == NULL && length < sizeof w->name && (w = calloc(1, sizeof *w)) != NULL) {
    memcpy(w->name, name, length + 1);
    w->chain = *bucket_of(o, name);
    *bucket_of(o, name) = w;
  }
  return w;
}

static void remove_unused(owners *o, owner *w) {
  if (w->peers > 0 || w->jobs > 0) {
    return;
  }
  owner **link = bucket_of(o, w->name);
  while (*link != w) {
    link = &(*link)->chain;
  }
  *link = w->chain;
  free(w);
}

owner *owners_add_peer(owners *o, const char *name) {
  owner *w = find_or_add(o, name);
  if (w != NULL) {
    w->peers++;
  }
  return w;
}

owner *owners_add_job(owners *o, const char *name) {
  owner *w = find_or_add(o, name);
  if (w != NULL) {
    w->jobs++;
  }
  return w;
}

void owners_remove_peer(owners *o, owner *w) {
  w->peers--;
  remove_unused(o, w);
}

void owners_remove_job(owners *o, const char *name) {
  owner *w = find(o, name);
  if (w != NULL && w->jobs > 0) {
    w->jobs--;
    remove_unused(o, w);
  }
}

uint64_t owners_share(uint64_t most, uint64_t others) {
  return others < most ? (most - others) / 2 : 0;
}
