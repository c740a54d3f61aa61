/* A table of chains. */
#include "broker/owners.h"

#include <stdio.h>
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

static owner *add(owner **bucket, const char *name) {
  owner *w = calloc(1, sizeof *w);
  if (w != NULL) {
    memcpy(w->name, name, strlen(name) + 1);
    w->chain = *bucket;
    *bucket = w;
  }
  return w;
}

owner *owners_enter(owners *o, const char *key, uint32_t number) {
  char name[KEY_TEXT_BYTES] = "";
  if (key[0] != '\0') {
    (void)snprintf(name, sizeof name, "%s", key);
  } else {
    (void)snprintf(name, sizeof name, "#%u", number);
  }
  owner **bucket = bucket_of(o, name);
  owner *w = *bucket;
  while (w != NULL && strcmp(w->name, name) != 0) {
    w = w->chain;
  }
  w = w != NULL ? w : add(bucket, name);
  if (w != NULL) {
    w->peers++;
  }
  return w;
}

void owners_leave(owners *o, owner *w) {
  if (--w->peers > 0) {
    return;
  }
  owner **link = bucket_of(o, w->name);
  while (*link != w) {
    link = &(*link)->chain;
  }
  *link = w->chain;
  free(w);
}

uint64_t owners_share(uint64_t most, uint64_t others) {
  return others < most ? (most - others) / 2 : 0;
}
